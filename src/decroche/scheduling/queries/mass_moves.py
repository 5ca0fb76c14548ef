"""Read what an absence or a delay touches, where it could go, how far it is dealt with, whom to call."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from decroche.kernel.interval import local_day
from decroche.practices.models import Practice, Practitioner
from decroche.scheduling.domain.appointment import AHEAD, Status
from decroche.scheduling.domain.waiting import Opening as Place
from decroche.scheduling.models import (
    LONGEST,
    OCCUPYING_STATES,
    Absence,
    Appointment,
    MassMove,
    MassMoveItem,
)
from decroche.scheduling.notices import is_mobile
from decroche.scheduling.queries.slots import Slot, open_slots
from decroche.scheduling.queries.waiting import phones_of

#: Nobody is moved to a time that they could hardly reach once told.
SOONEST = timedelta(hours=2)
_AHEAD = [status.value for status in AHEAD]
_ROUND_MINUTES = 5


def touched_by(
    *, practitioner_id: int, starts_at: datetime, ends_at: datetime, now: datetime
) -> QuerySet[Appointment]:
    """Select the appointments that stand in `[starts_at, ends_at)` and are still to come, in order of time."""
    rows: QuerySet[Appointment] = Appointment.objects.filter(
        practitioner_id=practitioner_id,
        status__in=_AHEAD,
        starts_at__lt=ends_at,
        starts_at__gt=starts_at - LONGEST,
        ends_at__gt=max(starts_at, now),
    ).order_by("starts_at", "pk")
    return rows


def alternatives(item: MassMoveItem, *, now: datetime, limit: int = 12) -> list[Slot]:
    """Give other places for one line: the practitioner's and the locum's first, then the colleagues', in order of time."""
    move, appointment = item.mass_move, item.appointment
    locum = move.absence.locum if move.absence else None
    found: list[Slot] = []
    for people in circles_of(move.practitioner, locum):
        found += open_slots(
            practitioners=people,
            visit_type=appointment.visit_type,
            start=now + SOONEST,
            now=now,
            limit=limit,
        )
    others = promised(move.practice_id, now=now, but=item.pk)
    return [
        slot
        for slot in found
        if slot.ends_at - slot.starts_at >= appointment.ends_at - appointment.starts_at
        and not any(
            Place(slot.practitioner_id, slot.site_id, slot.starts_at, slot.ends_at).meets(one.place)
            for one in others
        )
    ]


def circles_of(practitioner: Practitioner, locum: Practitioner | None) -> list[list[Practitioner]]:
    """Name whom to ask for places: those who know the patient, then everybody else of the practice."""
    first = [practitioner, locum] if locum else [practitioner]
    colleagues = Practitioner.objects.filter(practice=practitioner.practice_id, is_active=True).exclude(
        pk__in=[one.pk for one in first]
    )
    return [circle for circle in (first, list(colleagues)) if circle]


def same_time_at(locum: Practitioner | None, appointments: Sequence[Appointment]) -> dict[int, list[Place]]:
    """Give the same hour at the locum's, where the locum has it free; 1 query."""
    if locum is None:
        return {}
    first, last = appointments[0].starts_at, max(one.ends_at for one in appointments)
    busy = list(
        Appointment.objects.filter(
            practitioner=locum,
            status__in=OCCUPYING_STATES,
            starts_at__gt=first - LONGEST,
            starts_at__lt=last,
            ends_at__gt=first,
        ).values_list("busy_from", "busy_until")
    )
    return {
        one.pk: [Place(locum.pk, one.site_id, one.local_start, one.ends_at.astimezone(one.zone))]
        for one in appointments
        if not any(start < one.ends_at and one.starts_at < end for start, end in busy)
    }


@dataclass(frozen=True, slots=True)
class Promised:
    """Where a line in preparation would go, and for what."""

    visit_type_id: int
    place: Place


def promised(practice_id: int, *, now: datetime, but: int | None = None) -> list[Promised]:
    """Give what the lines in preparation already have in mind, of every mass move; 1 query."""
    items = MassMoveItem.objects.filter(
        mass_move__practice_id=practice_id,
        mass_move__state__in=[MassMove.State.DRAFT, MassMove.State.SENT],
        state=MassMoveItem.State.PROPOSED,
        plan=MassMoveItem.Plan.MOVE,
        new_starts_at__gt=now,
    ).exclude(pk=but or 0)
    rows = items.values_list(
        "appointment__visit_type_id",
        "new_practitioner_id",
        "new_site_id",
        "new_starts_at",
        "appointment__starts_at",
        "appointment__ends_at",
    )
    return [
        Promised(kind, Place(who or 0, site or 0, start, start + (end - begin)))
        for kind, who, site, start, begin, end in rows
        if start is not None
    ]


# --- for the screens -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One touched appointment as the screen shows it."""

    item: MassMoveItem
    numbers: tuple[str, ...]
    is_reachable: bool  # by text

    @property
    def is_running(self) -> bool:
        return (
            self.item.mass_move.state == MassMove.State.SENT
            and self.item.state == MassMoveItem.State.PROPOSED
        )


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of each, for the sentence under the list."""

    lines: int
    moves: int
    cancels: int
    keeps: int
    calls: int
    texts: int
    done: int
    failed: int
    to_call: int

    @property
    def is_finished(self) -> bool:
        return self.done + self.failed == self.lines

    @property
    def percent(self) -> int:
        return 100 * (self.done + self.failed) // self.lines if self.lines else 100


def lines_of(move: MassMove) -> list[Line]:
    """Read the lines in order of time; 2 queries however many."""
    items = list(
        move.items.select_related(
            "appointment__patient",
            "appointment__visit_type",
            "appointment__site",
            "appointment__practitioner",
            "new_practitioner",
            "new_site",
            "told_by",
        ).order_by("old_starts_at", "pk")
    )
    phones = phones_of(item.appointment.patient_id or 0 for item in items)
    lines = []
    for item in items:
        item.mass_move = move
        numbers = phones.get(item.appointment.patient_id or 0, ())
        lines.append(Line(item, numbers, any(is_mobile(number) for number in numbers)))
    return lines


def tally(lines: Collection[Line]) -> Tally:
    """Count; no query."""
    plans = Counter(line.item.plan for line in lines)
    states = Counter(line.item.state for line in lines)
    plan, late = MassMoveItem.Plan, MassMove.Kind.LATE
    told = [
        line
        for line in lines
        if line.item.plan in {plan.MOVE, plan.CANCEL} or line.item.mass_move.kind == late
    ]
    texts = sum(line.is_reachable for line in told)
    return Tally(
        lines=len(lines),
        moves=plans[plan.MOVE],
        cancels=plans[plan.CANCEL],
        keeps=plans[plan.KEEP],
        calls=plans[plan.CALL] + len(told) - texts,
        texts=texts,
        done=states[MassMoveItem.State.DONE],
        failed=states[MassMoveItem.State.FAILED],
        to_call=sum(line.item.told == MassMoveItem.Told.TO_CALL for line in lines),
    )


def calls_to_make(practice_ids: Collection[int], *, limit: int = 100) -> list[Line]:
    """Give who is still to be told by telephone, the first concerned first; 2 queries."""
    items = list(
        MassMoveItem.objects.filter(mass_move__practice_id__in=practice_ids, told=MassMoveItem.Told.TO_CALL)
        .select_related(
            "mass_move__practice",
            "mass_move__practitioner",
            "appointment__patient",
            "appointment__visit_type",
            "appointment__site",
            "appointment__practitioner",
        )
        .order_by("old_starts_at", "pk")[:limit]
    )
    phones = phones_of(item.appointment.patient_id or 0 for item in items)
    return [
        Line(item, phones.get(item.appointment.patient_id or 0, ()), is_reachable=False) for item in items
    ]


@dataclass(frozen=True, slots=True)
class Unreported:
    """An absence in whose way appointments still stand, with nobody dealing with them yet."""

    absence: Absence
    count: int


def to_report(practice_ids: Collection[int], *, now: datetime, limit: int = 20) -> list[Unreported]:
    """Give the absences that leave appointments to be moved, the nearest first; 1 query."""
    standing = (
        Appointment.objects.filter(
            practitioner_id=OuterRef("practitioner_id"),
            status__in=_AHEAD,
            starts_at__lt=OuterRef("ends_at"),
            ends_at__gt=OuterRef("starts_at"),
            starts_at__gt=now,
        )
        .order_by()
        .values("practitioner_id")
        .annotate(count=Count("pk"))
        .values("count")
    )
    begun = MassMove.objects.filter(
        absence=OuterRef("pk"), state__in=[MassMove.State.DRAFT, MassMove.State.SENT]
    )
    rows = (
        Absence.objects.filter(~Exists(begun), practice_id__in=practice_ids, ends_at__gt=now)
        .annotate(standing=standing)
        .filter(standing__gt=0)
        .select_related("practice", "practitioner")
        .order_by("starts_at", "pk")[:limit]
    )
    return [Unreported(absence, absence.standing) for absence in rows]


def in_hand(practice_ids: Iterable[int], *, since: datetime, limit: int = 30) -> list[MassMove]:
    """Give the mass moves in preparation and those sent lately, latest first, with their counts; 1 query."""
    failed = Count("items", filter=Q(items__state=MassMoveItem.State.FAILED))
    rows = (
        MassMove.objects.filter(
            Q(state=MassMove.State.DRAFT) | Q(state=MassMove.State.SENT, sent_at__gt=since),
            practice_id__in=practice_ids,
        )
        .select_related("practitioner", "practice", "created_by")
        .annotate(
            lines=Count("items"),
            done=Count("items", filter=Q(items__state=MassMoveItem.State.DONE)),
            failed=failed,
            to_call=Count("items", filter=Q(items__told=MassMoveItem.Told.TO_CALL)),
        )
        .filter(lines__gt=0)
        .order_by("-created_at")[:limit]
    )
    return list(rows)


def measured_delays(*, practice: Practice, now: datetime) -> dict[int, int]:
    """Say by how many minutes each practitioner runs late, from who went in last and who waits; 1 query.

    Nobody followed today, no line: then the delay is what somebody announces.
    """
    day = local_day(now.astimezone(practice.zone).date(), practice.zone)
    rows = Appointment.objects.filter(
        practice=practice, starts_at__gte=day.start, starts_at__lt=now, status__in=OCCUPYING_STATES
    ).exclude(status=Status.HELD)
    late: dict[int, timedelta] = {}
    for who, starts_at, seen_at, status in rows.order_by("starts_at").values_list(
        "practitioner_id", "starts_at", "seen_at", "status"
    ):
        if seen_at is not None:
            late[who] = max(timedelta(0), seen_at - starts_at)
        elif status in {Status.ARRIVED, Status.CALLED}:
            late[who] = max(late.get(who, timedelta(0)), now - starts_at)
    step = timedelta(minutes=_ROUND_MINUTES)
    return {who: length // step * _ROUND_MINUTES for who, length in late.items()}
