"""The doors of the forwarding: what to dial, and the test call that proves it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.calls import wording
from decroche.calls.actions.check_forwarding import await_test_call, stop_awaiting
from decroche.calls.actions.give_order import OrderRefused, SwitchboardSilent, give_order_and_wait
from decroche.calls.models import CallPlan, Post
from decroche.calls.switchboard.orders import OrderKind
from decroche.calls.web.lines.codes import diallings, national
from decroche.calls.web.lines.doors import MAY
from decroche.calls.web.lines.page import is_fragment, say
from decroche.foundation import clock
from decroche.practices.models import Line


@require_GET
@requires(MAY)
def show(request: PersonRequest, phone_line_id: int) -> HttpResponse:
    """Say what to dial, and how the check stands."""
    return _panel(request, _line(phone_line_id))


@require_POST
@requires(MAY)
def check(request: PersonRequest, phone_line_id: int) -> HttpResponse:
    """Wait for a test call, or stop waiting; place it ourselves where a telephone of ours is at hand."""
    line = _line(phone_line_id)
    text = ""
    if "stop" in request.POST:
        stop_awaiting(line=line)
    else:
        await_test_call(line=line, now=clock.now())
        if "place" in request.POST and _may_place(request, line):
            text = _place(request, line)
    if is_fragment(request):
        answer = _panel(request, line)
        return say(answer, text) if text else answer
    if text:
        messages.info(request, text)
    return HttpResponseRedirect(reverse("calls:line_forwarding", args=[line.pk]))


def _may_place(request: PersonRequest, line: Line) -> bool:
    """Say whether this person's own telephone is there to call the practice."""
    return (
        bool(line.practice.phone)
        and request.access.allows(Permission.PLACE_CALL, line.practice_id)
        and Post.objects.filter(user=request.user, registered=True, state="available").exists()
    )


def _place(request: PersonRequest, line: Line) -> str:
    """Let the person's telephone ring, then the practice's number; return what to tell."""
    payload = {
        "number": line.practice.phone,
        "practice_id": line.practice_id,
        "line_id": None,
        "follow_up_id": None,
    }
    try:
        give_order_and_wait(kind=OrderKind.CALL_OUT, user=request.user, now=clock.now(), payload=payload)
    except SwitchboardSilent:
        return str(wording.SILENT)
    except OrderRefused as refused:
        return wording.refusal(refused.refusal)
    return _("Votre téléphone sonne : décrochez, et le cabinet est appelé.")


def _line(line_id: int) -> Line:
    line: Line = get_object_or_404(Line.objects.select_related("practice"), pk=line_id)
    return line


def _panel(request: PersonRequest, line: Line) -> HttpResponse:
    template = "calls/lines/_forwarding.html" if is_fragment(request) else "calls/lines/forwarding.html"
    context = panel_context(line) | {"may_place": _may_place(request, line)}
    return render(request, template, context)


def panel_context(line: Line) -> dict[str, Any]:
    """Return what the panel needs (one query)."""
    now = clock.now()
    plan = CallPlan.objects.filter(line=line).first() or CallPlan(line=line)
    until = plan.forwarding_check_until
    return {
        "line": line,
        "practice": line.practice,
        "plan": plan,
        "diallings": diallings(plan.operator, plan.forwarding, line.number),
        "digits": national(line.number),
        "is_direct": line.practice.phone == line.number,
        "is_awaited": until is not None and until > now,
        "is_late": until is not None and until <= now,
        "now": now,
    }
