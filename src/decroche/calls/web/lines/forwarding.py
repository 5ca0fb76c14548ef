"""The doors of the forwarding: what to dial, and the test call that proves it."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.calls.actions.check_forwarding import await_test_call, stop_awaiting
from decroche.calls.models import CallPlan
from decroche.calls.web.lines.codes import diallings, national
from decroche.calls.web.lines.doors import MAY
from decroche.calls.web.lines.page import is_fragment
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
    """Wait for a test call, or stop waiting."""
    line = _line(phone_line_id)
    if "stop" in request.POST:
        stop_awaiting(line=line)
    else:
        await_test_call(line=line, now=clock.now())
    if is_fragment(request):
        return _panel(request, line)
    return HttpResponseRedirect(request.path)


def _line(line_id: int) -> Line:
    line: Line = get_object_or_404(Line.objects.select_related("practice"), pk=line_id)
    return line


def _panel(request: PersonRequest, line: Line) -> HttpResponse:
    template = "calls/lines/_forwarding.html" if is_fragment(request) else "calls/lines/forwarding.html"
    return render(request, template, panel_context(line))


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
