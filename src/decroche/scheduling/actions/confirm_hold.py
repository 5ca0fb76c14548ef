"""Turn a hold into an appointment."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import transaction

from decroche.accounts.models import User
from decroche.foundation.statements import Row, columns, row, split
from decroche.foundation.tenancy import scope_ids
from decroche.patients.models import Patient
from decroche.practices.models import Practitioner, Site
from decroche.scheduling.actions._judge import Terms, is_newcomer, judge
from decroche.scheduling.actions._places import places_for
from decroche.scheduling.actions._rows import lock_appointment, lock_practitioners, write_change
from decroche.scheduling.actions._story import booked
from decroche.scheduling.domain.appointment import OCCUPYING, Status
from decroche.scheduling.domain.asking import Asker, Channel
from decroche.scheduling.domain.home import HomeAddress
from decroche.scheduling.domain.refusals import HoldExpired, NotOfThisPractice
from decroche.scheduling.models import Appointment, AppointmentAnswer, AppointmentChange, HomeVisit, VisitType


def confirm_hold(
    *,
    hold_id: int,
    patient: Patient,
    confirmed_by: User,
    now: datetime,
    call_id: UUID | None = None,
    channel: Channel = Channel.SECRETARY,
    home: HomeAddress | None = None,
    answers: Sequence[tuple[str, str]] = (),
    accompanied_by: str = "",
) -> Appointment:
    """Book the held time for the patient; asked twice, give the same appointment.

    Everything is judged again, now that the patient is known: opened meanwhile or closed, new or not, refused by the
    practitioner. A hold that lapsed is taken up again when nobody took its time. A hold made for someone on the
    waiting list may be confirmed by whoever has them on the telephone.

    Raises `SlotTaken` (it is another's now), `HoldExpired` (no such hold of this person), `SlotClosed`,
    `PatientBlocked` or `NotOfThisPractice`.
    """
    with transaction.atomic():
        hold = _open(hold_id)
        if patient.practice_id != hold.practice_id:
            raise NotOfThisPractice
        if hold.patient_id == patient.pk and Status(hold.status) in OCCUPYING - {Status.HELD}:
            return hold
        _refuse_unless_held(hold, confirmed_by)
        terms = _recheck(hold, patient, channel, now)
        write_change(
            hold,
            kind=AppointmentChange.Kind.BOOKED,
            by=confirmed_by,
            now=now,
            places=_places(hold, terms, now),
            status=Status.BOOKED,
            patient=patient,
            hold_expires_at=None,
            created_by=confirmed_by,
            call_id=call_id or hold.call_id,
            accompanied_by=accompanied_by or hold.accompanied_by,
        )
        _keep_details(hold, home, answers)
        booked(hold, by=confirmed_by, now=now)
        return hold


def _open(hold_id: int) -> Appointment:
    """Lock the hold, in one read where it still is one: its practitioner cannot change, so the joins are safe.

    One that lapsed is an UPDATE into time that may have an owner, and a seat may have to be another one: their
    practitioner is locked before them.
    """
    found = row(_held_sql(), {"id": hold_id, "scope": scope_ids()})
    if found is not None:
        return _hold_of(found)
    practitioner_id = Appointment.objects.filter(pk=hold_id).values_list("practitioner_id", flat=True).first()
    if practitioner_id is None:
        raise HoldExpired
    lock_practitioners(practitioner_id)
    return lock_appointment(hold_id, version=None)


@cache
def _held_sql() -> str:
    # Not `status = 'held'`: the planner would read the index of all holds, which is short, instead of the row's own.
    return f"""
SELECT {columns(Appointment, "a")}, {columns(Practitioner, "p")}, {columns(Site, "s")}, {columns(VisitType, "t")}
FROM scheduling_appointment a
JOIN practices_practitioner p ON p.id = a.practitioner_id
JOIN practices_site s ON s.id = a.site_id
JOIN scheduling_visittype t ON t.id = a.visit_type_id
WHERE a.id = %(id)s AND a.status IS NOT DISTINCT FROM 'held' AND a.lane IS NULL AND (%(scope)s::bigint[] IS NULL OR a.practice_id = ANY(%(scope)s::bigint[]))
FOR UPDATE OF a
"""  # noqa: S608 — our own columns


def _hold_of(found: Row) -> Appointment:
    hold, who, site, kind = split(found, Appointment, Practitioner, Site, VisitType)
    hold.practitioner, hold.site, hold.visit_type = who, site, kind
    return hold  # type: ignore[no-any-return]


def _refuse_unless_held(hold: Appointment, by: User) -> None:
    is_own = hold.held_by_id == by.pk or hold.waiting_entry_id is not None
    if hold.status not in {Status.HELD, Status.RELEASED} or not is_own:
        raise HoldExpired


def _recheck(hold: Appointment, patient: Patient, channel: Channel, now: datetime) -> Terms:
    """Refuse a time that closed since it was held, or not for this person; give its terms as they are now.

    A live hold keeps what its own minute allowed: notice and release are judged as they stood then.
    """
    is_new = is_newcomer(patient_id=patient.pk, practitioner=hold.practitioner, but=hold.pk)
    return judge(
        practitioner=hold.practitioner,
        site=hold.site,
        visit_type=hold.visit_type,
        starts_at=hold.starts_at,
        ends_at=hold.ends_at,
        now=hold.created_at if hold.status == Status.HELD and hold.ends_at > now else now,
        asker=Asker(channel=channel, is_new_patient=is_new, referred=hold.referred),
        but=hold.pk,
    )


def _places(hold: Appointment, terms: Terms, now: datetime) -> list[dict[str, Any]]:
    """List where the hold can stand: where it does, unless it lapsed, or its session has fewer seats than it had."""
    if hold.status == Status.HELD and (hold.lane is None or hold.lane < terms.capacity):
        return []
    kept = replace(terms, buffer_before=hold.buffer_before_minutes, buffer_after=hold.buffer_after_minutes)
    return places_for(hold, practitioner=hold.practitioner, starts_at=hold.starts_at, terms=kept, now=now)


def _keep_details(
    appointment: Appointment, home: HomeAddress | None, answers: Sequence[tuple[str, str]]
) -> None:
    """Write down where the visit takes place and what was answered."""
    if home is not None:
        HomeVisit.objects.update_or_create(
            appointment=appointment,
            defaults={
                "address_line": home.address_line,
                "postcode": home.postcode,
                "city": home.city,
                "access": home.access,
            },
        )
    if answers:
        AppointmentAnswer.objects.bulk_create(
            AppointmentAnswer(appointment=appointment, question=question, answer=answer)
            for question, answer in answers
            if answer
        )
