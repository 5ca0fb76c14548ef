"""Stop asking something of the desk."""

from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.foundation.events import publish
from decroche.foundation.live import hint
from decroche.instructions.events import InstructionEnded
from decroche.instructions.models import Instruction


def end_instruction(*, instruction: Instruction, by: User, now: datetime) -> bool:
    """End an instruction now; return whether it was this that ended it (twice is harmless)."""
    with transaction.atomic():
        ended: bool = bool(
            Instruction.objects.filter(pk=instruction.pk, ended_at=None).update(ended_at=now, ended_by=by)
        )
        if ended:
            publish(
                InstructionEnded(
                    instruction_id=instruction.pk,
                    practice_id=instruction.practice_id,
                    practitioner_id=instruction.practitioner_id,
                    kind=instruction.kind,
                    by_id=by.pk,
                    at=now,
                )
            )
            hint("instructions", practice_id=instruction.practice_id, instruction_id=instruction.pk)
    return ended
