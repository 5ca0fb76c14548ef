"""Read another agenda's iCalendar file: repetitions unrolled, floating and foreign times set right. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from math import prod
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events  # type: ignore[import-untyped]
import x_wr_timezone  # type: ignore[import-untyped]
from icalendar import Calendar
from icalendar.error import BrokenCalendarProperty
from icalendar.prop import vBroken

from decroche.interop.domain.lines import (
    MOST_BYTES,
    MOST_LINES,
    FileFlaw,
    Flaw,
    FoundLine,
    Unreadable,
)
from decroche.interop.domain.wording import person_of

#: A rule that fires more often than this in a day is no agenda's.
_MOST_A_DAY = 48
_TOO_FINE = frozenset({"SECONDLY", "MINUTELY", "HOURLY"})
_LONGEST_TITLE = 160
_EVENT = re.compile(r"BEGIN:VEVENT.*?END:VEVENT", re.DOTALL)
_TITLE = re.compile(r"^SUMMARY[^:\n]*:([^\r\n]*)", re.MULTILINE)


def read_ics(
    data: bytes, *, zone: ZoneInfo, first: date, last: date, today: date, most: int = MOST_LINES
) -> list[FoundLine]:
    """Give every occurrence from `first` to `last` in order of time; what cannot be dated comes first.

    Raises `Unreadable`: not a calendar, or more than `most` occurrences.
    """
    components = list(islice(_events(_calendars(data)), most + 1))
    if not components:
        raise Unreadable(FileFlaw.EMPTY)
    lines: list[FoundLine] = []
    start = datetime.combine(first, time.min, tzinfo=zone)
    end = datetime.combine(last + timedelta(days=1), time.min, tzinfo=zone)
    for component, flaw in _occurrences(components, start, end):
        line = _line(component, flaw, zone=zone, today=today)
        if line.starts_at is None or (line.starts_at < end and (line.ends_at or line.starts_at) >= start):
            lines.append(line)
        if len(lines) > most:
            raise Unreadable(FileFlaw.TOO_MANY)
    if len(components) > most:
        raise Unreadable(FileFlaw.TOO_MANY)
    return sorted(lines, key=lambda line: (line.starts_at is not None, line.starts_at or start, line.title))


def _calendars(data: bytes) -> list[Calendar]:
    if len(data) > MOST_BYTES:
        raise Unreadable(FileFlaw.TOO_LARGE)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    if "BEGIN:VCALENDAR" not in text.upper():
        raise Unreadable(FileFlaw.NOT_A_CALENDAR)
    found = _parse(text.lstrip()) or _parse_one_by_one(text)
    if not found:
        raise Unreadable(FileFlaw.NOT_A_CALENDAR)
    return [_standard(calendar) for calendar in found]


def _parse(text: str) -> list[Calendar]:
    try:
        return list(Calendar.from_ical(text, multiple=True))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return []


def _parse_one_by_one(text: str) -> list[Calendar]:
    """Save what can be read of a calendar of which one event is spoilt; that one keeps its title at least."""
    events = _EVENT.findall(text)[: MOST_LINES + 1]
    head = text[: text.find("BEGIN:VEVENT")] if events else text
    saved: list[Calendar] = []
    for event in events:
        if whole := _parse(f"{head}{event}\nEND:VCALENDAR\n"):
            saved += whole
        elif title := _TITLE.search(event):
            saved += _parse(
                f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:{title.group(1)}\nEND:VEVENT\nEND:VCALENDAR\n"
            )
    return saved


def _standard(calendar: Calendar) -> Calendar:
    """Bring the times of a calendar that names one zone for all (Google) into it; one that cannot be stays as it is."""
    if "X-WR-TIMEZONE" not in calendar:
        return calendar
    try:
        standard: Calendar = x_wr_timezone.to_standard(calendar)
    except (ValueError, KeyError, TypeError, AttributeError, BrokenCalendarProperty):
        return calendar
    return standard


def _events(calendars: Iterable[Calendar]) -> Iterator[Any]:
    for calendar in calendars:
        yield from calendar.walk("VEVENT")


def _occurrences(components: list[Any], start: datetime, end: datetime) -> Iterator[tuple[Any, Flaw | None]]:
    """Unroll what repeats, one series at a time, so that a bomb is seen before it has exploded."""
    series: dict[str, list[Any]] = defaultdict(list)
    for number, component in enumerate(components):
        series[str(component.get("UID") or f"without-{number}")].append(component)
    for group in series.values():
        if not any(name in component for component in group for name in ("RRULE", "RDATE", "RECURRENCE-ID")):
            yield from ((component, None) for component in group)
        elif any(_is_too_fine(component) for component in group):
            yield group[0], Flaw.TOO_FINE
        else:
            yield from ((component, None) for component in _unroll(group, start, end))


def _unroll(group: list[Any], start: datetime, end: datetime) -> list[Any]:
    small = Calendar()
    for component in group:
        small.add_component(component)
    try:
        return list(recurring_ical_events.of(small).between(start, end))
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, BrokenCalendarProperty):
        return group  # the rule makes no sense: what is written remains, once


def _is_too_fine(component: Any) -> bool:
    rules = component.get("RRULE") or []
    for rule in rules if isinstance(rules, list) else [rules]:
        if isinstance(rule, vBroken):  # a rule that could not be read: told as one that repeats for ever
            return True
        if set(map(str, rule.get("FREQ", []))) & _TOO_FINE:
            return True
        if prod(len(rule.get(name, [0])) or 1 for name in ("BYHOUR", "BYMINUTE", "BYSECOND")) > _MOST_A_DAY:
            return True
    return False


def _line(component: Any, flaw: Flaw | None, *, zone: ZoneInfo, today: date) -> FoundLine:
    title = " ".join(str(component.get("SUMMARY") or "").split())[:_LONGEST_TITLE]
    starts_at, is_all_day = _moment(component.get("DTSTART"), zone)
    ends_at = _end(component, starts_at, zone=zone, is_all_day=is_all_day)
    status = str(component.get("STATUS") or "").upper()
    is_free = str(component.get("TRANSP") or "").upper() == "TRANSPARENT" or (
        str(component.get("X-MICROSOFT-CDO-BUSYSTATUS") or "").upper() == "FREE"
    )
    person, rest = person_of(title, str(component.get("DESCRIPTION") or "")[:2000], today=today)
    if starts_at is None:
        flaw = flaw or Flaw.NO_DATE
    elif ends_at is not None and ends_at <= starts_at:
        flaw, ends_at = (None, None) if ends_at == starts_at else (Flaw.ENDS_BEFORE, None)
    categories = component.get("CATEGORIES")
    return FoundLine(
        title=title,
        starts_at=starts_at,
        ends_at=ends_at,
        is_all_day=is_all_day,
        person=person,
        visit_type=" ".join([rest, *_categories(categories)]).strip(),
        status="cancelled" if status == "CANCELLED" else "",
        is_free=is_free,
        flaw=flaw,
    )


def _categories(found: Any) -> list[str]:
    if found is None:
        return []
    return [
        str(cat)
        for each in (found if isinstance(found, list) else [found])
        for cat in (getattr(each, "cats", []) if not isinstance(each, vBroken) else [])
    ]


def _plain(value: Any) -> Any:
    """Give what a property holds, or None for one that holds nonsense."""
    try:
        return getattr(value, "dt", None)
    except BrokenCalendarProperty:
        return None


def _moment(value: Any, zone: ZoneInfo) -> tuple[datetime | None, bool]:
    """Give an aware moment, and whether it was a whole day; a floating time is the zone's wall clock."""
    found = _plain(value)
    if isinstance(found, datetime):
        return (found.replace(tzinfo=zone) if found.tzinfo is None else found.astimezone(zone)), False
    if isinstance(found, date):
        return datetime.combine(found, time.min, tzinfo=zone), True
    return None, False


def _end(component: Any, starts_at: datetime | None, *, zone: ZoneInfo, is_all_day: bool) -> datetime | None:
    if starts_at is None:
        return None
    ends_at, _ = _moment(component.get("DTEND"), zone)
    if ends_at is not None:
        return ends_at
    length = _plain(component.get("DURATION"))
    if isinstance(length, timedelta):
        # Exact time, as the standard says, not the wall clock's.
        return (starts_at.astimezone(ZoneInfo("UTC")) + length).astimezone(zone)
    return (
        datetime.combine(starts_at.date() + timedelta(days=1), time.min, tzinfo=zone) if is_all_day else None
    )
