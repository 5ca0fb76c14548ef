"""End what was asked of the desk, and what it did to the agenda with it."""

from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.instructions.actions.end_instruction import end_instruction
from decroche.instructions.models import Instruction
from decroche.scheduling.actions.end_wish import end_wish
from decroche.scheduling.actions.remove_absence import remove_absence


def take_back(*, instruction: Instruction, by: User, now: datetime) -> bool:
    """End the instruction now and open the agenda that it had closed; return whether it was still running."""
    with transaction.atomic():
        ended = end_instruction(instruction=instruction, by=by, now=now)
        remove_absence(instruction_id=instruction.pk, by=by, now=now)
        end_wish(instruction_id=instruction.pk, by=by, now=now)
    return ended
