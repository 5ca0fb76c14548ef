"""Bench (b): the first 20 slots of one practitioner, and the earliest among thirty; in ms and queries.

    python bench/agenda.py [--appointments 20000 100000 500000]

Runs in a database of its own on the server that DATABASE_URL (or the embedded one) names. The reference, in the same
run and on the same rows, is the cheapest thing that PostgreSQL could do: an index-only count of one practitioner's
six months (shared facts, "floor"). The ratio tells how much of the time is ours.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
os.environ.setdefault("DECROCHE_TEST_DB", "bench_agenda")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "decroche.config.test_settings")

import django  # noqa: E402

django.setup()

from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from decroche.foundation.tenancy import every_practice  # noqa: E402
from decroche.practices.models import Practitioner  # noqa: E402
from decroche.scheduling.models import OCCUPYING_STATES  # noqa: E402
from decroche.scheduling.queries import day_view, earliest_slot, open_slots  # noqa: E402

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # a Monday, before opening time
ROUNDS = 60
DAYS = 182
PER_DAY = 32  # quarters of an hour from 9 to 12 and from 14 to 19

# 85 % full: of each 20 quarters, three stay free; full for the first twelve days, as agendas are.
_FILL = """
INSERT INTO scheduling_appointment
    (practice_id, practitioner_id, site_id, visit_type_id, patient_id, starts_at, ends_at, status, created_at,
     source, cancel_reason, version)
SELECT %(practice)s, p.id, %(site)s, %(kind)s, %(patient)s, t.at, t.at + interval '15 minutes', 'booked', now(),
       'desk', '', 1
FROM practices_practitioner p
CROSS JOIN LATERAL (
    SELECT ((date %(first)s + d) + make_time(9 + q / 4 + CASE WHEN q >= 12 THEN 2 ELSE 0 END, q %% 4 * 15, 0))
               AT TIME ZONE 'Europe/Paris' AS at, d, q
    FROM generate_series(0, %(days)s - 1) d, generate_series(0, %(per_day)s - 1) q
    WHERE extract(isodow FROM date %(first)s + d) <= 5
) t
WHERE p.id = ANY(%(people)s) AND (t.d < 12 + p.id %% 5 OR (t.q * 7 + t.d * 3 + p.id) %% 20 > 2)
"""

_FLOOR = f"""
SELECT count(*) FROM scheduling_appointment
WHERE practitioner_id = %s AND status IN ({", ".join(f"'{state}'" for state in OCCUPYING_STATES)})
  AND starts_at >= %s AND starts_at < %s
"""


def build(appointments: int) -> tuple[list[Practitioner], object]:
    """Fill practitioners with six months each, until there are so many appointments."""
    from datetime import time as clock

    from tests.factories import make_practice, make_practitioner
    from tests.scheduling.factories import make_patient, make_rule, make_visit_type

    practice = make_practice()
    kind = make_visit_type(practice=practice)
    each = DAYS * 5 // 7 * PER_DAY * 17 // 20
    people = [make_practitioner(practice=practice, position=n) for n in range(max(30, appointments // each))]
    for person in people:
        for weekday in range(5):
            make_rule(practitioner=person, weekday=weekday, starts=clock(9), ends=clock(12))
            make_rule(practitioner=person, weekday=weekday, starts=clock(14), ends=clock(19))
    values = {
        "practice": practice.pk,
        "site": practice.sites.get().pk,
        "kind": kind.pk,
        "patient": make_patient(practice=practice).pk,
        "first": NOW.date(),
        "days": DAYS,
        "per_day": PER_DAY,
    }
    with connection.cursor() as cursor:
        for start in range(0, len(people), 20):
            cursor.execute(_FILL, values | {"people": [person.pk for person in people[start : start + 20]]})
        cursor.execute("VACUUM ANALYZE scheduling_appointment")
    return people, kind


def measure(work: Callable[[], object]) -> tuple[float, float, int]:
    """Give the median and 95th percentile in ms, and the number of queries."""
    work()
    with CaptureQueriesContext(connection) as captured:
        work()
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took), statistics.quantiles(took, n=20)[-1], len(captured)


def floor(person: Practitioner) -> Callable[[], None]:
    def count() -> None:
        with connection.cursor() as cursor:
            cursor.execute(_FLOOR, [person.pk, NOW, NOW + timedelta(days=DAYS)])
            cursor.fetchone()

    return count


def report(appointments: int) -> None:
    """Build one size and print its lines."""
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE practices_practice, scheduling_appointment CASCADE")
    people, kind = build(appointments)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM scheduling_appointment")
        total = cursor.fetchone()[0]
    print(
        f"\n{total:,} appointments, {len(people)} practitioners (built in {time.perf_counter() - began:.0f} s)"
    )
    print(f"{'':44}{'median ms':>10}{'p95 ms':>9}{'queries':>9}{'ratio':>8}")
    one, thirty = people[:1], people[:30]
    question = {"visit_type": kind, "start": NOW, "now": NOW}
    base = 0.0
    for name, work in (
        ("floor: index-only count, six months, one", floor(one[0])),
        ("20 first slots, one practitioner", lambda: open_slots(practitioners=one, limit=20, **question)),
        (
            "200 slots (a month), one practitioner",
            lambda: open_slots(practitioners=one, limit=200, **question),
        ),
        ("earliest slot among 10", lambda: earliest_slot(practitioners=people[:10], **question)),
        ("earliest slot among 30", lambda: earliest_slot(practitioners=thirty, **question)),
        ("20 first slots among 30", lambda: open_slots(practitioners=thirty, limit=20, **question)),
        (
            f"earliest slot among {len(people)}",
            lambda: earliest_slot(practitioners=people, **question),
        ),
        (
            f"day view of {len(people)} practitioners"
            if len(people) <= 60
            else "day view of 30 practitioners",
            lambda: day_view(
                practice=people[0].practice, day=NOW.date(), now=NOW, shown=[person.pk for person in thirty]
            ),
        ),
    ):
        median, p95, queries = measure(work)
        base = base or median
        print(f"{name:44}{median:10.2f}{p95:9.2f}{queries:9}{median / base:7.1f}×")


def main() -> None:
    """Print every size asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--appointments", type=int, nargs="+", default=[100_000, 500_000])
    sizes = parser.parse_args().appointments
    timezone.activate("Europe/Paris")
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            print(f"PostgreSQL {cursor.fetchone()[0]}, database {name}")
        with every_practice():
            for size in sizes:
                report(size)
    finally:
        connection.creation.destroy_test_db("postgres", verbosity=0)


if __name__ == "__main__":
    main()
