"""Show messages to those who deal with them, and to the desk what became of its own."""

import json
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission, Role
from decroche.foundation import clock
from decroche.messaging import queries
from decroche.messaging.actions.mark_done import mark_done, reopen
from decroche.messaging.actions.mark_read import mark_read
from decroche.messaging.models import Message
from decroche.patients.models import Patient
from decroche.practices.models import Practice
from decroche.practices.queries import practitioners_of_user

PER_PAGE = 30


@require_GET
@requires(Permission.SEE_MESSAGE)
def mine(request: PersonRequest) -> HttpResponse:
    """Show what waits: a practitioner's own, else everything of the practices where one may see it."""
    waiting = _mine(request)
    _log(request, waiting)
    context = {"waiting": waiting, "late": _late(waiting), "now": clock.now(), "tab": "waiting"} | _rights(
        request
    )
    is_part = request.headers.get("HX-Request")
    return render(request, "messaging/_inbox.html" if is_part else "messaging/inbox.html", context)


@require_GET
@requires(Permission.SEE_MESSAGE)
def treated(request: PersonRequest) -> HttpResponse:
    """Show what was dealt with, latest first."""
    rows = queries.treated(request.access.practices_for(Permission.SEE_MESSAGE))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    _log(request, list(page.object_list))
    context = {
        "page_obj": page,
        "waiting": page.object_list,
        "now": clock.now(),
        "tab": "treated",
        "late": set(),
    }
    return render(request, "messaging/inbox.html", context | _rights(request))


@require_POST
@requires(Permission.TREAT_MESSAGE)
def read(request: PersonRequest, message_id: int) -> HttpResponse:
    """Mark a message read."""
    message = _message_or_404(message_id)
    mark_read(message=message, by=request.user, now=clock.now())
    request.log_write("message", [message.pk], practice_id=message.practice_id)
    return _after(request, message)


@require_POST
@requires(Permission.TREAT_MESSAGE)
def done(request: PersonRequest, message_id: int) -> HttpResponse:
    """Mark a message done; an answer goes back to the desk as something to pass on."""
    message = _message_or_404(message_id)
    answer = request.POST.get("answer", "")
    mark_done(message=message, by=request.user, now=clock.now(), answer=answer)
    request.log_write("message", [message.pk], practice_id=message.practice_id)
    response = _after(request, message)
    text = _("Réponse transmise au secrétariat.") if answer.strip() else _("Message classé.")
    undo = reverse("messages:reopen", args=[message.pk])
    response["HX-Trigger"] = json.dumps({"toast": {"text": text, "undo": undo, "seconds": 10}})
    return response


@require_POST
@requires(Permission.TREAT_MESSAGE)
def reopened(request: PersonRequest, message_id: int) -> HttpResponse:
    """Take back that a message was dealt with."""
    message = _message_or_404(message_id)
    reopen(message=message, now=clock.now())
    request.log_write("message", [message.pk], practice_id=message.practice_id)
    message.refresh_from_db()
    return (
        _after(request, message) if request.headers.get("HX-Target") != "body" else HttpResponse(status=204)
    )


@require_GET
@requires(Permission.SEE_MESSAGE)
def of_patient(request: PersonRequest, patient_id: int) -> HttpResponse:
    """Show the latest messages about a patient, inside the patient's card."""
    patient = get_object_or_404(Patient, pk=patient_id)
    found = queries.of_patient(patient.pk)
    _log(request, found)
    return render(
        request, "messaging/_of_patient.html", {"found": found, "late": _late(found), "now": clock.now()}
    )


def _mine(request: PersonRequest) -> list[Message]:
    if not request.access.roles & {Role.SECRETARY, Role.SUPERVISOR, Role.STAFF}:
        cards = practitioners_of_user(request.user.pk)
        rows = [message for card in cards for message in queries.for_practitioner(card.pk)]
        return sorted(rows, key=lambda message: (not message.is_urgent, message.sent_at))
    return queries.waiting(request.access.practices_for(Permission.SEE_MESSAGE))


def _late(messages: list[Message]) -> set[int]:
    now = clock.now()
    return {message.pk for message in messages if queries.is_overdue(message, now)}


def _rights(request: PersonRequest) -> dict[str, Any]:
    return {
        "may_treat": request.access.allows(Permission.TREAT_MESSAGE),
        "may_follow": request.access.allows(Permission.TREAT_FOLLOW_UP),
        "practice_count": Practice.objects.count(),
    }


def _message_or_404(message_id: int) -> Message:
    rows = Message.objects.select_related(
        "practice", "practitioner", "patient", "author", "read_by", "done_by"
    )
    message: Message = get_object_or_404(rows, pk=message_id)
    return message


def _after(request: PersonRequest, message: Message) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return redirect("messages:mine")
    context = {"message": message, "late": _late([message]), "now": clock.now()} | _rights(request)
    return render(request, "messaging/_message.html", context)


def _log(request: PersonRequest, found: list[Message]) -> None:
    by_practice: dict[int, list[int]] = {}
    for message in found:
        by_practice.setdefault(message.practice_id, []).append(message.pk)
    for practice_id, ids in by_practice.items():
        request.log_read("message", ids, practice_id=practice_id)
