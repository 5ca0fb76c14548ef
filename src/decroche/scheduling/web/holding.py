"""Live through a hold: see it, keep it, change what it is for, give it back, turn it into an appointment."""

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.patients.models import Patient
from decroche.scheduling.actions.confirm_hold import confirm_hold
from decroche.scheduling.actions.hold_slot import hold_slot
from decroche.scheduling.actions.release_hold import release_hold
from decroche.scheduling.actions.renew_hold import renew_hold
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.asking import Asker
from decroche.scheduling.domain.home import HomeAddress
from decroche.scheduling.domain.refusals import HoldExpired, PatientBlocked, Refusal
from decroche.scheduling.models import Appointment, Place, VisitQuestion, VisitType
from decroche.scheduling.queries.wanted import hold_of
from decroche.scheduling.queries.wanted import patient as find_patient
from decroche.scheduling.web import asked, strip
from decroche.scheduling.web.strip import CONFLICT, INCOMPLETE, Listing
from decroche.scheduling.web.words import refusal_sentence, when

LONGEST_ANSWER = 160
LONGEST_NAME = 80
LENGTHS = {"address_line": 160, "postcode": 5, "city": 80, "access": 160}


@require_GET
@requires(Permission.BOOK_APPOINTMENT)
def hold(request: PersonRequest, hold_id: int) -> HttpResponse:
    """Show the hold again: the patient has just been chosen."""
    held = _own(request, hold_id)
    if held.status != Status.HELD:
        return strip.listing(request, Listing(held.practice, request.GET, kind=held.visit_type))
    return strip.holding(request, held)


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def confirm(request: PersonRequest, hold_id: int) -> HttpResponse:
    """Book the hold for the patient chosen on the desk."""
    held = _own(request, hold_id)
    patient = find_patient(asked.number(request.POST, "patient_id") or 0)
    if patient is not None and patient.practice_id != held.practice_id:
        patient = None
    missing = _missing(request.POST, held, patient)
    if patient is None or missing:
        return strip.holding(request, held, sentence=missing, status=INCOMPLETE)
    try:
        booked = confirm_hold(
            hold_id=held.pk,
            patient=patient,
            confirmed_by=request.user,
            now=clock_now(),
            call_id=asked.uuid(request.POST, "call_id"),
            home=home_of(request.POST) if held.visit_type.place == Place.HOME else None,
            answers=answers_of(request.POST, held.visit_type),
            accompanied_by=request.POST.get("accompanied_by", "").strip()[:LONGEST_NAME],
        )
    except PatientBlocked:
        return strip.holding(request, held, status=CONFLICT)  # the strip says since when and why
    except Refusal as refusal:
        wish = Listing(
            held.practice,
            request.POST,
            kind=held.visit_type,
            sentence=refusal_sentence(refusal),
            around=held.starts_at,
        )
        return strip.listing(request, wish)
    booked.practice = held.practice
    request.log_write("appointment", [booked.pk], practice_id=booked.practice_id)
    text = _("Rendez-vous pris : %(when)s, %(who)s.") % {
        "when": when(booked),
        "who": booked.practitioner.display_name,
    }
    return strip.done(request, booked, text, event="appointment-booked")


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def renew(request: PersonRequest, hold_id: int) -> HttpResponse:
    """Keep the hold while its strip is on screen."""
    held = _own(request, hold_id)
    try:
        held.hold_expires_at = renew_hold(hold_id=held.pk, by=request.user, now=clock_now())
    except HoldExpired:
        return HttpResponse(status=204)
    return render(request, "scheduling/_countdown.html", {"hold": held})


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def release(request: PersonRequest, hold_id: int) -> HttpResponse:
    """Give the slot back."""
    held = _own(request, hold_id)
    release_hold(hold_id=held.pk, by=request.user, now=clock_now())
    return strip.rest(request, held.practice)


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def change_type(request: PersonRequest, hold_id: int) -> HttpResponse:
    """Hold the same time for another visit type, in its own length."""
    held = _own(request, hold_id)
    kind = get_object_or_404(
        VisitType, pk=asked.number(request.POST, "visit_type"), practice=held.practice_id
    )
    try:
        again = hold_slot(
            practitioner=held.practitioner,
            site=held.site,
            visit_type=kind,
            starts_at=held.starts_at,
            held_by=request.user,
            now=clock_now(),
            asker=Asker(referred=held.referred),
            call_id=held.call_id,
            replaces=held.pk,
        )
    except Refusal as refusal:
        return strip.holding(request, held, sentence=refusal_sentence(refusal), status=CONFLICT)
    return strip.holding(request, again)


def home_of(values: QueryDict) -> HomeAddress:
    """Read where a visit at home takes place."""
    return HomeAddress(**{name: values.get(name, "").strip()[:most] for name, most in LENGTHS.items()})


def answers_of(values: QueryDict, kind: VisitType) -> list[tuple[str, str]]:
    """Read what was answered to the questions of the visit type; what was not answered is not kept."""
    found = []
    for question in VisitQuestion.objects.filter(visit_type=kind):
        answer = values.get(f"answer-{question.pk}", "").strip()[:LONGEST_ANSWER]
        if answer:
            found.append((question.text, answer))
    return found


def _missing(values: QueryDict, held: Appointment, patient: Patient | None) -> str:
    """Say what must still be asked of the caller, or nothing."""
    if patient is None:
        return _("Choisissez d’abord le patient : touche / pour le chercher.")
    if held.visit_type.place == Place.HOME:
        home = home_of(values)
        if not (home.address_line and home.postcode and home.city):
            return _("Il manque l’adresse de la visite : rue, code postal et ville.")
    return ""


def _own(request: PersonRequest, hold_id: int) -> Appointment:
    found = hold_of(request.user, hold_id)
    if found is None:
        raise Http404
    return found
