"""Hold several visits that belong together: all of them, or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from decroche.accounts.models import User
from decroche.practices.models import Practitioner, Site
from decroche.scheduling.actions._claim import asked_before
from decroche.scheduling.actions._rows import lock_practitioners, lock_resources
from decroche.scheduling.actions.hold_slot import HOLD_LASTS, hold_slot
from decroche.scheduling.domain.asking import Asker
from decroche.scheduling.domain.refusals import GroupIncomplete, NotOfThisPractice, Refusal
from decroche.scheduling.models import Appointment, AppointmentGroup, Resource, VisitType

#: What a key of one visit adds to the key of its group.
LONGEST_KEY = 60


@dataclass(frozen=True, slots=True)
class Wanted:
    """One visit of the group."""

    practitioner: Practitioner
    site: Site
    visit_type: VisitType
    starts_at: datetime
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HeldGroup:
    """The group and its visits, in the order asked for."""

    group: AppointmentGroup
    holds: tuple[Appointment, ...]


def hold_group(
    *,
    kind: str,
    wanted: Sequence[Wanted],
    held_by: User,
    now: datetime,
    asker: Asker = Asker(),  # noqa: B008 — frozen
    call_id: UUID | None = None,
    source: str = Appointment.Source.PHONE,
    idempotency_key: str | None = None,
    lasts: timedelta = HOLD_LASTS,
) -> HeldGroup:
    """Hold a series, brothers and sisters or a pathway in one transaction; the same key gives the same group again.

    Raises `GroupIncomplete` (which visit, and why; nothing is held) or `NotOfThisPractice`.
    """
    practices = {each.practitioner.practice_id for each in wanted}
    if len(practices) != 1 or kind not in AppointmentGroup.Kind.values:
        raise NotOfThisPractice if practices else ValueError("a group of nothing")
    key = idempotency_key[:LONGEST_KEY] if idempotency_key else None
    with transaction.atomic():
        _lock(wanted)
        earlier = asked_before(next(iter(practices)), key and f"{key}:0", held_by)
        if earlier is not None and earlier.group_id is not None:
            return _again(earlier.group_id)
        group = AppointmentGroup.objects.create(
            practice_id=next(iter(practices)), kind=kind, created_by=held_by, created_at=now
        )
        holds = []
        for position, each in enumerate(wanted):
            try:
                hold = hold_slot(
                    practitioner=each.practitioner,
                    site=each.site,
                    visit_type=each.visit_type,
                    starts_at=each.starts_at,
                    ends_at=each.ends_at,
                    held_by=held_by,
                    now=now,
                    asker=asker,
                    call_id=call_id,
                    source=source,
                    idempotency_key=key and f"{key}:{position}",
                    group_id=group.pk,
                    lasts=lasts,
                )
            except NotOfThisPractice:
                raise
            except Refusal as refusal:
                raise GroupIncomplete(position=position + 1, count=len(wanted), cause=refusal) from refusal
            holds.append(hold)
        return HeldGroup(group, tuple(holds))


def _lock(wanted: Sequence[Wanted]) -> None:
    """Queue for every practitioner, then for every room that may be needed: two groups never wait in a ring."""
    lock_practitioners(*(each.practitioner.pk for each in wanted))
    types = {each.visit_type.pk for each in wanted}
    lock_resources(*Resource.objects.filter(visit_types__in=types).values_list("pk", flat=True))


def _again(group_id: int) -> HeldGroup:
    group = AppointmentGroup.objects.get(pk=group_id)
    rows = group.appointments.select_related("practitioner", "site", "visit_type", "held_by", "patient")
    return HeldGroup(group, tuple(rows.order_by("pk")))
