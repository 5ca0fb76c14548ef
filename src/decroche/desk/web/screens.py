"""Show the desk: the same three zones for a call, for a practice opened by hand, and between calls."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.desk import queries
from decroche.foundation.clock import now
from decroche.practices.models import Practice


@require_GET
@requires(Permission.WORK_AT_DESK)
def home(request: PersonRequest) -> HttpResponse:
    """Open the desk where she is: at the call in hand, else between calls."""
    in_hand = queries.in_hand(request.user)
    if in_hand is not None:
        return _practice(request, in_hand.practice_id, call=in_hand)
    return _between(request)


@require_GET
@requires(Permission.WORK_AT_DESK)
def between(request: PersonRequest) -> HttpResponse:
    """Show her practices' day."""
    return _between(request)


@require_GET
@requires(Permission.WORK_AT_DESK)
def practice(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Show a practice that she chose herself; ``?patient=`` shows one of its patients."""
    in_hand = queries.in_hand(request.user)
    call = in_hand if in_hand is not None and in_hand.practice_id == practice_id else None
    patient = request.GET.get("patient", "")
    return _practice(
        request, practice_id, call=call, patient_id=int(patient) if patient.isdecimal() else None,
        other_call=in_hand if call is None else None,
    )  # fmt: skip


@require_GET
@requires(Permission.WORK_AT_DESK)
def call(request: PersonRequest, call_id: UUID) -> HttpResponse:
    """Show the practice of a call that rings for her or that she has in hand."""
    in_hand = queries.in_hand(request.user)
    if in_hand is None or in_hand.call_id != call_id:
        raise Http404
    return _practice(request, in_hand.practice_id, call=in_hand)


@require_GET
@requires(Permission.WORK_AT_DESK)
def now_in_hand(request: PersonRequest) -> JsonResponse:
    """Tell the screen which call is in hand; ids only."""
    in_hand = queries.in_hand(request.user)
    told = {
        "state": in_hand.post_state if in_hand else "",
        "call": str(in_hand.call_id) if in_hand else None,
        "practice": in_hand.practice_id if in_hand else None,
    }
    return JsonResponse(told, headers={"Cache-Control": "no-store"})


def _between(request: PersonRequest) -> HttpResponse:
    moment = now()
    day = queries.day(request.access.practices_for(Permission.WORK_AT_DESK), reader=request.user, now=moment)
    return _show(request, "desk/_between.html", {"day": day, "now": moment})


def _practice(
    request: PersonRequest,
    practice_id: int,
    *,
    call: queries.InHand | None = None,
    other_call: queries.InHand | None = None,
    patient_id: int | None = None,
) -> HttpResponse:
    try:
        head = queries.practice_head(practice_id)
    except Practice.DoesNotExist:
        raise Http404 from None
    context = {
        "head": head,
        "practice": head.practice,
        "hand": call,
        "other_call": other_call,
        "patient_id": patient_id,
    }
    return _show(request, "desk/_practice.html", context | {"now": now()})


def _show(request: HttpRequest, zones: str, context: dict[str, Any]) -> HttpResponse:
    """Return the zones alone to htmx, the whole desk otherwise."""
    part = request.headers.get("HX-Request") and not request.headers.get("HX-History-Restore-Request")
    response = render(request, zones if part else "desk/home.html", context | {"zones": zones})
    response["Cache-Control"] = "no-store"
    response["Vary"] = "HX-Request"
    return response
