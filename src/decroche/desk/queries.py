"""Read what the desk itself shows: the practice at the top, and the day between calls."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from decroche.accounts.models import User
from decroche.calls import queries as calls
from decroche.calls.models import Call
from decroche.instructions import queries as instructions
from decroche.instructions.queries import InstructionView
from decroche.messaging import queries as messaging
from decroche.practices import queries as practices
from decroche.practices.models import Line, Practice, Site
from decroche.practices.queries import PracticeHit
from decroche.scheduling.queries.absences import AbsenceView, away

MOST_PRACTICES = 1000
CHANGES_SHOWN = 12
AHEAD = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class InHand:
    """Hold the call that rings for a secretary, that she speaks on, or that she wraps up."""

    call: Call
    post_state: str

    @property
    def call_id(self) -> UUID:
        return self.call.pk

    @property
    def practice_id(self) -> int:
        return self.call.practice_id or 0


@dataclass(frozen=True, slots=True)
class PracticeHead:
    """Hold what the top of the call zone says of a practice."""

    practice: Practice
    site: Site | None
    line: Line | None
    practitioners: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class PracticeRow:
    """Hold one line of "my practices": what waits there."""

    hit: PracticeHit
    new_instructions: int
    follow_ups: int
    is_partly_away: bool


@dataclass(frozen=True, slots=True)
class Day:
    """Hold what she sees between two calls."""

    practices: list[PracticeRow]
    changes: list[InstructionView]
    away: list[AbsenceView]
    follow_ups: int


def in_hand(user: User) -> InHand | None:
    """Return the call at her post, if any, when it is for a practice in scope (two queries)."""
    hand = calls.hand_of(user)
    if hand.call is None or hand.post is None or hand.call.practice_id is None:
        return None
    return InHand(call=hand.call, post_state=hand.post.state)


def practice_head(practice_id: int) -> PracticeHead:
    """Return the top of the call zone (four queries).

    Raises:
        Practice.DoesNotExist: none such in scope.

    """
    practice = practices.practice_card(practice_id)
    site = next(iter(practice.sites.all()), None)
    return PracticeHead(
        practice=practice,
        site=site,
        line=next((line for line in practice.lines.all() if line.is_active), None),
        practitioners=", ".join(p.display_name for p in practice.practitioners.all()),
        zone=site.zone if site else practice.zone,
    )


def day(practice_ids: Collection[int], *, reader: User, now: datetime) -> Day:
    """Return the day of her practices (seven queries, whatever their number)."""
    hits = practices.find("", practice_ids, limit=MOST_PRACTICES)
    changes = instructions.unread(practice_ids, now, reader, limit=60)
    absences = away(practice_ids, start=now, end=now + AHEAD)
    follow_ups = messaging.follow_ups_due(practice_ids, limit=500)
    new = Counter(view.practice_id for view in changes)
    due = Counter(row.practice_id for row in follow_ups)
    gone = {view.practice_id for view in absences if view.starts_at <= now}
    rows = [PracticeRow(h, new[h.practice_id], due[h.practice_id], h.practice_id in gone) for h in hits]
    return Day(
        practices=rows,
        changes=changes[:CHANGES_SHOWN],
        away=absences[:CHANGES_SHOWN],
        follow_ups=len(follow_ups),
    )
