"""Move the calls: the few moves that everything else is made of.

Each move keeps call, posts, third person and listener in step, so that nobody is left behind whatever ends a
conversation. Anything else is said in terms of these.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil

from decroche.calls.domain import outgoing
from decroche.calls.domain.call import WITH_SECRETARY, CallState, EndReason, advance, talk_time
from decroche.calls.domain.post import PostState
from decroche.calls.domain.routing import PassedOver, Reason, Urgency
from decroche.calls.ports import SecretaryLeg
from decroche.calls.switchboard import commands as ask
from decroche.calls.switchboard import spoken
from decroche.calls.switchboard.posts import Posts
from decroche.calls.switchboard.records import StepKind
from decroche.calls.switchboard.state import LiveCall, LivePost


class Floor(Posts):
    """Know the moves of a call."""

    def enter(self, call: LiveCall) -> None:
        """Put a call on the floor."""
        self.calls[call.call_id] = call
        if call.channel_id:
            self.by_channel[call.channel_id] = call.call_id

    def move(self, call: LiveCall, state: CallState, now: datetime) -> None:
        """Move a call to another state; raises UnlawfulStep."""
        call.state = advance(call.state, state)
        call.state_since = now
        self.touch(call)

    def renew_lease(self, call: LiveCall, now: datetime) -> None:
        """Tell the exchange that we are still there for a caller who hears music."""
        call.lease_renewed_at = now
        self.send(ask.RenewLease(call.call_id, seconds=ceil(self.timing.lease.total_seconds())))

    # --- waiting and being offered --------------------------------------------------------

    def wait(self, call: LiveCall, now: datetime, *, first: bool = False) -> None:
        """Put a call in the waiting line, where its waiting time goes on."""
        self.move(call, CallState.WAITING, now)
        call.leg = call.script = None
        call.parked_by, call.is_given = None, False
        call.comes_first = call.comes_first or first
        if first or call.waiting_since is None:
            call.waiting_since = now
        self.note(call, StepKind.WAITING, now)

    def offer(
        self,
        call: LiveCall,
        post: LivePost,
        reasons: tuple[Reason, ...],
        now: datetime,
        passed_over: tuple[PassedOver, ...] = (),
    ) -> None:
        """Ring one secretary for the call."""
        call.attempts += 1
        leg = SecretaryLeg(call.call_id, post.user_id, call.attempts)
        self.move(call, CallState.OFFERED, now)
        call.leg, call.script = leg, None
        call.held_for = call.held_since = None
        self.set_post(post, PostState.RINGING, now, call_id=call.call_id)
        name = self.practice_name(call)
        self.send(ask.RingPhone(leg, shown_number=call.caller_number, shown_name=name))
        self.note(
            call, StepKind.OFFERED, now, secretary_id=post.user_id, reasons=reasons, passed_over=passed_over
        )

    def withdraw(self, call: LiveCall, kind: StepKind, now: datetime, *, stop: bool) -> LivePost | None:
        """End an offer that found nobody; the call waits again, or stays parked, and the post is free."""
        leg = call.leg
        if leg is None:
            return None
        call.tried[leg.user_id] = now
        if stop:
            self.send(ask.StopRinging(leg))
        self.note(call, kind, now, secretary_id=leg.user_id)
        if call.parked_by is not None:
            self.move(call, CallState.PARKED, now)
            call.leg = None
        else:
            self.wait(call, now)
        post = self.posts.get(leg.user_id)
        if post is not None and post.call_id == call.call_id:
            self.free(post, now)
        return post

    # --- away from the team ---------------------------------------------------------------

    def overflow(
        self, call: LiveCall, reasons: tuple[Reason, ...], now: datetime, *, to_fallback: bool
    ) -> None:
        """Send a caller whom nobody can answer to the fallback number, else to voicemail."""
        number = call.line.fallback_number if call.line else ""
        if to_fallback and number:
            self.send_away(call, number, now, reasons=reasons)
        else:
            self.send_to_voicemail(call, now, reasons=reasons)

    def send_away(
        self, call: LiveCall, number: str, now: datetime, *, reasons: tuple[Reason, ...] = ()
    ) -> None:
        """Let the exchange ring an outside number for the caller, without us."""
        self.move(call, CallState.FALLBACK, now)
        call.fallback_tried, call.script = True, None
        self.send(ask.SendToFallback(call.call_id, number=number))
        self.note(call, StepKind.FALLBACK, now, reasons=reasons, number=number)

    def send_to_voicemail(self, call: LiveCall, now: datetime, *, reasons: tuple[Reason, ...] = ()) -> None:
        """Let the caller leave a message; where the line takes none, say goodbye and call back."""
        call.script = None
        plan = call.line.plan if call.line else None
        if call.line is None or (plan is not None and plan.farewell is not None):
            words = spoken.prompt(plan.farewell) if plan and plan.farewell else spoken.we_call_back()
            self.send(ask.SayAndEnd(call.call_id, words))
            reason = EndReason.INTERRUPTED if call.out else EndReason.ABANDONED
            self.end(call, reason, now, reasons=reasons)
            return
        self.move(call, CallState.VOICEMAIL, now)
        self.send(ask.TakeVoicemail(call.call_id))
        self.note(call, StepKind.VOICEMAIL, now, reasons=reasons)

    def leave_to_fallback(self, call: LiveCall, now: datetime) -> None:
        """Take note that the dial plan took the caller to the fallback without us."""
        holder = call.holder
        if call.leg is not None:
            self.send(ask.StopRinging(call.leg))
        self.empty_room(call, now)
        self.move(call, CallState.FALLBACK, now)
        call.leg, call.fallback_tried, call.script, call.parked_by = None, True, None, None
        self.note(call, StepKind.FALLBACK, now, alone=True)
        self.release(holder, call, now)

    # --- talking ----------------------------------------------------------------------------

    def talk(self, call: LiveCall, post: LivePost, now: datetime) -> None:
        """Let the secretary and the caller speak."""
        self.move(call, CallState.TALKING, now)
        if call.answered_at is None:
            call.answered_at = now
        call.secretary_id = post.user_id
        call.comes_first = call.hears_ringing = False
        call.script = None
        call.parked_by, call.park_rang, call.is_muted = None, False, False
        call.tried.clear()
        self.set_post(post, PostState.ON_CALL, now, call_id=call.call_id)
        self.took(post, call, now)
        self.note(call, StepKind.TALKING, now, secretary_id=post.user_id)
        if call.recording_told and not call.recording_refused and call.out is None:
            self.record(call, now)

    def record(self, call: LiveCall, now: datetime) -> None:
        """Begin to record a conversation."""
        if not call.is_recorded:
            call.is_recorded = True
            if call.line is not None and call.line.recording is not None:
                self.recorded[call.call_id] = (call.line.recording, now)
            self.send(ask.Record(call.call_id))
            self.note(call, StepKind.RECORDING_ON, now, secretary_id=call.secretary_id)

    def stop_recording(self, call: LiveCall, now: datetime, *, discard: bool) -> None:
        """End a recording; with ``discard`` nothing of it remains."""
        if call.is_recorded:
            call.is_recorded = False
            self.send(ask.StopRecording(call.call_id, discard=discard))
            self.note(call, StepKind.RECORDING_OFF, now, discard=discard)

    def empty_room(self, call: LiveCall, now: datetime, *, but_party: bool = False) -> None:
        """Let the third person and the supervisor go: the conversation is over."""
        call.is_muted = False
        if call.listener is not None:
            if call.leg is not None:
                self.send(ask.LendEar(call.leg, call.listener, None))
            self.listener_left(call, now)
        if call.party is not None and not but_party:
            self.send(ask.DropParty(call.party.leg))
            self.party_left(call, now)

    def party_left(self, call: LiveCall, now: datetime) -> None:
        """Forget the third person; a colleague is free again."""
        party, call.party = call.party, None
        call.is_given = False
        if party is not None:
            self.release(party.user_id, call, now)
        self.touch(call)

    def listener_left(self, call: LiveCall, now: datetime) -> None:
        """Forget the supervisor, who is again what she was."""
        listener, call.listener, call.listening = call.listener, None, ""
        if listener is not None:
            self.note(call, StepKind.LISTENER_GONE, now, user=listener)
            self.release(listener, call, now)

    def cut_off(self, call: LiveCall, now: datetime) -> None:
        """Put a caller whose secretary vanished back in line, before everybody else."""
        holder = call.holder
        self.note(call, StepKind.CUT_OFF, now, secretary_id=holder or call.secretary_id)
        if call.practice_id is None:  # somebody whom we called, for no practice: nobody else can take him
            self.send(ask.HangUp(call.call_id))
            self.end(call, EndReason.INTERRUPTED, now)
            return
        self.take_back(call, now)
        self.wait(call, now, first=True)
        call.tried.clear()
        self.release(holder, call, now)

    def take_back(self, call: LiveCall, now: datetime) -> None:
        """Take the caller out of the conversation, whose other end is let go."""
        self.stop_recording(call, now, discard=False)
        self.empty_room(call, now)
        if call.leg is not None:
            self.send(ask.StopRinging(call.leg))
        self.send(ask.WaitAgain(call.call_id))
        call.lease_renewed_at = None

    def hold(self, call: LiveCall, now: datetime) -> None:
        """Let the caller hear music, under a lease."""
        if call.state is CallState.TALKING:
            self.move(call, CallState.ON_HOLD, now)
            self.send(ask.Hold(call.call_id))
            self.renew_lease(call, now)

    def resume(self, call: LiveCall, now: datetime) -> None:
        """Let the caller and the secretary speak again."""
        if call.state is CallState.ON_HOLD:
            self.move(call, CallState.TALKING, now)
            self.send(ask.Resume(call.call_id))
            self.send(ask.RenewLease(call.call_id, seconds=0))

    # --- the end ----------------------------------------------------------------------------

    def end(
        self, call: LiveCall, reason: EndReason, now: datetime, *, reasons: tuple[Reason, ...] = ()
    ) -> None:
        """Close a call, whatever it was doing; whoever spoke goes to wrap-up."""
        if call.state is CallState.ENDED:
            return
        was, holder = call.state, call.holder
        post = self.posts.get(holder) if holder is not None else None
        given = call.party if call.is_given else None
        self.empty_room(call, now, but_party=given is not None)
        self.move(call, CallState.ENDED, now)
        call.ended_at, call.end_reason, call.leg = now, reason, None
        call.script = call.party = call.parked_by = None
        call.is_given = False
        self._reckon(call, now)
        if post is not None and post.call_id == call.call_id:
            wraps = self.sharing_of(post.secretariat_id).wrap_up > timedelta()
            if was in WITH_SECRETARY and reason is not EndReason.INTERRUPTED and wraps:
                self.wrap_up(post, call, now)
            else:
                self.free(post, now)
        self._owe_call_back(call, was, now)
        self.note(call, StepKind.ENDED, now, reasons=reasons, reason=reason.value)
        self.by_channel.pop(call.channel_id, None)

    def _owe_call_back(self, call: LiveCall, was: CallState, now: datetime) -> None:
        """See to it that somebody whom we lost is called back; a hidden number cannot be."""
        if call.end_reason is EndReason.INTERRUPTED:
            self.ask_call_back(call, now)
        if call.is_simulated or call.out is not None or not call.caller_number:
            return
        if call.end_reason is EndReason.ABANDONED:
            waited = now - call.arrived_at
            if waited >= self.timing.abandoned_from or call.urgency is Urgency.EMERGENCY:
                self.ask_call_back(call, now)
        elif was is CallState.VOICEMAIL and not call.has_voicemail:
            self.unheard[call.call_id] = now + self.timing.voicemail_told_within

    def _reckon(self, call: LiveCall, now: datetime) -> None:
        """Reckon what an outgoing call costs."""
        if call.out is None or call.answered_at is None:
            return
        talked = talk_time(call.answered_at, now)
        price = outgoing.cost(call.out.dial.tariff, talked)
        call.cost_cents = ceil(price * 100)
        spender = call.out.secretariat_id
        self.spent[spender] = self.spent.get(spender, Decimal()) + price
        self.note(call, StepKind.COST, now, cents=call.cost_cents, seconds=int(talked.total_seconds()))
