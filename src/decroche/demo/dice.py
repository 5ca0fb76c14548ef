"""Seeded dice: the same world on every machine, for the same day."""

from hashlib import blake2b
from random import Random

SEED = "décroche-1"


def dice_for(*keys: object) -> Random:
    """Return dice that depend on nothing but ``keys`` (never on ``hash()``, which is salted by process)."""
    digest = blake2b("/".join((SEED, *map(str, keys))).encode(), digest_size=8).digest()
    return Random(int.from_bytes(digest))
