"""Close what a caller was owed, on the word of who spoke with him: his number alone proves nothing."""

from datetime import datetime
from typing import Final

from decroche.accounts.models import User
from decroche.calls.domain.call import Outcome
from decroche.calls.models import Call
from decroche.calls.queries_call_backs import perhaps_answered
from decroche.messaging.actions.close_follow_up import InColleaguesHand, close_follow_up
from decroche.messaging.models import FollowUp, FollowUpResult

# What came of a conversation with somebody else than whom we owe a call.
SETTLES_NOTHING: Final = frozenset({Outcome.WRONG_NUMBER, Outcome.OTHER})


def settle_call_backs(*, call: Call, by: User, now: datetime) -> list[FollowUp]:
    """Close the call-backs that a call answers; what a colleague has in hand stays hers. Return what was closed."""
    closed = []
    for row in perhaps_answered(call):
        try:
            if close_follow_up(follow_up=row, result=FollowUpResult.CALLED_AGAIN, by=by, now=now):
                closed.append(row)
        except InColleaguesHand:
            continue
    return closed
