"""Let a practitioner's wish end, or bring back one that has just ended."""

from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.foundation.events import publish
from decroche.foundation.live import hint
from decroche.scheduling.events import WishEnded, WishSet
from decroche.scheduling.models import Wish


def end_wish(
    *, by: User | None, now: datetime, wish_id: int | None = None, instruction_id: int | None = None
) -> int:
    """End one wish, or all those that an instruction made; give how many were in force.

    Exactly one of both ids is named; asked twice, nothing more happens.
    """
    if (wish_id is None) == (instruction_id is None):
        raise ValueError("name a wish or an instruction")
    wanted = {"pk": wish_id} if wish_id is not None else {"instruction_id": instruction_id}
    with transaction.atomic():
        wishes = list(Wish.objects.select_for_update().filter(ended_at__isnull=True, **wanted))
        for wish in wishes:
            close_wish(wish, by=by, now=now)
    return len(wishes)


def close_wish(wish: Wish, *, by: User | None, now: datetime) -> None:
    """Write the end of a wish that is locked, and say so."""
    wish.ended_at, wish.ended_by = now, by
    wish.save(update_fields=["ended_at", "ended_by"])
    publish(
        WishEnded(
            wish_id=wish.pk,
            practice_id=wish.practice_id,
            practitioner_id=wish.practitioner_id,
            kind=wish.kind,
            instruction_id=wish.instruction_id,
            by_id=by.pk if by else None,
            at=now,
        )
    )
    hint("agenda", practice_id=wish.practice_id, practitioner_id=wish.practitioner_id)


def bring_back_wish(*, wish_id: int, by: User, now: datetime) -> bool:
    """Put an ended wish in force again; give whether it had ended."""
    with transaction.atomic():
        wish = Wish.objects.select_for_update().get(pk=wish_id)
        if wish.ended_at is None:
            return False
        wish.ended_at, wish.ended_by = None, None
        wish.save(update_fields=["ended_at", "ended_by"])
        publish(
            WishSet(
                wish_id=wish.pk,
                practice_id=wish.practice_id,
                practitioner_id=wish.practitioner_id,
                kind=wish.kind,
                instruction_id=wish.instruction_id,
                by_id=by.pk,
                at=now,
            )
        )
        hint("agenda", practice_id=wish.practice_id, practitioner_id=wish.practitioner_id)
    return True


def take_back_wish(*, wish_id: int, by: User, now: datetime) -> bool:
    """Undo a wish just set: it ends, and those that gave way to it count again; give whether it was in force."""
    with transaction.atomic():
        wish = Wish.objects.select_for_update().get(pk=wish_id)
        if wish.ended_at is not None:
            return False
        close_wish(wish, by=by, now=now)
        gave_way = Wish.objects.filter(
            practitioner_id=wish.practitioner_id, kind=wish.kind, ended_at=wish.created_at
        ).exclude(pk=wish.pk)
        for earlier in gave_way:
            bring_back_wish(wish_id=earlier.pk, by=by, now=now)
    return True
