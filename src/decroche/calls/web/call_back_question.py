"""The door of one question asked during a call: whether it answers the call that we owe this number."""

import json
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.calls.models import Call
from decroche.calls.web import call_back_answered, current


@require_POST
@requires(Permission.HANDLE_CALL)
def answer(request: PersonRequest, call_id: UUID) -> HttpResponse:
    """Take her word: yes closes what we owed him, no leaves it in its place."""
    call = get_object_or_404(Call, pk=call_id)
    if call.secretary_id != request.user.pk:  # only she who spoke with him knows
        refused = current.draw(request)
        refused.status_code = 409
        return refused
    toast = {"text": _("C’est noté : cet appel ne répond pas au rappel, qui reste dû.")}
    if request.POST.get("answers") == "yes":
        closed = call_back_answered.settle(request, call)
        toast = {"text": _("C’était déjà fait.")}
        if closed:
            undo = reverse("calls:call_back_undo", args=[closed[-1].pk])
            toast = {"text": _("Le rappel est clos : il a rappelé de lui-même."), "undo": undo}
    else:
        call_back_answered.deny(request, call)
    response = current.draw(request)
    response["HX-Trigger"] = json.dumps({"toast": toast})
    return response
