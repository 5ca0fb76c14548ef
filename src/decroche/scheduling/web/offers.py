"""Show the slots that are kept for people of the waiting list, and take their answers."""

import json
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.patients.models import Patient
from decroche.scheduling.actions.answer_offer import accept_offer, decline_offer, mark_called, undo_answer
from decroche.scheduling.domain.refusals import Refusal
from decroche.scheduling.models import WaitingListEntry, WaitingListOffer
from decroche.scheduling.queries.mass_moves import Line, calls_to_make, to_report
from decroche.scheduling.queries.waiting import IN_FORCE, OfferView, offers_of_patient, open_offers
from decroche.scheduling.web import asked
from decroche.scheduling.web.mass_words import to_say
from decroche.scheduling.web.waiting_words import explained, offer_sentence, wish_words
from decroche.scheduling.web.words import when

CONFLICT = 409
MOST = 50


@require_GET
@requires(Permission.BOOK_APPOINTMENT)
def panel(request: PersonRequest) -> HttpResponse:
    """List the slots that wait for an answer, in one practice (`?practice=`) or in all of hers."""
    return _panel(request)


@require_GET
@requires(Permission.BOOK_APPOINTMENT)
def of_patient(request: PersonRequest, patient_id: int) -> HttpResponse:
    """Show, on the patient's card, what is kept for them and what they wait for; nothing when there is nothing."""
    patient = get_object_or_404(Patient.objects.select_related("practice"), pk=patient_id)
    now = clock_now()
    today = asked.today(now, patient.practice.timezone)
    entries = WaitingListEntry.objects.filter(patient=patient, state__in=IN_FORCE, last_day__gte=today)
    request.log_read("patient", [patient.pk], practice_id=patient.practice_id)
    context = {
        "patient": patient,
        "offers": [(view, explained(view)) for view in offers_of_patient(patient.pk)],
        "entries": [
            (entry, wish_words(entry, now=now))
            for entry in entries.select_related("visit_type", "practitioner", "practice")
        ],
        "now": now,
    }
    return render(request, "scheduling/_patient_waiting.html", context)


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def accept(request: PersonRequest, offer_id: int) -> HttpResponse:
    """Book it for them."""
    offer, done = _do(request, offer_id, accept_offer, call_id=asked.uuid(request.POST, "call_id"))
    if isinstance(done, HttpResponse):
        return done
    request.log_write("appointment", [done.pk], practice_id=done.practice_id)
    words = {"who": offer.entry.patient.display_name, "when": when(done)}
    text = (
        _("%(who)s : rendez-vous avancé, %(when)s.") % words
        if offer.entry.instead_of_id
        else _("%(who)s : rendez-vous pris, %(when)s.") % words
    )
    return _answered(request, offer, text)


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def decline(request: PersonRequest, offer_id: int) -> HttpResponse:
    """Let the next one be asked."""
    offer, done = _do(request, offer_id, decline_offer)
    if isinstance(done, HttpResponse):
        return done
    who = offer.entry.patient.display_name
    return _answered(
        request, offer, _("Refusé par %(who)s ; le suivant de la liste va être sollicité.") % {"who": who}
    )


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def called(request: PersonRequest, offer_id: int) -> HttpResponse:
    """Write that the person was told; the answer may come later."""
    offer, done = _do(request, offer_id, mark_called)
    if isinstance(done, HttpResponse):
        return done
    return _answered(request, offer, _("Noté : appelé, réponse attendue."), undoable=False)


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def undo(request: PersonRequest, offer_id: int) -> HttpResponse:
    """Take the answer back (Ctrl+Z)."""
    offer, done = _do(request, offer_id, undo_answer)
    if isinstance(done, HttpResponse):
        return done
    request.log_write("patient", [offer.entry.patient_id], practice_id=offer.entry.practice_id)
    text = _("C’est défait : le créneau est de nouveau gardé pour ce patient.")
    return _answered(request, offer, text, undoable=False)


def _do(
    request: PersonRequest, offer_id: int, verb: Callable[..., Any], **more: Any
) -> tuple[WaitingListOffer, Any]:
    """Do it to the offer, and give the offer with what the verb made; or with the answer that says why not."""
    offer = _offer(offer_id)
    try:
        return offer, verb(offer_id=offer.pk, by=request.user, now=clock_now(), **more)
    except Refusal as refusal:
        return offer, _refused(request, offer, refusal)


def _panel(request: PersonRequest, *, sentence: str = "", status: int = 200) -> HttpResponse:
    practices = request.access.practices_for(Permission.BOOK_APPOINTMENT)
    values = request.POST if request.method == "POST" else request.GET
    only = asked.number(values, "practice")
    shown = [only] if only in practices else [] if only is not None else list(practices)
    now = clock_now()
    offers, calls = open_offers(shown, limit=MOST), calls_to_make(shown, limit=MOST)
    for practice_id, ids in _patients_shown(offers, calls).items():
        request.log_read("patient", ids, practice_id=practice_id)
    context = {
        "offers": [(view, explained(view)) for view in offers],
        "calls": [(line, to_say(line.item)) for line in calls],
        "unreported": to_report(shown, now=now),
        "to_call": sum(view.is_to_call for view in offers) + len(calls),
        "only": only,
        "quiet": values.get("quiet") == "1",
        "sentence": sentence,
        "now": now,
    }
    return render(request, "scheduling/_offers.html", context, status=status)


def _patients_shown(offers: list[OfferView], calls: list[Line]) -> dict[int, list[int]]:
    """Group whoever the panel shows by practice, for the access log."""
    found: dict[int, list[int]] = defaultdict(list)
    for view in offers:
        found[view.offer.entry.practice_id].append(view.offer.entry.patient_id)
    for line in calls:
        found[line.item.mass_move.practice_id].append(line.item.appointment.patient_id or 0)
    return found


def _offer(offer_id: int) -> WaitingListOffer:
    found: WaitingListOffer = get_object_or_404(
        WaitingListOffer.objects.select_related("entry__patient", "entry__practice"), pk=offer_id
    )
    return found


def _answered(
    request: PersonRequest, offer: WaitingListOffer, text: str, *, undoable: bool = True
) -> HttpResponse:
    """Say it, offer to undo it; the lists that show it read again by themselves."""
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, text)
        return HttpResponseRedirect(reverse("agenda:waiting_list", args=[offer.entry.practice_id]))
    toast = {"text": text, "target": "body"}
    if undoable:
        toast |= {"undo": reverse("agenda:undo_offer", args=[offer.pk]), "seconds": 12}  # type: ignore[dict-item]
    events = {
        "toast": toast,
        "lists-changed": {"target": "body"},
        "agenda-changed": {"target": "body"},
        "appointment-changed": {"patient_id": offer.entry.patient_id, "target": "body"},
    }
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(events)})


def _refused(request: PersonRequest, offer: WaitingListOffer, refusal: Refusal) -> HttpResponse:
    sentence = offer_sentence(refusal)
    if not request.htmx:  # type: ignore[attr-defined]
        messages.warning(request, sentence)
        return HttpResponseRedirect(reverse("agenda:waiting_list", args=[offer.entry.practice_id]))
    events = {"toast": {"text": sentence, "target": "body"}, "lists-changed": {"target": "body"}}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(events)})
