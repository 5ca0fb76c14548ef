"""Follow a patient through the day: arrived, called, in consultation, done, left, absent; and back."""

from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Router

from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.interop.api import schemas_arrivals as s
from decroche.interop.api.access import KeyRequest, needs
from decroche.interop.api.booking import appointments
from decroche.interop.api.fields import Id
from decroche.scheduling.domain.appointment import IllegalMove
from decroche.scheduling.domain.appointment import Status as State
from decroche.scheduling.models import Appointment
from decroche.waiting_room.actions.say_status import say_status
from decroche.waiting_room.models import Ticket

router = Router()


@router.post("/appointments/{appointment_id}/status", response=s.StatusOut, tags=["Salle d’attente"])
@needs(Permission.RUN_WAITING_ROOM)
def set_status(request: KeyRequest, appointment_id: Id, sent: s.StatusIn) -> Any:
    """Say where the patient is; who arrives is given a number (`ticket`). Asked twice, nothing more happens.

    409 for a step that cannot follow the present one; with `version`, also when the appointment has changed since.
    """
    row = get_object_or_404(appointments(), pk=appointment_id)
    if row.status == State.CANCELLED:  # it comes back by a verb of its own
        raise IllegalMove(State.CANCELLED, State(sent.status))
    changed = say_status(
        appointment_id=row.pk,
        status=State(sent.status),
        version=sent.version,
        by=request.user,
        now=clock_now(),
    )
    request.log_write("appointment", [row.pk], row.practice_id)
    return _shown(changed)


def _shown(row: Appointment) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in s.StatusOut.model_fields if name not in {"id", "ticket"}}
    ticket = Ticket.objects.filter(appointment_id=row.pk).first()
    return plain | {"id": row.pk, "ticket": f"{ticket.letter} {ticket.number}" if ticket else None}
