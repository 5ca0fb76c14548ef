"""Show the agenda: on a page of its own, or as the desk's middle zone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.practices.models import Practice, Practitioner
from decroche.scheduling.models import VisitType
from decroche.scheduling.queries import day_view, receiving_day, week_view
from decroche.scheduling.queries.views import AgendaView
from decroche.scheduling.web import asked
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
    return render(request, "scheduling/page.html", context | {"practices": practices})


@require_GET
@requires(Permission.SEE_AGENDA)
def panel(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Show the agenda as a panel of the desk."""
    practice = get_object_or_404(Practice, pk=practice_id)
    return render(
        request, "scheduling/_panel.html", context_of(request, practice, request.GET, standalone=False)
    )


@require_GET
@requires(Permission.SEE_AGENDA)
def view(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Show toolbar and grid again: another day, another filter, or something changed."""
    practice = get_object_or_404(Practice, pk=practice_id)
    standalone = request.GET.get("standalone") == "1"
    context = context_of(request, practice, request.GET, standalone=standalone)
    response = render(request, "scheduling/_view.html", context)
    if standalone and request.GET.get("go") == "1":
        response["HX-Push-Url"] = f"{reverse('agenda:page', args=[practice.pk])}?{context['state'].query()}"
    return response


@dataclass(frozen=True, slots=True)
class State:
    """What the screen shows; every link is this with something changed."""

    mode: str
    day: date
    practitioner_id: int | None
    filter_id: int | None
    standalone: bool
    #: Nobody asked for `day`: it is the next one on which anybody receives.
    instead: bool = False

    def query(self, **changes: Any) -> str:
        """Write it as a query string."""
        values: dict[str, Any] = {
            "mode": self.mode,
            "date": self.day.isoformat(),
            "practitioner": self.practitioner_id,
            "filter": self.filter_id,
            "standalone": "1" if self.standalone else None,
        }
        return urlencode({key: value for key, value in (values | changes).items() if value is not None})

    @property
    def step(self) -> timedelta:
        return timedelta(days=7 if self.mode == "week" else 1)

    @property
    def here(self) -> str:
        """Show the same again; the sentence about the day stays with it, while it is true."""
        return self.query(instead="1" if self.instead else None)

    @property
    def before(self) -> str:
        return self.query(date=(self.day - self.step).isoformat(), go=1)

    @property
    def after(self) -> str:
        return self.query(date=(self.day + self.step).isoformat(), go=1)

    @property
    def other_mode(self) -> str:
        return self.query(mode="day" if self.mode == "week" else "week", go=1)


def context_of(
    request: PersonRequest,
    practice: Practice,
    values: QueryDict,
    *,
    standalone: bool,
    day: date | None = None,
) -> dict[str, Any]:
    """Gather what the view shows, as `values` ask; on `day` whatever they say."""
    now = clock_now()
    today = asked.today(now, practice.timezone)
    people = list(Practitioner.objects.filter(practice=practice, is_active=True))
    types = list(VisitType.objects.filter(practice=practice, is_active=True))
    chosen = asked.number(values, "practitioner")
    alone = next((person for person in people if person.pk == chosen), None)
    mode = "week" if values.get("mode") == "week" and people else "day"
    shown_people = [alone] if alone else people[:1] if mode == "week" else people
    shown_day, instead = (
        (day, False) if day else _day_to_show(values, shown_people, today, practice.timezone, mode)
    )
    state = State(
        mode=mode,
        day=shown_day,
        instead=instead,
        practitioner_id=alone.pk if alone else None,
        filter_id=asked.number(values, "filter"),
        standalone=standalone,
    )
    booking_type = asked.number(values, "visit_type")
    visit_type = next((kind for kind in types if kind.pk == booking_type), None)
    shown = _view(practice, state, people, alone, visit_type, now)
    request.log_read("agenda", [day.isoformat() for day in shown.days], practice_id=practice.pk)
    return {
        "practice": practice,
        "people": people,
        "types": types,
        "state": state,
        "agenda": shown,
        "today": today,
        "now": now,
        "is_now": today in shown.days,
        "state_today": state.query(date=today.isoformat(), go=1),
        "hour_suffix": "\u202fh" if language() == "fr" else ":00",
        "absent_word": _("Absence"),
        "alone": shown_people[0] if len(shown_people) == 1 else None,
    } | _reader(request, practice, now)


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
    if wanted is not None and (values.get("instead") != "1" or wanted <= today):
        return wanted, False
    ids = [person.pk for person in people]
    receiving = receiving_day(practitioner_ids=ids, first=today, zone=ZoneInfo(timezone)) or today
    if wanted is not None:  # a refresh keeps the day; it only asks whether the sentence is still true
        return wanted, receiving == wanted
    if mode == "week" and receiving.isocalendar()[:2] == today.isocalendar()[:2]:
        return today, False
    return receiving, receiving != today


def _view(
    practice: Practice,
    state: State,
    people: list[Practitioner],
    alone: Practitioner | None,
    visit_type: VisitType | None,
    now: datetime,
) -> AgendaView:
    if state.mode == "week":
        person = alone or people[0]
        person.practice = practice
        return week_view(practitioner=person, day=state.day, now=now, visit_type=visit_type)
    return day_view(
        practice=practice, day=state.day, now=now, visit_type=visit_type, shown=[alone.pk] if alone else ()
    )
