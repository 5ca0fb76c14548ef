"""Write down what the switchboard did: rows, events, follow-ups and live hints in one transaction.

The same entry may come twice (the database went away while it committed); writing it again changes nothing:
rows are upserts of the latest copy, steps are unique, and events are published only with the step that they tell of.
"""

import shutil
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from decroche.calls.actions.keep_recording import keep_recording_file
from decroche.calls.domain.call import CallState, EndReason
from decroche.calls.events import CallAnswered, CallArrived, CallEnded, UnknownNumberCalled, VoicemailReceived
from decroche.calls.models import AbuseReport, Call, CallStep, Post, Recording, SwitchboardOrder, Urgency
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
from decroche.foundation.live import hint
from decroche.foundation.tenancy import every_practice
from decroche.kernel.phone import parse_or_none
from decroche.messaging.actions.cancel_call_backs import cancel_call_backs
from decroche.messaging.actions.open_follow_up import open_follow_up
from decroche.practices.models import Line, Practice, SecretariatMember

LIVE_FIELDS = [
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
]


def write_journal(*, entries: Sequence[Entry], now: datetime) -> None:
    """Write entries, oldest first, in one transaction."""
    calls = {row.call_id: row for entry in entries for row in entry.calls}
    posts = {row.user_id: row for entry in entries for row in entry.posts}
    steps = [row for entry in entries for row in entry.steps]
    with every_practice(), transaction.atomic():
        _write_calls(calls.values())
        fresh = _write_steps(steps)
        _write_posts(posts.values())
        _write_orders(row for entry in entries for row in entry.orders)
        for row in (row for entry in entries for row in entry.follow_ups):
            _write_follow_up(row, calls, now)
        _write_abuses(row for entry in entries for row in entry.abuses)
        _write_recordings(row for entry in entries for row in entry.recordings)
        _publish(fresh, calls)
        _hint(entries, calls, posts)


def _write_calls(rows: Iterable[CallRow]) -> None:
    objects = [
        Call(
            id=row.call_id,
            line_id=row.line_id,
            practice_id=row.practice_id,
            called_number=row.called_number,
            caller_number=row.caller_number[:20],
            caller_name=row.caller_name,
            state=row.state.value,
            secretary_id=row.secretary_id,
            channel_id=row.channel_id[:80],
            leg_attempt=row.leg_attempt,
            arrived_at=row.arrived_at,
            answered_at=row.answered_at,
            ended_at=row.ended_at,
            end_reason=row.end_reason.value if row.end_reason else "",
            wrap_up_until=row.wrap_up_until,
            is_simulated=row.is_simulated,
            direction=row.direction,
            urgency=row.urgency,
            moment=row.moment,
            menu_digit=row.menu_digit,
            is_muted=row.is_muted,
            parked_by_id=row.parked_by_id,
            party_number=row.party_number[:20],
            party_user_id=row.party_user_id,
            party_state=row.party_state,
            listener_id=row.listener_id,
            listening=row.listening,
            is_recorded=row.is_recorded,
            cost_cents=row.cost_cents,
            exchange=row.exchange,
        )
        for row in sorted(rows, key=lambda row: row.call_id)
    ]
    if objects:
        Call.objects.bulk_create(
            objects, update_conflicts=True, unique_fields=["id"], update_fields=LIVE_FIELDS
        )


def _write_steps(rows: Sequence[StepRow]) -> list[StepRow]:
    """Insert the steps and return those that were not there yet."""
    if not rows:
        return []
    known = set(
        CallStep.objects.filter(call_id__in={row.call_id for row in rows}).values_list("call_id", "number")
    )
    fresh = [row for row in rows if (row.call_id, row.number) not in known]
    CallStep.objects.bulk_create(
        [
            CallStep(
                call_id=row.call_id,
                number=row.number,
                kind=row.kind.value,
                at=row.at,
                secretary_id=row.secretary_id,
                detail=row.detail,
            )
            for row in fresh
        ],
        ignore_conflicts=True,
    )
    return fresh


def _write_posts(rows: Iterable[PostRow]) -> None:
    objects = [
        Post(
            user_id=row.user_id,
            secretariat_id=row.secretariat_id,
            state=row.state.value,
            reason=row.reason,
            since=row.since,
            registered=row.registered,
            call_id=row.call_id,
            wrap_up_until=row.wrap_up_until,
            exchange=row.exchange,
        )
        for row in sorted(rows, key=lambda row: row.user_id)
    ]
    if objects:
        Post.objects.bulk_create(
            objects,
            update_conflicts=True,
            unique_fields=["user"],
            update_fields=[
                "secretariat_id",
                "state",
                "reason",
                "since",
                "registered",
                "call_id",
                "wrap_up_until",
                "exchange",
            ],
        )


def _write_orders(rows: Iterable[OrderRow]) -> None:
    for row in rows:
        SwitchboardOrder.objects.filter(pk=row.order_id).update(done_at=row.done_at, refusal=row.refusal[:20])


def _write_follow_up(row: FollowUpRow, calls: dict[UUID, CallRow], now: datetime) -> None:
    known = calls.get(row.call_id)
    call = Call.objects.filter(pk=row.call_id).select_related("practice").first()
    if call is None and row.called_number:
        call = _call_of_unheard_voicemail(row)
    if call is None or call.practice is None:
        return
    practice: Practice = call.practice
    if row.kind == "called_again":
        cancel_call_backs(practice=practice, caller_number=row.caller_number, now=row.at)
        return
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


def _publish(steps: Iterable[StepRow], calls: dict[UUID, CallRow]) -> None:
    for step in steps:
        call = calls.get(step.call_id)
        if call is None:
            continue
        if call.practice_id is None:
            if step.kind is StepKind.ENDED:
                publish(UnknownNumberCalled(call.call_id, call.called_number, step.at))
        elif step.kind is StepKind.ARRIVED and call.line_id is not None:
            publish(CallArrived(call.call_id, call.practice_id, call.line_id, step.at))
        elif step.kind is StepKind.TALKING and step.secretary_id is not None:
            publish(CallAnswered(call.call_id, call.practice_id, step.secretary_id, step.at))
        elif step.kind is StepKind.ENDED and call.ended_at is not None:
            publish(_ended(call, call.practice_id, call.ended_at, step.at))


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
    """Tell each screen once what it may want to read again."""
    for user_id, post in posts.items():
        hint("phone", user_id=user_id, call_id=str(post.call_id or ""))
        if post.state.value == "ringing":
            hint("ringing", user_id=user_id, call_id=str(post.call_id))
    for user_id in {row.secretary_id for row in calls.values() if row.secretary_id} - posts.keys():
        hint("phone", user_id=user_id)
    for practice_id in {row.practice_id for row in calls.values() if row.practice_id is not None}:
        hint("calllog", practice_id=practice_id)
    for secretariat_id in {s for entry in entries for s in entry.secretariat_ids}:
        hint("calls", secretariat_id=secretariat_id)
    if any(row.practice_id is None for row in calls.values()):
        _alert_supervisors()


def _alert_supervisors() -> None:
    """Tell every secretariat's supervisors that a number of ours belongs to nobody."""
    ids = SecretariatMember.objects.filter(role="supervisor").values_list("user_id", flat=True).distinct()
    for user_id in ids:
        hint("phone", user_id=user_id)
