"""Hold a slot while the caller decides."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from decroche.accounts.models import User
from decroche.practices.models import Practitioner, Site
from decroche.scheduling.actions._rows import (
    announce,
    lock_practitioners,
    owner_of,
    sweep_expired_holds,
)
from decroche.scheduling.actions.release_hold import release_hold
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.refusals import NotOfThisPractice, SlotClosed, SlotTaken
from decroche.scheduling.models import Appointment, VisitType
from decroche.scheduling.queries.slots import duration_minutes, is_open

#: How long a caller may think. A screen that shows the hold renews it (see `renew_hold`).
HOLD_LASTS = timedelta(minutes=5)

# No target: the exclusion constraint and the idempotency key both mean "nothing inserted". With this form 64 racers
# end in milliseconds; a plain INSERT against the same constraint deadlocks (measured).
_INSERT = """
INSERT INTO scheduling_appointment
    (practice_id, practitioner_id, site_id, visit_type_id, starts_at, ends_at, status, held_by_id, hold_expires_at,
     created_by_id, created_at, source, call_id, cancel_reason, version, idempotency_key)
VALUES
    (%(practice)s, %(practitioner)s, %(site)s, %(visit_type)s, %(starts_at)s, %(ends_at)s, 'held', %(by)s,
     %(expires_at)s, %(by)s, %(now)s, %(source)s, %(call)s, '', 1, %(key)s)
ON CONFLICT DO NOTHING RETURNING id
"""


def hold_slot(
    *,
    practitioner: Practitioner,
    site: Site,
    visit_type: VisitType,
    starts_at: datetime,
    held_by: User,
    now: datetime,
    ends_at: datetime | None = None,
    call_id: UUID | None = None,
    source: str = Appointment.Source.PHONE,
    idempotency_key: str | None = None,
    replaces: int | None = None,
) -> Appointment:
    """Insert a `held` appointment that lapses after `HOLD_LASTS`; the person's own hold `replaces` is given up.

    `ends_at` defaults to the practitioner's usual time for the visit type. The same `idempotency_key` gives
    the same hold again.

    Raises `SlotTaken` (someone owns a part of that time), `SlotClosed` (outside the opening rules, absent or past) or
    `NotOfThisPractice`.
    """
    if len({practitioner.practice_id, site.practice_id, visit_type.practice_id}) != 1:
        raise NotOfThisPractice
    if ends_at is None:
        minutes = duration_minutes(practitioner=practitioner, visit_type=visit_type)
        ends_at = starts_at + timedelta(minutes=minutes)
    if ends_at <= now or not is_open(
        practitioner=practitioner, site=site, visit_type=visit_type, starts_at=starts_at, ends_at=ends_at
    ):
        raise SlotClosed
    with transaction.atomic():
        given_up = _give_up_first(replaces, practitioner, starts_at, ends_at, held_by, now)
        sweep_expired_holds(practitioner_id=practitioner.pk, starts_at=starts_at, ends_at=ends_at, now=now)
        values: dict[str, Any] = {
            "practice": practitioner.practice_id,
            "practitioner": practitioner.pk,
            "site": site.pk,
            "visit_type": visit_type.pk,
            "starts_at": starts_at,
            "ends_at": ends_at,
            "by": held_by.pk,
            "expires_at": now + HOLD_LASTS,
            "now": now,
            "source": source,
            "call": call_id,
            "key": idempotency_key,
        }
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, values)
            row = cursor.fetchone()
        if row is None:
            return _already_asked(practitioner, starts_at, ends_at, held_by, idempotency_key)
        if replaces is not None and not given_up:
            release_hold(hold_id=replaces, by=held_by, now=now)
        hold: Appointment = Appointment.objects.select_related(
            "practitioner", "site", "visit_type", "held_by"
        ).get(pk=row[0])
        announce(hold)
        return hold


def _give_up_first(
    replaces: int | None,
    practitioner: Practitioner,
    starts_at: datetime,
    ends_at: datetime,
    by: User,
    now: datetime,
) -> bool:
    """Release the replaced hold beforehand only where it stands in its own successor's way.

    Otherwise it goes after the insert: two people who swap their holds would each wait for the other.
    """
    if (
        replaces is None
        or not Appointment.objects.filter(
            pk=replaces, held_by=by, practitioner=practitioner, starts_at__lt=ends_at, ends_at__gt=starts_at
        ).exists()
    ):
        return False
    lock_practitioners(practitioner.pk)
    return release_hold(hold_id=replaces, by=by, now=now)


def _already_asked(
    practitioner: Practitioner, starts_at: datetime, ends_at: datetime, held_by: User, key: str | None
) -> Appointment:
    """Give what the same key made before; else say who took the time."""
    if key is not None:
        earlier: Appointment | None = (
            Appointment.objects.filter(
                practice_id=practitioner.practice_id, idempotency_key=key, held_by=held_by
            )
            .exclude(status=Status.RELEASED)
            .select_related("practitioner", "site", "visit_type", "held_by")
            .first()
        )
        if earlier is not None:
            return earlier
    raise SlotTaken(owner_of(practitioner_id=practitioner.pk, starts_at=starts_at, ends_at=ends_at))
