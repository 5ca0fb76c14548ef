"""Write down what came of a conversation, in the words of who held it."""

from datetime import datetime

from django.db import transaction

from decroche.calls.events import OutcomeRecorded
from decroche.calls.models import Call, CallOutcome
from decroche.foundation.events import publish
from decroche.foundation.live import hint


class UnknownOutcome(ValueError):
    """The word is none of the outcomes."""


def record_outcome(*, call: Call, outcome: str, patient_id: int | None = None, now: datetime) -> None:
    """Set the outcome of a call, and the patient whom it was about when known; the last word counts.

    Raises UnknownOutcome.
    """
    if outcome not in CallOutcome.values:
        raise UnknownOutcome(outcome)
    fields = {"outcome": outcome} | ({"patient_id": patient_id} if patient_id else {})
    with transaction.atomic():
        Call.objects.filter(pk=call.pk).update(**fields)
        if call.practice_id is not None:
            publish(OutcomeRecorded(call_id=call.pk, practice_id=call.practice_id, outcome=outcome, at=now))
            hint("calllog", practice_id=call.practice_id, call_id=str(call.pk))
    call.outcome = outcome
