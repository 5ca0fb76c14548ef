"""What may be written of somebody on a wall that everybody reads: never a full name. Pure."""

import re
from enum import StrEnum

#: The letters of the tickets; I and O are left out, which look like 1 and 0 from five metres away.
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


class Shows(StrEnum):
    """How a wall names who is called."""

    TICKET = "ticket"
    INITIALS = "initials"
    FIRST_NAME = "first_name"


def letter_of(rank: int) -> str:
    """Give the practitioner's letter by rank in the practice: A…Z, then AA, AB…."""
    if rank < len(LETTERS):
        return LETTERS[rank]
    return letter_of(rank // len(LETTERS) - 1) + LETTERS[rank % len(LETTERS)]


def shown_name(shows: Shows, *, ticket: str, first_names: str, last_name: str) -> str:
    """Write who is called in the practice's chosen way: "B 12", "J. M." or "Jeanne M."; the ticket if in doubt."""
    first = (re.split(r"[\s,]+", first_names.strip()) or [""])[0]
    initial = last_name.strip()[:1].upper()
    if shows is Shows.TICKET or not first or not initial:
        return ticket
    if shows is Shows.INITIALS:
        return f"{first[:1].upper()}. {initial}."
    return f"{first} {initial}."
