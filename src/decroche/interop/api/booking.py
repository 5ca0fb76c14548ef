"""Find time, hold it, book it, move it, give it back: one path with the screens."""

from typing import Annotated, Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Router, Status
from pydantic import Field

from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.interop.api import schemas as s
from decroche.interop.api.access import KeyRequest, needs
from decroche.interop.api.fields import Day, Id, Moment, Page, Text
from decroche.interop.api.paging import Asked, written
from decroche.interop.api.problems import SENSELESS, Problem
from decroche.patients.models import Patient
from decroche.practices.models import Practitioner, Site
from decroche.scheduling.actions.cancel_appointment import cancel_appointment
from decroche.scheduling.actions.confirm_hold import confirm_hold
from decroche.scheduling.actions.hold_slot import hold_slot
from decroche.scheduling.actions.move_appointment import move_appointment
from decroche.scheduling.actions.release_hold import release_hold
from decroche.scheduling.actions.renew_hold import renew_hold
from decroche.scheduling.actions.restore_appointment import restore_appointment
from decroche.scheduling.domain.asking import Asker, Channel, Order
from decroche.scheduling.domain.home import HomeAddress
from decroche.scheduling.domain.refusals import HoldExpired
from decroche.scheduling.models import Appointment, VisitType
from decroche.scheduling.queries import AppointmentView, Slot, explain, open_slots, views_of
from decroche.scheduling.web.words import why_sentence

router = Router()
SEE, BOOK = Permission.SEE_AGENDA, Permission.BOOK_APPOINTMENT
SOURCES = {
    Channel.ONLINE: Appointment.Source.ONLINE,
    Channel.PRACTITIONER: Appointment.Source.PRACTICE,
    Channel.STAFF: Appointment.Source.PRACTICE,
    Channel.SECRETARY: Appointment.Source.DESK,
}
_MOST_PRACTITIONERS = 100


# --- free time -------------------------------------------------------------------------------


@router.get("/slots", response=list[s.SlotOut], tags=["Créneaux"])
@needs(SEE)
def list_slots(
    request: KeyRequest,
    visit_type_id: Id,
    practitioner_id: Annotated[list[Id], Query(max_length=_MOST_PRACTITIONERS)] = [],  # noqa: B006 — ninja copies it
    start: Moment | None = None,
    around: Day | None = None,
    limit: Annotated[int, Field(ge=1, le=100)] = 20,
    horizon_days: Annotated[int, Field(ge=1, le=400)] = 182,
    order: Order = Order.WISHES,
    channel: Channel | None = None,
    is_new_patient: bool | None = None,
    referred: bool = False,
    postcode: Text(5) = "",  # type: ignore[valid-type]
) -> Any:
    """List the first free slots, in the order that the practitioners wish, each with the reason for its rank.

    Without `practitioner_id`, those of the visit type's practice.
    """
    visit_type = get_object_or_404(VisitType, pk=visit_type_id)
    now = clock_now()
    asker = Asker(
        channel=request.reach.channel(visit_type.practice_id, channel),
        is_new_patient=is_new_patient,
        referred=referred,
        postcode=postcode,
    )
    found = open_slots(
        practitioners=people_for(visit_type.practice_id, practitioner_id, _MOST_PRACTITIONERS),
        visit_type=visit_type,
        start=start or now,
        now=now,
        limit=limit,
        horizon_days=horizon_days,
        asker=asker,
        order=order,
        around=around,
    )
    return [slot(each) for each in found]


@router.get("/explain", response=s.AnswerOut, tags=["Créneaux"])
@needs(SEE)
def explain_time(
    request: KeyRequest,
    practitioner_id: Id,
    visit_type_id: Id,
    starts_at: Moment,
    site_id: Id | None = None,
    channel: Channel | None = None,
    is_new_patient: bool | None = None,
    referred: bool = False,
    postcode: Text(5) = "",  # type: ignore[valid-type]
) -> Any:
    """Say whether a time can be booked and, if not, why, in a sentence that can be read aloud."""
    practitioner = get_object_or_404(Practitioner, pk=practitioner_id)
    visit_type = get_object_or_404(VisitType, pk=visit_type_id, practice_id=practitioner.practice_id)
    site = (
        None if site_id is None else get_object_or_404(Site, pk=site_id, practice_id=practitioner.practice_id)
    )
    answer = explain(
        practitioner=practitioner,
        visit_type=visit_type,
        starts_at=starts_at,
        now=clock_now(),
        site=site,
        asker=Asker(
            channel=request.reach.channel(practitioner.practice_id, channel),
            is_new_patient=is_new_patient,
            referred=referred,
            postcode=postcode,
        ),
    )
    plain = {name: getattr(answer, name) for name in s.AnswerOut.model_fields if name != "sentence"}
    return plain | {"sentence": why_sentence(answer)}


def people_for(practice_id: int, asked: list[int], most: int) -> list[Practitioner]:
    """Give the practice's practitioners in activity, of those asked for if any were."""
    people = Practitioner.objects.filter(practice_id=practice_id, is_active=True)
    return list((people.filter(pk__in=asked) if asked else people)[:most])


def slot(found: Slot) -> dict[str, Any]:
    """Write a free slot."""
    return {name: getattr(found, name) for name in s.SlotOut.model_fields}


# --- holds -----------------------------------------------------------------------------------


@router.post("/holds", response={201: s.HoldOut}, tags=["Pré-réservations"])
@needs(BOOK)
def hold(request: KeyRequest, sent: s.HoldIn) -> Any:
    """Keep a slot for a few minutes while the person decides."""
    visit = the_visit(sent)
    channel = request.reach.channel(visit["practitioner"].practice_id, sent.channel)
    row = hold_slot(
        **visit,
        ends_at=sent.ends_at,
        held_by=request.user,
        now=clock_now(),
        asker=Asker(channel, sent.is_new_patient, sent.referred, sent.postcode),
        source=SOURCES[channel],
    )
    return Status(201, held(row))


def the_visit(sent: Any) -> dict[str, Any]:
    """Find with whom, where, for what and when a visit is asked for."""
    if sent.ends_at is not None and sent.ends_at <= sent.starts_at:
        raise Problem(SENSELESS, "dates-reversed", _("La fin doit venir après le début."))
    return {
        "practitioner": get_object_or_404(Practitioner, pk=sent.practitioner_id),
        "site": get_object_or_404(Site, pk=sent.site_id),
        "visit_type": get_object_or_404(VisitType, pk=sent.visit_type_id),
        "starts_at": sent.starts_at,
    }


def held(row: Appointment) -> dict[str, Any]:
    """Write a hold."""
    return {
        "id": row.pk,
        "practitioner_id": row.practitioner_id,
        "site_id": row.site_id,
        "visit_type_id": row.visit_type_id,
        "starts_at": row.local_start,
        "ends_at": row.ends_at.astimezone(row.zone),
        "expires_at": row.hold_expires_at,
        "version": row.version,
    }


@router.post("/holds/{hold_id}/renew", response=s.ExpiryOut, tags=["Pré-réservations"])
@needs(BOOK)
def renew(request: KeyRequest, hold_id: Id) -> Any:
    """Keep one's own hold longer, within bounds."""
    _own_hold(request, hold_id)
    return {"expires_at": renew_hold(hold_id=hold_id, by=request.user, now=clock_now())}


@router.post("/holds/{hold_id}/confirm", response={201: s.AppointmentOut}, tags=["Pré-réservations"])
@needs(BOOK)
def confirm(request: KeyRequest, hold_id: Id, sent: s.ConfirmIn) -> Any:
    """Book the held time for a patient; asked twice, give the same appointment."""
    own = _own_hold(request, hold_id)
    patient = get_object_or_404(Patient, pk=sent.patient_id)
    row = confirm_hold(
        hold_id=hold_id,
        patient=patient,
        confirmed_by=request.user,
        now=clock_now(),
        channel=request.reach.channel(own.practice_id, sent.channel),
        home=None if sent.home is None else HomeAddress(**sent.home.dict()),
        answers=[(each.question, each.answer) for each in sent.answers],
        accompanied_by=sent.accompanied_by,
    )
    request.log_write("appointment", [row.pk], row.practice_id)
    return Status(201, _read(request, row.pk))


@router.delete("/holds/{hold_id}", response={204: None}, tags=["Pré-réservations"])
@needs(BOOK)
def release(request: KeyRequest, hold_id: Id) -> Any:
    """Give a held slot back; asked twice, nothing more happens."""
    _own_hold(request, hold_id)
    release_hold(hold_id=hold_id, by=request.user, now=clock_now())
    return Status(204, None)


def _own_hold(request: KeyRequest, hold_id: int) -> Appointment:
    """Find a hold of the key's person; another's is not there for them."""
    row: Appointment = get_object_or_404(Appointment, pk=hold_id)
    if row.held_by_id != request.user.pk:
        raise HoldExpired
    return row


# --- appointments ----------------------------------------------------------------------------


@router.get("/appointments", response=Page[s.AppointmentOut], tags=["Rendez-vous"])
@needs(SEE)
def list_appointments(
    request: KeyRequest,
    paging: Asked,
    since: Moment,
    until: Moment,
    practitioner_id: Id | None = None,
    patient_id: Id | None = None,
    with_cancelled: bool = False,
) -> Any:
    """List what begins in `[since, until)`; names only where the key may see patients."""
    rows = appointments().filter(starts_at__gte=since, starts_at__lt=until)
    rows = rows if with_cancelled else rows.exclude(status=Appointment.State.CANCELLED)
    rows = rows if practitioner_id is None else rows.filter(practitioner_id=practitioner_id)
    if patient_id is not None:
        seen = request.reach.practices_for(Permission.SEE_PATIENT)
        rows = rows.filter(patient_id=patient_id, practice_id__in=seen)
    return written(rows.order_by("starts_at", "pk"), paging, lambda piece: shown(request, views_of(piece)))


@router.get("/appointments/{appointment_id}", response=s.AppointmentOut, tags=["Rendez-vous"])
@needs(SEE)
def read_appointment(request: KeyRequest, appointment_id: Id) -> Any:
    """Read one appointment."""
    get_object_or_404(appointments(), pk=appointment_id)
    return _read(request, appointment_id)


@router.post("/appointments/{appointment_id}/move", response=s.AppointmentOut, tags=["Rendez-vous"])
@needs(BOOK)
def move(request: KeyRequest, appointment_id: Id, sent: s.MoveIn) -> Any:
    """Give it another time, practitioner or place; `version` is the one that was read (409 when it has changed)."""
    rows = appointments().select_related("practitioner", "site")
    row = get_object_or_404(rows, pk=appointment_id)
    practitioner = row.practitioner
    if sent.practitioner_id is not None:
        practitioner = get_object_or_404(Practitioner, pk=sent.practitioner_id)
    if sent.ends_at is not None and sent.ends_at <= sent.starts_at:
        raise Problem(SENSELESS, "dates-reversed", _("La fin doit venir après le début."))
    move_appointment(
        appointment_id=appointment_id,
        practitioner=practitioner,
        site=row.site if sent.site_id is None else get_object_or_404(Site, pk=sent.site_id),
        starts_at=sent.starts_at,
        ends_at=sent.ends_at,
        version=sent.version,
        by=request.user,
        now=clock_now(),
        reason=sent.reason,
        channel=request.reach.channel(row.practice_id, None),
    )
    request.log_write("appointment", [appointment_id], row.practice_id)
    return _read(request, appointment_id)


@router.post("/appointments/{appointment_id}/cancel", response=s.AppointmentOut, tags=["Rendez-vous"])
@needs(BOOK)
def cancel(request: KeyRequest, appointment_id: Id, sent: s.CancelIn) -> Any:
    """Free the time and say why; `version` as for a move."""
    row = get_object_or_404(appointments(), pk=appointment_id)
    cancel_appointment(
        appointment_id=appointment_id,
        version=sent.version,
        reason=sent.reason,
        by=request.user,
        now=clock_now(),
    )
    request.log_write("appointment", [appointment_id], row.practice_id)
    return _read(request, appointment_id)


@router.post("/appointments/{appointment_id}/restore", response=s.AppointmentOut, tags=["Rendez-vous"])
@needs(BOOK)
def restore(request: KeyRequest, appointment_id: Id, sent: s.RestoreIn) -> Any:
    """Bring a cancelled appointment back, if its time is still free; `version` as for a move."""
    row = get_object_or_404(appointments(), pk=appointment_id)
    restore_appointment(appointment_id=appointment_id, version=sent.version, by=request.user, now=clock_now())
    request.log_write("appointment", [appointment_id], row.practice_id)
    return _read(request, appointment_id)


def appointments() -> "QuerySet[Appointment]":
    """Select what was booked, cancelled since or not: a hold is nobody's appointment."""
    hidden = [Appointment.State.HELD, Appointment.State.RELEASED]
    rows: QuerySet[Appointment] = Appointment.objects.exclude(status__in=hidden)
    return rows


def _read(request: KeyRequest, appointment_id: int) -> dict[str, Any]:
    return shown(request, views_of(Appointment.objects.filter(pk=appointment_id)))[0]


def shown(request: KeyRequest, views: list[AppointmentView]) -> list[dict[str, Any]]:
    """Write appointments, without the patient where the key may not see patients; the log knows who saw them."""
    seen = request.reach.practices_for(Permission.SEE_PATIENT)
    for practice_id in {view.practice_id for view in views}:
        here = [view for view in views if view.practice_id == practice_id]
        request.log_read("appointment", [view.id for view in here], practice_id)
    return [
        {name: getattr(view, name) for name in s.AppointmentOut.model_fields}
        | ({} if view.practice_id in seen else {"patient_id": None, "patient_name": None})
        for view in views
    ]
