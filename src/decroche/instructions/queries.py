"""Read what practices ask, as one reader has or has not yet taken note of it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from decroche.accounts.models import User
from decroche.instructions.models import (
    EmergencyProtocol,
    Instruction,
    InstructionKind,
    InstructionRead,
    ProtocolStep,
    ReadingMark,
)

MOST_SHOWN = 60
_ENDED_AT_MOST = timedelta(days=14)
"""How far back an ending is still told to somebody who was away."""


@dataclass(frozen=True, slots=True)
class InstructionView:
    """Hold what the panel shows of one instruction to one reader."""

    id: int
    practice_id: int
    practice_name: str
    kind: str
    body: str
    practitioner_id: int | None
    practitioner_name: str
    starts_at: datetime
    ends_at: datetime | None
    created_at: datetime
    created_by_name: str
    ended_at: datetime | None
    ended_by_name: str
    is_new: bool
    replaced_body: str

    @property
    def kind_label(self) -> str:
        return str(InstructionKind(self.kind).label)


@dataclass(frozen=True, slots=True)
class Board:
    """Hold everything that the panel of one practice shows to one reader."""

    valid: list[InstructionView]
    upcoming: list[InstructionView]
    ended: list[InstructionView]

    @property
    def new_ids(self) -> list[int]:
        return [view.id for view in (*self.valid, *self.upcoming) if view.is_new]

    @property
    def has_new_upcoming(self) -> bool:
        return any(view.is_new for view in self.upcoming)

    @property
    def changes(self) -> int:
        return len(self.new_ids) + len(self.ended)


def valid_now(practice_id: int, now: datetime, reader: User | None) -> list[InstructionView]:
    """Return what holds at ``now``: what the reader has not read first, newest first (one query)."""
    rows = _running(now).filter(practice_id=practice_id, starts_at__lte=now)
    return _views(_told(rows, reader)[:MOST_SHOWN])


def board(practice_id: int, now: datetime, reader: User) -> Board:
    """Return what holds, what will, and what ended since the reader last took note (three queries)."""
    running = _views(_told(_running(now).filter(practice_id=practice_id), reader)[:MOST_SHOWN])
    return Board(
        valid=[view for view in running if view.starts_at <= now],
        upcoming=sorted((v for v in running if v.starts_at > now), key=lambda view: view.starts_at),
        ended=_ended_unknown_to(practice_id, now, reader),
    )


def unread(
    practice_ids: Collection[int], now: datetime, reader: User, limit: int = 20
) -> list[InstructionView]:
    """Return what the reader has not yet read in any of these practices, newest first (one query)."""
    rows = _running(now).filter(practice_id__in=practice_ids, created_at__gte=now - _ENDED_AT_MOST)
    fresh = _told(rows.exclude(reads__user=reader), reader).order_by("-created_at")
    return _views(fresh[:limit])


def history(practice_id: int) -> "QuerySet[Instruction]":
    """Return every wording of every instruction of a practice, latest first, to be paged."""
    rows: QuerySet[Instruction] = (
        Instruction.objects.filter(practice_id=practice_id)
        .select_related("practitioner", "created_by", "ended_by", "replaces")
        .order_by("-created_at", "-pk")
    )
    return rows


def protocols(practice_id: int) -> list[EmergencyProtocol]:
    """Return the practice's own protocol first, then each practitioner's, with their steps (two queries)."""
    return list(
        EmergencyProtocol.objects.filter(practice_id=practice_id)
        .select_related("practitioner", "updated_by")
        .prefetch_related(Prefetch("steps", ProtocolStep.objects.order_by("position")))
        .order_by("practitioner__position", "practitioner__last_name", "pk")
    )


def _running(now: datetime) -> "QuerySet[Instruction]":
    rows: QuerySet[Instruction] = Instruction.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now), ended_at=None
    )
    return rows


def _told(rows: "QuerySet[Instruction]", reader: User | None) -> "QuerySet[Instruction]":
    read = InstructionRead.objects.filter(instruction=OuterRef("pk"), user=reader)
    return (
        rows.select_related("practice", "practitioner", "created_by", "ended_by", "replaces")
        .annotate(is_read=Exists(read))
        .order_by("is_read", "-created_at", "-pk")
    )


def _ended_unknown_to(practice_id: int, now: datetime, reader: User) -> list[InstructionView]:
    """Return what the reader had read, that ended early and was not replaced since the reader's mark."""
    mark = (
        ReadingMark.objects.filter(practice_id=practice_id, user=reader)
        .values_list("read_at", flat=True)
        .first()
    )
    since = max(mark or now - _ENDED_AT_MOST, now - _ENDED_AT_MOST)
    rows = Instruction.objects.filter(
        practice_id=practice_id, ended_at__gt=since, ended_at__lte=now, replaced_by=None, reads__user=reader
    ).exclude(ended_by=reader)
    return _views(_told(rows, reader).order_by("-ended_at")[:10])


def _views(rows: "Iterable[Instruction]") -> list[InstructionView]:
    return [
        InstructionView(
            id=row.pk,
            practice_id=row.practice_id,
            practice_name=row.practice.name,
            kind=row.kind,
            body=row.body,
            practitioner_id=row.practitioner_id,
            practitioner_name=row.practitioner.display_name if row.practitioner else "",
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            created_at=row.created_at,
            created_by_name=row.created_by.display_name,
            ended_at=row.ended_at,
            ended_by_name=row.ended_by.display_name if row.ended_by else "",
            is_new=not getattr(row, "is_read", True),
            replaced_body=row.replaces.body if row.replaces else "",
        )
        for row in rows
    ]
