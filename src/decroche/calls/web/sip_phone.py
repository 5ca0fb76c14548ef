"""Let her calls ring on a SIP phone of any make: what to type into it, whether it is there, and put it away again."""

import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.calls import queries, wording
from decroche.calls import queries_talk as talks
from decroche.calls.actions.give_order import OrderRefused, SwitchboardSilent
from decroche.calls.actions.sip_phone import connect, put_away
from decroche.calls.web import phone as bar
from decroche.calls.web.addresses import sip_server
from decroche.foundation.clock import now


@require_GET
@requires(Permission.WORK_AT_DESK)
def state(request: PersonRequest) -> HttpResponse:
    """Show whether my calls ring on a SIP phone, and whether it is there."""
    return _show(request)


@require_POST
@requires(Permission.WORK_AT_DESK)
def switch(request: PersonRequest) -> HttpResponse:
    """Connect a SIP phone, and show once what to type into it; or put it away."""
    if request.POST.get("on") != "1":
        put_away(user=request.user, now=now())
        return _show(request, has_changed=True)
    try:
        opened = connect(user=request.user, now=now(), patience_seconds=bar.PATIENCE_SECONDS)
    except SwitchboardSilent:
        return _show(request, refusal=str(wording.SILENT))
    except OrderRefused as refused:
        return _show(request, refusal=wording.refusal(refused.refusal))
    return _show(request, opened=opened, has_changed=True)


def sip_context(request: PersonRequest) -> dict[str, Any]:
    """Return what the section on the SIP phone shows (two queries)."""
    post = queries.hand_of(request.user).post
    return {
        "sip": talks.rings_on(request.user, now=now()).sip,
        "is_there": post is not None and post.registered,
        "server": sip_server(post.exchange if post else ""),
    }


def _show(request: PersonRequest, *, has_changed: bool = False, **told: Any) -> HttpResponse:
    status = 422 if told.get("refusal") else 200
    response = render(request, "calls/talk/_sip_phone.html", sip_context(request) | told, status=status)
    response["Cache-Control"] = "no-store"
    if has_changed:
        response["HX-Trigger"] = json.dumps(bar.RINGS_ELSEWHERE)
    return response
