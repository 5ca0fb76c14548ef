"""Draw the way of a line's calls for a screen, and find what is wrong with it before a caller does."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from decroche.calls.domain.callflow import (
    CallPlan,
    LineKind,
    Menu,
    MenuChoice,
    Sound,
    Then,
    Treatment,
    last_resort,
    overflow,
    treat,
)
from decroche.calls.domain.hours import LineMoment
from decroche.calls.domain.routing import Policy, TeamPlan, TeamStep

KEYS = frozenset("0123456789*#")


class StageKind(StrEnum):
    """Name one stage of a call's way."""

    SOUND = "sound"
    MENU = "menu"
    TEAM = "team"
    NUMBER = "number"
    VOICEMAIL = "voicemail"
    HANG_UP = "hang_up"


@dataclass(frozen=True, slots=True)
class Branch:
    """Hold where one key leads; no choice: where no key leads."""

    choice: MenuChoice | None
    stages: tuple["Stage", ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """Hold one stage: what is heard, who is rung, and after how long."""

    kind: StageKind
    sound: Sound | None = None
    step: TeamStep | None = None
    after: timedelta | None = None  # since the caller began to wait; None: at once
    number: str = ""
    branches: tuple[Branch, ...] = ()


class Flaw(StrEnum):
    """Name what is wrong with a plan; a screen says it in words."""

    KEY_TWICE = "key_twice"
    NOT_A_KEY = "not_a_key"
    MENU_WITHOUT_PROMPT = "menu_without_prompt"
    MENU_WITHOUT_CHOICE = "menu_without_choice"
    TEAM_WITHOUT_STEP = "team_without_step"
    STEPS_OUT_OF_ORDER = "steps_out_of_order"
    NUMBER_MISSING = "number_missing"
    NOTHING_TO_SAY = "nothing_to_say"  # would hang up without a word
    EMERGENCY_TURNED_AWAY = "emergency_turned_away"  # an emergency line may not hang up on a caller


def way(plan: CallPlan, moment: LineMoment, policy: Policy | None = None) -> tuple[Stage, ...]:
    """Return the stages of a call that arrives at a moment, in order, the menu's branches inside its stage."""
    return _stages(plan, treat(plan, moment), policy or Policy())


def _stages(plan: CallPlan, treatment: Treatment, policy: Policy) -> tuple[Stage, ...]:
    found = [] if treatment.sound == Sound() else [Stage(StageKind.SOUND, sound=treatment.sound)]
    match treatment.then:
        case Then.MENU if plan.menu is not None:
            found.append(
                Stage(StageKind.MENU, sound=plan.menu.prompt, branches=_branches(plan, plan.menu, policy))
            )
        case Then.TEAM:
            team = treatment.team or plan.team
            found += [Stage(StageKind.TEAM, step=step, after=step.after) for step in team.steps]
            found += _overflow_stages(plan, team.overflow_after or policy.wait_at_most)
        case Then.NUMBER:
            found += [Stage(StageKind.NUMBER, number=treatment.number), _last_stage(plan)]
        case Then.VOICEMAIL:
            found.append(Stage(StageKind.VOICEMAIL))
        case _:
            found.append(Stage(StageKind.HANG_UP))
    return tuple(found)


def _overflow_stages(plan: CallPlan, after: timedelta) -> list[Stage]:
    spilt = overflow(plan)
    if spilt.then is not Then.NUMBER:
        return [_last_stage(plan, after)]
    return [Stage(StageKind.NUMBER, number=spilt.number, after=after), _last_stage(plan)]


def _last_stage(plan: CallPlan, after: timedelta | None = None) -> Stage:
    last = last_resort(plan)
    if last.then is Then.VOICEMAIL:
        return Stage(StageKind.VOICEMAIL, after=after)
    return Stage(StageKind.HANG_UP, sound=last.sound, after=after)


def _branches(plan: CallPlan, menu: Menu, policy: Policy) -> tuple[Branch, ...]:
    keyed: list[MenuChoice | None] = [*menu.choices, None]
    return tuple(
        Branch(
            choice,
            _stages(plan, treat(_asking(plan), LineMoment.OPEN, choice.digit if choice else ""), policy),
        )
        for choice in keyed
    )


def _asking(plan: CallPlan) -> CallPlan:
    """Return the plan as it is once its menu is heard, whatever moment led there."""
    return CallPlan(
        kind=plan.kind,
        menu=plan.menu,
        team=plan.team,
        fallback_number=plan.fallback_number,
        farewell=plan.farewell,
        when={},
    )


def flaws(plan: CallPlan) -> frozenset[Flaw]:
    """Return what is wrong with a plan."""
    found: set[Flaw] = set()
    treatments = list(plan.when.values())
    if plan.menu is not None:
        found |= _menu_flaws(plan.menu)
        treatments += [choice.treatment for choice in plan.menu.choices] + [plan.menu.otherwise]
    for team in [plan.team, *(t.team for t in treatments if t.team is not None)]:
        found |= _team_flaws(team)
    for treatment in treatments:
        if treatment.then is Then.NUMBER and not (treatment.number or plan.fallback_number):
            found.add(Flaw.NUMBER_MISSING)
        if treatment.then is Then.SAY:
            if treatment.sound == Sound():
                found.add(Flaw.NOTHING_TO_SAY)
            if plan.kind is LineKind.EMERGENCY:
                found.add(Flaw.EMERGENCY_TURNED_AWAY)
    return frozenset(found)


def _menu_flaws(menu: Menu) -> set[Flaw]:
    found = set()
    digits = [choice.digit for choice in menu.choices]
    if len(set(digits)) < len(digits):
        found.add(Flaw.KEY_TWICE)
    if not KEYS.issuperset(digits):
        found.add(Flaw.NOT_A_KEY)
    if not digits:
        found.add(Flaw.MENU_WITHOUT_CHOICE)
    if menu.prompt == Sound():
        found.add(Flaw.MENU_WITHOUT_PROMPT)
    return found


def _team_flaws(team: TeamPlan) -> set[Flaw]:
    if not team.steps:
        return {Flaw.TEAM_WITHOUT_STEP}
    delays = [step.after for step in team.steps]
    return {Flaw.STEPS_OUT_OF_ORDER} if delays != sorted(delays) else set()
