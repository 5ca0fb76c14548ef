"""Say which states a call goes through, and which steps between them are lawful."""

from datetime import datetime, timedelta
from enum import StrEnum


class CallState(StrEnum):
    """Name where a call is."""

    RINGING_IN = "ringing_in"  # on our doorstep, nothing decided
    DIALLING = "dialling"  # an outgoing call: nobody has answered yet
    MENU = "menu"  # hears the menu, may press a key
    WAITING = "waiting"  # hears music
    OFFERED = "offered"  # a secretary's phone rings for it
    TALKING = "talking"
    ON_HOLD = "on_hold"
    PARKED = "parked"  # hears music until a colleague takes it
    TRANSFERRING = "transferring"  # an outside phone rings for it; the secretary has left
    FALLBACK = "fallback"  # the exchange rings the practice's fallback number
    VOICEMAIL = "voicemail"
    ENDED = "ended"


class EndReason(StrEnum):
    """Name why a call ended."""

    COMPLETED = "completed"  # a human answered and it ended on purpose
    ABANDONED = "abandoned"  # the caller gave up before anybody answered
    TRANSFERRED = "transferred"
    FALLBACK = "fallback"
    VOICEMAIL = "voicemail"
    INTERRUPTED = "interrupted"  # the exchange or the network lost it
    UNKNOWN_NUMBER = "unknown_number"
    INFORMED = "informed"  # heard why nobody answers now, as the line's plan says
    NO_REPLY = "no_reply"  # an outgoing call that nobody took


class PartyState(StrEnum):
    """Name what the third person of a call does."""

    NONE = ""
    RINGING = "ringing"
    CONSULTED = "consulted"  # speaks with the secretary; the caller hears music
    WAITING = "waiting"  # hears music; the secretary speaks with the caller
    JOINED = "joined"  # the three of them, or a colleague to whom the call was given


class Outcome(StrEnum):
    """Name what came of a conversation, in the secretary's own judgement."""

    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"
    MESSAGE = "message"
    INFORMATION = "information"
    TRANSFERRED = "transferred"
    EMERGENCY = "emergency"
    WRONG_NUMBER = "wrong_number"
    OTHER = "other"


_S = CallState

LAWFUL: dict[CallState, frozenset[CallState]] = {
    _S.RINGING_IN: frozenset(
        {_S.MENU, _S.WAITING, _S.OFFERED, _S.TRANSFERRING, _S.FALLBACK, _S.VOICEMAIL, _S.ENDED}
    ),
    _S.DIALLING: frozenset({_S.TALKING, _S.ENDED}),
    _S.MENU: frozenset({_S.WAITING, _S.OFFERED, _S.TRANSFERRING, _S.FALLBACK, _S.VOICEMAIL, _S.ENDED}),
    _S.WAITING: frozenset({_S.OFFERED, _S.FALLBACK, _S.VOICEMAIL, _S.ENDED}),
    _S.OFFERED: frozenset({_S.TALKING, _S.WAITING, _S.PARKED, _S.FALLBACK, _S.VOICEMAIL, _S.ENDED}),
    _S.TALKING: frozenset({_S.ON_HOLD, _S.PARKED, _S.TRANSFERRING, _S.WAITING, _S.ENDED}),
    _S.ON_HOLD: frozenset({_S.TALKING, _S.PARKED, _S.TRANSFERRING, _S.WAITING, _S.FALLBACK, _S.ENDED}),
    _S.PARKED: frozenset({_S.OFFERED, _S.WAITING, _S.FALLBACK, _S.VOICEMAIL, _S.ENDED}),
    _S.TRANSFERRING: frozenset({_S.WAITING, _S.ENDED}),
    _S.FALLBACK: frozenset({_S.WAITING, _S.VOICEMAIL, _S.ENDED}),
    _S.VOICEMAIL: frozenset({_S.ENDED}),
    _S.ENDED: frozenset(),
}

QUEUED = frozenset({_S.RINGING_IN, _S.MENU, _S.WAITING, _S.OFFERED})
WITH_SECRETARY = frozenset({_S.TALKING, _S.ON_HOLD})
# Who hears music of ours: should we vanish, the dial plan takes them to the fallback.
LEASED = frozenset({*QUEUED, _S.ON_HOLD, _S.PARKED})


_WAITS_AGAIN = frozenset({_S.WAITING, _S.OFFERED, _S.PARKED})  # somebody spoke to him, then he was left


class UnlawfulStep(Exception):
    """A call cannot go from its state to the one that was asked."""

    def __init__(self, current: CallState, wanted: CallState) -> None:
        super().__init__(f"{current} → {wanted}")
        self.current = current
        self.wanted = wanted


def advance(current: CallState, wanted: CallState) -> CallState:
    """Return ``wanted`` when the step is lawful.

    Raises UnlawfulStep. Staying where one is is always lawful, so repeated orders are harmless.
    """
    if wanted != current and wanted not in LAWFUL[current]:
        raise UnlawfulStep(current, wanted)
    return wanted


_END_OF = {
    _S.TRANSFERRING: EndReason.TRANSFERRED,
    _S.FALLBACK: EndReason.FALLBACK,
    _S.VOICEMAIL: EndReason.VOICEMAIL,
    _S.DIALLING: EndReason.NO_REPLY,
}


def end_reason(state: CallState, *, answered: bool, lost: bool) -> EndReason:
    """Say why a call that was in ``state`` is over, now that its caller has gone.

    ``lost`` means that nobody chose to end it.
    """
    if state in _END_OF:
        return _END_OF[state]
    if lost or (answered and state in _WAITS_AGAIN):
        return EndReason.INTERRUPTED
    if state in WITH_SECRETARY or answered:
        return EndReason.COMPLETED
    return EndReason.ABANDONED


def clean_caller_name(raw: str, *, limit: int = 80) -> str:
    """Make a caller's name, which anybody can forge, short, printable and on one line."""
    return " ".join("".join(c if c.isprintable() else " " for c in raw[: limit * 4]).split())[:limit]


def talk_time(answered_at: datetime | None, ended_at: datetime | None) -> timedelta:
    """Return how long people spoke; zero when nobody answered or it is not over."""
    if answered_at is None or ended_at is None:
        return timedelta()
    return max(ended_at - answered_at, timedelta())
