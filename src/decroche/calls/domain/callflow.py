"""Say what happens to a call that arrives, from a plan of plain values: greeting, menu, team, overflow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from decroche.calls.domain.hours import LineMoment
from decroche.calls.domain.routing import TeamPlan, Urgency


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
    white_list: frozenset[str] = frozenset()  # numbers that rank as colleagues: a laboratory, a hospital
    required: frozenset[str] = frozenset()  # skills without which nobody will do
    preferred: frozenset[str] = frozenset()
