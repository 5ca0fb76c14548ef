"""Tell by ear who speaks: each voice is a level of its own, so that a mixture says who is in it."""

import asyncio
from itertools import combinations
from typing import Final

from tests.asterisk.phone import Media

# Any sum of these names its summands, and none is so loud that three of them overflow.
LEVELS: Final = {"caller": 1000, "secretary": 2200, "party": 4700, "supervisor": 9600}
MUSIC: Final = "music"
_EVEN: Final = 0x55
_NOISE: Final = 300


def decode(byte: int) -> int:
    """Return the level that an A-law byte carries."""
    byte ^= _EVEN
    segment, step = (byte & 0x70) >> 4, byte & 0x0F
    level = (step << 4) + 8 if segment == 0 else ((step << 4) + 0x108) << (segment - 1)
    return level if byte & 0x80 else -level


def voice(name: str) -> int:
    """Return the byte that somebody repeats."""
    return min(range(256), key=lambda byte: abs(decode(byte) - LEVELS[name]))


def name_level(level: float) -> frozenset[str]:
    """Return whose voices make this level."""
    groups = [frozenset(group) for size in range(len(LEVELS) + 1) for group in combinations(LEVELS, size)]
    return min(groups, key=lambda group: abs(sum(decode(voice(name)) for name in group) - level))


async def who_is_heard(media: Media, *, seconds: float = 0.4) -> frozenset[str]:
    """Return whom this end of a call hears now; music (and any tone) is nobody's steady level."""
    media.heard.clear()
    await asyncio.sleep(seconds)
    if not media.heard:
        return frozenset()
    total = sum(media.heard.values())
    byte, most = max(media.heard.items(), key=lambda found: found[1])
    if most < 0.6 * total:
        return frozenset({MUSIC})
    level = decode(byte)
    return frozenset() if abs(level) < _NOISE else name_level(level)


async def until_heard(media: Media, *names: str, within: float = 6) -> None:
    """Wait until exactly these are heard."""
    found: frozenset[str] = frozenset()
    for _ in range(int(within / 0.4)):
        found = await who_is_heard(media)
        if found == frozenset(names):
            return
    raise AssertionError(f"heard {sorted(found)}, expected {sorted(names)}; bytes {media.heard}")
