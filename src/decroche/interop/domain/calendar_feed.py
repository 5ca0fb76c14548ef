"""Write an agenda as an iCalendar file (RFC 5545). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event

PRODUCT = "-//Decroche//Agenda//FR"
#: How far a feed looks: a month back, so that a phone keeps what just was, and six months ahead.
DAYS_BACK, DAYS_AHEAD = 30, 180
#: A cancelled appointment is still told for so long, so that every calendar has the time to strike it out.
CANCELLED_DAYS = 14
#: How often an application should ask again.
REFRESH = "PT15M"


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """One thing to show; times are aware in the zone of the place."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    summary: str
    sequence: int
    modified_at: datetime
    is_cancelled: bool = False
    location: str = ""
    url: str = ""


def write_calendar(*, name: str, events: Iterable[FeedEvent], first: date, last: date, zone: str) -> bytes:
    """Write the events with the definition of every zone that they use, exact from `first` to `last`."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", zone)
    calendar.add("x-published-ttl", REFRESH)
    for event in events:
        calendar.add_component(_component(event))
    # A year around: a client that shows the edge of the window must still know the offset there.
    calendar.add_missing_timezones(
        first_date=first - timedelta(days=366), last_date=last + timedelta(days=366)
    )
    return bytes(calendar.to_ical())


def _component(event: FeedEvent) -> Event:
    component = Event()
    component.add("uid", event.uid)
    component.add("dtstamp", event.modified_at.astimezone(UTC))
    component.add("last-modified", event.modified_at.astimezone(UTC))
    component.add("dtstart", event.starts_at)
    component.add("dtend", event.ends_at)
    component.add("summary", event.summary)
    component.add("sequence", event.sequence)
    component.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    component.add("transp", "TRANSPARENT" if event.is_cancelled else "OPAQUE")
    component.add("class", "PRIVATE")
    if event.location:
        component.add("location", event.location)
    if event.url:
        component.add("url", event.url)
    return component
