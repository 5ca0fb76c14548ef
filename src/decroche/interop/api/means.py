"""What an agenda works with besides its rules: rooms and machines, pathways, what a practitioner decides once."""
# ruff: noqa: ARG001 — every operation is handed its request

from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Router, Status

from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.interop.api import schemas_means as s
from decroche.interop.api.access import KeyRequest, needs
from decroche.interop.api.fields import Id, Page
from decroche.interop.api.paging import Asked, narrowed, page_of
from decroche.practices.models import Practice, Practitioner, Site
from decroche.scheduling.actions.save_agenda_settings import save_agenda_settings
from decroche.scheduling.actions.save_pathway import Step, save_pathway
from decroche.scheduling.actions.save_resource import save_resource
from decroche.scheduling.models import AgendaSettings, Pathway, Resource, VisitType

router = Router()
SEE, EDIT = Permission.SEE_AGENDA, Permission.EDIT_AGENDA_RULES


# --- rooms and machines ----------------------------------------------------------------------


@router.get("/resources", response=Page[s.ResourceOut], tags=["Salles et appareils"])
@needs(SEE)
def list_resources(request: KeyRequest, paging: Asked, practice_id: Id | None = None) -> Any:
    """List rooms and machines, those out of use too."""
    rows = Resource.objects.order_by("practice_id", "name", "pk")
    return page_of(narrowed(rows, practice_id=practice_id), paging, _resource)


@router.post("/resources", response={201: s.ResourceOut}, tags=["Salles et appareils"])
@needs(EDIT)
def add_resource(request: KeyRequest, sent: s.ResourceIn) -> Any:
    """Name a room or a machine that only one visit can use at a time."""
    return Status(201, _save_resource(request, get_object_or_404(Site, pk=sent.site_id), sent, None))


@router.put("/resources/{resource_id}", response=s.ResourceOut, tags=["Salles et appareils"])
@needs(EDIT)
def change_resource(request: KeyRequest, resource_id: Id, sent: s.ResourceIn) -> Any:
    """Change it, or take it out of use; visits already booked keep theirs."""
    row = get_object_or_404(Resource, pk=resource_id)
    site = get_object_or_404(Site, pk=sent.site_id, practice_id=row.practice_id)
    return _save_resource(request, site, sent, row.pk)


def _save_resource(
    request: KeyRequest, site: Site, sent: s.ResourceIn, resource_id: int | None
) -> dict[str, Any]:
    row = save_resource(
        site=site,
        name=sent.name,
        is_active=sent.is_active,
        by=request.user,
        now=clock_now(),
        resource_id=resource_id,
    )
    return _resource(row)


def _resource(row: Resource) -> dict[str, Any]:
    return {name: getattr(row, name) for name in s.ResourceOut.model_fields}


# --- pathways --------------------------------------------------------------------------------


@router.get("/pathways", response=Page[s.PathwayOut], tags=["Parcours"])
@needs(SEE)
def list_pathways(request: KeyRequest, paging: Asked, practice_id: Id | None = None) -> Any:
    """List visits that follow one another, those no longer proposed too."""
    rows = Pathway.objects.prefetch_related("steps").order_by("practice_id", "name", "pk")
    return page_of(narrowed(rows, practice_id=practice_id), paging, _pathway)


@router.post("/pathways", response={201: s.PathwayOut}, tags=["Parcours"])
@needs(EDIT)
def add_pathway(request: KeyRequest, sent: s.NewPathwayIn) -> Any:
    """Name visits that follow one another."""
    practice = get_object_or_404(Practice, pk=sent.practice_id)
    return Status(201, _save_pathway(request, practice, sent, None))


@router.put("/pathways/{pathway_id}", response=s.PathwayOut, tags=["Parcours"])
@needs(EDIT)
def change_pathway(request: KeyRequest, pathway_id: Id, sent: s.PathwayIn) -> Any:
    """Change it, or propose it no more; visits already booked stay as they are."""
    row = get_object_or_404(Pathway.objects.select_related("practice"), pk=pathway_id)
    return _save_pathway(request, row.practice, sent, row.pk)


def _save_pathway(
    request: KeyRequest, practice: Practice, sent: s.PathwayIn, pathway_id: int | None
) -> dict[str, Any]:
    steps = [
        Step(
            visit_type=get_object_or_404(VisitType, pk=each.visit_type_id),
            practitioner=(
                None
                if each.practitioner_id is None
                else get_object_or_404(Practitioner, pk=each.practitioner_id)
            ),
            wait_minutes=each.wait_minutes,
        )
        for each in sent.steps
    ]
    row = save_pathway(
        practice=practice,
        name=sent.name,
        is_active=sent.is_active,
        steps=steps,
        by=request.user,
        now=clock_now(),
        pathway_id=pathway_id,
    )
    return _pathway(row)


def _pathway(row: Pathway) -> dict[str, Any]:
    steps = sorted(row.steps.all(), key=lambda step: step.position)
    return {
        "id": row.pk,
        "practice_id": row.practice_id,
        "name": row.name,
        "is_active": row.is_active,
        "steps": [{name: getattr(step, name) for name in s.StepOut.model_fields} for step in steps],
    }


# --- what a practitioner decides once --------------------------------------------------------


@router.get(
    "/practitioners/{practitioner_id}/agenda", response=s.AgendaSettingsOut, tags=["Conditions par praticien"]
)
@needs(SEE)
def read_agenda_settings(request: KeyRequest, practitioner_id: Id) -> Any:
    """Read how many may be forced a day, and after how many missed visits a patient is pointed out."""
    practitioner = get_object_or_404(Practitioner, pk=practitioner_id)
    row = AgendaSettings.objects.filter(practitioner=practitioner).first()
    return _settings(row or AgendaSettings(practitioner=practitioner))


@router.put(
    "/practitioners/{practitioner_id}/agenda", response=s.AgendaSettingsOut, tags=["Conditions par praticien"]
)
@needs(EDIT)
def change_agenda_settings(request: KeyRequest, practitioner_id: Id, sent: s.AgendaSettingsIn) -> Any:
    """Decide both; pointing out refuses nobody."""
    row = save_agenda_settings(
        practitioner=get_object_or_404(Practitioner, pk=practitioner_id),
        forced_per_day=sent.forced_per_day,
        no_show_threshold=sent.no_show_threshold,
        by=request.user,
        now=clock_now(),
    )
    return _settings(row)


def _settings(row: AgendaSettings) -> dict[str, Any]:
    return {name: getattr(row, name) for name in s.AgendaSettingsOut.model_fields}
