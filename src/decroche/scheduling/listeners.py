"""Tell the patient what became of the appointment; let what was freed be proposed to who waits for it."""

from datetime import datetime, timedelta

from decroche.foundation import clock
from decroche.foundation.events import listener
from decroche.foundation.tenancy import every_practice
from decroche.scheduling import jobs, notices
from decroche.scheduling.actions._lists import MOVED_UP
from decroche.scheduling.actions.send_mass_move import carry_out_mass_move
from decroche.scheduling.events import (
    AbsenceRemoved,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
    MassMoveSent,
    TimeFreed,
)
from decroche.scheduling.models import Appointment, AppointmentChange, WaitingListEntry
from decroche.scheduling.queries.waiting import has_list

#: A slot is proposed when its freeing can no longer be undone from the toast.
GRACE = timedelta(seconds=30)


@listener(AppointmentBooked)
def confirm_by_sms(event: AppointmentBooked) -> None:
    """Write down the appointment for the patient; say so when it stands for a later one."""
    now = clock.now()
    with every_practice():
        appointment = notices.read(event.appointment_id, version=event.version)
        if appointment is None or not notices.is_worth_it(appointment, now=now):
            return
        old = _replaced_by(appointment)
        if old is None:
            notices.write(appointment, text=notices.BOOKED, kind="booked", now=now)
        else:
            words = notices.at_words(old.local_start, now=now)
            notices.write(appointment, text=notices.MOVED_UP, kind="booked", now=now, old=words)


@listener(AppointmentMoved)
def tell_the_new_time(event: AppointmentMoved) -> None:
    """Write the new time."""
    _tell(event.appointment_id, event.version, notices.MOVED, "moved")


@listener(AppointmentCancelled)
def tell_the_cancellation(event: AppointmentCancelled) -> None:
    """Write that it is cancelled; what was undone at once was never told, or is told by its own undoing."""
    with every_practice():
        if Appointment.objects.filter(pk=event.appointment_id, cancel_reason=MOVED_UP).exists():
            return  # the text about the earlier one says it
    _tell(event.appointment_id, event.version, notices.CANCELLED, "cancelled")


@listener(AppointmentCancelled)
def propose_what_was_cancelled(event: AppointmentCancelled) -> None:
    """Let the list have the slot; what was booked by mistake a moment ago freed nothing."""
    if event.undone:
        return
    with every_practice():
        row = Appointment.objects.filter(pk=event.appointment_id).values_list("starts_at", "ends_at").first()
        if row is None:
            return
        ends_at = event.starts_at + (row[1] - row[0])
        _propose(
            event.practice_id, event.practitioner_id, event.starts_at, ends_at, event.appointment_id, event.at
        )


@listener(AppointmentMoved)
def propose_where_it_stood(event: AppointmentMoved) -> None:
    """Let the list have the place that was left."""
    with every_practice():
        ends_at = (
            AppointmentChange.objects.filter(appointment_id=event.appointment_id, version=event.version)
            .values_list("old_ends_at", flat=True)
            .first()
        )
        if ends_at is not None:
            _propose(
                event.practice_id,
                event.old_practitioner_id,
                event.old_starts_at,
                ends_at,
                event.appointment_id,
                event.at,
            )


@listener(AbsenceRemoved)
def propose_what_opened_again(event: AbsenceRemoved) -> None:
    """Let the list have the time in which the practitioner receives after all."""
    if event.starts_at is None or event.ends_at is None:
        return
    with every_practice():
        _propose(event.practice_id, event.practitioner_id, event.starts_at, event.ends_at, None, event.at)


@listener(TimeFreed)
def propose_to_the_next(event: TimeFreed) -> None:
    """Let the next of the list have what was declined, or not answered in time."""
    with every_practice():
        _propose(
            event.practice_id,
            event.practitioner_id,
            event.starts_at,
            event.ends_at,
            event.freed_by_id,
            event.at,
        )


@listener(MassMoveSent)
def carry_out(event: MassMoveSent) -> None:
    """Move, cancel and tell, one appointment at a time."""
    with every_practice():
        carry_out_mass_move(mass_move_id=event.mass_move_id, now=clock.now())


def _propose(
    practice_id: int,
    practitioner_id: int,
    starts_at: datetime,
    ends_at: datetime,
    freed_by: int | None,
    at: datetime,
) -> None:
    """Order the search, for when undoing is over; nobody waiting, nothing to search."""
    if not has_list(practitioner_id, practice_id):
        return
    jobs.propose.configure(schedule_at=at + GRACE).defer(
        practitioner_id=practitioner_id,
        starts_at=starts_at.isoformat(),
        ends_at=ends_at.isoformat(),
        freed_by=freed_by,
    )


def _replaced_by(appointment: Appointment) -> Appointment | None:
    """Give the appointment that this one stands for, when the waiting list brought it."""
    if appointment.waiting_entry_id is None:
        return None
    entry = (
        WaitingListEntry.objects.filter(pk=appointment.waiting_entry_id)
        .select_related("instead_of__site")
        .first()
    )
    old: Appointment | None = entry.instead_of if entry else None
    return old if old is not None and old.cancel_reason == MOVED_UP else None


def _tell(appointment_id: int, version: int, text: str, kind: str) -> None:
    now = clock.now()
    with every_practice():
        appointment = notices.read(appointment_id, version=version)
        if appointment is not None and notices.is_worth_it(appointment, now=now):
            notices.write(appointment, text=text, kind=kind, now=now)
