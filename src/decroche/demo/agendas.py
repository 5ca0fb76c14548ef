"""Fill six months of agendas inside the opening rules: about 85 % taken, no practitioner twice at once."""

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from zoneinfo import ZoneInfo

from decroche.demo.calls import PastCall
from decroche.demo.crowd import Crowd
from decroche.demo.dice import dice_for
from decroche.demo.openings import Away, Opening
from decroche.demo.people import Person
from decroche.demo.plan import Cabinet, Doctor, Visit
from decroche.demo.texts.reminders import CANCELLATIONS
from decroche.demo.typography import typeset

WEEKS_BEFORE, WEEKS_AFTER = 18, 8
_GRID = 5  # minutes


@dataclass(slots=True, eq=False)
class Booking:
    """An appointment; times in UTC. ``fresh`` ones were taken in the last week, so a call may have booked them."""

    doctor: int
    site: int
    visit: int
    patient: int
    starts: dt.datetime
    ends: dt.datetime
    status: str
    created: dt.datetime
    source: str
    fresh: bool = False
    reason: str = ""
    changed: dt.datetime | None = None
    arrived: dt.datetime | None = None
    moved_from: dt.datetime | None = None
    call: PastCall | None = None


@dataclass(frozen=True, slots=True)
class _Span:
    """A stretch of one day open to some visit types, in local minutes since midnight."""

    starts: int
    ends: int
    site: int
    visits: tuple[int, ...]


class Agenda:
    """Fills the agenda of one practitioner."""

    def __init__(
        self, cabinet: Cabinet, rank: int, rules: list[Opening], off: list[Away], people: list[Person], now: dt.datetime,
        met: set[tuple[int, dt.date]] | None = None,
    ) -> None:  # fmt: skip
        self.cabinet, self.rank = cabinet, rank
        self.doctor: Doctor = cabinet.doctors[rank]
        self.zone = ZoneInfo(cabinet.zone)
        self.now = now
        self.today = now.astimezone(self.zone).date()
        self.rules = [rule for rule in rules if rule.doctor == rank]
        self.off = [away for away in off if away.doctor == rank]
        self.dice: Random = dice_for("agenda", cabinet.key, self.doctor.last, self.today)
        # What the hour of the day decides draws apart, so that it never changes who comes when.
        self.fate: Random = dice_for("fate", cabinet.key, self.doctor.last, self.today)
        self.crowd = Crowd(cabinet, rank, people, self.today, self.dice, met if met is not None else set())
        self.no_show = 0.06 + 0.04 * dice_for("no-show", cabinet.key).random()
        self.open_minutes = self.taken_minutes = 0

    def bookings(self, first: dt.date, last: dt.date) -> Iterator[Booking]:
        """Yield the appointments of the days from ``first`` to ``last`` (excluded), in order."""
        date = first
        while date < last:
            for span in self._spans(date):
                yield from self._fill(date, span)
            date += dt.timedelta(days=1)

    def minutes(self, visit: Visit) -> int:
        """Return how long this practitioner takes, on the five-minute grid."""
        return max(_GRID, round(visit.minutes * self.doctor.pace / _GRID) * _GRID)

    def offers(self, rank: int) -> bool:
        """Say whether this practitioner does that visit type."""
        return self.cabinet.visits[rank].name not in self.doctor.without

    def _spans(self, date: dt.date) -> Iterator[_Span]:
        every = tuple(rank for rank in range(len(self.cabinet.visits)) if self.offers(rank))
        names = {visit.name: rank for rank, visit in enumerate(self.cabinet.visits)}
        for rule in self.rules:
            if rule.hours.weekday != date.weekday() or date < rule.valid_from:
                continue
            if rule.valid_until and date > rule.valid_until:
                continue
            visits = tuple(names[name] for name in rule.hours.only) or every
            for starts, ends in self._without_absences(
                date, _minute(rule.hours.starts), _minute(rule.hours.ends)
            ):
                yield _Span(starts, ends, rule.hours.site, tuple(v for v in visits if self.offers(v)))

    def _without_absences(self, date: dt.date, starts: int, ends: int) -> list[tuple[int, int]]:
        midnight = dt.datetime.combine(date, dt.time())
        pieces = [(starts, ends)]
        for away in self.off:
            low, high = ((at - midnight).total_seconds() // 60 for at in (away.starts, away.ends))
            pieces = [
                (int(a), int(b))
                for start, end in pieces
                for a, b in ((start, min(end, low)), (max(start, high), end))
                if b > a
            ]
        return pieces

    def _fill(self, date: dt.date, span: _Span) -> Iterator[Booking]:
        self.open_minutes += span.ends - span.starts
        taken_share = self._fill_share(date)
        cursor = span.starts
        while cursor < span.ends:
            rank = self._visit(date, span, span.ends - cursor)
            if rank is None:
                return
            minutes = self.minutes(self.cabinet.visits[rank])
            wanted = self.dice.random() < (
                self._urgent_share(date) if self._kept(rank, span) else taken_share
            )
            if wanted and (patient := self.crowd.take(rank, date)) is not None:
                if self.dice.random() < 0.05 and (other := self.crowd.take(rank, date)) is not None:
                    yield self._cancelled(date, cursor, minutes, span.site, rank, other)
                self.taken_minutes += minutes
                yield self._booking(date, cursor, minutes, span.site, rank, patient)
            elif self.dice.random() < 0.05 and (other := self.crowd.take(rank, date)) is not None:
                yield self._cancelled(date, cursor, minutes, span.site, rank, other)
            cursor += minutes

    def _kept(self, rank: int, span: _Span) -> bool:
        """Say whether a stretch is kept for urgent visits alone."""
        return self.cabinet.visits[rank].urgent and all(self.cabinet.visits[v].urgent for v in span.visits)

    def _urgent_share(self, date: dt.date) -> float:
        ahead = (date - self.today).days
        return 0.93 if ahead < 0 else 0.7 if ahead == 0 else 0.12 if ahead == 1 else 0.0

    def _fill_share(self, date: dt.date) -> float:
        """Return the share taken: full up to the usual wait, then thinning out with the weeks."""
        ahead, wait = (date - self.today).days, self.cabinet.wait_days
        if ahead <= 0:
            return self.cabinet.fill
        if ahead <= wait:
            return min(0.985, self.cabinet.fill + 0.02)
        return self.cabinet.fill * max(0.5, math.exp(-(ahead - wait) / (24 + wait)))

    def _visit(self, date: dt.date, span: _Span, room: int) -> int | None:
        far = (date - self.today).days > 1
        ranks = [r for r in span.visits if self.minutes(self.cabinet.visits[r]) <= room]
        ordinary = [r for r in ranks if not (far and self.cabinet.visits[r].urgent)]
        ranks = ordinary or ranks
        if not ranks:
            return None
        return self.dice.choices(ranks, [self.cabinet.visits[r].weight for r in ranks])[0]

    def _instant(self, date: dt.date, minute: int) -> dt.datetime:
        local = dt.datetime.combine(date, dt.time(minute // 60, minute % 60), tzinfo=self.zone)
        return local.astimezone(dt.UTC)

    def _booking(
        self, date: dt.date, minute: int, minutes: int, site: int, rank: int, patient: int
    ) -> Booking:
        starts = self._instant(date, minute)
        created, fresh = self._taken_at(starts, urgent=self.cabinet.visits[rank].urgent, patient=patient)
        source = "practice" if self.dice.random() < 0.22 or fresh else "phone"
        booking = Booking(
            self.rank,
            site,
            rank,
            patient,
            starts,
            starts + dt.timedelta(minutes=minutes),
            "booked",
            created,
            source,
            fresh,
        )
        self._live_through(booking)
        moved = self.dice.random() < 0.03
        if moved and not fresh and created < starts - dt.timedelta(days=3):
            booking.moved_from = starts + dt.timedelta(days=self.fate.choice((-7, -2, -1, 1, 7, 14)))
        return booking

    def _live_through(self, booking: Booking) -> None:
        """Give a status to what is past, and to today's patients according to the hour."""
        if booking.ends <= self.now:
            missed = self.fate.random() < self.no_show
            booking.status = "no_show" if missed else "done"
            booking.changed = booking.ends + dt.timedelta(minutes=self.fate.randint(-2, 9))
            if not missed:
                booking.arrived = booking.starts - dt.timedelta(minutes=self.fate.randint(-4, 16))
            booking.changed = min(booking.changed, self.now)
        elif booking.starts <= self.now:
            booking.status, booking.changed = "in_consultation", booking.starts
            booking.arrived = booking.starts - dt.timedelta(minutes=self.fate.randint(2, 15))
        elif booking.starts - self.now < dt.timedelta(minutes=20) and self.fate.random() < 0.7:
            booking.status = "arrived"
            booking.arrived = booking.changed = self.now - dt.timedelta(minutes=self.fate.randint(0, 8))

    def _taken_at(self, starts: dt.datetime, *, urgent: bool, patient: int) -> tuple[dt.datetime, bool]:
        """Return when it was taken, and whether in the last week; never before the patient was known."""
        dice, wait = self.fate, 1 if urgent else self.cabinet.wait_days
        days = dice.expovariate(1 / (wait + 2)) if not urgent else dice.random() * 0.4
        at = starts - dt.timedelta(days=days, minutes=dice.randint(10, 300))
        if at >= self.now:
            at = self.now - dt.timedelta(
                days=dice.expovariate(1 / (self.cabinet.wait_days + 14)), minutes=dice.randint(20, 200)
            )
        local = at.astimezone(self.zone)
        if not 8 <= local.hour < 19:
            at = local.replace(hour=dice.randint(8, 18), minute=dice.randint(0, 59)).astimezone(dt.UTC)
        at = min(at, starts - dt.timedelta(minutes=5), self.now - dt.timedelta(minutes=3))
        self.crowd.known_since(patient, at.date())
        return at, at > self.now - dt.timedelta(days=7)

    def _cancelled(
        self, date: dt.date, minute: int, minutes: int, site: int, rank: int, patient: int
    ) -> Booking:
        starts = self._instant(date, minute)
        created, fresh = self._taken_at(starts, urgent=False, patient=patient)
        room = (min(self.now, starts) - created).total_seconds()
        return Booking(
            self.rank, site, rank, patient, starts, starts + dt.timedelta(minutes=minutes), "cancelled", created,
            "practice" if fresh else "phone",
            reason=typeset(self.dice.choice(CANCELLATIONS)),
            changed=created + dt.timedelta(seconds=room * (0.3 + 0.7 * self.dice.random())),
        )  # fmt: skip


def _minute(time: dt.time) -> int:
    return time.hour * 60 + time.minute
