"""Write the past calls and their timelines."""

import json
from collections.abc import Iterator
from typing import Any

from decroche.calls.models import Call, CallStep
from decroche.demo.catalogue import CABINETS
from decroche.demo.copying import copy_rows
from decroche.demo.loading.stage import Spot, Stage

_CALL = (
    "id", "line_id", "practice_id", "called_number", "caller_number", "caller_name", "direction", "state", "secretary_id",
    "patient_id", "channel_id", "arrived_at", "answered_at", "ended_at", "end_reason", "outcome", "wrap_up_until",
    "is_simulated", "moment", "urgency", "menu_digit",
)  # fmt: skip


def write_calls(stage: Stage) -> int:
    """Write the calls, then each one's steps; return how many calls."""
    written = copy_rows(Call, _CALL, _calls(stage))
    copy_rows(CallStep, ("id", "call_id", "number", "kind", "at", "secretary_id", "detail"), _steps(stage))
    return written


def _calls(stage: Stage) -> Iterator[tuple[Any, ...]]:
    for cabinet in CABINETS:
        for call in stage.calls[cabinet.key]:
            line, number = stage.lines[Spot(cabinet.key, call.line)]
            yield (
                call.id, line, stage.practices[cabinet.key], number, call.caller, call.name, "in", "ended",
                stage.users.get(call.secretary), None if call.patient is None else stage.patient(cabinet.key, call.patient), "",
                call.arrived, call.answered, call.ended, call.reason, call.outcome, call.wrap_up_until, False,
                call.moment, call.urgency, call.digit,
            )  # fmt: skip


def _steps(stage: Stage) -> Iterator[tuple[Any, ...]]:
    for cabinet in CABINETS:
        for call in stage.calls[cabinet.key]:
            for number, step in enumerate(call.steps):
                yield (
                    stage.ids.next(CallStep), call.id, number, step.kind, step.at, stage.users.get(step.secretary),
                    json.dumps(_with_ids(stage, cabinet.key, step.detail)),
                )  # fmt: skip


def _with_ids(stage: Stage, cabinet: str, detail: dict[str, object]) -> dict[str, object]:
    """Put users' ids and practitioners' numbers where the invention could only name logins and ranks."""
    passed, doctor = detail.get("passed_over"), detail.get("doctor")
    if isinstance(doctor, int):
        detail = {key: value for key, value in detail.items() if key != "doctor"}
        return detail | {"number": stage.mobiles[Spot(cabinet, doctor)]}
    if not isinstance(passed, list):
        return detail
    return detail | {"passed_over": [[stage.users[login], why, amount] for login, why, amount in passed]}
