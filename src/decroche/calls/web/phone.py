"""Show the phone bar, and pass on what is pressed there."""

import json
import random
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.calls import queries, wording
from decroche.calls import queries_talk as talks
from decroche.calls.actions.give_order import OrderRefused, SwitchboardSilent, give_order_and_wait
from decroche.calls.actions.simulate_call import NoLine, simulate_call
from decroche.calls.models import Call, Pause
from decroche.calls.switchboard.orders import OrderKind
from decroche.calls.web.current import who_calls
from decroche.foundation.clock import now
from decroche.messaging import queries as messaging

PAUSES = [Pause.BREAK, Pause.LUNCH, Pause.PAPERWORK, Pause.MEETING]
# What is asked of the call in hand with one press, and what the switchboard is told.
CALL_ORDERS: Final[Mapping[str, tuple[OrderKind, Mapping[str, Any]]]] = {
    "hold": (OrderKind.HOLD, {}),
    "resume": (OrderKind.RESUME, {}),
    "hang-up": (OrderKind.HANG_UP, {}),
    "mute": (OrderKind.MUTE, {"muted": True}),
    "unmute": (OrderKind.MUTE, {"muted": False}),
    "park": (OrderKind.PARK, {}),
    "record": (OrderKind.RECORD, {"on": True}),
    "stop-recording": (OrderKind.RECORD, {"on": False}),
    "to-party": (OrderKind.MIX, {"how": "consult"}),
    "to-caller": (OrderKind.MIX, {"how": "caller"}),
    "all": (OrderKind.MIX, {"how": "all"}),
    "give": (OrderKind.MIX, {"how": "give"}),
    "drop": (OrderKind.DROP_PARTY, {}),
    "urgent": (OrderKind.SET_URGENCY, {"urgency": 2}),
    "not-urgent": (OrderKind.SET_URGENCY, {"urgency": 0}),
}
SAID: Final[Mapping[str, Any]] = {
    "park": gettext_lazy("L’appelant est garé : une collègue peut le prendre."),
    "give": gettext_lazy("L’appel est passé ; vous l’avez quitté."),
}
POST_ORDERS = {
    "pick-up": OrderKind.PICK_UP,
    "put-down": OrderKind.PUT_DOWN,
    "end-wrap-up": OrderKind.END_WRAP_UP,
    "extend-wrap-up": OrderKind.EXTEND_WRAP_UP,
}
STATES = {"available", "paused", "away"}
PATIENCE_SECONDS = 1.2
CHANGED = {"phone-changed": {"target": "body"}}  # panels beside the bar read themselves again
# … and the browser is her phone, or is not.
RINGS_ELSEWHERE = CHANGED | {"softphone-changed": {"target": "body"}}


@require_GET
@requires(Permission.WORK_AT_DESK)
def phone_bar(request: PersonRequest) -> HttpResponse:
    """Show my state, the call in hand, who waits."""
    return show_bar(request)


@require_POST
@requires(Permission.HANDLE_CALL)
def call_order(request: PersonRequest, call_id: UUID, order: str) -> HttpResponse:
    """Do to the call in hand what takes one press: hold, mute, park, speak in turn, give, hang up."""
    if order not in CALL_ORDERS:
        raise Http404
    kind, payload = CALL_ORDERS[order]
    call = get_object_or_404(Call, pk=call_id)
    request.log_write("call", [str(call.pk)], practice_id=call.practice_id)
    said = SAID.get(order)
    return obey(
        request,
        kind,
        call=call,
        payload=dict(payload),
        events={"toast": {"text": str(said)}} if said else None,
    )


@require_POST
@requires(Permission.WORK_AT_DESK)
def post_order(request: PersonRequest, order: str) -> HttpResponse:
    """Pick up or refuse (simulated telephony), extend or end wrap-up."""
    kind = POST_ORDERS.get(order)
    if kind is None:
        raise Http404
    events = {"call-finished": {"target": "body"}} if kind is OrderKind.END_WRAP_UP else {}
    return obey(request, kind, payload={"seconds": 60}, events=events)


@require_POST
@requires(Permission.WORK_AT_DESK)
def set_state(request: PersonRequest, state: str) -> HttpResponse:
    """Be available, pause with a reason, or leave the post."""
    if state not in STATES:
        raise Http404
    reason = request.POST.get("reason", "")
    if reason not in Pause.values:
        reason = ""
    return obey(
        request, OrderKind.SET_STATE, payload={"state": state, "reason": reason if state == "paused" else ""}
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
        return show_bar(request, refusal=_("Aucun de vos cabinets n’a de ligne en service."))
    except SwitchboardSilent:
        return show_bar(request, refusal=str(wording.SILENT))
    except OrderRefused as refused:
        return show_bar(request, refusal=wording.refusal(refused.refusal))
    text = _("Un appel part vers %(practice)s.") % {"practice": line.practice.name}
    return show_bar(request, events={"toast": {"text": text}})


def obey(
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
        return show_bar(request, refusal=str(wording.SILENT))
    except OrderRefused as refused:
        return show_bar(request, refusal=wording.refusal(refused.refusal))
    if not done:
        return show_bar(request, events={"toast": {"text": str(wording.LATE)}})
    return show_bar(request, events=events)


def show_bar(
    request: PersonRequest, *, refusal: str = "", events: dict[str, Any] | None = None
) -> HttpResponse:
    """Answer with the bar as it is now, a refusal in a sentence, and what else the page is to know."""
    context = bar_context(request)
    template = "calls/_phone_bar.html"
    if request.headers.get("HX-Current-URL", "").split("?")[0].endswith(reverse("calls:mobile")):
        template, context = "calls/talk/_mobile.html", context | who_calls(request, context["call"])
    response = render(request, template, context, status=409 if refusal else 200)
    response["Cache-Control"] = "no-store"
    events = (CHANGED if request.method == "POST" else {}) | (events or {})
    if refusal:
        events = CHANGED | {"toast": {"text": refusal}}
    if events:
        response["HX-Trigger"] = json.dumps(events)
    return response


def bar_context(request: PersonRequest) -> dict[str, Any]:
    """Return what the bar shows, on the desk as on a mobile."""
    moment = now()
    ids = request.access.practices_for(Permission.WORK_AT_DESK)
    hand = queries.hand_of(request.user)
    call = hand.call
    around = talks.beside(ids)
    supervises = bool(request.access.secretariats_for(Permission.SEE_POSTS))
    return {
        "post": hand.post,
        "call": call,
        "state": hand.post.state if hand.post else "away",
        "talk": talks.talk_of(call, request.user, now=moment) if call is not None else None,
        "telephony": queries.telephony_state(now=moment),
        "around": around,
        "follow_ups": messaging.follow_up_counts(ids, now=moment),
        "unknown": queries.unknown_calls(now=moment) if supervises else 0,
        "may_call": request.access.allows(Permission.PLACE_CALL),
        "rings_on": talks.rings_on(request.user, now=moment),
        "may_supervise": request.access.allows(Permission.SUPERVISE_CALL),
        "pauses": PAUSES,
        "may_simulate": not settings.PRODUCTION,
        "secretariat_id": hand.post.secretariat_id if hand.post else None,
    }
