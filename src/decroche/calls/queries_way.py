"""Draw the way of one call: its moments in words, and lanes whose lengths are the durations."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from decroche.accounts.models import User
from decroche.calls import wording
from decroche.calls.models import Call, CallStep
from decroche.calls.switchboard.records import StepKind as K
from decroche.kernel import phone
from decroche.practices.models import Practitioner

WHOLE = 1000
NARROWEST = 4  # what lasted a second must still be seen
TICKS = 4
NICE_SECONDS: Final = (5, 10, 15, 20, 30, 60, 120, 180, 300, 600, 900, 1800, 3600)


@dataclass(frozen=True, slots=True)
class Moment:
    """Hold one step of a call in words."""

    kind: str
    at: datetime
    sentence: str
    after: timedelta  # since the arrival
    passed_over: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """Hold one bar of a lane, from a thousandth to a thousandth of the whole."""

    kind: str  # greeting, waiting, ringing, talking, hold, away, wrap
    start: int
    width: int
    lasted: timedelta
    title: str


@dataclass(slots=True)
class Lane:
    """Hold what happened at one place: the greeting, the queue, a secretary's post, a third person's phone."""

    name: str
    icon: str
    stretches: list[Stretch] = field(default_factory=list)
    marks: list[tuple[int, str]] = field(default_factory=list)

    @property
    def lasted(self) -> timedelta:
        return sum((stretch.lasted for stretch in self.stretches), timedelta())


@dataclass(frozen=True, slots=True)
class Way:
    """Hold the picture: its lanes and the times written under it."""

    lanes: tuple[Lane, ...]
    ticks: tuple[tuple[int, timedelta], ...]
    whole: timedelta

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """Return what the colours mean, for those that are drawn."""
        return list(dict.fromkeys((bar.kind, bar.title) for lane in self.lanes for bar in lane.stretches))


# Where each step puts the caller: the lane, and what the bar is. A secretary's lane bears her name.
_WHERE: Final[Mapping[str, tuple[str, str]]] = {
    K.ARRIVED: ("queue", "waiting"),
    K.GREETED: ("greeting", "greeting"),
    K.MENU: ("greeting", "greeting"),
    K.INFORMED: ("greeting", "greeting"),
    K.RECORDING_ANNOUNCED: ("greeting", "greeting"),
    K.KEY: ("queue", "waiting"),
    K.WAITING: ("queue", "waiting"),
    K.UNANSWERED: ("queue", "waiting"),
    K.REFUSED: ("queue", "waiting"),
    K.UNREACHABLE: ("queue", "waiting"),
    K.CUT_OFF: ("queue", "waiting"),
    K.TRANSFER_FAILED: ("queue", "waiting"),
    K.PARKED: ("parked", "hold"),
    K.PARKED_TOO_LONG: ("queue", "waiting"),
    K.OFFERED: ("her", "ringing"),
    K.CALLING: ("her", "ringing"),
    K.DIALLED: ("her", "ringing"),
    K.TALKING: ("her", "talking"),
    K.RESUMED: ("her", "talking"),
    K.UNPARKED: ("her", "talking"),
    K.PARTY_DROPPED: ("her", "talking"),
    K.HELD: ("her", "hold"),
    K.TRANSFER_STARTED: ("away", "ringing"),
    K.TRANSFERRED: ("away", "away"),
    K.GIVEN: ("away", "away"),
    K.FALLBACK: ("away", "away"),
    K.VOICEMAIL: ("away", "away"),
    K.ENDED: ("her", "wrap"),
}
_PARTY: Final[Mapping[str, str]] = {
    K.PARTY_RUNG: "ringing",
    K.PARTY_ANSWERED: "talking",
    K.PARTY_GONE: "",
    K.PARTY_DROPPED: "",
    K.GIVEN: "",
    K.ENDED: "",
}
#: Steps that speak of a third person, whose name says more than a number.
_THIRD: Final = {
    K.TRANSFER_STARTED,
    K.TRANSFERRED,
    K.PARTY_RUNG,
    K.PARTY_ANSWERED,
    K.PARTY_GONE,
    K.GIVEN,
    K.HANDED_OVER,
}
_MARKED: Final = {
    K.KEY,
    K.TOLD,
    K.KEPT_FOR,
    K.URGENCY,
    K.ABUSE,
    K.LISTENING,
    K.RECORDING_ON,
    K.RECORDING_REFUSED,
}


def moments(call: Call) -> list[Moment]:
    """Return the timeline of a call read by ``call_card``, in words (two queries more at most, for names)."""
    steps = list(call.steps.all())
    names, numbers = _names(steps), _numbers(call, steps)
    return [
        Moment(
            step.kind,
            step.at,
            wording.step(
                step.kind,
                step.detail | {"name": _third(step, names, numbers)},
                step.secretary.display_name if step.secretary else "",
            ),
            max(step.at - call.arrived_at, timedelta()),
            tuple(wording.passed_over(step.detail, names)),
        )
        for step in steps
        if not (step.kind == K.WAITING and step.number > 1 and _is_echo(steps, step))
    ]


def _names(steps: Iterable[CallStep]) -> dict[int, str]:
    ids = {int(one[0]) for step in steps for one in step.detail.get("passed_over", [])}
    ids |= {int(step.detail["user"]) for step in steps if step.kind in _THIRD and step.detail.get("user")}
    return {user.pk: user.display_name for user in User.objects.filter(pk__in=ids)} if ids else {}


def _numbers(call: Call, steps: Iterable[CallStep]) -> dict[str, str]:
    """Return who has the numbers that were dialled: the practice's practitioners; none when nobody else was called."""
    if call.practice is None or not any(step.kind in _THIRD and step.detail.get("number") for step in steps):
        return {}
    region = call.practice.country_code
    rows = Practitioner.objects.filter(practice=call.practice).exclude(phone="")
    found = {phone.parse_or_none(row.phone, region=region) or "": row.display_name for row in rows}
    own = phone.parse_or_none(call.practice.phone, region=region) if call.practice.phone else None
    return found | ({own: call.practice.name} if own else {})


def _third(step: CallStep, names: Mapping[int, str], numbers: Mapping[str, str]) -> str:
    """Return the name of the third person of a step; empty when only a number is known."""
    if step.kind not in _THIRD:
        return ""
    user_id = step.detail.get("user")
    return names.get(int(user_id), "") if user_id else numbers.get(str(step.detail.get("number") or ""), "")


def _is_echo(steps: list[CallStep], step: CallStep) -> bool:
    """Say whether a step of waiting only repeats that the offer before it failed."""
    before = next((other for other in steps if other.number == step.number - 1), None)
    return before is not None and before.at == step.at


def way_of(call: Call, *, now: datetime) -> Way | None:
    """Return the picture of a call read by ``call_card``; None when no step was kept."""
    steps = list(call.steps.all())
    if not steps:
        return None
    canvas = _Canvas(steps[0].at, _end(call, steps, now))
    _draw_caller(canvas, steps)
    _draw_party(canvas, steps)
    for step in steps:
        if step.kind in _MARKED and (lane := canvas.lane_at(step.at)):
            who = step.secretary.display_name if step.secretary else ""
            lane.marks.append((canvas.place(step.at), wording.step(step.kind, step.detail, who)))
    return Way(tuple(canvas.lanes.values()), canvas.ticks(), canvas.end - canvas.begin)


def _end(call: Call, steps: list[CallStep], now: datetime) -> datetime:
    last = steps[-1].at
    if not call.is_over:
        return now
    if call.wrap_up_until is not None and call.answered_at is not None:
        return max(last, min(call.wrap_up_until, now))
    return last


def _draw_caller(canvas: "_Canvas", steps: list[CallStep]) -> None:
    """Draw where the caller was, from each step that moved him to the next one."""
    placed = [step for step in steps if step.kind in _WHERE]
    her = ""
    for number, step in enumerate(placed):
        place, kind = _WHERE[step.kind]
        if step.secretary is not None:
            her = step.secretary.display_name
        if place == "her" and not her:
            continue
        until = placed[number + 1].at if number + 1 < len(placed) else canvas.end
        lane = canvas.lane(her, "headset") if place == "her" else canvas.lane(*_place(place, step))
        canvas.draw(lane, kind, step.at, until)


def _place(place: str, step: CallStep) -> tuple[str, str]:
    if place == "greeting":
        return _("Accueil"), "volume-2"
    if place == "queue":
        return _("Attente"), "hourglass"
    if place == "parked":
        return _("Garé"), "pause"
    if step.kind == K.VOICEMAIL:
        return _("Messagerie"), "voicemail"
    return (
        (_("Secours"), "phone-forwarded") if step.kind == K.FALLBACK else (_("Transfert"), "phone-forwarded")
    )


def _draw_party(canvas: "_Canvas", steps: list[CallStep]) -> None:
    """Draw the third person, who comes and goes while the call goes on."""
    placed = [step for step in steps if step.kind in _PARTY]
    for number, step in enumerate(placed):
        kind = _PARTY[step.kind]
        if kind:
            until = placed[number + 1].at if number + 1 < len(placed) else canvas.end
            canvas.draw(canvas.lane(_("Tiers"), "user-plus"), kind, step.at, until)


class _Canvas:
    """Turn times into thousandths, and keep the lanes in the order in which the call came to them."""

    def __init__(self, begin: datetime, end: datetime) -> None:
        self.begin, self.end = begin, max(end, begin + timedelta(seconds=1))
        self.lanes: dict[str, Lane] = {}
        self._drawn: list[tuple[datetime, datetime, Lane]] = []

    def lane(self, name: str, icon: str) -> Lane:
        return self.lanes.setdefault(name, Lane(name, icon))

    def place(self, at: datetime) -> int:
        share = (min(max(at, self.begin), self.end) - self.begin) / (self.end - self.begin)
        return int(share * WHOLE)

    def draw(self, lane: Lane, kind: str, start: datetime, until: datetime) -> None:
        """Add a bar, joined to the one before when it is the same thing going on."""
        until = min(until, self.end)
        if until <= start:
            if not lane.stretches and not lane.marks:
                self.lanes.pop(lane.name, None)
            return
        self._drawn.append((start, until, lane))
        first, lasted = self.place(start), until - start
        width = max(self.place(until) - first, NARROWEST)
        if lane.stretches and lane.stretches[-1].kind == kind:
            last = lane.stretches[-1]
            if first <= last.start + last.width + 1:
                lane.stretches.pop()
                first, width, lasted = last.start, first + width - last.start, last.lasted + lasted
        lane.stretches.append(Stretch(kind, first, width, lasted, _title(kind)))

    def lane_at(self, at: datetime) -> Lane | None:
        """Return where the caller was at that moment."""
        for start, until, lane in self._drawn:
            if start <= at <= until:
                return lane
        return None

    def ticks(self) -> tuple[tuple[int, timedelta], ...]:
        """Return the round times to write under the picture."""
        whole = (self.end - self.begin).total_seconds()
        step = next((nice for nice in NICE_SECONDS if whole / nice <= TICKS), NICE_SECONDS[-1])
        count = min(int(whole // step), 2 * TICKS)
        return tuple((int(n * step / whole * WHOLE), timedelta(seconds=n * step)) for n in range(count + 1))


def _title(kind: str) -> str:
    return {
        "greeting": _("Annonce ou menu"),
        "waiting": _("Attente"),
        "ringing": _("Sonnerie"),
        "talking": _("Conversation"),
        "hold": _("Mise à patienter"),
        "wrap": _("Après-appel"),
    }.get(kind, _("Hors du secrétariat"))
