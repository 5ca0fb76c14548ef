"""Take note of what a practice asks."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.instructions.models import Instruction, InstructionRead, ReadingMark


def acknowledge(
    *, practice_id: int, reader: User, now: datetime, instruction_ids: Collection[int] | None = None
) -> int:
    """Record that ``reader`` has read these instructions, or all that hold now; return how many were new.

    Reading all of them also sets the mark from which the next changes are counted. An
    instruction that arrived after the reader's screen was drawn is not in ``instruction_ids`` and stays new.
    """
    with transaction.atomic():
        rows = Instruction.objects.filter(practice_id=practice_id)
        if instruction_ids is None:
            rows = rows.filter(ended_at=None).exclude(ends_at__lte=now)
        else:
            rows = rows.filter(pk__in=instruction_ids)
        unread = rows.exclude(reads__user=reader).values_list("pk", flat=True)
        created = InstructionRead.objects.bulk_create(
            (InstructionRead(instruction_id=pk, user=reader, read_at=now) for pk in unread),
            ignore_conflicts=True,
        )
        if not _still_unread(practice_id, reader, now):
            ReadingMark.objects.update_or_create(
                practice_id=practice_id, user=reader, defaults={"read_at": now}
            )
    return len(created)


def _still_unread(practice_id: int, reader: User, now: datetime) -> bool:
    """Tell whether anything that holds or will hold has not been read."""
    return bool(
        Instruction.objects.filter(practice_id=practice_id, ended_at=None, created_at__lte=now)
        .exclude(ends_at__lte=now)
        .exclude(reads__user=reader)
        .exists()
    )
