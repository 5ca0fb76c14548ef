"""Set up how some lines answer: a menu, teams and a back-up, hours and holidays; an emergency line; what is recorded."""

import datetime as dt
from zoneinfo import ZoneInfo

from decroche.calls.models import (
    Action,
    CallPlan,
    Forwarding,
    LineClosure,
    LineHours,
    LineKind,
    MenuChoice,
    Moment,
    Operator,
    RecordingReason,
    RecordingRule,
    Team,
    TeamStep,
    Treatment,
    Urgency,
    Waiting,
)
from decroche.demo.calendars import holidays
from decroche.demo.catalogue import CABINETS
from decroche.demo.loading.stage import Spot, Stage
from decroche.demo.plan import Cabinet
from decroche.demo.team import SUPERVISOR
from decroche.demo.texts import telephone as words
from decroche.demo.typography import typeset
from decroche.practices.models import Line

_BY_KEY = {cabinet.key: cabinet for cabinet in CABINETS}
#: Which operator a practice has, when it forwards, and for how many days that has been proved by a call.
_FORWARDED = {
    "tilleuls": (Operator.ORANGE, Forwarding.NO_ANSWER, 34),
    "confluence": (Operator.SFR, Forwarding.ALL, 12),
    "regard": (Operator.OVH, Forwarding.ALL, None),
    "anse": (Operator.ORANGE, Forwarding.OUT_OF_HOURS, 90),
    "coquelicots": (Operator.FREE, Forwarding.ALL, 8),
}
_WEEK = ((dt.time(8, 30), dt.time(12, 30)), (dt.time(14), dt.time(19)))
_SATURDAY = (dt.time(9), dt.time(12))
#: The teams of a line and after how many seconds each joins.
_STEPS = {
    "coquelicots": (("Matin", 0), ("Après-midi", 25), ("Antilles", 60)),
    "anse": (("Antilles", 0), ("Après-midi", 40)),
}
#: What is recorded, of whom, until when each is kept: cabinet, reason, share, days kept, days since, days to go.
RULES = (
    ("regard", RecordingReason.TRAINING, words.RECORDED_FOR, 10, 30, 41, 49),
    ("bergeres", RecordingReason.QUALITY, words.LISTENED_FOR, 5, 3, 20, 10),
)


def write_lines(stage: Stage) -> None:
    """Write the plans; lines without one answer at every hour, as lines do."""
    for key, (operator, forwarding, proved) in _FORWARDED.items():
        for order, line in enumerate(_BY_KEY[key].lines):
            plan = CallPlan.objects.create(
                line_id=stage.lines[Spot(key, order)][0], kind=LineKind(line.kind), operator=operator,
                forwarding=forwarding,
                forwarding_checked_at=None if proved is None else stage.now - dt.timedelta(days=proved),
            )  # fmt: skip
            if order == 0:
                _teams(plan, _STEPS.get(key, ()))
    _hours_and_menu(stage, _BY_KEY["coquelicots"])
    _rules(stage)


def _teams(plan: CallPlan, steps: tuple[tuple[str, int], ...]) -> None:
    teams = {team.name: team for team in Team.objects.all()}
    for name, after in steps:
        TeamStep.objects.create(plan=plan, team=teams[name], after_seconds=after)


def _hours_and_menu(stage: Stage, cabinet: Cabinet) -> None:
    """Write a whole way: hours, holidays, a menu, what is said when nobody is there, a number of last resort."""
    line_id = stage.lines[Spot(cabinet.key, 0)][0]
    plan = CallPlan.objects.get(line_id=line_id)
    plan.menu_text, plan.waiting_text = typeset(words.MENU), typeset(words.WAITING)
    plan.waiting, plan.replacement_after_seconds = Waiting.MUSIC, 120
    plan.skills_preferred = ["pédiatrie"]
    plan.save()
    Line.objects.filter(pk=line_id).update(fallback_number=stage.mobiles[Spot(cabinet.key, 0)])
    LineHours.objects.bulk_create(
        LineHours(plan=plan, weekday=weekday, starts=starts, ends=ends)
        for weekday in range(6)
        for starts, ends in (_WEEK if weekday < 5 else (_SATURDAY,))
    )
    _closures(plan, cabinet, stage)
    Treatment.objects.bulk_create(
        (
            Treatment(plan=plan, moment=Moment.LUNCH, action=Action.MESSAGE, text=typeset(words.LUNCH)),
            Treatment(plan=plan, moment=Moment.CLOSED, action=Action.VOICEMAIL, text=typeset(words.NIGHT)),
            Treatment(plan=plan, moment=Moment.HOLIDAY, action=Action.MESSAGE, text=typeset(words.HOLIDAY)),
        )
    )
    MenuChoice.objects.bulk_create(
        MenuChoice(
            plan=plan, digit=digit, label=typeset(label), action=Action.TEAM,
            urgency=Urgency.COLLEAGUE if digit == "3" else Urgency.ROUTINE,
        )
        for digit, label in words.KEYS.items()
    )  # fmt: skip


def _closures(plan: CallPlan, cabinet: Cabinet, stage: Stage) -> None:
    """Close on the next three public holidays, and for the days of a congress."""
    today, zone = stage.today(cabinet), ZoneInfo(cabinet.zone)
    ahead = sorted(
        (day, name)
        for year in (today.year, today.year + 1)
        for day, name in holidays(year, cabinet.region).items()
        if day >= today
    )
    rows = [(Moment.HOLIDAY, day, 1, name) for day, name in ahead[:3]]
    rows.append((Moment.LEAVE, today + dt.timedelta(days=17 - today.weekday()), 2, words.CONGRESS))
    LineClosure.objects.bulk_create(
        LineClosure(
            plan=plan, moment=moment, label=typeset(name), starts_at=dt.datetime.combine(day, dt.time(), zone),
            ends_at=dt.datetime.combine(day + dt.timedelta(days=days), dt.time(), zone),
        )
        for moment, day, days, name in rows
    )  # fmt: skip


def _rules(stage: Stage) -> None:
    today = stage.now.date()
    for key, reason, detail, share, kept, since, left in RULES:
        RecordingRule.objects.create(
            line_id=stage.lines[Spot(key, 0)][0], reason=reason, detail=typeset(detail),
            announcement=typeset(words.ANNOUNCEMENT), refusal_digit="9", sample_percent=share, keep_days=kept,
            starts_on=today - dt.timedelta(days=since), ends_on=today + dt.timedelta(days=left),
            created_by_id=stage.users[SUPERVISOR.login], created_at=stage.now - dt.timedelta(days=since + 1),
        )  # fmt: skip
