"""Read whom we owe a call, in the order of ``domain.callbacks``; a few queries, however long the list."""

from collections import defaultdict
from collections.abc import Collection, Container
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from decroche.calls.domain.callbacks import CallBack, CallBackPolicy, Ranked, Standing, in_order, turn
from decroche.calls.models import Call, Direction, KnownCaller
from decroche.messaging import queries as messaging
from decroche.messaging.models import FollowUp

POLICY = CallBackPolicy()
LONGEST_TALK = timedelta(hours=4)  # a call that is said to live longer was lost from sight
LOST = ("abandoned", "interrupted", "fallback", "voicemail")


@dataclass(frozen=True, slots=True)
class Owed:
    """Hold one caller of the list: who, what stands in the way of a call now, and in whose hand he is."""

    row: FollowUp
    standing: Standing
    best_at: datetime | None
    label: str  # what the practice knows the number as: a laboratory, a colleague
    is_mine: bool
    colleague: str  # who has it in hand, when it is somebody else
    online_with: str = ""  # who speaks with his number right now, or did a moment ago

    @property
    def is_ready(self) -> bool:
        return self.standing is Standing.READY


@dataclass(frozen=True, slots=True)
class CallBackList:
    """Hold the whole list and its figures."""

    owed: tuple[Owed, ...]
    hidden: int  # lost today under a hidden number: nobody can call them

    @property
    def ready(self) -> int:
        return sum(one.is_ready for one in self.owed)

    @property
    def urgent(self) -> int:
        return sum(one.row.is_urgent for one in self.owed)

    @property
    def in_hand(self) -> int:
        return sum(bool(one.colleague or one.is_mine) for one in self.owed)


def call_backs(
    practice_ids: Collection[int],
    *,
    me: int,
    now: datetime,
    since: datetime,
    practice_id: int | None = None,
) -> CallBackList:
    """Return whom these practices owe a call: mine in hand first, then as they should be called."""
    rows = [row for row in messaging.callers_owed(practice_ids, practice_id=practice_id) if row.caller_number]
    labels, online = _labels(rows), _online(rows, now)
    by_id = {row.pk: row for row in rows}
    found = [
        replace(_owed(ranked, row, labels, me, now), online_with=online.get(_number(row), ""))
        for ranked in _ranked(rows, now, online)
        for row in (by_id[ranked.call_back.call_back_id],)
    ]
    found.sort(key=lambda one: not one.is_mine)  # stable: the rest stays in its order
    wanted = practice_ids if practice_id is None else {practice_id} & set(practice_ids)
    return CallBackList(tuple(found), _hidden(wanted, since))


def perhaps_answered(call: Call) -> list[FollowUp]:
    """Return the calls that we owe the number of somebody who called us: perhaps he answers them (one query)."""
    if call.direction != Direction.INBOUND or call.answered_at is None or call.practice_id is None:
        return []
    return messaging.call_backs_of(call.practice_id, call.caller_number, until=call.answered_at)


def speaks_with(row: FollowUp, *, now: datetime) -> str:
    """Return who speaks with the number of somebody to call back; empty: nobody (one query)."""
    return _online([row], now).get(_number(row), "")


def next_try(row: FollowUp, *, now: datetime) -> datetime | None:
    """Return when a caller who has just not answered is best tried again; none: often enough."""
    tried = (*(one.at for one in row.attempts.all()), now)
    nobodys = replace(_plain(row, now, tried), claimed_by=None, claimed_at=None)
    ranked = in_order([nobodys], now=now, zone=row.practice.zone, policy=POLICY)[0]
    return ranked.best_at


def _number(row: FollowUp) -> tuple[int, str]:
    return (row.practice_id, row.caller_number)


def _online(rows: list[FollowUp], now: datetime) -> dict[tuple[int, str], str]:
    """Return who speaks with whose number; until she has said what came of it, while her wrap-up lasts."""
    live = Q(ended_at=None) | Q(wrap_up_until__gt=now, outcome="")
    calls = Call.objects.filter(
        live,
        practice_id__in={row.practice_id for row in rows},
        caller_number__in={row.caller_number for row in rows},
        direction=Direction.INBOUND,
        answered_at__gt=now - LONGEST_TALK,
    ).select_related("secretary")
    return {
        (call.practice_id, call.caller_number): call.secretary.display_name if call.secretary else ""
        for call in calls
        if call.practice_id is not None
    }


def _ranked(rows: list[FollowUp], now: datetime, online: Container[tuple[int, str]]) -> list[Ranked]:
    """Rank each caller on the clock of his practice, then all of them together."""
    zones: dict[str, list[CallBack]] = defaultdict(list)
    for row in rows:
        tried = tuple(one.at for one in row.attempts.all())
        plain = _plain(row, now, tried)
        zones[row.practice.timezone].append(replace(plain, is_online=_number(row) in online))
    ranked = [
        one
        for zone, owed in zones.items()
        for one in in_order(owed, now=now, zone=ZoneInfo(zone), policy=POLICY)
    ]
    return sorted(ranked, key=lambda one: turn(one, now))


def _plain(row: FollowUp, now: datetime, tried: tuple[datetime, ...]) -> CallBack:
    is_claimed = row.is_in_hand(now=now)
    return CallBack(
        call_back_id=row.pk,
        practice_id=row.practice_id,
        number=row.caller_number,
        opened_at=row.created_at,
        due_at=row.wished_at or row.created_at if tried else row.due_at,
        is_urgent=row.is_urgent,
        tries=tried,
        claimed_by=row.assigned_to_id if is_claimed else None,
        claimed_at=now if is_claimed else None,
    )


def _owed(ranked: Ranked, row: FollowUp, labels: dict[tuple[int, str], str], me: int, now: datetime) -> Owed:
    in_hand = row.is_in_hand(now=now)
    is_mine = in_hand and row.assigned_to_id == me
    colleague = row.assigned_to.display_name if in_hand and not is_mine and row.assigned_to else ""
    label = labels.get((row.practice_id, row.caller_number), "")
    return Owed(row, ranked.standing, ranked.best_at, label, is_mine, colleague)


def _labels(rows: list[FollowUp]) -> dict[tuple[int, str], str]:
    known = KnownCaller.objects.filter(
        practice_id__in={row.practice_id for row in rows}, number__in={row.caller_number for row in rows}
    )
    return {(one.practice_id, one.number): one.label for one in known}


def _hidden(practice_ids: Collection[int], since: datetime) -> int:
    count: int = Call.objects.filter(
        practice_id__in=practice_ids, arrived_at__gte=since, caller_number="", answered_at=None,
        direction="in", end_reason__in=LOST,
    ).count()  # fmt: skip
    return count
