"""Read how lines answer, as the pure values that the switchboard obeys and the screens draw."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Final

from django.db.models import Prefetch, Q

from decroche.calls.domain import callflow, hours
from decroche.calls.domain.callflow import Sound, Then
from decroche.calls.domain.hours import LineMoment
from decroche.calls.domain.routing import TeamPlan, TeamStep, Urgency
from decroche.calls.models import (
    Action,
    CallPlan,
    KnownCaller,
    LineClosure,
    MenuChoice,
    Moment,
    Treatment,
    Waiting,
)
from decroche.calls.models import TeamStep as TeamStepRow
from decroche.kernel.interval import Interval, local_day
from decroche.practices.models import Line, Mandate
from decroche.scheduling.queries.absences import nobody_receives

AHEAD: Final = timedelta(days=120)  # how far ahead the practitioners' leave is looked at
_MIDDAY: Final = (time(12, 0), time(14, 0))
#: Said to callers, hence French, where a line takes no voice message.
FAREWELL: Final = (
    "Personne ne peut vous répondre pour le moment. Rappelez un peu plus tard. "
    "En cas d’urgence vitale, raccrochez et composez le 15."
)
_THEN: Final = {
    Action.TEAM: Then.TEAM,
    Action.MESSAGE: Then.SAY,
    Action.VOICEMAIL: Then.VOICEMAIL,
    Action.FALLBACK: Then.NUMBER,
    Action.NUMBER: Then.NUMBER,
}


@dataclass(frozen=True, slots=True)
class LinePlan:
    """Hold one line, its row as set up (unsaved when it never was), and what both mean."""

    line: Line
    row: CallPlan
    plan: callflow.CallPlan
    hours: hours.LineHours


def plans_of(lines: Iterable[Line], *, now: datetime) -> dict[int, LinePlan]:
    """Return the way of the calls of each line, read with their practices; at most ten queries."""
    lines = list(lines)
    ids = [line.pk for line in lines]
    practice_ids = {line.practice_id for line in lines}
    rows = {row.line_id: row for row in rows_of(ids)}
    mandated = mandates_in_force(practice_ids, now=now)
    leaves = nobody_receives(
        {
            line.practice_id
            for line in lines
            if (row := rows.get(line.pk)) and row.follows_practitioners_leave
        },
        start=now - timedelta(days=1),
        end=now + AHEAD,
    )
    known = _white_lists(practice_ids)
    return {
        line.pk: _line_plan(
            line,
            rows.get(line.pk) or CallPlan(line=line),
            [mandate.secretariat_id for mandate in mandated.get(line.practice_id, ())],
            leaves.get(line.practice_id, ()),
            known.get(line.practice_id, frozenset()),
        )
        for line in lines
    }


def rows_of(line_ids: Collection[int]) -> "list[CallPlan]":
    """Return the plans of these lines with everything that hangs on them (eight queries)."""
    steps = TeamStepRow.objects.select_related("team").prefetch_related("team__members")
    choices = MenuChoice.objects.select_related("team").prefetch_related("team__members")
    rows = CallPlan.objects.filter(line_id__in=line_ids).select_related("replacement")
    return list(
        rows.prefetch_related(
            "hours",
            Prefetch("closures", LineClosure.objects.order_by("starts_at")),
            "treatments",
            Prefetch("choices", choices),
            Prefetch("team_steps", steps),
        )
    )


def mandates_in_force(practice_ids: Collection[int], *, now: datetime) -> dict[int, list[Mandate]]:
    """Return the mandates that bind now, by practice, the oldest first (one query)."""
    today = now.date()  # a day of margin, then exactly on the practice's calendar
    rows = Mandate.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=today - timedelta(days=1)),
        practice_id__in=practice_ids,
        signed_at__lte=now,
        starts_on__lte=today + timedelta(days=1),
    ).select_related("practice", "secretariat")
    found: dict[int, list[Mandate]] = defaultdict(list)
    for mandate in rows.order_by("starts_on", "pk"):
        if mandate.is_in_force(today=now.astimezone(mandate.practice.zone).date()):
            found[mandate.practice_id].append(mandate)
    return dict(found)


def _white_lists(practice_ids: Collection[int]) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    rows = KnownCaller.objects.filter(practice_id__in=practice_ids, comes_first=True)
    for practice_id, number in rows.values_list("practice_id", "number"):
        found[practice_id].add(number)
    return {practice_id: frozenset(numbers) for practice_id, numbers in found.items()}


def _line_plan(
    line: Line,
    row: CallPlan,
    mandated: Collection[int],
    leaves: tuple[Interval, ...],
    white_list: frozenset[str],
) -> LinePlan:
    row.line = line  # with its practice, already read
    plan = replace(plan_of(row, mandated=mandated), white_list=white_list)
    return LinePlan(line, row, plan, hours_of(row, leaves=leaves))


# --- a row as a value; nothing is read here but what rows_of brought ------------------------------------------------------


def is_unsaved(row: CallPlan) -> bool:
    """Say whether nobody has ever set this line up."""
    known: int | None = row.pk
    return known is None


def plan_of(row: CallPlan, *, mandated: Collection[int] = ()) -> callflow.CallPlan:
    """Return what a row means. ``mandated`` are the secretariats that may act for the practice now."""
    line, is_new = row.line, is_unsaved(row)
    return callflow.CallPlan(
        kind=callflow.LineKind(row.kind),
        greeting=Sound(line.greeting, row.greeting_sound),
        waiting=callflow.Waiting(
            music=row.waiting == Waiting.MUSIC,
            message=Sound(row.waiting_text, row.waiting_sound),
            says_position=row.tells_position,
            says_expected_wait=row.tells_position,
        ),
        menu=None if is_new else _menu(row),
        team=_team(row, mandated),
        when={} if is_new else _when(row.treatments.all()),
        fallback_number=line.fallback_number,
        farewell=None if row.has_voicemail else Sound(FAREWELL),
        required=frozenset(row.skills_required),
        preferred=frozenset(row.skills_preferred),
    )


def _menu(row: CallPlan) -> callflow.Menu | None:
    choices = tuple(
        callflow.MenuChoice(choice.digit, choice.label, _of_key(choice)) for choice in row.choices.all()
    )
    if not choices:
        return None
    return callflow.Menu(Sound(row.menu_text, row.menu_sound), choices)


def _of_key(choice: MenuChoice) -> callflow.Treatment:
    then = _THEN[Action(choice.action)]
    return callflow.Treatment(
        then,
        Sound(choice.text),
        team=_alone(choice) if then is Then.TEAM and choice.team_id else None,
        number=choice.number if choice.action == Action.NUMBER else "",
        urgency=Urgency(choice.urgency) if then is Then.TEAM and choice.urgency else None,
    )


def _alone(choice: MenuChoice) -> TeamPlan:
    team = choice.team
    assert team is not None
    return TeamPlan((TeamStep(user_ids=_members(team), secretariat_id=team.secretariat_id),))


def _team(row: CallPlan, mandated: Collection[int]) -> TeamPlan:
    steps = (
        []
        if is_unsaved(row)
        else [
            TeamStep(timedelta(seconds=step.after_seconds), _members(step.team), step.team.secretariat_id)
            for step in row.team_steps.all()
        ]
    )
    if row.replacement_id is not None:
        others = [one for one in mandated if one != row.replacement_id]
        # Everybody answers at once where no team is named: everybody but those who only replace.
        steps = steps or [TeamStep(secretariat_id=one) for one in others] or [TeamStep()]
        steps.append(
            TeamStep(timedelta(seconds=row.replacement_after_seconds), secretariat_id=row.replacement_id)
        )
    in_order = sorted(steps, key=lambda step: step.after)
    return TeamPlan(tuple(in_order) or (TeamStep(),), timedelta(seconds=row.wait_at_most_seconds))


def _members(team: object) -> frozenset[int]:
    return frozenset(user.pk for user in team.members.all())  # type: ignore[attr-defined]


def _when(rows: Iterable[Treatment]) -> dict[LineMoment, callflow.Treatment]:
    return {
        LineMoment(row.moment): callflow.Treatment(
            _THEN[Action(row.action)],
            Sound(row.text, row.sound),
            number=row.number if row.action == Action.NUMBER else "",
        )
        for row in rows
        if row.moment != Moment.OPEN
    }


def hours_of(row: CallPlan, *, leaves: tuple[Interval, ...] = ()) -> hours.LineHours:
    """Return a row's calendar. The pause around noon between two openings of a day is lunch."""
    zone = row.line.practice.zone
    if is_unsaved(row):
        return hours.LineHours(zone, leaves=leaves)
    weekly = tuple(hours.WeeklyHours(one.weekday, one.starts, one.ends) for one in row.hours.all())
    closures = list(row.closures.all())
    return hours.LineHours(
        zone,
        weekly,
        lunch_of(weekly),
        tuple(
            Interval(c.starts_at, c.ends_at)
            for c in closures
            if c.moment not in {Moment.HOLIDAY, Moment.LEAVE}
        ),
        frozenset(day for c in closures if c.moment == Moment.HOLIDAY for day in _days(c, row)),
        leaves=leaves + tuple(Interval(c.starts_at, c.ends_at) for c in closures if c.moment == Moment.LEAVE),
    )


def _days(closure: LineClosure, row: CallPlan) -> Iterable[date]:
    """Give the days, on the practice's clock, that a closure touches."""
    zone = row.line.practice.zone
    day = closure.starts_at.astimezone(zone).date()
    while local_day(day, zone).start < closure.ends_at:
        yield day
        day += timedelta(days=1)


def lunch_of(weekly: Collection[hours.WeeklyHours]) -> tuple[hours.WeeklyHours, ...]:
    """Return the pauses that touch noon to two o'clock between two openings of the same day."""
    by_day: Mapping[int, list[hours.WeeklyHours]] = defaultdict(list)
    for one in weekly:
        by_day[one.weekday].append(one)
    found = []
    for day, spans in sorted(by_day.items()):
        spans.sort(key=lambda span: span.starts)
        for before, after in pairwise(spans):
            is_pause = time(0) < before.ends < after.starts
            if is_pause and before.ends < _MIDDAY[1] and after.starts > _MIDDAY[0]:
                found.append(hours.WeeklyHours(day, before.ends, after.starts))
    return tuple(found)
