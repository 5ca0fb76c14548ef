"""Bring appointments of another agenda in, many at a time, under the same constraint as every booking."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from decroche.accounts.models import User
from decroche.foundation.events import publish
from decroche.foundation.live import hint
from decroche.practices.models import Practice
from decroche.scheduling.actions._rows import lock_practitioners, sweep_expired_holds
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.refusals import NotOfThisPractice
from decroche.scheduling.events import AgendaImported
from decroche.scheduling.models import Appointment, AppointmentChange

#: What an imported appointment may be: never a hold, and nothing that frees its time.
IMPORTABLE = frozenset({Status.BOOKED, Status.DONE, Status.NO_SHOW})

# As a booking: what clashes with someone's time, or was brought in before under the same key, is simply not inserted.
_INSERT = """
INSERT INTO scheduling_appointment
    (practice_id, practitioner_id, site_id, visit_type_id, patient_id, starts_at, ends_at, status, created_by_id,
     created_at, source, cancel_reason, version, idempotency_key)
SELECT %(practice)s, r.practitioner, r.site, r.visit_type, r.patient, r.starts_at, r.ends_at, r.status, %(by)s,
     %(now)s, %(source)s, '', 1, r.key
FROM unnest(%(keys)s::text[], %(practitioners)s::bigint[], %(sites)s::bigint[], %(visit_types)s::bigint[],
            %(patients)s::bigint[], %(starts)s::timestamptz[], %(ends)s::timestamptz[], %(states)s::text[])
     AS r(key, practitioner, site, visit_type, patient, starts_at, ends_at, status)
ORDER BY r.practitioner, r.starts_at
ON CONFLICT DO NOTHING RETURNING id, idempotency_key
"""


@dataclass(frozen=True, slots=True)
class ImportedAppointment:
    """One appointment to bring in; `key` names it for ever, so that bringing it in twice makes one."""

    key: str
    practitioner_id: int
    site_id: int
    visit_type_id: int
    patient_id: int
    starts_at: datetime
    ends_at: datetime
    status: Status = Status.BOOKED


def import_appointments(
    *,
    practice: Practice,
    rows: Sequence[ImportedAppointment],
    by: User | None,
    now: datetime,
    source: str = Appointment.Source.IMPORT,
) -> dict[str, int]:
    """Insert what finds its time free and give the appointments by key; a key that is missing found it taken.

    Opening rules and quotas are not asked: this is what another agenda already promised. Nobody is written to. Keep the
    batches small (some fifty): their rows are locked together.

    Raises `NotOfThisPractice`.
    """
    if not rows:
        return {}
    _refuse_foreign(practice, rows)
    by_practitioner: dict[int, list[ImportedAppointment]] = defaultdict(list)
    for row in rows:
        by_practitioner[row.practitioner_id].append(row)
    with transaction.atomic():
        lock_practitioners(*by_practitioner)
        for practitioner_id, own in by_practitioner.items():
            sweep_expired_holds(
                practitioner_id=practitioner_id,
                busy_from=min(row.starts_at for row in own),
                busy_until=max(row.ends_at for row in own),
                now=now,
            )
        made = _insert(practice, rows, by, now, source)
        _write_history(practice, made, rows, by, now, source)
        for practitioner_id in by_practitioner:
            hint("agenda", practice_id=practice.pk, practitioner_id=practitioner_id)
        publish(
            AgendaImported(
                practice_id=practice.pk,
                practitioner_ids=tuple(sorted(by_practitioner)),
                by_id=by.pk if by else None,
                at=now,
            )
        )
        known = Appointment.objects.filter(
            practice=practice, idempotency_key__in=[row.key for row in rows]
        ).exclude(status=Status.RELEASED)
        return {str(key): pk for key, pk in known.values_list("idempotency_key", "pk")}


def _insert(
    practice: Practice, rows: Sequence[ImportedAppointment], by: User | None, now: datetime, source: str
) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            {
                "practice": practice.pk,
                "by": by.pk if by else None,
                "now": now,
                "source": source,
                "keys": [row.key for row in rows],
                "practitioners": [row.practitioner_id for row in rows],
                "sites": [row.site_id for row in rows],
                "visit_types": [row.visit_type_id for row in rows],
                "patients": [row.patient_id for row in rows],
                "starts": [row.starts_at for row in rows],
                "ends": [row.ends_at for row in rows],
                "states": [row.status.value for row in rows],
            },
        )
        return {key: pk for pk, key in cursor.fetchall()}


def _write_history(
    practice: Practice,
    made: dict[str, int],
    rows: Sequence[ImportedAppointment],
    by: User | None,
    now: datetime,
    source: str,
) -> None:
    AppointmentChange.objects.bulk_create(
        AppointmentChange(
            practice=practice,
            appointment_id=made[row.key],
            kind=AppointmentChange.Kind.BOOKED,
            at=now,
            by=by,
            version=1,
            new_status=row.status,
            reason=source,
        )
        for row in rows
        if row.key in made
    )


def _refuse_foreign(practice: Practice, rows: Sequence[ImportedAppointment]) -> None:
    """Let nothing of another practice in: the rows hold bare ids."""
    for related, ids in (
        (practice.practitioners, {row.practitioner_id for row in rows}),
        (practice.sites, {row.site_id for row in rows}),
        (practice.visit_types, {row.visit_type_id for row in rows}),
        (practice.patients, {row.patient_id for row in rows}),
    ):
        if related.filter(pk__in=ids).count() != len(ids):
            raise NotOfThisPractice
    if {row.status for row in rows} - IMPORTABLE:
        raise ValueError("an imported appointment is booked, done or missed")
