"""Make waiting rooms in one line."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from decroche.practices.models import Practice
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import Appointment
from decroche.waiting_room.actions.set_up_device import NewDevice, set_up_device
from decroche.waiting_room.models import Device
from tests.factories import make_user
from tests.patients.factories import make_patient
from tests.scheduling.factories import make_agenda, make_appointment, paris

_number = count(1)
#: A Tuesday, ten past nine in Paris.
TEN_PAST_NINE = datetime(2026, 11, 24, 8, 10, tzinfo=UTC)


def make_device(*, practice: Practice, kind: str = Device.Kind.WALL, **fields: Any) -> NewDevice:
    known = {
        "label": f"Écran {next(_number)}",
        "shows": Device.Shows.TICKET,
        "chime": False,
        "by": make_user(),
        "now": TEN_PAST_NINE,
        "site": practice.sites.get(is_main=True),
    }
    return set_up_device(kind=kind, **known | fields)


def make_morning(count_: int = 3, **practice_fields: Any) -> tuple[Practice, list[Appointment]]:
    """A practice of one practitioner, and that many appointments from nine, a quarter of an hour each."""
    practice, (practitioner,), visit_type = make_agenda(**practice_fields)
    names = ["Martin", "Bernard", "Lefèvre-N’Guessan", "Petit", "Durand", "Moreau"]
    booked = [
        make_appointment(
            practitioner=practitioner,
            visit_type=visit_type,
            starts_at=paris(9) + timedelta(minutes=15 * n),
            patient=make_patient(practice=practice, birth_name=names[n], first_names="Jeanne"),
        )
        for n in range(count_)
    ]
    return practice, booked


def arrive(appointment: Appointment, at: datetime) -> None:
    """Put somebody in the room without going through the door."""
    Appointment.objects.filter(pk=appointment.pk).update(status=Status.ARRIVED, arrived_at=at)
