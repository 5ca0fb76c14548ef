"""What the screens that follow a patient's passage share: taking one step back, and saying so."""

from datetime import datetime

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from decroche.accounts.guard import PersonRequest
from decroche.scheduling.actions.undo_change import undo_change
from decroche.scheduling.domain.refusals import Refusal
from decroche.scheduling.models import Appointment


def take_back(request: PersonRequest, appointment_id: int, version: int, *, now: datetime) -> str:
    """Undo the step that made `version`, and say so; or say that it is too late. A foreign row is a 404."""
    appointment = get_object_or_404(Appointment, pk=appointment_id)
    try:
        undo_change(appointment_id=appointment.pk, version=version, by=request.user, now=now)
    except Refusal:
        return _("Trop tard\u202f: quelqu’un l’a changé depuis.")
    request.log_write("appointment", [appointment.pk], practice_id=appointment.practice_id)
    return _("C’est défait.")
