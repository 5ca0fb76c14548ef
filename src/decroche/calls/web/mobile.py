"""Work from a mobile: the call rings there, and a page as wide as a hand follows it."""

import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.calls import wording
from decroche.calls.actions.give_order import OrderRefused, SwitchboardSilent
from decroche.calls.actions.route_mobile import NotAMobile, route_back, route_mobile
from decroche.calls.models import MobilePhone
from decroche.calls.web import phone as bar
from decroche.calls.web.current import who_calls
from decroche.calls.web.sip_phone import sip_context
from decroche.foundation.clock import now


@require_GET
@requires(Permission.WORK_AT_DESK)
def page(request: PersonRequest) -> HttpResponse:
    """Show the call in hand on a screen as wide as a hand: who calls, what to say, what comes of it."""
    context = bar.bar_context(request)
    context |= who_calls(request, context["call"]) | _mobile(request) | {"refusal": ""}
    response = render(request, "calls/talk/mobile.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@requires(Permission.WORK_AT_DESK)
def route(request: PersonRequest) -> HttpResponse:
    """Let my calls ring on my mobile, or on my own phone again."""
    typed = request.POST.get("number", "").strip()[:24]
    refusal = ""
    try:
        if request.POST.get("on") == "1":
            patience = bar.PATIENCE_SECONDS
            route_mobile(user=request.user, number=typed, now=now(), patience_seconds=patience)
        else:
            route_back(user=request.user, now=now(), patience_seconds=bar.PATIENCE_SECONDS)
    except NotAMobile:
        refusal = _("Ce n’est pas un numéro de téléphone.")
    except SwitchboardSilent:
        refusal = str(wording.SILENT)
    except OrderRefused as refused:
        refusal = wording.refusal(refused.refusal)
    return switch(request, refusal=refusal, typed=typed)


@require_GET
@requires(Permission.WORK_AT_DESK)
def settings(request: PersonRequest) -> HttpResponse:
    """Show « Mon téléphone »: devices, level, echo, headset, SIP phone, mobile."""
    context = _mobile(request) | sip_context(request) | {"refusal": ""}
    response = render(request, "calls/talk/_my_phone.html", context)
    response["Cache-Control"] = "no-store"
    return response


def switch(request: PersonRequest, *, refusal: str, typed: str) -> HttpResponse:
    """Answer with the switch as it is now, what was typed kept when it was refused."""
    context = _mobile(request) | {"refusal": refusal}
    if refusal:
        context["number"] = typed
    response = render(request, "calls/talk/_mobile_switch.html", context, status=422 if refusal else 200)
    response["Cache-Control"] = "no-store"
    response["HX-Trigger"] = json.dumps(bar.RINGS_ELSEWHERE)
    return response


def _mobile(request: PersonRequest) -> dict[str, Any]:
    row = MobilePhone.objects.filter(user=request.user).first()
    rings_until = row.rings_until if row is not None and row.rings_until and row.rings_until > now() else None
    known = row.number if row else ""
    return {"mobile": row, "rings_until": rings_until, "number": known}
