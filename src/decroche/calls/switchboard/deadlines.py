"""Let time act: on offers, scripts, leases, transfers, parked callers, third persons, dialled numbers, wrap-ups."""

from datetime import datetime, timedelta

from decroche.calls.domain.call import LEASED, WITH_SECRETARY, CallState, EndReason, PartyState
from decroche.calls.domain.post import PostState
from decroche.calls.switchboard import commands as ask
from decroche.calls.switchboard import conversation
from decroche.calls.switchboard.arrivals import look_at_script, welcome
from decroche.calls.switchboard.distribution import assign, tell_who_waits
from decroche.calls.switchboard.floor import Floor
from decroche.calls.switchboard.records import FollowUpRow, StepKind
from decroche.calls.switchboard.state import LiveCall, LivePost

MANY_WAIT = 200


def tick(floor: Floor, now: datetime) -> None:
    """Look at everything that has a deadline."""
    every = _renewed_every(floor)
    for call in list(floor.calls.values()):
        _look_at_state(floor, call, now)
        if call.hears_ringing:
            _look_at_ringing(floor, call, now)
        if call.state in LEASED and floor.exchange_up and _lease_is_due(floor, call, now, every):
            floor.renew_lease(call, now)
        if call.script is not None:
            look_at_script(floor, call, now)
        if call.party is not None:
            _look_at_party(floor, call, now)
    for post in list(floor.posts.values()):
        if post.state is PostState.WRAP_UP and post.wrap_up_until and now >= post.wrap_up_until:
            floor.free(post, now)
        conversation.look_at_phone(floor, post, now)
    assign(floor, now)
    for call in list(floor.calls.values()):
        tell_who_waits(floor, call, now)
    _call_back_who_said_nothing(floor, now)


def _look_at_state(floor: Floor, call: LiveCall, now: datetime) -> None:
    timing = floor.timing
    lasted = now - (call.state_since or call.arrived_at)
    match call.state:
        case CallState.OFFERED if lasted >= floor.sharing_for(call).routing.offer_for:
            _miss(floor, call, now)
        case CallState.VOICEMAIL if lasted >= timing.voicemail_at_most:
            floor.send(ask.HangUp(call.call_id))
            floor.end(call, EndReason.VOICEMAIL, now)
        case CallState.TRANSFERRING if lasted >= timing.transfer_at_most:
            if call.party is not None or call.transfer_unseen:
                conversation.given_away(floor, call, now)
            else:
                conversation.transfer_failed(floor, call, now, "unanswered")
        case CallState.FALLBACK if lasted >= timing.fallback_at_most:
            floor.end(call, EndReason.FALLBACK, now)
        case CallState.DIALLING if lasted >= timing.dial_rings:
            floor.send(ask.HangUp(call.call_id))
            floor.end(call, EndReason.NO_REPLY, now)
        case CallState.PARKED:
            call.parked_at = call.parked_at or now  # by another process: since when, nobody knows
            if now - call.parked_at >= timing.park_at_most:
                _parked_too_long(floor, call, now)
        case _ if call.state in WITH_SECRETARY:
            _look_at_length(floor, call, now)


def _look_at_ringing(floor: Floor, call: LiveCall, now: datetime) -> None:
    """Answer a caller whose telephone has rung long enough, or for whom no phone rings any more."""
    has_rung = now - call.arrived_at >= floor.timing.rings_at_most
    if call.state is CallState.WAITING or (call.state is CallState.OFFERED and has_rung):
        welcome(floor, call)


def _look_at_length(floor: Floor, call: LiveCall, now: datetime) -> None:
    """End an outgoing call that has used up what it may cost."""
    if call.out is not None and call.answered_at and now - call.answered_at >= call.out.dial.at_most:
        floor.send(ask.HangUp(call.call_id))
        floor.end(call, EndReason.COMPLETED, now)


def _renewed_every(floor: Floor) -> timedelta:
    """Return how often leases are renewed: with hundreds who wait, half as often, so that they can also be served."""
    waiting = sum(call.state in LEASED for call in floor.calls.values())
    return floor.timing.renew_every * min(2.0, max(1.0, waiting / MANY_WAIT))


def _lease_is_due(floor: Floor, call: LiveCall, now: datetime, every: timedelta) -> bool:
    """Say whether the exchange must hear from us; the first time soon, for the dial plan's own lease runs since he rang."""
    if call.lease_renewed_at is None:
        return True
    is_first = call.lease_renewed_at == call.arrived_at
    return now - call.lease_renewed_at >= (floor.timing.renew_every if is_first else every)


def _miss(floor: Floor, call: LiveCall, now: datetime) -> None:
    post: LivePost | None = floor.posts.get(call.leg.user_id) if call.leg else None
    if post is not None:
        post.missed += 1
    floor.withdraw(call, StepKind.UNANSWERED, now, stop=True)


def _parked_too_long(floor: Floor, call: LiveCall, now: datetime) -> None:
    """Ring who parked the caller once more, then give him to the team, before everybody else."""
    post = floor.posts.get(call.parked_by) if call.parked_by is not None else None
    if not call.park_rang and post is not None and post.state is PostState.AVAILABLE and post.can_ring:
        call.park_rang = True
        floor.note(call, StepKind.PARKED_TOO_LONG, now, secretary_id=post.user_id)
        floor.offer(call, post, (), now)
        return
    floor.note(call, StepKind.PARKED_TOO_LONG, now)
    floor.wait(call, now, first=True)


def _look_at_party(floor: Floor, call: LiveCall, now: datetime) -> None:
    party = call.party
    if party is None or party.state is not PartyState.RINGING or party.since is None:
        return
    if now - party.since >= floor.timing.party_rings:
        floor.send(ask.DropParty(party.leg))
        floor.note(call, StepKind.PARTY_GONE, now, cause="unanswered", number=party.number)
        floor.party_left(call, now)


def _call_back_who_said_nothing(floor: Floor, now: datetime) -> None:
    """Call back who went at the voicemail without a word."""
    for call_id, until in list(floor.unheard.items()):
        if now >= until:
            del floor.unheard[call_id]
            floor.follow_up(FollowUpRow(call_id, "callback", now))
