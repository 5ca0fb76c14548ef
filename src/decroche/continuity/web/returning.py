"""Take in what was written offline, and settle it line by line."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.continuity.actions.receive_captures import MOST_LINES, CapturedLine, receive_captures
from decroche.continuity.actions.settle_capture import (
    NotSettled,
    dismiss_capture,
    settle_capture,
    take_back_capture,
)
from decroche.continuity.domain.reconcile import Verdict
from decroche.continuity.models import Capture
from decroche.continuity.queries.captures import pending, settled
from decroche.continuity.web.words import row_of, verdict_sentence
from decroche.foundation.clock import now as clock_now
from decroche.kernel.phone import NotAPhoneNumber
from decroche.patients.actions.register_patient import ResemblingPatient
from decroche.patients.domain.identity import UnusableName
from decroche.patients.models import Patient
from decroche.practices.models import Practice
from decroche.scheduling.domain.refusals import Refusal
from decroche.scheduling.web.words import refusal_sentence

CONFLICT, INCOMPLETE = 409, 422


class Sent(BaseModel):
    """What the page sends."""

    model_config = ConfigDict(extra="forbid")
    lines: list[CapturedLine] = Field(max_length=MOST_LINES)


@require_POST
@requires(Permission.KEEP_AGENDA_OFFLINE)
def receive(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Keep the lines; sent again, they are kept once."""
    practice = get_object_or_404(Practice, pk=practice_id)
    try:
        sent = Sent.model_validate_json(request.body)
    except ValidationError:
        return JsonResponse({"problem": _("Ces lignes ne se lisent pas.")}, status=INCOMPLETE)
    kept = receive_captures(practice=practice, lines=sent.lines, by=request.user, now=clock_now())
    request.log_write("capture", [row.pk for row in kept], practice_id=practice.pk)
    return JsonResponse({"kept": [str(row.client_id) for row in kept]})


@require_GET
@requires(Permission.KEEP_AGENDA_OFFLINE)
def reconcile(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Show the lines to settle, each with what the agenda says now."""
    return _screen(request, get_object_or_404(Practice, pk=practice_id))


@require_POST
@requires(Permission.KEEP_AGENDA_OFFLINE)
def settle(request: PersonRequest, capture_id: int) -> HttpResponse:
    """Bring one line into the agenda."""
    capture = get_object_or_404(Capture.objects.select_related("practice"), pk=capture_id)
    chosen = request.POST.get("patient", "")
    patient = None
    if chosen.isdecimal() and chosen != "0":
        patient = get_object_or_404(Patient, pk=int(chosen[:18]), practice=capture.practice_id)
    problem = _try(request, capture, patient=patient, register=chosen == "0")
    if problem:
        return _screen(request, capture.practice, problem=problem, status=CONFLICT)
    messages.success(request, _("La ligne est reprise."))
    return _back(capture.practice_id)


@require_POST
@requires(Permission.KEEP_AGENDA_OFFLINE)
def settle_clear(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Bring every line in that asks nothing; one that does after all stays in the list."""
    practice = get_object_or_404(Practice, pk=practice_id)
    clear = [
        row.capture
        for row in pending(practice, now=clock_now())
        if row.verdict in {Verdict.CLEAR, Verdict.ALREADY}
    ]
    done = sum(not _try(request, capture) for capture in clear)
    messages.success(
        request,
        ngettext("%(n)s ligne est reprise.", "%(n)s lignes sont reprises.", done) % {"n": done},
    )
    return _back(practice.pk)


@require_POST
@requires(Permission.KEEP_AGENDA_OFFLINE)
def dismiss(request: PersonRequest, capture_id: int) -> HttpResponse:
    """Put one line aside."""
    capture = get_object_or_404(Capture, pk=capture_id)
    dismiss_capture(capture=capture, by=request.user, now=clock_now())
    return _back(capture.practice_id)


@require_POST
@requires(Permission.KEEP_AGENDA_OFFLINE)
def take_back(request: PersonRequest, capture_id: int) -> HttpResponse:
    """Put a line that was set aside back in the list."""
    del request
    capture = get_object_or_404(Capture, pk=capture_id)
    take_back_capture(capture=capture)
    return _back(capture.practice_id)


def _try(request: PersonRequest, capture: Capture, **choice: Any) -> str:
    """Settle, or return the sentence that says why not."""
    try:
        done = settle_capture(capture=capture, by=request.user, now=clock_now(), **choice)
    except NotSettled as refusal:
        return verdict_sentence(refusal.verdict)
    except Refusal as refusal:
        return refusal_sentence(refusal)
    except NotAPhoneNumber:
        return _("Le numéro noté n’est pas complet ou n’existe pas : créez la fiche depuis l’agenda.")
    except UnusableName:
        return _("Le nom noté ne se lit pas : créez la fiche depuis l’agenda.")
    except ResemblingPatient:
        return _("Quelqu’un né le même jour porte presque ce nom : choisissez la personne.")
    request.log_write("capture", [done.pk], practice_id=done.practice_id)
    return ""


def _back(practice_id: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("continuity:reconcile", args=[practice_id]))


def _screen(
    request: PersonRequest, practice: Practice, *, problem: str = "", status: int = 200
) -> HttpResponse:
    found = pending(practice, now=clock_now())
    request.log_read("capture", [row.capture.pk for row in found], practice_id=practice.pk)
    context = {
        "practice": practice,
        "rows": [row_of(row, practice) for row in found],
        "clear_count": sum(row.verdict in {Verdict.CLEAR, Verdict.ALREADY} for row in found),
        "settled": settled(practice),
        "problem": problem,
    }
    return render(request, "continuity/reconcile.html", context, status=status)
