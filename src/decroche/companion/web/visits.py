"""Follow the day's appointments: here, in, done, absent."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.companion.web.screen import answer
from decroche.companion.web.toast import toast
from decroche.foundation.clock import now
from decroche.scheduling.actions.set_status import set_status
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.refusals import Refusal
from decroche.scheduling.models import Appointment
from decroche.scheduling.web.following import take_back

CONFLICT, UNCLEAR = 409, 422
MAY_SAY = {
    status.value: status
    for status in (Status.ARRIVED, Status.IN_CONSULTATION, Status.DONE, Status.NO_SHOW, Status.BOOKED)
}


@require_POST
@requires(Permission.USE_COMPANION)
def say(request: PersonRequest, appointment_id: int) -> HttpResponse:
    """Note that the patient is here, goes in, leaves or did not come."""
    appointment = get_object_or_404(Appointment.objects.select_related("patient"), pk=appointment_id)
    practice_id = appointment.practice_id
    status = MAY_SAY.get(request.POST.get("status", ""))
    if status is None:
        return answer(
            request, practice_id, "day", _("Dites ce qu’il en est de ce rendez-vous."), status=UNCLEAR
        )
    version = request.POST.get("version", "")
    try:
        changed = set_status(
            appointment_id=appointment.pk,
            status=status,
            version=int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None,  # noqa: PLR2004
            by=request.user,
            now=now(),
        )
    except Refusal:
        sentence = _("Quelqu’un vient de changer ce rendez-vous\u202f: le voici comme il est.")
        return answer(request, practice_id, "day", sentence, status=CONFLICT)
    request.log_write("appointment", [appointment.pk], practice_id=practice_id)
    text = _("%(who)s\u202f: %(status)s.") % {
        "who": appointment.patient.display_name if appointment.patient else _("Rendez-vous"),
        "status": changed.get_status_display(),
    }
    undo = reverse("companion:undo_visit", args=[changed.pk, changed.version])
    return answer(request, practice_id, "day", text, undo=undo)


@require_POST
@requires(Permission.USE_COMPANION)
def undo(request: PersonRequest, appointment_id: int, version: int) -> HttpResponse:
    """Take back what was just said of it."""
    return toast(HttpResponse(status=204), take_back(request, appointment_id, version, now=now()))
