"""Show a practice's waiting list; put someone on it, change what they wait for, take them off."""

import json
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.patients.models import Patient
from decroche.practices.models import Practice, Practitioner
from decroche.scheduling.actions.join_waiting_list import change_waiting_entry, join_waiting_list
from decroche.scheduling.actions.leave_waiting_list import leave_waiting_list, rejoin_waiting_list
from decroche.scheduling.domain.refusals import NothingToUndo
from decroche.scheduling.domain.waiting import AlreadyWaiting
from decroche.scheduling.models import Appointment, VisitType, WaitingListEntry
from decroche.scheduling.queries.waiting import history_of, in_force, page_of, ranks_of
from decroche.scheduling.web import asked
from decroche.scheduling.web.waiting_form import WaitForm, answers_of, first_answers
from decroche.scheduling.web.waiting_words import explained, rank_words, wish_words

A_PAGE = 25
INCOMPLETE = 422


@require_GET
@requires(Permission.BOOK_APPOINTMENT)
def show(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Show who waits, in order; or who waited (`state=over`)."""
    practice = get_object_or_404(Practice, pk=practice_id)
    now = clock_now()
    today = asked.today(now, practice.timezone)
    rows = _asked_rows(request, practice, over=request.GET.get("state") == "over")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    ranks = ranks_of(practice.pk, today=today)
    start = (page.number - 1) * A_PAGE
    lines = page_of(rows=rows, start=start, stop=start + A_PAGE, today=today, ranks=ranks)
    request.log_read("patient", [line.entry.patient_id for line in lines], practice_id=practice.pk)
    context = {
        "practice": practice,
        "practices": Practice.objects.order_by("name").only("name"),
        "page": page,
        "lines": [(line, wish_words(line.entry, now=now)) for line in lines],
        "waiting_count": len(ranks),
        "people": Practitioner.objects.filter(practice=practice, is_active=True),
        "types": VisitType.objects.filter(practice=practice, is_active=True),
        "chosen_practitioner": asked.number(request.GET, "practitioner"),
        "chosen_type": asked.number(request.GET, "visit_type"),
        "is_over": request.GET.get("state") == "over",
        "now": now,
        "here": request.get_full_path(),
    }
    part = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    return render(
        request, "scheduling/_waiting_rows.html" if part else "scheduling/waiting_list.html", context
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.BOOK_APPOINTMENT)
def wait(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Inscribe a patient: from an appointment that is too late, or from the patient and the visit type."""
    practice = get_object_or_404(Practice, pk=practice_id)
    values = request.POST if request.method == "POST" else request.GET
    appointment, patient = _about(practice, values)
    if patient is None:
        return _dialog(request, practice, {"patient": None}, status=INCOMPLETE)
    patient.practice = practice
    now = clock_now()
    first = first_answers(
        patient=patient,
        appointment=appointment,
        visit_type_id=asked.number(values, "visit_type"),
        today=asked.today(now, practice.timezone),
    )
    bound = request.POST if "last_day" in request.POST else None
    form = WaitForm(bound, patient=patient, now=now, initial=first)
    context = {"patient": patient, "form": form, "appointment": appointment, "action": request.path}
    if bound is None or not form.is_valid():
        return _dialog(request, practice, context, status=INCOMPLETE if bound else 200)
    try:
        entry = join_waiting_list(patient=patient, wants=form.wants(), by=request.user, now=now)
    except AlreadyWaiting:
        sentence = _("Ce patient est déjà sur la liste pour ce motif.")
        return _dialog(request, practice, context | {"sentence": sentence}, status=INCOMPLETE)
    request.log_write("patient", [patient.pk], practice_id=practice.pk)
    rank = ranks_of(practice.pk, today=form.today).get(entry.pk, 0)
    text = _("Inscrit sur la liste d’attente : %(who)s, %(rank)s.") % {
        "who": patient.display_name,
        "rank": rank_words(rank),
    }
    return _done(request, practice, text, undo=reverse("agenda:leave_list", args=[entry.pk]))


@require_http_methods(["GET", "POST"])
@requires(Permission.BOOK_APPOINTMENT)
def entry(request: PersonRequest, entry_id: int) -> HttpResponse:
    """Show one line of the list with all that was proposed; change what it says."""
    found = _entry(entry_id)
    now = clock_now()
    found.patient.practice = found.practice
    form = WaitForm(request.POST or None, patient=found.patient, now=now, initial=answers_of(found))
    if form.is_bound and form.is_valid():
        change_waiting_entry(entry_id=found.pk, wants=form.wants(), by=request.user, now=now)
        request.log_write("patient", [found.patient_id], practice_id=found.practice_id)
        return _done(request, found.practice, _("Modifié ; sa place dans la liste n’a pas changé."))
    request.log_read("patient", [found.patient_id], practice_id=found.practice_id)
    context = {
        "entry": found,
        "patient": found.patient,
        "form": form,
        "history": [(view, explained(view)) for view in history_of(found.pk)],
        "action": request.path,
        "now": now,
    }
    return _dialog(request, found.practice, context, status=INCOMPLETE if form.is_bound else 200)


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def leave(request: PersonRequest, entry_id: int) -> HttpResponse:
    """Take someone off the list."""
    found = _entry(entry_id)
    leave_waiting_list(entry_id=found.pk, by=request.user, now=clock_now())
    request.log_write("patient", [found.patient_id], practice_id=found.practice_id)
    text = _("%(who)s n’attend plus.") % {"who": found.patient.display_name}
    return _done(request, found.practice, text, undo=reverse("agenda:rejoin_list", args=[found.pk]))


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def rejoin(request: PersonRequest, entry_id: int) -> HttpResponse:
    """Put them back where they stood (Ctrl+Z)."""
    found = _entry(entry_id)
    try:
        rejoin_waiting_list(entry_id=found.pk, by=request.user, now=clock_now())
    except NothingToUndo:
        return _done(request, found.practice, _("Il n’y a plus rien à défaire ici."))
    return _done(request, found.practice, _("C’est défait : le patient a retrouvé sa place."))


def _asked_rows(request: PersonRequest, practice: Practice, *, over: bool) -> QuerySet[WaitingListEntry]:
    today = asked.today(clock_now(), practice.timezone)
    rows = in_force([practice.pk], today=today)
    if over:
        waiting = rows.values("pk")
        rows = WaitingListEntry.objects.filter(practice=practice).exclude(pk__in=waiting).order_by("-pk")
    practitioner, kind = asked.number(request.GET, "practitioner"), asked.number(request.GET, "visit_type")
    if practitioner is not None:
        rows = rows.filter(practitioner=practitioner) | rows.filter(practitioner__isnull=True)
    if kind is not None:
        rows = rows.filter(visit_type=kind)
    return rows


def _about(practice: Practice, values: QueryDict) -> tuple[Appointment | None, Patient | None]:
    """Read which appointment is too late, or else which patient would come."""
    appointment: Appointment | None = (
        Appointment.objects.filter(
            pk=asked.number(values, "appointment") or 0, practice=practice, patient__isnull=False
        )
        .select_related("patient", "site")
        .first()
    )
    if appointment is not None:
        return appointment, appointment.patient
    wanted = asked.number(values, "patient_id") or 0
    return None, Patient.objects.filter(pk=wanted, practice=practice).first()


def _entry(entry_id: int) -> WaitingListEntry:
    people = ("practice", "patient", "visit_type", "practitioner", "instead_of__site")
    found: WaitingListEntry = get_object_or_404(WaitingListEntry.objects.select_related(*people), pk=entry_id)
    return found


def _dialog(
    request: PersonRequest, practice: Practice, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    part = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    known = {"practice": practice, "zone": ZoneInfo(practice.timezone)}
    template = "scheduling/_wait.html" if part else "scheduling/wait.html"
    return render(request, template, known | context, status=status)


def _done(request: PersonRequest, practice: Practice, text: str, *, undo: str = "") -> HttpResponse:
    """Say what was done, offer to undo it, close the dialog; without the scripts, go back to the list."""
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, text)
        return HttpResponseRedirect(reverse("agenda:waiting_list", args=[practice.pk]))
    toast = {"text": text, "target": "body"} | ({"undo": undo, "seconds": 12} if undo else {})
    events = {"toast": toast, "lists-changed": {"target": "body"}}
    return HttpResponse("", headers={"HX-Trigger-After-Settle": json.dumps(events)})
