"""Write down what the switchboard did: rows, events, follow-ups and live hints in one transaction.

The same entry may come twice (the database went away while it committed); writing it again changes nothing:
rows are upserts of the latest copy, steps are unique, and events are published only with the step that they tell of.
"""

import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import AutoField, Model

from decroche.calls.actions.keep_recording import keep_recording_file
from decroche.calls.domain.call import CallState, EndReason
from decroche.calls.domain.post import PostState
from decroche.calls.events import CallAnswered, CallArrived, CallEnded, UnknownNumberCalled, VoicemailReceived
from decroche.calls.models import AbuseReport, Call, Post, Recording, Urgency
from decroche.calls.switchboard.records import (
    AbuseRow,
    CallRow,
    Entry,
    FollowUpRow,
    OrderRow,
    PostRow,
    RecordingRow,
    StepKind,
    StepRow,
)
from decroche.foundation.events import publish
from decroche.foundation.live import hint_text, notify
from decroche.foundation.statements import rows
from decroche.foundation.tenancy import every_practice
from decroche.kernel.phone import parse_or_none
from decroche.messaging.actions.open_follow_up import open_follow_up
from decroche.practices.models import Line, Practice, SecretariatMember

# What may change of a call while it lives; screens own the other columns.
LIVE_FIELDS = (
    "line_id",
    "practice_id",
    "called_number",
    "caller_number",
    "caller_name",
    "state",
    "secretary_id",
    "channel_id",
    "leg_attempt",
    "answered_at",
    "ended_at",
    "end_reason",
    "wrap_up_until",
    "is_simulated",
    "direction",
    "urgency",
    "moment",
    "menu_digit",
    "is_muted",
    "parked_by_id",
    "party_number",
    "party_user_id",
    "party_state",
    "listener_id",
    "listening",
    "is_recorded",
    "cost_cents",
    "exchange",
)
POST_FIELDS = (
    "secretariat_id",
    "state",
    "reason",
    "since",
    "registered",
    "call_id",
    "wrap_up_until",
    "exchange",
)
AT_MOST = {"caller_number": 20, "channel_id": 80, "party_number": 20}
NEVER_NULL = {"end_reason": ""}

_WRITE_STEPS = """
INSERT INTO calls_callstep (call_id, number, kind, at, secretary_id, detail)
SELECT call_id, number, kind, at, secretary_id, detail FROM json_populate_recordset(NULL::calls_callstep, %(rows)s::json)
ON CONFLICT DO NOTHING RETURNING call_id, number
"""
_WRITE_ORDERS = """
UPDATE calls_switchboardorder SET done_at = told.done_at, refusal = told.refusal
FROM json_populate_recordset(NULL::calls_switchboardorder, %(rows)s::json) told WHERE calls_switchboardorder.id = told.id
"""


def write_journal(*, entries: Sequence[Entry], now: datetime) -> None:
    """Write entries, oldest first, in one transaction: one statement a table, however many rows."""
    calls = {row.call_id: row for entry in entries for row in entry.calls}
    posts = {row.user_id: row for entry in entries for row in entry.posts}
    steps = [row for entry in entries for row in entry.steps]
    with every_practice(), transaction.atomic():
        _write_calls(calls.values())
        fresh = _write_steps(steps)
        _write_posts(posts.values())
        _write_orders([row for entry in entries for row in entry.orders])
        for row in (row for entry in entries for row in entry.follow_ups):
            _write_follow_up(row, calls, now)
        _write_abuses(row for entry in entries for row in entry.abuses)
        _write_recordings(row for entry in entries for row in entry.recordings)
        publish(*_events(fresh, calls))
        _hint(entries, calls, posts)


@cache
def _upsert(model: type[Model], key: str, live: tuple[str, ...]) -> tuple[str, dict[str, Any]]:
    """Return the statement that writes rows of a table, and what its other columns begin with."""
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, AutoField)]  # noqa: SLF001
    own = {str(field.column): field.get_default() for field in fields}
    blank = {name: default for name, default in own.items() if name not in {*live, key}}
    names = ", ".join(own)
    table = model._meta.db_table  # noqa: SLF001
    updates = ", ".join(f"{name} = EXCLUDED.{name}" for name in live)
    statement = (
        f"INSERT INTO {table} ({names}) SELECT {names} "  # noqa: S608 — names of our own columns
        f"FROM json_populate_recordset(NULL::{table}, %(rows)s::json) ON CONFLICT ({key}) DO UPDATE SET {updates}"
    )
    return statement, blank


def _upsert_rows(
    model: type[Model], key: str, live: tuple[str, ...], found: Iterable[Any], **more: str
) -> None:
    """Write the latest copy of each row; always in the same order, so that two writers never wait for each other."""
    statement, blank = _upsert(model, key, live)
    written = [
        blank | {name: _plain(name, getattr(row, more.get(name, name))) for name in (key, *live, *more)}
        for row in found
    ]
    if written:
        written.sort(key=lambda one: str(one[key]).zfill(20))
        rows(statement, {"rows": _json(written)})


def _plain(name: str, value: Any) -> Any:
    if value is None:
        return NEVER_NULL.get(name)
    return value[: AT_MOST[name]] if name in AT_MOST else value


def _json(values: Sequence[object]) -> str:
    """Say rows in the form that PostgreSQL turns into rows by itself: one parameter, whatever their number."""
    return json.dumps(values, default=str)


def _write_calls(found: Iterable[CallRow]) -> None:
    _upsert_rows(Call, "id", LIVE_FIELDS, found, id="call_id", arrived_at="arrived_at")


def _write_steps(found: Sequence[StepRow]) -> list[StepRow]:
    """Insert the steps and return those that were not there yet."""
    if not found:
        return []
    written = [
        {
            "call_id": row.call_id,
            "number": row.number,
            "kind": row.kind,
            "at": row.at,
            "secretary_id": row.secretary_id,
            "detail": row.detail,
        }
        for row in found
    ]
    fresh = set(rows(_WRITE_STEPS, {"rows": _json(written)}))
    return [row for row in found if (row.call_id, row.number) in fresh]


def _write_posts(found: Iterable[PostRow]) -> None:
    _upsert_rows(Post, "user_id", POST_FIELDS, found)


def _write_orders(found: Sequence[OrderRow]) -> None:
    if found:
        written = [{"id": row.order_id, "done_at": row.done_at, "refusal": row.refusal[:20]} for row in found]
        rows(_WRITE_ORDERS, {"rows": _json(written)})


def _write_follow_up(row: FollowUpRow, calls: dict[UUID, CallRow], now: datetime) -> None:
    known = calls.get(row.call_id)
    call = Call.objects.filter(pk=row.call_id).select_related("practice").first()
    if call is None and row.called_number:
        call = _call_of_unheard_voicemail(row)
    if call is None or call.practice is None:
        return
    practice: Practice = call.practice
    if row.kind == "called_again":
        return  # an older version's spool: messaging settles these by itself now
    if row.kind not in {"callback", "voicemail"}:
        raise ValueError(f"a follow-up of unknown kind: {row.kind!r}")
    number = known.caller_number if known else call.caller_number
    if row.kind == "callback" and not number:
        return  # nobody can call a hidden number back: the log counts it
    open_follow_up(
        practice=practice,
        kind=row.kind,
        call_id=row.call_id,
        caller_number=number,
        caller_name=call.caller_name,
        voicemail_path=_keep_on_file(row) if row.path else "",
        seconds=row.duration_seconds,
        is_urgent=(known.urgency if known else call.urgency) == Urgency.EMERGENCY,
        now=now,
    )
    if row.kind == "voicemail":
        publish(VoicemailReceived(call_id=row.call_id, practice_id=practice.pk, at=row.at))


def _write_abuses(rows: Iterable[AbuseRow]) -> None:
    for row in rows:
        AbuseReport.objects.get_or_create(
            call_id=row.call_id,
            defaults={"by_id": row.user_id, "at": row.at, "protected_until": row.protected_until},
        )


def _write_recordings(rows: Iterable[RecordingRow]) -> None:
    """Put recordings on file, once each however often the exchange tells of them."""
    for row in rows:
        name = keep_recording_file(row.call_id, Path(row.path))
        Recording.objects.get_or_create(
            call_id=row.call_id,
            path=name,
            defaults={
                "rule_id": row.rule_id,
                "started_at": row.started_at,
                "seconds": row.seconds,
                "purge_at": row.purge_at,
            },
        )


def _call_of_unheard_voicemail(row: FollowUpRow) -> Call | None:
    """Make a call for somebody who came, spoke to the machine and went while we were away."""
    as_dialled = {row.called_number, parse_or_none(row.called_number) or ""}  # 0199… as operators may send it
    line = Line.objects.filter(number__in=as_dialled).first()
    if line is None:
        return None
    call: Call = Call.objects.create(
        id=row.call_id,
        line=line,
        practice_id=line.practice_id,
        called_number=row.called_number,
        caller_number=row.caller_number,
        state=CallState.ENDED.value,
        arrived_at=row.at,
        ended_at=row.at,
        end_reason=EndReason.VOICEMAIL.value,
    )
    return call


def voicemail_folder() -> Path:
    """Return where callers' messages are kept."""
    return Path(settings.DATA_DIR) / "voicemail"


def _keep_on_file(row: FollowUpRow) -> str:
    """Copy the sound out of the exchange's own folder; return its path relative to ours."""
    source = Path(row.path)
    name = f"{row.call_id}{source.suffix}"
    if source.is_file():
        folder = voicemail_folder()
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, folder / name)
    return name


def _events(steps: Iterable[StepRow], calls: dict[UUID, CallRow]) -> Iterator[object]:
    """Tell the rooms above of what happened, once each: only with a step that was not there yet."""
    for step in steps:
        call = calls.get(step.call_id)
        if call is None:
            continue
        if call.practice_id is None:
            if step.kind is StepKind.ENDED:
                yield UnknownNumberCalled(call.call_id, call.called_number, step.at)
        elif step.kind is StepKind.ARRIVED and call.line_id is not None:
            yield CallArrived(call.call_id, call.practice_id, call.line_id, step.at)
        elif step.kind is StepKind.TALKING and step.secretary_id is not None:
            yield CallAnswered(call.call_id, call.practice_id, step.secretary_id, step.at)
        elif step.kind is StepKind.ENDED and call.ended_at is not None:
            yield _ended(call, call.practice_id, call.ended_at, step.at)


def _ended(call: CallRow, practice_id: int, ended_at: datetime, at: datetime) -> CallEnded:
    return CallEnded(
        call_id=call.call_id,
        practice_id=practice_id,
        line_id=call.line_id,
        secretary_id=call.secretary_id,
        arrived_at=call.arrived_at,
        answered_at=call.answered_at,
        ended_at=ended_at,
        end_reason=call.end_reason.value if call.end_reason else "",
        is_simulated=call.is_simulated,
        at=at,
    )


def _hint(entries: Sequence[Entry], calls: dict[UUID, CallRow], posts: dict[int, PostRow]) -> None:
    """Tell each screen once what it may want to read again, all in one statement."""
    texts = [
        hint_text("phone", user_id=user_id, call_id=str(post.call_id or ""))
        for user_id, post in posts.items()
    ]
    texts += [
        hint_text("ringing", user_id=user_id, call_id=str(post.call_id))
        for user_id, post in posts.items()
        if post.state is PostState.RINGING
    ]
    others = {row.secretary_id for row in calls.values() if row.secretary_id} - posts.keys()
    texts += [hint_text("phone", user_id=user_id) for user_id in others]
    practices = {row.practice_id for row in calls.values() if row.practice_id is not None}
    texts += [hint_text("calllog", practice_id=practice_id) for practice_id in practices]
    secretariats = {one for entry in entries for one in entry.secretariat_ids}
    texts += [hint_text("calls", secretariat_id=secretariat_id) for secretariat_id in secretariats]
    if any(row.practice_id is None for row in calls.values()):
        texts += [hint_text("phone", user_id=user_id) for user_id in _supervisors()]
    if texts:
        notify(*texts)


def _supervisors() -> Iterable[int]:
    """Return every secretariat's supervisors: a number of ours belongs to nobody, and somebody must mend that."""
    found: Iterable[int] = SecretariatMember.objects.filter(role="supervisor").values_list(
        "user_id", flat=True
    )
    return set(found)
