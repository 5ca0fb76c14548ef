"""Read what goes on right now: who waits, who is offered to whom and why, who talks, who is at her post.

A bounded number of queries, whatever the number of callers: what a screen of forty practices reads each second.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Avg, Count, F, Max, Q

from decroche.accounts.models import User
from decroche.calls import wording
from decroche.calls.models import Call, CallStep, KnownCaller, Post
from decroche.calls.switchboard.records import StepKind

GOOD_WAIT = timedelta(seconds=20)
FAMILIAR_SINCE = timedelta(days=30)
WAITS = {"ringing_in", "menu", "waiting"}
TALKS = {"talking", "on_hold", "transferring", "dialling"}
POST_ORDER = ("ringing", "on_call", "available", "wrap_up", "paused", "away")


@dataclass(frozen=True, slots=True)
class LiveRow:
    """Hold one live call as a screen shows it."""

    call: Call
    position: int  # in the queue, from 1; 0: not waiting
    label: str
    familiar: str  # who knows the practice best
    reasons: str
    passed_over: tuple[str, ...]

    @property
    def is_urgent(self) -> bool:
        return int(self.call.urgency) == 2  # noqa: PLR2004 — Urgency.EMERGENCY


@dataclass(frozen=True, slots=True)
class PostRow:
    """Hold one post: what she does, with whom, and how much she took on."""

    post: Post
    call: Call | None
    today: int
    hour: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Hold the day so far."""

    arrived: int
    answered: int
    quickly: int
    lost: int
    mean_wait: timedelta | None
    longest: timedelta | None

    @property
    def quick_share(self) -> int | None:
        """Return the share answered within twenty seconds, of those answered or lost."""
        judged = self.answered + self.lost
        return round(100 * self.quickly / judged) if judged else None


@dataclass(frozen=True, slots=True)
class Floor:
    """Hold the whole screen."""

    waiting: tuple[LiveRow, ...]
    offered: tuple[LiveRow, ...]
    talking: tuple[LiveRow, ...]
    parked: tuple[LiveRow, ...]
    posts: tuple[PostRow, ...]
    figures: Figures

    @property
    def is_quiet(self) -> bool:
        return not (self.waiting or self.offered or self.talking or self.parked)


def floor_now(
    practice_ids: Collection[int], secretariat_ids: Collection[int], *, now: datetime, since: datetime
) -> Floor:
    """Return what these practices' callers and these secretariats' posts do now (eight queries at most)."""
    live = list(
        Call.objects.filter(practice_id__in=practice_ids)
        .exclude(state="ended")
        .select_related("practice", "line", "secretary", "parked_by", "listener", "party_user")
        .order_by("-urgency", "arrived_at", "pk")
    )
    offers = _offers(live)
    names = _names(offers.values())
    labels, familiar = _labels(live), _familiar(live, now)
    rows = []
    position = 0
    for call in live:
        position += call.state in WAITS
        offer = offers.get(call.pk)
        detail = offer.detail if offer else {}
        rows.append(
            LiveRow(
                call,
                position if call.state in WAITS else 0,
                labels.get((call.practice_id, call.caller_number), call.caller_name),
                familiar.get(call.practice_id or 0, ""),
                wording.reasons(detail),
                tuple(wording.passed_over(detail, names)),
            )
        )
    return Floor(
        waiting=tuple(row for row in rows if row.call.state in WAITS),
        offered=tuple(row for row in rows if row.call.state == "offered"),
        talking=tuple(row for row in rows if row.call.state in TALKS),
        parked=tuple(row for row in rows if row.call.state == "parked"),
        posts=_posts(secretariat_ids, practice_ids, live, now, since),
        figures=figures(practice_ids, since=since),
    )


def figures(practice_ids: Collection[int], *, since: datetime) -> Figures:
    """Return the figures of the incoming calls since then (one query)."""
    wait = F("answered_at") - F("arrived_at")
    answered = Q(answered_at__isnull=False)
    found = Call.objects.filter(
        practice_id__in=practice_ids, arrived_at__gte=since, direction="in"
    ).aggregate(
        arrived=Count("pk"),
        answered=Count("pk", filter=answered),
        quickly=Count("pk", filter=Q(answered_at__lte=F("arrived_at") + GOOD_WAIT)),
        lost=Count("pk", filter=Q(answered_at=None, end_reason__in=["abandoned", "interrupted"])),
        mean_wait=Avg(wait, filter=answered),
        longest=Max(wait, filter=answered),
    )
    return Figures(**found)


def _offers(live: list[Call]) -> dict[UUID, CallStep]:
    """Return the last offer of each call that rings at somebody's (one query)."""
    ringing = [call.pk for call in live if call.state == "offered"]
    if not ringing:
        return {}
    steps = CallStep.objects.filter(call_id__in=ringing, kind=StepKind.OFFERED.value).order_by("number")
    return {step.call_id: step for step in steps}


def _names(offers: Iterable[CallStep]) -> dict[int, str]:
    ids = {int(one[0]) for offer in offers for one in offer.detail.get("passed_over", [])}
    return {user.pk: user.display_name for user in User.objects.filter(pk__in=ids)} if ids else {}


def _labels(live: list[Call]) -> dict[tuple[int | None, str], str]:
    numbers = {call.caller_number for call in live if call.caller_number}
    if not numbers:
        return {}
    known = KnownCaller.objects.filter(
        practice_id__in={call.practice_id for call in live}, number__in=numbers
    )
    return {(one.practice_id, one.number): one.label for one in known}


def _familiar(live: list[Call], now: datetime) -> dict[int, str]:
    """Return who took most calls lately of each practice that somebody waits for (two queries)."""
    waiting = {call.practice_id for call in live if call.state in WAITS and call.practice_id is not None}
    if not waiting:
        return {}
    counts = (
        Call.objects.filter(practice_id__in=waiting, answered_at__gte=now - FAMILIAR_SINCE)
        .exclude(secretary=None)
        .values_list("practice_id", "secretary_id")
        .annotate(taken=Count("pk"))
        .order_by("taken")
    )
    best = {practice_id: user_id for practice_id, user_id, _taken in counts}
    people = {user.pk: user.display_name for user in User.objects.filter(pk__in=best.values())}
    return {practice_id: people.get(user_id, "") for practice_id, user_id in best.items()}


def _posts(
    secretariat_ids: Collection[int],
    practice_ids: Collection[int],
    live: list[Call],
    now: datetime,
    since: datetime,
) -> tuple[PostRow, ...]:
    posts = list(Post.objects.filter(secretariat_id__in=secretariat_ids).select_related("user"))
    load: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    counted = (
        Call.objects.filter(
            practice_id__in=practice_ids,
            secretary_id__in=[post.user_id for post in posts],
            arrived_at__gte=since,
            answered_at__isnull=False,
        )
        .values_list("secretary_id")
        .annotate(today=Count("pk"), hour=Count("pk", filter=Q(answered_at__gte=now - timedelta(hours=1))))
    )
    load.update({user_id: (today, hour) for user_id, today, hour in counted})
    calls = {call.pk: call for call in live}
    rows = [
        PostRow(post, calls.get(post.call_id) if post.call_id else None, *load[post.user_id])
        for post in posts
    ]
    rows.sort(key=lambda row: (POST_ORDER.index(row.post.state), row.post.user.last_name, row.post.pk))
    return tuple(rows)
