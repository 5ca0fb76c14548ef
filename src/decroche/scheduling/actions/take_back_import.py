"""Take imported appointments back, as if they had never been brought in."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F

from decroche.accounts.models import User
from decroche.foundation.events import publish
from decroche.foundation.live import hint
from decroche.notifications.actions.withdraw_notices import withdraw_notices
from decroche.practices.models import Practice
from decroche.scheduling.actions._rows import lock_practitioners
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.events import AgendaImported
from decroche.scheduling.models import Appointment, AppointmentChange
from decroche.scheduling.notices import fact_of


def take_back_import(
    *, practice: Practice, appointment_ids: Iterable[int], by: User | None, now: datetime
) -> set[int]:
    """Release those that nobody has touched since they came in; give their ids, the others stay as they are.

    A released row owns no time, names no patient and is shown nowhere; its history keeps who brought it and who took it
    back. Nobody is written to, and reminders that wait for the morning are withdrawn.
    """
    wanted = Appointment.objects.filter(
        practice=practice,
        pk__in=list(appointment_ids),
        source=Appointment.Source.IMPORT,
        version=1,
    ).exclude(status=Status.RELEASED)
    with transaction.atomic():
        lock_practitioners(*set(wanted.values_list("practitioner_id", flat=True)))
        rows = list(wanted.select_for_update(of=("self",)).order_by("pk"))
        gone = [row.pk for row in rows]
        Appointment.objects.filter(pk__in=gone).update(
            status=Status.RELEASED, patient=None, idempotency_key=None, version=F("version") + 1
        )
        _write_down(rows, by=by, now=now)
        withdraw_notices(facts=[fact_of(row.pk, row.version) for row in rows])
        practitioners = sorted({row.practitioner_id for row in rows})
        for practitioner_id in practitioners:
            hint("agenda", practice_id=practice.pk, practitioner_id=practitioner_id)
        if gone:
            publish(
                AgendaImported(
                    practice_id=practice.pk,
                    practitioner_ids=tuple(practitioners),
                    by_id=by.pk if by else None,
                    at=now,
                )
            )
    return set(gone)


def _write_down(rows: Iterable[Appointment], *, by: User | None, now: datetime) -> None:
    """Keep in each one's history who took it back."""
    AppointmentChange.objects.bulk_create(
        AppointmentChange(
            practice_id=row.practice_id,
            appointment_id=row.pk,
            kind=AppointmentChange.Kind.CANCELLED,
            at=now,
            by=by,
            version=row.version + 1,
            old_status=row.status,
            new_status=Status.RELEASED,
            reason="import",
        )
        for row in rows
    )
