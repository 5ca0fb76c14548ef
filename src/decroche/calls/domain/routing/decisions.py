"""Hold what was decided, with the reasons: for her, and why not another."""

from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Final, NamedTuple
from uuid import UUID

KEPT: Final = 1000  # reasons of each sort


class Why(StrEnum):
    """Name the reasons that a decision gives; ``calls.wording`` says them in words."""

    # Why her.
    SPOKE_LAST = "spoke_last"
    KNOWS_WELL = "knows_well"  # count: calls taken for this practice lately
    KNOWS = "knows"
    NEW_TO_PRACTICE = "new_to_practice"
    SPEAKS = "speaks"  # count: wished skills that she has
    IDLE_FOR = "idle_for"  # seconds
    ONLY_ONE = "only_one"
    HELD_FOR_HER = "held_for_her"  # seconds that the caller was kept for her
    BACK_UP = "back_up"  # the number of the team step that she belongs to, from 2
    # Why this caller now.
    EMERGENCY = "emergency"
    COLLEAGUE = "colleague"
    FIRST_IN_LINE = "first_in_line"  # was cut off; comes before the others
    WAITED_LONGEST = "waited_longest"  # seconds; her turn to take who waited longest, whatever presses
    TRIED_BEFORE = "tried_before"  # count: offers that found nobody
    # Why nobody, yet or at all.
    HOLDING = "holding"  # seconds that the caller will be kept at most for somebody who knows
    EVERYONE_BUSY = "everyone_busy"  # count: at their posts
    NOBODY_AT_POST = "nobody_at_post"
    NOBODY_SKILLED = "nobody_skilled"
    NOBODY_ALLOWED = "nobody_allowed"  # ceilings or protection keep everybody from this caller
    EVERYONE_TRIED = "everyone_tried"
    WAITED_TOO_LONG = "waited_too_long"  # seconds
    # Why not another.
    ON_CALL = "on_call"  # seconds
    RINGING = "ringing"
    IN_WRAP_UP = "in_wrap_up"  # seconds
    TAKEN = "taken"  # another caller is offered to her in the same breath
    TRIED = "tried"  # seconds since she did not answer this caller
    LACKS_SKILL = "lacks_skill"
    ABOVE_CEILING = "above_ceiling"  # calls in the last hour, or minutes without a pause
    PROTECTED = "protected"  # this number was abusive to her
    OWES_A_TURN = "owes_a_turn"  # she takes who waited longest


class Reason(NamedTuple):
    """Give one reason and the number that goes with it."""

    why: Why
    amount: int = 0


class _Given(dict[int, Reason]):
    """Keep the reasons of one sort by their number: most were given before, and finding one is faster."""

    def __init__(self, why: Why) -> None:
        super().__init__()
        self._why = why

    def __missing__(self, amount: int) -> Reason:
        if len(self) >= KEPT:
            self.clear()
        found = self[amount] = Reason(self._why, amount)
        return found


GIVEN: Final = {why: _Given(why) for why in Why}


def reason(why: Why, amount: int = 0) -> Reason:
    """Return a reason, perhaps one that was given before."""
    return GIVEN[why][amount]


class PassedOver(NamedTuple):
    """Say why somebody who would have suited better was not rung."""

    user_id: int
    why: Why
    amount: int = 0


class Offer(NamedTuple):
    """Ring this secretary for this call; remember ``out_of_turn`` for her next one.

    The first reason says how well she knows the practice or the caller.
    """

    call_id: UUID
    user_id: int
    reasons: tuple[Reason, ...]
    passed_over: tuple[PassedOver, ...] = ()
    out_of_turn: int = 0

    @property
    def is_familiar(self) -> bool:
        """Say whether she knows the practice well, or spoke last with the caller."""
        return self.reasons[0].why in {Why.SPOKE_LAST, Why.KNOWS_WELL}


class Overflow(NamedTuple):
    """Send this caller to the fallback number, else to voicemail."""

    call_id: UUID
    to_fallback: bool
    reasons: tuple[Reason, ...]


class KeepWaiting(NamedTuple):
    """Leave this caller waiting, to be looked at again at ``until`` at the latest."""

    call_id: UUID
    until: datetime
    reasons: tuple[Reason, ...] = ()
    position: int = 0  # among those who wait for the same people, from 1
    expected_wait: timedelta | None = None  # a rough guess for the waiting message
    held_for: int | None = None  # remember it, and since when, in ``WaitingCall.held_for`` / ``held_since``


Decision = Offer | Overflow | KeepWaiting

# Made at once from all of their fields, in two thirds of the time.
offer: Final = partial(tuple.__new__, Offer)
keep_waiting: Final = partial(tuple.__new__, KeepWaiting)
