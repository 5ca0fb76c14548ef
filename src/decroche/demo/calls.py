"""A week of calls: waves of the day, who answered, how long, what came of it."""

import datetime as dt
import math
import uuid
from dataclasses import dataclass, field
from random import Random
from zoneinfo import ZoneInfo

from decroche.demo.dice import dice_for
from decroche.demo.people import Person
from decroche.demo.plan import Cabinet
from decroche.demo.team import FIRM, SOLO, SOLO_CABINETS, Answerer

# Calls of an ordinary weekday, and their share by local hour (9-12 h and 14-19 h hold most of them).
DAILY = {
    "tilleuls": 172, "saint-martin": 50, "remparts": 46, "landriel": 15, "confluence": 44, "lasserande": 42, "regard": 76,
    "bergeres": 54, "coquelicots": 82, "pascalini": 34, "montezin": 14, "loire": 28, "peyroux": 34, "anse": 64, "bellefeuille": 27,
}  # fmt: skip
_HOURS = {
    8: 8,
    9: 11,
    10: 11.4,
    11: 10.2,
    12: 5,
    13: 5.6,
    14: 10.4,
    15: 10,
    16: 10.2,
    17: 9,
    18: 6.4,
    19: 1.6,
    20: 0.8,
}
# On Saturday people call in the morning: everybody knows that it closes at noon.
_SATURDAY = {8: 14, 9: 30, 10: 28, 11: 20, 12: 5, 15: 2, 18: 1}
_WEEKDAY = (1.3, 1.05, 0.85, 1.0, 0.98, 0.22, 0.06)
_OUTCOMES = {
    "booked": 35, "moved": 7, "cancelled": 6, "message": 26, "information": 17, "transferred": 3, "emergency": 1.2,
    "wrong_number": 1, "other": 3.8,
}  # fmt: skip
_UNLINKED = tuple(key for key in _OUTCOMES if key not in {"booked", "message", "moved", "cancelled"})
_COLLEAGUES = (
    "Pharmacie du Marché", "Laboratoire du Val", "Centre hospitalier, secrétariat", "Infirmière à domicile", "Ambulances du Centre",
    "Pharmacie centrale", "Maison de retraite des Acacias",
)  # fmt: skip

#: Lines that ask for a key first, and how often each is pressed ("": nobody pressed one).
MENUS = {"coquelicots": {"1": 58, "2": 24, "3": 6, "": 12}}


@dataclass(slots=True)
class Step:
    """One line of a timeline."""

    kind: str
    at: dt.datetime
    secretary: str = ""
    detail: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class PastCall:
    """A call that is over; ``patient`` is a rank in the practice's people."""

    id: uuid.UUID
    cabinet: str
    line: int
    caller: str
    name: str
    patient: int | None
    arrived: dt.datetime
    answered: dt.datetime | None = None
    ended: dt.datetime | None = None
    reason: str = "abandoned"
    outcome: str = ""
    secretary: str = ""
    wrap_up_until: dt.datetime | None = None
    moment: str = "open"
    urgency: int = 0
    digit: str = ""
    steps: list[Step] = field(default_factory=list)

    def note(self, kind: str, at: dt.datetime, secretary: str = "", **detail: object) -> None:
        """Add a line to the timeline."""
        self.steps.append(Step(kind, at, secretary, detail))


class Switchboard:
    """Plays the calls of a team in the order they came; nobody speaks twice at once."""

    def __init__(self, team: tuple[Answerer, ...], dice: Random) -> None:
        self._team, self._dice = team, dice
        self._free = {someone.login: dt.datetime.min.replace(tzinfo=dt.UTC) for someone in team}
        self._taken: dict[tuple[str, str], int] = {}

    def at_post(self, at: dt.datetime) -> list[Answerer]:
        """Return who works at that moment, each on her own clock; Saturday is two by turns, Sunday one."""
        found = []
        for rank, someone in enumerate(self._team):
            local = at.astimezone(ZoneInfo(someone.zone))
            alone, turn = len(self._team) == 1, local.isocalendar().week + rank
            if local.weekday() == 5 and not ((turn % 4 == 0 or alone) and local.hour < 13):
                continue
            if local.weekday() == 6 and (turn % 8 or alone):
                continue
            off = dice_for("day off", someone.login, local.date()).random() < 0.04 and len(self._team) > 1
            if someone.starts <= local.time() < someone.ends and not off:
                found.append(someone)
        return found

    def receive(self, call: PastCall) -> None:
        """Let one call live: queue, offers, conversation, wrap-up; or abandonment; or the machine."""
        call.note("arrived", call.arrived)
        present = self.at_post(call.arrived)
        if not present:
            call.moment = "closed"
            self._machine(call, call.arrived + dt.timedelta(seconds=10), [["nobody_at_post", 0]])
            return
        call.note("greeted", call.arrived, moment="open")
        heard = _hear_the_menu(call)
        someone, at = self._first_free(call, present)
        patience = dt.timedelta(seconds=min(170.0, 20 + self._dice.expovariate(1 / 130)))
        at = max(at, heard)
        if at > heard:
            call.note("waiting", heard)
            self._tell(call, min(at, call.arrived + patience))
        if at - call.arrived > patience:
            self._gives_up(call, call.arrived + patience)
            return
        if self._dice.random() < 0.07 and len(present) > 1:
            # She was away from her phone: fifteen seconds, then the next.
            other = self._dice.choice([each for each in present if each is not someone])
            call.note("offered", at, other.login, reasons=self._reasons(call, other))
            at += dt.timedelta(seconds=15)
            call.note("unanswered", at, other.login)
            call.note("waiting", at)
        passed = self._passed_over(call, someone, present, at)
        call.note("offered", at, someone.login, reasons=self._reasons(call, someone), **passed)
        self._talk(call, someone, at + dt.timedelta(seconds=self._dice.randint(2, 9)))

    def _tell(self, call: PastCall, until: dt.datetime) -> None:
        """Tell who waits long where he stands, nearer each time."""
        waits = int((until - call.steps[-1].at).total_seconds())
        for said, seconds in enumerate(range(20, waits, 45)):
            position = max(1, 1 + waits // 45 - said)
            call.note("told", until - dt.timedelta(seconds=waits - seconds), position=position)

    def _passed_over(
        self, call: PastCall, someone: Answerer, present: list[Answerer], at: dt.datetime
    ) -> dict[str, object]:
        """Return who knows the practice better and why she was not rung; logins stand for ids until they exist."""
        mine = someone.knows.get(call.cabinet, 0.0)
        better = [
            each for each in present if each.knows.get(call.cabinet, 0.0) > mine and each is not someone
        ]
        better.sort(key=lambda each: -each.knows.get(call.cabinet, 0.0))
        busy = [each for each in better if self._free[each.login] > at][:2]
        if not busy:
            return {}
        seconds = {each.login: int((self._free[each.login] - at).total_seconds()) for each in busy}
        return {"passed_over": [[login, "on_call", 20 + lasts] for login, lasts in seconds.items()]}

    def _first_free(self, call: PastCall, present: list[Answerer]) -> tuple[Answerer, dt.datetime]:
        free = [someone for someone in present if self._free[someone.login] <= call.arrived]
        if free:
            weights = [someone.knows.get(call.cabinet, 0.1) ** 2 for someone in free]
            return self._dice.choices(free, weights)[0], call.arrived
        someone = min(present, key=lambda each: self._free[each.login])
        return someone, self._free[someone.login]

    def _reasons(self, call: PastCall, someone: Answerer) -> list[list[object]]:
        known = self._taken.get((someone.login, call.cabinet), 0)
        first = (
            ["knows_well", known] if known >= 10 else ["knows", known] if known else ["new_to_practice", 0]
        )
        idle = self._dice.randint(4, 260)
        # Who waited was given to the first to be free.
        return [
            first,
            ["idle_for", min(idle, 3) if any(step.kind == "told" for step in call.steps) else idle],
        ]

    def _talk(self, call: PastCall, someone: Answerer, at: dt.datetime) -> None:
        dice = self._dice
        seconds = min(900.0, dice.lognormvariate(math.log(112), 0.62))
        call.answered, call.secretary = at, someone.login
        call.note("talking", at, someone.login)
        if dice.random() < 0.08 and seconds > 60:
            held = at + dt.timedelta(seconds=seconds * 0.4)
            call.note("held", held, someone.login)
            call.note("resumed", held + dt.timedelta(seconds=dice.randint(8, 40)), someone.login)
            seconds += 40
        call.ended = at + dt.timedelta(seconds=int(seconds))
        call.reason = "completed"
        call.outcome = dice.choices(list(_OUTCOMES), list(_OUTCOMES.values()))[0]
        if call.outcome in {"transferred", "emergency"}:
            call.reason = "transferred"
            number = "15" if call.outcome == "emergency" else ""
            call.note("transfer_started", call.ended - dt.timedelta(seconds=9), someone.login, number=number)
            call.note("transferred", call.ended, number=number)
        call.note("ended", call.ended, reason=call.reason)
        call.wrap_up_until = call.ended + dt.timedelta(seconds=dice.randint(6, 45))
        call.note("wrap_up_ended", call.wrap_up_until, someone.login)
        self._free[someone.login] = call.wrap_up_until
        key = (someone.login, call.cabinet)
        self._taken[key] = self._taken.get(key, 0) + 1

    def _gives_up(self, call: PastCall, at: dt.datetime) -> None:
        call.ended, call.reason = at, "abandoned"
        call.note("ended", at, reason="abandoned")

    def _machine(self, call: PastCall, at: dt.datetime, reasons: list[list[object]]) -> None:
        call.note("voicemail", at, reasons=reasons)
        if self._dice.random() < 0.4:
            self._gives_up(call, at + dt.timedelta(seconds=self._dice.randint(2, 7)))
            return
        seconds = self._dice.randint(9, 58)
        call.ended, call.reason = at + dt.timedelta(seconds=seconds), "voicemail"
        call.note("voicemail_left", call.ended, seconds=seconds)
        call.note("ended", call.ended, reason="voicemail")


def _hear_the_menu(call: PastCall) -> dt.datetime:
    """Let the caller of a line that asks for a key press one; return when he goes on to the secretaries."""
    shares = MENUS.get(call.cabinet)
    if not shares:
        return call.arrived
    dice = dice_for("menu", call.id)
    call.digit = dice.choices(list(shares), list(shares.values()))[0]
    call.note("menu", call.arrived)
    pressed = call.arrived + dt.timedelta(seconds=dice.randint(4, 9))
    call.note("key", pressed, digit=call.digit)
    return pressed


def week_of_calls(
    cabinets: tuple[Cabinet, ...], people: dict[str, list[Person]], now: dt.datetime
) -> list[PastCall]:
    """Return the calls of the last seven days and of this day until now, in order of arrival."""
    calls = [call for cabinet in cabinets for call in _arrivals(cabinet, people[cabinet.key], now)]
    calls.sort(key=lambda call: call.arrived)
    firm, solo = (
        Switchboard(FIRM, dice_for("switchboard", now.date())),
        Switchboard((SOLO,), dice_for("solo", now.date())),
    )
    for call in calls:
        (solo if call.cabinet in SOLO_CABINETS else firm).receive(call)
    # Those still in wrap-up when the world is loaded would leave a secretary busy for ever.
    return [call for call in calls if (call.wrap_up_until or call.ended or now) < now]


def _arrivals(cabinet: Cabinet, people: list[Person], now: dt.datetime) -> list[PastCall]:
    zone = ZoneInfo(cabinet.zone)
    today = now.astimezone(zone).date()
    found: list[PastCall] = []
    for back in range(7, -1, -1):
        date = today - dt.timedelta(days=back)
        dice = dice_for("calls", cabinet.key, date)
        count = max(0, round(dice.gauss(1, 0.08) * DAILY[cabinet.key] * _WEEKDAY[date.weekday()]))
        shares = _SATURDAY if date.weekday() == 5 else _HOURS
        for _ in range(count):
            hour = dice.choices(list(shares), list(shares.values()))[0]
            clock = dt.time(hour, dice.randint(0, 59), dice.randint(0, 59))
            arrived = dt.datetime.combine(date, clock, tzinfo=zone).astimezone(dt.UTC)
            if arrived < now:
                found.append(_caller(cabinet, people, dice, arrived))
    return found


def _caller(cabinet: Cabinet, people: list[Person], dice: Random, arrived: dt.datetime) -> PastCall:
    call_id = uuid.UUID(int=dice.getrandbits(128), version=4)
    draw = dice.random()
    line = 0
    if draw < 0.78:
        rank = dice.randrange(len(people))
        return PastCall(call_id, cabinet.key, line, people[rank].phones[0][0], "", rank, arrived)
    if draw < 0.85:
        line = len(cabinet.lines) - 1
        number = f"+3319900{dice.randint(100, 9999):04d}"
        return PastCall(call_id, cabinet.key, line, number, dice.choice(_COLLEAGUES), None, arrived)
    if draw < 0.88:
        return PastCall(call_id, cabinet.key, line, "", "", None, arrived)
    number = f"+3363998{dice.randint(0, 9999):04d}"
    return PastCall(call_id, cabinet.key, line, number, "", None, arrived)


UNLINKED_OUTCOMES = _UNLINKED
