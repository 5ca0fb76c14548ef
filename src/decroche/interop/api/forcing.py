"""Force an appointment where the agenda says no: with a reason, within the day's quota, and the practitioner is told."""

from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Router, Status

from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.interop.api import schemas_groups as s
from decroche.interop.api.access import KeyRequest, needs
from decroche.interop.api.booking import SOURCES, shown, the_visit
from decroche.interop.api.fields import Id, Moment
from decroche.interop.api.schemas import AppointmentOut
from decroche.patients.models import Patient
from decroche.practices.models import Practitioner, Site
from decroche.scheduling.actions.force_appointment import force_appointment, forced_today
from decroche.scheduling.models import Appointment
from decroche.scheduling.queries import views_of

router = Router()


@router.get("/forced-quota", response=s.QuotaOut, tags=["Rendez-vous forcés"])
@needs(Permission.FORCE_APPOINTMENT)
def read_quota(request: KeyRequest, practitioner_id: Id, site_id: Id, at: Moment) -> Any:  # noqa: ARG001
    """Say how many appointments may still be forced on that day of the site's calendar."""
    practitioner = get_object_or_404(Practitioner, pk=practitioner_id)
    site = get_object_or_404(Site, pk=site_id, practice_id=practitioner.practice_id)
    today = forced_today(practitioner=practitioner, site=site, at=at)
    return {"count": today.count, "quota": today.quota, "left": today.left}


@router.post("/appointments/forced", response={201: AppointmentOut}, tags=["Rendez-vous forcés"])
@needs(Permission.FORCE_APPOINTMENT)
def force(request: KeyRequest, sent: s.ForcedIn) -> Any:
    """Book beside another or outside what is open; 409 once the day's quota is used, or for a blocked patient."""
    visit = the_visit(sent)
    practice_id = visit["practitioner"].practice_id
    row = force_appointment(
        **visit,
        ends_at=sent.ends_at,
        patient=get_object_or_404(Patient, pk=sent.patient_id),
        reason=sent.reason,
        by=request.user,
        now=clock_now(),
        source=SOURCES[request.reach.channel(practice_id, None)],
        accompanied_by=sent.accompanied_by,
    )
    request.log_write("appointment", [row.pk], practice_id)
    return Status(201, shown(request, views_of(Appointment.objects.filter(pk=row.pk)))[0])
