"""Think: turn what the exchange tells, what people order and what time does into moves on the floor."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from decroche.calls.domain.call import WITH_SECRETARY, CallState, EndReason
from decroche.calls.domain.post import PostState
from decroche.calls.domain.routing import Familiarity
from decroche.calls.ports import (
    CallArrived,
    CallerGone,
    Cause,
    ChannelGone,
    DigitPressed,
    ExchangeConnected,
    ExchangeDown,
    ExchangeEvent,
    ExchangeLost,
    LegGone,
    ListenerGone,
    Mix,
    PartyAnswered,
    PartyGone,
    PartyLeg,
    PhoneAnswered,
    PhoneGone,
    PhoneRegistered,
    PhoneUnreachable,
    PromptEnded,
    RecordingMade,
    SecretaryLeg,
    Superseded,
    TransferEnded,
    VoicemailLeft,
)
from decroche.calls.switchboard import arrivals, calling, conversation, deadlines, distribution
from decroche.calls.switchboard import commands as ask
from decroche.calls.switchboard.floor import Floor
from decroche.calls.switchboard.posts import LOST_PHONE
from decroche.calls.switchboard.reconcile import reconcile
from decroche.calls.switchboard.records import FollowUpRow, StepKind
from decroche.calls.switchboard.refusals import Refusal
from decroche.calls.switchboard.state import Directory, LineFact, LiveCall, LivePost, RecordingFact

__all__ = ["LOST_PHONE", "Brain"]

# The dial plan has these callers, not we: it alone says when they go.
ELSEWHERE = frozenset({CallState.FALLBACK, CallState.VOICEMAIL, CallState.TRANSFERRING})


class Brain(Floor):
    """Run one floor of calls and posts. Every method is one turn's worth; ``take`` ends the turn."""

    superseded = False

    # --- what the exchange tells --------------------------------------------------------

    def on_event(self, event: ExchangeEvent, now: datetime, *, is_late: bool = False) -> None:
        """Take one fact in; an event about something long gone changes nothing.

        While we hear late what happened, nobody is offered to anybody: the next fact may say that he is gone.
        """
        of_call = self._on_call(event, now)
        if not of_call:
            self._on_exchange(event, now)
        # What changed nothing lets nobody be offered; what time alone lets happen is the next look at the clock's.
        if not is_late and (self.has_changed or not of_call):
            distribution.offer_to_the_free(self, now)

    def _on_call(self, event: ExchangeEvent, now: datetime) -> bool:  # noqa: C901, PLR0912
        """Take in what happens to one call; return whether the event is of that kind."""
        match event:
            case CallArrived():
                arrivals.arrive(self, event)
            case CallerGone():
                conversation.caller_gone(self, event)
            case PromptEnded():
                arrivals.prompt_ended(self, event, now)
            case DigitPressed():
                arrivals.digit_pressed(self, event, now)
            case PhoneAnswered():
                conversation.answered(self, event, now)
            case LegGone():
                conversation.leg_gone(self, event, now)
            case TransferEnded():
                conversation.transfer_ended(self, event, now)
            case PartyAnswered():
                conversation.party_answered(self, event, now)
            case PartyGone():
                conversation.party_gone(self, event, now)
            case ListenerGone():
                conversation.listener_gone(self, event, now)
            case RecordingMade():
                conversation.recording_made(self, event)
            case VoicemailLeft():
                self._voicemail_left(event, now)
            case _:
                return False
        return True

    def _on_exchange(self, event: ExchangeEvent, now: datetime) -> None:
        """Take in what happens to phones and to the exchange itself."""
        match event:
            case PhoneRegistered(user_id=user_id):
                conversation.phone_registered(self, user_id, now)
            case PhoneGone(user_id=user_id):
                conversation.phone_gone(self, user_id, now)
            case ExchangeConnected():
                self.exchange_up = True
                self._remember_fallbacks({})
                for post in self.posts.values():
                    if post.mobile:
                        self.send(ask.RoutePhone(post.user_id, post.mobile))
                for arrival in reconcile(self, event, now):
                    arrivals.arrive(self, arrival)
            case ExchangeLost():
                self.exchange_up = False
            case Superseded():
                self.superseded = True

    def _voicemail_left(self, event: VoicemailLeft, now: datetime) -> None:
        # A caller who came and went while we were away has no call yet: the sound file's name makes a lasting id.
        call_id = event.call_id or uuid5(NAMESPACE_URL, event.path.name)
        self.unheard.pop(call_id, None)
        line = self.find_line(event.called_number)
        self.follow_up(
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

    # --- what the exchange did, or refuses ------------------------------------------------

    def on_done(self, command: ask.Command, now: datetime) -> None:
        """Take in that the exchange has carried a command out."""
        if isinstance(command, ask.SetPhoneAccount) and command.order_id is not None:
            self.finish_order(command.order_id, now)

    def on_failure(self, command: ask.Command, error: Exception, now: datetime) -> None:
        """Take in that a command could not be carried out; an exchange that is down is reconciled later."""
        if isinstance(command, ask.SetPhoneAccount):
            self._phone_not_let_in(command, error, now)
        elif isinstance(error, ChannelGone | PhoneUnreachable):
            self._refused(command, error, now)
        distribution.offer_to_the_free(self, now)

    def _refused(self, command: ask.Command, error: Exception, now: datetime) -> None:  # noqa: C901
        match command:
            case ask.RingPhone(leg=leg):
                self._phone_did_not_ring(leg, error, now)
            case ask.Connect(leg=leg):
                call = self.calls.get(leg.call_id)
                if call is not None and call.leg == leg and call.state in WITH_SECRETARY:
                    self.cut_off(call, now)
            case ask.CallOut(leg=leg):
                conversation.leg_gone(self, LegGone(leg, now, Cause.HANGUP), now)
            case ask.RingParty(party=party):
                conversation.party_gone(self, PartyGone(party, now, "unreachable"), now)
            case ask.MixParty(party=party, mix=mix):
                self._not_mixed(party, mix, now)
            case ask.LendEar(leg=leg, ear=ear) if ear is not None:
                call = self.calls.get(leg.call_id)
                if call is not None:
                    self.listener_left(call, now)
            case ask.Transfer(call_id=call_id):
                call = self.calls.get(call_id)
                if call is not None and call.state is CallState.TRANSFERRING:
                    conversation.transfer_failed(self, call, now, "unreachable")
            case (
                ask.RenewLease(call_id=call_id)
                | ask.Welcome(call_id=call_id)
                | ask.Say(call_id=call_id)
                | ask.Hold(call_id=call_id)
                | ask.Resume(call_id=call_id)
                | ask.WaitAgain(call_id=call_id)
            ):
                self._not_there(call_id, now, but_elsewhere=True)
            case (
                ask.AdoptCaller(call_id=call_id)
                | ask.TakeVoicemail(call_id=call_id)
                | ask.SendToFallback(call_id=call_id)
                | ask.HangUp(call_id=call_id)
            ):
                self._not_there(call_id, now)

    def _not_there(self, call_id: UUID, now: datetime, *, but_elsewhere: bool = False) -> None:
        """Take in that a caller was not there to be told something; who was sent elsewhere meanwhile is not gone."""
        call = self.calls.get(call_id)
        if call is None or (but_elsewhere and call.state in ELSEWHERE):
            return
        conversation.caller_gone(self, CallerGone(call.channel_id, call_id, now))

    def _phone_not_let_in(self, command: ask.SetPhoneAccount, error: Exception, now: datetime) -> None:
        """Say that the exchange would not; one that is down is taught what is on file as soon as it answers."""
        if command.order_id is not None:
            refusal = "" if isinstance(error, ExchangeDown) else Refusal.EXCHANGE_DOWN.value
            self.finish_order(command.order_id, now, refusal)

    def _phone_did_not_ring(self, leg: SecretaryLeg, error: Exception, now: datetime) -> None:
        post = self.posts.get(leg.user_id)
        if post is not None and isinstance(error, PhoneUnreachable):
            post.registered, post.phone_gone_at = False, now
            self.touch_post(post)
        call = self.calls.get(leg.call_id)
        if call is None or call.leg != leg:
            return
        if call.state is CallState.OFFERED:
            self.withdraw(call, StepKind.UNREACHABLE, now, stop=False)
        elif call.state is CallState.DIALLING:
            self.end(call, EndReason.NO_REPLY, now)

    def _not_mixed(self, party: PartyLeg, mix: Mix, now: datetime) -> None:
        """Take in that the third person, or the caller, was gone a moment before."""
        call = self.calls.get(party.call_id)
        if call is None or call.party is None or call.party.leg != party:
            return
        if mix is Mix.GIVE and call.is_given:
            self.cut_off(call, now)
        elif mix is Mix.GIVE and call.state is CallState.TRANSFERRING:
            call.party = None
            conversation.transfer_failed(self, call, now, "unreachable")
        else:
            conversation.party_gone(self, PartyGone(party, now, "unreachable"), now)

    # --- time and the house -------------------------------------------------------------

    def tick(self, now: datetime) -> None:
        """Look at everything that has a deadline."""
        deadlines.tick(self, now)

    def assign(self, now: datetime) -> None:
        """Let the policy decide for every caller who waits, and do as it says."""
        distribution.assign(self, now)

    def remember(
        self,
        directory: Directory,
        calls: Iterable[LiveCall],
        posts: Iterable[LivePost],
        known_steps: Mapping[UUID, int],
        recorded: Mapping[UUID, tuple[RecordingFact, datetime]] | None = None,
    ) -> None:
        """Take over what a switchboard before this one has written; the exchange will say what still lives."""
        self.directory, self.familiarity = directory, Familiarity(directory.familiarity)
        self.last_spoken = dict(directory.last_spoken)
        self.known_steps, self.recorded = dict(known_steps), dict(recorded or {})
        for call in calls:
            arrivals.restore(call)
            calling.price_again(directory, call)
            self.enter(call)
        for post in posts:
            self.posts[post.user_id] = post
            post.protected = dict(directory.protections.get(post.user_id, {}))
            post.mobile = directory.mobiles.get(post.user_id, "")

    def replace_directory(self, directory: Directory, now: datetime) -> None:
        """Take a fresh directory in; somebody who may no longer hold a post loses it."""
        before, self.directory = self.directory, directory
        if self.exchange_up:
            self._remember_fallbacks(before.lines)
        self.familiarity = Familiarity(directory.familiarity)
        self.last_spoken = dict(directory.last_spoken)
        self.spent.clear()  # what these calls cost is read with the rules
        for post in list(self.posts.values()):
            post.protected = dict(directory.protections.get(post.user_id, {}))
            mobile = directory.mobiles.get(post.user_id, "")
            if mobile != before.mobiles.get(post.user_id, ""):
                self.route(post, mobile, now)
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
