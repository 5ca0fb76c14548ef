"""Whom a freed slot is proposed to, and until when they may answer. Pure.

The order is the list's own: those to be passed in front first, then by inscription. The first whom the slot suits is
asked, and the reason why each one before was not is kept, so that anybody can be told.

Time to answer: the nearer the slot, the shorter; it runs only while people are up (the same hours in which a text may
arrive), and ends early enough for the person to be warned as long ahead as they asked. A slot freed at night is
proposed in the morning; one too near for any of that goes to nobody.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from decroche.notifications.domain.quiet_hours import CLOSES, OPENS, not_before
from decroche.scheduling.domain.refusals import Refusal
from decroche.scheduling.domain.wishes import NOON

#: Nobody is asked a question that they would have less time than this to answer.
ANSWER_AT_LEAST = timedelta(minutes=10)
#: (the slot is at least so far, so long to answer); the last line is for whatever is nearer.
_TIME_TO_ANSWER = (
    (timedelta(days=7), timedelta(hours=24)),
    (timedelta(days=2), timedelta(hours=4)),
    (timedelta(days=1), timedelta(hours=2)),
    (timedelta(hours=6), timedelta(minutes=45)),
    (timedelta(hours=2), timedelta(minutes=20)),
    (timedelta(0), ANSWER_AT_LEAST),
)


class Why(StrEnum):
    """Why someone on the list is not asked about a slot."""

    NO_ROOM = "no_room"  # their visit does not fit into what was freed
    PRACTITIONER = "practitioner"
    TOO_EARLY = "too_early"  # before the days they gave
    TOO_LATE = "too_late"  # after them
    HALF_DAY = "half_day"
    WEEKDAY = "weekday"
    NOTICE = "notice"  # they could not be warned so long ahead as they asked
    NOT_EARLIER = "not_earlier"  # than the appointment they have
    SETTLED = "settled"  # the appointment that it would replace is cancelled or over
    ASKED = "asked"  # about this very slot, before
    THINKING = "thinking"  # another slot is being kept for them
    SERVED = "served"  # another part of the freed time goes to them


class OfferClosed(Refusal):
    """The offer was answered, lapsed or was taken back meanwhile; `state` says which."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class AlreadyWaiting(Refusal):
    """The patient is on the list for this already."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Time that could be proposed; `starts_at` and `ends_at` on the site's clock."""

    practitioner_id: int
    site_id: int
    starts_at: datetime
    ends_at: datetime

    def meets(self, other: "Opening") -> bool:
        """Tell whether both want a part of the same person's same time."""
        return (
            self.practitioner_id == other.practitioner_id
            and self.starts_at < other.ends_at
            and other.starts_at < self.ends_at
        )


@dataclass(frozen=True, slots=True)
class Wanting:
    """One line of the list: who, for what, when."""

    id: int
    visit_type_id: int
    since: datetime
    first_day: date
    last_day: date
    is_urgent: bool = False
    practitioner_id: int | None = None
    half_day: str = ""
    weekdays: frozenset[int] = frozenset()
    notice: timedelta = timedelta(0)
    #: When the appointment is that an earlier one would replace.
    has_until: datetime | None = None
    is_settled: bool = False
    is_thinking: bool = False
    #: The starts, by practitioner, that were proposed to them before.
    asked: frozenset[tuple[int, datetime]] = frozenset()


@dataclass(frozen=True, slots=True)
class Proposal:
    """Ask `entry_id`, the `rank`-th of the list, about `opening`; those before were passed over, for reasons."""

    entry_id: int
    opening: Opening
    rank: int
    passed_over: tuple[tuple[int, Why], ...]


def in_order(entries: Iterable[Wanting]) -> list[Wanting]:
    """Sort as the list is served: urgent first, then by inscription."""
    return sorted(entries, key=lambda entry: (not entry.is_urgent, entry.since, entry.id))


def match(
    entries: Iterable[Wanting],
    openings: Mapping[int, Sequence[Opening]],
    *,
    now: datetime,
    zone: ZoneInfo,
) -> list[Proposal]:
    """Give each opening time to the first of the list whom it suits; nothing twice, nobody twice.

    `openings` are by visit type, in the order in which to try them.
    """
    proposals: list[Proposal] = []
    passed: list[tuple[int, Why]] = []
    for rank, entry in enumerate(in_order(entries), start=1):
        opening, why = _first_that_suits(
            entry, openings.get(entry.visit_type_id, ()), [p.opening for p in proposals], now=now, zone=zone
        )
        if opening is not None:
            proposals.append(Proposal(entry.id, opening, rank, tuple(passed)))
        passed.append((entry.id, why))
    return proposals


def _first_that_suits(
    entry: Wanting,
    openings: Sequence[Opening],
    taken: Sequence[Opening],
    *,
    now: datetime,
    zone: ZoneInfo,
) -> tuple[Opening | None, Why]:
    first_reason: Why | None = None
    for opening in openings:
        reason = why_not(entry, opening, now=now, zone=zone)
        if reason is None and any(opening.meets(other) for other in taken):
            reason = Why.NO_ROOM
        if reason is None:
            return opening, Why.SERVED
        first_reason = first_reason or reason
    return None, first_reason or Why.NO_ROOM


def why_not(entry: Wanting, opening: Opening, *, now: datetime, zone: ZoneInfo) -> Why | None:
    """Say why this slot is not for this person, or None when it is."""
    start = opening.starts_at
    day = start.date()
    refusals = (
        (entry.is_settled, Why.SETTLED),
        (entry.is_thinking, Why.THINKING),
        (entry.practitioner_id not in {None, opening.practitioner_id}, Why.PRACTITIONER),
        (day < entry.first_day, Why.TOO_EARLY),
        (day > entry.last_day, Why.TOO_LATE),
        (bool(entry.weekdays) and day.weekday() not in entry.weekdays, Why.WEEKDAY),
        (bool(entry.half_day) and entry.half_day != half_day(start), Why.HALF_DAY),
        (entry.has_until is not None and start >= entry.has_until, Why.NOT_EARLIER),
        ((opening.practitioner_id, start) in entry.asked, Why.ASKED),
        (answer_by(starts_at=start, notice=entry.notice, now=now, zone=zone) is None, Why.NOTICE),
    )
    return next((why for is_so, why in refusals if is_so), None)


def half_day(start: datetime) -> str:
    """Give "am" or "pm", on the clock that the start is on."""
    return "am" if start.hour * 60 + start.minute < NOON else "pm"


def answer_by(*, starts_at: datetime, notice: timedelta, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Say until when someone asked now may answer, or None when it is too late to ask."""
    told_at = not_before(now, zone)
    latest = _awake_before(starts_at - notice, zone)
    if latest < told_at + ANSWER_AT_LEAST:
        return None
    return min(_awake_after(told_at, time_to_answer(starts_at - told_at), zone), latest)


def time_to_answer(ahead: timedelta) -> timedelta:
    """Give how long one may think about a slot that is so far ahead, nights not counted."""
    return next((wait for at_least, wait in _TIME_TO_ANSWER if ahead >= at_least), ANSWER_AT_LEAST)


def _awake_after(start: datetime, wait: timedelta, zone: ZoneInfo) -> datetime:
    """Add `wait` to a waking moment, counting only the hours in which people are up."""
    while True:
        local = start.astimezone(zone)
        closes = datetime.combine(local.date(), CLOSES, tzinfo=zone)
        if start + wait <= closes:
            return start + wait
        wait -= max(timedelta(0), closes - start)
        next_day = local.date() + timedelta(days=1)
        start = datetime.combine(next_day, OPENS, tzinfo=zone).astimezone(start.tzinfo)


def _awake_before(moment: datetime, zone: ZoneInfo) -> datetime:
    """Give the moment itself by day, else the evening that comes before it."""
    local = moment.astimezone(zone)
    if OPENS <= local.time() <= CLOSES:
        return moment
    day = local.date() if local.time() > CLOSES else local.date() - timedelta(days=1)
    return datetime.combine(day, CLOSES, tzinfo=zone).astimezone(moment.tzinfo)
