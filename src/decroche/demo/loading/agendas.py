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
    id_ = stage.ids.next(Appointment)
    practice = stage.practices[cabinet.key]
    doctor, site = (
        stage.doctors[Spot(cabinet.key, booking.doctor)],
        stage.sites[Spot(cabinet.key, booking.site)],
    )
    version = 2
    change = (
        practice,
        id_,
        "booked",
        booking.created,
        by,
        version,
        "held",
        "booked",
        doctor,
        site,
        booking.starts,
        booking.ends,
        "",
    )
    history.append((stage.ids.next(AppointmentChange), *change))
    if booking.moved_from is not None:
        version += 1
        at = (
            booking.changed
            if booking.status == "booked" and booking.changed
            else _between(booking, stage.now)
        )
        length = booking.ends - booking.starts
        change = (practice, id_, "moved", at, by, version, "booked", "booked", doctor, site, booking.moved_from,
                  booking.moved_from + length, "")  # fmt: skip
        history.append((stage.ids.next(AppointmentChange), *change))
    for kind, status, at, reason in _after(booking):
        version += 1
        who = by if kind == "cancelled" else stage.doctor_user(cabinet, booking.doctor)
        old = "arrived" if status in {"done", "in_consultation"} else "booked"
        change = (
            practice,
            id_,
            kind,
            at,
            who,
            version,
            old,
            status,
            doctor,
            site,
            booking.starts,
            booking.ends,
            reason,
        )
        history.append((stage.ids.next(AppointmentChange), *change))
    return (
        id_, practice, doctor, site, stage.visits[Spot(cabinet.key, booking.visit)],
        stage.patient(cabinet.key, booking.patient), booking.starts, booking.ends, booking.status, by, by, booking.created,
        booking.source, call_id, booking.reason, booking.arrived, version, booking.moved_from,
    )  # fmt: skip


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
