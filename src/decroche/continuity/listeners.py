"""Seal the fortnight again after whatever changes it."""

from decroche.continuity.jobs import seal_soon
from decroche.foundation.events import listener
from decroche.scheduling.events import (
    AbsenceRecorded,
    AbsenceRemoved,
    AgendaImported,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
    AppointmentStatusChanged,
)


@listener(AppointmentBooked)
def after_a_booking(event: AppointmentBooked) -> None:
    """Seal with the new appointment."""
    seal_soon(event.practice_id)


@listener(AppointmentMoved)
def after_a_move(event: AppointmentMoved) -> None:
    """Seal with the new time."""
    seal_soon(event.practice_id)


@listener(AppointmentCancelled)
def after_a_cancellation(event: AppointmentCancelled) -> None:
    """Seal without it."""
    seal_soon(event.practice_id)


@listener(AppointmentStatusChanged)
def after_an_arrival(event: AppointmentStatusChanged) -> None:
    """Seal with who has come."""
    seal_soon(event.practice_id)


@listener(AbsenceRecorded)
def after_an_absence(event: AbsenceRecorded) -> None:
    """Seal with the absence."""
    seal_soon(event.practice_id)


@listener(AbsenceRemoved)
def after_a_return(event: AbsenceRemoved) -> None:
    """Seal without it."""
    seal_soon(event.practice_id)


@listener(AgendaImported)
def after_an_import(event: AgendaImported) -> None:
    """Seal with all that was brought in."""
    seal_soon(event.practice_id)
