"""Show the agenda: on a page of its own, or as the desk's middle zone."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.practices.models import Practice, Practitioner
from decroche.scheduling.models import VisitType
from decroche.scheduling.queries import day_view, receiving_day, week_view
from decroche.scheduling.queries.month import month_view
from decroche.scheduling.queries.views import Again
from decroche.scheduling.web import asked
from decroche.scheduling.web.day_wishes import wish_lines
from decroche.scheduling.web.month import MonthWords
from decroche.scheduling.web.state import MODES, State
from decroche.scheduling.web.zones import zone_gap, zone_note
from decroche.ui.formats import language


@require_GET
@requires(Permission.SEE_AGENDA)
def home(request: PersonRequest) -> HttpResponse:
    """Open the agenda of the first practice, by name; with several, the page lets one choose."""
    practice = Practice.objects.order_by("name").first()
    if practice is None:
        return render(request, "scheduling/nothing.html")
    return HttpResponseRedirect(reverse("agenda:page", args=[practice.pk]))


@require_GET
@requires(Permission.SEE_AGENDA)
def page(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Show the agenda on a page of its own, with the patients beside it."""
    practice = get_object_or_404(Practice, pk=practice_id)
    practices = Practice.objects.order_by("name").only("name")
    context = context_of(request, practice, request.GET, standalone=True)
    may_wish = request.access.allows(Permission.WISH, practice.pk)
    return render(request, "scheduling/page.html", context | {"practices": practices, "may_wish": may_wish})


@require_GET
@requires(Permission.SEE_AGENDA)
def panel(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Show the agenda as a panel of the desk."""
    practice = get_object_or_404(Practice, pk=practice_id)
    context = context_of(request, practice, request.GET, standalone=False)
    context["may_wish"] = request.access.allows(Permission.WISH, practice.pk)
    columns = context["agenda"].columns if context["agenda"] is not None else ()
    context["is_wished"] = any(wish_lines(column.wishes) for column in columns)  # keeps the line's place
    return render(request, "scheduling/_panel.html", context)


@require_GET
@requires(Permission.SEE_AGENDA)
def view(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Show toolbar and grid again: another day, another filter, or something changed.

    With `frame`, a screen that is already there asks only for columns, perhaps for a few of them; it gets the whole view
    where its frame no longer holds.
    """
    practice = get_object_or_404(Practice, pk=practice_id)
    standalone = request.GET.get("standalone") == "1"
    again = _again(request.GET)
    context = context_of(request, practice, request.GET, standalone=standalone, again=again)
    if again is not None:
        if context["agenda"] is not None and context["agenda"].frame == request.GET["frame"]:
            return render(request, "scheduling/_patch.html", context)
        context = context_of(request, practice, request.GET, standalone=standalone)
    response = render(request, "scheduling/_view.html", context)
    if standalone and request.GET.get("go") == "1":
        response["HX-Push-Url"] = f"{reverse('agenda:page', args=[practice.pk])}?{context['state'].query()}"
    return response


def _again(values: QueryDict) -> Again | None:
    """Read `frame` (first minute, rows, sum of the columns) and `only` (keys of columns); absurd ones ask for all."""
    parts = values.get("frame", "").split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 5 for part in parts[:2]):  # noqa: PLR2004
        return None
    only = frozenset(filter(None, values.get("only", "")[:4000].split(",")))
    return Again(int(parts[0]), int(parts[1]), only or None)


def context_of(
    request: PersonRequest,
    practice: Practice,
    values: QueryDict,
    *,
    standalone: bool,
    day: date | None = None,
    again: Again | None = None,
) -> dict[str, Any]:
    """Gather what the view shows, as `values` ask; on `day` whatever they say."""
    now = clock_now()
    today = asked.today(now, practice.timezone)
    people = list(Practitioner.objects.filter(practice=practice, is_active=True))
    types = list(VisitType.objects.filter(practice=practice, is_active=True))
    chosen = asked.number(values, "practitioner")
    alone = next((person for person in people if person.pk == chosen), None)
    mode = values.get("mode", "") if values.get("mode") in MODES and people else "day"
    shown_people = [alone] if alone else people[:1] if mode == "week" else people
    shown_day, instead = (
        (day, False) if day else _day_to_show(values, shown_people, today, practice.timezone, mode)
    )
    state = State(
        mode=mode,
        day=shown_day,
        instead=instead and mode != "month",
        practitioner_id=alone.pk if alone else None,
        filter_id=asked.number(values, "filter"),
        standalone=standalone,
    )
    booking_type = asked.number(values, "visit_type")
    visit_type = next((kind for kind in types if kind.pk == booking_type), None)
    context: dict[str, Any] = {
        "practice": practice,
        "people": people,
        "types": types,
        "state": state,
        "today": today,
        "now": now,
        "state_today": state.query(date=today.isoformat(), go=1),
        "hour_suffix": "\u202fh" if language() == "fr" else ":00",
        "alone": shown_people[0] if len(shown_people) == 1 else None,
    }
    if mode == "month":
        filtered = visit_type or next((kind for kind in types if kind.pk == state.filter_id), None)
        context |= _month(practice, state, shown_people, filtered, now)
    else:
        context |= _grid(practice, state, shown_people, visit_type, now, again)
    request.log_read("agenda", [day.isoformat() for day in context["days"]], practice_id=practice.pk)
    return context | _reader(request, practice, now)


def _grid(
    practice: Practice,
    state: State,
    people: list[Practitioner],
    visit_type: VisitType | None,
    now: datetime,
    again: Again | None,
) -> dict[str, Any]:
    """Lay out a day or a week."""
    if state.mode == "week":
        people[0].practice = practice
        shown = week_view(practitioner=people[0], day=state.day, now=now, visit_type=visit_type, again=again)
    else:
        shown = day_view(
            practice=practice, day=state.day, now=now, visit_type=visit_type, people=people, again=again
        )
    today = asked.today(now, practice.timezone)
    return {"agenda": shown, "timezone": shown.timezone, "days": shown.days, "is_now": today in shown.days}


def _month(
    practice: Practice, state: State, people: list[Practitioner], visit_type: VisitType | None, now: datetime
) -> dict[str, Any]:
    """Lay out a month."""
    zone = ZoneInfo(practice.timezone)
    shown = month_view(people=people, day=state.day, now=now, zone=zone, visit_type=visit_type)
    today = asked.today(now, practice.timezone)
    return {
        "agenda": None,
        "timezone": practice.timezone,
        "month": MonthWords(shown, state, today),
        "days": [shown.first],
        "is_now": today.replace(day=1) == shown.first,
    }


def _reader(request: PersonRequest, practice: Practice, now: datetime) -> dict[str, Any]:
    """Say who looks: what they may do here, and how far their clock is from the practice's."""
    return {
        "zone_note": zone_note(practice.timezone, request.zone.key, now),
        "zone_gap": zone_gap(practice.timezone, request.zone.key, now),
        "may_book": request.access.allows(Permission.BOOK_APPOINTMENT, practice.pk),
        "may_edit": request.access.allows(Permission.EDIT_AGENDA_RULES, practice.pk),
        "me": request.user.pk,
    }


def _day_to_show(
    values: QueryDict, people: list[Practitioner], today: date, timezone: str, mode: str
) -> tuple[date, bool]:
    """Give the day asked for; when none is, today, or the next day on which one of them receives (and True)."""
    wanted = asked.maybe_day(values, "date")
    if mode == "month":
        return wanted or today, False
    if wanted is not None and (values.get("instead") != "1" or wanted <= today):
        return wanted, False
    ids = [person.pk for person in people]
    receiving = receiving_day(practitioner_ids=ids, first=today, zone=ZoneInfo(timezone)) or today
    if wanted is not None:  # a refresh keeps the day; it only asks whether the sentence is still true
        return wanted, receiving == wanted
    if mode == "week" and receiving.isocalendar()[:2] == today.isocalendar()[:2]:
        return today, False
    return receiving, receiving != today
