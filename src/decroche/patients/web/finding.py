"""Show the patient zone: the search box, the hits, who may be calling, the card."""

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.kernel import phone as phones
from decroche.patients import queries
from decroche.patients.models import Patient
from decroche.practices.models import Practice


@require_GET
@requires(Permission.SEE_PATIENT)
def panel(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Show the search box; with a call, ask at once who its number may be; with a patient, the card."""
    practice = get_object_or_404(Practice, pk=practice_id)
    chosen = request.GET.get("patient", "")
    patient = _card_or_404(request, int(chosen)) if chosen.isdecimal() and len(chosen) < 18 else None  # noqa: PLR2004
    context = {"practice": practice, "has_call": bool(request.GET.get("call")), "patient": patient}
    return render(request, "patients/panel.html", context | _rights(request, practice_id))


@require_POST
@requires(Permission.SEE_PATIENT)
def search_box(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Answer the search box."""
    practice = get_object_or_404(Practice, pk=practice_id)
    text = request.POST.get("text", "").strip()
    hits = queries.search([practice.pk], text)
    request.log_read("patient", [hit.patient_id for hit in hits], practice_id=practice.pk)
    context = {"practice": practice, "hits": hits, "text": text, "is_full": len(hits) == queries.MOST_HITS}
    return render(request, "patients/_hits.html", context | _rights(request, practice_id))


@require_POST
@requires(Permission.SEE_PATIENT)
def callers(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Propose who the caller's number may be; a number is never an identity."""
    practice = get_object_or_404(Practice, pk=practice_id)
    number = phones.parse_or_none(_caller_number(request), region=practice.country_code) or ""
    known = queries.by_phone(practice.pk, number)
    request.log_read("patient", [patient.pk for patient in known], practice_id=practice.pk)
    context = {"practice": practice, "known": known, "number": number}
    return render(request, "patients/_callers.html", context | _rights(request, practice_id))


@require_GET
@requires(Permission.SEE_PATIENT)
def card(request: PersonRequest, patient_id: int) -> HttpResponse:
    """Show one patient in the zone, and tell the rest of the desk who is chosen."""
    return card_response(request, patient_id, just_chosen="again" not in request.GET)


@require_GET
@requires(Permission.SEE_PATIENT)
def detail(request: PersonRequest, patient_id: int) -> HttpResponse:
    """Show one patient on a page of their own."""
    patient = _card_or_404(request, patient_id)
    context = {"patient": patient, "practice": patient.practice, "is_page": True}
    return render(request, "patients/detail.html", context | _rights(request, patient.practice_id))


def card_response(
    request: PersonRequest, patient_id: int, *, just_chosen: bool, toast: str = ""
) -> HttpResponse:
    """Render the card; choosing tells every panel by the event ``patient-chosen``."""
    patient = _card_or_404(request, patient_id)
    context = {"patient": patient, "practice": patient.practice}
    response = render(request, "patients/_card.html", context | _rights(request, patient.practice_id))
    events: dict[str, object] = {}
    if just_chosen:
        events["patient-chosen"] = {
            "patient_id": patient.pk,
            "practice_id": patient.practice_id,
            "target": "body",
        }
    if toast:
        events["toast"] = {"text": toast}
    if events:
        response["HX-Trigger-After-Settle"] = json.dumps(events)
    return response


def _card_or_404(request: PersonRequest, patient_id: int) -> Patient:
    try:
        patient = queries.card(patient_id)
    except Patient.DoesNotExist as missing:
        raise Http404 from missing
    request.log_read("patient", [patient.pk], practice_id=patient.practice_id)
    return patient


def _rights(request: PersonRequest, practice_id: int) -> dict[str, bool]:
    return {"may_edit": request.access.allows(Permission.EDIT_PATIENT, practice_id)}


def _caller_number(request: HttpRequest) -> str:
    """Take the first number that the desk's panels lend."""
    return next((value for value in request.POST.getlist("caller_number") if value.strip()), "")[:40]
