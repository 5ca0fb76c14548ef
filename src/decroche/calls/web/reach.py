"""The doors of a practitioner's reachability: one tap between two patients; secretaries see it where they transfer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.calls.actions.set_reachability import (
    WordChanged,
    put_back_reachability,
    set_reachability,
)
from decroche.calls.models import Reach
from decroche.calls.reach_queries import ReachNow, reachability_of
from decroche.calls.web.house import answers
from decroche.calls.web.house.undo import TooLate, keep, undoes
from decroche.foundation import clock
from decroche.kernel.interval import local_day
from decroche.practices.models import Practitioner

MAY = Permission.SET_REACHABILITY
PAGE, PANEL = "calls/teams/reach.html", "calls/teams/_reach.html"
ICONS: Final = {
    Reach.FREE: "phone",
    Reach.CONSULTING: "stethoscope",
    Reach.ROUNDS: "car",
    Reach.URGENT: "heart-pulse",
    Reach.COLLEAGUES: "users-round",
}
LENGTHS: Final = ("30", "60", "120", "day", "none")


@dataclass(frozen=True, slots=True)
class Choice:
    """Hold one of the states to tap."""

    state: Reach
    icon: str
    is_on: bool


@require_GET
@requires(MAY)
def panel(request: PersonRequest, practitioner_id: int) -> HttpResponse:
    """Show what one practitioner wants of calls."""
    practitioner = get_object_or_404(Practitioner, pk=practitioner_id, is_active=True)
    return _draw(request, practitioner)


@require_GET
@requires(MAY)
def of_practice(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Show what each practitioner of a practice wants of calls: for the people at its desk (three queries)."""
    if not request.access.allows(MAY, practice_id):
        raise Http404
    rows = list(
        Practitioner.objects.filter(practice_id=practice_id, is_active=True).select_related("practice")
    )
    words = reachability_of([row.pk for row in rows], clock.now())
    context = {"practice_id": practice_id, "rows": [(row, words[row.pk]) for row in rows]}
    return render(request, "calls/teams/_reach_of_practice.html", context)


@require_POST
@requires(MAY)
def say(request: PersonRequest, practitioner_id: int) -> HttpResponse:
    """Say it: a state until this evening unless another end is chosen."""
    practitioner: Practitioner = get_object_or_404(
        Practitioner.objects.select_related("practice"), pk=practitioner_id, is_active=True
    )
    now = clock.now()
    present = reachability_of([practitioner.pk], now)[practitioner.pk]
    state, length = _asked(request, present)
    until = None if state == Reach.FREE else _end(length, practitioner, now)
    word = set_reachability(practitioner=practitioner, state=state, until=until, by=request.user, now=now)
    undo = keep(
        request,
        "reach",
        practitioner_id=practitioner.pk,
        before=word.before,
        since=word.changed_at.isoformat(),
    )
    text = _("%(who)s : %(state)s.") % {
        "who": practitioner.display_name,
        "state": _lower(ReachNow(practitioner.pk, state, until).sentence),
    }
    address = reverse("calls:reach", args=[practitioner.pk])
    return answers.done(request, _draw(request, practitioner), address, text, undo)


@undoes("reach")
def put_back(request: PersonRequest, kept: Mapping[str, Any]) -> str:
    """Put a practitioner's last word back."""
    practitioner = get_object_or_404(Practitioner, pk=kept["practitioner_id"], is_active=True)
    try:
        put_back_reachability(
            practitioner=practitioner,
            kept=kept["before"],
            since=datetime.fromisoformat(kept["since"]),
            by=request.user,
            now=clock.now(),
        )
    except WordChanged:
        raise TooLate from None
    return _("C’est défait.")


def _asked(request: PersonRequest, present: ReachNow) -> tuple[Reach, str]:
    """Return the state and its length; a length alone keeps the state."""
    asked = request.POST.get("state", present.state.value)
    length = request.POST.get("for", "day")
    if asked not in Reach.values or length not in LENGTHS:
        raise Http404
    return Reach(asked), length


def _end(length: str, practitioner: Practitioner, now: datetime) -> datetime | None:
    """Return when the word ends: a forgotten « do not disturb » is over by the practice's midnight."""
    if length == "none":
        return None
    zone = practitioner.practice.zone
    if length == "day":
        return local_day(now.astimezone(zone).date(), zone).end
    return (now + timedelta(minutes=int(length))).replace(second=0, microsecond=0)


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _draw(request: PersonRequest, practitioner: Practitioner) -> HttpResponse:
    word = reachability_of([practitioner.pk], clock.now())[practitioner.pk]
    context = {
        "practitioner": practitioner,
        "word": word,
        "choices": [Choice(state, ICONS[state], state == word.state) for state in Reach],
    }
    return answers.draw(request, PAGE, PANEL, context)
