"""Judge whom a secretary may reach from a call: a colleague, a practitioner who may not be disturbed, a number."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from decroche.calls.domain import outgoing
from decroche.calls.domain.outgoing import Dial, NotDialled
from decroche.calls.domain.post import PostState
from decroche.calls.domain.reachability import How, Reach, passage
from decroche.calls.switchboard.floor import Floor
from decroche.calls.switchboard.refusals import Refusal, Refused
from decroche.calls.switchboard.state import LiveCall, LivePost, OutgoingFact, PractitionerFact
from decroche.kernel import phone

_REASONS = {
    Reach.IN_CONSULTATION: Refusal.IN_CONSULTATION,
    Reach.ON_ROUNDS: Refusal.ON_ROUNDS,
    Reach.URGENT_ONLY: Refusal.URGENT_ONLY,
    Reach.COLLEAGUES_ONLY: Refusal.COLLEAGUES_ONLY,
}
_NOT_DIALLED = {
    NotDialled.CAP_REACHED: Refusal.CAP_REACHED,
    NotDialled.EMERGENCY_NUMBER: Refusal.EMERGENCY_NUMBER,
    NotDialled.NOT_A_NUMBER: Refusal.UNKNOWN_NUMBER,
}


@dataclass(frozen=True, slots=True)
class Aim:
    """Say whom a call is taken to: a colleague's post, else a number."""

    number: str = ""
    colleague: LivePost | None = None


def aim(
    floor: Floor,
    call: LiveCall,
    post: LivePost,
    *,
    number: str,
    user_id: int | None,
    blind: bool,
    now: datetime,
) -> Aim:
    """Return whom a call may be taken to; raises Refused with the reason."""
    practitioner = _practitioner(floor, call, number, user_id)
    if practitioner is not None:
        if not practitioner.number:
            raise Refused(Refusal.UNKNOWN_NUMBER)
        _may_disturb(practitioner, call, blind=blind, now=now)
        return Aim(practitioner.number)
    if user_id is not None:
        return Aim(colleague=_colleague(floor, call, post, user_id))
    if number in floor.directory.practice_numbers.get(call.practice_id or 0, frozenset()):
        return Aim(number)
    return Aim(allowed(floor, post.secretariat_id, number, region=region_of(call), now=now).number)


def _practitioner(floor: Floor, call: LiveCall, number: str, user_id: int | None) -> PractitionerFact | None:
    return next(
        (
            one
            for one in floor.directory.practitioners
            if one.practice_id == call.practice_id
            and ((user_id is not None and one.user_id == user_id) or (number and one.number == number))
        ),
        None,
    )


def _may_disturb(practitioner: PractitionerFact, call: LiveCall, *, blind: bool, now: datetime) -> None:
    """Respect what the practitioner wants of calls: refused, announced first, or at once."""
    passes = passage(practitioner.reach, caller_number=call.caller_number, urgency=call.urgency, now=now)
    if not passes.may:
        raise Refused(_REASONS[practitioner.reach.state])
    if blind and passes.how is How.ANNOUNCED:
        raise Refused(Refusal.ANNOUNCE_FIRST)


def _colleague(floor: Floor, call: LiveCall, post: LivePost, user_id: int) -> LivePost:
    other = floor.posts.get(user_id)
    if user_id == post.user_id or user_id not in floor.directory.members:
        raise Refused(Refusal.UNKNOWN_NUMBER)
    if other is None or not other.can_ring or other.state is PostState.AWAY:
        raise Refused(Refusal.NOBODY_THERE)
    if not floor.is_mandated(other, call):
        raise Refused(Refusal.NO_MANDATE)
    if floor.is_busy(other):
        raise Refused(Refusal.COLLEAGUE_BUSY)
    return other


def region_of(call: LiveCall) -> str:
    """Return where a number without country code is to be read."""
    return call.line.region if call.line else "FR"


def allowed(floor: Floor, secretariat_id: int, number: str, *, region: str, now: datetime) -> Dial:
    """Return the number as it may be dialled, and for how long; raises Refused."""
    fact = floor.directory.outgoing.get(secretariat_id) or OutgoingFact()
    spent = fact.spent + floor.spent.get(secretariat_id, Decimal()) + _running(floor, secretariat_id, now)
    judged = outgoing.judge(number, rules=fact.rules, region=region, spent=spent)
    if isinstance(judged, NotDialled):
        raise Refused(_NOT_DIALLED.get(judged, Refusal.NOT_ALLOWED_NUMBER))
    return judged


def _running(floor: Floor, secretariat_id: int, now: datetime) -> Decimal:
    """Return what the secretariat's calls of this moment have cost so far."""
    return sum(
        (
            outgoing.cost(call.out.dial.tariff, now - call.answered_at)
            for call in floor.calls.values()
            if call.out is not None
            and call.out.secretariat_id == secretariat_id
            and call.answered_at is not None
            and call.ended_at is None
        ),
        Decimal(),
    )


def shown_number(floor: Floor, call: LiveCall, secretariat_id: int, now: datetime) -> str:
    """Return the number that the called person sees: the practice's with its consent, else the secretariat's."""
    line = call.line
    consent = floor.directory.consents.get(line.line_id) if line else None
    fact = floor.directory.outgoing.get(secretariat_id) or OutgoingFact()
    shown = outgoing.shown_number(
        practice_number=line.number if line else "",
        consents=(consent,) if consent else (),
        secretariat_number=fact.number,
        now=now,
    )
    return shown.number


def readable(number: str, region: str) -> str:
    """Return a number in E.164; empty when it is none."""
    return phone.parse_or_none(number, region=region) or ""
