"""Read one past day of a secretariat's calls as a scenario that the simulator replays; a bounded number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import fmean, pstdev
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate

from decroche.calls.domain.call import EndReason
from decroche.calls.domain.routing import Policy, TeamPlan, Urgency
from decroche.calls.domain.simulator import Arrival, Durations, Scenario, Shift, Worker
from decroche.calls.domain.simulator.scenario import HALF_HOUR
from decroche.calls.models import Call, CallStep, Direction, LineKind, Skill
from decroche.calls.queries_plans import mandates_in_force, plans_of
from decroche.kernel.interval import Interval, local_day
from decroche.practices.models import Line, SecretariatMember

LOOKS_BACK: Final = timedelta(days=15)
FAMILIARITY_WINDOW: Final = timedelta(days=30)
MOST_CALLS: Final = 2500  # of a replayed day: more is cut, and said
A_PAUSE: Final = timedelta(minutes=45)  # without a call: she was not at her post
AROUND: Final = timedelta(minutes=5)  # she is at her post a little before her first call and after her last
FEW: Final = 5  # fewer abandoned callers tell nothing of patience
_NOT_FOR_US: Final = (EndReason.INFORMED.value, EndReason.UNKNOWN_NUMBER.value)
_STEPS: Final = ("offered", "unanswered", "talking")


@dataclass(frozen=True, slots=True)
class PastDay:
    """Hold one day that can be replayed."""

    day: date
    calls: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """Hold a past day as it was."""

    day: date
    scenario: Scenario
    is_cut: bool


def past_days(practice_ids: Collection[int], *, zone: ZoneInfo, now: datetime) -> list[PastDay]:
    """Return the last days that had calls, the latest first, today left out (one query)."""
    rows = (
        _calls(practice_ids)
        .filter(
            arrived_at__gte=now - LOOKS_BACK,
            arrived_at__lt=local_day(now.astimezone(zone).date(), zone).start,
        )
        .annotate(day=TruncDate("arrived_at", tzinfo=zone))
        .values("day")
        .annotate(calls=Count("pk"))
        .order_by("-day")
    )
    return [PastDay(row["day"], row["calls"]) for row in rows]


def recorded_day(
    *, secretariat_id: int, practice_ids: Collection[int], day: date, zone: ZoneInfo, now: datetime
) -> Recorded | None:
    """Return a day's callers, talks, patience and people at their posts as a scenario; None for a day without calls.

    What the journal cannot know is left to chance with its own averages: how long those who were answered would have
    waited, and how long each wrap-up lasts. Who was at her post is read from the calls she took.
    """
    during = local_day(day, zone)
    rows = list(
        _calls(practice_ids)
        .filter(arrived_at__gte=during.start, arrived_at__lt=during.end)
        .order_by("arrived_at")[: MOST_CALLS + 1]
    )
    is_cut, rows = len(rows) > MOST_CALLS, rows[:MOST_CALLS]
    members = set(
        SecretariatMember.objects.filter(secretariat_id=secretariat_id).values_list("user_id", flat=True)
    )
    workers = _workers(rows, members, secretariat_id)
    rows = _while_open(rows, workers)
    if not rows:
        return None
    to_answer, unanswered = _offers(rows)
    scenario = Scenario(
        day=_span(rows),
        workers=workers,
        mandates=_mandates(practice_ids, now),
        arrivals=tuple(_arrival(row) for row in rows),
        policy=Policy(),
        teams=_teams(practice_ids, now),
        familiarity=_familiarity(practice_ids, members, during.start),
        talk=_talks(rows),
        patience=_patience(rows),
        to_answer=to_answer,
        unanswered=unanswered,
    )
    return Recorded(day, scenario, is_cut)


def _calls(practice_ids: Collection[int]) -> "QuerySet[Call]":
    """Return the calls that waited for a secretary: received, and not just told something."""
    found: QuerySet[Call] = Call.objects.filter(
        practice_id__in=practice_ids, direction=Direction.INBOUND, moment__in=("", "open")
    )
    return found.exclude(end_reason__in=_NOT_FOR_US)


def _arrival(row: Call) -> Arrival:
    gave_up = row.end_reason == EndReason.ABANDONED.value
    return Arrival(
        row.arrived_at,
        row.practice_id or 0,
        row.caller_number,
        row.line_id,
        Urgency(row.urgency),
        talk=row.talked if row.answered_at is not None and row.ended_at is not None else None,
        patience=row.waited if gave_up else None,
    )


def _while_open(rows: Iterable[Call], workers: Collection[Worker]) -> list[Call]:
    """Return the callers between the first who sat down and the last who left: no policy answers the others."""
    shifts = [shift.during for worker in workers for shift in worker.shifts]
    if not shifts:
        return []
    opened, closed = min(span.start for span in shifts), max(span.end for span in shifts)
    return [row for row in rows if opened <= row.arrived_at < closed]


def _span(rows: Sequence[Call]) -> Interval:
    """Return the half-hours from the first caller to the last."""
    first, last = rows[0].arrived_at, rows[-1].arrived_at
    start = first - timedelta(minutes=first.minute % 30, seconds=first.second, microseconds=first.microsecond)
    return Interval(start, start + HALF_HOUR * ((last - start) // HALF_HOUR + 1))


def _workers(rows: Iterable[Call], members: Collection[int], secretariat_id: int) -> tuple[Worker, ...]:
    taken: dict[int, list[Interval]] = defaultdict(list)
    for row in rows:
        if row.secretary_id in members and row.answered_at is not None:
            end = max(row.ended_at or row.answered_at, row.answered_at + timedelta(seconds=1))
            taken[row.secretary_id or 0].append(Interval(row.answered_at - AROUND, end + AROUND))
    skills: dict[int, set[str]] = defaultdict(set)
    for user_id, code in Skill.objects.filter(secretariat_id=secretariat_id).values_list("user_id", "code"):
        skills[user_id].add(code)
    return tuple(
        Worker(user_id, secretariat_id, _shifts(spans), frozenset(skills[user_id]))
        for user_id, spans in sorted(taken.items())
    )


def _shifts(spans: list[Interval]) -> tuple[Shift, ...]:
    """Join the calls of somebody's day into the stretches during which she was at her post."""
    spans.sort(key=lambda span: span.start)
    found = [spans[0]]
    for after in spans[1:]:
        if after.start - found[-1].end <= A_PAUSE:
            found[-1] = Interval(found[-1].start, max(found[-1].end, after.end))
        else:
            found.append(after)
    return tuple(Shift(span) for span in found)


def _mandates(practice_ids: Collection[int], now: datetime) -> dict[int, frozenset[int]]:
    found = mandates_in_force(practice_ids, now=now)
    return {id_: frozenset(one.secretariat_id for one in rows) for id_, rows in found.items()}


def _teams(practice_ids: Collection[int], now: datetime) -> dict[int, TeamPlan]:
    """Return who answers for each practice: what its main line says."""
    lines = list(
        Line.objects.filter(practice_id__in=practice_ids, is_active=True)
        .select_related("practice")
        .order_by("-pk")
    )
    plans = plans_of(lines, now=now)
    main_last = sorted(lines, key=lambda line: plans[line.pk].row.kind == LineKind.MAIN)
    return {line.practice_id: plans[line.pk].plan.team for line in main_last}


def _familiarity(
    practice_ids: Collection[int], members: Collection[int], morning: datetime
) -> dict[tuple[int, int], int]:
    rows = (
        Call.objects.filter(
            practice_id__in=practice_ids,
            secretary_id__in=members,
            answered_at__gte=morning - FAMILIARITY_WINDOW,
            answered_at__lt=morning,
        )
        .values_list("secretary_id", "practice_id")
        .annotate(count=Count("pk"))
    )
    return {(user_id, practice_id): count for user_id, practice_id, count in rows}


def _talks(rows: Iterable[Call]) -> Durations:
    seconds = [row.talked.total_seconds() for row in rows if row.answered_at is not None and row.talked]
    if not seconds:
        return Durations(timedelta(seconds=150))
    mean = fmean(seconds)
    return Durations(timedelta(seconds=mean), pstdev(seconds) / mean)


def _patience(rows: Iterable[Call]) -> timedelta:
    """Return callers' mean patience: all that was waited, shared among those who gave up (censored, exponential)."""
    waited, gave_up = timedelta(), 0
    for row in rows:
        waited += row.waited
        gave_up += row.end_reason == EndReason.ABANDONED.value
    return waited / gave_up if gave_up >= FEW and waited else timedelta(minutes=3)


def _offers(rows: Sequence[Call]) -> tuple[timedelta, float]:
    """Return how long a phone rings before it is taken, and the share of phones that ring in vain (one query)."""
    steps = CallStep.objects.filter(call_id__in=[row.pk for row in rows], kind__in=_STEPS)
    since: dict[UUID, datetime] = {}
    delays: list[float] = []
    offered = missed = 0
    for call_id, kind, at in steps.order_by("call_id", "number").values_list("call_id", "kind", "at"):
        if kind == "offered":
            since[call_id] = at
            offered += 1
        elif kind == "unanswered":
            missed += 1
        elif call_id in since:
            delays.append((at - since.pop(call_id)).total_seconds())
    to_answer = timedelta(seconds=max(0.0, fmean(delays))) if delays else timedelta(seconds=3)
    return to_answer, min(0.9, missed / offered) if offered else 0.0
