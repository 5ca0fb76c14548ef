"""Book visits that belong together: the sessions of a series, brothers and sisters, a pathway; all of them, or none."""

from typing import Annotated, Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Router, Status
from pydantic import Field

from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.interop.api import schemas_groups as s
from decroche.interop.api.access import KeyRequest, needs
from decroche.interop.api.booking import SOURCES, held, people_for, shown, slot, the_visit
from decroche.interop.api.fields import Id, Moment
from decroche.interop.api.problems import SENSELESS, Problem
from decroche.interop.api.schemas import ExpiryOut
from decroche.patients.models import Patient
from decroche.scheduling.actions.cancel_group import cancel_group
from decroche.scheduling.actions.confirm_group import confirm_group
from decroche.scheduling.actions.hold_group import Wanted, hold_group
from decroche.scheduling.actions.release_group import release_group
from decroche.scheduling.actions.renew_group import renew_group
from decroche.scheduling.domain.asking import Asker, Channel
from decroche.scheduling.domain.refusals import HoldExpired
from decroche.scheduling.models import Appointment, AppointmentGroup, Pathway, VisitType
from decroche.scheduling.queries import views_of
from decroche.scheduling.queries.groups import pathway_slots, plan_series, sibling_slots

router = Router()
SEE, BOOK = Permission.SEE_AGENDA, Permission.BOOK_APPOINTMENT
_MOST_PEOPLE, _MOST_SIBLINGS = 40, 8
People = Annotated[list[Id], Query(max_length=_MOST_PEOPLE)]


# --- finding time ----------------------------------------------------------------------------


@router.get("/groups/series", response=s.SeriesOut, tags=["Rendez-vous groupés"])
@needs(SEE)
def find_series(
    request: KeyRequest,
    visit_type_id: Id,
    practitioner_id: People = [],  # noqa: B006 — ninja copies it
    start: Moment | None = None,
    sessions: Annotated[int, Field(ge=2, le=s.MOST_VISITS)] | None = None,
    per_week: Annotated[int, Field(ge=1, le=7)] | None = None,
    channel: Channel | None = None,
    is_new_patient: bool | None = None,
) -> Any:
    """Propose every session of a series with one practitioner; the numbers are the visit type's own by default."""
    kind = get_object_or_404(VisitType, pk=visit_type_id)
    now = clock_now()
    plan = plan_series(
        practitioners=people_for(kind.practice_id, practitioner_id, _MOST_PEOPLE),
        visit_type=kind,
        start=start or now,
        now=now,
        sessions=sessions,
        per_week=per_week,
        asker=Asker(request.reach.channel(kind.practice_id, channel), is_new_patient),
    )
    return {"slots": [slot(each) for each in plan.slots], "wanted": plan.wanted}


@router.get("/groups/siblings", response=list[s.ChainOut], tags=["Rendez-vous groupés"])
@needs(SEE)
def find_siblings(
    request: KeyRequest,
    visit_type_id: Annotated[list[Id], Query(min_length=2, max_length=_MOST_SIBLINGS)],
    practitioner_id: People = [],  # noqa: B006 — ninja copies it
    start: Moment | None = None,
    limit: Annotated[int, Field(ge=1, le=20)] = 9,
    channel: Channel | None = None,
    is_new_patient: bool | None = None,
) -> Any:
    """List when brothers and sisters can come one after the other; a visit type each, the same one repeated if need be."""
    kinds = [get_object_or_404(VisitType, pk=each) for each in visit_type_id]
    now, practice_id = clock_now(), kinds[0].practice_id
    found = sibling_slots(
        practitioners=people_for(practice_id, practitioner_id, _MOST_PEOPLE),
        visit_types=kinds,
        start=start or now,
        now=now,
        asker=Asker(request.reach.channel(practice_id, channel), is_new_patient),
        limit=limit,
    )
    return [{"slots": [slot(each) for each in chain]} for chain in found]


@router.get("/pathways/{pathway_id}/slots", response=list[s.ChainOut], tags=["Parcours"])
@needs(SEE)
def find_pathway(
    request: KeyRequest,
    pathway_id: Id,
    practitioner_id: People = [],  # noqa: B006 — ninja copies it
    start: Moment | None = None,
    limit: Annotated[int, Field(ge=1, le=20)] = 9,
    channel: Channel | None = None,
    is_new_patient: bool | None = None,
) -> Any:
    """List when the steps of a pathway can follow one another."""
    pathway = get_object_or_404(Pathway, pk=pathway_id)
    now = clock_now()
    found = pathway_slots(
        pathway=pathway,
        practitioners=people_for(pathway.practice_id, practitioner_id, _MOST_PEOPLE),
        start=start or now,
        now=now,
        asker=Asker(request.reach.channel(pathway.practice_id, channel), is_new_patient),
        limit=limit,
    )
    return [{"slots": [slot(each) for each in chain]} for chain in found]


# --- holding and booking ---------------------------------------------------------------------


@router.post("/groups", response={201: s.HeldGroupOut}, tags=["Rendez-vous groupés"])
@needs(BOOK)
def hold(request: KeyRequest, sent: s.GroupIn) -> Any:
    """Hold every visit for a few minutes; 409 names the first that cannot be had (`position`), and nothing is held."""
    wanted = [Wanted(**the_visit(each), ends_at=each.ends_at) for each in sent.visits]
    channel = request.reach.channel(wanted[0].practitioner.practice_id, sent.channel)
    taken = hold_group(
        kind=sent.kind,
        wanted=wanted,
        held_by=request.user,
        now=clock_now(),
        asker=Asker(channel, sent.is_new_patient, sent.referred, sent.postcode),
        source=SOURCES[channel],
    )
    group = taken.group
    plain = {"id": group.pk, "practice_id": group.practice_id, "kind": group.kind}
    return Status(201, plain | {"holds": [held(each) for each in taken.holds]})


@router.get("/groups/{group_id}", response=s.GroupOut, tags=["Rendez-vous groupés"])
@needs(SEE)
def read_group(request: KeyRequest, group_id: Id) -> Any:
    """Read what was booked together, cancelled visits too; empty while it is only held."""
    return _group(request, get_object_or_404(AppointmentGroup, pk=group_id))


@router.post("/groups/{group_id}/renew", response=ExpiryOut, tags=["Rendez-vous groupés"])
@needs(BOOK)
def renew(request: KeyRequest, group_id: Id) -> Any:
    """Keep one's own held group longer, within bounds."""
    group = _own(request, group_id)
    return {"expires_at": renew_group(group_id=group.pk, by=request.user, now=clock_now())}


@router.post("/groups/{group_id}/confirm", response={201: s.GroupOut}, tags=["Rendez-vous groupés"])
@needs(BOOK)
def confirm(request: KeyRequest, group_id: Id, sent: s.ConfirmGroupIn) -> Any:
    """Book every visit, or none: for one patient, or for one each in the order of the holds."""
    group = _own(request, group_id)
    count = group.appointments.count()
    if len(sent.patient_ids) not in {1, count} and count:
        raise Problem(
            SENSELESS,
            "patients-and-visits",
            _("Nommez un seul patient pour toutes les visites, ou un patient par visite."),
            visits=count,
        )
    booked = confirm_group(
        group_id=group.pk,
        patients=[get_object_or_404(Patient, pk=each) for each in sent.patient_ids],
        confirmed_by=request.user,
        now=clock_now(),
        channel=request.reach.channel(group.practice_id, sent.channel),
        accompanied_by=sent.accompanied_by,
    )
    request.log_write("appointment", [each.pk for each in booked], group.practice_id)
    return Status(201, _group(request, group))


@router.post("/groups/{group_id}/cancel", response=s.GroupOut, tags=["Rendez-vous groupés"])
@needs(BOOK)
def cancel(request: KeyRequest, group_id: Id, sent: s.CancelGroupIn) -> Any:
    """Cancel what is still to come; what took place stays. Asked twice, nothing more happens."""
    group = get_object_or_404(AppointmentGroup, pk=group_id)
    gone = cancel_group(group_id=group.pk, reason=sent.reason, by=request.user, now=clock_now())
    request.log_write("appointment", [each.pk for each in gone], group.practice_id)
    return _group(request, group)


@router.delete("/groups/{group_id}", response={204: None}, tags=["Rendez-vous groupés"])
@needs(BOOK)
def release(request: KeyRequest, group_id: Id) -> Any:
    """Give the held visits back; what is booked stays, and asked twice nothing more happens."""
    release_group(group_id=_own(request, group_id).pk, by=request.user, now=clock_now())
    return Status(204, None)


def _own(request: KeyRequest, group_id: int) -> AppointmentGroup:
    """Find a group that the key's person holds; another's cannot be taken over."""
    group: AppointmentGroup = get_object_or_404(AppointmentGroup, pk=group_id)
    if group.created_by_id != request.user.pk:
        raise HoldExpired
    return group


def _group(request: KeyRequest, group: AppointmentGroup) -> dict[str, Any]:
    hidden = [Appointment.State.HELD, Appointment.State.RELEASED]
    rows = Appointment.objects.filter(group=group).exclude(status__in=hidden).order_by("starts_at", "pk")
    return {
        "id": group.pk,
        "practice_id": group.practice_id,
        "kind": group.kind,
        "appointments": shown(request, views_of(rows)),
    }
