"""Fill a database with a profession's agendas: half-hours from 9 to 13:30 on weekdays, six months ahead, 85 % full.

Practice A has the 30 practitioners of the screens; practice B the thousand of the searches. Agendas are full for a
fortnight, as agendas are, then have gaps. What a larger size adds is said by `Growth`: practices beside them that nobody
asks about (as ever), or years behind the same practitioners, 85 % full too and done. Rows lie in the table in the order
in which they were booked, up to two months ahead: each agenda is scattered over the whole of it, as in life.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from django.db import connection

from bench.agenda.loading import bare, said

DAYS = 182
PER_DAY = 9
MILLION = 1_000_000  # from here on the thousand of the searches are there, whatever a practitioner's share
MINUTES = 30
EACH = DAYS * 5 // 7 * PER_DAY * 17 // 20  # about a thousand

_FILL = """
INSERT INTO scheduling_appointment
    (practice_id, practitioner_id, site_id, visit_type_id, patient_id, starts_at, ends_at, status, created_at, source,
     cancel_reason, version)
SELECT %(practice)s, p.id, %(site)s, %(kind)s,
       (%(patients)s::bigint[])[1 + abs(t.q + t.d) %% cardinality(%(patients)s::bigint[])],
       t.at, t.at + make_interval(mins => %(minutes)s), CASE WHEN t.d < 0 THEN 'done' ELSE 'booked' END, b.at, 'desk', '', 1
FROM practices_practitioner p
CROSS JOIN LATERAL (
    SELECT ((%(first)s::date + d) + make_time(9, 0, 0) + make_interval(mins => q * %(minutes)s))
               AT TIME ZONE 'Europe/Paris' AS at, d, q
    FROM generate_series(-%(behind)s::int, %(days)s - 1) d, generate_series(0, %(per_day)s - 1) q
    WHERE extract(isodow FROM %(first)s::date + d) <= 5
) t
CROSS JOIN LATERAL (
    SELECT least(t.at, %(now)s) - make_interval(mins => abs(hashint8(p.id * 1000003 + t.d * 31 + t.q)::bigint %% 86400)::int)
) b(at)
WHERE p.id = ANY(%(people)s)
  AND (t.d BETWEEN 0 AND 11 + p.id %% 5 OR ((t.q * 7 + t.d * 3 + p.id) %% 20 + 20) %% 20 > 2)
ORDER BY b.at
"""


class Growth(StrEnum):
    """What stands in a size beyond what the searches ask about."""

    BESIDE = "beside"  # other practices, with six months ahead like everybody
    BEHIND = "behind"  # years behind the same practitioners


@dataclass(slots=True)
class World:
    """What the benchmarks ask about."""

    first: date
    now: datetime
    practice: Any  # the one of the screens
    people: list[Any]  # its 30
    kind: Any
    many: list[Any]  # the thousand of the searches, or as many as there are
    many_kind: Any
    users: list[Any]
    patients: list[int]
    site: Any
    appointments: int = 0
    far: int = DAYS + 14  # days from the first: nothing stands there yet


def days_behind(appointments: int, growth: Growth) -> int:
    """Give how many days behind each practitioner make up the size; none where six months ahead do."""
    if growth != Growth.BEHIND or appointments <= MILLION:
        return 0
    return round((appointments / (MILLION / EACH + 30) / EACH - 1) * DAYS)


def build(appointments: int, growth: Growth = Growth.BESIDE) -> World:
    """Make about so many appointments; the database is emptied first."""
    from tests.factories import make_secretariat, make_secretary

    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE practices_practice, scheduling_appointment, accounts_user, practices_secretariat CASCADE"
        )
    now = datetime.now(UTC)
    first = now.astimezone().date()
    behind = days_behind(appointments, growth)
    total = max(1, round(appointments / EACH))
    thousand = 1000 if appointments >= MILLION else min(1000, max(10, total - 30))
    beside = 0 if behind else max(0, total - 30 - thousand)
    counts = [30, thousand, *([1000] * (beside // 1000)), *([beside % 1000] if beside % 1000 else [])]
    with (
        said(f"{sum(counts):,} practitioners, {behind:,} days behind and {DAYS} ahead, every row checked"),
        bare(),
    ):
        made = [_practice(count, first, now, behind) for count in counts]
    (practice, people, kind, patients), (_, many, many_kind, _), *_ = made
    secretariat = make_secretariat()
    users = [make_secretary(secretariat=secretariat, practices=(practice,)) for _ in range(48)]
    found = _analyse()
    site = practice.sites.get()
    return World(first, now, practice, people, kind, many, many_kind, users, patients, site, found)


def _analyse() -> int:
    """Tell the planner what is there, and count it."""
    with said("vacuumed, analysed, counted"), connection.cursor() as cursor:
        for table in (
            "scheduling_appointment",
            "scheduling_agendaversion",
            "scheduling_openingrule",
            "practices_practitioner",
        ):
            cursor.execute(f"VACUUM ANALYZE {table}")
        cursor.execute("SELECT count(*) FROM scheduling_appointment")
        (found,) = cursor.fetchone()
    return int(found)


def kept() -> World | None:
    """Find the world that an earlier run left in this database, if it was made today: its days count from its first."""
    from decroche.accounts.models import User
    from decroche.patients.models import Patient
    from decroche.practices.models import Practice, Practitioner

    practices = list(Practice.objects.order_by("pk")[:2])
    if len(practices) < 2:
        return None
    screens, searches = practices
    now = datetime.now(UTC)
    first = now.astimezone().date()
    people = list(Practitioner.objects.filter(practice=screens).order_by("position"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM scheduling_appointment")
        found = cursor.fetchone()[0]
        cursor.execute(
            "SELECT min(starts_at)::date, max(starts_at)::date FROM scheduling_appointment"
            " WHERE practice_id = %s AND status <> 'done'",
            [screens.pk],
        )
        begins, ends = cursor.fetchone()
    if not 0 <= (begins - first).days <= 3:
        return None
    return World(
        first=first,
        now=now,
        practice=screens,
        people=people,
        kind=screens.visit_types.get(),
        many=list(Practitioner.objects.filter(practice=searches).order_by("position")),
        many_kind=searches.visit_types.get(),
        users=list(User.objects.order_by("pk")[:48]),
        patients=list(Patient.objects.filter(practice=screens).order_by("pk").values_list("pk", flat=True)),
        site=screens.sites.get(),
        appointments=found,
        far=(ends - first).days + 14,
    )  # fmt: skip


def _practice(count: int, first: date, now: datetime, behind: int) -> tuple[Any, list[Any], Any, list[int]]:
    from decroche.practices.models import Practitioner
    from decroche.scheduling.models import OpeningRule
    from tests.factories import make_practice
    from tests.scheduling.factories import make_patient, make_visit_type

    practice = make_practice()
    kind = make_visit_type(practice=practice, duration_minutes=MINUTES)
    site = practice.sites.get()
    patients = [make_patient(practice=practice).pk for _ in range(200)]
    people = Practitioner.objects.bulk_create(
        Practitioner(practice=practice, title="Dr", first_name="Claire", last_name=f"Roussel{n}", position=n)
        for n in range(count)
    )
    OpeningRule.objects.bulk_create(
        OpeningRule(
            practice=practice, practitioner=person, site=site, weekday=weekday,
            starts=time(9), ends=time(13, 30), valid_from=first - timedelta(days=365 + behind),
        )
        for person in people
        for weekday in range(5)
    )  # fmt: skip
    values = {
        "practice": practice.pk, "site": site.pk, "kind": kind.pk, "patients": patients, "first": first, "now": now,
        "days": DAYS, "per_day": PER_DAY, "minutes": MINUTES, "behind": behind, "people": [person.pk for person in people],
    }  # fmt: skip
    with said(f"a practice of {count:,}, bare rows"), connection.cursor() as cursor:
        cursor.execute(_FILL, values)
    return practice, people, kind, patients
