"""What the judge says of one time. Pure."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from decroche.scheduling.domain.asking import Why
from decroche.scheduling.domain.terms import Terms

#: Proposed starts fall where the site's clock reads a multiple of so many minutes.
ALIGN = 5


class Verdict(NamedTuple):
    """What `Judge.judge` found: `why` is None when the time is free. Minutes are epoch minutes, days ordinals."""

    why: Why | None
    start: int
    end: int
    site_id: int | None = None
    zone: ZoneInfo | None = None
    terms: Terms | None = None
    until: int | None = None
    from_day: int | None = None
    until_day: int | None = None
    most: int | None = None
    reserved_for: str = ""
    detail: str = ""
    other_site_id: int | None = None
    resource_id: int | None = None
    lane: int | None = None
    capacity: int = 1
    seats_left: int = 1
