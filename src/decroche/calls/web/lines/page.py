"""What the doors of the line set-up share: which line, who may answer it, the toasts and their undo."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.crypto import get_random_string

from decroche.accounts.guard import PersonRequest
from decroche.calls.domain.callflow import CallPlan as Plan
from decroche.calls.domain.hours import LineHours, Moment, moment_at
from decroche.calls.models import CallPlan, Team
from decroche.calls.queries_plans import mandates_in_force, plans_of
from decroche.calls.web.lines.picture import picture
from decroche.calls.web.lines.story import Asked, story
from decroche.foundation import clock
from decroche.practices.models import Line, Mandate, Practice

_UNDO: Final = "lines_undo"
_KEPT: Final = 8
INCOMPLETE: Final = 422
CHANGED_SINCE: Final = 409


@dataclass(frozen=True, slots=True)
class LinePage:
    """Hold one line, all that it means now, and those who may answer it."""

    line: Line
    row: CallPlan
    plan: Plan
    hours: LineHours
    now: datetime
    mandates: tuple[Mandate, ...]
    teams: tuple[Team, ...]

    @property
    def practice(self) -> Practice:
        return self.line.practice

    @property
    def moment(self) -> Moment:
        return moment_at(self.hours, self.now)

    @property
    def address(self) -> str:
        return reverse("calls:line", args=[self.line.pk])

    def station(self, name: str) -> str:
        return reverse("calls:line_station", args=[self.line.pk, name])

    def secretariat_name(self, secretariat_id: int) -> str:
        """Return the name of a secretariat that may act for the practice, else nothing."""
        return next(
            (one.secretariat.name for one in self.mandates if one.secretariat_id == secretariat_id), ""
        )

    def local(self, instant: datetime) -> datetime:
        return instant.astimezone(self.practice.zone)


def open_page(line_id: int) -> LinePage:
    """Read one line whole; a foreign one does not exist (13 queries at most)."""
    now = clock.now()
    line: Line = get_object_or_404(Line.objects.select_related("practice"), pk=line_id)
    found = plans_of([line], now=now)[line.pk]
    mandates = tuple(mandates_in_force([line.practice_id], now=now).get(line.practice_id, ()))
    teams = tuple(
        Team.objects.filter(secretariat_id__in=[one.secretariat_id for one in mandates])
        .select_related("secretariat")
        .prefetch_related("members")
        .order_by("secretariat__name", "name")
    )
    return LinePage(line, found.row, found.plan, found.hours, now, mandates, teams)


def context(page: LinePage, *, open_form: Any = None, asked: Asked | None = None) -> dict[str, Any]:
    """Return what the page's templates need."""
    asked = asked or Asked(page.now, "now")
    return {
        "page": page,
        "line": page.line,
        "practice": page.practice,
        "picture": picture(page),
        "story": story(page, asked.at),
        "asked": asked,
        "form": open_form,
        "open": open_form.station if open_form is not None else "",
        "now": page.now,
    }


def draw(
    request: PersonRequest, page: LinePage, *, open_form: Any = None, status: int = 200, focus: str = ""
) -> HttpResponse:
    """Draw the line: the whole page, or its changing part for htmx."""
    found = context(page, open_form=open_form) | {
        "siblings": list(Line.objects.filter(practice=page.practice).order_by("pk")),
        "focus": focus,
    }
    template = "calls/lines/_line.html" if is_fragment(request) else "calls/lines/line.html"
    return render(request, template, found, status=status)


def is_fragment(request: PersonRequest) -> bool:
    return "HX-Request" in request.headers and "HX-Boosted" not in request.headers


def say(answer: HttpResponse, text: str, undo: str = "", **events: Any) -> HttpResponse:
    """Add a toast, with its undo, and events for the page."""
    toast = {"text": text, "undo": undo, "seconds": 12, "target": "body"}
    answer["HX-Trigger"] = json.dumps(
        {"toast": {key: value for key, value in toast.items() if value}, **events}
    )
    return answer


def saved(
    request: PersonRequest, page: LinePage, text: str, undo: str = "", *, focus: str = ""
) -> HttpResponse:
    """Answer a change: the line as it is now, with a toast; without scripts, its page with a strip."""
    if is_fragment(request):
        return say(draw(request, open_page(page.line.pk), focus=focus), text, undo)
    messages.success(request, text)
    return HttpResponseRedirect(page.address)


# --- undo -----------------------------------------------------------------------------------------------------------------


def keep(request: PersonRequest, line: Line, version: int, before: dict[str, Any]) -> str:
    """Keep what puts the line back, in this person's session; return the address that does it."""
    key = get_random_string(12)
    kept = dict(list(request.session.get(_UNDO, {}).items())[-_KEPT + 1 :])
    request.session[_UNDO] = kept | {key: {"line": line.pk, "version": version, "before": before}}
    return reverse("calls:line_undo", args=[line.pk, key])


def take(request: PersonRequest, line: Line, key: str) -> dict[str, Any] | None:
    """Take it out again: once, and only for the line that it was kept for."""
    kept: dict[str, dict[str, Any]] = request.session.get(_UNDO, {})
    found = kept.get(key)
    if found is None or found["line"] != line.pk:
        return None
    request.session[_UNDO] = {other: what for other, what in kept.items() if other != key}
    return found
