"""Force an appointment where the agenda says no: with a reason, within the day's quota, and the practitioner is told."""

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.patients.models import Patient
from decroche.practices.models import Practice, Practitioner, Site
from decroche.scheduling.actions.force_appointment import (
    LONGEST_REASON,
    force_appointment,
    forced_today,
)
from decroche.scheduling.domain.refusals import PatientBlocked, Refusal
from decroche.scheduling.models import Appointment
from decroche.scheduling.web import asked, strip
from decroche.scheduling.web.asked import AskedSlot
from decroche.scheduling.web.block_words import blocked_sentence
from decroche.scheduling.web.strip import CONFLICT, INCOMPLETE
from decroche.scheduling.web.words import fact, refusal_sentence, when


@require_POST
@requires(Permission.FORCE_APPOINTMENT)
def prepare(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Ask why, and say how many may still be forced that day; posted, since the patient and the criteria come along."""
    practice, wanted = get_object_or_404(Practice, pk=practice_id), asked.slot(request.POST)
    if wanted is None or strip.asked_type(practice, request.POST) is None:
        return strip.rest(request, practice)
    return _form(request, practice, wanted)


@require_POST
@requires(Permission.FORCE_APPOINTMENT)
def force(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Book it."""
    practice, wanted = get_object_or_404(Practice, pk=practice_id), asked.slot(request.POST)
    kind = strip.asked_type(practice, request.POST)
    if wanted is None or kind is None:
        return strip.rest(request, practice)
    practitioner = get_object_or_404(Practitioner, pk=wanted.practitioner_id, practice=practice)
    site = get_object_or_404(Site, pk=wanted.site_id, practice=practice)
    patient = Patient.objects.filter(
        pk=asked.number(request.POST, "patient_id") or 0, practice=practice
    ).first()
    why = reason_of(request.POST)
    if patient is None or not why:
        missing = (
            _("Choisissez d’abord le patient : touche / pour le chercher.")
            if patient is None
            else _("Dites pourquoi : le praticien le lira.")
        )
        return _form(request, practice, wanted, sentence=missing, status=INCOMPLETE)
    try:
        forced = force_appointment(
            practitioner=practitioner,
            site=site,
            visit_type=kind,
            starts_at=wanted.starts_at,
            patient=patient,
            reason=why,
            by=request.user,
            now=clock_now(),
            call_id=asked.uuid(request.POST, "call_id"),
            idempotency_key=asked.retry_key(request),
        )
    except Refusal as refusal:
        return _form(request, practice, wanted, sentence=_refused(refusal), status=CONFLICT)
    return _done(request, forced)


def reason_of(values: QueryDict) -> str:
    """Give the ready reason that was ticked, or the one that was written."""
    return (values.get("other", "").strip() or values.get("reason", "").strip())[:LONGEST_REASON]


def _done(request: PersonRequest, forced: Appointment) -> HttpResponse:
    request.log_write("appointment", [forced.pk], practice_id=forced.practice_id)
    text = _("Rendez-vous forcé : %(when)s, %(who)s, qui en est averti.") % {
        "when": when(forced),
        "who": forced.practitioner.display_name,
    }
    return strip.done(request, forced, text, event="appointment-booked")


def _refused(refusal: Refusal) -> str:
    if isinstance(refusal, PatientBlocked):
        return ""  # the form says since when and why
    return fact(refusal) or refusal_sentence(refusal)


def _form(
    request: PersonRequest,
    practice: Practice,
    wanted: AskedSlot,
    *,
    sentence: str = "",
    status: int = 200,
) -> HttpResponse:
    """Draw the question "why", with what is known already."""
    practitioner = get_object_or_404(Practitioner, pk=wanted.practitioner_id, practice=practice)
    site = get_object_or_404(Site, pk=wanted.site_id, practice=practice)
    known = strip.patient_asked(practice, request.POST, None)
    block = known.blocks.get(practitioner.pk) if known else None
    context = {
        "practice": practice,
        "kind": strip.asked_type(practice, request.POST),
        "practitioner": practitioner,
        "starts_at": wanted.starts_at.astimezone(site.zone),
        "site": site,
        "slot": request.POST.get("slot", ""),
        "today": forced_today(practitioner=practitioner, site=site, at=wanted.starts_at),
        "patient": known.patient if known else None,
        "blocked": blocked_sentence(block) if block else "",
        "typed": request.POST.get("q", ""),
        "reason": request.POST.get("reason", ""),
        "other": request.POST.get("other", ""),
        "sentence": sentence,
    }
    return render(request, "scheduling/_force.html", context, status=status)
