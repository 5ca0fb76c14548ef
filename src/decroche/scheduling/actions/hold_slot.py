"""Hold a slot while the caller decides."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from decroche.accounts.models import User
from decroche.practices.models import Practitioner, Site
from decroche.scheduling.actions._claim import Claim, asked_before, take, take_at_once
from decroche.scheduling.actions._judge import judge
from decroche.scheduling.actions._rows import lock_practitioners
from decroche.scheduling.actions.release_hold import release_hold
from decroche.scheduling.domain.asking import Asker
from decroche.scheduling.domain.refusals import NotOfThisPractice, SlotClosed, SlotTaken
from decroche.scheduling.models import Appointment, VisitType

#: How long a caller may think. A screen that shows the hold renews it (see `renew_hold`).
HOLD_LASTS = timedelta(minutes=5)


def hold_slot(
    *,
    practitioner: Practitioner,
    site: Site,
    visit_type: VisitType,
    starts_at: datetime,
    held_by: User | None,
    now: datetime,
    ends_at: datetime | None = None,
    asker: Asker = Asker(),  # noqa: B008 — frozen
    call_id: UUID | None = None,
    source: str = Appointment.Source.PHONE,
    idempotency_key: str | None = None,
    replaces: int | None = None,
    waiting_entry_id: int | None = None,
    group_id: int | None = None,
    lasts: timedelta = HOLD_LASTS,
) -> Appointment:
    """Insert a `held` appointment that lapses after `lasts`; the person's own hold `replaces` is given up.

    `ends_at` defaults to the practitioner's usual time for the visit type. The same `idempotency_key` gives the same
    hold again. Nothing is locked unless a rule counts appointments or seats there.

    Raises `SlotTaken` (someone owns a part of that time, every seat or every room), `SlotClosed` (not then, not for
    this or not for this person: see its `answer`), `HoldExpired` (what the key once made is over) or
    `NotOfThisPractice`.
    """
    if len({practitioner.practice_id, site.practice_id, visit_type.practice_id}) != 1:
        raise NotOfThisPractice
    wanted: dict[str, Any] = {
        "practitioner": practitioner,
        "site": site,
        "visit_type": visit_type,
        "starts_at": starts_at,
        "now": now,
    }
    judged = partial(judge, **wanted, ends_at=ends_at, asker=asker, but=replaces)
    try:
        terms = judged()
    except (SlotTaken, SlotClosed):
        # A repeated question finds its own hold in the way.
        earlier = asked_before(practitioner.practice_id, idempotency_key, held_by)
        if earlier is None:
            raise
        return earlier
    claim = Claim(
        **wanted,
        terms=terms,
        by=held_by,
        expires_at=now + lasts,
        source=source,
        call_id=call_id,
        key=idempotency_key,
        waiting_entry_id=waiting_entry_id,
        group_id=group_id,
        referred=asker.referred,
    )
    if replaces is None and not terms.needs_lock:
        made = take_at_once(claim)
        if made is not None:
            return made
    with transaction.atomic():
        if terms.needs_lock:
            lock_practitioners(practitioner.pk)
            claim = replace(claim, terms=judged())
        return _swap(claim, replaces, held_by, now)


def _swap(claim: Claim, replaces: int | None, by: User | None, now: datetime) -> Appointment:
    """Take the new time and give up the old hold, in the order that lets two people swap theirs.

    The old hold goes first only where it stands in its own successor's way; each would wait for the other otherwise.
    """
    if replaces is None or by is None:
        return take(claim)
    if _stands_in_the_way(replaces, claim, by):
        lock_practitioners(claim.practitioner.pk)
        release_hold(hold_id=replaces, by=by, now=now)
        hold = take(claim)
    else:
        hold = take(claim)
        if hold.pk != replaces:
            release_hold(hold_id=replaces, by=by, now=now)
    return hold


def _stands_in_the_way(replaces: int, claim: Claim, by: User) -> bool:
    own = Appointment.objects.filter(pk=replaces, held_by=by)
    same_person = own.filter(
        practitioner=claim.practitioner, busy_from__lt=claim.busy_until, busy_until__gt=claim.busy_from
    )
    if claim.terms.resources:
        same_room = own.filter(
            resource__in=claim.terms.resources,
            busy_from__lt=claim.busy_until,
            busy_until__gt=claim.busy_from,
        )
        return same_person.exists() or same_room.exists()
    return same_person.exists()
