"""Prove that a practice's operator forwards its calls: one call that arrives in time."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from decroche.calls.actions.save_plan import lock_plan, tell
from decroche.calls.models import CallPlan
from decroche.practices.models import Line

AWAITED_FOR: Final = timedelta(minutes=3)


def await_test_call(*, line: Line, now: datetime) -> CallPlan:
    """Wait for a test call on this line, for three minutes."""
    with transaction.atomic():
        plan = lock_plan(line)
        plan.forwarding_check_until = now + AWAITED_FOR
        plan.save(update_fields=["forwarding_check_until"])
        tell(plan)
    return plan


def stop_awaiting(*, line: Line) -> CallPlan:
    """Wait no longer; what was proved before stays so."""
    with transaction.atomic():
        plan = lock_plan(line)
        plan.forwarding_check_until = None
        plan.save(update_fields=["forwarding_check_until"])
        tell(plan)
    return plan


def prove_forwarding(*, line_id: int, at: datetime) -> bool:
    """Note that a call arrived on this line at ``at``; say whether one was awaited then. Twice changes nothing."""
    with transaction.atomic():
        plan = (
            CallPlan.objects.select_for_update(of=("self",))
            .select_related("line")
            .filter(
                line_id=line_id,
                forwarding_check_until__gte=at,
                forwarding_check_until__lte=at + AWAITED_FOR,
            )
            .first()
        )
        if plan is None:
            return False
        plan.forwarding_checked_at = at
        plan.forwarding_check_until = None
        plan.save(update_fields=["forwarding_checked_at", "forwarding_check_until"])
        tell(plan)
    return True
