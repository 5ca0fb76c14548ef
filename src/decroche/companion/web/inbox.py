"""Read and deal with the desk's messages."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.companion.web.screen import answer
from decroche.companion.web.toast import toast
from decroche.foundation.clock import now
from decroche.messaging.actions.mark_done import mark_done, reopen
from decroche.messaging.actions.mark_read import mark_read
from decroche.messaging.models import Message


@require_POST
@requires(Permission.TREAT_MESSAGE)
def read(request: PersonRequest, message_id: int) -> HttpResponse:
    """Tell the desk that the message was seen."""
    message = _message(message_id)
    mark_read(message=message, by=request.user, now=now())
    request.log_write("message", [message.pk], practice_id=message.practice_id)
    return answer(request, message.practice_id, "messages", _("Lu\u202f: le secrétariat le sait."))


@require_POST
@requires(Permission.TREAT_MESSAGE)
def done(request: PersonRequest, message_id: int) -> HttpResponse:
    """Close the message, with perhaps a word for the caller that the desk passes on."""
    message = _message(message_id)
    words = request.POST.get("answer", "")
    mark_done(message=message, by=request.user, now=now(), answer=words)
    request.log_write("message", [message.pk], practice_id=message.practice_id)
    text = _("Traité. Le secrétariat transmettra votre réponse.") if words.strip() else _("Traité.")
    undo = reverse("companion:reopen", args=[message.pk])
    return answer(request, message.practice_id, "messages", text, undo=undo)


@require_POST
@requires(Permission.TREAT_MESSAGE)
def reopen_message(request: PersonRequest, message_id: int) -> HttpResponse:
    """Take back that it was dealt with."""
    message = _message(message_id)
    reopen(message=message, now=now())
    request.log_write("message", [message.pk], practice_id=message.practice_id)
    return toast(HttpResponse(status=204), _("Le message attend de nouveau."))


def _message(message_id: int) -> Message:
    message: Message = get_object_or_404(Message.objects.select_related("practice"), pk=message_id)
    return message
