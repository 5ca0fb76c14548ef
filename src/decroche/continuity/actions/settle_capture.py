"""Bring a line that was written down offline into the agenda, or put it aside."""

from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.continuity.domain.reconcile import Verdict
from decroche.continuity.models import Capture
from decroche.continuity.queries.captures import JudgedCapture, ends_at, judged
from decroche.foundation.live import hint
from decroche.patients.actions.register_patient import register_patient
from decroche.patients.models import Patient
from decroche.practices.models import Site
from decroche.scheduling.actions.cancel_appointment import cancel_appointment
from decroche.scheduling.actions.import_appointments import ImportedAppointment, import_appointments
from decroche.scheduling.actions.mark_arrived import mark_arrived
from decroche.scheduling.models import Appointment, VisitType

CANCELLED_OFFLINE = "Annulé pendant la coupure"  # stored, so in the language of the data


class NotSettled(Exception):
    """The line cannot be taken as it stands; `verdict` says why. Nothing was changed."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict)
        self.verdict = verdict


def settle_capture(
    *, capture: Capture, by: User, now: datetime, patient: Patient | None = None, register: bool = False
) -> Capture:
    """Do what the line says, once: asked again, it gives the same line.

    `patient` is whom a person chose; with `register`, a new record is opened from the line's own words.

    Raises `NotSettled`, or what the agenda's and the patients' own verbs refuse (`Refusal`, `NotAPhoneNumber`…).
    """
    with transaction.atomic():
        locked: Capture = (
            Capture.objects.select_for_update(of=("self",))
            .select_related("practice", "practitioner", "appointment__patient", "visit_type")
            .get(pk=capture.pk)
        )
        if locked.state != Capture.State.PENDING:
            return locked
        found = judged(locked.practice, [locked], now=now)[0]
        result = None
        if found.verdict not in {Verdict.ALREADY, Verdict.READ}:
            result = _do(found, patient, register, by, now)
        return _close(locked, Capture.State.DONE, result, by, now)


def dismiss_capture(*, capture: Capture, by: User, now: datetime) -> Capture:
    """Put the line aside; it stays readable and can be taken back."""
    with transaction.atomic():
        locked: Capture = Capture.objects.select_for_update(of=("self",)).get(pk=capture.pk)
        return _close(locked, Capture.State.DISMISSED, None, by, now) if locked.state == "pending" else locked


def take_back_capture(*, capture: Capture) -> Capture:
    """Put a line that was set aside among those to settle again."""
    with transaction.atomic():
        locked: Capture = Capture.objects.select_for_update(of=("self",)).get(pk=capture.pk)
        if locked.state == Capture.State.DISMISSED:
            locked.state, locked.settled_at, locked.settled_by = Capture.State.PENDING, None, None
            locked.save(update_fields=["state", "settled_at", "settled_by"])
            hint("captures", practice_id=locked.practice_id)
        return locked


def _close(capture: Capture, state: str, result: Appointment | None, by: User, now: datetime) -> Capture:
    capture.state, capture.settled_at, capture.settled_by, capture.result = state, now, by, result
    capture.save(update_fields=["state", "settled_at", "settled_by", "result"])
    hint("captures", practice_id=capture.practice_id)
    return capture


def _do(
    found: JudgedCapture, patient: Patient | None, register: bool, by: User, now: datetime
) -> Appointment:
    capture = found.capture
    if capture.kind in {Capture.Kind.CANCEL, Capture.Kind.ARRIVED}:
        if found.verdict != Verdict.CLEAR or capture.appointment_id is None:
            raise NotSettled(found.verdict)
        if capture.kind == Capture.Kind.CANCEL:
            return cancel_appointment(
                appointment_id=capture.appointment_id,
                version=capture.shown_version,
                reason=CANCELLED_OFFLINE,
                by=by,
                now=now,
            )
        return mark_arrived(
            appointment_id=capture.appointment_id, version=capture.shown_version, by=by, now=now
        )
    if found.verdict not in {Verdict.CLEAR, Verdict.WHO}:
        raise NotSettled(found.verdict)
    who = _who(found, patient, register, by, now)
    return _book(capture, who, by, now)


def _who(found: JudgedCapture, patient: Patient | None, register: bool, by: User, now: datetime) -> Patient:
    """Give the patient chosen, the only one meant, or a new record; raises `NotSettled` when a person must choose."""
    capture = found.capture
    if patient is not None:
        return patient
    if len(found.patients) == 1 and not register:
        return found.patients[0]
    if capture.birth_date is None or not found.may_register or (found.patients and not register):
        raise NotSettled(Verdict.WHO)
    return register_patient(
        practice=capture.practice,
        birth_name=capture.last_name,
        first_names=capture.first_names,
        birth_date=capture.birth_date,
        phone=capture.phone,
        created_by=by,
        now=now,
        is_another_person=register,
    )


def _book(capture: Capture, patient: Patient, by: User, now: datetime) -> Appointment:
    """Write down what the counter already promised: notice and quotas are not asked, the constraint is."""
    site = Site.objects.filter(practice=capture.practice_id).first()
    kind = (
        capture.visit_type or VisitType.objects.filter(practice=capture.practice_id, is_active=True).first()
    )
    end = ends_at(capture)
    if not (capture.practitioner and site and kind and end and capture.starts_at):
        raise NotSettled(Verdict.CLOSED)
    key = f"offline:{capture.client_id}"
    made = import_appointments(
        practice=capture.practice,
        rows=[
            ImportedAppointment(
                key=key,
                practitioner_id=capture.practitioner.pk,
                site_id=site.pk,
                visit_type_id=kind.pk,
                patient_id=patient.pk,
                starts_at=capture.starts_at,
                ends_at=end,
            )
        ],
        by=by,
        now=now,
        source=Appointment.Source.OFFLINE,
    )
    if key not in made:
        raise NotSettled(Verdict.TAKEN)
    return Appointment.objects.get(pk=made[key])
