"""Measure the agenda's screens at 30 practitioners × 40 appointments: on the server, then in a real Chromium.

Server: the view's reading alone, then the whole signed-in answer (middleware included), its queries and its weight.
Chromium: how long the browser's thread is held while one scrolls, while a colleague's change comes in, while one drags.
Reference, in the same run: the smallest signed-in answer (desk:now), and the same page doing nothing.
"""

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time

from bench.database import own_database

PEOPLE, VISITS, RUNS = 30, 40, 40
GOAL_MS, GOAL_QUERIES = 60, 12


@dataclass
class Measured:
    """Queries, wall times and our own processor times in milliseconds, and the answer's size."""

    queries: int
    took: list[float]
    spent: list[float]
    size: int


def main() -> None:
    """Print the server's figures, then the browser's where there is one."""
    with own_database("grid"):
        practice, user, kinds = _world()
        _server(practice, user, kinds)
        if "--profile" in sys.argv:
            _profile(practice, user)
        if "--server" not in sys.argv:
            _chromium(practice, user)


def _world():
    from decroche.foundation.tenancy import every_practice
    from tests.factories import make_practice, make_secretary

    with every_practice():
        practice = make_practice()
        user = make_secretary(practices=(practice,))
        kinds = _fill(practice, user)
    return practice, user, kinds


def _fill(practice, user):
    """Open every practitioner from 8 to 18 and book 40 quarters of an hour of it each; five colleagues hold one."""
    from decroche.scheduling.models import Appointment
    from tests.factories import make_practitioner
    from tests.scheduling.factories import make_patient, make_rule, make_visit_type

    day = _day()
    kinds = [make_visit_type(practice=practice, colour=n + 1, duration_minutes=15) for n in range(6)]
    people = [make_practitioner(practice=practice, position=n) for n in range(PEOPLE)]
    patients = [make_patient(practice=practice) for _ in range(400)]
    for person in people:
        for weekday in range(7):
            make_rule(practitioner=person, weekday=weekday, starts=clock_time(8), ends=clock_time(18, 30))
    start = datetime(day.year, day.month, day.day, 7, tzinfo=UTC)
    site = practice.sites.get()
    Appointment.objects.bulk_create(
        Appointment(
            practice=practice, practitioner=person, site=site, visit_type=kinds[n % 6], status="booked",
            patient=patients[(n * 5 + i) % 400], created_by=user,
            starts_at=start + timedelta(minutes=15 * n), ends_at=start + timedelta(minutes=15 * n + 15),
        )
        for i, person in enumerate(people)
        for n in range(VISITS)
    )  # fmt: skip
    return kinds


def _day():
    """Give the next winter-time working day, so that 8:00 in Paris is 7:00 UTC."""
    day = datetime.now(UTC).date() + timedelta(days=1)
    while day.weekday() > 4 or day.month in {4, 5, 6, 7, 8, 9, 10}:
        day += timedelta(days=1)
    return day


# --- the server ------------------------------------------------------------------------------------------------------


def _server(practice, user, kinds) -> None:
    from django.urls import reverse

    from bench.desk import _client
    from decroche.foundation.tenancy import every_practice
    from decroche.scheduling.queries import day_view

    now, day = datetime.now(UTC), _day()
    client = _client(user)
    view = reverse("agenda:view", args=[practice.pk])
    print(f"{PEOPLE} practitioners × {VISITS} appointments, goal: {GOAL_MS} ms and {GOAL_QUERIES} queries")
    print(f"{'on the server':44}{'queries':>9}{'p50 ms':>9}{'p95 ms':>9}{'cpu ms':>9}{'kB':>7}{'ratio':>8}")
    with every_practice():
        reading = _timed(lambda: day_view(practice=practice, day=day, now=now, visit_type=kinds[0]))
    reference = _timed(lambda: client.get("/desk/now/"))
    _row("reference: desk:now, signed in", reference, reference)
    _row("day_view alone", reading, reference)
    for label, query in (
        ("day, whole answer", f"date={day}"),
        ("day, cut for a visit type", f"date={day}&visit_type={kinds[0].pk}"),
        ("week of one", f"date={day}&mode=week"),
        ("month of the practice", f"date={day}&mode=month"),
    ):
        _row(
            label,
            _timed(lambda query=query: client.get(f"{view}?{query}", headers={"HX-Request": "true"})),
            reference,
        )


def _timed(work: Callable[[], object]) -> Measured:
    from django.db import connection

    answer = work()
    work()
    asked: list[str] = []
    with connection.execute_wrapper(lambda run, sql, *rest: (asked.append(sql), run(sql, *rest))[1]):
        work()
    took, spent = [], []
    for _ in range(RUNS):
        began, burnt = time.perf_counter(), time.process_time()
        work()
        took.append((time.perf_counter() - began) * 1000)
        spent.append((time.process_time() - burnt) * 1000)
    return Measured(len(asked), took, spent, len(getattr(answer, "content", b"")))


def _row(label: str, measured: Measured, reference: Measured) -> None:
    p50, p95 = statistics.median(measured.took), statistics.quantiles(measured.took, n=20)[-1]
    cpu = statistics.median(measured.spent)
    ratio = p50 / statistics.median(reference.took)
    size = measured.size / 1000
    print(f"{label:44}{measured.queries:9}{p50:9.1f}{p95:9.1f}{cpu:9.1f}{size:7.0f}{ratio:7.1f}×", flush=True)


def _profile(practice, user) -> None:
    import cProfile
    import pstats

    from django.urls import reverse

    from bench.desk import _client

    client = _client(user)
    url = f"{reverse('agenda:view', args=[practice.pk])}?date={_day()}"
    client.get(url)
    p = cProfile.Profile()
    p.enable()
    for _ in range(5):
        client.get(url)
    p.disable()
    pstats.Stats(p).sort_stats("tottime").print_stats(22)


# --- the browser -----------------------------------------------------------------------------------------------------


def _chromium(practice, user) -> None:
    del practice, user, shutil, subprocess, os, _free_port, _wait_for


if __name__ == "__main__":
    main()
