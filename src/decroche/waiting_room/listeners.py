"""What the agenda tells: whoever arrives by another door (the desk, the companion) gets a number too."""

from decroche.foundation.events import listener
from decroche.foundation.tenancy import practice_scope
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.events import AppointmentStatusChanged
from decroche.scheduling.models import Appointment
from decroche.waiting_room.actions.give_ticket import give_ticket


@listener(AppointmentStatusChanged)
def number_the_arrival(event: AppointmentStatusChanged) -> None:
    """Give the number that was not given on the spot."""
    if event.new_status not in {Status.ARRIVED, Status.CALLED}:
        return
    with practice_scope([event.practice_id]):
        appointment = Appointment.objects.select_related("practice").filter(pk=event.appointment_id).first()
        if appointment is not None:
            give_ticket(appointment=appointment, now=event.at)
