"""The doors of the line set-up: the list, a line's page, its stations, what would happen."""

from typing import Any, Final

from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.calls.actions.save_plan import PlanChange, StalePlan, put_back_plan, save_plan
from decroche.calls.domain.hours import moment_at
from decroche.calls.models import Call
from decroche.calls.queries_plans import plans_of
from decroche.calls.web.lines import page as pages
from decroche.calls.web.lines import words
from decroche.calls.web.lines.forms import (
    FallbackForm,
    GreetingForm,
    NumberForm,
    ReplacementForm,
    StationForm,
    VoicemailForm,
    WaitingForm,
)
from decroche.calls.web.lines.forms_hours import ClosuresForm, HoursForm
from decroche.calls.web.lines.forms_rows import (
    ClosedForm,
    HolidayForm,
    LeaveForm,
    LunchForm,
    MenuForm,
    TeamForm,
)
from decroche.calls.web.lines.page import LinePage, draw, open_page, say
from decroche.calls.web.lines.story import read_asked, story
from decroche.foundation import clock
from decroche.practices.models import Line

STATIONS: Final[dict[str, type[StationForm]]] = {
    form.station: form
    for form in (
        NumberForm, HoursForm, ClosuresForm, GreetingForm, MenuForm, WaitingForm, TeamForm, ReplacementForm,
        FallbackForm, VoicemailForm, LunchForm, ClosedForm, HolidayForm, LeaveForm,
    )
}  # fmt: skip
MAY: Final = Permission.SET_UP_LINES


@require_GET
@requires(MAY)
def show_all(request: PersonRequest) -> HttpResponse:
    """List the lines of my practices: what each is now, whether its forwarding is proved, its calls today."""
    now = clock.now()
    midnight = now.astimezone(request.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = list(Line.objects.select_related("practice").order_by("practice__name", "practice_id", "pk"))
    plans = plans_of(lines, now=now)
    counts = dict(
        Call.objects.filter(line_id__in=[line.pk for line in lines], arrived_at__gte=midnight)
        .filter(~Q(direction="out"))
        .values_list("line_id")
        .annotate(count=Count("pk"))
    )
    rows = []
    for line in lines:
        moment = moment_at(plans[line.pk].hours, now)
        rows.append(
            {
                "line": line,
                "row": plans[line.pk].row,
                "is_open": moment.what.value == "open",
                "state": words.state(moment, now=now.astimezone(line.practice.zone)),
                "calls": counts.get(line.pk, 0),
            }
        )
    supervises = bool(request.access.secretariats_for(Permission.CHOOSE_POLICY))
    return render(request, "calls/lines/list.html", {"rows": rows, "now": now, "supervises": supervises})


@require_GET
@requires(MAY)
def show(request: PersonRequest, phone_line_id: int) -> HttpResponse:
    """Show one line."""
    return draw(request, open_page(phone_line_id))


@require_GET
@requires(MAY)
def asked(request: PersonRequest, phone_line_id: int) -> HttpResponse:
    """Tell what a caller would live at a moment."""
    page = open_page(phone_line_id)
    moment = read_asked(request.GET, now=page.local(page.now))
    if not pages.is_fragment(request):
        found = pages.context(page, asked=moment)
        found["siblings"] = list(Line.objects.filter(practice=page.practice).order_by("pk"))
        return render(request, "calls/lines/line.html", found)
    context = {
        "page": page,
        "line": page.line,
        "asked": moment,
        "story": story(page, moment.at),
        "now": page.now,
    }
    return render(request, "calls/lines/_asked.html", context)


@require_http_methods(["GET", "POST"])
@requires(MAY)
def station(request: PersonRequest, phone_line_id: int, station: str) -> HttpResponse:
    """Open the small form of one station, or save it."""
    if station not in STATIONS:
        raise Http404
    page = open_page(phone_line_id)
    if request.method == "GET":
        return _opened(request, page, STATIONS[station](page=page))
    form = STATIONS[station](request.POST, request.FILES, page=page)
    change = _asked_change(form)
    if change is not None:
        return _save(request, page, form, change)
    if form.assist():
        return _opened(request, page, form.relaxed())
    if not form.is_valid():
        return draw(request, page, open_form=form, status=pages.INCOMPLETE)
    return _save(request, page, form, form.change())


def _opened(request: PersonRequest, page: LinePage, form: StationForm) -> HttpResponse:
    if pages.is_fragment(request):
        answer = render(request, "calls/lines/_form.html", pages.context(page, open_form=form))
        # A form sent by one of its helping buttons comes back in its own place, not in that of the whole line.
        answer["HX-Retarget"], answer["HX-Reswap"] = "#slot", "innerHTML"
        return answer
    return draw(request, page, open_form=form)


def _asked_change(form: StationForm) -> PlanChange | None:
    """Return the change that one of the closures' buttons asks for."""
    if not isinstance(form, ClosuresForm):
        return None
    said = form.data
    if "drop" in said:
        return form.drop(said["drop"])
    if "holiday" in said:
        return form.close_on(said["holiday"])
    return form.close_on_all() if "holidays" in said else None


def _save(request: PersonRequest, page: LinePage, form: StationForm, change: PlanChange) -> HttpResponse:
    try:
        done = save_plan(line=page.line, version=form.version, change=change)
    except StalePlan:
        fresh = open_page(page.line.pk)
        again = type(form)(form.data, page=fresh)
        again.amend(version=str(fresh.row.version))
        again.is_valid()
        again.add_error(
            None,
            _(
                "Cette ligne vient d’être modifiée ailleurs. Vérifiez l’image, puis enregistrez de nouveau : rien de ce que vous avez écrit n’est perdu."
            ),
        )
        return draw(request, fresh, open_form=again, status=pages.CHANGED_SINCE)
    undo = pages.keep(request, page.line, done.plan.version, done.before)
    return pages.saved(request, page, str(form.done), undo, focus=form.station)


@require_POST
@requires(MAY)
def undo(request: PersonRequest, phone_line_id: int, key: str) -> HttpResponse:
    """Put the line back as it was before a change made a moment ago."""
    line: Line = get_object_or_404(Line, pk=phone_line_id)
    kept = pages.take(request, line, key)
    if kept is None:
        return _quiet(_("Il n’y a plus rien à défaire."))
    try:
        put_back_plan(line=line, version=kept["version"], before=kept["before"])
    except StalePlan:
        return _quiet(_("Cette ligne a changé depuis : elle reste telle quelle."))
    return _quiet(_("C’est défait : la ligne est comme avant."))


def _quiet(text: str) -> HttpResponse:
    """Answer with a toast; the page reads the line again by itself."""
    changed: dict[str, Any] = {"line-changed": {"target": "body"}}
    return say(HttpResponse(status=204), text, **changed)
