"""What a question costs beside time: processor time on both sides, and the pages that PostgreSQL looked at.

Latency on a shared machine says as much of the neighbours as of the work; these two do not.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

_ENOUGH_SECONDS = 1.0


@dataclass(slots=True)
class Cost:
    """One question: milliseconds of processor, pages, and where they were read."""

    python: float = 0
    server: float = 0
    hit: int = 0
    read: int = 0
    heap: int = 0  # rows that an index alone could not answer for
    paths: set[str] = field(default_factory=set)
    is_compiled: bool = False  # the plan was thought dear enough for the just-in-time compiler

    @property
    def pages(self) -> int:
        return self.hit + self.read

    @property
    def words(self) -> str:
        names = ", ".join(sorted(self.paths))
        compiled = ", JIT" if self.is_compiled else ""
        return (
            f"processor {self.python:.2f} + {self.server:.2f} ms · pages {self.hit} hit, {self.read} read"
            f" · {self.heap} rows fetched from the table · {names}{compiled}"
        )


def cost_of(work: Callable[[], object], *, before: Callable[[], object] = lambda: None) -> Cost:
    """Ask for about a second, and give the cost of one call; `before` is done each time and not counted."""
    statements = _statements(work, before)
    found = Cost()
    clock, rounds, server = _server_clock(), 0, 0.0
    until = time.perf_counter() + _ENOUGH_SECONDS
    while rounds < 5 or time.perf_counter() < until:
        before()
        at_server, at_python = time.clock_gettime(clock), time.process_time()
        work()
        found.python += time.process_time() - at_python
        server += time.clock_gettime(clock) - at_server
        rounds += 1
    found.python *= 1000 / rounds
    found.server = server * 1000 / rounds
    for sql, values in statements:
        _explain(found, sql, values)
    return found


def _server_clock() -> int:
    """Give the clock of the processor time of the server's process that answers us; it must be on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    return (~pid << 3) | 2  # clock_getcpuclockid(3)


def _statements(work: Callable[[], object], before: Callable[[], object]) -> list[tuple[str, Any]]:
    """Give what one call asks, each statement prepared as it is in a process that has served for a while."""
    seen: list[tuple[str, Any]] = []
    for _ in range(6):  # from the sixth on PostgreSQL may keep one plan for all values
        before()
        work()
    before()
    with connection.execute_wrapper(
        lambda run, sql, values, *rest: (seen.append((sql, values)), run(sql, values, *rest))[1]
    ):
        work()
    return seen


def _explain(cost: Cost, sql: str, values: Any) -> None:
    """Add the pages of one statement, by the very plan that the process has prepared."""
    from decroche.foundation.prepared import prepared_on

    prepared = prepared_on(connection)
    known = prepared._statements.get(sql)  # noqa: SLF001 — the plan of this very name
    with connection.cursor() as cursor:
        if known is not None and known.names:
            name = next(iter(known.names.values())).decode()
            given = list(known.in_order(values))
            places = ", ".join(["%s"] * len(given))
            sql, values = f"EXECUTE {name}{f'({places})' if given else ''}", given
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", values)
        ((told,),) = cursor.fetchone()
    cost.hit += told["Plan"]["Shared Hit Blocks"]
    cost.read += told["Plan"]["Shared Read Blocks"]
    cost.is_compiled |= "JIT" in told
    _walk(cost, told["Plan"])


def _walk(cost: Cost, node: dict[str, Any]) -> None:
    if "Index Name" in node:
        cost.paths.add(node["Index Name"])
    elif node["Node Type"] == "Seq Scan":
        cost.paths.add(f"all of {node['Relation Name']}")
    cost.heap += node.get("Heap Fetches", 0)
    for inner in node.get("Plans", ()):
        _walk(cost, inner)
