"""Telephone numbers that ring nowhere.

Mainland numbers come from the six blocks of ten thousand that the regulator (Arcep, national numbering plan) keeps for
works of fiction. Martinique has no such block: its numbers come from 0596 20 and 0696 57 to 59, which no operator holds
in the phone library's carrier data.
"""

from random import Random

LANDLINES = {
    "01": "+3319900",
    "02": "+3326191",
    "03": "+3335301",
    "04": "+3346571",
    "05": "+3353649",
    "MQ": "+59659620",
}
MOBILES = {"FR": ("+3363998",), "MQ": ("+59669657", "+59669658", "+59669659")}


class PhoneBook:
    """Deal numbers in a scattered order; a block that runs out starts again (families share, practices do not meet)."""

    def __init__(self, dice: Random) -> None:
        self._dice = dice
        self._decks: dict[str, list[str]] = {}

    def _deal(self, name: str, blocks: tuple[str, ...], first: int) -> str:
        deck = self._decks.get(name)
        if not deck:
            deck = [f"{block}{n:04d}" for block in blocks for n in range(first, 10_000)]
            self._dice.shuffle(deck)
            self._decks[name] = deck
        return deck.pop()

    def mobile(self, region: str) -> str:
        """Return a mobile number in E.164 for ``region`` ("FR" or "MQ")."""
        return self._deal(f"mobile {region}", MOBILES[region], 100)

    def landline(self, area: str) -> str:
        """Return a landline number in E.164 for ``area`` ("01" to "05", or "MQ"); below 100 belongs to the practices."""
        return self._deal(f"landline {area}", (LANDLINES[area],), 100)


#: Where the numbers of a block's first hundred go: the practices' own, then those of their lines, first to third.
_OWN, _LINES = 30, (10, 50, 70)


def public_number(area: str, rank: int) -> str:
    """Return the number that the patients of the practice of that rank dial, and that it forwards to us."""
    return f"{LANDLINES[area]}{_OWN + rank:04d}"


def line_number(area: str, rank: int, order: int = 0) -> str:
    """Return the number of a line of ours: the ``order``-th of the practice of that rank."""
    return f"{LANDLINES[area]}{_LINES[order] + rank:04d}"
