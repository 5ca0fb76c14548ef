"""Let a practitioner wish something of the agenda, and the desk read it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from decroche.accounts.models import User
from decroche.companion.domain.asking import Until, end_of
from decroche.companion.domain.wording import wish_words, with_dates
from decroche.instructions.actions.add_instruction import add_instruction
from decroche.instructions.models import Instruction, InstructionKind
from decroche.practices.models import Practitioner
from decroche.scheduling.actions.set_wish import set_wish
from decroche.scheduling.models import Wish

_KINDS = {
    Wish.Kind.NO_NEW_PATIENTS: InstructionKind.NO_NEW_PATIENTS,
    Wish.Kind.END_AT: InstructionKind.END_OF_DAY,
}


def ask_wish(
    *,
    practitioner: Practitioner,
    kind: str,
    until: Until,
    by: User,
    now: datetime,
    count: int | None = None,
    pause_minutes: int = 10,
) -> Instruction:
    """Write the instruction and the wish that it makes, in one transaction: both hold at once, both end together.

    Raises `WishIncomplete`.
    """
    zone = ZoneInfo(practitioner.practice.timezone)
    ends_at = end_of(until, now=now, zone=zone)
    today = now.astimezone(zone).date()
    last = last_day(ends_at, zone)
    words = wish_words(kind, at=None, count=count, pause_minutes=pause_minutes)
    with transaction.atomic():
        instruction = add_instruction(
            practice=practitioner.practice,
            practitioner=practitioner,
            kind=instruction_kind(kind),
            body=with_dates(words, first=today, last=last, today=today),
            ends_at=ends_at,
            by=by,
            now=now,
        )
        set_wish(
            practitioner=practitioner,
            kind=kind,
            valid_from=today,
            valid_until=last,
            count=count,
            pause_minutes=pause_minutes,
            instruction_id=instruction.pk,
            by=by,
            now=now,
        )
    return instruction


def instruction_kind(kind: str) -> InstructionKind:
    """Return under which kind the desk files what a wish asks."""
    return _KINDS.get(Wish.Kind(kind), InstructionKind.BOOKING)


def last_day(ends_at: datetime | None, zone: ZoneInfo) -> date | None:
    """Return the last civil day of what ends at an instant (excluded)."""
    return None if ends_at is None else (ends_at - timedelta(microseconds=1)).astimezone(zone).date()
