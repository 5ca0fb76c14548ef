"""Tell the patient what became of the appointment."""

from decroche.foundation import clock
from decroche.foundation.events import listener
from decroche.foundation.tenancy import every_practice
from decroche.scheduling import notices
from decroche.scheduling.events import AppointmentBooked, AppointmentCancelled, AppointmentMoved


@listener(AppointmentBooked)
def confirm_by_sms(event: AppointmentBooked) -> None:
    """Write down the appointment for the patient."""
    _tell(event.appointment_id, event.version, notices.BOOKED, "booked")


@listener(AppointmentMoved)
def tell_the_new_time(event: AppointmentMoved) -> None:
    """Write the new time."""
    _tell(event.appointment_id, event.version, notices.MOVED, "moved")


@listener(AppointmentCancelled)
def tell_the_cancellation(event: AppointmentCancelled) -> None:
    """Write that it is cancelled; what was undone at once was never told, or is told by its own undoing."""
    _tell(event.appointment_id, event.version, notices.CANCELLED, "cancelled")


def _tell(appointment_id: int, version: int, text: str, kind: str) -> None:
    now = clock.now()
    with every_practice():
        appointment = notices.read(appointment_id, version=version)
        if appointment is not None and notices.is_worth_it(appointment, now=now):
            notices.write(appointment, text=text, kind=kind, now=now)
