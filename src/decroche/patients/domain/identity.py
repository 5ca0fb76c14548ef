"""Clean what was typed as a person's name, or say exactly why it cannot be one."""

import re
import unicodedata
from enum import StrEnum

LONGEST_NAME = 80
MOST_MARKS = 3
"""Combining marks in a row that some written language needs; beyond, it is a decoration."""

_SPACES = re.compile(r"\s+")
_ALLOWED_SIGNS = frozenset(" -'’.·,")
_TYPED_APOSTROPHES = str.maketrans({"`": "’", "´": "’", "'": "’", "‘": "’", "‐": "-", "‑": "-", "–": "-"})


class NameFlaw(StrEnum):
    """Say what is wrong with a name."""

    EMPTY = "empty"
    TOO_LONG = "too-long"
    NOT_LETTERS = "not-letters"


class UnusableName(ValueError):
    """The text cannot be a name."""

    def __init__(self, flaw: NameFlaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw


def clean_name(text: str) -> str:
    """Return the name without invisible characters, spaces folded, in one Unicode form.

    Raises:
        UnusableName: nothing left, more than ``LONGEST_NAME`` characters, or signs that no name has.

    """
    visible = "".join(
        c for c in text if unicodedata.category(c) not in {"Cf", "Cc", "Cs", "Co", "Cn"} or c.isspace()
    )
    name = _SPACES.sub(" ", unicodedata.normalize("NFC", visible).translate(_TYPED_APOSTROPHES)).strip()
    if not name:
        raise UnusableName(NameFlaw.EMPTY)
    if len(name) > LONGEST_NAME:
        raise UnusableName(NameFlaw.TOO_LONG)
    if not any(c.isalpha() for c in name) or not all(_belongs(c) for c in name) or _is_decorated(name):
        raise UnusableName(NameFlaw.NOT_LETTERS)
    return name


def _belongs(character: str) -> bool:
    return character in _ALLOWED_SIGNS or unicodedata.category(character)[0] in "LM"


def _is_decorated(name: str) -> bool:
    run = 0
    for character in name:
        run = run + 1 if unicodedata.combining(character) else 0
        if run > MOST_MARKS:
            return True
    return False
