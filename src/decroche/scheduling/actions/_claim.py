"""Take time for someone by one INSERT that either owns it or is not there; no check before it could say as much."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db import OperationalError
from django.utils.translation import gettext as _

from decroche.accounts.models import User
from decroche.foundation.live import CHANNEL
from decroche.foundation.statements import Row, columns, is_deadlock, row, rows
from decroche.foundation.statements import made as instance
from decroche.practices.models import Practitioner, Site
from decroche.scheduling.actions._judge import Terms
from decroche.scheduling.actions._rows import (
    LONGEST_BUFFER,
    hints_at,
    owner_of,
    rooms_left,
    rows_in_the_way,
    sweep_expired_holds,
)
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.lanes import FORCED, first_forced_lane, free_seats
from decroche.scheduling.domain.refusals import HoldExpired, ResourceTaken, SeatsTaken, SlotTaken
from decroche.scheduling.models import LONGEST, OCCUPYING_STATES, Appointment, Resource, VisitType

_STATES = ", ".join(f"'{state}'" for state in OCCUPYING_STATES)

# Who has a part of the time, the last comer first, with what their colleagues call them.
_WHO = f"""
SELECT a.status = 'held' AND a.hold_expires_at <= %(now)s, a.status = 'held' AND a.waiting_entry_id IS NOT NULL,
       {{person}}
FROM scheduling_appointment a LEFT JOIN accounts_user u ON u.id = coalesce(a.held_by_id, a.created_by_id)
WHERE a.practitioner_id = %(practitioner)s AND a.status IN ({_STATES})
  AND a.starts_at > %(low)s AND a.starts_at < %(high)s AND a.busy_from < %(until)s AND a.busy_until > %(from)s
ORDER BY a.id DESC
"""  # noqa: S608 — the states are our own constants


@dataclass(frozen=True, slots=True)
class Claim:
    """What is asked for: whose time, for what, on which terms, by whom."""

    practitioner: Practitioner
    site: Site
    visit_type: VisitType
    starts_at: datetime
    terms: Terms
    by: User | None
    now: datetime
    source: str
    status: Status = Status.HELD
    expires_at: datetime | None = None
    patient_id: int | None = None
    call_id: UUID | None = None
    key: str | None = None
    lane: int | None = None
    force_reason: str = ""
    group_id: int | None = None
    waiting_entry_id: int | None = None
    referred: bool = False
    accompanied_by: str = ""

    @property
    def busy_from(self) -> datetime:
        return self.starts_at - timedelta(minutes=self.terms.buffer_before)

    @property
    def busy_until(self) -> datetime:
        return self.terms.ends_at + timedelta(minutes=self.terms.buffer_after)

    @property
    def place(self) -> dict[str, Any]:
        """Name the practitioner's time that it would take, as the reads of `_rows` want it."""
        return {
            "practitioner_id": self.practitioner.pk,
            "busy_from": self.busy_from,
            "busy_until": self.busy_until,
        }

    @property
    def window(self) -> dict[str, Any]:
        """Name the same, as statements written by hand want it."""
        return {
            "practitioner": self.practitioner.pk,
            "from": self.busy_from,
            "until": self.busy_until,
            "low": self.busy_from - LONGEST - LONGEST_BUFFER,
            "high": self.busy_until + LONGEST_BUFFER,
        }


def take_at_once(claim: Claim) -> Appointment | None:
    """Insert the claimed time by the one statement that is its own transaction; None when somebody may own it.

    Raises `SlotTaken` where a live owner is found in the way, and the question is not a repeated one.
    """
    try:
        made = _insert(claim)
    except OperationalError as error:
        # An appointment came back or was moved here at this very moment, and the server ended one of us two.
        if not is_deadlock(error):
            raise
        made = None
    if made is not None or claim.key is not None or claim.terms.resources:
        return made
    found = rows(_WHO.format(person=columns(User, "u")), claim.window | {"now": claim.now})
    if not found or any(is_dead for is_dead, *_ in found):
        return None
    raise SlotTaken(_named(found[0]))


def _named(found: Row) -> str:
    _is_dead, is_of_the_list, *person = found
    if is_of_the_list:
        return _("la liste d’attente")
    owner = instance(User, tuple(person))
    return owner.display_name if owner else ""


def take(claim: Claim) -> Appointment:
    """Insert the claimed time, whole or as a seat; the same key gives the same row again.

    A group session's seats are counted: its practitioner is locked by the caller.

    Raises `SlotTaken`, `SeatsTaken`, `ResourceTaken` or, when what the key once made is over, `HoldExpired`.
    """
    if claim.terms.capacity > 1:
        made = _take_seat(claim)
    else:
        made = _insert(claim)
        if made is None and _sweep(claim):
            made = _insert(claim)
    if made is not None:
        return made
    earlier = asked_before(claim.practitioner.practice_id, claim.key, claim.by)
    if earlier is not None:
        return earlier
    raise _why_not(claim)


def take_beside(claim: Claim) -> Appointment:
    """Insert a forced appointment: in the open when nobody has the time, else beside whoever has it.

    The practitioner is locked by the caller. A room that is taken is done without: whoever forces knows.
    """
    _sweep(claim)
    attempts: list[Callable[[], Claim]] = [
        lambda: claim,
        lambda: replace(claim, terms=replace(claim.terms, resources=())),
        lambda: replace(_beside(claim), terms=replace(claim.terms, resources=())),
    ]
    for attempt in attempts:
        made = _insert(attempt())
        if made is not None:
            return made
    raise SlotTaken(owner_of(**claim.place) or "")


def asked_before(practice_id: int, key: str | None, by: User | None) -> Appointment | None:
    """Give what this person's same key made before, if anything; raises `HoldExpired` when that is over."""
    if key is None:
        return None
    earlier: Appointment | None = (
        Appointment.objects.filter(practice_id=practice_id, idempotency_key=key, created_by=by)
        .select_related("practitioner", "site", "visit_type", "held_by", "patient")
        .first()
    )
    if earlier is not None and earlier.status == Status.RELEASED:
        raise HoldExpired
    return earlier


def _take_seat(claim: Claim) -> Appointment | None:
    _sweep(claim)
    here = list(rows_in_the_way(**claim.place).values_list("lane", "resource_id"))
    if any(lane is None for lane, _room in here):
        return None
    rooms = claim.terms.resources
    if rooms:
        left = rooms_left(rooms, **claim.place)
        shared = [room for _lane, room in here if room in left]
        rooms = tuple([*shared, *left][:1])
        if not rooms:
            raise _no_room(claim)
    seated = replace(claim, terms=replace(claim.terms, resources=rooms))
    for lane in free_seats((lane for lane, _room in here), claim.terms.capacity):
        made = _insert(replace(seated, lane=lane))
        if made is not None:
            return made
    return None


def _beside(claim: Claim) -> Claim:
    lanes = rows_in_the_way(**claim.place).values_list("lane", flat=True)
    return replace(claim, lane=first_forced_lane(lanes))


def _sweep(claim: Claim) -> int:
    return sweep_expired_holds(**claim.place, now=claim.now, resources=claim.terms.resources)


def _why_not(claim: Claim) -> SlotTaken:
    """Find out who or what has the time, for the sentence."""
    owner = owner_of(**claim.place)
    if owner is None and claim.terms.resources:
        return _no_room(claim)
    if claim.terms.capacity > 1 and not rows_in_the_way(**claim.place).filter(lane__isnull=True).exists():
        return SeatsTaken(claim.terms.capacity)
    return SlotTaken(owner or "")


def _no_room(claim: Claim) -> ResourceTaken:
    names = Resource.objects.filter(pk__in=claim.terms.resources).values_list("name", flat=True)
    return ResourceTaken(tuple(names))


def _insert(claim: Claim) -> Appointment | None:
    """Insert the row, tell the screens, and give it as the ORM would; None when it clashes."""
    values = _values(claim)
    hints = hints_at(
        practice_id=values["practice"],
        practitioner_id=values["practitioner"],
        patient_id=claim.patient_id,
        day=claim.starts_at.astimezone(claim.site.zone).date(),
    )
    values |= claim.window | {"channel": CHANNEL, "hints": hints, "is_whole": claim.lane is None}
    found = row(_insert_sql(), values)
    if found is None:
        return None
    made: Appointment = instance(Appointment, found[:-1])  # the last counts whom the screens were told
    made.practitioner, made.site, made.visit_type = claim.practitioner, claim.site, claim.visit_type
    made.created_by = claim.by
    if made.held_by_id is not None:
        made.held_by = claim.by
    return made


@cache
def _insert_sql() -> str:
    # No target: the exclusion constraints and the idempotency key all mean "nothing inserted". With this form 64 racers
    # end in milliseconds; a plain INSERT against the same constraint deadlocks (measured). Of several rooms the first free
    # one is taken: the others then clash with the row just inserted, since the practitioner is the same. Time that is seen to
    # be someone's is not even tried: a try that fails has written, and must wait for the disk.
    return f"""
WITH made AS (
INSERT INTO scheduling_appointment
    (practice_id, practitioner_id, site_id, visit_type_id, patient_id, starts_at, ends_at, status, held_by_id,
     hold_expires_at, created_by_id, created_at, source, call_id, cancel_reason, version, idempotency_key, lane,
     is_forced, force_reason, buffer_before_minutes, buffer_after_minutes, resource_id, group_id, waiting_entry_id,
     referred, accompanied_by)
SELECT %(practice)s, %(practitioner)s, %(site)s, %(visit_type)s, %(patient)s, %(starts_at)s, %(ends_at)s, %(status)s,
     %(held_by)s, %(expires_at)s, %(by)s, %(now)s, %(source)s, %(call)s, '', 1, %(key)s, %(lane)s,
     %(is_forced)s, %(reason)s, %(before)s, %(after)s, r.id, %(group)s, %(waiting_entry)s, %(referred)s,
     %(accompanied_by)s
FROM unnest(%(resources)s::bigint[]) WITH ORDINALITY r(id, n)
WHERE NOT (%(is_whole)s AND EXISTS (
    SELECT 1 FROM scheduling_appointment a
    WHERE a.practitioner_id = %(practitioner)s AND a.status IN ({_STATES}) AND (a.lane IS NULL OR a.lane < {FORCED})
      AND a.starts_at > %(low)s AND a.starts_at < %(high)s AND a.busy_from < %(until)s AND a.busy_until > %(from)s
))
ORDER BY r.n
ON CONFLICT DO NOTHING RETURNING {columns(Appointment, "scheduling_appointment")}
)
SELECT made.*, (SELECT count(pg_notify(%(channel)s, hint)) FROM unnest(%(hints)s::text[]) hint) FROM made
"""  # noqa: S608 — our own constants


def _values(claim: Claim) -> dict[str, Any]:
    by = claim.by.pk if claim.by else None
    return {
        "practice": claim.practitioner.practice_id,
        "practitioner": claim.practitioner.pk,
        "site": claim.site.pk,
        "visit_type": claim.visit_type.pk,
        "patient": claim.patient_id,
        "starts_at": claim.starts_at,
        "ends_at": claim.terms.ends_at,
        "status": claim.status.value,
        "held_by": by if claim.status == Status.HELD else None,
        "expires_at": claim.expires_at,
        "by": by,
        "now": claim.now,
        "source": str(claim.source),
        "call": claim.call_id,
        "key": claim.key,
        "lane": claim.lane,
        "is_forced": bool(claim.force_reason),
        "reason": claim.force_reason,
        "before": claim.terms.buffer_before,
        "after": claim.terms.buffer_after,
        "resources": list(claim.terms.resources) or [None],
        "group": claim.group_id,
        "waiting_entry": claim.waiting_entry_id,
        "referred": claim.referred,
        "accompanied_by": claim.accompanied_by,
    }
