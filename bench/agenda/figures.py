"""Measure and print: medians, 95th percentiles, goals, ratios."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from bench.agenda.costs import Cost

ROUNDS = 60


def timed(
    work: Callable[[], object], rounds: int = ROUNDS, *, before: Callable[[], object] = lambda: None
) -> list[float]:
    """Give how long each round took, in ms, after two that warm up; what comes `before` each is not counted."""
    work()
    work()
    took = []
    for _ in range(rounds):
        before()
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    return took


def queries_of(work: Callable[[], object], *, before: Callable[[], object] = lambda: None) -> int:
    """Count the queries of one warm call."""
    from django.db import connection

    seen: list[str] = []
    before()
    with connection.execute_wrapper(lambda run, sql, *rest: (seen.append(sql), run(sql, *rest))[1]):
        work()
    return len(seen)


def p95(took: Sequence[float]) -> float:
    return statistics.quantiles(took, n=20)[-1] if len(took) > 1 else took[0]


class Table:
    """Print rows under one head; remember what missed its goal."""

    def __init__(self) -> None:
        self.missed: list[str] = []
        self.medians: dict[str, float] = {}
        self.costs: dict[str, Cost] = {}

    @classmethod
    def median_of(cls, turns: Sequence["Table"]) -> "Table":
        """Give each figure's median over some turns; a goal is missed that any turn missed."""
        table = cls()
        table.missed = list(dict.fromkeys(name for turn in turns for name in turn.missed))
        for name in turns[0].medians:
            table.medians[name] = statistics.median(turn.medians[name] for turn in turns)
        for name, cost in turns[0].costs.items():
            of_turns = [turn.costs[name] for turn in turns]
            table.costs[name] = replace(
                cost,
                python=statistics.median(each.python for each in of_turns),
                server=statistics.median(each.server for each in of_turns),
            )
        return table

    def head(self, title: str) -> None:
        print(f"\n{title:58}{'median':>10}{'p95':>9}{'queries':>9}  goal", flush=True)

    def row(
        self,
        name: str,
        took: Sequence[float],
        *,
        queries: int | None = None,
        goal: float | None = None,
        most_queries: int | None = None,
        note: str = "",
        cost: Cost | None = None,
    ) -> float:
        """Print one line of milliseconds and give its median; the goal is judged on the median."""
        median = statistics.median(took)
        wanted = []
        if goal is not None:
            wanted.append(self._judge(name, median, goal, f"≤ {goal:g} ms"))
        if most_queries is not None and queries is not None:
            wanted.append(self._judge(f"{name}, queries", queries, most_queries, f"≤ {most_queries} queries"))
        asked = "" if queries is None else str(queries)
        text = "   ".join([*wanted, note]).strip()
        print(f"{name:58}{median:10.2f}{p95(took):9.2f}{asked:>9}  {text}", flush=True)
        self.medians[name] = median
        if cost is not None:
            self.costs[name] = cost
            print(f"  {cost.words}", flush=True)
        return median

    def line(self, name: str, value: str, *, is_right: bool | None = None, goal: str = "") -> None:
        """Print a figure that is no time."""
        mark = "" if is_right is None else ("✓ " if is_right else "✗ ")
        if is_right is False:
            self.missed.append(name)
        print(f"{name:58}{value:>28}  {mark}{goal}", flush=True)

    def _judge(self, name: str, value: float, goal: float, words: str) -> str:
        if value <= goal:
            return f"✓ {words}"
        self.missed.append(name)
        return f"✗ {words}"
