"""Show the queue as it lives, and let a call be ranked otherwise."""

import json
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.calls import queries, wording
from decroche.calls.actions.give_order import OrderRefused, SwitchboardSilent, give_order_and_wait
from decroche.calls.models import Call, Pause, Urgency
from decroche.calls.queries_queue import floor_now
from decroche.calls.switchboard.orders import OrderKind
from decroche.foundation.clock import now

PATIENCE_SECONDS = 1.2


@require_GET
@requires(Permission.WORK_AT_DESK)
def queue(request: PersonRequest) -> HttpResponse:
    """Show who waits, who is offered to whom and why, who talks, and the posts."""
    moment = now()
    ids = request.access.practices_for(Permission.WORK_AT_DESK)
    houses = request.access.secretariats_for(Permission.WORK_AT_DESK)
    midnight = timezone.localtime(moment, request.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    floor = floor_now(ids, houses, now=moment, since=midnight)
    shown = [
        row.call.pk for part in (floor.waiting, floor.offered, floor.talking, floor.parked) for row in part
    ]
    if shown:
        request.log_read("call", [str(pk) for pk in shown])
    context = {
        "floor": floor,
        "now": moment,
        "supervises": bool(request.access.secretariats_for(Permission.SUPERVISE_CALL)),
        "telephony": queries.telephony_state(now=moment),
        "pauses": {str(pause.value): str(pause.label) for pause in Pause},
        "tab": "queue",
    }
    part = request.headers.get("HX-Target") == "live-queue"
    response = render(request, "calls/queue/_queue.html" if part else "calls/queue/queue.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@requires(Permission.HANDLE_CALL)
def rank(request: PersonRequest, call_id: UUID) -> HttpResponse:
    """Rank a call that waits as an emergency, a colleague's, or an ordinary one."""
    call = get_object_or_404(Call, pk=call_id)
    urgency = request.POST.get("urgency", "")
    if urgency not in {str(value) for value in Urgency.values}:
        return HttpResponse(status=422)
    said = ""
    try:
        give_order_and_wait(
            kind=OrderKind.SET_URGENCY,
            user=request.user,
            now=now(),
            call_id=call.pk,
            payload={"urgency": int(urgency)},
            patience_seconds=PATIENCE_SECONDS,
        )
    except SwitchboardSilent:
        said = str(wording.SILENT)
    except OrderRefused as refused:
        said = wording.refusal(refused.refusal)
    request.log_write("call", [str(call.pk)], practice_id=call.practice_id)
    if not request.headers.get("HX-Request"):
        return redirect("calls:queue")
    text = said or _("Appel classé : %(urgency)s.") % {"urgency": Urgency(int(urgency)).label}
    response = HttpResponse(status=409 if said else 204)
    if said:
        response["HX-Reswap"] = "none"
    response["HX-Trigger"] = json.dumps({"toast": {"text": text}, "queue-changed": {"target": "body"}})
    return response
