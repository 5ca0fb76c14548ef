"""Read calls and posts for screens; the number of queries never depends on the number of rows."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from decroche.accounts.models import User
from decroche.calls import wording
from decroche.calls.domain.call import CallState
from decroche.calls.models import Call, CallStep, Post, SwitchboardPulse
from decroche.calls.switchboard.records import StepKind
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


@dataclass(frozen=True, slots=True)
class Moment:
    """Hold one step of a timeline in words."""

    kind: str
    at: datetime
    sentence: str
    after: timedelta  # since the arrival


@dataclass(frozen=True, slots=True)
class Stretch:
    """Hold one stretch of a call's bar: what it was, from a thousandth to a thousandth of the whole."""

    kind: str  # "waiting", "ringing", "talking", "hold", "away", "wrap"
    start: int
    width: int
    lasted: timedelta


def telephony_state(*, now: datetime) -> TelephonyState:
    """Say whether the switchboard gives signs of life (one query)."""
    pulse = SwitchboardPulse.objects.first()
    if pulse is None:
        return TelephonyState(answers=False, exchange_up=False, is_simulated=False)
    alive = pulse.is_alive(now=now)
    return TelephonyState(alive, alive and pulse.exchange_up, pulse.is_simulated)


def hand_of(user: User) -> Hand:
    """Return the person's post and call (two queries); a call of a practice out of scope is not shown."""
    post = Post.objects.filter(user=user).first()
    if post is None or post.call_id is None:
        return Hand(post, None)
    call = Call.objects.filter(pk=post.call_id).select_related("practice", "line").first()
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


def moments(call: Call) -> list[Moment]:
    """Return the timeline of a call read by ``call_card``, in words."""
    return [
        Moment(
            step.kind,
            step.at,
            wording.step(step.kind, step.detail, step.secretary.display_name if step.secretary else ""),
            max(step.at - call.arrived_at, timedelta()),
        )
        for step in call.steps.all()
        if not (step.kind == StepKind.WAITING and step.number > 1 and _is_echo(call, step))
    ]


def _is_echo(call: Call, step: CallStep) -> bool:
    """Say whether a step of waiting only repeats that the offer before it failed."""
    before = next((other for other in call.steps.all() if other.number == step.number - 1), None)
    return before is not None and before.at == step.at


_STRETCHES: Mapping[str, str] = {
    StepKind.ARRIVED: "waiting",
    StepKind.WAITING: "waiting",
    StepKind.OFFERED: "ringing",
    StepKind.UNANSWERED: "waiting",
    StepKind.REFUSED: "waiting",
    StepKind.UNREACHABLE: "waiting",
    StepKind.CUT_OFF: "waiting",
    StepKind.TRANSFER_FAILED: "waiting",
    StepKind.TALKING: "talking",
    StepKind.RESUMED: "talking",
    StepKind.HELD: "hold",
    StepKind.TRANSFER_STARTED: "away",
    StepKind.TRANSFERRED: "away",
    StepKind.FALLBACK: "away",
    StepKind.VOICEMAIL: "away",
    StepKind.ENDED: "wrap",
}


def stretches(call: Call, *, now: datetime) -> list[Stretch]:
    """Return the bar of a call read by ``call_card``: thousandths of its whole length, wrap-up included."""
    steps = list(call.steps.all())
    if not steps:
        return []
    begin = steps[0].at
    end = _bar_end(call, steps, now)
    whole = max((end - begin).total_seconds(), 1.0)
    found: list[Stretch] = []
    for step, after in zip(steps, [*steps[1:], None], strict=True):
        kind = _STRETCHES.get(step.kind)
        if kind is None:
            continue
        following = next((s for s in steps if s.number > step.number and s.kind in _STRETCHES), None)
        until = min(following.at if following else end, end)
        if after is None and step.kind == StepKind.ENDED and until <= step.at:
            continue
        start = int((step.at - begin).total_seconds() / whole * 1000)
        width = int((until - begin).total_seconds() / whole * 1000) - start
        if width > 0:
            _add(found, Stretch(kind, start, width, until - step.at))
    return found


def _add(found: list[Stretch], stretch: Stretch) -> None:
    """Add a stretch, joined to the one before when it is the same thing going on."""
    if found and found[-1].kind == stretch.kind:
        last = found.pop()
        stretch = Stretch(last.kind, last.start, last.width + stretch.width, last.lasted + stretch.lasted)
    found.append(stretch)


def _bar_end(call: Call, steps: list[CallStep], now: datetime) -> datetime:
    last = steps[-1].at
    if not call.is_over:
        return now
    if call.wrap_up_until is not None and call.answered_at is not None:
        return max(last, min(call.wrap_up_until, now))
    return last
