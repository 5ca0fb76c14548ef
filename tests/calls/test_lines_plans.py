"""A line's rows mean what the switchboard obeys: hours, lunch, leave, teams, replacement, menu."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from decroche.calls.domain.callflow import Sound, Then, treat
from decroche.calls.domain.hours import LineMoment, WeeklyHours, moment_at
from decroche.calls.domain.routing import TeamStep
from decroche.calls.models import CallPlan, LineClosure, LineHours, MenuChoice, Team, Treatment
from decroche.calls.models import TeamStep as TeamStepRow
from decroche.calls.queries_plans import FAREWELL, LinePlan, lunch_of, plans_of
from decroche.practices.models import Line
from decroche.scheduling.models import Absence
from tests.factories import (
    make_line,
    make_mandate,
    make_practice,
    make_practitioner,
    make_secretariat,
    make_secretary,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
PARIS = ZoneInfo("Europe/Paris")
MONDAY_NOON = datetime(2026, 11, 23, 12, 30, tzinfo=PARIS)


@pytest.fixture
def line() -> Line:
    practice = make_practice()
    make_mandate(secretariat=make_secretariat(), practice=practice)
    return make_line(practice=practice, greeting="Cabinet du docteur Roussel, bonjour.")


def read(line: Line, *, now: datetime = MONDAY_NOON) -> LinePlan:
    return plans_of([Line.objects.select_related("practice").get(pk=line.pk)], now=now)[line.pk]


def open_on_monday(plan: CallPlan) -> None:
    LineHours.objects.create(plan=plan, weekday=0, starts=time(8), ends=time(12))
    LineHours.objects.create(plan=plan, weekday=0, starts=time(14), ends=time(18))


def test_a_line_that_nobody_set_up_is_open_and_greets(line: Line) -> None:
    found = read(line)
    assert moment_at(found.hours, MONDAY_NOON).what is LineMoment.OPEN
    first = treat(found.plan, LineMoment.OPEN)
    assert (first.then, first.sound) == (Then.TEAM, Sound("Cabinet du docteur Roussel, bonjour."))


def test_the_pause_around_noon_is_lunch_and_the_night_is_closed(line: Line) -> None:
    open_on_monday(CallPlan.objects.create(line=line))
    hours = read(line).hours
    noon = moment_at(hours, MONDAY_NOON)
    assert (noon.what, noon.until) == (LineMoment.LUNCH, datetime(2026, 11, 23, 14, tzinfo=PARIS))
    assert moment_at(hours, MONDAY_NOON + timedelta(hours=8)).what is LineMoment.CLOSED


@pytest.mark.parametrize(
    ("spans", "lunch"),
    [
        ([(8, 10), (16, 18)], [(10, 16)]),
        ([(8, 9), (10, 18)], []),
        ([(15, 16), (17, 19)], []),
        ([(8, 12), (12, 18)], []),
        ([(8, 18)], []),
    ],
)
def test_only_a_pause_that_touches_noon_to_two_is_lunch(
    spans: list[tuple[int, int]], lunch: list[tuple[int, int]]
) -> None:
    weekly = [WeeklyHours(2, time(starts), time(ends)) for starts, ends in spans]
    assert lunch_of(weekly) == tuple(WeeklyHours(2, time(starts), time(ends)) for starts, ends in lunch)


def test_closures_holidays_and_leave_are_moments_of_their_own(line: Line) -> None:
    plan = CallPlan.objects.create(line=line)
    christmas = datetime(2026, 12, 25, tzinfo=PARIS)
    for moment, start in [("holiday", christmas), ("closed", christmas + timedelta(days=7)),
                          ("leave", christmas + timedelta(days=14))]:  # fmt: skip
        LineClosure.objects.create(
            plan=plan, moment=moment, starts_at=start, ends_at=start + timedelta(days=1)
        )
    hours = read(line).hours
    assert hours.holidays == {date(2026, 12, 25)}
    assert [
        moment_at(hours, christmas + timedelta(days=days, hours=10)).what.value for days in (0, 7, 14)
    ] == [
        "holiday",
        "closed",
        "leave",
    ]


def test_a_plan_that_follows_leave_is_on_leave_when_everybody_is_away(line: Line) -> None:
    CallPlan.objects.create(line=line, follows_practitioners_leave=True)
    first, second = (make_practitioner(practice=line.practice) for _ in range(2))
    start = datetime(2026, 11, 24, 8, tzinfo=UTC)

    def away(who, days: int, **more) -> None:
        Absence.objects.create(
            practice=line.practice,
            practitioner=who,
            starts_at=start,
            ends_at=start + timedelta(days=days),
            **more,
        )

    away(first, 5)
    assert read(line).hours.leaves == ()
    away(second, 2)
    assert [(leave.start, leave.end) for leave in read(line).hours.leaves] == [
        (start, start + timedelta(days=2))
    ]
    Absence.objects.filter(practitioner=second).update(locum=make_practitioner(practice=line.practice))
    assert read(line).hours.leaves == ()


def test_teams_come_in_order_then_the_replacement(line: Line) -> None:
    home, other = make_secretariat(), make_secretariat()
    make_mandate(secretariat=other, practice=line.practice)
    plan = CallPlan.objects.create(
        line=line, replacement=other, replacement_after_seconds=60, wait_at_most_seconds=120
    )
    team = Team.objects.create(secretariat=home, name="Matin")
    member = make_secretary(secretariat=home)
    team.members.add(member)
    TeamStepRow.objects.create(plan=plan, team=team, after_seconds=0)
    found = read(line).plan.team
    assert found.steps == (
        TeamStep(timedelta(), frozenset({member.pk}), home.pk),
        TeamStep(timedelta(seconds=60), secretariat_id=other.pk),
    )
    assert found.overflow_after == timedelta(seconds=120)


def test_who_only_replaces_is_not_rung_at_first_where_no_team_is_named(line: Line) -> None:
    other = make_secretariat()
    make_mandate(secretariat=other, practice=line.practice)
    CallPlan.objects.create(line=line, replacement=other)
    steps = read(line).plan.team.steps
    assert len(steps) == 2
    assert steps[0].after == timedelta()
    assert steps[0].secretariat_id not in {None, other.pk}
    assert steps[1].secretariat_id == other.pk


def test_keys_and_moments_lead_where_they_say(line: Line) -> None:
    plan = CallPlan.objects.create(line=line, menu_text="Pour un rendez-vous, tapez 1.", has_voicemail=False)
    MenuChoice.objects.create(plan=plan, digit="1", label="Rendez-vous", action="team", urgency=1)
    MenuChoice.objects.create(plan=plan, digit="2", label="Télécopie", action="number", number="+33199000009")
    Treatment.objects.create(plan=plan, moment="closed", action="message", text="Fermé.", sound="lines/x")
    values = read(line).plan
    assert treat(values, LineMoment.OPEN).then is Then.MENU
    assert treat(values, LineMoment.OPEN, "1").urgency == 1
    assert treat(values, LineMoment.OPEN, "2").number == "+33199000009"
    assert treat(values, LineMoment.CLOSED).sound == Sound("Fermé.", "lines/x")
    assert treat(values, LineMoment.LUNCH).sound == Sound(FAREWELL)


def test_reading_one_line_or_forty_costs_the_same(line: Line, django_assert_max_num_queries) -> None:
    lines = [line] + [make_line(practice=make_practice()) for _ in range(5)]
    for one in lines:
        open_on_monday(CallPlan.objects.create(line=one, follows_practitioners_leave=True))
    found = list(Line.objects.select_related("practice"))
    with django_assert_max_num_queries(12):
        plans_of(found, now=MONDAY_NOON)
