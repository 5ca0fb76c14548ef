"""The appointments that a change of hours has left outside of them: named, until somebody deals with them."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.scheduling.models import Appointment
from decroche.scheduling.queries import AppointmentView, views_of
from decroche.scheduling.queries.outside import outside_openings
from decroche.scheduling.web.settings import frame as frames
from decroche.scheduling.web.settings.frame import Frame

MOST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class OutsideDay:
    """One day with appointments outside the hours, and the address where all of them are moved at once."""

    day: date
    items: tuple[AppointmentView, ...]
    move_all: str


@require_GET
@requires(Permission.EDIT_AGENDA_RULES)
def show(request: PersonRequest, practitioner_id: int) -> HttpResponse:
    """Read the list again, as the rules and the appointments change."""
    frame = frames.frame_of(request, practitioner_id)
    context = {"frame": frame, "practice": frame.practice, "practitioner": frame.practitioner}
    return render(
        request,
        "scheduling/settings/_outside.html",
        context | {"timezone": frame.site.timezone} | outside_context(request, frame),
    )


def outside_context(request: PersonRequest, frame: Frame) -> dict[str, Any]:
    """Give the first appointments outside the hours, day by day, and how many more there are."""
    found = outside_openings(practitioner=frame.practitioner, now=frames.now(), limit=MOST_SHOWN)
    ids = [appointment.pk for appointment in found.appointments]
    if not ids:
        return {"outside_days": [], "outside_count": 0, "outside_more": 0}
    request.log_read("appointment", ids, practice_id=frame.practice.pk)
    views = views_of(Appointment.objects.filter(pk__in=ids).order_by("starts_at", "pk"))
    days = [
        OutsideDay(day, items := tuple(group), _move_all(frame, items))
        for day, group in groupby(views, key=lambda view: view.starts_at.astimezone(frame.site.zone).date())
    ]
    return {"outside_days": days, "outside_count": found.count, "outside_more": found.count - len(ids)}


def _move_all(frame: Frame, items: tuple[AppointmentView, ...]) -> str:
    """Name the form of the mass move, filled in with the part of the day that these appointments take."""
    first = items[0].starts_at.astimezone(frame.practice.zone)
    last = max(item.ends_at for item in items).astimezone(frame.practice.zone)
    asked = {
        "practitioner": frame.practitioner.pk,
        "first_day": f"{first:%Y-%m-%d}",
        "starts": f"{first:%H:%M}",
        "last_day": f"{last:%Y-%m-%d}",
        "ends": f"{last:%H:%M}",
    }
    return f"{reverse('agenda:mass_moves', args=[frame.practice.pk])}?{urlencode(asked)}"
