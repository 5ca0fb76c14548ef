"""Tie a call to the patient whom it is about."""

from django.db import transaction

from decroche.calls.models import Call
from decroche.foundation.live import hint


def name_caller(*, call: Call, patient_id: int | None) -> None:
    """Keep who the call is about; a caller's number is a hint, so a human says it."""
    with transaction.atomic():
        Call.objects.filter(pk=call.pk).update(patient_id=patient_id)
        if call.practice_id is not None:
            hint("calllog", practice_id=call.practice_id, call_id=str(call.pk))
