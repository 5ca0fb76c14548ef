"""Write what a call left to be known, say that it was abusive, show what came of it."""

import json
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.calls import wording
from decroche.calls.actions.give_order import OrderRefused, SwitchboardSilent, give_order_and_wait
from decroche.calls.actions.withdraw_abuse import withdraw_abuse
from decroche.calls.actions.write_note import LONGEST, NoteRefused, take_back_note, write_note
from decroche.calls.models import Call, CallNote, Pause
from decroche.calls.switchboard.orders import OrderKind
from decroche.calls.web import phone as bar
from decroche.foundation.clock import now


@require_POST
@requires(Permission.HANDLE_CALL)
def write(request: PersonRequest, call_id: UUID) -> HttpResponse:
    """Keep a note; what cannot be kept comes back as it was typed."""
    call = get_object_or_404(Call, pk=call_id)
    text = request.POST.get("text", "")
    try:
        note = write_note(call=call, text=text, by=request.user, now=now())
    except NoteRefused:
        words = (
            _("Écrivez d’abord la note.")
            if not text.strip()
            else _("La note dépasse %(most)d caractères : raccourcissez-la.") % {"most": LONGEST}
        )
        return _notes(request, call, typed=text, refusal=words, status=422)
    request.log_write("call", [str(call.pk)], practice_id=call.practice_id)
    undo = reverse("calls:note_undo", args=[call.pk, note.pk])
    return _notes(request, call, toast={"text": _("La note est gardée."), "undo": undo})


@require_POST
@requires(Permission.HANDLE_CALL)
def undo(request: PersonRequest, call_id: UUID, note_id: int) -> HttpResponse:
    """Take back one's own fresh note."""
    note = get_object_or_404(CallNote.objects.select_related("call"), pk=note_id, call_id=call_id)
    done = take_back_note(note=note, by=request.user, now=now())
    request.log_write("call", [str(call_id)], practice_id=note.call.practice_id)
    text = _("La note est retirée.") if done else _("Cette note ne peut plus être retirée.")
    return _notes(request, note.call, toast={"text": text})


@require_GET
@requires(Permission.HANDLE_CALL)
def show(request: PersonRequest, call_id: UUID) -> HttpResponse:
    """Show the notes of a call and the line to write one."""
    call = get_object_or_404(Call, pk=call_id)
    request.log_read("call", [str(call.pk)], practice_id=call.practice_id)
    return _notes(request, call)


@require_POST
@requires(Permission.HANDLE_CALL)
def abuse(request: PersonRequest, call_id: UUID) -> HttpResponse:
    """Note that the call was abusive, spare her that number, and offer her a pause."""
    call = get_object_or_404(Call, pk=call_id)
    try:
        give_order_and_wait(
            kind=OrderKind.ABUSE,
            user=request.user,
            now=now(),
            call_id=call.pk,
            patience_seconds=bar.PATIENCE_SECONDS,
        )
    except SwitchboardSilent:
        return _told(str(wording.SILENT))
    except OrderRefused as refused:
        return _told(wording.refusal(refused.refusal))
    request.log_write("call", [str(call.pk)], practice_id=call.practice_id)
    context = {"call": call, "pause": Pause.BREAK, "has_number": bool(call.caller_number)}
    return render(request, "calls/talk/_abuse.html", context)


@require_POST
@requires(Permission.HANDLE_CALL)
def undo_abuse(request: PersonRequest, call_id: UUID) -> HttpResponse:
    """Take the report back."""
    call = get_object_or_404(Call, pk=call_id)
    done = withdraw_abuse(call_id=call.pk, by=request.user, now=now())
    request.log_write("call", [str(call.pk)], practice_id=call.practice_id)
    return _told(_("Le signalement est retiré.") if done else _("Il n’y a plus rien à retirer."))


def _told(text: str) -> HttpResponse:
    """Answer with a sentence that passes, and change nothing on screen."""
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"toast": {"text": text}})})


def _notes(
    request: PersonRequest,
    call: Call,
    *,
    typed: str = "",
    refusal: str = "",
    status: int = 200,
    toast: dict[str, str] | None = None,
) -> HttpResponse:
    context = {
        "call": call,
        "notes": list(call.notes.select_related("by")),
        "typed": typed,
        "refusal": refusal,
        "most": LONGEST,
    }
    response = render(request, "calls/talk/_notes.html", context, status=status)
    response["Cache-Control"] = "no-store"
    if toast:
        response["HX-Trigger"] = json.dumps({"toast": toast, "call-noted": {"target": "body"}})
    return response
