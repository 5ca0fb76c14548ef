"""Read what a request asks; anything absurd is as if nothing had been asked."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, QueryDict
from django.utils.dateparse import parse_date

from decroche.scheduling.domain.availability import to_datetime
from decroche.scheduling.queries.wanted import Wanted, wanted

_LONGEST_ID = 18
_LONGEST_KEY = 64
_FIRST, _LAST = date(2000, 1, 1), date(2100, 1, 1)
#: Epoch minutes of those two days.
_MINUTES = (15_778_080, 68_374_080)


def number(values: QueryDict, name: str) -> int | None:
    """Give the last non-empty value as an id, or None."""
    text = next((value for value in reversed(values.getlist(name)) if value), "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID else None


def numbers(values: QueryDict, name: str) -> tuple[int, ...]:
    """Give every value that is an id, each once, in the order given."""
    found = [
        int(text)
        for text in values.getlist(name)
        if text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID
    ]
    return tuple(dict.fromkeys(found))


def day(values: QueryDict, name: str, default: date) -> date:
    """Give the last value as a date of this century, or the default."""
    return maybe_day(values, name) or default


def maybe_day(values: QueryDict, name: str) -> date | None:
    """Give the last value as a date of this century, or None."""
    try:
        found = parse_date(values.get(name, ""))
    except ValueError:
        return None
    return found if found is not None and _FIRST <= found < _LAST else None


def uuid(values: QueryDict, name: str) -> UUID | None:
    """Give the last value as a UUID, or None."""
    try:
        return UUID(values.get(name, ""))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class AskedSlot:
    """What a free cell's key says."""

    practitioner_id: int
    site_id: int
    starts_at: datetime


def slot(values: QueryDict, name: str = "slot") -> AskedSlot | None:
    """Read `practitioner.site.epochminute`, or None."""
    return slot_of(values.get(name, ""))


def slot_of(text: str) -> AskedSlot | None:
    """Read one `practitioner.site.epochminute`, or None."""
    parts = text.split(".")
    if len(parts) != 3 or not all(p.isascii() and p.isdigit() and len(p) <= _LONGEST_ID for p in parts):  # noqa: PLR2004
        return None
    practitioner_id, site_id, minute = map(int, parts)
    if not _MINUTES[0] <= minute < _MINUTES[1]:
        return None
    return AskedSlot(practitioner_id, site_id, to_datetime(minute))


def wanted_at(slot: AskedSlot, values: QueryDict, practice_id: int) -> Wanted:
    """Give the practice's own of what a slot names, and of the visit type asked for. 1 query."""
    return wanted(
        practice_id=practice_id,
        practitioner_id=slot.practitioner_id,
        site_id=slot.site_id,
        visit_type_id=number(values, "visit_type") or 0,
    )


def retry_key(request: HttpRequest) -> str | None:
    """Give what makes a repeated request the same request (header `Idempotency-Key`), or None."""
    return request.headers.get("Idempotency-Key", "").strip()[:_LONGEST_KEY] or None


def today(now: datetime, timezone: str) -> date:
    """Give the civil day in a zone."""
    return now.astimezone(UTC).astimezone(ZoneInfo(timezone)).date()
