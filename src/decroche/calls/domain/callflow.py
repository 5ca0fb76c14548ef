"""Say what happens to a call that arrives, from a plan of plain values: greeting, menu, team, overflow."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum

from decroche.calls.domain.hours import LineMoment
from decroche.calls.domain.routing import TeamPlan, Urgency

RINGS_AT_MOST = timedelta(seconds=6)  # then a caller whom nobody greets hears music


class LineKind(StrEnum):
    """Name whom a line is for."""

    MAIN = "main"
    COLLEAGUES = "colleagues"  # doctors only
    EMERGENCY = "emergency"


class Then(StrEnum):
    """Name what becomes of a caller."""

    TEAM = "team"  # waits for a secretary
    MENU = "menu"  # is asked to press a key
    NUMBER = "number"  # is sent to an outside number, then to voicemail
    VOICEMAIL = "voicemail"
    SAY = "say"  # hears a message, then the line hangs up


@dataclass(frozen=True, slots=True)
class Sound:
    """Hold what is heard: a recording when there is one, else the text spoken by the machine."""

    text: str = ""
    file: str = ""  # a name in the practice's sound store


@dataclass(frozen=True, slots=True)
class Waiting:
    """Say what a caller hears while he waits."""

    music: bool = True  # False: silence between messages
    message: Sound = field(default_factory=Sound)
    every: timedelta = timedelta(seconds=30)
    says_position: bool = False
    says_expected_wait: bool = False


@dataclass(frozen=True, slots=True)
class Treatment:
    """Say what becomes of a caller, after what he hears first."""

    then: Then
    sound: Sound = field(default_factory=Sound)  # heard before; empty: nothing
    team: TeamPlan | None = None  # for TEAM; None: the plan's own
    number: str = ""  # for NUMBER, E.164
    urgency: Urgency | None = None  # for TEAM; None: as the line says


@dataclass(frozen=True, slots=True)
class MenuChoice:
    """Let one key lead somewhere."""

    digit: str  # 0–9, * or #
    label: str
    treatment: Treatment


@dataclass(frozen=True, slots=True)
class Menu:
    """Ask the caller to press a key; whoever presses none goes on to ``otherwise``."""

    prompt: Sound
    choices: tuple[MenuChoice, ...]
    wait_for_key: timedelta = timedelta(seconds=5)  # after the prompt
    repeats: int = 1
    otherwise: Treatment = field(default_factory=lambda: Treatment(Then.TEAM))


@dataclass(frozen=True, slots=True)
class CallPlan:
    """Hold the whole way of a line's calls. ``when`` overrides what is usual at a moment."""

    kind: LineKind = LineKind.MAIN
    greeting: Sound = field(default_factory=Sound)
    waiting: Waiting = field(default_factory=Waiting)
    menu: Menu | None = None  # asked when the line is open
    team: TeamPlan = field(default_factory=TeamPlan)
    when: Mapping[LineMoment, Treatment] = field(default_factory=dict)
    fallback_number: str = ""  # where nobody answers; then voicemail
    farewell: Sound | None = None  # said before hanging up where a voicemail would come; None: it comes
    white_list: frozenset[str] = frozenset()  # numbers that rank as colleagues: a laboratory, a hospital
    required: frozenset[str] = frozenset()  # skills without which nobody will do
    preferred: frozenset[str] = frozenset()


def urgency_of(plan: CallPlan, caller_number: str) -> Urgency:
    """Say how much a caller presses. A white-listed number is a hint that anybody can forge: it never makes an emergency."""
    if plan.kind is LineKind.EMERGENCY:
        return Urgency.EMERGENCY
    if plan.kind is LineKind.COLLEAGUES or (caller_number and caller_number in plan.white_list):
        return Urgency.COLLEAGUE
    return Urgency.ROUTINE


def treat(
    plan: CallPlan, moment: LineMoment, digit: str | None = None, *, caller_number: str = ""
) -> Treatment:
    """Say, completely, what becomes of a caller: team, number and urgency are filled in.

    ``digit`` is None when no menu was heard yet, empty when no key was pressed. Before the menu or the team the
    plan's greeting is heard, unless the treatment brings words of its own.
    """
    chosen = _at(plan, moment)
    if chosen.then is Then.MENU:
        if plan.menu is None:
            chosen = Treatment(Then.TEAM, chosen.sound)
        elif digit is not None:
            return _complete(plan, _after_key(plan.menu, digit), caller_number)
    if chosen.sound == Sound() and chosen.then is not Then.SAY:
        chosen = replace(chosen, sound=plan.greeting)
    return _complete(plan, chosen, caller_number)


def overflow(plan: CallPlan) -> Treatment:
    """Say what becomes of a caller whom nobody can answer."""
    if plan.fallback_number:
        return Treatment(Then.NUMBER, number=plan.fallback_number)
    return last_resort(plan)


def last_resort(plan: CallPlan) -> Treatment:
    """Say what becomes of a caller whom not even the fallback number answered."""
    return Treatment(Then.VOICEMAIL) if plan.farewell is None else Treatment(Then.SAY, plan.farewell)


def _at(plan: CallPlan, moment: LineMoment) -> Treatment:
    if moment in plan.when:
        return plan.when[moment]
    if moment is LineMoment.OPEN:
        return Treatment(Then.MENU if plan.menu else Then.TEAM)
    return overflow(plan)


def _after_key(menu: Menu, digit: str) -> Treatment:
    chosen = next((choice.treatment for choice in menu.choices if choice.digit == digit), menu.otherwise)
    return (
        Treatment(Then.TEAM) if chosen.then is Then.MENU else chosen
    )  # a menu leads on, never back to itself


def _complete(plan: CallPlan, chosen: Treatment, caller_number: str) -> Treatment:
    match chosen.then:
        case Then.TEAM:
            urgency = urgency_of(plan, caller_number) if chosen.urgency is None else chosen.urgency
            return replace(chosen, team=chosen.team or plan.team, urgency=urgency)
        case Then.NUMBER:
            number = chosen.number or plan.fallback_number
            if number:
                return replace(chosen, number=number)
            return _complete(plan, replace(chosen, then=Then.VOICEMAIL), caller_number)
        case Then.VOICEMAIL if plan.farewell is not None:
            return last_resort(plan)
        case _:
            return chosen
