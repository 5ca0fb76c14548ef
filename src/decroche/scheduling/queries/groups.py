"""Find time for visits that belong together: the sessions of a series, brothers and sisters, the steps of a pathway."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from decroche.practices.models import Practitioner
from decroche.scheduling.domain.asking import Asker, Order
from decroche.scheduling.domain.availability import ceil_minute, floor_minute
from decroche.scheduling.domain.chains import Link, chains
from decroche.scheduling.domain.series import plan
from decroche.scheduling.models import Pathway, VisitType
from decroche.scheduling.queries.slots import Slot, open_slots

#: Enough for any step of any chain in the time looked at.
_MOST = 3_000
_MARGIN_WEEKS = 2


@dataclass(frozen=True, slots=True)
class SeriesPlan:
    """The sessions found, in order, and how many were wanted."""

    slots: tuple[Slot, ...]
    wanted: int

    @property
    def is_whole(self) -> bool:
        return len(self.slots) == self.wanted


@dataclass(frozen=True, slots=True)
class Step:
    """One visit of a chain: for what, with whom, and how long one may wait before it."""

    visit_type: VisitType
    practitioners: tuple[Practitioner, ...]
    wait_minutes: int = 0


def plan_series(
    *,
    practitioners: Iterable[Practitioner],
    visit_type: VisitType,
    start: datetime,
    now: datetime,
    sessions: int | None = None,
    per_week: int | None = None,
    asker: Asker = Asker(),  # noqa: B008 — frozen
    suits: Callable[[datetime], bool] | None = None,
) -> SeriesPlan:
    """Propose the sessions of a series, all with one practitioner and in one place: the one who ends it first.

    `sessions` and `per_week` default to the visit type's own. Bounded: one search for each practitioner.
    """
    wanted = sessions or visit_type.series_sessions or 1
    weekly = per_week or visit_type.series_per_week or 1
    weeks = -(-wanted // weekly) + _MARGIN_WEEKS
    best: tuple[Slot, ...] = ()
    for practitioner in practitioners:
        found = open_slots(
            practitioners=[practitioner],
            visit_type=visit_type,
            start=start,
            now=now,
            limit=_MOST,
            horizon_days=2 * 7 * weeks,
            suits=suits,
            asker=asker,
            order=Order.TIME,
        )
        for site_id in {slot.site_id for slot in found}:
            by_start = {slot.starts_at: slot for slot in found if slot.site_id == site_id}
            chosen = plan(by_start, sessions=wanted, per_week=weekly)
            best = min(best, tuple(by_start[each] for each in chosen), key=_soonest_whole)
    return SeriesPlan(best, wanted)


def _soonest_whole(slots: tuple[Slot, ...]) -> tuple[int, datetime | int]:
    return (-len(slots), slots[-1].ends_at if slots else 0)


def chain_slots(
    *,
    steps: Sequence[Step],
    start: datetime,
    now: datetime,
    asker: Asker = Asker(),  # noqa: B008 — frozen
    limit: int = 9,
    horizon_days: int = 90,
    suits: Callable[[datetime], bool] | None = None,
    same_person: bool = False,
) -> list[tuple[Slot, ...]]:
    """List the first chains in which each step follows the one before at its place within its wait.

    Looks a fortnight ahead, then further while too few are found. One search for each step and window.
    """
    if not steps:
        return []
    found: list[tuple[Slot, ...]] = []
    for days in _widening(horizon_days):
        options = [
            open_slots(
                practitioners=step.practitioners,
                visit_type=step.visit_type,
                start=start,
                now=now,
                limit=_MOST,
                horizon_days=days,
                suits=suits,
                asker=asker,
                order=Order.TIME,
            )
            for step in steps
        ]
        links = [[_link(slot, n) for n, slot in enumerate(slots)] for slots in options]
        waits = [step.wait_minutes for step in steps[1:]]
        found = [
            tuple(options[depth][link.index] for depth, link in enumerate(chain))
            for chain in chains(links, waits, limit=limit, same_person=same_person)
        ]
        if len(found) >= limit:
            break
    return found


def sibling_slots(
    *,
    practitioners: Sequence[Practitioner],
    visit_types: Sequence[VisitType],
    start: datetime,
    now: datetime,
    asker: Asker = Asker(),  # noqa: B008 — frozen
    limit: int = 9,
    suits: Callable[[datetime], bool] | None = None,
) -> list[tuple[Slot, ...]]:
    """List when brothers and sisters can come one after the other, with the same practitioner.

    Where their visits differ in length, the second may begin a few minutes after the first has ended.
    """
    longest = max((each.duration_minutes for each in visit_types), default=0)
    is_even = len({each.pk for each in visit_types}) == 1
    steps = [Step(each, tuple(practitioners), 0 if is_even else longest) for each in visit_types]
    return chain_slots(
        steps=steps, start=start, now=now, asker=asker, limit=limit, suits=suits, same_person=True
    )


def pathway_slots(
    *,
    pathway: Pathway,
    practitioners: Sequence[Practitioner],
    start: datetime,
    now: datetime,
    asker: Asker = Asker(),  # noqa: B008 — frozen
    limit: int = 9,
    suits: Callable[[datetime], bool] | None = None,
) -> list[tuple[Slot, ...]]:
    """List when the steps of a pathway can follow one another; `practitioners` are those of any step that names none."""
    steps = [
        Step(
            step.visit_type,
            (step.practitioner,) if step.practitioner is not None else tuple(practitioners),
            step.wait_minutes,
        )
        for step in pathway.steps.select_related("visit_type", "practitioner__practice")
    ]
    return chain_slots(steps=steps, start=start, now=now, asker=asker, limit=limit, suits=suits)


def _widening(horizon_days: int) -> list[int]:
    return [days for days in (14, 42) if days < horizon_days] + [horizon_days]


def _link(slot: Slot, index: int) -> Link:
    return Link(
        floor_minute(slot.starts_at), ceil_minute(slot.ends_at), slot.practitioner_id, slot.site_id, index
    )
