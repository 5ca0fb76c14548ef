"""Make calls and posts as the journal would have written them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from decroche.accounts.models import User
from decroche.calls.models import Call, CallStep, Post, Recording, RecordingRule, SwitchboardPulse
from decroche.foundation.clock import now
from decroche.practices.models import Practice, Secretariat

CALLER = "+33639981234"


def make_call(*, practice: Practice | None, secretary: User | None = None, **fields: Any) -> Call:
    """Return a call that arrived ten minutes ago, was answered after 6 s when a secretary is named, and ended."""
    arrived_at = fields.pop("arrived_at", now() - timedelta(minutes=10))
    line = practice.lines.first() if practice else None
    known: dict[str, Any] = {
        "id": uuid4(),
        "practice": practice,
        "line": line,
        "called_number": line.number if line else "+33199009999",
        "caller_number": CALLER,
        "state": "ended",
        "secretary": secretary,
        "arrived_at": arrived_at,
        "answered_at": arrived_at + timedelta(seconds=6) if secretary else None,
        "ended_at": arrived_at + timedelta(seconds=126),
        "end_reason": "completed" if secretary else "abandoned",
    }
    if fields.get("state", "ended") != "ended":
        known |= {"ended_at": None, "end_reason": ""}
    return Call.objects.create(**known | fields)


def add_steps(call: Call, *steps: tuple[str, float, dict[str, Any]], secretary: User | None = None) -> None:
    """Add steps (kind, seconds after the arrival, detail)."""
    for number, (kind, seconds, detail) in enumerate(steps):
        at = call.arrived_at + timedelta(seconds=seconds)
        CallStep.objects.create(
            call=call, number=number, kind=kind, at=at, secretary=secretary, detail=detail
        )


def make_post(*, user: User, secretariat: Secretariat, state: str = "available", **fields: Any) -> Post:
    return Post.objects.create(
        user=user,
        secretariat=secretariat,
        state=state,
        since=fields.pop("since", now()),
        registered=True,
        **fields,
    )


def switchboard_lives(*, at: datetime | None = None, is_simulated: bool = True) -> None:
    """Let the switchboard have given a sign of life just now."""
    moment = at or datetime.now(tz=UTC)
    SwitchboardPulse.objects.update_or_create(
        pk=1,
        defaults={"beat_at": moment, "started_at": moment, "exchange_up": True, "is_simulated": is_simulated},
    )


def make_recording(*, call: Call, by: User, now: datetime, **fields: Any) -> Recording:
    """Return a recording of a call under a rule of its line, kept for thirty days."""
    rule = RecordingRule.objects.create(
        line=call.line, reason="training", detail="Accueil", announcement="Cet appel est enregistré.",
        starts_on=now.date() - timedelta(days=10), ends_on=now.date() + timedelta(days=10), created_by=by, created_at=now,
    )  # fmt: skip
    return Recording.objects.create(
        call=call, rule=rule, started_at=now, seconds=61, purge_at=now + timedelta(days=30), **fields
    )
