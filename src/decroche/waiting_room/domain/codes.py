"""The short code of an appointment: what a reminder's QR carries, and what one can type. Pure.

Sixteen letters of Crockford's base 32 (no I, L, O, U) in groups of four. Opaque: the appointment's number is enciphered
under a tag of it, so that two codes tell nothing about each other; signed: forty bits of the tag are checked.
"""

import hashlib
import hmac

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_HALF = 5  # bytes: forty bits of number, forty of tag
_LENGTH = 16
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})


def seal(number: int, *, key: bytes) -> str:
    """Write the appointment's number as a code: "7K2M-Q0XD-…"."""
    plain = number.to_bytes(_HALF, "big")
    tag = _mac(key, b"tag", plain)
    whole = int.from_bytes(tag + _xor(plain, _mac(key, b"pad", tag)), "big")
    text = "".join(_ALPHABET[(whole >> shift) & 31] for shift in range(75, -1, -5))
    return "-".join(text[start : start + 4] for start in range(0, _LENGTH, 4))


def unseal(code: str, *, key: bytes) -> int | None:
    """Read the number back, or nothing when nobody here wrote the code; spaces, dashes and case do not count."""
    text = "".join(each for each in code.upper() if each.isalnum()).translate(_READ_AS)
    if len(text) != _LENGTH or any(each not in _ALPHABET for each in text):
        return None
    whole = 0
    for each in text:
        whole = whole << 5 | _ALPHABET.index(each)
    both = whole.to_bytes(2 * _HALF, "big")
    tag, hidden = both[:_HALF], both[_HALF:]
    plain = _xor(hidden, _mac(key, b"pad", tag))
    return int.from_bytes(plain, "big") if hmac.compare_digest(tag, _mac(key, b"tag", plain)) else None


def _mac(key: bytes, what: bytes, data: bytes) -> bytes:
    return hmac.new(key, what + data, hashlib.sha256).digest()[:_HALF]


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
