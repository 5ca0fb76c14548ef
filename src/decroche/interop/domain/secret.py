"""Make secrets that travel once and are kept as digests only. Pure, but for the dice."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

#: 256 bits: guessing is hopeless, so a plain digest keeps it as well as a slow one would.
_BYTES = 32
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Secret:
    """A new secret: the text that is shown once, its digest, and the few letters that tell it from others."""

    text: str
    digest: str
    beginning: str


def new_secret(prefix: str) -> Secret:
    """Draw a secret that begins with `prefix`, so that a leaked one is recognised for what it is."""
    text = f"{prefix}{secrets.token_urlsafe(_BYTES)}"
    return Secret(text, digest_of(text), text[:_SHOWN])


def digest_of(text: str) -> str:
    """Give what is stored of a secret."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def is_same(one: str, other: str) -> bool:
    """Compare two digests in a time that tells nothing."""
    return hmac.compare_digest(one, other)
