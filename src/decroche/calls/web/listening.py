"""Let a supervisor lend an ear to her secretariat's calls, and a secretary know who listens and why."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.calls import queries
from decroche.calls import queries_talk as talks
from decroche.calls.models import Call
from decroche.calls.switchboard.orders import OrderKind
from decroche.calls.switchboard.records import StepKind
from decroche.calls.web.phone import obey
from decroche.foundation.clock import now

WAYS = {"listen", "whisper", "join", "leave"}


@require_GET
@requires(Permission.SUPERVISE_CALL)
def live(request: PersonRequest) -> HttpResponse:
    """Show who of her secretariat speaks now, to lend an ear."""
    secretariats = request.access.secretariats_for(Permission.SUPERVISE_CALL)
    hand = queries.hand_of(request.user)
    context = {"calls": talks.conversations(secretariats, but=request.user), "post": hand.post}
    shown = "calls/talk/_live.html" if request.GET.get("again") else "calls/talk/_live_dialog.html"
    response = render(request, shown, context)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@requires(Permission.SUPERVISE_CALL)
def lend_ear(request: PersonRequest, call_id: UUID, how: str) -> HttpResponse:
    """Listen, whisper to the secretary, join, or leave."""
    if how not in WAYS:
        raise Http404
    secretariats = request.access.secretariats_for(Permission.SUPERVISE_CALL)
    call = get_object_or_404(Call, pk=call_id, secretary__post__secretariat_id__in=list(secretariats))
    request.log_write("call", [str(call.pk)], practice_id=call.practice_id)
    payload = {"call_id": str(call.pk), "how": how}
    return obey(request, OrderKind.LEND_EAR, call=call, payload=payload)


@require_GET
@requires(Permission.HANDLE_CALL)
def why(request: PersonRequest, call_id: UUID) -> HttpResponse:
    """Tell the secretary who listens, since when, what is heard by whom, and what it is for."""
    call = get_object_or_404(Call.objects.select_related("listener"), pk=call_id)
    steps = call.steps.filter(kind=StepKind.LISTENING).order_by("number")
    context = {"call": call, "since": steps[0].at if steps else now()}
    return render(request, "calls/talk/_why_listening.html", context)
