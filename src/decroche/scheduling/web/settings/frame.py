"""What the settings' screens share: whose agenda, from which day, the tabs, the toasts and their undo."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from decroche.accounts.guard import PersonRequest
from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.practices.models import Practice, Practitioner, Site
from decroche.scheduling.web import asked

INCOMPLETE = 422
CHANGED = "agenda-changed"


@dataclass(frozen=True, slots=True)
class Frame:
    """Whose settings are shown, and from which day."""

    practice: Practice
    practitioner: Practitioner
    people: tuple[Practitioner, ...]
    sites: tuple[Site, ...]
    today: date
    on: date

    @property
    def site(self) -> Site:
        """Return where the practitioner receives when nothing else is said."""
        return self.sites[0]

    @property
    def query(self) -> str:
        """Return what keeps an address on this practitioner and this day."""
        day = "" if self.on == self.today else f"&on={self.on:%Y-%m-%d}"
        return f"?practitioner={self.practitioner.pk}{day}"

    def address(self, name: str = "settings") -> str:
        return f"{reverse(f'agenda:{name}', args=[self.practice.pk])}{self.query}"


def now() -> datetime:
    """Return the doors' clock."""
    return clock_now()


def open_frame(request: PersonRequest, practice_id: int) -> Frame | None:
    """Read whose settings the address names, the practice's first practitioner by default; 3 queries.

    None when there is nobody, or no site, to set up.
    """
    practice = get_object_or_404(Practice, pk=practice_id)
    people = tuple(Practitioner.objects.filter(practice=practice, is_active=True))
    chosen = asked.number(request.GET, "practitioner")
    practitioner = next((person for person in people if person.pk == chosen), people[0] if people else None)
    return _frame(request, practice, practitioner, people) if practitioner is not None else None


def frame_of(request: PersonRequest, practitioner_id: int) -> Frame:
    """Read the settings of a practitioner; a foreign one does not exist."""
    practitioner = get_object_or_404(
        Practitioner.objects.select_related("practice"), pk=practitioner_id, practice__sites__is_main=True
    )
    people = tuple(Practitioner.objects.filter(practice=practitioner.practice, is_active=True))
    found = _frame(request, practitioner.practice, practitioner, people)
    assert found is not None  # it has a main site
    return found


def _frame(
    request: PersonRequest, practice: Practice, practitioner: Practitioner, people: tuple[Practitioner, ...]
) -> Frame | None:
    practitioner.practice = practice
    sites = tuple(Site.objects.filter(practice=practice))
    if not sites:
        return None
    today = asked.today(now(), sites[0].timezone)
    said = request.POST if request.method == "POST" and "on" in request.POST else request.GET
    return Frame(practice, practitioner, people, sites, today, asked.day(said, "on", today))


def page(
    request: PersonRequest, frame: Frame, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Draw a whole screen of the settings, with its tabs."""
    name = template.rsplit("/", 1)[-1].removesuffix(".html")
    shared = {
        "frame": frame,
        "practice": frame.practice,
        "practitioner": frame.practitioner,
        "screen": name,
        "timezone": frame.site.timezone,
    }
    return render(request, template, shared | context, status=status)


def nothing(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Say that there is nobody to set up yet."""
    practice = get_object_or_404(Practice, pk=practice_id)
    return render(request, "scheduling/nothing.html", {"practice": practice})


def is_fragment(request: PersonRequest) -> bool:
    return "HX-Request" in request.headers and "HX-Boosted" not in request.headers


def done(answer: HttpResponse, text: str, undo: str = "") -> HttpResponse:
    """Add a toast, with its undo, and tell the page's other parts that the rules changed."""
    toast = {"text": text, "undo": undo, "seconds": 12, "target": "body"}
    answer["HX-Trigger"] = json.dumps(
        {"toast": {key: value for key, value in toast.items() if value}, CHANGED: {"target": "body"}}
    )
    return answer


def back(request: PersonRequest, address: str, text: str = "") -> HttpResponse:
    """Go back to a screen, for a form sent without scripts."""
    if text:
        messages.success(request, text)
    return HttpResponseRedirect(address)


def quiet(text: str, undo: str = "") -> HttpResponse:
    """Answer with a toast and nothing to swap; the parts of the page read again by themselves."""
    return done(HttpResponse(status=204), text, undo)


MAY = Permission.EDIT_AGENDA_RULES
