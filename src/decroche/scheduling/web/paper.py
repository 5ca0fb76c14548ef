"""Print the agenda: a day or a week, one list for each practitioner, on paper or as a PDF."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.practices.models import Practice, Practitioner
from decroche.scheduling.queries.paper import sheets_of
from decroche.scheduling.web import asked
from decroche.ui.pdf import PdfUnavailable, write_pdf

STYLES = Path(__file__).resolve().parent.parent / "islands" / "paper.css"


@require_GET
@requires(Permission.SEE_AGENDA)
def show(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Show the lists as they will be printed, or give them as a PDF."""
    practice = get_object_or_404(Practice, pk=practice_id)
    context = _context(request, practice)
    if request.GET.get("format") != "pdf":
        return render(request, "scheduling/print.html", context)
    try:
        paper = write_pdf(render_to_string("scheduling/print_pdf.html", context), styles=STYLES)
    except PdfUnavailable:
        context["sentence"] = _(
            "Le PDF ne peut pas être fait sur ce serveur : il y manque la bibliothèque Pango. "
            "L’impression du navigateur donne la même page ; la commande « decroche doctor » dit quoi installer."
        )
        return render(request, "scheduling/print.html", context, status=503)
    name = f"agenda-{context['first'].isoformat()}.pdf"
    return HttpResponse(
        paper,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"},
    )


def _context(request: PersonRequest, practice: Practice) -> dict[str, Any]:
    """Read the days and the practitioners asked for."""
    now = clock_now()
    today = asked.today(now, practice.timezone)
    day = asked.day(request.GET, "date", today)
    span = "week" if request.GET.get("span") == "week" else "day"
    first, last = _days(day, span)
    people = list(Practitioner.objects.filter(practice=practice, is_active=True))
    chosen = asked.number(request.GET, "practitioner")
    wanted = [person for person in people if chosen in {None, person.pk}] or people
    zone = ZoneInfo(practice.timezone)
    sheets = sheets_of(practitioners=wanted, first=first, last=last, zone=zone, now=now)
    request.log_read("agenda", [f"{first.isoformat()}/{last.isoformat()}"], practice_id=practice.pk)
    hides = request.GET.get("reasons") == "0"
    return {
        "practice": practice,
        "people": people,
        "alone": wanted[0] if len(wanted) == 1 else None,
        "sheets": sheets,
        "first": first,
        "last": last,
        "day": day,
        "span": span,
        "shows_reasons": not hides,
        "now": now,
        "printed_by": request.user.display_name,
        "pdf": urlencode(
            {
                "date": day.isoformat(),
                "span": span,
                "format": "pdf",
                **({"practitioner": chosen} if chosen else {}),
                **({"reasons": "0"} if hides else {}),
            }
        ),
    }


def _days(day: date, span: str) -> tuple[date, date]:
    if span == "day":
        return day, day
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)
