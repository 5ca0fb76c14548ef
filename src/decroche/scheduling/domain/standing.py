"""Agendas as they would be once what was promised has happened. Pure.

A planner that places many asks here before each place, and says what it gave: so the limits of a day, pauses, seats,
resources and emergency slots count what it has itself placed. Nothing already standing is taken away for having been
promised another place, except for whom the question is about: whatever the order in which the promises are kept, none
then finds a day fuller than it was believed to be.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from decroche.scheduling.domain.agenda import Agenda
from decroche.scheduling.domain.asking import Asker
from decroche.scheduling.domain.busy import Busy, Taken, Using
from decroche.scheduling.domain.judging import Judge
from decroche.scheduling.domain.verdicts import Verdict


class Row(NamedTuple):
    """An appointment that stands: its id, whose it is, and its time."""

    id: int
    practitioner_id: int
    taken: Taken


class Standing:
    """What stands with some practitioners, and what was promised on top."""

    def __init__(
        self,
        agendas: Mapping[int, Agenda],
        rows: Mapping[int, Iterable[Taken]],
        used: Mapping[int, Sequence[Using]],
        *,
        now: int,
        own: Mapping[int, Row] | None = None,
    ) -> None:
        """Take everything as it is; `own` are the rows of those who will be placed, by their ids."""
        self._agendas = agendas
        self._rows = {one: list(found) for one, found in rows.items()}
        self._used = {one: list(found) for one, found in used.items()}
        self._own = own or {}
        self._now = now

    def judge(
        self, kind: int, practitioner_id: int, start: int, end: int, site_id: int, *, mover: int, asker: Asker
    ) -> Verdict | None:
        """Judge one time for whoever moves there; None where nothing is known of the practitioner."""
        agenda = self._agendas.get(practitioner_id)
        if agenda is None:
            return None
        rows = self._rows.get(practitioner_id, [])
        own = self._own.get(mover)
        if own is not None and own.practitioner_id == practitioner_id and own.taken in rows:
            rows = rows.copy()
            rows.remove(own.taken)
        judge = Judge(agenda, kind, asker=asker, now=self._now, busy=Busy(rows), used=self._used)
        return judge.judge(start, end, site_id)

    def promise(self, kind: int, practitioner_id: int, verdict: Verdict) -> None:
        """Count this from now on."""
        before, after = (verdict.terms.before, verdict.terms.after) if verdict.terms else (0, 0)
        low, high = verdict.start - before, verdict.end + after
        row = Taken(low, high, verdict.start, verdict.end, kind, verdict.lane)
        self._rows.setdefault(practitioner_id, []).append(row)
        if verdict.resource_id is not None:
            using = Using(low, high, practitioner_id, verdict.start, row.is_seat)
            self._used.setdefault(verdict.resource_id, []).append(using)


def resources_of(agendas: Iterable[Agenda], kinds: Iterable[int]) -> set[int]:
    """Name the resources that visits of these kinds may need with these practitioners."""
    wanted = list(kinds)
    return {
        need.id
        for agenda in agendas
        for kind in wanted
        for era in agenda.eras(kind)
        for need in era.terms.resources
    }
