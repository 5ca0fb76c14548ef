"""Hold the calls and posts that live now, and the few moves that everything else is made of.

No clock, no I/O: each move changes the live things, notes what to ask of the exchange and what to write down.
``take()`` hands both over; the caller executes and writes.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid4

from decroche.calls.domain.call import WITH_SECRETARY, CallState, EndReason, advance
from decroche.calls.domain.post import BUSY, PauseReason, PostState
from decroche.calls.domain.routing import Reason
from decroche.calls.ports import SecretaryLeg
from decroche.calls.switchboard import commands as ask
from decroche.calls.switchboard.records import (
    CallRow,
    Entry,
    FollowUpRow,
    OrderRow,
    PostRow,
    StepKind,
    StepRow,
)
from decroche.calls.switchboard.state import Directory, LiveCall, LivePost, Timing

KNOWN_STEPS = 5000


class Floor:
    """Hold what lives, and what this turn has changed."""

    def __init__(
        self,
        directory: Directory | None = None,
        timing: Timing | None = None,
        *,
        new_call_id: Callable[[], UUID] = uuid4,
    ) -> None:
        self.directory = directory or Directory()
        self.timing = timing or Timing()
        self.new_call_id = new_call_id
        self.calls: dict[UUID, LiveCall] = {}
        self.by_channel: dict[str, UUID] = {}
        self.posts: dict[int, LivePost] = {}
        self.familiarity: dict[tuple[int, int], int] = dict(self.directory.familiarity)
        self.exchange_up = False
        self.known_steps: dict[UUID, int] = {}  # of calls that are over, should one be given back
        self._forget_turn()

    # --- the turn -----------------------------------------------------------------------

    def _forget_turn(self) -> None:
        self._commands: list[ask.Command] = []
        self._calls: dict[UUID, LiveCall] = {}
        self._posts: dict[int, LivePost] = {}
        self._steps: list[StepRow] = []
        self._orders: list[OrderRow] = []
        self._follow_ups: list[FollowUpRow] = []
        self._secretariats: set[int] = set()

    def take(self, now: datetime) -> tuple[tuple[ask.Command, ...], Entry]:
        """Hand over what this turn asks and what it writes, and begin the next turn."""
        entry = Entry(
            now,
            tuple(CallRow.of(call) for call in self._calls.values()),
            tuple(self._steps),
            tuple(PostRow.of(post, now=now) for post in self._posts.values()),
            tuple(self._orders),
            tuple(self._follow_ups),
            frozenset(self._secretariats),
        )
        commands = tuple(self._commands)
        for call in self._calls.values():
            if call.state is CallState.ENDED and not self._in_wrap_up(call.call_id):
                self._forget(call)
        self._forget_turn()
        return commands, entry

    def send(self, command: ask.Command) -> None:
        """Ask something of the exchange, at the end of this turn."""
        self._commands.append(command)

    def note(
        self,
        call: LiveCall,
        kind: StepKind,
        now: datetime,
        *,
        secretary_id: int | None = None,
        reasons: tuple[Reason, ...] = (),
        **detail: object,
    ) -> None:
        """Add a step to the call's timeline."""
        if reasons:
            detail["reasons"] = [[reason.why.value, reason.amount] for reason in reasons]
        self._steps.append(StepRow(call.call_id, call.steps, kind, now, secretary_id, detail))
        call.steps += 1
        self.touch(call)

    def touch(self, call: LiveCall) -> None:
        """Mark a call as changed."""
        self._calls[call.call_id] = call
        if call.practice_id is not None:
            self._secretariats |= self.directory.mandates.get(call.practice_id, frozenset())

    def touch_post(self, post: LivePost) -> None:
        """Mark a post as changed."""
        self._posts[post.user_id] = post
        self._secretariats.add(post.secretariat_id)

    def finish_order(self, order_id: int, now: datetime, refusal: str = "") -> None:
        """Write down how an order ended."""
        self._orders.append(OrderRow(order_id, now, refusal))

    def ask_call_back(self, call: LiveCall, now: datetime) -> None:
        """Leave a follow-up for a caller whom we lost."""
        if call.practice_id is not None:
            self._follow_ups.append(FollowUpRow(call.call_id, "callback", now))

    def keep_voicemail(self, row: FollowUpRow) -> None:
        """Leave a follow-up for a caller who spoke to the machine."""
        self._follow_ups.append(row)

    # --- calls --------------------------------------------------------------------------

    def enter(self, call: LiveCall) -> None:
        """Put a call on the floor."""
        self.calls[call.call_id] = call
        self.by_channel[call.channel_id] = call.call_id

    def move(self, call: LiveCall, state: CallState, now: datetime) -> None:
        """Move a call to another state; raises UnlawfulStep."""
        call.state = advance(call.state, state)
        call.state_since = now
        self.touch(call)

    def wait(self, call: LiveCall, now: datetime, *, first: bool = False) -> None:
        """Put a call in the waiting line, where its waiting time goes on."""
        self.move(call, CallState.WAITING, now)
        call.leg = None
        call.comes_first = call.comes_first or first
        if first or call.waiting_since is None:
            call.waiting_since = now
        self.note(call, StepKind.WAITING, now)

    def offer(self, call: LiveCall, post: LivePost, reasons: tuple[Reason, ...], now: datetime) -> None:
        """Ring one secretary for the call."""
        call.attempts += 1
        leg = SecretaryLeg(call.call_id, post.user_id, call.attempts)
        self.move(call, CallState.OFFERED, now)
        call.leg = leg
        self.set_post(post, PostState.RINGING, now, call_id=call.call_id)
        name = call.line.practice_name if call.line else ""
        self.send(ask.RingPhone(leg, shown_number=call.caller_number, shown_name=name))
        self.note(call, StepKind.OFFERED, now, secretary_id=post.user_id, reasons=reasons)

    def withdraw(self, call: LiveCall, kind: StepKind, now: datetime, *, stop: bool) -> LivePost | None:
        """End an offer that found nobody; the call waits again and the post is free."""
        leg = call.leg
        if leg is None:
            return None
        call.tried[leg.user_id] = now
        if stop:
            self.send(ask.StopRinging(leg))
        self.note(call, kind, now, secretary_id=leg.user_id)
        self.wait(call, now)
        post = self.posts.get(leg.user_id)
        if post is not None and post.call_id == call.call_id:
            self.free(post, now)
        return post

    def overflow(
        self, call: LiveCall, reasons: tuple[Reason, ...], now: datetime, *, to_fallback: bool
    ) -> None:
        """Send a caller whom nobody can answer to the fallback number, else to voicemail."""
        number = call.line.fallback_number if call.line else ""
        if to_fallback and number:
            self.move(call, CallState.FALLBACK, now)
            call.fallback_tried = True
            self.send(ask.SendToFallback(call.call_id, number=number))
            self.note(call, StepKind.FALLBACK, now, reasons=reasons, number=number)
            return
        self.move(call, CallState.VOICEMAIL, now)
        self.send(ask.TakeVoicemail(call.call_id))
        self.note(call, StepKind.VOICEMAIL, now, reasons=reasons)

    def leave_to_fallback(self, call: LiveCall, now: datetime) -> None:
        """Take note that the dial plan took the caller to the fallback without us."""
        post = self.posts.get(call.leg.user_id) if call.leg else None
        if call.leg is not None:
            self.send(ask.StopRinging(call.leg))
        self.move(call, CallState.FALLBACK, now)
        call.leg, call.fallback_tried = None, True
        self.note(call, StepKind.FALLBACK, now, alone=True)
        if post is not None and post.call_id == call.call_id:
            self.free(post, now)

    def talk(self, call: LiveCall, post: LivePost, now: datetime) -> None:
        """Let the secretary and the caller speak."""
        self.move(call, CallState.TALKING, now)
        call.answered_at = call.answered_at or now
        call.secretary_id = post.user_id
        call.comes_first = False
        post.missed = 0
        self.set_post(post, PostState.ON_CALL, now, call_id=call.call_id)
        if call.practice_id is not None:
            key = (post.user_id, call.practice_id)
            self.familiarity[key] = self.familiarity.get(key, 0) + 1
        self.note(call, StepKind.TALKING, now, secretary_id=post.user_id)

    def cut_off(self, call: LiveCall, now: datetime) -> None:
        """Put a caller whose secretary vanished back in line, before everybody else."""
        post = self.posts.get(call.leg.user_id) if call.leg else None
        if call.leg is not None:
            self.send(ask.StopRinging(call.leg))
        self.send(ask.WaitAgain(call.call_id))
        self.note(call, StepKind.CUT_OFF, now, secretary_id=call.secretary_id)
        self.wait(call, now, first=True)
        call.tried.clear()
        if post is not None and post.call_id == call.call_id:
            self.free(post, now)

    def end(self, call: LiveCall, reason: EndReason, now: datetime) -> None:
        """Close a call, whatever it was doing; whoever spoke goes to wrap-up."""
        if call.state is CallState.ENDED:
            return
        was_with = call.state in WITH_SECRETARY
        post = self.posts.get(call.leg.user_id) if call.leg else None
        self.move(call, CallState.ENDED, now)
        call.ended_at, call.end_reason, call.leg = now, reason, None
        if post is not None and post.call_id == call.call_id:
            if was_with and reason is not EndReason.INTERRUPTED and self.timing.wrap_up:
                self.wrap_up(post, call, now)
            else:
                self.free(post, now)
        if reason is EndReason.INTERRUPTED:
            self.ask_call_back(call, now)
        self.note(call, StepKind.ENDED, now, reason=reason.value)
        self.by_channel.pop(call.channel_id, None)

    def _forget(self, call: LiveCall) -> None:
        self.calls.pop(call.call_id, None)
        self.known_steps[call.call_id] = call.steps
        while len(self.known_steps) > KNOWN_STEPS:
            del self.known_steps[next(iter(self.known_steps))]
        self.by_channel.pop(call.channel_id, None)

    def _in_wrap_up(self, call_id: UUID) -> bool:
        return any(post.wrap_up_call_id == call_id for post in self.posts.values())

    # --- posts --------------------------------------------------------------------------

    def post_of(self, user_id: int) -> LivePost | None:
        """Return the person's post, made at need; None for somebody who may hold none."""
        post = self.posts.get(user_id)
        if post is None and (member := self.directory.members.get(user_id)):
            post = self.posts[user_id] = LivePost(user_id, member.secretariat_id)
        return post

    def set_post(
        self,
        post: LivePost,
        state: PostState,
        now: datetime,
        *,
        reason: str = "",
        call_id: UUID | None = None,
    ) -> None:
        """Put a post in a state; leaving wrap-up closes the wrap-up of its call."""
        if post.wrap_up_call_id is not None and state is not PostState.WRAP_UP:
            self._close_wrap_up(post, now)
        post.state, post.reason, post.call_id, post.since = state, reason, call_id, now
        if state is not PostState.WRAP_UP:
            post.wrap_up_until = None
        self.touch_post(post)

    def free(self, post: LivePost, now: datetime) -> None:
        """Let a post be offered calls again, or be what its owner asked to be after this one."""
        if post.after_call is not None:
            (state, reason), post.after_call = post.after_call, None
            self.set_post(post, state, now, reason=reason)
        elif post.missed >= self.timing.pause_after_missed:
            post.missed = 0
            self.set_post(post, PostState.PAUSED, now, reason=PauseReason.NO_ANSWER)
        else:
            self.set_post(post, PostState.AVAILABLE, now)

    def wrap_up(self, post: LivePost, call: LiveCall, now: datetime) -> None:
        """Give the secretary the time to finish what the call asked for."""
        self.set_post(post, PostState.WRAP_UP, now)
        post.wrap_up_call_id = call.call_id
        post.wrap_up_until = call.wrap_up_until = now + self.timing.wrap_up

    def _close_wrap_up(self, post: LivePost, now: datetime) -> None:
        call = self.calls.get(post.wrap_up_call_id) if post.wrap_up_call_id else None
        post.wrap_up_call_id = post.wrap_up_until = None
        if call is not None:
            call.wrap_up_until = now
            self.note(call, StepKind.WRAP_UP_ENDED, now, secretary_id=post.user_id)

    def is_busy(self, post: LivePost) -> bool:
        """Say whether the post has a call in hand or ringing."""
        return post.state in BUSY
