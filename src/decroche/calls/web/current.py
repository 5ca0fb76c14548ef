"""Show the call that rings or is in hand, and ask what came of it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.calls import queries
from decroche.calls import queries_talk as talks
from decroche.calls.actions.record_outcome import UnknownOutcome, record_outcome
from decroche.calls.domain.call import Outcome
from decroche.calls.models import Call, CallOutcome, Post
from decroche.calls.web import call_back_answered
from decroche.foundation.clock import now
from decroche.messaging import queries as messaging
from decroche.messaging.models import FollowUp, Message
from decroche.patients import queries as patients
from decroche.patients.models import Patient
from decroche.scheduling.queries.appointments import AppointmentView, appointments_of_call

SHOWN_PATIENTS = 4
# One key each, once the call is over; letters that no panel of the desk uses.
KEYS = {
    Outcome.BOOKED: "r",
    Outcome.MOVED: "d",
    Outcome.CANCELLED: "x",
    Outcome.MESSAGE: "m",
    Outcome.INFORMATION: "i",
    Outcome.EMERGENCY: "u",
    Outcome.WRONG_NUMBER: "f",
    Outcome.OTHER: "o",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """Hold one outcome as a button."""

    value: str
    label: str
    key: str
    is_chosen: bool
    is_proposed: bool


@dataclass(frozen=True, slots=True)
class CameOf:
    """Hold what a call led to."""

    appointments: list[AppointmentView]
    messages: list[Message]
    follow_ups: list[FollowUp]

    def __bool__(self) -> bool:
        return bool(self.appointments or self.messages or self.follow_ups)


@require_GET
@requires(Permission.HANDLE_CALL)
def current(request: PersonRequest) -> HttpResponse:
    """Show the call in hand: what to say, who calls and who that may be."""
    return draw(request)


def draw(request: PersonRequest) -> HttpResponse:
    """Draw the call in hand."""
    hand = queries.hand_of(request.user)
    call = hand.call
    context = {
        "post": hand.post,
        "call": call,
        "state": hand.post.state if hand.post else "away",
        **who_calls(request, call),
        "talk": talks.talk_of(call, request.user, now=now()) if call is not None else None,
        "perhaps": call_back_answered.proposed(request, call),
        "today": timezone.localdate(now()),
    }
    response = render(request, "calls/_current.html", context)
    response["Cache-Control"] = "no-store"
    return response


def who_calls(request: PersonRequest, call: Call | None) -> dict[str, Any]:
    """Return the patients who have the caller's number, and note that they were shown."""
    known: list[Patient] = []
    if call is not None and call.practice_id is not None:
        known = patients.by_phone(call.practice_id, call.caller_number)
        request.log_read("call", [str(call.pk)], practice_id=call.practice_id)
        if known:
            request.log_read("patient", [patient.pk for patient in known], practice_id=call.practice_id)
    return {"known": known[:SHOWN_PATIENTS], "more": max(0, len(known) - SHOWN_PATIENTS)}


@require_http_methods(["GET", "POST"])
@requires(Permission.HANDLE_CALL)
def outcome(request: PersonRequest, call_id: UUID) -> HttpResponse:
    """Ask what came of the call, in one key; then the countdown of wrap-up."""
    call = get_object_or_404(Call.objects.select_related("practice", "secretary"), pk=call_id)
    status = 200
    listens = talks.role_of(call, request.user) is talks.Role.LISTENER
    if request.method == "POST" and not listens:
        try:
            record_outcome(
                call=call,
                outcome=request.POST.get("outcome", ""),
                patient_id=_patient(request, call),
                now=now(),
            )
            call_back_answered.settle_by_outcome(request, call)
        except UnknownOutcome:
            status = 422
        request.log_write("call", [str(call.pk)], practice_id=call.practice_id)
    hand = queries.hand_of(request.user)
    mine = hand.post is not None and hand.post.call_id == call.pk
    came = _came_of(call)
    choices = _choices(call, came)
    context = {
        "call": call,
        "post": hand.post if mine else None,
        "state": hand.post.state if hand.post and mine else "",
        "choices": choices,
        "has_proposal": any(choice.is_proposed for choice in choices),
        "wrap_seconds": _wrap_seconds(hand.post),
        "came": came,
        "listens": listens,
    }
    response = render(request, "calls/_outcome.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _wrap_seconds(post: Post | None) -> int:
    """Return how long wrap-up lasts in all, for its bar."""
    if post is None or post.wrap_up_until is None:
        return 1
    return max(1, int((post.wrap_up_until - post.since).total_seconds()))


def _patient(request: PersonRequest, call: Call) -> int | None:
    """Return the patient chosen on the desk when it is one of the practice called."""
    raw = request.POST.get("patient_id", "")
    if not raw.isdecimal() or len(raw) > 18:  # noqa: PLR2004
        return None
    found: int | None = (
        Patient.objects.filter(pk=int(raw), practice_id=call.practice_id or 0)
        .values_list("pk", flat=True)
        .first()
    )
    return found


def _choices(call: Call, came: CameOf) -> list[Choice]:
    proposed = "" if call.outcome else proposal(call, came)
    return [
        Choice(
            value,
            str(CallOutcome(value).label),
            KEYS.get(Outcome(value), ""),
            call.outcome == value,
            proposed == value,
        )
        for value in CallOutcome.values
        if value != CallOutcome.TRANSFERRED or call.end_reason == "transferred" or call.outcome == value
    ]


def _came_of(call: Call) -> CameOf:
    """Return what was done during the call (three queries)."""
    return CameOf(
        appointments_of_call(call_id=call.pk),
        messaging.of_call(call.pk),
        messaging.follow_ups_of_call(call.pk),
    )


def proposal(call: Call, came: CameOf) -> str:
    """Return what probably came of the call, from what was done during it."""
    if call.end_reason == "transferred":
        return CallOutcome.TRANSFERRED
    if any(appointment.moved_from for appointment in came.appointments):
        return CallOutcome.MOVED
    if any(appointment.status == "cancelled" for appointment in came.appointments):
        return CallOutcome.CANCELLED
    if came.appointments:
        return CallOutcome.BOOKED
    if came.messages:
        return CallOutcome.MESSAGE
    return ""
