"""Ask who speaks with a caller whether he answers the call that we owe his number: anybody can forge a number."""

from typing import Final

from decroche.accounts.guard import PersonRequest
from decroche.calls.actions.settle_call_backs import SETTLES_NOTHING, settle_call_backs
from decroche.calls.models import Call
from decroche.calls.queries_call_backs import perhaps_answered
from decroche.foundation.clock import now
from decroche.messaging.models import FollowUp

_DENIED: Final = "calls_another_caller"  # of the session: calls that answer nothing
_KEPT: Final = 20


def proposed(request: PersonRequest, call: Call | None) -> list[FollowUp]:
    """Return the call-backs that the call in hand may answer; none once she has said that it is somebody else."""
    if call is None or call.secretary_id != request.user.pk or is_denied(request, call):
        return []
    return [row for row in perhaps_answered(call) if _is_hers(request, row)]


def deny(request: PersonRequest, call: Call) -> None:
    """Remember that it is somebody else: what we owe the number stays owed, whatever comes of this call."""
    before = [one for one in request.session.get(_DENIED, []) if one != str(call.pk)]
    request.session[_DENIED] = [*before, str(call.pk)][-_KEPT:]


def is_denied(request: PersonRequest, call: Call) -> bool:
    """Say whether she said that this call is somebody else's."""
    return str(call.pk) in request.session.get(_DENIED, [])


def settle(request: PersonRequest, call: Call) -> list[FollowUp]:
    """Close what the call answers, and say so in the access log."""
    closed = settle_call_backs(call=call, by=request.user, now=now())
    if closed:
        request.log_write("follow_up", [row.pk for row in closed], practice_id=call.practice_id)
    return closed


def settle_by_outcome(request: PersonRequest, call: Call) -> None:
    """Close what the call answers when what came of it says that it was he."""
    is_hers = call.secretary_id == request.user.pk and not is_denied(request, call)
    if is_hers and call.outcome not in SETTLES_NOTHING:
        settle(request, call)


def _is_hers(request: PersonRequest, row: FollowUp) -> bool:
    return not row.is_in_hand(now=now()) or row.assigned_to_id == request.user.pk
