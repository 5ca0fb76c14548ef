"""Change how a line answers, and put it back as it was."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any, Final

from django.db import models, transaction

from decroche.calls.models import CallPlan, LineClosure, LineHours, MenuChoice, TeamStep, Treatment
from decroche.foundation.live import hint
from decroche.practices.actions.update_line import FIELDS as LINE_FIELDS
from decroche.practices.actions.update_line import update_line
from decroche.practices.models import Line

#: What a person may set on a plan; the rest is the house's.
PLAN_FIELDS: Final = (
    "kind", "forwarding", "operator", "greeting_kind", "greeting_sound", "waiting", "waiting_text", "waiting_sound",
    "tells_position", "menu_text", "menu_sound", "follows_practitioners_leave", "replacement_id",
    "replacement_after_seconds", "wait_at_most_seconds", "has_voicemail",
)  # fmt: skip
#: What hangs on a plan, by the name a change gives it: its rows, and what one of them holds.
_CHILDREN: Final[Mapping[str, tuple[type[models.Model], tuple[str, ...]]]] = {
    "hours": (LineHours, ("weekday", "starts", "ends")),
    "closures": (LineClosure, ("moment", "starts_at", "ends_at", "label")),
    "treatments": (Treatment, ("moment", "action", "text", "sound", "number")),
    "choices": (MenuChoice, ("digit", "label", "action", "team_id", "urgency", "text", "number")),
    "steps": (TeamStep, ("team_id", "after_seconds")),
}
_READ: Final[Mapping[str, Callable[[str], Any]]] = {
    "starts": time.fromisoformat,
    "ends": time.fromisoformat,
    "starts_at": datetime.fromisoformat,
    "ends_at": datetime.fromisoformat,
}
_FORWARDING: Final = frozenset({"forwarding", "operator"})


class StalePlan(Exception):
    """Somebody changed the line since this screen was drawn."""


@dataclass(frozen=True, slots=True)
class PlanChange:
    """Hold what to change: columns by name, and whole sets of rows; what is not named stays."""

    fields: Mapping[str, Any] = field(default_factory=dict)  # of the plan and of its line
    rows: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)  # see _CHILDREN


@dataclass(frozen=True, slots=True)
class PlanSaved:
    """Hold the plan as it is now, and what puts it back (plain values, for a session)."""

    plan: CallPlan
    before: dict[str, Any]


def save_plan(*, line: Line, version: int, change: PlanChange) -> PlanSaved:
    """Write a change if nobody changed the line since ``version``.

    Raises:
        StalePlan: somebody did; nothing is written.

    """
    unknown = set(change.fields) - set(PLAN_FIELDS) - set(LINE_FIELDS)
    if unknown or set(change.rows) - set(_CHILDREN):
        raise ValueError(f"a plan has no {sorted(unknown) or sorted(set(change.rows) - set(_CHILDREN))}")
    with transaction.atomic():
        plan = lock_plan(line)
        if plan.version != version:
            raise StalePlan
        before = shoot_plan(plan)
        _write(plan, change)
    return PlanSaved(plan, before)


def put_back_plan(*, line: Line, version: int, before: Mapping[str, Any]) -> CallPlan:
    """Put a line back as ``before`` says, if nobody changed it since ``version``.

    Raises:
        StalePlan: somebody did; nothing is written.

    """
    rows = {
        name: [{key: _read(key, value) for key, value in row.items()} for row in before["rows"][name]]
        for name in _CHILDREN
    }
    with transaction.atomic():
        plan = lock_plan(line)
        if plan.version != version:
            raise StalePlan
        _write(plan, PlanChange(before["fields"], rows))
        plan.forwarding_checked_at = _moment(before["checked"])
        plan.save(update_fields=["forwarding_checked_at"])
    return plan


def lock_plan(line: Line) -> CallPlan:
    """Return the line's plan, made on first use, for this transaction alone."""
    CallPlan.objects.get_or_create(line=line)
    plan: CallPlan = CallPlan.objects.select_for_update(of=("self",)).get(line=line)
    plan.line = line
    return plan


def shoot_plan(plan: CallPlan) -> dict[str, Any]:
    """Return everything that a change may change, as plain values."""
    line = plan.line
    return {
        "fields": {name: getattr(plan, name) for name in PLAN_FIELDS}
        | {name: getattr(line, name) for name in LINE_FIELDS},
        "rows": {
            name: [
                {key: _plain(value) for key, value in row.items()}
                for row in model._default_manager.filter(plan=plan).order_by("pk").values(*columns)  # noqa: SLF001
            ]
            for name, (model, columns) in _CHILDREN.items()
        },
        "checked": _plain(plan.forwarding_checked_at),
    }


def _write(plan: CallPlan, change: PlanChange) -> None:
    own = {name: value for name, value in change.fields.items() if name in PLAN_FIELDS}
    if any(own.get(name, getattr(plan, name)) != getattr(plan, name) for name in _FORWARDING):
        plan.forwarding_checked_at = None  # another code is to be dialled: what was proved is proved no more
    for name, value in own.items():
        setattr(plan, name, value)
    plan.version += 1
    plan.save()
    values = {name: value for name, value in change.fields.items() if name in LINE_FIELDS}
    if values:
        update_line(line=plan.line, values=values)
    for name, rows in change.rows.items():
        model = _CHILDREN[name][0]
        model._default_manager.filter(plan=plan).delete()  # noqa: SLF001
        model._default_manager.bulk_create([model(plan=plan, **row) for row in rows])  # noqa: SLF001
    tell(plan)


def tell(plan: CallPlan) -> None:
    """Let the screens that show the line read it again."""
    hint("lines", practice_id=plan.line.practice_id, line_id=plan.line_id)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | time) else value


def _read(key: str, value: Any) -> Any:
    reader = _READ.get(key)
    return value if reader is None else reader(value)


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
