"""The fortnight on paper."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.continuity.queries.fortnight import DAYS, fortnight_of
from decroche.foundation.clock import now as clock_now
from decroche.practices.models import Practice
from decroche.ui.pdf import PdfUnavailable, write_pdf

#: Empty lines under each list, to write on.
BLANK_LINES = 4


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One appointment as it is printed."""

    at: datetime
    minutes: int
    patient: str
    born: date | None
    phone: str
    kind: str


@dataclass(frozen=True, slots=True)
class PaperList:
    """One practitioner's day."""

    day: date
    practitioner: str
    lines: list[PaperLine]
    away: list[str]


@require_GET
@requires(Permission.KEEP_AGENDA_OFFLINE)
def pdf(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Print the fortnight: a list a practitioner and a day, with empty lines to write on."""
    practice = get_object_or_404(Practice, pk=practice_id)
    now = clock_now()
    found = fortnight_of(practice, now=now)
    request.log_read("agenda", [found.first_day.isoformat()], practice_id=practice.pk)
    context = {
        "practice": practice,
        "about": found.content["practice"],
        "made_at": now.astimezone(practice.zone),
        "lists": list(lists_of(found.content, found.first_day)),
        "blank_lines": range(BLANK_LINES),
    }
    try:
        paper = write_pdf(render_to_string("continuity/paper.html", context, request))
    except PdfUnavailable:
        messages.error(
            request,
            _("Ce serveur ne sait pas encore faire de PDF : Pango manque. Voyez « decroche doctor »."),
        )
        return HttpResponseRedirect(reverse("continuity:home", args=[practice.pk]))
    response = HttpResponse(paper, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="agenda-{found.first_day.isoformat()}.pdf"'
    return response


def lists_of(content: dict[str, Any], first: date) -> Iterator[PaperList]:
    """Cut the fortnight into a list for each day and practitioner; days without anything are left out."""
    visits: dict[tuple[date, int], list[PaperLine]] = {}
    for each in content["appointments"]:
        at = datetime.fromisoformat(each["start"])
        line = PaperLine(
            at,
            each["minutes"],
            each["patient"],
            date.fromisoformat(each["born"]) if each["born"] else None,
            each["phone"],
            each["type"],
        )
        visits.setdefault((at.date(), each["practitioner"]), []).append(line)
    for n in range(DAYS):
        day = first + timedelta(days=n)
        for person in content["practitioners"]:
            away = [
                each["reason"] or _("absence")
                for each in content["absences"]
                if each["practitioner"] == person["id"]
                and each["start"][:10] <= day.isoformat() < each["end"][:10]
            ]
            lines = visits.get((day, person["id"]), [])
            if lines or away:
                yield PaperList(day, person["name"], lines, away)
