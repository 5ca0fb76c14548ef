"""Book visits that belong together: the sessions of a series, brothers and sisters, a pathway; all of them, or none."""

from collections.abc import Iterable
from typing import Annotated, Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
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
from decroche.scheduling.queries import Slot, views_of
from decroche.scheduling.queries.groups import pathway_slots, plan_series, sibling_slots

router = Router()
SEE, BOOK = Permission.SEE_AGENDA, Permission.BOOK_APPOINTMENT
_MOST_PEOPLE, _MOST_SIBLINGS = 40, 8


# --- finding time ----------------------------------------------------------------------------


class PeopleIn(Schema):
    """For whom time is looked for, with whom and from when; none named asks the whole practice."""

    practitioner_id: Annotated[list[Id], Field(max_length=_MOST_PEOPLE)] = []
    start: Moment | None = None
    channel: Channel | None = None
    is_new_patient: bool | None = None


class ChainsIn(PeopleIn):
    """The same, for several chains to choose from."""

    limit: Annotated[int, Field(ge=1, le=20)] = 9


class SeriesIn(PeopleIn):
    """The same, for the sessions of a series; the numbers are the visit type's own by default."""

    visit_type_id: Id
    sessions: Annotated[int, Field(ge=2, le=s.MOST_VISITS)] | None = None
    per_week: Annotated[int, Field(ge=1, le=7)] | None = None


class SiblingsIn(ChainsIn):
    """The same, for brothers and sisters: a visit type each."""

    visit_type_id: Annotated[list[Id], Field(min_length=2, max_length=_MOST_SIBLINGS)]


def _question(request: KeyRequest, practice_id: int, asked: PeopleIn) -> dict[str, Any]:
    """Say in the engine's words with whom, from when and for whom."""
    now = clock_now()
    return {
        "practitioners": people_for(practice_id, asked.practitioner_id, _MOST_PEOPLE),
        "start": asked.start or now,
        "now": now,
        "asker": Asker(request.reach.channel(practice_id, asked.channel), asked.is_new_patient),
    }


def _chains(found: Iterable[Iterable[Slot]]) -> list[dict[str, Any]]:
    return [{"slots": [slot(each) for each in chain]} for chain in found]


@router.get("/groups/series", response=s.SeriesOut, tags=["Rendez-vous groupés"])
@needs(SEE)
def find_series(request: KeyRequest, asked: Query[SeriesIn]) -> Any:
    """Propose every session of a series with one practitioner; the numbers are the visit type's own by default."""
    kind = get_object_or_404(VisitType, pk=asked.visit_type_id)
    plan = plan_series(
        visit_type=kind,
        sessions=asked.sessions,
        per_week=asked.per_week,
        **_question(request, kind.practice_id, asked),
    )
    return {"slots": [slot(each) for each in plan.slots], "wanted": plan.wanted}


@router.get("/groups/siblings", response=list[s.ChainOut], tags=["Rendez-vous groupés"])
@needs(SEE)
def find_siblings(request: KeyRequest, asked: Query[SiblingsIn]) -> Any:
    """List when brothers and sisters can come one after the other; a visit type each, the same one repeated if need be."""
    kinds = [get_object_or_404(VisitType, pk=each) for each in asked.visit_type_id]
    question = _question(request, kinds[0].practice_id, asked)
    return _chains(sibling_slots(visit_types=kinds, limit=asked.limit, **question))


@router.get("/pathways/{pathway_id}/slots", response=list[s.ChainOut], tags=["Parcours"])
@needs(SEE)
def find_pathway(request: KeyRequest, pathway_id: Id, asked: Query[ChainsIn]) -> Any:
    """List when the steps of a pathway can follow one another."""
    pathway = get_object_or_404(Pathway, pk=pathway_id)
    question = _question(request, pathway.practice_id, asked)
    return _chains(pathway_slots(pathway=pathway, limit=asked.limit, **question))


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
