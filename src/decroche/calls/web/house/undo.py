"""Undo what a set-up screen has just done: what puts it back waits in the person's session, for one use."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.calls.web.house.answers import CHANGED, say

Way = Callable[[PersonRequest, Mapping[str, Any]], str]

_UNDO: Final = "calls_undo"
_KEPT: Final = 8
_WAYS: dict[str, Way] = {}


class TooLate(Exception):
    """Somebody has changed it since; it stays as it is."""


def undoes(kind: str) -> Callable[[Way], Way]:
    """Name the function that puts one kind of change back and returns the sentence that says so."""

    def register(way: Way) -> Way:
        _WAYS[kind] = way
        return way

    return register


def keep(request: PersonRequest, kind: str, /, **values: Any) -> str:
    """Keep what puts a change back; return the address that does it."""
    if kind not in _WAYS:
        raise ValueError(f"nobody knows how to undo {kind}")
    key = get_random_string(12)
    kept = dict(list(request.session.get(_UNDO, {}).items())[-_KEPT + 1 :])
    request.session[_UNDO] = kept | {key: {"kind": kind, "values": values}}
    return reverse("calls:undo", args=[key])


@require_POST
@requires(Permission.SET_REACHABILITY)
def undo(request: PersonRequest, key: str) -> HttpResponse:
    """Put one change of this very person back; each way checks again what she may.

    The guard names the permission that all who have these screens share.
    """
    kept: dict[str, dict[str, Any]] = request.session.get(_UNDO, {})
    found = kept.get(key)
    answer = HttpResponse(status=204)
    if found is None:
        return say(answer, _("Il n’y a plus rien à défaire."))
    request.session[_UNDO] = {other: what for other, what in kept.items() if other != key}
    try:
        text = _WAYS[found["kind"]](request, found["values"])
    except (TooLate, Http404):
        return say(answer, _("Quelqu’un l’a changé depuis : rien n’est défait."), **_look_again())
    return say(answer, text, **_look_again())


def _look_again() -> dict[str, Any]:
    return {CHANGED: {"target": "body"}, "companion-changed": {"target": "body"}}
