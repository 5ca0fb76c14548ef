"""Read a birth date in any form in which a French secretary types it."""

import re
from collections.abc import Iterator
from datetime import date

from decroche.kernel.names import normalised

OLDEST_AGE = 125
"""Years; nobody in the practice is older than the oldest person known (122)."""

MONTHS = {
    "janvier": 1, "janv": 1, "jan": 1, "january": 1,
    "fevrier": 2, "fevr": 2, "fev": 2, "february": 2, "feb": 2,
    "mars": 3, "mar": 3, "march": 3,
    "avril": 4, "avr": 4, "april": 4, "apr": 4,
    "mai": 5, "may": 5,
    "juin": 6, "june": 6,
    "juillet": 7, "juil": 7, "july": 7,
    "aout": 8, "august": 8, "aug": 8,
    "septembre": 9, "sept": 9, "sep": 9, "september": 9,
    "octobre": 10, "oct": 10, "october": 10,
    "novembre": 11, "nov": 11, "november": 11,
    "decembre": 12, "dec": 12, "december": 12,
}  # fmt: skip

_SEPARATED = re.compile(r"(?<!\d)(\d{1,2})[\s./-]+(\d{1,2})[\s./-]+(\d{4}|\d{2})(?!\d)")
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_SPELLED = re.compile(r"(?<!\d)(\d{1,2})(?:er)?\s*([a-z]{3,9})\.?\s*(\d{4}|\d{2})(?!\d)")
_RUN = re.compile(r"(?<![\d+])(\d{8}|\d{6})(?!\d)")


class NotABirthDate(ValueError):
    """The text holds no date."""


class ImpossibleBirthDate(ValueError):
    """The text holds a date on which no living person was born."""


def find(text: str) -> tuple[list[date], str]:
    """Return the dates that ``text`` may mean and what remains of it.

    Two-digit years give both centuries; "120384" and "12031984" are read as day, month, year.
    A run of digits stays in the remainder too, since it may be a piece of a telephone number.
    """
    plain = normalised_digits(text)
    for pattern, reader in ((_ISO, _iso), (_SEPARATED, _numeric), (_SPELLED, _spelled)):
        for match in pattern.finditer(plain):
            dates = list(reader(match))
            if dates:
                return dates, f"{plain[: match.start()]} {plain[match.end() :]}".strip()
    for match in _RUN.finditer(plain):
        run = match.group(1)
        dates = list(_candidates(run[:2], run[2:4], run[4:]))
        if dates:
            return dates, plain
    return [], plain


def read(text: str, *, today: date) -> date:
    """Return the one birth date that ``text`` says; a two-digit year is the latest that is not to come.

    Raises:
        NotABirthDate: no date in it, or something besides the date.
        ImpossibleBirthDate: a date to come, or more than ``OLDEST_AGE`` years ago.

    """
    dates, rest = find(text[:60])
    if not dates or (rest and not _RUN.fullmatch(rest)):
        raise NotABirthDate(text[:60])
    past = [day for day in dates if day <= today]
    if not past or today.year - max(past).year > OLDEST_AGE:
        raise ImpossibleBirthDate(text[:60])
    return max(past)


def normalised_digits(text: str) -> str:
    """Fold case and accents but keep the separators that make a date one."""
    words = re.split(r"([\d\s./+-]+)", text)
    return re.sub(
        r"\s+", " ", "".join(normalised(w) if i % 2 == 0 else w for i, w in enumerate(words))
    ).strip()


def _iso(match: re.Match[str]) -> Iterator[date]:
    return _candidates(match.group(3), match.group(2), match.group(1))


def _numeric(match: re.Match[str]) -> Iterator[date]:
    return _candidates(match.group(1), match.group(2), match.group(3))


def _spelled(match: re.Match[str]) -> Iterator[date]:
    month = MONTHS.get(match.group(2))
    return iter(()) if month is None else _candidates(match.group(1), str(month), match.group(3))


def _candidates(day: str, month: str, year: str) -> Iterator[date]:
    years = (int(year),) if len(year) == 4 else (2000 + int(year), 1900 + int(year))  # noqa: PLR2004
    for candidate in years:
        try:
            yield date(candidate, int(month), int(day))
        except ValueError:
            continue
