"""The searches in the process: one practitioner's first slots, the earliest of many, a day of thirty columns."""

from collections.abc import Callable

from bench.agenda.costs import cost_of
from bench.agenda.figures import Table, queries_of, timed
from bench.agenda.world import DAYS, World

EARLIEST = "earliest slot among"
FEW = 10

_FLOOR = """
SELECT count(*) FROM scheduling_appointment
WHERE practitioner_id = %s AND status IN ({states}) AND starts_at >= %s AND starts_at < %s + make_interval(days => %s)
"""


def run(world: World, table: Table) -> None:
    """Print the rows; the reference is the cheapest thing that PostgreSQL could do with the same six months."""
    from decroche.scheduling.queries import day_view, open_slots

    table.head(f"in the process, {world.appointments:,} appointments, ms")
    reference = "reference: index-only count of one's six months"
    floor = table.row(reference, timed(lambda: _floor(world)), cost=cost_of(lambda: _floor(world)))
    question = {"start": world.now, "now": world.now}
    one = {"practitioners": world.many[:1], "visit_type": world.many_kind, **question}

    def first_twenty() -> object:
        return open_slots(**one, limit=20)

    def month() -> object:
        return open_slots(**one, limit=2000, horizon_days=30)

    def day() -> object:
        shown = [person.pk for person in world.people]
        return day_view(practice=world.practice, day=_weekday(world), now=world.now, shown=shown)

    found = table.row(
        "first 20 slots, one practitioner, rules loaded",
        timed(first_twenty),
        queries=queries_of(first_twenty),
        goal=3,
        most_queries=4,
        cost=cost_of(first_twenty),
    )
    table.line("  ratio to the reference", f"{found / floor:.1f} ×")
    table.row("the same, rules cold", timed(lambda: _cold(first_twenty), 20))
    table.row(
        "all slots of a month, one practitioner", timed(month), queries=queries_of(month), cost=cost_of(month)
    )
    _earliest(world, table, question)
    table.row(
        "day view of 30 practitioners",
        timed(day, 20),
        queries=queries_of(day),
        goal=60,
        most_queries=12,
        cost=cost_of(day),
    )


def _earliest(world: World, table: Table, question: dict[str, object]) -> None:
    """Print the earliest among many: as a process finds it that has searched before, and as one that never has."""
    from decroche.scheduling.queries import earliest_slot

    medians = {}
    for count, goal in ((10, 1.5), (100, 4), (1000, 20)):
        if count > len(world.many):
            table.line(f"{EARLIEST} {count}", f"only {len(world.many)} there")
            continue
        asked = {"practitioners": world.many[:count], "visit_type": world.many_kind, **question}

        def earliest(asked: dict[str, object] = asked) -> object:
            return earliest_slot(**asked)

        medians[count] = table.row(
            f"{EARLIEST} {count}",
            timed(earliest),
            queries=queries_of(earliest),
            goal=goal,
            cost=cost_of(earliest),
        )
        if count == 10:  # a thousand of these take seconds each
            table.row(
                f"{EARLIEST} {count}, nothing learned yet",
                timed(earliest, FEW, before=_unlearn),
                queries=queries_of(earliest, before=_unlearn),
                cost=cost_of(earliest, before=_unlearn),
            )
    if len(medians) > 1:
        low, high = min(medians), max(medians)
        growth = medians[high] / medians[low]
        table.line(
            f"  {high // low} × the practitioners cost",
            f"{growth:.1f} ×",
            is_right=growth < high / low,
            goal="sub-linear",
        )


def _floor(world: World) -> None:
    from django.db import connection

    from decroche.scheduling.models import OCCUPYING_STATES

    states = ", ".join(f"'{state}'" for state in OCCUPYING_STATES)
    with connection.cursor() as cursor:
        values = [world.many[0].pk, world.now, world.now, DAYS]
        cursor.execute(_FLOOR.format(states=states), values)
        cursor.fetchone()


def _unlearn() -> None:
    """Forget how far each agenda is full, and keep its rules."""
    from decroche.scheduling.queries import rules

    for shelf in rules._kept.values():  # noqa: SLF001 — to forget a part of what `forget` would
        for kept in shelf.values():
            kept.hints.clear()


def _cold(work: Callable[[], object]) -> object:
    """Forget what was compiled, then ask."""
    from decroche.scheduling.queries import rules

    forget = getattr(rules, "forget", None)
    if forget is not None:
        forget()
    return work()


def _weekday(world: World):
    from datetime import timedelta

    return world.first + timedelta(days=(7 - world.first.weekday()) % 7 + 1)  # a Tuesday
