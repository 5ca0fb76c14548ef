"""Close a practitioner's agenda for a while."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.foundation.events import publish
from decroche.foundation.live import hint
from decroche.practices.models import Practitioner
from decroche.scheduling.domain.appointment import AHEAD
from decroche.scheduling.domain.refusals import NotOfThisPractice
from decroche.scheduling.events import AbsenceRecorded
from decroche.scheduling.models import LONGEST, Absence, Appointment


class AbsenceEndsBeforeItStarts(Exception):
    """The end must be after the start."""


class OwnLocum(Exception):
    """Nobody stands in for themselves."""


@dataclass(frozen=True, slots=True)
class RecordedAbsence:
    """The absence, and the appointments that now stand in its way, in order of time."""

    absence: Absence
    touched: tuple[Appointment, ...]


def record_absence(
    *,
    practitioner: Practitioner,
    starts_at: datetime,
    ends_at: datetime,
    by: User | None,
    now: datetime,
    reason: str = "",
    kind: str = Absence.Kind.ABSENCE,
    locum: Practitioner | None = None,
    instruction_id: int | None = None,
) -> RecordedAbsence:
    """Close `[starts_at, ends_at)`; appointments already booked stay and are given back for someone to deal with.

    What the practitioner's rules open in that time opens in the `locum`'s agenda instead, when there is one.
    Raises `AbsenceEndsBeforeItStarts`, `NotOfThisPractice` or `OwnLocum`.
    """
    check_absence(practitioner=practitioner, starts_at=starts_at, ends_at=ends_at, locum=locum)
    with transaction.atomic():
        absence = Absence.objects.create(
            practice_id=practitioner.practice_id,
            practitioner=practitioner,
            starts_at=starts_at,
            ends_at=ends_at,
            reason=reason,
            kind=kind,
            locum=locum,
            instruction_id=instruction_id,
            created_by=by,
            created_at=now,
        )
        touched = standing(practitioner, starts_at, ends_at, now)
        publish(
            AbsenceRecorded(
                absence_id=absence.pk,
                practice_id=practitioner.practice_id,
                practitioner_id=practitioner.pk,
                starts_at=starts_at,
                ends_at=ends_at,
                touched_ids=tuple(appointment.pk for appointment in touched),
                by_id=by.pk if by else None,
                at=now,
            )
        )
        hint("agenda", practice_id=practitioner.practice_id, practitioner_id=practitioner.pk)
    return RecordedAbsence(absence, touched)


def check_absence(
    *, practitioner: Practitioner, starts_at: datetime, ends_at: datetime, locum: Practitioner | None
) -> None:
    """Raise `AbsenceEndsBeforeItStarts`, `NotOfThisPractice` or `OwnLocum` for what cannot be one."""
    if ends_at <= starts_at:
        raise AbsenceEndsBeforeItStarts
    if locum is not None and locum.practice_id != practitioner.practice_id:
        raise NotOfThisPractice
    if locum is not None and locum.pk == practitioner.pk:
        raise OwnLocum


def standing(
    practitioner: Practitioner, starts_at: datetime, ends_at: datetime, now: datetime
) -> tuple[Appointment, ...]:
    """List the appointments of that time which have not taken place yet."""
    rows = Appointment.objects.filter(
        practitioner=practitioner,
        status__in=[status.value for status in AHEAD],
        starts_at__lt=ends_at,
        starts_at__gt=starts_at - LONGEST,
        ends_at__gt=max(starts_at, now),
    )
    return tuple(rows.select_related("patient", "visit_type", "site", "practitioner").order_by("starts_at"))
