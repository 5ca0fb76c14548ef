"""Write a message at the desk: prefilled with who calls, kept while it is typed, sent once."""

import json
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.foundation import clock
from decroche.kernel import phone as phones
from decroche.messaging import queries
from decroche.messaging.actions.keep_draft import forget_draft, keep_draft
from decroche.messaging.actions.send_message import send_message
from decroche.messaging.models import Message
from decroche.messaging.web.forms import KEPT_IN_DRAFT, MessageForm, call_named, patient_named
from decroche.patients.models import Patient
from decroche.practices.models import Practice


@require_http_methods(["GET", "POST"])
@requires(Permission.SEND_MESSAGE)
def compose(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Show the empty form, the draft of this very call, or (POST) a form filled by another panel."""
    practice = get_object_or_404(Practice, pk=practice_id)
    lent = request.POST if request.method == "POST" else request.GET
    call_id = call_named(lent.get("call_id", ""))
    patient = patient_named(practice, lent.get("patient_id", ""))
    drafts = queries.drafts_of(practice.pk, request.user)
    initial: dict[str, Any] = _first_values(patient)
    if request.method == "POST":
        initial |= {name: lent[name] for name in KEPT_IN_DRAFT if lent.get(name)}
    elif request.GET.get("resume") in {str(key) for key in drafts}:
        resumed = next(key for key in drafts if str(key) == request.GET["resume"])
        initial |= drafts.pop(resumed)
    elif call_id in drafts:
        initial |= drafts.pop(call_id)
    auto_id = "message_dialog_%s" if request.method == "POST" else "message_%s"
    form = MessageForm(initial=initial, practice=practice, auto_id=auto_id)
    if request.method == "POST":
        form.fields["body"].widget.attrs["autofocus"] = True
    is_dialog = request.method == "POST"
    return _form(
        request, practice, form, call_id=call_id, patient=patient, drafts=drafts, is_dialog=is_dialog
    )


@require_GET
@requires(Permission.SEND_MESSAGE)
def about(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Name the patient whom the message will be about, as the patient zone changes."""
    practice = get_object_or_404(Practice, pk=practice_id)
    patient = patient_named(practice, request.GET.get("patient_id", ""))
    if patient is not None:
        request.log_read("patient", [patient.pk], practice_id=practice.pk)
    return render(request, "messaging/_about.html", {"practice": practice, "patient": patient})


@require_POST
@requires(Permission.SEND_MESSAGE)
def draft(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Keep what is being typed; ``forget`` throws it away."""
    practice = get_object_or_404(Practice, pk=practice_id)
    call_id = call_named(request.POST.get("call_id", ""))
    if "forget" in request.POST:
        forget_draft(practice=practice, author=request.user, call_id=call_id)
        return redirect("messages:compose", practice_id=practice.pk)
    content = {name: request.POST.get(name, "") for name in KEPT_IN_DRAFT}
    keep_draft(practice=practice, author=request.user, call_id=call_id, content=content, now=clock.now())
    return HttpResponse(status=204)


@require_POST
@requires(Permission.SEND_MESSAGE)
def send(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Send the message, or show at the field what is missing; a second press sends nothing twice."""
    practice = get_object_or_404(Practice, pk=practice_id)
    call_id = call_named(request.POST.get("call_id", ""))
    patient = (
        patient_named(practice, request.POST.get("patient_id", ""))
        if "no_patient" not in request.POST
        else None
    )
    is_dialog = "is_dialog" in request.POST
    auto_id = "message_dialog_%s" if is_dialog else "message_%s"
    form = MessageForm(request.POST, practice=practice, auto_id=auto_id)
    if not form.is_valid():
        return _form(
            request, practice, form, call_id=call_id, patient=patient, status=422, is_dialog=is_dialog
        )
    message = send_message(
        practice=practice,
        practitioner=form.chosen,
        patient=patient,
        call_id=call_id,
        author=request.user,
        category=form.cleaned_data["category"],
        is_urgent=form.cleaned_data["is_urgent"],
        body=form.cleaned_data["body"],
        caller_name=form.cleaned_data["caller_name"],
        caller_number=form.cleaned_data["caller_number"],
        idempotency_key=form.cleaned_data["idempotency_key"],
        now=clock.now(),
    )
    request.log_write("message", [message.pk], practice_id=practice.pk)
    if not request.headers.get("HX-Request"):
        return redirect("messages:mine")
    fresh = MessageForm(initial=_first_values(patient), practice=practice)
    response = _form(request, practice, fresh, call_id=call_id, patient=patient)
    response["HX-Trigger"] = _told_sent(message)
    return response


def _told_sent(message: Message) -> str:
    whom = message.practitioner.display_name if message.practitioner else message.practice.name
    toast = {"text": _("Message envoyé : %(whom)s le voit dès maintenant.") % {"whom": whom}}
    sent = {"message_id": message.pk}  # told from the form itself, so that what holds it can fold
    return json.dumps({"toast": toast, "dialog-done": {}, "message-sent": sent})


def _form(
    request: PersonRequest,
    practice: Practice,
    form: MessageForm,
    *,
    call_id: UUID | None,
    patient: Patient | None,
    drafts: dict[UUID | None, dict[str, str]] | None = None,
    is_dialog: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        "practice": practice,
        "form": form,
        "call_id": call_id,
        "patient": patient,
        "drafts": [(key, content["body"]) for key, content in (drafts or {}).items()],
        "is_dialog": is_dialog,
    }
    if not request.headers.get("HX-Request"):
        template = "messaging/compose.html"
    else:
        opens = (
            is_dialog and request.resolver_match is not None and request.resolver_match.url_name == "compose"
        )
        template = "messaging/_compose_dialog.html" if opens else "messaging/_compose.html"
    return render(request, template, context, status=status)


def _first_values(patient: Patient | None) -> dict[str, str]:
    """Say who calls, as far as the desk knows: the chosen patient, unless the caller says otherwise."""
    if patient is None:
        return {}
    number = next((phone.number for phone in patient.phones.all()), "")
    return {"caller_name": patient.display_name, "caller_number": phones.display(number) if number else ""}
