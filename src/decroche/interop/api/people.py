"""Find patients, open a record, keep the waiting list."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Router, Status

from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.interop.api import schemas as s
from decroche.interop.api.access import KeyRequest, needs
from decroche.interop.api.fields import Id, Page
from decroche.interop.api.paging import Asked, narrowed, written
from decroche.interop.api.problems import SENSELESS, Problem
from decroche.patients import queries as patients
from decroche.patients.actions.register_patient import register_patient
from decroche.patients.domain.birth_dates import OLDEST_AGE
from decroche.patients.models import Patient
from decroche.practices.models import Practice, Practitioner
from decroche.scheduling.actions.block_patient import block_patient
from decroche.scheduling.actions.join_waiting_list import Wants, join_waiting_list
from decroche.scheduling.actions.leave_waiting_list import leave_waiting_list
from decroche.scheduling.actions.set_preference import set_preference
from decroche.scheduling.actions.unblock_patient import unblock_patient
from decroche.scheduling.models import PatientBlock, PatientPreference, VisitType, WaitingListEntry

router = Router()
SEE, BOOK = Permission.SEE_AGENDA, Permission.BOOK_APPOINTMENT

# --- patients --------------------------------------------------------------------------------


@router.post("/patients/search", response=list[s.PatientOut], tags=["Patients"])
@needs(Permission.SEE_PATIENT)
def search_patients(request: KeyRequest, sent: s.SearchIn) -> Any:
    """Find patients by birth date, letters or telephone number, as the screens do; at most twenty."""
    practice = get_object_or_404(Practice, pk=sent.practice_id)
    hits = patients.search([practice.pk], sent.text)
    request.log_read("patient", [hit.patient_id for hit in hits], practice.pk)
    return [
        {
            "id": hit.patient_id,
            "name": hit.display_name,
            "birth_date": hit.birth_date,
            "identity_status": hit.identity_status,
        }
        for hit in hits
    ]


@router.post("/patients", response={201: s.PatientOut}, tags=["Patients"])
@needs(Permission.EDIT_PATIENT)
def add_patient(request: KeyRequest, sent: s.NewPatientIn) -> Any:
    """Open a record; its identity stays provisional. 409 when the person may be known already."""
    practice = get_object_or_404(Practice, pk=sent.practice_id)
    now = clock_now()
    if not now.year - OLDEST_AGE <= sent.birth_date.year or sent.birth_date > now.date():
        raise Problem(SENSELESS, "impossible-birth-date", _("Cette date de naissance est impossible."))
    row = register_patient(
        practice=practice,
        birth_name=sent.birth_name,
        used_name=sent.used_name,
        first_names=sent.first_names,
        birth_date=sent.birth_date,
        phone=sent.phone,
        created_by=request.user,
        now=now,
        is_another_person=sent.is_another_person,
    )
    request.log_write("patient", [row.pk], practice.pk)
    return Status(
        201,
        {
            "id": row.pk,
            "name": row.display_name,
            "birth_date": row.birth_date,
            "identity_status": row.identity_status,
        },
    )


# --- what the agenda knows of a patient ------------------------------------------------------


@router.get("/patients/{patient_id}/preference", response=s.PreferenceOut, tags=["Patients"])
@needs(Permission.SEE_PATIENT)
def read_preference(request: KeyRequest, patient_id: Id) -> Any:
    """Read when and with whom a patient would rather come; everything empty: they do not mind."""
    patient = get_object_or_404(Patient, pk=patient_id)
    request.log_read("patient", [patient.pk], patient.practice_id)
    row = PatientPreference.objects.filter(patient=patient).first()
    return _preference(row or PatientPreference(patient=patient))


@router.put("/patients/{patient_id}/preference", response=s.PreferenceOut, tags=["Patients"])
@needs(Permission.EDIT_PATIENT)
def change_preference(request: KeyRequest, patient_id: Id, sent: s.PreferenceIn) -> Any:
    """Write it, in place of what was there."""
    patient = get_object_or_404(Patient, pk=patient_id)
    person = (
        None if sent.practitioner_id is None else get_object_or_404(Practitioner, pk=sent.practitioner_id)
    )
    row = set_preference(
        patient=patient,
        practitioner=person,
        half_day=sent.half_day,
        weekdays=sent.weekdays,
        accompanied_by=sent.accompanied_by,
        by=request.user,
        now=clock_now(),
    )
    request.log_write("patient", [patient.pk], patient.practice_id)
    return _preference(row)


def _preference(row: PatientPreference) -> dict[str, Any]:
    return {name: getattr(row, name) for name in s.PreferenceOut.model_fields}


@router.get("/patients/{patient_id}/blocks", response=list[s.BlockOut], tags=["Patients"])
@needs(Permission.SEE_PATIENT)
def list_blocks(request: KeyRequest, patient_id: Id) -> Any:
    """List which practitioners give the patient no more appointments."""
    patient = get_object_or_404(Patient, pk=patient_id)
    request.log_read("patient", [patient.pk], patient.practice_id)
    rows = PatientBlock.objects.filter(patient=patient, ended_at__isnull=True).order_by("pk")
    return [_block(row) for row in rows]


@router.put("/patients/{patient_id}/blocks/{practitioner_id}", response=s.BlockOut, tags=["Patients"])
@needs(Permission.BLOCK_PATIENT)
def block(request: KeyRequest, patient_id: Id, practitioner_id: Id, sent: s.BlockIn) -> Any:
    """Refuse a patient from now on; only the practitioner's own key may, and asked twice it happens once."""
    patient = get_object_or_404(Patient, pk=patient_id)
    row = block_patient(
        patient=patient,
        practitioner=get_object_or_404(Practitioner, pk=practitioner_id),
        reason=sent.reason,
        by=request.user,
        now=clock_now(),
    )
    request.log_write("patient", [patient.pk], patient.practice_id)
    return _block(row)


@router.delete("/patients/{patient_id}/blocks/{practitioner_id}", response={204: None}, tags=["Patients"])
@needs(Permission.BLOCK_PATIENT)
def unblock(request: KeyRequest, patient_id: Id, practitioner_id: Id) -> Any:
    """Receive the patient again."""
    patient = get_object_or_404(Patient, pk=patient_id)
    practitioner = get_object_or_404(Practitioner, pk=practitioner_id)
    unblock_patient(patient=patient, practitioner=practitioner, by=request.user, now=clock_now())
    request.log_write("patient", [patient.pk], patient.practice_id)
    return Status(204, None)


def _block(row: PatientBlock) -> dict[str, Any]:
    return {name: getattr(row, name) for name in s.BlockOut.model_fields}


# --- waiting list ----------------------------------------------------------------------------


@router.get("/waiting-list", response=Page[s.WaitingOut], tags=["Liste d’attente"])
@needs(SEE)
def list_waiting(request: KeyRequest, paging: Asked, practice_id: Id | None = None) -> Any:
    """List who waits for an earlier slot, in the order in which they are served."""
    states = [WaitingListEntry.State.WAITING, WaitingListEntry.State.OFFERED]
    seen = request.reach.practices_for(Permission.SEE_PATIENT)
    rows = WaitingListEntry.objects.filter(state__in=states, practice_id__in=seen).select_related("patient")
    return written(
        narrowed(rows, practice_id=practice_id).order_by("-is_urgent", "created_at", "pk"),
        paging,
        lambda piece: [_waiting(request, row) for row in piece],
    )


@router.post("/waiting-list", response={201: s.WaitingOut}, tags=["Liste d’attente"])
@needs(BOOK)
def join(request: KeyRequest, sent: s.WaitingIn) -> Any:
    """Put a patient on the waiting list."""
    patient = get_object_or_404(Patient.objects.select_related("practice"), pk=sent.patient_id)
    person = (
        None if sent.practitioner_id is None else get_object_or_404(Practitioner, pk=sent.practitioner_id)
    )
    wants = Wants(
        visit_type=get_object_or_404(VisitType, pk=sent.visit_type_id),
        practitioner=person,
        first_day=sent.first_day,
        last_day=sent.last_day,
        half_day=sent.half_day,
        weekdays=sorted(set(sent.weekdays)),
        notice_minutes=sent.notice_minutes,
        is_urgent=sent.is_urgent,
    )
    row = join_waiting_list(patient=patient, wants=wants, by=request.user, now=clock_now())
    request.log_write("patient", [patient.pk], patient.practice_id)
    return Status(201, _waiting(request, row))


@router.delete("/waiting-list/{entry_id}", response={204: None}, tags=["Liste d’attente"])
@needs(BOOK)
def leave(request: KeyRequest, entry_id: Id) -> Any:
    """Let a patient wait no more."""
    get_object_or_404(WaitingListEntry, pk=entry_id)
    leave_waiting_list(entry_id=entry_id, by=request.user, now=clock_now())
    return Status(204, None)


def _waiting(request: KeyRequest, row: WaitingListEntry) -> dict[str, Any]:
    """Write an entry; the name only where the key may see patients."""
    request.log_read("patient", [row.patient_id], row.practice_id)
    plain = {name: getattr(row, name) for name in s.WaitingOut.model_fields if name != "patient_name"}
    may_name = row.practice_id in request.reach.practices_for(Permission.SEE_PATIENT)
    return plain | {"patient_name": row.patient.display_name if may_name else None}
