"""Pass a call on, ask a third person something first, take a parked caller, press keys for the other end."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.calls import queries_talk as talks
from decroche.calls.models import Call
from decroche.calls.switchboard.orders import OrderKind
from decroche.calls.web.phone import obey, show_bar
from decroche.foundation.clock import now
from decroche.kernel import phone
from decroche.practices.models import Practitioner

LONGEST_DIGITS = 32
KEYS = "123456789*0#"


@require_GET
@requires(Permission.HANDLE_CALL)
def dialog(request: PersonRequest, call_id: UUID) -> HttpResponse:
    """Propose whom the call may be passed to, each with what is known of being reachable."""
    call = _call(call_id)
    moment = now()
    context = {
        "call": call,
        "doctors": talks.doctors_of(call, now=moment),
        "colleagues": talks.colleagues_of(call, request.user, now=moment),
        "site_phone": _site_phone(call),
        "now": moment,
    }
    response = render(request, "calls/_transfer.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@requires(Permission.HANDLE_CALL)
def pass_on(request: PersonRequest, call_id: UUID) -> HttpResponse:
    """Ring whom she chose: to be asked first, or to be given the caller at once."""
    call = _call(call_id)
    payload, name = _aim(request, call)
    if not payload:
        return show_bar(request, refusal=_("Ce n’est pas un numéro de téléphone."))
    at_once = request.POST.get("how") == "at-once"
    if at_once:
        text = _("%(name)s va sonner ; l’appelant lui est passé.") % {"name": name}
    else:
        text = _("%(name)s va sonner ; l’appelant patiente en musique.") % {"name": name}
    request.log_write("call", [str(call.pk)], practice_id=call.practice_id)
    kind = OrderKind.TRANSFER_TO if at_once else OrderKind.RING_PARTY
    return obey(request, kind, call=call, payload=payload, events={"toast": {"text": text}})


@require_POST
@requires(Permission.HANDLE_CALL)
def unpark(request: PersonRequest, call_id: UUID) -> HttpResponse:
    """Let my phone ring for a caller whom somebody parked."""
    call = _call(call_id)
    request.log_write("call", [str(call.pk)], practice_id=call.practice_id)
    return obey(request, OrderKind.UNPARK, call=call, payload={"call_id": str(call.pk)})


@require_GET
@requires(Permission.HANDLE_CALL)
def keypad(request: PersonRequest, call_id: UUID) -> HttpResponse:
    """Show the keys of a telephone."""
    return render(request, "calls/talk/_keypad.html", {"call": _call(call_id), "keys": KEYS})


@require_POST
@requires(Permission.HANDLE_CALL)
def digits(request: PersonRequest, call_id: UUID) -> HttpResponse:
    """Press keys for an automatic exchange at the other end."""
    call = _call(call_id)
    pressed = request.POST.get("digits", "")[:LONGEST_DIGITS]
    return obey(request, OrderKind.DIGITS, call=call, payload={"digits": pressed})


def _call(call_id: UUID) -> Call:
    call: Call = get_object_or_404(Call.objects.select_related("practice", "line"), pk=call_id)
    return call


def _site_phone(call: Call) -> str:
    """Return the telephone of the practice itself, where somebody may be on the spot."""
    if call.practice is None or not call.practice.phone:
        return ""
    number = phone.parse_or_none(call.practice.phone, region=call.practice.country_code) or ""
    return "" if call.line is not None and number == call.line.number else number


def _aim(request: PersonRequest, call: Call) -> tuple[dict[str, Any], str]:
    """Return what the switchboard is told of whom she chose, and the name; only people of this practice count."""
    kind, _sep, rest = request.POST.get("to", "").partition(":")
    region = call.practice.country_code if call.practice else "FR"
    if kind == "practitioner" and rest.isdecimal():
        row = get_object_or_404(Practitioner, pk=int(rest), practice_id=call.practice_id or 0)
        number = phone.parse_or_none(row.phone, region=region) if row.phone else None
        return ({"number": number}, row.display_name) if number else ({}, "")
    if kind == "colleague" and rest.isdecimal():
        found = talks.colleagues_of(call, request.user, now=now())
        post = next((one.post for one in found if one.post.user_id == int(rest)), None)
        if post is None:
            raise Http404
        return {"user_id": post.user_id}, post.user.display_name
    if kind == "practice" and (number := _site_phone(call)):
        return {"number": number}, call.practice.name if call.practice else ""
    typed = request.POST.get("number", "").strip()[:24]
    number = phone.parse_or_none(typed, region=region)
    # What is no number is told as typed: the switchboard knows why the 15 never goes through us.
    return ({"number": number or typed}, phone.display(number) if number else typed) if typed else ({}, "")
