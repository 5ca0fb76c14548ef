"""Open one appointment: see it, move it, cancel it with the reason, say that the patient came or did not."""

import json
from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.patients.models import Patient
from decroche.scheduling.actions.cancel_appointment import cancel_appointment
from decroche.scheduling.actions.cancel_group import cancel_group
from decroche.scheduling.actions.move_appointment import move_appointment
from decroche.scheduling.actions.set_status import set_status
from decroche.scheduling.actions.undo_change import undo_change
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.refusals import Refusal
from decroche.scheduling.models import Appointment
from decroche.scheduling.queries import appointment_card, appointments_of_patient
from decroche.scheduling.queries.appointment_details import appointment_details
from decroche.scheduling.web import asked, group_holds, strip
from decroche.scheduling.web.block_words import blocked_sentence
from decroche.scheduling.web.words import change_sentence, when
from decroche.ui.formats import duration

#: What may be said of the day from the dialog; the rest has a verb of its own.
STATUSES = {
    Status.ARRIVED,
    Status.IN_CONSULTATION,
    Status.DONE,
    Status.NO_SHOW,
    Status.BOOKED,
    Status.LEFT,
}
LONGEST_REASON = 120
SHORTEST, LONGEST = 5, 480
CONFLICT, INCOMPLETE = 409, 422


@require_GET
@requires(Permission.SEE_AGENDA)
def detail(request: PersonRequest, appointment_id: int) -> HttpResponse:
    """Show one appointment and its history, in a dialog or on a page."""
    return _card(request, get_object_or_404(Appointment, pk=appointment_id).pk)


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def cancel(request: PersonRequest, appointment_id: int) -> HttpResponse:
    """Cancel it; the reason is asked for, in a few ready words or one's own."""
    appointment = _appointment(appointment_id)
    reason = (request.POST.get("reason", "").strip() or request.POST.get("other", "").strip())[
        :LONGEST_REASON
    ]
    if not reason:
        return _card(request, appointment.pk, sentence=_("Dites pourquoi il est annulé."), status=INCOMPLETE)
    if request.POST.get("rest") == "1" and appointment.group_id is not None:
        return _cancel_group(request, appointment, reason)
    try:
        gone = cancel_appointment(
            appointment_id=appointment.pk,
            version=asked.number(request.POST, "version"),
            reason=reason,
            by=request.user,
            now=clock_now(),
        )
    except Refusal as refusal:
        return _card(request, appointment.pk, sentence=change_sentence(refusal), status=CONFLICT)
    return _closed(request, gone, _("Rendez-vous annulé : %(when)s.") % {"when": when(appointment)})


def _cancel_group(request: PersonRequest, appointment: Appointment, reason: str) -> HttpResponse:
    """Cancel all that is still to come of its group, in one act that is undone whole."""
    now = clock_now()
    gone = cancel_group(group_id=appointment.group_id or 0, reason=reason, by=request.user, now=now)
    if not gone:
        return _card(request, appointment.pk, sentence=_("Il n’y a plus rien à annuler."), status=CONFLICT)
    text = ngettext("Rendez-vous annulé : %(count)s.", "Rendez-vous annulés : %(count)s.", len(gone)) % {
        "count": len(gone)
    }
    request.log_write("appointment", [each.pk for each in gone], practice_id=appointment.practice_id)
    undo = group_holds.undo_url(appointment.group_id or 0, now)
    return _closed(request, appointment, text, undo=undo)


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def resize(request: PersonRequest, appointment_id: int) -> HttpResponse:
    """Give it another length; it stays where it is."""
    appointment = _appointment(appointment_id)
    minutes = asked.number(request.POST, "minutes")
    if minutes is None or not SHORTEST <= minutes <= LONGEST or minutes % SHORTEST:
        sentence = _("La durée va de 5 en 5 minutes, jusqu’à 8 heures.")
        return _card(request, appointment.pk, sentence=sentence, status=INCOMPLETE)
    try:
        resized = move_appointment(
            appointment_id=appointment.pk,
            practitioner=appointment.practitioner,
            site=appointment.site,
            starts_at=appointment.starts_at,
            ends_at=appointment.starts_at + timedelta(minutes=minutes),
            version=asked.number(request.POST, "version"),
            by=request.user,
            now=clock_now(),
        )
    except Refusal as refusal:
        return _card(request, appointment.pk, sentence=change_sentence(refusal), status=CONFLICT)
    text = _("Durée changée : %(length)s.") % {"length": duration(minutes)}
    return _closed(request, resized, text)


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def status(request: PersonRequest, appointment_id: int) -> HttpResponse:
    """Say that the patient arrived, went in, left, or did not come."""
    appointment = _appointment(appointment_id)
    wanted = next((each for each in STATUSES if each.value == request.POST.get("status")), None)
    if wanted is None:
        return _card(request, appointment.pk, status=INCOMPLETE)
    try:
        changed = set_status(
            appointment_id=appointment.pk,
            status=wanted,
            version=asked.number(request.POST, "version"),
            by=request.user,
            now=clock_now(),
        )
    except Refusal as refusal:
        return _card(request, appointment.pk, sentence=change_sentence(refusal), status=CONFLICT)
    label = Appointment.State(changed.status).label
    return _closed(request, changed, _("Noté : %(status)s.") % {"status": label})


@require_GET
@requires(Permission.BOOK_APPOINTMENT)
def move(request: PersonRequest, appointment_id: int) -> HttpResponse:
    """List where it could go, in the booking strip; the grid's free cells then mean "move here"."""
    appointment = _appointment(appointment_id)
    values = request.GET.copy()
    values["moving"] = str(appointment.pk)
    values.setdefault("with", str(appointment.practitioner_id))
    return strip.listing(request, strip.Listing(appointment.practice, values))


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def undo(request: PersonRequest, appointment_id: int, version: int) -> HttpResponse:
    """Take back the change that made this version (Ctrl+Z)."""
    appointment = _appointment(appointment_id)
    try:
        undone = undo_change(appointment_id=appointment.pk, version=version, by=request.user, now=clock_now())
    except Refusal as refusal:
        return _toast(change_sentence(refusal), status=204)
    request.log_write("appointment", [undone.pk], practice_id=undone.practice_id)
    return _toast(
        _("C’est défait : %(when)s, %(status)s.")
        % {"when": when(undone), "status": undone.get_status_display()}
    )


@require_GET
@requires(Permission.SEE_AGENDA)
def of_patient(request: PersonRequest, patient_id: int) -> HttpResponse:
    """List a patient's appointments for their card: the next ones, then the past ones."""
    patient = get_object_or_404(Patient, pk=patient_id)
    found = appointments_of_patient(patient_id=patient.pk, now=clock_now())
    request.log_read("patient", [patient.pk], practice_id=patient.practice_id)
    context = {"patient": patient, "found": found, "practice": patient.practice}
    return render(request, "scheduling/_of_patient.html", context)


def _appointment(appointment_id: int) -> Appointment:
    found: Appointment = get_object_or_404(
        Appointment.objects.select_related("practice", "practitioner", "site"), pk=appointment_id
    )
    return found


def _card(
    request: PersonRequest, appointment_id: int, *, sentence: str = "", status: int = 200
) -> HttpResponse:
    card = appointment_card(appointment_id=appointment_id)
    item, details = card.appointment, appointment_details(appointment_id=appointment_id)
    request.log_read("appointment", [item.id], practice_id=item.practice_id)
    context = {
        "item": item,
        "history": card.history,
        "details": details,
        "blocked": blocked_sentence(details.block) if details.block else "",
        "is_own": details.appointment.practitioner.user_id == request.user.pk
        and request.access.allows(Permission.BLOCK_PATIENT, item.practice_id),
        "sentence": sentence,
        "now": clock_now(),
        "may_book": request.access.allows(Permission.BOOK_APPOINTMENT, item.practice_id),
        "statuses": Status,
    }
    if request.htmx and not request.htmx.boosted:  # type: ignore[attr-defined]
        return render(request, "scheduling/_appointment.html", context, status=status)
    return render(request, "scheduling/appointment.html", context, status=status)


def _closed(request: PersonRequest, appointment: Appointment, text: str, *, undo: str = "") -> HttpResponse:
    """Empty the dialog's place, say what was done and offer to undo it."""
    request.log_write("appointment", [appointment.pk], practice_id=appointment.practice_id)
    done = strip.done(request, appointment, text, event="appointment-changed", undo=undo)
    return HttpResponse("", headers={"HX-Trigger-After-Settle": done["HX-Trigger-After-Settle"]})


def _toast(text: str, *, status: int = 200) -> HttpResponse:
    events = {"toast": {"text": text, "target": "body"}, "agenda-changed": {"target": "body"}}
    return HttpResponse("", status=status, headers={"HX-Trigger": json.dumps(events)})
