"""What the verbs of groups share."""

from decroche.scheduling.actions._rows import lock_practitioners
from decroche.scheduling.models import Appointment, AppointmentGroup


def lock_group(group_id: int) -> list[Appointment]:
    """Lock every practitioner of the group, in order; give its visits as they were taken.

    Raises `AppointmentGroup.DoesNotExist`.
    """
    group = AppointmentGroup.objects.get(pk=group_id)
    lock_practitioners(*group.appointments.values_list("practitioner_id", flat=True))
    return list(group.appointments.select_related("practitioner", "site", "visit_type").order_by("pk"))
