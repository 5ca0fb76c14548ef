"""The rules that count: limits, pauses, emergency slots kept, resources shared. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

from decroche.scheduling.domain.agenda import Agenda
from decroche.scheduling.domain.asking import Why
from decroche.scheduling.domain.availability import Minutes, aligned, carve, merge, wall_to_minutes
from decroche.scheduling.domain.busy import Busy, Using, half_day_of
from decroche.scheduling.domain.openings import DAY, EPOCH_ORDINAL
from decroche.scheduling.domain.terms import Need, Terms
from decroche.scheduling.domain.verdicts import ALIGN, Verdict
from decroche.scheduling.domain.wishes import NOON

#: What an emergency slot is where no emergency visit type says how long it takes.
EMERGENCY_MINUTES = 15


class Limits:
    """What may refuse a time that is open and free, for one practitioner and visit type."""

    def __init__(
        self, agenda: Agenda, visit_type_id: int, busy: Busy, used: Mapping[int, Sequence[Using]]
    ) -> None:
        """Work nothing out before it is asked for."""
        self.agenda = agenda
        self.busy = busy
        self.used = used
        self._kinds = frozenset({visit_type_id})
        self._emergencies = agenda.emergency_types
        self._room: dict[tuple[ZoneInfo, int, int], list[Minutes]] = {}

    def concern(self, terms: Terms) -> bool:
        """Tell whether a free gap is not enough."""
        return terms.counts or terms.needs_resource or bool(self.agenda.wishes)

    def refuse(self, verdict: Verdict, terms: Terms, zone: ZoneInfo, day: int) -> Verdict:
        """Ask the limits, the pauses, the emergency slots and the resources; a walk asks this of each free gap."""
        if terms.counts:
            half = half_day_of(zone, verdict.start)[1]
            kinds = self._kinds
            if terms.max_per_day is not None and self.busy.count(zone, kinds, day) >= terms.max_per_day:
                return verdict._replace(why=Why.DAY_FULL, most=terms.max_per_day)
            most = terms.max_per_half_day
            if most is not None and self.busy.count(zone, kinds, day, half) >= most:
                return verdict._replace(why=Why.HALF_DAY_FULL, most=most)
        wishes = self.agenda.wishes_on(day)
        if wishes.max_in_a_row is not None:
            length = self.busy.row_length(verdict.start, verdict.end, wishes.pause)
            if length > wishes.max_in_a_row:
                return verdict._replace(why=Why.NO_PAUSE, most=wishes.max_in_a_row)
        if self.agenda.wishes and not terms.emergency:
            kept = self._takes_a_kept_slot(verdict, terms, zone)
            if kept:
                return verdict._replace(why=Why.EMERGENCY_KEPT, most=kept)
        return self._with_resource(verdict, terms) if terms.needs_resource else verdict

    def _takes_a_kept_slot(self, verdict: Verdict, terms: Terms, zone: ZoneInfo) -> int:
        """Give how many emergency slots are kept where this visit would leave fewer; 0 when it does no harm.

        Kept in a half-day: as many as wished, less the emergencies already given there. A visit does harm when the
        half-day could then hold fewer emergency visits than before and fewer than are kept.
        """
        taken = (verdict.start - terms.before, verdict.end + terms.after)
        first, last = half_day_of(zone, taken[0]), half_day_of(zone, taken[1] - 1)
        for day, half in _half_days(first, last):
            wished = self.agenda.wishes_on(day).emergencies
            needed = wished - self.busy.count(zone, self._emergencies, day, half) if wished else 0
            if needed <= 0:
                continue
            length = self.agenda.emergency_minutes(day) or EMERGENCY_MINUTES
            room = self._emergency_room(zone, day, half)
            left = _fitting(carve(room, [taken]), length, zone)
            if left < needed and left < _fitting(room, length, zone):
                return wished
        return 0

    def kept(self, zone: ZoneInfo, day: int, half: int) -> list[Minutes]:
        """Give the gaps from which the emergency slots of a half-day will be given; none when no more are kept."""
        wished = self.agenda.wishes_on(day).emergencies
        if not wished or self.busy.count(zone, self._emergencies, day, half) >= wished:
            return []
        return self._emergency_room(zone, day, half)

    def _emergency_room(self, zone: ZoneInfo, day: int, half: int) -> list[Minutes]:
        """Give the gaps of a half-day in which an emergency could be received, whatever is not released yet."""
        found = self._room.get((zone, day, half))
        if found is None:
            opened = merge(
                (one.start, one.end)
                for one in self.agenda.around(day)
                if one.rule.capacity == 1
                and one.rule.reserved_for in {"", "emergency"}
                and (not one.rule.visit_types or one.rule.visit_types & self._emergencies)
            )
            midnight = (day - EPOCH_ORDINAL) * DAY
            wall = (midnight + NOON, midnight + DAY) if half else (midnight, midnight + NOON)
            within = [
                (max(start, low), min(end, high))
                for low, high in wall_to_minutes(zone, *wall)
                for start, end in opened
            ]
            found = list(carve(carve(merge(within), self.agenda.away), self.busy.rows))
            self._room[zone, day, half] = found
        return found

    def _with_resource(self, verdict: Verdict, terms: Terms) -> Verdict:
        """Find a resource of the slot's site that is free for the whole busy time; a session keeps its own."""
        here = [need for need in terms.resources if need.site_id == verdict.site_id]
        if not here:
            return verdict._replace(why=Why.NO_RESOURCE, detail=_names(terms.resources))
        start, end = verdict.start - terms.before, verdict.end + terms.after
        joins = verdict.capacity > 1
        owner = (self.agenda.practitioner_id, verdict.start, True)
        free = []
        for need in here:
            clashing = [
                one for one in self.used.get(need.id, ()) if one.busy_from < end and start < one.busy_until
            ]
            if joins and any(one[2:] == owner for one in clashing):
                return verdict._replace(resource_id=need.id)
            if not clashing:
                free.append(need.id)
        if not free:
            return verdict._replace(why=Why.RESOURCE_BUSY, detail=_names(here))
        return verdict._replace(resource_id=free[0])


def _fitting(room: Iterable[Minutes], length: int, zone: ZoneInfo) -> int:
    """Count the visits of a length that fit side by side."""
    return sum(max(0, (end - aligned(start, zone, ALIGN)) // length) for start, end in room)


def _half_days(first: tuple[int, int], last: tuple[int, int]) -> Sequence[tuple[int, int]]:
    return [divmod(index, 2) for index in range(first[0] * 2 + first[1], last[0] * 2 + last[1] + 1)]


def _names(needs: Sequence[Need]) -> str:
    return ", ".join(need.name for need in needs)
