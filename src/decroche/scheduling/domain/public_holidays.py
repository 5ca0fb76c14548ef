"""The public holidays of a French department: proposed to a practice, never applied by themselves. Pure."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays

#: Subdivisions of the library, by the department that a postcode names.
_OVERSEAS = {"971", "972", "973", "974", "976"}
_BY_POSTCODE = {"97133": "BL", "97150": "MF"}
_BY_DEPARTMENT = {
    "57": "57", "67": "6AE", "68": "6AE", "975": "PM", "977": "BL", "978": "MF", "986": "WF", "987": "PF", "988": "NC",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PublicHoliday:
    """One day, and its name in French."""

    day: date
    name: str


def department_of(postcode: str, fallback: str = "") -> str:
    """Give the department that a postcode names: two digits, three overseas."""
    return (postcode[:3] if postcode[:2] in {"97", "98"} else postcode[:2]) or fallback


def public_holidays(*, first: date, last: date, postcode: str, department: str = "") -> list[PublicHoliday]:
    """List the holidays from the first day to the last, in order."""
    found = department_of(postcode, department)
    subdivision = _BY_POSTCODE.get(postcode) or (found if found in _OVERSEAS else _BY_DEPARTMENT.get(found))
    return [
        holiday
        for year in range(first.year, last.year + 1)
        for holiday in _of_year(year, subdivision)
        if first <= holiday.day <= last
    ]


@lru_cache(maxsize=256)
def _of_year(year: int, subdivision: str | None) -> tuple[PublicHoliday, ...]:
    known = holidays.country_holidays("FR", subdiv=subdivision, years=year, language="fr")
    return tuple(PublicHoliday(day, name.replace("'", "’")) for day, name in sorted(known.items()))
