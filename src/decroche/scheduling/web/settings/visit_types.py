"""The visit types (motifs) of a practice, who receives for them on which terms, resources and pathways."""

from typing import Any, TypeVar

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.scheduling.actions.save_pathway import PathwayNameTaken, PathwayTooShort, save_pathway
from decroche.scheduling.actions.save_resource import ResourceNameTaken, save_resource
from decroche.scheduling.actions.save_visit_type import NameTaken, save_visit_type
from decroche.scheduling.models import Pathway, Resource, VisitType
from decroche.scheduling.web import asked
from decroche.scheduling.web.forms.visit_types import (
    PathwayForm,
    ResourceForm,
    VisitTypeForm,
    initial_of,
)
from decroche.scheduling.web.settings import frame as frames
from decroche.scheduling.web.settings import undoing
from decroche.scheduling.web.settings.frame import Frame
from decroche.scheduling.web.settings.offers import receivers_of, terms_words

_PANEL = "scheduling/settings/_type.html"
_Kept = TypeVar("_Kept", Resource, Pathway)


@require_GET
@requires(Permission.EDIT_AGENDA_RULES)
def show(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Show the practice's visit types, its resources and its pathways."""
    frame = frames.open_frame(request, practice_id)
    if frame is None:
        return frames.nothing(request, practice_id)
    if frames.is_fragment(request):
        return render(request, "scheduling/settings/_types.html", types_context(request, frame))
    return screen(request, frame)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_AGENDA_RULES)
def save_type(request: PersonRequest, practice_id: int, visit_type_id: int | None = None) -> HttpResponse:
    """Show a visit type in its form (an empty one for a new type), or write it."""
    frame = frames.open_frame(request, practice_id)
    if frame is None:
        return frames.nothing(request, practice_id)
    kind = get_object_or_404(VisitType, pk=visit_type_id, practice=frame.practice) if visit_type_id else None
    if request.method == "GET":
        initial = initial_of(kind) if kind else None
        return _type_form(request, frame, VisitTypeForm(practice=frame.practice, initial=initial), kind)
    form = VisitTypeForm(request.POST, practice=frame.practice)
    if form.is_valid():
        with undoing.of_settings(request, frame.practice) as undo:
            try:
                saved = save_visit_type(
                    practice=frame.practice,
                    **form.plain,
                    terms=form.terms,
                    by=request.user,
                    now=frames.now(),
                    visit_type_id=kind.pk if kind else None,
                )
            except NameTaken:
                form.add_error("name", _("Ce cabinet a déjà un motif de ce nom."))
            else:
                return _type_saved(request, frame, kind, saved, undo())
    return _type_form(request, frame, form, kind, status=frames.INCOMPLETE)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_AGENDA_RULES)
def resource(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Show a resource in its form, or write it."""
    frame = frames.open_frame(request, practice_id)
    if frame is None:
        return frames.nothing(request, practice_id)
    row = _row(request, frame, Resource, "resource")
    if request.method == "GET":
        initial: dict[str, Any] = {"site": frame.site.pk, "is_active": True}
        if row is not None:
            initial = {"name": row.name, "site": row.site_id, "is_active": row.is_active}
        form = ResourceForm(practice=frame.practice, initial=initial)
        return _panel(request, frame, "resource", resource_form=form, resource=row)
    form = ResourceForm(request.POST, practice=frame.practice)
    if form.is_valid():
        with undoing.of_settings(request, frame.practice) as undo:
            try:
                saved = save_resource(
                    **form.cleaned_data,
                    by=request.user,
                    now=frames.now(),
                    resource_id=row.pk if row else None,
                )
            except ResourceNameTaken:
                form.add_error("name", _("Ce lieu a déjà une ressource de ce nom."))
            else:
                names = {"name": saved.name}
                text = (
                    _("« %(name)s » mis hors service.") % names
                    if row and row.is_active and not saved.is_active
                    else _("Ressource « %(name)s » enregistrée.") % names
                )
                return _saved(request, frame, text, undo())
    return _panel(request, frame, "resource", resource_form=form, resource=row, status=frames.INCOMPLETE)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_AGENDA_RULES)
def pathway(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Show a pathway in its form, or write it."""
    frame = frames.open_frame(request, practice_id)
    if frame is None:
        return frames.nothing(request, practice_id)
    row = _row(request, frame, Pathway, "pathway")
    if request.method == "GET":
        form = PathwayForm(practice=frame.practice, initial=_pathway_initial(row) if row else None)
        return _panel(request, frame, "pathway", pathway_form=form, pathway=row)
    form = PathwayForm(request.POST, practice=frame.practice)
    if form.is_valid():
        with undoing.of_settings(request, frame.practice) as undo:
            try:
                saved = save_pathway(
                    practice=frame.practice,
                    name=form.cleaned_data["name"],
                    is_active=form.cleaned_data["is_active"],
                    steps=form.steps,
                    by=request.user,
                    now=frames.now(),
                    pathway_id=row.pk if row else None,
                )
            except PathwayNameTaken:
                form.add_error("name", _("Ce cabinet a déjà un parcours de ce nom."))
            except PathwayTooShort:
                form.add_error(None, _("Un parcours enchaîne au moins deux visites."))
            else:
                names = {"name": saved.name}
                text = (
                    _("Parcours « %(name)s » retiré : il n’est plus proposé.") % names
                    if row and row.is_active and not saved.is_active
                    else _("Parcours « %(name)s » enregistré.") % names
                )
                return _saved(request, frame, text, undo())
    return _panel(request, frame, "pathway", pathway_form=form, pathway=row, status=frames.INCOMPLETE)


# --- answers --------------------------------------------------------------------------------------------------------


def types_context(request: PersonRequest, frame: Frame) -> dict[str, Any]:
    """Give the lists of the screen; 6 queries."""
    kinds = list(VisitType.objects.filter(practice=frame.practice).prefetch_related("resources"))
    pathways = Pathway.objects.filter(practice=frame.practice).prefetch_related(
        "steps__visit_type", "steps__practitioner"
    )
    del request
    return {
        "frame": frame,
        "practice": frame.practice,
        "practitioner": frame.practitioner,
        "kinds": [(kind, terms_words(kind)) for kind in kinds],
        "resources": Resource.objects.filter(practice=frame.practice).select_related("site"),
        "pathways": pathways,
    }


def screen(request: PersonRequest, frame: Frame, *, status: int = 200, **more: Any) -> HttpResponse:
    """Draw the whole screen, with what the panel on the right holds."""
    context = types_context(request, frame) | more
    return frames.page(request, frame, "scheduling/settings/types.html", context, status=status)


def _row(request: PersonRequest, frame: Frame, model: type[_Kept], name: str) -> _Kept | None:
    """Give the row that the address or the form names, among the practice's own; None for a new one."""
    chosen = asked.number(request.POST or request.GET, name)
    return get_object_or_404(model, pk=chosen, practice=frame.practice) if chosen else None


def _type_saved(
    request: PersonRequest, frame: Frame, before: VisitType | None, saved: VisitType, undo: str
) -> HttpResponse:
    names = {"name": saved.name}
    text = (
        _("Motif « %(name)s » retiré : il n’est plus proposé.") % names
        if before and before.is_active and not saved.is_active
        else _("Motif « %(name)s » enregistré.") % names
    )
    if not frames.is_fragment(request):
        return frames.back(request, frame.address("settings_types"), text)
    fresh = VisitTypeForm(practice=frame.practice, initial=initial_of(saved))
    return frames.done(_type_form(request, frame, fresh, saved), text, undo)


def _type_form(
    request: PersonRequest, frame: Frame, form: VisitTypeForm, kind: VisitType | None, *, status: int = 200
) -> HttpResponse:
    receivers = receivers_of(frame, kind) if kind else []
    return _panel(request, frame, "type", type_form=form, kind=kind, receivers=receivers, status=status)


def _panel(
    request: PersonRequest, frame: Frame, panel: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    context: dict[str, Any] = {"panel": f"scheduling/settings/_{panel}.html"} | more
    if frames.is_fragment(request):
        plain = {"frame": frame, "practice": frame.practice, "practitioner": frame.practitioner}
        return render(request, context["panel"], plain | context, status=status)
    return screen(request, frame, status=status, **context)


def _saved(request: PersonRequest, frame: Frame, text: str, undo: str) -> HttpResponse:
    if frames.is_fragment(request):
        return frames.done(render(request, "scheduling/settings/_nothing_open.html"), text, undo)
    return frames.back(request, frame.address("settings_types"), text)


def _pathway_initial(row: Pathway) -> dict[str, Any]:
    found: dict[str, Any] = {"name": row.name, "is_active": row.is_active}
    for n, step in enumerate(row.steps.all()):
        found |= {
            f"visit_type_{n}": step.visit_type_id,
            f"practitioner_{n}": step.practitioner_id,
            f"wait_{n}": step.wait_minutes,
        }
    return found


def type_address(frame: Frame, kind: VisitType) -> str:
    """Return where a visit type is set up."""
    return f"{reverse('agenda:change_visit_type', args=[frame.practice.pk, kind.pk])}{frame.query}"
