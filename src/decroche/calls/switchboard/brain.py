"""Think: turn what the exchange tells, what people order and what time does into moves on the floor."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from decroche.calls.domain.call import (
    QUEUED,
    WITH_SECRETARY,
    CallState,
    EndReason,
    clean_caller_name,
    end_reason,
)
from decroche.calls.domain.post import AT_POST, PauseReason, PostState
from decroche.calls.domain.routing import (
    Facts,
    KeepWaiting,
    Offer,
    Overflow,
    PostFact,
    WaitingCall,
    decide,
)
from decroche.calls.ports import (
    Announcement,
    CallArrived,
    CallerGone,
    Cause,
    ChannelGone,
    ExchangeConnected,
    ExchangeEvent,
    ExchangeLost,
    LegGone,
    PhoneAnswered,
    PhoneGone,
    PhoneRegistered,
    PhoneRinging,
    PhoneUnreachable,
    Prompt,
    Superseded,
    TransferEnded,
    VoicemailLeft,
)
from decroche.calls.switchboard import commands as ask
from decroche.calls.switchboard.floor import Floor
from decroche.calls.switchboard.reconcile import reconcile
from decroche.calls.switchboard.records import FollowUpRow, StepKind
from decroche.calls.switchboard.state import Directory, LineFact, LiveCall, LivePost
from decroche.kernel import phone

LOST_PHONE = "lost"  # reason of an AWAY post whose phone vanished; it comes back by itself


class Brain(Floor):
    """Run one floor of calls and posts. Every method is one turn's worth; ``take`` ends the turn."""

    superseded = False

    # --- what the exchange tells --------------------------------------------------------

    def on_event(self, event: ExchangeEvent, now: datetime) -> None:  # noqa: C901, PLR0912
        """Take one fact in; an event about something long gone changes nothing."""
        match event:
            case CallArrived():
                self._arrive(event)
            case CallerGone():
                self._caller_gone(event)
            case PhoneRinging():
                pass
            case PhoneAnswered():
                self._answered(event, now)
            case LegGone():
                self._leg_gone(event, now)
            case TransferEnded():
                self._transfer_ended(event, now)
            case PhoneRegistered(user_id=user_id):
                self._registered(user_id, now)
            case PhoneGone(user_id=user_id):
                self._phone_gone(user_id, now)
            case VoicemailLeft():
                self._voicemail_left(event, now)
            case ExchangeConnected():
                self.exchange_up = True
                self._remember_fallbacks({})
                for arrival in reconcile(self, event, now):
                    self._arrive(arrival)
            case ExchangeLost():
                self.exchange_up = False
            case Superseded():
                self.superseded = True
        self.offer_to_the_free(now)

    def _arrive(self, event: CallArrived) -> None:
        if event.call_id is not None:
            self._given_back(event, event.call_id)
            return
        if event.channel_id in self.by_channel:
            return
        call = self._new_call(event, self.new_call_id())
        line = call.line
        self.enter(call)
        self.note(call, StepKind.ARRIVED, event.at)
        if line is None:
            self._refuse_unknown(call, event.at)
            return
        call.waiting_since = event.at
        call.lease_renewed_at = event.at
        self.send(ask.AdoptCaller(call.call_id, call.channel_id, fallback_number=line.fallback_number))
        self.send(ask.RenewLease(call.call_id, seconds=int(self.timing.lease.total_seconds())))
        self.offer_to_the_free(event.at)
        self.send(ask.Welcome(call.call_id, greeting=Prompt(line.greeting)))
        if call.state is CallState.RINGING_IN:
            self.wait(call, event.at)

    def _refuse_unknown(self, call: LiveCall, now: datetime) -> None:
        self.send(ask.AnnounceAndEnd(call.call_id, call.channel_id, Announcement.UNKNOWN_NUMBER))
        self.end(call, EndReason.UNKNOWN_NUMBER, now)

    def _given_back(self, event: CallArrived, call_id: UUID) -> None:
        """Take a caller back from the fallback that did not answer: first in line, and to voicemail next time."""
        call = self.calls.get(call_id)
        if call is None or call.state is CallState.ENDED:
            call = self._new_call(event, call_id)
            call.steps = self.known_steps.get(call_id, 0)
        call.channel_id, call.fallback_tried, call.lease_renewed_at = event.channel_id, True, None
        self.enter(call)
        if call.line is None:
            self._refuse_unknown(call, event.at)
            return
        if call.state in {CallState.RINGING_IN, CallState.FALLBACK, CallState.WAITING}:
            call.tried.clear()
            self.wait(call, event.at, first=True)

    def _new_call(self, event: CallArrived, call_id: UUID) -> LiveCall:
        line = self.find_line(event.called_number)
        return LiveCall(
            call_id=call_id,
            channel_id=event.channel_id,
            called_number=line.number if line else clean_caller_name(event.called_number, limit=32),
            caller_number=self.read_caller(event.caller_number, line),
            caller_name=clean_caller_name(event.caller_name),
            arrived_at=event.at,
            line=line,
            is_simulated=event.is_simulated,
            state_since=event.at,
        )

    def _caller_gone(self, event: CallerGone) -> None:
        call = self.calls.get(event.call_id or self.by_channel.get(event.channel_id))  # type: ignore[arg-type]
        if call is None or call.state is CallState.ENDED:
            return
        if event.cause in {Cause.LEASE, Cause.FALLBACK} and call.state in {*QUEUED, CallState.FALLBACK}:
            if call.state is not CallState.FALLBACK:
                self.leave_to_fallback(call, event.at)
            return  # another word follows: the caller is given back, or hangs up
        if call.leg is not None:
            self.send(ask.StopRinging(call.leg))
        answered = call.answered_at is not None
        reason = end_reason(call.state, answered=answered, lost=event.cause == Cause.LOST)
        self.end(call, reason, event.at)

    def _answered(self, event: PhoneAnswered, now: datetime) -> None:
        call = self.calls.get(event.leg.call_id)
        post = self.posts.get(event.leg.user_id)
        if call is None or post is None or call.leg != event.leg or call.state is not CallState.OFFERED:
            self.send(ask.StopRinging(event.leg))
            return
        self.send(ask.Connect(event.leg))
        self.talk(call, post, now)

    def _leg_gone(self, event: LegGone, now: datetime) -> None:
        call = self.calls.get(event.leg.call_id)
        if call is None or call.leg != event.leg:
            return
        if call.state is CallState.OFFERED:
            kind = StepKind.UNREACHABLE if event.cause == Cause.LOST else StepKind.REFUSED
            post = self.withdraw(call, kind, now, stop=False)
            if post is not None and kind is StepKind.REFUSED and post.state is PostState.AVAILABLE:
                # She said no: she is not to be rung again and again; her key "available" brings her back.
                self.set_post(post, PostState.PAUSED, now, reason=PauseReason.NO_ANSWER)
        elif call.state in WITH_SECRETARY:
            if event.cause == Cause.LOST:
                self.cut_off(call, now)
            else:
                self.send(ask.HangUp(call.call_id))
                self.end(call, EndReason.COMPLETED, now)

    def _transfer_ended(self, event: TransferEnded, now: datetime) -> None:
        call = self.calls.get(event.call_id)
        if call is None or call.state is not CallState.TRANSFERRING:
            return
        if event.succeeded:
            self.note(call, StepKind.TRANSFERRED, now, number=event.number)
            self.end(call, EndReason.TRANSFERRED, now)
        else:
            self._transfer_failed(call, now, event.cause)

    def _transfer_failed(self, call: LiveCall, now: datetime, cause: str) -> None:
        """Bring the caller back to a human: first in line, and whoever transferred may be offered it again."""
        self.note(call, StepKind.TRANSFER_FAILED, now, cause=cause[:40])
        self.send(ask.WaitAgain(call.call_id))
        self.wait(call, now, first=True)
        call.tried.clear()
        for post in self.posts.values():
            if post.wrap_up_call_id == call.call_id:
                self.set_post(post, PostState.AVAILABLE, now)

    def _registered(self, user_id: int, now: datetime) -> None:
        post = self.post_of(user_id)
        if post is None:
            return
        post.registered, post.phone_gone_at = True, None
        self.touch_post(post)
        if post.state is PostState.AWAY and post.reason == LOST_PHONE:
            self.set_post(post, PostState.AVAILABLE, now)

    def _phone_gone(self, user_id: int, now: datetime) -> None:
        post = self.posts.get(user_id)
        if post is None:
            return
        post.registered, post.phone_gone_at = False, now
        self.touch_post(post)
        call = self.calls.get(post.call_id) if post.call_id else None
        if call is not None and call.state is CallState.OFFERED:
            self.withdraw(call, StepKind.UNREACHABLE, now, stop=True)

    def _voicemail_left(self, event: VoicemailLeft, now: datetime) -> None:
        # A caller who came and went while we were away has no call yet: the sound file's name makes a lasting id.
        call_id = event.call_id or uuid5(NAMESPACE_URL, event.path.name)
        line = self.find_line(event.called_number)
        self.keep_voicemail(
            FollowUpRow(
                call_id,
                "voicemail",
                event.at,
                str(event.path),
                event.duration_seconds,
                line.number if line else "",
                self.read_caller(event.caller_number, line),
            )
        )
        call = self.calls.get(call_id)
        if call is not None and not call.has_voicemail:
            call.has_voicemail = True
            self.note(call, StepKind.VOICEMAIL_LEFT, now, seconds=event.duration_seconds)

    # --- what the exchange refuses ------------------------------------------------------

    def on_failure(self, command: ask.Command, error: Exception, now: datetime) -> None:
        """Take in that a command could not be carried out; an exchange that is down is reconciled later."""
        match command, error:
            case ask.RingPhone(leg=leg), PhoneUnreachable() | ChannelGone():
                post = self.posts.get(leg.user_id)
                if post is not None and isinstance(error, PhoneUnreachable):
                    post.registered, post.phone_gone_at = False, now
                    self.touch_post(post)
                call = self.calls.get(leg.call_id)
                if call is not None and call.leg == leg and call.state is CallState.OFFERED:
                    self.withdraw(call, StepKind.UNREACHABLE, now, stop=False)
            case ask.Connect(leg=leg), ChannelGone():
                call = self.calls.get(leg.call_id)
                if call is not None and call.leg == leg and call.state in WITH_SECRETARY:
                    self.cut_off(call, now)
            case (
                (
                    ask.AdoptCaller(call_id=call_id)
                    | ask.RenewLease(call_id=call_id)
                    | ask.Welcome(call_id=call_id)
                    | ask.WaitAgain(call_id=call_id)
                    | ask.TakeVoicemail(call_id=call_id)
                    | ask.SendToFallback(call_id=call_id)
                    | ask.HangUp(call_id=call_id)
                ),
                ChannelGone(),
            ):
                call = self.calls.get(call_id)
                if call is not None:
                    self._caller_gone(CallerGone(call.channel_id, call_id, now))
            case ask.Transfer(call_id=call_id), ChannelGone() | PhoneUnreachable():
                call = self.calls.get(call_id)
                if call is not None and call.state is CallState.TRANSFERRING:
                    self._transfer_failed(call, now, "unreachable")
        self.offer_to_the_free(now)

    # --- what time does -----------------------------------------------------------------

    def tick(self, now: datetime) -> None:
        """Look at everything that has a deadline."""
        timing = self.timing
        for call in list(self.calls.values()):
            since = call.state_since or call.arrived_at
            if call.state is CallState.OFFERED and now - since >= timing.routing.offer_for:
                self._miss(call, now)
            elif call.state is CallState.VOICEMAIL and now - since >= timing.voicemail_at_most:
                self.send(ask.HangUp(call.call_id))
                self.end(call, EndReason.VOICEMAIL, now)
            elif call.state is CallState.TRANSFERRING and now - since >= timing.transfer_at_most:
                self._transfer_failed(call, now, "unanswered")
            elif call.state is CallState.FALLBACK and now - since >= timing.fallback_at_most:
                self.end(call, EndReason.FALLBACK, now)
            if call.state in QUEUED and self.exchange_up and self._lease_is_due(call, now):
                call.lease_renewed_at = now
                self.send(ask.RenewLease(call.call_id, seconds=int(timing.lease.total_seconds())))
        for post in list(self.posts.values()):
            self._tick_post(post, now)
        self.assign(now)

    def _lease_is_due(self, call: LiveCall, now: datetime) -> bool:
        return call.lease_renewed_at is None or now - call.lease_renewed_at >= self.timing.renew_every

    def _miss(self, call: LiveCall, now: datetime) -> None:
        post = self.posts.get(call.leg.user_id) if call.leg else None
        if post is not None:
            post.missed += 1
        self.withdraw(call, StepKind.UNANSWERED, now, stop=True)

    def _tick_post(self, post: LivePost, now: datetime) -> None:
        timing = self.timing
        if post.state is PostState.WRAP_UP and post.wrap_up_until and now >= post.wrap_up_until:
            self.free(post, now)
        if post.phone_gone_at is None:
            return
        gone_for = now - post.phone_gone_at
        call = self.calls.get(post.call_id) if post.call_id else None
        if call is not None and call.state in WITH_SECRETARY and gone_for >= timing.lost_phone_grace:
            self.cut_off(call, now)
        if post.state in AT_POST and not self.is_busy(post) and gone_for >= timing.away_after:
            self.set_post(post, PostState.AWAY, now, reason=LOST_PHONE)

    # --- deciding -----------------------------------------------------------------------

    def offer_to_the_free(self, now: datetime) -> None:
        """Decide at once where an offer is possible; who must overflow is looked at by the next tick.

        A flood of callers on a busy floor would otherwise have every event look at every caller.
        """
        if any(post.state is PostState.AVAILABLE and post.registered for post in self.posts.values()):
            self.assign(now)

    def assign(self, now: datetime) -> None:
        """Let the policy decide for every caller who waits, and do as it says."""
        waiting = {
            call.call_id: call
            for call in self.calls.values()
            if call.state in {CallState.RINGING_IN, CallState.WAITING} and call.line is not None
        }
        if not waiting or not self.exchange_up:
            return
        for decision in decide(self._facts(waiting.values(), now)):
            call = waiting[decision.call_id]
            match decision:
                case Offer(user_id=user_id, reasons=reasons):
                    self.offer(call, self.posts[user_id], reasons, now)
                case Overflow(to_fallback=to_fallback, reasons=reasons):
                    self.overflow(call, reasons, now, to_fallback=to_fallback)
                case KeepWaiting():
                    pass

    def _facts(self, waiting: Iterable[LiveCall], now: datetime) -> Facts:
        return Facts(
            now=now,
            calls=tuple(
                WaitingCall(
                    call.call_id,
                    call.line.practice_id,
                    call.waiting_since or call.arrived_at,
                    bool(call.line.fallback_number) and not call.fallback_tried,
                    call.comes_first,
                    call.tried,
                )
                for call in waiting
                if call.line is not None
            ),
            posts=tuple(
                PostFact(post.user_id, post.secretariat_id, post.state, post.since or now, post.registered)
                for post in self.posts.values()
            ),
            mandates=self.directory.mandates,
            familiarity=self.familiarity,
            policy=self.timing.routing,
        )

    # --- reading what comes from outside ------------------------------------------------

    def find_line(self, called: str) -> LineFact | None:
        """Return the line that was called, however the operator writes its number."""
        lines = self.directory.lines
        if called in lines:
            return lines[called]
        number = phone.parse_or_none(called)
        return lines.get(number) if number else None

    def read_caller(self, raw: str, line: LineFact | None) -> str:
        """Return the caller's number in E.164; empty when it is hidden or absurd. A hint, never an identity."""
        return phone.parse_or_none(raw, region=line.region if line else "FR") or ""

    def remember(
        self,
        directory: Directory,
        calls: Iterable[LiveCall],
        posts: Iterable[LivePost],
        known_steps: Mapping[UUID, int],
    ) -> None:
        """Take over what a switchboard before this one has written; the exchange will say what still lives."""
        self.directory, self.familiarity = directory, dict(directory.familiarity)
        self.known_steps = dict(known_steps)
        for call in calls:
            self.enter(call)
        for post in posts:
            self.posts[post.user_id] = post

    def replace_directory(self, directory: Directory, now: datetime) -> None:
        """Take a fresh directory in; somebody who may no longer hold a post loses it."""
        known = self.directory.lines
        self.directory = directory
        if self.exchange_up:
            self._remember_fallbacks(known)
        self.familiarity = dict(directory.familiarity)
        for post in list(self.posts.values()):
            member = directory.members.get(post.user_id)
            if member is not None:
                post.secretariat_id = member.secretariat_id
            elif post.state is not PostState.AWAY and not self.is_busy(post):
                self.set_post(post, PostState.AWAY, now)
                self.send(ask.RemovePhoneAccount(post.user_id))

    def _remember_fallbacks(self, known: Mapping[str, LineFact]) -> None:
        """Tell the exchange where the callers of each new or changed line go while we are away."""
        for number, line in self.directory.lines.items():
            if number not in known or known[number].fallback_number != line.fallback_number:
                self.send(ask.RememberFallback(called_number=number, number=line.fallback_number))
