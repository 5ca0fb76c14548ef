"""Read what the switchboard must know of the house, with Django, off the event loop."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count

from decroche.calls.actions.open_phone import password_of, username_of
from decroche.calls.domain.call import WITH_SECRETARY, CallState
from decroche.calls.domain.post import PostState
from decroche.calls.models import Call, CallStep, PhoneCredential, Post, SwitchboardOrder
from decroche.calls.ports import PhoneAccount, SecretaryLeg
from decroche.calls.switchboard.orders import Order, OrderKind
from decroche.calls.switchboard.state import Directory, LineFact, LiveCall, LivePost, Member
from decroche.foundation.tenancy import every_practice
from decroche.practices.models import Line, Mandate, SecretariatMember

FAMILIARITY_WINDOW = timedelta(days=30)
REMEMBERED = timedelta(hours=2)  # how long after its end a call may be given back by the exchange
LIVE_ATTEMPTS = 100  # a fresh process numbers its attempts from here: no leg is ever named twice


@dataclass(frozen=True, slots=True)
class Memory:
    """Hold what a switchboard before this one has written of what may still live."""

    calls: tuple[LiveCall, ...]
    posts: tuple[LivePost, ...]
    known_steps: dict[UUID, int]


def load_directory(*, now: datetime) -> Directory:
    """Read lines, mandates in force, members and familiarity; four queries."""
    with every_practice():
        lines = {
            line.number: LineFact(
                line.pk,
                line.practice_id,
                line.practice.name,
                line.number,
                line.greeting,
                line.fallback_number,
                line.practice.country_code,
            )
            for line in Line.objects.filter(is_active=True).select_related("practice")
        }
        mandates: dict[int, set[int]] = defaultdict(set)
        for mandate in Mandate.objects.filter(signed_at__lte=now).select_related("practice"):
            if mandate.is_in_force(today=now.astimezone(mandate.practice.zone).date()):
                mandates[mandate.practice_id].add(mandate.secretariat_id)
        members = {
            member.user_id: Member(member.user_id, member.secretariat_id, member.user.display_name)
            for member in SecretariatMember.objects.filter(user__is_active=True)
            .select_related("user")
            .order_by("-secretariat_id")
        }
        return Directory(
            lines,
            {practice_id: frozenset(found) for practice_id, found in mandates.items()},
            members,
            _familiarity(now),
        )


def _familiarity(now: datetime) -> dict[tuple[int, int], int]:
    rows = (
        Call.objects.filter(
            answered_at__gte=now - FAMILIARITY_WINDOW, secretary__isnull=False, practice__isnull=False
        )
        .values_list("secretary_id", "practice_id")
        .annotate(count=Count("pk"))
    )
    return {(secretary_id, practice_id): count for secretary_id, practice_id, count in rows}


def load_memory(*, directory: Directory, now: datetime) -> Memory:
    """Read the calls that were alive and the posts as they were last written."""
    with every_practice():
        rows = list(Call.objects.exclude(state=CallState.ENDED.value))
        recent = Call.objects.filter(arrived_at__gte=now - REMEMBERED).values_list("pk", flat=True)
        ids = {row.pk for row in rows} | set(recent)
        steps = dict(
            CallStep.objects.filter(call_id__in=ids).values_list("call_id").annotate(count=Count("pk"))
        )
        posts = {post.user_id: post for post in Post.objects.all()}
    by_line = {line.line_id: line for line in directory.lines.values()}
    calls = tuple(_live_call(row, by_line.get(row.line_id or 0), steps.get(row.pk, 0)) for row in rows)
    return Memory(calls, tuple(_live_post(post, now) for post in posts.values()), steps)


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
    )
    if row.secretary_id is not None and state in {*WITH_SECRETARY, CallState.OFFERED}:
        call.leg = SecretaryLeg(row.pk, row.secretary_id, row.leg_attempt)
        if state is CallState.OFFERED:
            call.secretary_id = None
    return call


def _live_post(row: Post, now: datetime) -> LivePost:
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
        phone_gone_at=now,
    )


def pending_orders() -> list[Order]:
    """Read the orders that nobody has carried out, oldest first."""
    return [
        Order(row.pk, row.kind, row.user_id, row.requested_at, row.call_id, _payload(row))
        for row in SwitchboardOrder.objects.filter(done_at=None).order_by("pk")[:500]
    ]


def _payload(row: SwitchboardOrder) -> dict[str, object]:
    if row.kind != OrderKind.PHONE_ACCOUNT:
        return dict(row.payload)
    return {"username": username_of(row.user_id), "password": password_of(str(row.payload.get("nonce", "")))}


def live_accounts(*, now: datetime) -> list[PhoneAccount]:
    """Read the phones that may register now, for an exchange that has forgotten them."""
    rows = PhoneCredential.objects.filter(revoked_at=None, expires_at__gt=now)
    return [PhoneAccount(row.user_id, username_of(row.user_id), password_of(row.nonce)) for row in rows]


def expire_accounts(*, now: datetime) -> Iterable[int]:
    """Revoke the phones whose time is over and return whose they were."""
    rows = PhoneCredential.objects.filter(revoked_at=None, expires_at__lte=now)
    user_ids = list(rows.values_list("user_id", flat=True))
    rows.update(revoked_at=now)
    return user_ids
