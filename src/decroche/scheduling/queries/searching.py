"""The search itself: whose agenda to read on, how far, and when nothing earlier can be missed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection

from decroche.scheduling.domain.asking import Asker, Reason
from decroche.scheduling.domain.availability import ceil_minute, local_ordinal, to_datetime, wall_instant
from decroche.scheduling.domain.busy import NOTHING_USED, Busy, Taken, Using
from decroche.scheduling.domain.judging import Judge
from decroche.scheduling.domain.openings import DAY, EPOCH_ORDINAL
from decroche.scheduling.domain.ranking import honoured, weight
from decroche.scheduling.domain.walking import Proposal, proposals
from decroche.scheduling.models import LONGEST, LONGEST_BUFFER_MINUTES
from decroche.scheduling.queries.busy import Window, read_busy, read_homes, read_used
from decroche.scheduling.queries.rules import Kept

_LONGEST_MINUTES = int(LONGEST / timedelta(minutes=1))
#: A row that touches a moment began at most so long before it, buffers on both sides included.
BACK = _LONGEST_MINUTES + 2 * LONGEST_BUFFER_MINUTES
#: A slot that starts before an edge ends, its buffers and its neighbour's included, at most so long after it.
AHEAD = _LONGEST_MINUTES + 2 * LONGEST_BUFFER_MINUTES
#: Limits, pauses and kept slots look at the whole day of a slot, and a day has 25 hours at most.
WHOLE_DAY = 26 * 60

#: (how many agendas, how many days) to read in each round; None: all that may still matter.
_FEW = 3
_ROUNDS_FOR_FEW: tuple[tuple[int | None, int], ...] = ((None, 7), (None, 28))
#: So many slots are seldom found within a week: one read of a month costs less than two.
_A_LIST = 10
_ROUNDS: tuple[tuple[int | None, int], ...] = ((8, 1), (64, 2), (None, 7), (None, 28))
#: Who is known to be free first mostly still is: a question of its own costs less than eight agendas.
_ROUNDS_FOR_THE_FIRST: tuple[tuple[int | None, int], ...] = ((1, 1), *_ROUNDS)


@dataclass(slots=True, eq=False)
class Place:
    """One practitioner in a search: from where to look, how far everything is known, what was found."""

    rank: int
    kept: Kept
    begin: int = 0
    frontier: int = 0
    read_until: int | None = None
    is_done: bool = False
    rows: Sequence[Taken] = ()
    found: Sequence[Proposal] = ()
    judge: Judge | None = None
    homes: Sequence[tuple[int, str]] = ()


class Found(NamedTuple):
    """A slot and why it stands where it stands."""

    place: Place
    slot: Proposal
    day: int
    reasons: tuple[Reason, ...] = ()


@dataclass(slots=True, eq=False)
class Search:
    """A question put to several agendas at once; good for one use."""

    places: Sequence[Place]
    visit_type_id: int
    asker: Asker
    now: datetime
    suits: Callable[[datetime], bool] | None = None

    def first(self, start: int, horizon: int, limit: int, *, by_wish: bool) -> list[Found]:
        """Give the first `limit` slots in `[start, horizon)`; by wish, whole days are put in order."""
        by_wish = by_wish and any(self._orders(place, start, horizon) for place in self.places)
        key = self._hint_key
        for place in self.places:
            place.begin = place.frontier = _hinted(place, key, start)
            place.is_done = place.begin >= horizon
        whole = -(-(horizon - start) // DAY)
        for batch, days in (*(one for one in self._rounds(start, limit) if one[1] < whole), (None, whole)):
            pending = self._pending(limit, by_wish=by_wish)
            if not pending:
                break
            pending.sort(key=lambda place: place.frontier)
            if batch is not None and batch < len(pending):
                edge = pending[batch - 1].frontier
                pending = [place for place in pending if place.frontier <= edge]
            self._read_on(pending, days, horizon, limit, by_wish=by_wish)
            self._learn(pending, start)
        found = self._in_order(by_wish=by_wish)
        return self._told(found, limit, by_wish=by_wish, near=None)

    def near(self, day: int, start: int, horizon: int, limit: int, spans: Sequence[int]) -> list[Found]:
        """Give `limit` slots by their day's distance from `day`; reads once for each span of days tried."""
        found: list[Found] = []
        for days in spans:
            low = max(start, (day - days - EPOCH_ORDINAL) * DAY - DAY)
            high = min(horizon, (day + days + 1 - EPOCH_ORDINAL) * DAY + DAY)
            if low >= high:
                continue
            for place in self.places:
                place.begin, place.frontier, place.read_until = low, low, None
                place.rows, place.is_done = (), False
            self._read_on(list(self.places), -(-(high - low) // DAY), high, None, by_wish=False)
            found = [one for one in self._in_order(by_wish=False) if abs(one.day - day) <= days]
            if len(found) >= limit or (low <= start and high >= horizon):
                break
        return self._told(found, limit, by_wish=True, near=day)

    def _rounds(self, start: int, limit: int) -> Sequence[tuple[int | None, int]]:
        if len(self.places) <= _FEW:
            return _ROUNDS_FOR_FEW if limit < _A_LIST else _ROUNDS_FOR_FEW[-1:]
        something_is_known = limit == 1 and min(place.begin for place in self.places) > start
        return _ROUNDS_FOR_THE_FIRST if something_is_known else _ROUNDS

    # --- what to read --------------------------------------------------------------------------------------------

    def _orders(self, place: Place, start: int, horizon: int) -> bool:
        if not place.kept.agenda.wishes:
            return False
        first, last = to_datetime(start).toordinal() - 1, to_datetime(horizon).toordinal() + 1
        return place.kept.agenda.wishes_order(first, last)

    def _pending(self, limit: int, *, by_wish: bool) -> list[Place]:
        """Give the places that may still hold something before the last slot wanted."""
        open_ = [place for place in self.places if not place.is_done]
        if not open_:
            return []
        found = self._in_order(by_wish=by_wish)
        if len(found) < limit:
            return open_
        last = found[limit - 1]
        if not by_wish:
            return [place for place in open_ if place.frontier <= last.slot.start]
        return [place for place in open_ if place.frontier < _end_of(last.day, place)]

    def _read_on(
        self, places: Sequence[Place], days: int, horizon: int, limit: int | None, *, by_wish: bool
    ) -> None:
        windows = []
        for place in places:
            place.frontier = min(horizon, max(place.frontier, place.begin + days * DAY))
            around = WHOLE_DAY if place.kept.agenda.looks_around(self.visit_type_id) else 0
            low = place.begin - BACK - around if place.read_until is None else place.read_until
            place.read_until = max(low, place.frontier + AHEAD + around)
            windows.append(Window(place.kept.agenda.practitioner_id, low, place.read_until))
        rows = read_busy(windows, now=self.now)
        used = self._read_used(places)
        for place in places:
            place.rows = [*place.rows, *rows[place.kept.agenda.practitioner_id]]
            place.judge = Judge(
                place.kept.agenda,
                self.visit_type_id,
                asker=self.asker,
                now=ceil_minute(self.now),
                busy=Busy(place.rows),
                used=used,
            )
            self._walk(place, place.judge, limit, by_wish=by_wish)
            place.is_done = place.is_done or place.frontier >= horizon

    def _read_used(self, places: Sequence[Place]) -> Mapping[int, Sequence[Using]]:
        ids = {
            need.id
            for place in places
            for era in place.kept.agenda.eras(self.visit_type_id)
            for need in era.terms.resources
        }
        if not ids:
            return NOTHING_USED
        low = min(place.begin for place in places) - BACK
        return read_used(ids, low, max(place.frontier for place in places) + AHEAD, now=self.now)

    def _walk(self, place: Place, judge: Judge, limit: int | None, *, by_wish: bool) -> None:
        """Collect up to `limit` of the place's slots; by wish, the rest of the last one's day too."""
        found: list[Proposal] = []
        place.found = found
        last_day = None
        for slot in proposals(judge, place.begin, place.frontier):
            if limit is not None and len(found) >= limit:
                day = local_ordinal(slot.zone, slot.start)
                if not by_wish or day != last_day:
                    place.is_done = True
                    return
            if self.suits is None or self.suits(to_datetime(slot.start).astimezone(slot.zone)):
                found.append(slot)
                if by_wish:
                    last_day = local_ordinal(slot.zone, slot.start)

    # --- what was learned ----------------------------------------------------------------------------------------

    @property
    def _hint_key(self) -> tuple[object, ...]:
        return (
            self.visit_type_id,
            self.asker.channel,
            self.asker.is_new_patient,
            self.asker.referred,
        )

    def _learn(self, places: Sequence[Place], start: int) -> None:
        """Keep that nothing can be booked before a moment, while the versions stand.

        Not inside a transaction: what it wrote and read may yet be rolled back, without any version to tell. What was
        read of others is committed; their bookings only ever take time away, and whatever gives it back counts.
        """
        if connection.in_atomic_block:
            return
        for place in places:
            if place.judge is None or not place.kept.stamps:
                continue
            if self.suits is None and place.found and place.found[0].start == place.begin != start:
                continue  # the hint that was used is as good as it can be
            relaxed = Judge(
                place.kept.agenda,
                self.visit_type_id,
                asker=self.asker,
                now=ceil_minute(self.now),
                busy=place.judge.busy,
                relaxed=True,
            )
            first = next(proposals(relaxed, place.begin, place.frontier), None)
            bound = place.frontier if first is None else first.start
            if not place.found:
                place.begin = max(place.begin, bound)  # the next round need not walk there again
            known = place.kept.hints.get(self._hint_key)
            if known is not None and known[0] <= start <= known[1]:
                place.kept.hints[self._hint_key] = (known[0], max(known[1], bound))
            elif known is None or start < known[0]:
                reach = bound if known is None or bound < known[0] else max(bound, known[1])
                place.kept.hints[self._hint_key] = (start, reach)

    # --- in which order ------------------------------------------------------------------------------------------

    def _in_order(self, *, by_wish: bool) -> list[Found]:
        """Give all that was found, by time (by wish: by day and time) and then by rank."""
        found = [
            Found(place, slot, local_ordinal(slot.zone, slot.start))
            for place in self.places
            for slot in place.found
        ]
        if by_wish:
            return sorted(found, key=lambda one: (one.day, one.slot.start, one.place.rank))
        return sorted(found, key=lambda one: (one.slot.start, one.place.rank))

    def _told(self, found: Sequence[Found], limit: int, *, by_wish: bool, near: int | None) -> list[Found]:
        """Put days in the order wished for, cut, and say why each stands where it stands."""
        earliest = min((one.slot.start for one in found), default=None) if near is None else None
        if not by_wish:
            return [self._with_reasons(one, (), earliest, near) for one in found[:limit]]
        if near is None and len(found) > limit:
            found = [one for one in found if one.day <= found[limit - 1].day]
        self._read_homes(found)
        weighed = []
        for one in found:
            wished = honoured(one.place.judge, one.slot, one.place.homes) if one.place.judge else ()
            far = 0 if near is None else abs(one.day - near)
            key = (far, one.day, -weight(wished), one.slot.start, one.place.rank)
            weighed.append((key, self._with_reasons(one, wished, earliest, near)))
        weighed.sort(key=lambda pair: pair[0])
        return [one for _, one in weighed[:limit]]

    def _with_reasons(
        self, one: Found, wished: tuple[Reason, ...], earliest: int | None, near: int | None
    ) -> Found:
        reasons: tuple[Reason, ...] = (Reason.FIRST,) if one.slot.start == earliest else ()
        reasons += wished
        if near is not None:
            reasons += (Reason.NEAR_DATE,)
        return one._replace(reasons=reasons or (Reason.NEXT,))

    def _read_homes(self, found: Sequence[Found]) -> None:
        """Read where the visits at home go, if somebody wishes them grouped and it is known where this one goes."""
        if not self.asker.postcode:
            return
        grouping = {
            one.place.kept.agenda.practitioner_id: one.place
            for one in found
            if any(wish.kind == "group_home" for wish in one.place.kept.agenda.wishes)
            and any(era.terms.place == "home" for era in one.place.kept.agenda.eras(self.visit_type_id))
        }
        if grouping:
            low, high = min(one.slot.start for one in found), max(one.slot.start for one in found)
            homes = read_homes(list(grouping), low - WHOLE_DAY, high + WHOLE_DAY, now=self.now)
            for whose, place in grouping.items():
                place.homes = homes[whose]


def _hinted(place: Place, key: object, start: int) -> int:
    """Give the first moment from `start` on that can be free at all, as far as is known."""
    known = place.kept.hints.get(key)
    return known[1] if known is not None and known[0] <= start < known[1] else start


def _end_of(day: int, place: Place) -> int:
    """Give the end of a civil day at the place's westernmost site."""
    return max(
        (wall_instant(zone, (day + 1 - EPOCH_ORDINAL) * DAY) for zone in place.kept.agenda.sites.values()),
        default=0,
    )
