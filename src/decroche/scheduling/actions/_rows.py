"""What the verbs share: locking a row, sweeping dead holds, writing a change with its history and its hints."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from psycopg.errors import ExclusionViolation

from decroche.accounts.models import User
from decroche.foundation.live import hint
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.refusals import SlotTaken, StaleVersion
from decroche.scheduling.models import LONGEST, OCCUPYING_STATES, Appointment, AppointmentChange

_LOCK_SPACE = 0x41474E44  # "AGND": keeps our advisory locks apart from everyone else's


def lock_practitioners(*practitioner_ids: int) -> None:
    """Queue behind whoever moves or revives something of these practitioners; always in ascending order.

    An UPDATE into occupied time deadlocks under a race without this (facts: 124 deadlocks in 110 s, then none).
    """
    with connection.cursor() as cursor:
        for practitioner_id in sorted(set(practitioner_ids)):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, practitioner_id % 2**31])


def lock_appointment(appointment_id: int, *, version: int | None) -> Appointment:
    """Read the row for update; raises `Appointment.DoesNotExist`, or `StaleVersion` when it is not `version`.

    The lock is taken on the bare row. With joins, PostgreSQL would check the row that it waited for against the
    practitioner it had before, and lose it when a colleague has just moved it elsewhere.
    """
    Appointment.objects.select_for_update().only("pk").get(pk=appointment_id)
    appointment: Appointment = Appointment.objects.select_related(
        "practitioner", "site", "visit_type", "held_by"
    ).get(pk=appointment_id)
    if version is not None and appointment.version != version:
        raise StaleVersion(shown=version, current=appointment.version)
    return appointment


def sweep_expired_holds(
    *, practitioner_id: int, starts_at: datetime, ends_at: datetime, now: datetime
) -> None:
    """Release the lapsed holds that stand in `[starts_at, ends_at)`; one being confirmed just now is left alone."""
    dead = (
        Appointment.objects.filter(
            practitioner_id=practitioner_id,
            status=Status.HELD,
            hold_expires_at__lte=now,
            starts_at__lt=ends_at,
            starts_at__gt=starts_at - LONGEST,
            ends_at__gt=starts_at,
        )
        .order_by("pk")
        .select_for_update(skip_locked=True)
    )
    ids = [row.pk for row in dead]
    if ids:
        Appointment.objects.filter(pk__in=ids).update(status=Status.RELEASED, hold_expires_at=None)


def owner_of(*, practitioner_id: int, starts_at: datetime, ends_at: datetime, but: int | None = None) -> str:
    """Name the colleague who has this time, as her colleagues name her; empty when unknown."""
    others = Appointment.objects.filter(
        practitioner_id=practitioner_id,
        status__in=OCCUPYING_STATES,
        starts_at__lt=ends_at,
        starts_at__gt=starts_at - LONGEST,
        ends_at__gt=starts_at,
    )
    row = (
        (others if but is None else others.exclude(pk=but))
        .select_related("held_by", "created_by")
        .order_by("-pk")
        .first()
    )
    person = row and (row.held_by or row.created_by)
    return person.display_name if person else ""


def write_change(
    appointment: Appointment,
    *,
    kind: AppointmentChange.Kind,
    by: User | None,
    now: datetime,
    reason: str = "",
    **new: Any,
) -> AppointmentChange:
    """Set the new values, grow the version, keep the history; tell the screens that show either place.

    Raises `SlotTaken` (and leaves the transaction usable) when the new values claim time that has an owner.
    """
    old = Appointment(
        status=appointment.status,
        practitioner_id=appointment.practitioner_id,
        site_id=appointment.site_id,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
    )
    for name, value in new.items():
        setattr(appointment, name, value)
    appointment.version += 1
    _save(appointment, [*new, "version"])
    change = AppointmentChange.objects.create(
        practice_id=appointment.practice_id,
        appointment=appointment,
        kind=kind,
        at=now,
        by=by,
        version=appointment.version,
        old_status=old.status,
        new_status=appointment.status,
        old_practitioner_id=old.practitioner_id,
        old_site_id=old.site_id,
        old_starts_at=old.starts_at,
        old_ends_at=old.ends_at,
        reason=reason,
    )
    announce(appointment)
    if (old.practitioner_id, old.starts_at) != (appointment.practitioner_id, appointment.starts_at):
        old.practice_id, old.site = appointment.practice_id, appointment.site
        announce(old)
    return change


def _save(appointment: Appointment, fields: list[str]) -> None:
    """Write the fields, in a savepoint that a refusal by the exclusion constraint undoes."""
    try:
        with transaction.atomic():
            appointment.save(update_fields=fields)
    except IntegrityError as error:
        if not isinstance(error.__cause__, ExclusionViolation):
            raise
        owner = owner_of(
            practitioner_id=appointment.practitioner_id,
            starts_at=appointment.starts_at,
            ends_at=appointment.ends_at,
            but=appointment.pk,
        )
        raise SlotTaken(owner) from None


def announce(appointment: Appointment) -> None:
    """Tell the agenda's screens, and those that show the patient, to read again; ids and a date only."""
    hint(
        "agenda",
        practice_id=appointment.practice_id,
        practitioner_id=appointment.practitioner_id,
        date=appointment.starts_at.astimezone(appointment.site.zone).date().isoformat(),
    )
    if appointment.patient_id is not None:
        hint("patient", practice_id=appointment.practice_id, patient_id=appointment.patient_id)
