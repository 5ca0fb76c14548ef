"""Keep one fair list of callers to call back: the urgent, then the one due the longest; tries are spread.

A caller who rings again cancels his own. His number cannot say so, for anybody can forge it: while it speaks with one
of us he is set aside, and she who speaks with him says whether it was he; otherwise he returns to his place.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class CallBackPolicy:
    """Hold how tries are spread."""

    pauses: tuple[timedelta, ...] = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=3))
    urgent_pauses: tuple[timedelta, ...] = (timedelta(minutes=2), timedelta(minutes=5), timedelta(minutes=10))
    tries_at_most: int = 4
    not_before: time = time(8, 30)  # on the caller's clock
    not_after: time = time(20, 0)
    midday: time = time(13, 0)  # after two vain tries in one half of the day the other half is better
    claim_for: timedelta = timedelta(minutes=3)  # a claim without a call lapses


@dataclass(frozen=True, slots=True)
class CallBack:
    """Describe a caller whom we owe a call."""

    call_back_id: int
    practice_id: int
    number: str  # E.164; empty: hidden, nobody can be called
    opened_at: datetime  # of the lost call or the voicemail
    due_at: datetime
    is_urgent: bool = False
    tries: tuple[datetime, ...] = ()
    claimed_by: int | None = None
    claimed_at: datetime | None = None
    is_online: bool = False  # somebody with this number speaks with one of us: it may be he


class Standing(StrEnum):
    """Name what stands between a caller and the next try."""

    READY = "ready"
    RESTS = "rests"  # tried a moment ago
    TOO_EARLY = "too_early"  # the hour is not decent, or the other half of the day is better
    NOT_DUE = "not_due"
    CLAIMED = "claimed"  # a colleague calls right now
    ONLINE = "online"  # his number speaks with one of us, or did a moment ago
    TRIED_ENOUGH = "tried_enough"
    NO_NUMBER = "no_number"


@dataclass(frozen=True, slots=True)
class Ranked:
    """Hold one caller in the list: since when a try is owed, and when it is best made."""

    call_back: CallBack
    standing: Standing
    owed_since: datetime
    best_at: datetime | None  # None: no further try

    @property
    def number_of_tries(self) -> int:
        return len(self.call_back.tries)


def in_order(
    call_backs: Iterable[CallBack], *, now: datetime, zone: ZoneInfo, policy: CallBackPolicy | None = None
) -> tuple[Ranked, ...]:
    """Return the list as a secretary should work it off: who may be called now first, urgent before due longest."""
    policy = policy or CallBackPolicy()
    ranked = [_rank(call_back, now, zone, policy) for call_back in call_backs]
    return tuple(sorted(ranked, key=lambda r: turn(r, now)))


def turn(ranked: Ranked, now: datetime) -> tuple[bool, bool, datetime, int, int]:
    """Sort by when a try is owed: a vain try puts a caller behind those who wait for their first one meanwhile."""
    owed = ranked.call_back
    ready = ranked.standing is Standing.READY
    since = ranked.owed_since if ready else ranked.best_at or datetime.max.replace(tzinfo=now.tzinfo)
    return (not ready, not owed.is_urgent, since, len(owed.tries), owed.call_back_id)


def _rank(owed: CallBack, now: datetime, zone: ZoneInfo, policy: CallBackPolicy) -> Ranked:
    since = _rested_at(owed, policy)
    if not owed.number:
        return Ranked(owed, Standing.NO_NUMBER, since, None)
    if owed.is_online or len(owed.tries) >= policy.tries_at_most:
        return Ranked(owed, Standing.ONLINE if owed.is_online else Standing.TRIED_ENOUGH, since, None)
    if is_claimed(owed, now=now, policy=policy):
        return Ranked(owed, Standing.CLAIMED, since, (owed.claimed_at or now) + policy.claim_for)
    best = _decent(max(since, now), owed, zone, policy)
    if best <= now:
        return Ranked(owed, Standing.READY, since, now)
    if since > now:
        return Ranked(owed, Standing.RESTS if owed.tries else Standing.NOT_DUE, since, best)
    return Ranked(owed, Standing.TOO_EARLY, since, best)


def _rested_at(owed: CallBack, policy: CallBackPolicy) -> datetime:
    """Return when the next try is fair to the caller."""
    if not owed.tries:
        return owed.due_at
    pauses = policy.urgent_pauses if owed.is_urgent else policy.pauses
    return max(max(owed.tries) + pauses[min(len(owed.tries), len(pauses)) - 1], owed.due_at)


def _decent(at: datetime, owed: CallBack, zone: ZoneInfo, policy: CallBackPolicy) -> datetime:
    """Move a time to a decent hour of the caller's day, and to the other half of it after two vain tries.

    An urgent caller is called at any hour.
    """
    if owed.is_urgent:
        return at
    local = at.astimezone(zone)
    halves = [t.astimezone(zone).time() >= policy.midday for t in sorted(owed.tries)[-2:]]
    if len(halves) == 2 and halves[0] is halves[1] is (local.time() >= policy.midday):  # noqa: PLR2004
        if halves[0]:
            return datetime.combine(local.date() + timedelta(days=1), policy.not_before, tzinfo=zone)
        return datetime.combine(local.date(), policy.midday, tzinfo=zone)
    if local.time() < policy.not_before:
        return datetime.combine(local.date(), policy.not_before, tzinfo=zone)
    if local.time() >= policy.not_after:
        return datetime.combine(local.date() + timedelta(days=1), policy.not_before, tzinfo=zone)
    return at


def is_claimed(owed: CallBack, *, now: datetime, policy: CallBackPolicy | None = None) -> bool:
    """Say whether somebody has taken it upon herself and may still be calling."""
    claim_for = (policy or CallBackPolicy()).claim_for
    return owed.claimed_by is not None and owed.claimed_at is not None and now < owed.claimed_at + claim_for


def may_claim(owed: CallBack, user_id: int, *, now: datetime, policy: CallBackPolicy | None = None) -> bool:
    """Say whether this secretary may call him back: nobody else is about to, and it makes sense to try."""
    policy = policy or CallBackPolicy()
    if not owed.number or owed.is_online or len(owed.tries) >= policy.tries_at_most:
        return False
    return owed.claimed_by == user_id or not is_claimed(owed, now=now, policy=policy)
