"""Seal bytes so that only a phrase opens them, without keeping the phrase. Pure.

A vault is an RSA-3072 pair whose private half is locked by AES-256-GCM under a key that PBKDF2-HMAC-SHA-256 makes of the
phrase (600,000 rounds: OWASP's password storage guidance, 2023). Each seal has an AES-256 key of its own, locked by
RSA-OAEP-SHA-256. All of it is in every browser's WebCrypto, so a page opens it with no library and no network.
"""

import hashlib
import os
import zlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

ITERATIONS = 600_000
SHORTEST_PHRASE = 12
_RSA_BITS = 3072
_KEY_BYTES, _NONCE_BYTES, _SALT_BYTES = 32, 12, 16
_OAEP = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)


class WeakPhrase(Exception):
    """The phrase is shorter than `SHORTEST_PHRASE` characters or hardly varies."""


class WrongPhrase(Exception):
    """The phrase does not open this vault."""


@dataclass(frozen=True, slots=True)
class LockedPair:
    """A vault's keys, the private one locked."""

    public_key: bytes
    locked_private_key: bytes
    salt: bytes
    nonce: bytes
    iterations: int


@dataclass(frozen=True, slots=True)
class Sealed:
    """Something sealed for one vault."""

    locked_key: bytes
    nonce: bytes
    sealed: bytes


def make_pair(phrase: str, *, iterations: int = ITERATIONS) -> LockedPair:
    """Make a vault's keys and lock the private one with the phrase; raises `WeakPhrase`."""
    phrase = phrase.strip()
    if len(phrase) < SHORTEST_PHRASE or len(set(phrase)) < SHORTEST_PHRASE // 2:
        raise WeakPhrase
    private = rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS)
    salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
    plain = private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return LockedPair(
        public_key=private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        ),
        locked_private_key=AESGCM(_key(phrase, salt, iterations)).encrypt(nonce, plain, None),
        salt=salt,
        nonce=nonce,
        iterations=iterations,
    )


def seal(public_key: bytes, content: bytes) -> Sealed:
    """Deflate and seal the content for a vault."""
    loaded = serialization.load_der_public_key(public_key)
    if not isinstance(loaded, RSAPublicKey):
        raise TypeError("a vault's key is RSA")
    key, nonce = AESGCM.generate_key(bit_length=_KEY_BYTES * 8), os.urandom(_NONCE_BYTES)
    return Sealed(
        loaded.encrypt(key, _OAEP), nonce, AESGCM(key).encrypt(nonce, zlib.compress(content, 6), None)
    )


def unseal(pair: LockedPair, phrase: str, sealed: Sealed) -> bytes:
    """Open what was sealed, as the page does; raises `WrongPhrase`."""
    try:
        plain = AESGCM(_key(phrase.strip(), pair.salt, pair.iterations)).decrypt(
            pair.nonce, pair.locked_private_key, None
        )
    except InvalidTag:
        raise WrongPhrase from None
    private = serialization.load_der_private_key(plain, password=None)
    if not isinstance(private, RSAPrivateKey):
        raise TypeError("a vault's key is RSA")
    key = private.decrypt(sealed.locked_key, _OAEP)
    return zlib.decompress(AESGCM(key).decrypt(sealed.nonce, sealed.sealed, None))


def _key(phrase: str, salt: bytes, iterations: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", phrase.encode(), salt, iterations, _KEY_BYTES)
