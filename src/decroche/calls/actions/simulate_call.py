"""Have the exchange place a call to one of our own lines, as a patient would."""

import random
from collections.abc import Collection
from datetime import datetime

from decroche.accounts.models import User
from decroche.calls.actions.give_order import PATIENCE_SECONDS, give_order_and_wait
from decroche.calls.domain.callflow import Then, treat
from decroche.calls.domain.hours import moment_at
from decroche.calls.queries_plans import plans_of
from decroche.calls.switchboard.orders import OrderKind
from decroche.foundation.tenancy import practice_scope
from decroche.patients.models import PatientPhone
from decroche.practices.models import Line

VOICES = ("appointment", "appointment", "appointment", "results", "cancel", "child", "lost", "urgent")
STRANGER = "+33639980000"  # in the range that ARCEP keeps for fiction


class NoLine(Exception):
    """None of the practices has a line in service."""


def simulate_call(
    *,
    user: User,
    practice_ids: Collection[int],
    now: datetime,
    dice: random.Random,
    patience_seconds: float = PATIENCE_SECONDS,
) -> Line:
    """Let a patient of one of the practices, or a stranger, call it; return the line that rings.

    Raises NoLine, SwitchboardSilent, OrderRefused.
    """
    with practice_scope(practice_ids):
        lines = list(Line.objects.filter(is_active=True).select_related("practice").order_by("pk"))
        if not lines:
            raise NoLine
        line = dice.choice(_ringing(lines, now) or lines)
        number = _somebody(line.practice_id, dice)
    give_order_and_wait(
        kind=OrderKind.SIMULATE_CALL,
        user=user,
        now=now,
        payload={
            "called_number": line.number,
            "caller_number": number,
            "caller_name": "",
            "voice": dice.choice(VOICES),
        },
        patience_seconds=patience_seconds,
    )
    return line


def _ringing(lines: list[Line], now: datetime) -> list[Line]:
    """Return the lines whose callers go straight to the secretaries now: nobody is there to press a menu's key."""
    plans = plans_of(lines, now=now)
    return [
        line
        for line in lines
        if treat((found := plans[line.pk]).plan, moment_at(found.hours, now).what).then is Then.TEAM
    ]


def _somebody(practice_id: int, dice: random.Random) -> str:
    """Return the number of one of the practice's patients; of a stranger when it has none, or one time in five."""
    phones = PatientPhone.objects.filter(patient__practice_id=practice_id).order_by("pk")
    count = min(phones.count(), 500)
    if not count or dice.random() < 0.2:  # noqa: PLR2004
        return STRANGER
    return phones[dice.randrange(count)].number
