"""Read what a switchboard before this one has written, and what waits for us: orders, phones. Off the event loop."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from decroche.calls.actions.open_phone import password_of, username_of
from decroche.calls.domain.call import WITH_SECRETARY, CallState, PartyState
from decroche.calls.domain.outgoing import Dial
from decroche.calls.domain.post import AT_POST, BUSY, PostState
from decroche.calls.domain.routing import Urgency
from decroche.calls.models import (
    Call,
    CallStep,
    Direction,
    PhoneCredential,
    PhoneDevice,
    Post,
    SwitchboardOrder,
)
from decroche.calls.ports import PartyLeg, PhoneAccount, SecretaryLeg
from decroche.calls.switchboard.directory import load_directory
from decroche.calls.switchboard.orders import Order, OrderKind
from decroche.calls.switchboard.posts import AN_HOUR
from decroche.calls.switchboard.state import (
    Directory,
    LineFact,
    LiveCall,
    LivePost,
    Outgoing,
    Party,
    RecordingFact,
)
from decroche.foundation.tenancy import every_practice

__all__ = ["Memory", "expire_accounts", "live_accounts", "load_directory", "load_memory", "pending_orders"]

REMEMBERED = timedelta(hours=2)  # how long after its end a call may be given back by the exchange
LIVE_ATTEMPTS = 100  # a fresh process numbers its attempts from here: no leg is ever named twice
LONGEST_OUTGOING = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Memory:
    """Hold what a switchboard before this one has written of what may still live."""

    calls: tuple[LiveCall, ...]
    posts: tuple[LivePost, ...]
    known_steps: dict[UUID, int]
    recorded: dict[UUID, tuple[RecordingFact, datetime]] = field(default_factory=dict)


def load_memory(*, directory: Directory, now: datetime, exchange: str = "") -> Memory:
    """Read the calls of this exchange that were alive and its posts as they were last written."""
    with every_practice():
        rows = list(Call.objects.exclude(state=CallState.ENDED.value).filter(exchange=exchange))
        recent = Call.objects.filter(exchange=exchange, arrived_at__gte=now - REMEMBERED)
        recent_ids = recent.values_list("pk", flat=True)
        ids = {row.pk for row in rows} | set(recent_ids)
        steps = dict(
            CallStep.objects.filter(call_id__in=ids).values_list("call_id").annotate(count=Count("pk"))
        )
        posts = list(Post.objects.filter(exchange=exchange))
        sip = _credentials(exchange).filter(device=PhoneDevice.SIP, expires_at__gt=now)
        with_sip_phone = set(sip.values_list("user_id", flat=True))
        asked = _asked_for(post.user_id for post in posts if PostState(post.state) in BUSY)
        taken = _taken(now)
        recorded = list(recent.filter(is_recorded=True, recordings=None))
    by_line = {line.line_id: line for line in directory.lines.values()}
    calls = tuple(_live_call(row, by_line.get(row.line_id or 0), steps.get(row.pk, 0)) for row in rows)
    return Memory(
        calls,
        tuple(
            _live_post(
                post,
                taken.get(post.user_id, []),
                now,
                has_sip_phone=post.user_id in with_sip_phone,
                after_call=asked.get(post.user_id),
            )
            for post in posts
        ),
        steps,
        _recorded(recorded, by_line),
    )


def _asked_for(user_ids: Iterable[int]) -> dict[int, tuple[PostState, str]]:
    """Return what those who have a call asked to be after it: their last word, unless it was "available" (one query)."""
    found: dict[int, tuple[PostState, str]] = {}
    words = (OrderKind.SET_STATE.value, OrderKind.LEAVE.value)
    orders = SwitchboardOrder.objects.filter(user_id__in=list(user_ids), kind__in=words, refusal="")
    for order in orders.exclude(done_at=None).order_by("user_id", "-pk").distinct("user_id"):
        state = PostState(str(order.payload.get("state", PostState.AWAY)))
        if state is not PostState.AVAILABLE:
            found[order.user_id] = state, str(order.payload.get("reason", ""))[:20]
    return found


def _taken(now: datetime) -> dict[int, list[Call]]:
    """Return the calls that each person took in the last hour, the oldest first (one query)."""
    found: dict[int, list[Call]] = defaultdict(list)
    rows = Call.objects.filter(answered_at__gte=now - AN_HOUR, secretary__isnull=False)
    for row in rows.order_by("answered_at"):
        found[row.secretary_id or 0].append(row)
    return found


def _recorded(
    rows: Iterable[Call], by_line: Mapping[int, LineFact]
) -> dict[UUID, tuple[RecordingFact, datetime]]:
    """Return the recordings whose sound may still come."""
    found = {}
    for row in rows:
        line = by_line.get(row.line_id or 0)
        if line is not None and line.recording is not None:
            found[row.pk] = (line.recording, row.answered_at or row.arrived_at)
    return found


def _live_call(row: Call, line: LineFact | None, steps: int) -> LiveCall:
    state = CallState(row.state)
    call = LiveCall(
        call_id=row.pk,
        channel_id=row.channel_id,
        called_number=row.called_number,
        caller_number=row.caller_number,
        caller_name=row.caller_name,
        arrived_at=row.arrived_at,
        line=line,
        state=state,
        is_simulated=row.is_simulated,
        waiting_since=row.arrived_at,
        answered_at=row.answered_at,
        secretary_id=row.secretary_id,
        state_since=row.answered_at or row.arrived_at,
        steps=steps,
        attempts=LIVE_ATTEMPTS + steps,
        fallback_tried=state is CallState.FALLBACK,
        urgency=Urgency(row.urgency),
        moment=row.moment,
        menu_digit=row.menu_digit,
        is_muted=row.is_muted,
        parked_by=row.parked_by_id,
        party_attempts=LIVE_ATTEMPTS + steps,
        listener=row.listener_id,
        listening=row.listening,
        is_recorded=row.is_recorded,
        recording_told=row.is_recorded,
    )
    if row.secretary_id is not None and state in {*WITH_SECRETARY, CallState.OFFERED, CallState.DIALLING}:
        call.leg = SecretaryLeg(row.pk, row.secretary_id, row.leg_attempt)
        if state is CallState.OFFERED:
            call.secretary_id = None
    if row.direction == Direction.OUTBOUND:
        call.out = _outgoing(row)
    if row.party_state:
        _remember_party(call, row)
    return call


def _outgoing(row: Call) -> Outgoing:
    """Return what is known of an outgoing call; its price is reckoned by whoever placed it."""
    dial = Dial(row.caller_number, LONGEST_OUTGOING, None)
    return Outgoing(dial, row.called_number, 0, row.practice_id, is_dialled=True)


def _remember_party(call: LiveCall, row: Call) -> None:
    """Remember the third person; the exchange says which attempt it was."""
    call.party = Party(
        PartyLeg(row.pk, 0), PartyState(row.party_state), row.party_number, row.party_user_id, row.arrived_at
    )
    if row.party_user_id is not None and row.party_user_id == row.secretary_id:
        call.is_given, call.leg = True, None


def _live_post(
    row: Post,
    taken: list[Call],
    now: datetime,
    *,
    has_sip_phone: bool = False,
    after_call: tuple[PostState, str] | None = None,
) -> LivePost:
    state = PostState(row.state)
    wrapping = state is PostState.WRAP_UP
    return LivePost(
        row.user_id,
        row.secretariat_id,
        state,
        row.reason,
        row.since,
        registered=False,
        call_id=row.call_id if state in {PostState.RINGING, PostState.ON_CALL} else None,
        wrap_up_until=row.wrap_up_until if wrapping else None,
        after_call=after_call,
        phone_gone_at=now,
        has_sip_phone=has_sip_phone,
        working_since=row.since if state in AT_POST else None,
        answered=[call.answered_at for call in taken if call.answered_at is not None],
        last_call=(taken[-1].pk, taken[-1].caller_number) if taken else None,
    )


def pending_orders(*, exchange: str = "") -> list[Order]:
    """Read the orders to this exchange's switchboard that nobody has carried out, oldest first."""
    return [
        Order(row.pk, row.kind, row.user_id, row.requested_at, row.call_id, _payload(row))
        for row in SwitchboardOrder.objects.filter(done_at=None, exchange=exchange).order_by("pk")[:500]
    ]


def _payload(row: SwitchboardOrder) -> dict[str, object]:
    if row.kind != OrderKind.PHONE_ACCOUNT:
        return dict(row.payload)
    nonce = str(row.payload.get("nonce", ""))
    is_browser = row.payload.get("device", PhoneDevice.BROWSER) == PhoneDevice.BROWSER
    password = password_of(nonce) if nonce else ""
    return {"username": username_of(row.user_id), "password": password, "is_browser": is_browser}


def live_accounts(*, now: datetime, exchange: str = "") -> list[PhoneAccount]:
    """Read the phones that may register now, for an exchange that has forgotten them."""
    rows = _credentials(exchange).filter(expires_at__gt=now)
    return [
        PhoneAccount(
            row.user_id,
            username_of(row.user_id),
            password_of(row.nonce),
            is_browser=row.device == PhoneDevice.BROWSER,
        )
        for row in rows
    ]


def expire_accounts(*, now: datetime, exchange: str = "") -> Iterable[int]:
    """Revoke the phones whose time is over, or whose person is shut out, and return whose they were."""
    over = Q(expires_at__lte=now) | Q(user__is_active=False) | Q(user__secretariat_memberships=None)
    rows = list(_credentials(exchange).filter(over).values_list("pk", "user_id"))
    PhoneCredential.objects.filter(pk__in=[pk for pk, _ in rows], revoked_at=None).update(revoked_at=now)
    return [user_id for _, user_id in rows]


def _credentials(exchange: str) -> "QuerySet[PhoneCredential]":
    """Return the credentials in force of those whose phone is at this exchange; without a post, at the unnamed one."""
    here = Q(user__post__exchange=exchange)
    if not exchange:
        here |= Q(user__post=None)
    found: QuerySet[PhoneCredential] = PhoneCredential.objects.filter(here, revoked_at=None)
    return found
