"""Give an appointment beside another, or outside what is open, because someone who may has said why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from decroche.accounts.models import User
from decroche.foundation.events import publish
from decroche.kernel.interval import local_day
from decroche.patients.models import Patient
from decroche.practices.models import Practitioner, Site
from decroche.scheduling.actions import _story
from decroche.scheduling.actions._claim import Claim, asked_before, take_beside
from decroche.scheduling.actions._judge import is_newcomer, usual_terms
from decroche.scheduling.actions._rows import announce, lock_practitioners
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.refusals import (
    ForcedQuotaReached,
    NotOfThisPractice,
    ReasonMissing,
    SlotClosed,
)
from decroche.scheduling.events import AppointmentForced
from decroche.scheduling.models import (
    OCCUPYING_STATES,
    AgendaSettings,
    Appointment,
    AppointmentChange,
    VisitType,
)

LONGEST_REASON = 120


@dataclass(frozen=True, slots=True)
class ForcedToday:
    """How many stand forced in a practitioner's day, of how many allowed."""

    count: int
    quota: int

    @property
    def left(self) -> int:
        return max(0, self.quota - self.count)


def force_appointment(
    *,
    practitioner: Practitioner,
    site: Site,
    visit_type: VisitType,
    starts_at: datetime,
    patient: Patient,
    reason: str,
    by: User,
    now: datetime,
    ends_at: datetime | None = None,
    call_id: UUID | None = None,
    source: str = Appointment.Source.PHONE,
    idempotency_key: str | None = None,
    accompanied_by: str = "",
) -> Appointment:
    """Book whatever the rules say: in the open where nobody has the time, else in a lane beside; tell the practitioner.

    The same `idempotency_key` gives the same appointment again. What a practitioner has decided of a patient still
    holds, and so does the day's quota.

    Raises `ReasonMissing`, `ForcedQuotaReached`, `PatientBlocked`, `SlotClosed` (it is past) or `NotOfThisPractice`.
    """
    if len({practitioner.practice_id, site.practice_id, visit_type.practice_id, patient.practice_id}) != 1:
        raise NotOfThisPractice
    reason = " ".join(reason.split())[:LONGEST_REASON]
    if not reason:
        raise ReasonMissing
    wanted: dict[str, Any] = {
        "practitioner": practitioner,
        "site": site,
        "visit_type": visit_type,
        "starts_at": starts_at,
        "now": now,
    }
    with transaction.atomic():
        lock_practitioners(practitioner.pk)
        earlier = asked_before(practitioner.practice_id, idempotency_key, by)
        if earlier is not None:
            return earlier
        is_newcomer(patient_id=patient.pk, practitioner=practitioner)  # refuses a blocked patient
        terms = usual_terms(**wanted, ends_at=ends_at)
        if terms.ends_at <= now:
            raise SlotClosed
        today = forced_today(practitioner=practitioner, site=site, at=starts_at)
        if not today.left:
            raise ForcedQuotaReached(count=today.count, quota=today.quota)
        claim = Claim(
            **wanted,
            terms=terms,
            by=by,
            source=source,
            status=Status.BOOKED,
            patient_id=patient.pk,
            call_id=call_id,
            key=idempotency_key,
            force_reason=reason,
            accompanied_by=accompanied_by,
        )
        appointment = take_beside(claim)
        _record(appointment, today, by, now)
        return appointment


def forced_today(*, practitioner: Practitioner, site: Site, at: datetime) -> ForcedToday:
    """Count what is forced in the practitioner's agenda on the site's civil day of `at`; 2 queries."""
    day = local_day(at.astimezone(site.zone).date(), site.zone)
    quota = (
        AgendaSettings.objects.filter(practitioner=practitioner)
        .values_list("forced_per_day", flat=True)
        .first()
    )
    count = Appointment.objects.filter(
        practitioner=practitioner,
        is_forced=True,
        status__in=OCCUPYING_STATES,
        starts_at__gte=day.start,
        starts_at__lt=day.end,
    ).count()
    return ForcedToday(count, AgendaSettings().forced_per_day if quota is None else quota)


def _record(appointment: Appointment, today: ForcedToday, by: User, now: datetime) -> None:
    AppointmentChange.objects.create(
        practice_id=appointment.practice_id,
        appointment=appointment,
        kind=AppointmentChange.Kind.FORCED,
        at=now,
        by=by,
        version=appointment.version,
        new_status=appointment.status,
        reason=appointment.force_reason,
    )
    announce(appointment)
    _story.booked(appointment, by=by, now=now)
    publish(
        AppointmentForced(
            appointment_id=appointment.pk,
            practice_id=appointment.practice_id,
            practitioner_id=appointment.practitioner_id,
            patient_id=appointment.patient_id or 0,
            starts_at=appointment.starts_at,
            version=appointment.version,
            reason=appointment.force_reason,
            count=today.count + 1,
            quota=today.quota,
            by_id=by.pk,
            at=now,
        )
    )
