"""Write the agendas, with the history that each appointment's verbs would have left."""

import datetime as dt
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from decroche.demo.agendas import Booking
from decroche.demo.catalogue import CABINETS
from decroche.demo.copying import copy_models, copy_rows
from decroche.demo.dice import dice_for
from decroche.demo.loading.stage import Spot, Stage
from decroche.demo.plan import Cabinet
from decroche.demo.team import FIRM, SOLO, SOLO_CABINETS
from decroche.scheduling.models import Absence, Appointment, AppointmentChange

_APPOINTMENT = (
    "id", "practice_id", "practitioner_id", "site_id", "visit_type_id", "patient_id", "starts_at", "ends_at", "status",
    "held_by_id", "created_by_id", "created_at", "source", "call_id", "cancel_reason", "arrived_at", "version", "moved_from",
    "busy_from", "busy_until",
)  # fmt: skip
_CHANGE = (
    "id", "practice_id", "appointment_id", "kind", "at", "by_id", "version", "old_status", "new_status", "old_practitioner_id",
    "old_site_id", "old_starts_at", "old_ends_at", "reason",
)  # fmt: skip


def write_absences(stage: Stage) -> None:
    """Write the time off, each tied to the instruction that says so."""
    rows = []
    for cabinet in CABINETS:
        zone = ZoneInfo(cabinet.zone)
        for away in stage.off[cabinet.key]:
            said = dt.datetime.combine(away.declared, dt.time(11, 30), tzinfo=zone)
            rows.append(
                Absence(
                    id=stage.ids.next(Absence),
                    practice_id=stage.practices[cabinet.key],
                    practitioner_id=stage.doctors[Spot(cabinet.key, away.doctor)],
                    starts_at=away.starts.replace(tzinfo=zone),
                    ends_at=away.ends.replace(tzinfo=zone),
                    reason=away.reason,
                    instruction_id=None
                    if away.order is None
                    else stage.orders[Spot(cabinet.key, away.order)],
                    created_by_id=stage.doctor_user(cabinet, away.doctor),
                    created_at=min(said, stage.now),
                )
            )
    copy_models(rows)


def write_appointments(stage: Stage) -> int:
    """Write the appointments, then their history; return how many appointments."""
    history: list[tuple[Any, ...]] = []
    written = copy_rows(
        Appointment, _APPOINTMENT, (row for cabinet in CABINETS for row in _rows(stage, cabinet, history))
    )
    copy_rows(AppointmentChange, _CHANGE, history)
    return written


def _rows(stage: Stage, cabinet: Cabinet, history: list[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    dice = dice_for("authors", cabinet.key, stage.now.date())
    team = [SOLO.login] if cabinet.key in SOLO_CABINETS else [someone.login for someone in FIRM]
    knows = [1.0] if cabinet.key in SOLO_CABINETS else [someone.knows[cabinet.key] ** 2 for someone in FIRM]
    for booking in stage.bookings[cabinet.key]:
        call = booking.call
        if call is not None:
            by = stage.users[call.secretary]
        elif booking.source == "practice":
            staff = stage.staff[cabinet.key]
            by = stage.users[dice.choice(staff)] if staff else stage.doctor_user(cabinet, booking.doctor)
        else:
            by = stage.users[dice.choices(team, knows)[0]]
        yield _row(stage, cabinet, booking, by, call.id if call else None, history)


def _row(
    stage: Stage, cabinet: Cabinet, booking: Booking, by: int, call_id: object, history: list[tuple[Any, ...]]
) -> tuple[Any, ...]:
    id_, practice = stage.ids.next(Appointment), stage.practices[cabinet.key]
    place = (stage.doctors[Spot(cabinet.key, booking.doctor)], stage.sites[Spot(cabinet.key, booking.site)])
    version = 1
    for kind, at, by_practice, old, new, (starts, ends), reason in _story(booking, stage.now):
        version += 1
        who = stage.doctor_user(cabinet, booking.doctor) if by_practice else by
        history.append((
            stage.ids.next(AppointmentChange), practice, id_, kind, at, who, version, old, new, *place, starts, ends, reason,
        ))  # fmt: skip
    return (
        id_, practice, *place, stage.visits[Spot(cabinet.key, booking.visit)],
        stage.patient(cabinet.key, booking.patient), booking.starts, booking.ends, booking.status, by, by, booking.created,
        booking.source, call_id, booking.reason, booking.arrived, version, booking.moved_from, booking.starts, booking.ends,
    )  # fmt: skip


_Told = tuple[str, dt.datetime, bool, str, str, tuple[dt.datetime, dt.datetime], str]


def _story(booking: Booking, now: dt.datetime) -> Iterator[_Told]:
    """Tell what happened to it: kind, when, whether the practice did it, old and new status, old period, reason."""
    here = (booking.starts, booking.ends)
    yield "booked", booking.created, False, "held", "booked", here, ""
    if booking.moved_from is not None:
        stayed = booking.status == "booked" and booking.changed
        there = (booking.moved_from, booking.moved_from + (booking.ends - booking.starts))
        yield "moved", stayed or _between(booking, now), False, "booked", "booked", there, ""
    for kind, status, at, reason in _after(booking):
        old = "arrived" if status in {"done", "in_consultation"} else "booked"
        yield kind, at, kind != "cancelled", old, status, here, reason


def _between(booking: Booking, now: dt.datetime) -> dt.datetime:
    limit = min(booking.starts, now)
    return booking.created + (limit - booking.created) * 0.4


def _after(booking: Booking) -> list[tuple[str, str, dt.datetime, str]]:
    """Return (kind, new status, at, reason) of what happened after it was booked."""
    if booking.status == "cancelled" and booking.changed:
        return [("cancelled", "cancelled", booking.changed, booking.reason)]
    found = []
    if booking.arrived and booking.status in {"arrived", "in_consultation", "done"}:
        found.append(("status", "arrived", booking.arrived, ""))
    if booking.status in {"in_consultation", "done", "no_show"} and booking.changed:
        found.append(("status", booking.status, booking.changed, ""))
    return found
