"""Ask something of the desk, from now or from a later moment."""

from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.foundation.events import publish
from decroche.foundation.live import hint
from decroche.instructions.events import InstructionAdded
from decroche.instructions.models import Instruction, InstructionKind, InstructionRead
from decroche.practices.models import Practice, Practitioner

LONGEST_BODY = 1000


class InstructionNeverHolds(Exception):
    """Its end is not after its start, or already past."""


class InstructionAlreadyChanged(Exception):
    """Somebody ended or rewrote it in the meantime."""


class EmptyInstruction(Exception):
    """It says nothing."""


def add_instruction(
    *,
    practice: Practice,
    practitioner: Practitioner | None = None,
    kind: str = InstructionKind.NOTE,
    body: str,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    replaces: Instruction | None = None,
    by: User,
    now: datetime,
) -> Instruction:
    """Add an instruction that holds from ``starts_at`` (now when null) until ``ends_at`` (for good when null).

    One that ``replaces`` another ends it in the same stroke. Its author has read it.

    Raises:
        EmptyInstruction: nothing but spaces.
        InstructionNeverHolds: the period is empty or past.
        InstructionAlreadyChanged: the one to replace no longer holds.

    """
    body = body.strip()[:LONGEST_BODY]
    starts_at = starts_at or now
    if not body:
        raise EmptyInstruction
    if ends_at is not None and (ends_at <= starts_at or ends_at <= now):
        raise InstructionNeverHolds
    with transaction.atomic():
        if replaces is not None:
            running = Instruction.objects.filter(pk=replaces.pk, ended_at=None)
            if not running.update(ended_at=now, ended_by=by):
                raise InstructionAlreadyChanged
        instruction: Instruction = Instruction.objects.create(
            practice=practice,
            practitioner=practitioner,
            kind=kind,
            body=body,
            starts_at=starts_at,
            ends_at=ends_at,
            created_by=by,
            created_at=now,
            replaces=replaces,
        )
        InstructionRead.objects.create(instruction=instruction, user=by, read_at=now)
        publish(
            InstructionAdded(
                instruction_id=instruction.pk,
                practice_id=practice.pk,
                practitioner_id=practitioner.pk if practitioner else None,
                kind=kind,
                starts_at=starts_at,
                ends_at=ends_at,
                replaces_id=replaces.pk if replaces else None,
                by_id=by.pk,
                at=now,
            )
        )
        hint("instructions", practice_id=practice.pk, instruction_id=instruction.pk)
    return instruction
