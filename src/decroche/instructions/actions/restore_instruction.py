"""Take back the ending of an instruction."""

from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.foundation.events import publish
from decroche.foundation.live import hint
from decroche.instructions.events import InstructionAdded
from decroche.instructions.models import Instruction


class InstructionWasReplaced(Exception):
    """Another wording holds in its place."""


def restore_instruction(*, instruction: Instruction, by: User, now: datetime) -> None:
    """Let an instruction hold again that was ended by mistake.

    Raises:
        InstructionWasReplaced: a later wording took its place; end that one instead.

    """
    with transaction.atomic():
        if Instruction.objects.filter(replaces=instruction).exists():
            raise InstructionWasReplaced
        if not Instruction.objects.filter(pk=instruction.pk, ended_at__isnull=False).update(
            ended_at=None, ended_by=None
        ):
            return
        publish(
            InstructionAdded(
                instruction_id=instruction.pk,
                practice_id=instruction.practice_id,
                practitioner_id=instruction.practitioner_id,
                kind=instruction.kind,
                starts_at=instruction.starts_at,
                ends_at=instruction.ends_at,
                replaces_id=instruction.replaces_id,
                by_id=by.pk,
                at=now,
            )
        )
        hint("instructions", practice_id=instruction.practice_id, instruction_id=instruction.pk)
