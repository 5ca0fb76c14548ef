"""Act on what happened to calls, once it is committed."""

from decroche.calls.actions.check_forwarding import prove_forwarding
from decroche.calls.events import CallArrived
from decroche.foundation.events import listener
from decroche.foundation.tenancy import practice_scope


@listener(CallArrived)
def prove_that_calls_are_forwarded(event: CallArrived) -> None:
    """Turn a line's check green when the awaited call arrives."""
    with practice_scope([event.practice_id]):
        prove_forwarding(line_id=event.line_id, at=event.at)
