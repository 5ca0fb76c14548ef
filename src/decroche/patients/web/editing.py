"""Open a record in one short form; correct it later."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.foundation import clock
from decroche.kernel import phone as phones
from decroche.kernel.names import normalised
from decroche.patients.actions.correct_identity import correct_identity
from decroche.patients.actions.register_patient import ResemblingPatient, register_patient
from decroche.patients.actions.update_contact import Reach, update_contact
from decroche.patients.domain.birth_dates import MONTHS
from decroche.patients.domain.search import LONGEST_TEXT, understand
from decroche.patients.models import IdentityStatus, Patient
from decroche.patients.web.finding import card_response
from decroche.patients.web.forms import ContactForm, IdentityForm, NewPatientForm
from decroche.practices.models import Practice


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_PATIENT)
def new(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Show the short form, already holding what was typed in the search box and the caller's number."""
    practice = get_object_or_404(Practice, pk=practice_id)
    form = NewPatientForm(
        initial=_guessed(request, practice),
        today=clock.now().date(),
        region=practice.country_code,
        prefix="new",
    )
    return render(request, "patients/_new.html", {"practice": practice, "form": form})


@require_POST
@requires(Permission.EDIT_PATIENT)
def create(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Open the record, or say at the field what is missing, or show who resembles."""
    practice = get_object_or_404(Practice, pk=practice_id)
    now = clock.now()
    form = NewPatientForm(request.POST, today=now.date(), region=practice.country_code, prefix="new")
    context: dict[str, Any] = {"practice": practice, "form": form}
    if not form.is_valid():
        return render(request, "patients/_new.html", context, status=422)
    try:
        patient = register_patient(
            practice=practice,
            created_by=request.user,
            now=now,
            is_another_person="is_another_person" in request.POST,
            **form.cleaned_data,
        )
    except ResemblingPatient as warning:
        context["resembling"] = warning.hits
        request.log_read("patient", [hit.patient_id for hit in warning.hits], practice_id=practice.pk)
        return render(request, "patients/_new.html", context, status=409)
    request.log_write("patient", [patient.pk], practice_id=practice.pk)
    toast = _("Fiche créée : %(name)s.") % {"name": patient.display_name}
    return card_response(request, patient.pk, just_chosen=True, toast=toast)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_PATIENT)
def edit(request: PersonRequest, patient_id: int) -> HttpResponse:
    """Correct identity and contact; an identity that was verified elsewhere is only shown."""
    patient = get_object_or_404(Patient.objects.select_related("practice"), pk=patient_id)
    now = clock.now()
    data = request.POST if request.method == "POST" else None
    options = {"region": patient.practice.country_code, "prefix": "edit"}
    identity = IdentityForm(data, initial=_traits(patient), today=now.date(), **options)
    contact = ContactForm(data, initial=_contact(patient), **options)
    is_ours = patient.identity_status == IdentityStatus.PROVISIONAL
    context = {"patient": patient, "identity": identity if is_ours else None, "contact": contact}
    if data is None:
        request.log_read("patient", [patient.pk], practice_id=patient.practice_id)
        return render(request, "patients/_edit.html", context)
    valid = contact.is_valid()
    if not (identity.is_valid() or not is_ours) or not valid:
        return render(request, "patients/_edit.html", context, status=422)
    if is_ours and identity.has_changed():
        patient = correct_identity(patient=patient, now=now, **identity.cleaned_data)
    update_contact(
        patient=patient,
        reaches=[Reach(number, label) for number, label in contact.typed_reaches()],
        email=contact.cleaned_data["email"],
        notes_allowed=contact.cleaned_data["notes_allowed"],
        now=now,
    )
    request.log_write("patient", [patient.pk], practice_id=patient.practice_id)
    return card_response(request, patient.pk, just_chosen=False, toast=_("Fiche enregistrée."))


def _guessed(request: PersonRequest, practice: Practice) -> dict[str, Any]:
    """Turn the search box's text into the form's first values; the rest is the caller's number."""
    query = understand(request.POST.get("text", ""))
    today = clock.now().date()
    past = [day for day in query.birth_dates if day <= today]
    number = phones.parse_or_none(query.digits, region=practice.country_code) or next(
        (value for value in request.POST.getlist("caller_number") if value.strip()), ""
    )
    words = _typed_names(request.POST.get("text", "")) if query.words else []
    return {
        "birth_date": max(past) if past else None,
        "birth_name": words[0] if words else "",
        "first_names": " ".join(words[1:]),
        "phone": phones.parse_or_none(number, region=practice.country_code) or "",
    }


def _typed_names(text: str) -> list[str]:
    """Keep the words that are no date, as they were typed but for a capital."""
    words = [word for word in text[:LONGEST_TEXT].split() if not any(c.isdigit() for c in word)]
    return [word[:1].upper() + word[1:] for word in words if normalised(word) not in MONTHS]


def _traits(patient: Patient) -> dict[str, Any]:
    names = ("birth_date", "birth_name", "first_names", "used_name", "sex")
    return {name: getattr(patient, name) for name in names}


def _contact(patient: Patient) -> dict[str, str]:
    values = {"email": patient.email, "notes_allowed": patient.notes_allowed}
    for index, phone in enumerate(patient.phones.all()):
        values[f"number_{index}"], values[f"label_{index}"] = phone.number, phone.label
    return values
