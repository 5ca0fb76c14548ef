"""Put a patient on the waiting list, or change what they wait for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.patients.models import Patient
from decroche.practices.models import Practitioner
from decroche.scheduling.actions._lists import lock_list, tell_lists
from decroche.scheduling.domain.refusals import NotOfThisPractice
from decroche.scheduling.domain.waiting import AlreadyWaiting
from decroche.scheduling.models import Appointment, VisitType, WaitingListEntry
from decroche.scheduling.queries.waiting import is_on_the_list


class DaysReversed(Exception):
    """The last day comes before the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wants:
    """For what, with whom, when; as the model says."""

    visit_type: VisitType
    first_day: date
    last_day: date
    practitioner: Practitioner | None = None
    instead_of: Appointment | None = None
    half_day: str = ""
    weekdays: Iterable[int] = ()
    notice_minutes: int = 120
    is_urgent: bool = False


def join_waiting_list(*, patient: Patient, wants: Wants, by: User, now: datetime) -> WaitingListEntry:
    """Inscribe the patient at the end of the list.

    Raises `AlreadyWaiting` (for the same visit), `DaysReversed` or `NotOfThisPractice`.
    """
    with transaction.atomic():
        lock_list(patient.practice_id)
        _check(patient, wants)
        if is_on_the_list(
            patient_id=patient.pk,
            visit_type_id=wants.visit_type.pk,
            today=now.astimezone(patient.practice.zone).date(),
        ):
            raise AlreadyWaiting
        entry = WaitingListEntry(
            practice_id=patient.practice_id, patient=patient, created_by=by, created_at=now
        )
        _write(entry, wants)
        return entry


def change_waiting_entry(*, entry_id: int, wants: Wants, by: User, now: datetime) -> WaitingListEntry:
    """Change what they wait for; they keep their place. An offer in hand stands.

    Raises `DaysReversed`, `NotOfThisPractice` or `WaitingListEntry.DoesNotExist`.
    """
    del by, now
    with transaction.atomic():
        entry: WaitingListEntry = (
            WaitingListEntry.objects.select_for_update(of=("self",))
            .select_related("patient")
            .get(pk=entry_id)
        )
        _check(entry.patient, wants)
        _write(entry, wants)
        return entry


def _check(patient: Patient, wants: Wants) -> None:
    if wants.last_day < wants.first_day:
        raise DaysReversed
    named = [wants.visit_type, wants.practitioner, wants.instead_of]
    if any(one is not None and one.practice_id != patient.practice_id for one in named):
        raise NotOfThisPractice
    if wants.instead_of is not None and wants.instead_of.patient_id != patient.pk:
        raise NotOfThisPractice


def _write(entry: WaitingListEntry, wants: Wants) -> None:
    entry.visit_type, entry.practitioner = wants.visit_type, wants.practitioner
    entry.instead_of, entry.is_urgent = wants.instead_of, wants.is_urgent
    entry.first_day, entry.last_day = wants.first_day, wants.last_day
    entry.half_day, entry.weekdays = wants.half_day, sorted(set(wants.weekdays))
    entry.notice_minutes = wants.notice_minutes
    entry.save()
    tell_lists(entry.practice_id)
