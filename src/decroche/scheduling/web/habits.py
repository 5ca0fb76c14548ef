"""Keep what a patient prefers, and what a practitioner has decided of them."""

import json

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.patients.models import Patient
from decroche.practices.models import Practitioner
from decroche.scheduling.actions.block_patient import block_patient
from decroche.scheduling.actions.set_preference import set_preference
from decroche.scheduling.actions.unblock_patient import unblock_patient
from decroche.scheduling.domain.refusals import Refusal
from decroche.scheduling.web.choice import Choice
from decroche.scheduling.web.words import fact


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def keep(request: PersonRequest, patient_id: int) -> HttpResponse:
    """Keep the criteria on screen as what the patient prefers from now on."""
    patient = get_object_or_404(Patient.objects.select_related("practice"), pk=patient_id)
    now = clock_now()
    choice = Choice.read(request.POST, patient.practice, now)
    before = getattr(patient, "agenda_preference", None)
    practitioner = Practitioner.objects.filter(
        pk=choice.practitioner_id or 0, practice=patient.practice_id
    ).first()
    set_preference(
        patient=patient,
        by=request.user,
        now=now,
        practitioner=practitioner,
        half_day=choice.half,
        weekdays=choice.weekdays,
        accompanied_by=choice.accompanied_by or (before.accompanied_by if before else ""),
    )
    request.log_write("patient", [patient.pk], practice_id=patient.practice_id)
    return _toast(_("Préférences retenues pour %(who)s.") % {"who": patient.display_name})


@require_POST
@requires(Permission.BLOCK_PATIENT)
def block(request: PersonRequest, patient_id: int, practitioner_id: int) -> HttpResponse:
    """Give this patient no more of one's own appointments; the reason is required."""
    patient, practitioner = _both(patient_id, practitioner_id)
    try:
        block_patient(
            patient=patient,
            practitioner=practitioner,
            reason=request.POST.get("reason", ""),
            by=request.user,
            now=clock_now(),
        )
    except Refusal as refusal:
        return _toast(_declined(refusal), status=204)
    request.log_write("patient", [patient.pk], practice_id=patient.practice_id)
    text = _("%(who)s ne donnera plus de rendez-vous à %(patient)s.") % {
        "who": practitioner.display_name,
        "patient": patient.display_name,
    }
    return _toast(text, changed=patient.pk)


@require_POST
@requires(Permission.BLOCK_PATIENT)
def unblock(request: PersonRequest, patient_id: int, practitioner_id: int) -> HttpResponse:
    """Receive this patient again."""
    patient, practitioner = _both(patient_id, practitioner_id)
    try:
        unblock_patient(patient=patient, practitioner=practitioner, by=request.user, now=clock_now())
    except Refusal as refusal:
        return _toast(_declined(refusal), status=204)
    request.log_write("patient", [patient.pk], practice_id=patient.practice_id)
    text = _("%(who)s donne de nouveau des rendez-vous à %(patient)s.") % {
        "who": practitioner.display_name,
        "patient": patient.display_name,
    }
    return _toast(text, changed=patient.pk)


def _both(patient_id: int, practitioner_id: int) -> tuple[Patient, Practitioner]:
    patient = get_object_or_404(Patient, pk=patient_id)
    return patient, get_object_or_404(Practitioner, pk=practitioner_id, practice=patient.practice_id)


def _declined(refusal: Refusal) -> str:
    return fact(refusal) or _("Rien n’a été changé.")


def _toast(text: str, *, status: int = 200, changed: int | None = None) -> HttpResponse:
    events: dict[str, object] = {"toast": {"text": text, "target": "body"}}
    if changed is not None:
        events["patient-chosen"] = {"patient_id": changed, "target": "body"}
    return HttpResponse("", status=status, headers={"HX-Trigger": json.dumps(events)})
