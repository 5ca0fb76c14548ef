"""Print the agenda's table of speed: python -m bench.agenda [--appointments 100000 1000000 5000000] [--webs 2].

Each size is built in a database of its own, which --keep leaves standing for the next run (loading takes some
minutes a million, most of it proving that nothing overlaps; --load only does that). Beyond a million, --growth says what
is added: other practices beside, or years behind the same practitioners. Every figure stands beside its goal and a
reference of the same run. The machine may be shared: trust the ratios, the processor time and the pages. Exits with 1 when the largest size asked for misses a goal and --strict is on.
"""

import argparse
import os
import sys
import time

from bench.agenda import over_http, peer, searches, world
from bench.agenda.figures import Table
from bench.database import own_database
from bench.door import Client

UNCHANGED = 1.2  # × from one size to the next


def main() -> int:
    """Print every size asked for, then how the cost grows."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--appointments", type=int, nargs="+", default=[100_000])
    parser.add_argument(
        "--growth", type=world.Growth, choices=list(world.Growth), default=world.Growth.BESIDE
    )
    parser.add_argument(
        "--turns", type=int, default=1, help="how often each size is asked, by turns; with --keep"
    )
    parser.add_argument("--webs", type=int, default=2, help="web processes; one for each core does best")
    parser.add_argument("--only", choices=["searches", "http", "pairs", "race", "seen", "peer"], nargs="+")
    parser.add_argument("--keep", action="store_true", help="leave the loaded databases for the next run")
    parser.add_argument("--load", action="store_true", help="load, keep and measure nothing")
    parser.add_argument("--strict", action="store_true")
    options = parser.parse_args()
    turns: dict[int, list[Table]] = {size: [] for size in options.appointments}
    for size in options.appointments * options.turns:
        behind = "_behind" if world.days_behind(size, options.growth) else ""
        kept_as = f"agenda_{size}{behind}" if options.keep or options.load else None
        with own_database(f"agenda_{os.getpid()}", kept_as=kept_as):
            turns[size].append(_one_size(size, options))
    if options.load:
        return 0
    tables = {size: Table.median_of(of_size) for size, of_size in turns.items()}
    _growth(tables)
    missed = tables[max(tables)].missed
    print(f"\n{'every goal met' if not missed else 'missed: ' + ' · '.join(missed)}")
    return 1 if missed and options.strict else 0


def _one_size(size: int, options: argparse.Namespace) -> Table:
    from decroche.foundation.tenancy import every_practice
    from decroche.scheduling.queries import rules

    os.environ["DECROCHE_LOG_LEVEL"] = "ERROR"
    table, wanted = Table(), set(options.only or ["searches", "http", "pairs", "race", "seen", "peer"])
    with every_practice():
        began = time.perf_counter()
        rules.forget()  # another size's agendas were kept under the same database's name
        made = world.kept() or world.build(size, options.growth)
        print(
            f"\n== {made.appointments:,} appointments, {30 + len(made.many):,} practitioners asked about"
            f" (built in {time.perf_counter() - began:.0f} s)",
            flush=True,
        )
        if options.load:
            return table
        if "searches" in wanted:
            searches.run(made, table)
        if wanted - {"searches"}:
            with over_http.door(made, options.webs) as (ports, sessions):
                _through_the_door(made, table, ports, sessions, wanted)
    return table


def _through_the_door(
    made: world.World, table: Table, ports: list[int], sessions: list[str], wanted: set[str]
) -> None:
    if "http" in wanted:
        over_http.search(made, table, ports, sessions)
    if "peer" in wanted:
        peer.compare(made, table, Client(ports[0], sessions[0]))
    if "pairs" in wanted:
        over_http.pairs(made, table, ports, sessions)
    if "race" in wanted:
        over_http.race(made, table, ports, sessions)
    if "seen" in wanted:
        over_http.seen(made, table, ports, sessions)


def _growth(tables: dict[int, Table]) -> None:
    """Print what each row costs at each size, and the largest against the one before."""
    if len(tables) < 2:
        return
    sizes = sorted(tables)
    medians = {size: tables[size].medians for size in sizes}
    _grown("growth, median ms", sizes, medians, tables[sizes[-1]], judged=True)
    if not tables[sizes[-1]].costs:
        return
    for title, of in (
        ("growth, processor ms, Python", lambda cost: cost.python),
        ("growth, processor ms, PostgreSQL", lambda cost: cost.server),
        ("growth, processor ms, both", lambda cost: cost.python + cost.server),
        ("growth, pages looked at", lambda cost: cost.pages),
    ):
        figures = {size: {name: of(cost) for name, cost in tables[size].costs.items()} for size in sizes}
        judged = title.endswith(
            "both"
        )  # an index of one level more is turned to once more: the time says what it costs
        _grown(title, sizes, figures, tables[sizes[-1]], judged=judged)


def _grown(
    title: str, sizes: list[int], figures: dict[int, dict[str, float]], table: Table, *, judged: bool
) -> None:
    """Print one figure at each size; from a million on the earliest of many may cost a fifth more at most."""
    print(f"\n{title:58}" + "".join(f"{size:>14,}" for size in sizes) + f"{'last ÷ before':>15}")
    for name in figures[sizes[-1]]:
        row = [figures[size].get(name) for size in sizes]
        cells = "".join(f"{'—' if figure is None else f'{figure:,.2f}':>14}" for figure in row)
        before, last = row[-2:]
        if not before or last is None:
            print(f"{name:58}{cells}")
            continue
        words = f"{last / before:.2f} ×"
        if judged and sizes[-2] >= world.MILLION and name.startswith(searches.EARLIEST):
            is_flat = last <= before * UNCHANGED
            words += "  ✓" if is_flat else "  ✗"
            if not is_flat:
                table.missed.append(f"{name}: {title}")
        print(f"{name:58}{cells}{words:>15}")


if __name__ == "__main__":
    sys.exit(main())
