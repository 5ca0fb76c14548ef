"""Understand what was typed in the one search box: a birth date, letters, a piece of a number."""

import re
from dataclasses import dataclass
from datetime import date

from decroche.kernel.names import normalised
from decroche.patients.domain import birth_dates
from decroche.patients.domain.keys import SHORTEST_FRAGMENT, digits_of

LONGEST_TEXT = 120
"""Characters of the search box that are read; the rest cannot help."""
MOST_WORDS = 5
_LONG_NUMBER = re.compile(r"\+?\d(?:[\s./()-]*\d){8,}")
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d+")
_ONLY_DIGITS = re.compile(r"[\d\s.+()-]+")
_YEAR = re.compile(r"(?:18|19|20)\d\d")


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """Hold the readings of one text; an empty reading says nothing."""

    birth_dates: tuple[date, ...] = ()
    birth_year: int | None = None
    words: tuple[str, ...] = ()
    digits: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.birth_dates or self.words or self.digits or self.birth_year)


def understand(text: str) -> SearchQuery:
    """Read the search box; digits alone may be both a date and a piece of a number."""
    text = text[:LONGEST_TEXT].replace("\x00", " ").strip()
    number = ""
    if match := _LONG_NUMBER.search(text):
        number = _dictated(match.group())
        text = f"{text[: match.start()]} {text[match.end() :]}".strip()
    dates, rest = birth_dates.find(text)
    words = tuple(word for word in normalised(" ".join(_WORD.findall(rest))).split() if word)[:MOST_WORDS]
    if not number:
        number = (
            _dictated(text) if _ONLY_DIGITS.fullmatch(text) else digits_of(" ".join(_NUMBER.findall(rest)))
        )
    year = int(number) if words and _YEAR.fullmatch(number) else None
    if len(number) < SHORTEST_FRAGMENT or (dates and words):
        number = ""
    return SearchQuery(birth_dates=tuple(dates), birth_year=year, words=words, digits=number)


def _dictated(text: str) -> str:
    """Bring "+33 6 12…" and "0033 6 12…" to "0612…", the form in which numbers are indexed."""
    digits = digits_of(text)
    for prefix in ("0033", "33"):
        if digits.startswith(prefix) and (text.lstrip().startswith("+") or prefix == "0033"):
            return "0" + digits[len(prefix) :].removeprefix("0")
    if digits.startswith("00"):
        return digits[2:]
    return digits
