"""Show the phone bar, and pass on what is pressed there."""

import json
import random
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.calls import queries, wording
from decroche.calls.actions.give_order import OrderRefused, SwitchboardSilent, give_order_and_wait
from decroche.calls.actions.simulate_call import NoLine, simulate_call
from decroche.calls.models import Call, Pause
from decroche.calls.switchboard.orders import OrderKind
from decroche.foundation.clock import now
from decroche.messaging import queries as messaging
from decroche.practices.models import Practitioner

PAUSES = [Pause.BREAK, Pause.LUNCH, Pause.PAPERWORK, Pause.MEETING]
CALL_ORDERS = {"hold": OrderKind.HOLD, "resume": OrderKind.RESUME, "hang-up": OrderKind.HANG_UP}
POST_ORDERS = {
    "pick-up": OrderKind.PICK_UP,
    "put-down": OrderKind.PUT_DOWN,
    "end-wrap-up": OrderKind.END_WRAP_UP,
    "extend-wrap-up": OrderKind.EXTEND_WRAP_UP,
}
STATES = {"available", "paused", "away"}
PATIENCE_SECONDS = 1.2


@require_GET
@requires(Permission.WORK_AT_DESK)
def phone_bar(request: PersonRequest) -> HttpResponse:
    """Show my state, the call in hand, who waits."""
    return _bar(request)


@require_POST
@requires(Permission.HANDLE_CALL)
def call_order(request: PersonRequest, call_id: UUID, order: str) -> HttpResponse:
    """Hold, resume or hang up the call in hand."""
    kind = CALL_ORDERS.get(order)
    if kind is None:
        raise Http404
    call = get_object_or_404(Call, pk=call_id)
    return _obey(request, kind, call=call)


@require_POST
@requires(Permission.WORK_AT_DESK)
def post_order(request: PersonRequest, order: str) -> HttpResponse:
    """Pick up or refuse (simulated telephony), extend or end wrap-up."""
    kind = POST_ORDERS.get(order)
    if kind is None:
        raise Http404
    events = {"call-finished": {"target": "body"}} if kind is OrderKind.END_WRAP_UP else {}
    return _obey(request, kind, payload={"seconds": 60}, events=events)


@require_POST
@requires(Permission.WORK_AT_DESK)
def set_state(request: PersonRequest, state: str) -> HttpResponse:
    """Be available, pause with a reason, or leave the post."""
    if state not in STATES:
        raise Http404
    reason = request.POST.get("reason", "")
    if reason not in Pause.values:
        reason = ""
    return _obey(
        request, OrderKind.SET_STATE, payload={"state": state, "reason": reason if state == "paused" else ""}
    )


@require_GET
@requires(Permission.HANDLE_CALL)
def transfer_dialog(request: PersonRequest, call_id: UUID) -> HttpResponse:
    """Propose the practice's practitioners who can be reached by telephone."""
    call = get_object_or_404(Call.objects.select_related("practice", "line"), pk=call_id)
    people = Practitioner.objects.filter(practice_id=call.practice_id or 0, is_active=True)
    return render(request, "calls/_transfer.html", {"call": call, "people": list(people)})


@require_POST
@requires(Permission.HANDLE_CALL)
def transfer(request: PersonRequest, call_id: UUID, practitioner_id: int) -> HttpResponse:
    """Give the caller to a practitioner's telephone; only numbers on file can be reached."""
    call = get_object_or_404(Call, pk=call_id)
    person = get_object_or_404(Practitioner, pk=practitioner_id, practice_id=call.practice_id or 0)
    text = _("%(name)s va sonner ; l’appelant lui est passé.") % {"name": person.display_name}
    request.log_write("call", [str(call.pk)], practice_id=call.practice_id)
    return _obey(
        request,
        OrderKind.TRANSFER,
        call=call,
        payload={"number": person.phone},
        events={"toast": {"text": text}},
    )


@require_POST
@requires(Permission.WORK_AT_DESK)
def simulate(request: PersonRequest) -> HttpResponse:
    """Let somebody call one of my practices: for newcomers, in demonstration only."""
    if settings.PRODUCTION:
        raise Http404
    ids = request.access.practices_for(Permission.WORK_AT_DESK)
    if (wanted := request.POST.get("practice_id", "")).isdecimal():
        ids &= {int(wanted)}
    try:
        line = simulate_call(user=request.user, practice_ids=ids, now=now(), dice=random.SystemRandom())
    except NoLine:
        return _bar(request, refusal=_("Aucun de vos cabinets n’a de ligne en service."))
    except SwitchboardSilent:
        return _bar(request, refusal=str(wording.SILENT))
    except OrderRefused as refused:
        return _bar(request, refusal=wording.refusal(refused.refusal))
    text = _("Un appel part vers %(practice)s.") % {"practice": line.practice.name}
    return _bar(request, events={"toast": {"text": text}})


def _obey(
    request: PersonRequest,
    kind: OrderKind,
    *,
    call: Call | None = None,
    payload: dict[str, Any] | None = None,
    events: dict[str, Any] | None = None,
) -> HttpResponse:
    """Give the order and answer with the bar as it is then; a refusal is a sentence."""
    try:
        done = give_order_and_wait(
            kind=kind,
            user=request.user,
            now=now(),
            call_id=call.pk if call else None,
            payload=payload,
            patience_seconds=PATIENCE_SECONDS,
        )
    except SwitchboardSilent:
        return _bar(request, refusal=str(wording.SILENT))
    except OrderRefused as refused:
        return _bar(request, refusal=wording.refusal(refused.refusal))
    if not done:
        return _bar(request, events={"toast": {"text": str(wording.LATE)}})
    return _bar(request, events=events)


def _bar(request: PersonRequest, *, refusal: str = "", events: dict[str, Any] | None = None) -> HttpResponse:
    moment = now()
    ids = request.access.practices_for(Permission.WORK_AT_DESK)
    hand = queries.hand_of(request.user)
    follow_ups = messaging.follow_up_counts(ids, now=moment)
    supervises = bool(request.access.secretariats_for(Permission.SEE_POSTS))
    context = {
        "post": hand.post,
        "call": hand.call,
        "state": hand.post.state if hand.post else "away",
        "telephony": queries.telephony_state(now=moment),
        "waiting": queries.waiting_count(ids),
        "follow_ups": follow_ups,
        "unknown": queries.unknown_calls(now=moment) if supervises else 0,
        "pauses": PAUSES,
        "may_simulate": not settings.PRODUCTION,
        "secretariat_id": hand.post.secretariat_id if hand.post else None,
    }
    response = render(request, "calls/_phone_bar.html", context, status=409 if refusal else 200)
    response["Cache-Control"] = "no-store"
    events = dict(events or {})
    if refusal:
        events["toast"] = {"text": refusal}
    if events:
        response["HX-Trigger"] = json.dumps(events)
    return response
