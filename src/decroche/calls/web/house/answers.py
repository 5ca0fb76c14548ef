"""Answer a change with the panel as it is now and a toast; without scripts, with the page and a strip."""

import json
from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from decroche.accounts.guard import PersonRequest
from decroche.accounts.permissions import Permission
from decroche.practices.models import Secretariat

INCOMPLETE: Final = 422
CHANGED_SINCE: Final = 409
LONGEST_WHOLE: Final = 19  # digits: fewer always fit a row's number
#: What the panels listen to, to read themselves again after an undo.
CHANGED: Final = "house-changed"


def is_fragment(request: PersonRequest) -> bool:
    return "HX-Request" in request.headers and "HX-Boosted" not in request.headers


def draw(
    request: PersonRequest, page: str, panel: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Draw the whole page, or its changing part for htmx."""
    return render(request, panel if is_fragment(request) else page, dict(context), status=status)


def say(answer: HttpResponse, text: str, undo: str = "", **events: Any) -> HttpResponse:
    """Add a toast, with its undo, and events for the page."""
    toast = {"text": text, "undo": undo, "seconds": 12, "target": "body"}
    answer["HX-Trigger"] = json.dumps(
        {"toast": {key: value for key, value in toast.items() if value}, **events}
    )
    return answer


def done(
    request: PersonRequest, panel: HttpResponse, address: str, text: str, undo: str = ""
) -> HttpResponse:
    """Answer a change: the panel with a toast; without scripts, back to the page, which says it."""
    if is_fragment(request):
        return say(panel, text, undo)
    messages.success(request, text)
    return HttpResponseRedirect(address)


def whole(text: str) -> int:
    """Return the number of a row or of a version; 0, which neither has, for anything else."""
    is_number = text.isascii() and text.isdigit() and len(text) < LONGEST_WHOLE
    return int(text) if is_number else 0


def secretariat_of(request: PersonRequest, secretariat_id: int, permission: Permission) -> Secretariat:
    """Return a secretariat where the person has the permission; any other does not exist."""
    if secretariat_id not in request.access.secretariats_for(permission):
        raise Http404
    found: Secretariat | None = Secretariat.objects.filter(pk=secretariat_id).first()
    if found is None:
        raise Http404
    return found


def first_secretariat(request: PersonRequest, section: str) -> HttpResponse:
    """Open one of the screens on the person's first secretariat, by name."""
    ids = request.access.secretariats_for(Permission.CHOOSE_POLICY)
    found = Secretariat.objects.filter(pk__in=ids).order_by("name").first()
    if found is None:
        return render(request, "calls/teams/none.html", frame(request, section))
    return HttpResponseRedirect(reverse(f"calls:{section}", args=[found.pk]))


def frame(request: PersonRequest, section: str, current: Secretariat | None = None) -> dict[str, Any]:
    """Return what the head of each screen needs: the tabs, and the other secretariats of somebody who has several."""
    ids = request.access.secretariats_for(Permission.CHOOSE_POLICY)
    many = Secretariat.objects.filter(pk__in=ids).order_by("name") if current and len(ids) > 1 else ()
    return {
        "section": section,
        "secretariat": current,
        "secretariats": [
            {
                "name": one.name,
                "address": reverse(f"calls:{section}", args=[one.pk]),
                "is_current": one == current,
            }
            for one in many
        ],
    }
