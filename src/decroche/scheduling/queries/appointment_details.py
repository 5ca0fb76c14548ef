"""All that an appointment's own dialog shows beside its time: where, with what, with whom else, what was answered."""

from dataclasses import dataclass

from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import Appointment, AppointmentAnswer, HomeVisit
from decroche.scheduling.queries.appointments import AppointmentView, views_of
from decroche.scheduling.queries.of_patient import Block, PatientInAgenda, patient_in_agenda


@dataclass(frozen=True, slots=True)
class AppointmentDetails:
    """One appointment's particulars; `others` are the rest of its group, in order of time."""

    appointment: Appointment
    home: HomeVisit | None
    answers: tuple[AppointmentAnswer, ...]
    others: tuple[AppointmentView, ...]
    known: PatientInAgenda | None

    @property
    def block(self) -> Block | None:
        """Give this practitioner's decision not to receive the patient, if there is one."""
        return self.known.blocks.get(self.appointment.practitioner_id) if self.known else None

    @property
    def missed(self) -> int:
        """Give how often the patient did not come to this practitioner."""
        return self.known.missed.get(self.appointment.practitioner_id, 0) if self.known else 0

    @property
    def is_worth_telling(self) -> bool:
        """Tell whether the practitioner asked to be told of so many missed appointments."""
        return self.known is not None and self.appointment.practitioner_id in self.known.to_tell

    @property
    def still_ahead(self) -> int:
        """Count the other visits of the group that could be cancelled with this one."""
        return sum(other.status == Status.BOOKED for other in self.others)


def appointment_details(*, appointment_id: int) -> AppointmentDetails:
    """Read them; 2 queries, one more for a group, 3 or 4 for the patient. Raises `Appointment.DoesNotExist`."""
    appointment = Appointment.objects.select_related(
        "home_visit", "resource", "group", "practitioner", "visit_type", "created_by"
    ).get(pk=appointment_id)
    others: tuple[AppointmentView, ...] = ()
    if appointment.group_id is not None:
        rows = Appointment.objects.filter(group=appointment.group_id).exclude(
            status__in=[Status.HELD, Status.RELEASED]
        )
        others = tuple(views_of(rows.exclude(pk=appointment.pk).order_by("starts_at", "pk")))
    known = None
    if appointment.patient_id is not None:
        known = patient_in_agenda(patient_id=appointment.patient_id, practice_id=appointment.practice_id)
    return AppointmentDetails(
        appointment=appointment,
        home=getattr(appointment, "home_visit", None),
        answers=tuple(AppointmentAnswer.objects.filter(appointment=appointment).order_by("pk")),
        others=others,
        known=known,
    )
