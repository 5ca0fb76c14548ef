"""Say how a practitioner would like the days filled; at once effective for every channel."""

from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Q

from decroche.accounts.models import User
from decroche.foundation.events import publish
from decroche.foundation.live import hint
from decroche.practices.models import Practitioner
from decroche.scheduling.actions._rows import lock_practitioners
from decroche.scheduling.actions.end_wish import close_wish
from decroche.scheduling.events import WishSet
from decroche.scheduling.models import Wish

#: What a wish must say besides its kind.
NEEDS_TIME = frozenset({Wish.Kind.END_AT})
NEEDS_COUNT = frozenset({Wish.Kind.MAX_IN_A_ROW, Wish.Kind.EMERGENCY_SLOTS})
_MOST, _LONGEST_PAUSE = 40, 120


class WishIncomplete(Exception):
    """The kind needs a time or a number; `field` says which."""

    def __init__(self, field: str) -> None:
        """Keep the field, for the sentence."""
        super().__init__(field)
        self.field = field


class WishDatesReversed(Exception):
    """The last day comes before the first."""


def set_wish(
    *,
    practitioner: Practitioner,
    kind: str,
    valid_from: date,
    valid_until: date | None,
    by: User | None,
    now: datetime,
    at: time | None = None,
    count: int | None = None,
    pause_minutes: int = 10,
    instruction_id: int | None = None,
) -> Wish:
    """Write the wish; a wish of the same kind for the same days gives way to it (the last word counts).

    Raises `WishIncomplete` or `WishDatesReversed`.
    """
    _refuse_nonsense(kind, at, count, pause_minutes)
    if valid_until is not None and valid_until < valid_from:
        raise WishDatesReversed
    with transaction.atomic():
        lock_practitioners(practitioner.pk)
        _give_way(practitioner, kind, valid_from, valid_until, by, now)
        wish = Wish.objects.create(
            practice_id=practitioner.practice_id,
            practitioner=practitioner,
            kind=kind,
            at=at if kind in NEEDS_TIME else None,
            count=count if kind in NEEDS_COUNT else None,
            pause_minutes=pause_minutes,
            valid_from=valid_from,
            valid_until=valid_until,
            instruction_id=instruction_id,
            created_by=by,
            created_at=now,
        )
        publish(
            WishSet(
                wish_id=wish.pk,
                practice_id=practitioner.practice_id,
                practitioner_id=practitioner.pk,
                kind=kind,
                instruction_id=instruction_id,
                by_id=by.pk if by else None,
                at=now,
            )
        )
        hint("agenda", practice_id=practitioner.practice_id, practitioner_id=practitioner.pk)
    return wish


def _refuse_nonsense(kind: str, at: time | None, count: int | None, pause_minutes: int) -> None:
    if kind not in Wish.Kind.values:
        raise WishIncomplete("kind")
    if kind in NEEDS_TIME and at is None:
        raise WishIncomplete("at")
    if kind in NEEDS_COUNT and not 1 <= (count or 0) <= _MOST:
        raise WishIncomplete("count")
    if not 1 <= pause_minutes <= _LONGEST_PAUSE:
        raise WishIncomplete("pause_minutes")


def _give_way(
    practitioner: Practitioner,
    kind: str,
    first: date,
    last: date | None,
    by: User | None,
    now: datetime,
) -> None:
    """End the wishes of that kind which the new one repeats; a lasting one only gives way to a lasting one."""
    same = Wish.objects.filter(practitioner=practitioner, kind=kind, ended_at__isnull=True)
    if last is not None:
        same = same.filter(valid_until__isnull=False, valid_from__lte=last, valid_until__gte=first)
    else:
        same = same.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=first))
    for wish in same.select_for_update():
        close_wish(wish, by=by, now=now)
