"""Read calls and posts for screens; the number of queries never depends on the number of rows."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from decroche.accounts.models import User
from decroche.calls.domain.call import CallState
from decroche.calls.models import Call, Post, SwitchboardPulse
from decroche.foundation.tenancy import every_practice

SHOWN_ALERTS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Hand:
    """Hold a person's post and the call that it has in hand, rings for, or wraps up."""

    post: Post | None
    call: Call | None


@dataclass(frozen=True, slots=True)
class TelephonyState:
    """Say how the telephony does."""

    answers: bool
    exchange_up: bool
    is_simulated: bool


def telephony_state(*, now: datetime) -> TelephonyState:
    """Say whether the switchboard gives signs of life (one query)."""
    pulse = SwitchboardPulse.objects.order_by("-beat_at").first()  # of several exchanges, the freshest
    if pulse is None:
        return TelephonyState(answers=False, exchange_up=False, is_simulated=False)
    alive = pulse.is_alive(now=now)
    return TelephonyState(alive, alive and pulse.exchange_up, pulse.is_simulated)


def hand_of(user: User) -> Hand:
    """Return the person's post and call (two queries); a call of a practice out of scope is not shown."""
    post = Post.objects.filter(user=user).first()
    if post is None or post.call_id is None:
        return Hand(post, None)
    people = ("secretary", "party_user", "listener")
    call = Call.objects.filter(pk=post.call_id).select_related("practice", "line", *people).first()
    return Hand(post, call)


def waiting_count(practice_ids: Collection[int]) -> int:
    """Return how many callers wait for somebody, now (one query)."""
    states = [CallState.RINGING_IN.value, CallState.WAITING.value]
    count: int = Call.objects.filter(practice_id__in=practice_ids, state__in=states).count()
    return count


def unknown_calls(*, now: datetime) -> int:
    """Return how many calls to numbers of nobody's no supervisor has seen (one query)."""
    with every_practice():
        count: int = Call.objects.filter(
            practice=None, alert_seen_at=None, state="ended", arrived_at__gte=now - SHOWN_ALERTS
        ).count()
    return count


def log_of(practice_ids: Collection[int]) -> "QuerySet[Call]":
    """Return the calls of these practices, the latest first, with what a row shows."""
    rows: QuerySet[Call] = (
        Call.objects.filter(practice_id__in=practice_ids)
        .select_related("practice", "line", "secretary")
        .order_by("-arrived_at", "-pk")
    )
    return rows


def counts_since(practice_ids: Collection[int], *, since: datetime) -> dict[str, int]:
    """Return how many calls arrived, were answered, were lost and left a message since then (one query)."""
    found: dict[str, int] = Call.objects.filter(
        practice_id__in=practice_ids, arrived_at__gte=since
    ).aggregate(
        arrived=Count("pk"),
        answered=Count("pk", filter=Q(answered_at__isnull=False)),
        lost=Count("pk", filter=Q(end_reason__in=["abandoned", "interrupted"])),
        voicemails=Count("pk", filter=Q(end_reason="voicemail")),
    )
    return found


def call_card(call_id: UUID) -> Call:
    """Return one call with its steps and people (two queries).

    Raises:
        Call.DoesNotExist: none such in scope.

    """
    call: Call = (
        Call.objects.select_related("practice", "line", "secretary")
        .prefetch_related("steps__secretary")
        .get(pk=call_id)
    )
    return call
