"""Book in a few keystrokes: visit type, first suitable slots, Enter. Each answer is the strip above the grid."""

import json
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.patients.models import Patient
from decroche.practices.models import Practice, Practitioner, Site
from decroche.scheduling.actions.confirm_hold import confirm_hold
from decroche.scheduling.actions.hold_slot import hold_slot
from decroche.scheduling.actions.move_appointment import move_appointment
from decroche.scheduling.actions.release_hold import release_hold
from decroche.scheduling.actions.renew_hold import renew_hold
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.refusals import HoldExpired, Refusal
from decroche.scheduling.models import Appointment, VisitType
from decroche.scheduling.queries import open_slots, views_of
from decroche.scheduling.web import agenda, asked
from decroche.scheduling.web.words import refusal_sentence, when

LISTED = 9
CONFLICT, INCOMPLETE = 409, 422


@require_GET
@requires(Permission.BOOK_APPOINTMENT)
def start(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Show the strip at rest."""
    return rest(request, get_object_or_404(Practice, pk=practice_id))


@require_GET
@requires(Permission.BOOK_APPOINTMENT)
def types(request: PersonRequest, practice_id: int) -> HttpResponse:
    """List the visit types under the keys 1 to 9."""
    practice = get_object_or_404(Practice, pk=practice_id)
    kinds = VisitType.objects.filter(practice=practice, is_active=True)
    return render(request, "scheduling/_types.html", {"practice": practice, "types": kinds})


@require_GET
@requires(Permission.BOOK_APPOINTMENT)
def slots(request: PersonRequest, practice_id: int) -> HttpResponse:
    """List the first suitable slots under the keys 1 to 9."""
    practice = get_object_or_404(Practice, pk=practice_id)
    return listing(request, practice, asked_values=request.GET)


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def pick(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Hold the slot that was picked, in the list or in the grid; or move the appointment in hand there."""
    practice = get_object_or_404(Practice, pk=practice_id)
    wanted = asked.slot(request.POST)
    if wanted is None:
        return rest(request, practice)
    practitioner = get_object_or_404(Practitioner, pk=wanted.practitioner_id, practice=practice)
    site = get_object_or_404(Site, pk=wanted.site_id, practice=practice)
    moving = asked.number(request.POST, "moving")
    visit_type = None if moving is not None else _visit_type(request, practice, practitioner)
    try:
        if visit_type is None:
            return _move(request, practice, practitioner, site, wanted.starts_at, moving or 0)
        held = hold_slot(
            practitioner=practitioner,
            site=site,
            visit_type=visit_type,
            starts_at=wanted.starts_at,
            held_by=request.user,
            now=clock_now(),
            call_id=asked.uuid(request.POST, "call_id"),
            replaces=asked.number(request.POST, "hold"),
        )
    except Refusal as refusal:
        return listing(
            request,
            practice,
            asked_values=request.POST,
            visit_type=visit_type,
            sentence=refusal_sentence(refusal),
            around=wanted.starts_at,
        )
    return _strip(request, held)


@require_GET
@requires(Permission.BOOK_APPOINTMENT)
def hold(request: PersonRequest, hold_id: int) -> HttpResponse:
    """Show the hold again: the patient has just been chosen."""
    held = get_object_or_404(_with_people(), pk=hold_id, held_by=request.user)
    if held.status != Status.HELD:
        return listing(request, held.practice, asked_values=request.GET, visit_type=held.visit_type)
    return _strip(request, held)


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def confirm(request: PersonRequest, hold_id: int) -> HttpResponse:
    """Book the hold for the patient chosen on the desk."""
    held = get_object_or_404(_with_people(), pk=hold_id, held_by=request.user)
    chosen = asked.number(request.POST, "patient_id") or 0
    patient = Patient.objects.filter(pk=chosen, practice=held.practice_id).first()
    if patient is None:
        sentence = _("Choisissez d’abord le patient : touche / pour le chercher.")
        return _strip(request, held, sentence=sentence, status=INCOMPLETE)
    try:
        booked = confirm_hold(
            hold_id=held.pk,
            patient=patient,
            confirmed_by=request.user,
            now=clock_now(),
            call_id=asked.uuid(request.POST, "call_id"),
        )
    except Refusal as refusal:
        return listing(
            request,
            held.practice,
            asked_values=request.POST,
            visit_type=held.visit_type,
            sentence=refusal_sentence(refusal),
            around=held.starts_at,
        )
    request.log_write("appointment", [booked.pk], practice_id=booked.practice_id)
    text = _("Rendez-vous pris : %(when)s, %(who)s.") % {
        "when": when(booked),
        "who": booked.practitioner.display_name,
    }
    return done(request, booked, text, event="appointment-booked")


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def renew(request: PersonRequest, hold_id: int) -> HttpResponse:
    """Keep the hold while its strip is on screen."""
    held = get_object_or_404(_with_people(), pk=hold_id, held_by=request.user)
    try:
        held.hold_expires_at = renew_hold(hold_id=held.pk, by=request.user, now=clock_now())
    except HoldExpired:
        return HttpResponse(status=204)
    return render(request, "scheduling/_countdown.html", {"hold": held})


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def release(request: PersonRequest, hold_id: int) -> HttpResponse:
    """Give the slot back."""
    held = get_object_or_404(_with_people(), pk=hold_id, held_by=request.user)
    release_hold(hold_id=held.pk, by=request.user, now=clock_now())
    return rest(request, held.practice)


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def change_type(request: PersonRequest, hold_id: int) -> HttpResponse:
    """Hold the same time for another visit type, in its own length."""
    held = get_object_or_404(_with_people(), pk=hold_id, held_by=request.user)
    kind = get_object_or_404(
        VisitType, pk=asked.number(request.POST, "visit_type"), practice=held.practice_id
    )
    try:
        again = hold_slot(
            practitioner=held.practitioner,
            site=held.site,
            visit_type=kind,
            starts_at=held.starts_at,
            held_by=request.user,
            now=clock_now(),
            call_id=held.call_id,
            replaces=held.pk,
        )
    except Refusal as refusal:
        return _strip(request, held, sentence=refusal_sentence(refusal), status=CONFLICT)
    return _strip(request, again)


# --- answers ---------------------------------------------------------------------------------------------------------


def rest(request: PersonRequest, practice: Practice) -> HttpResponse:
    """Draw the strip at rest; the grid forgets what it was cut for."""
    kinds = VisitType.objects.filter(practice=practice, is_active=True)
    response = render(request, "scheduling/_booking.html", {"practice": practice, "types": kinds})
    response["HX-Trigger-After-Settle"] = json.dumps({"agenda-changed": {"target": "body"}})
    return response


def done(
    request: PersonRequest, appointment: Appointment, text: str, *, event: str, status: int = 200
) -> HttpResponse:
    """Draw the strip at rest, say what was done and offer to undo it."""
    response = rest(request, appointment.practice)
    response.status_code = status
    undo = reverse("agenda:undo", args=[appointment.pk, appointment.version])
    events: dict[str, Any] = {
        "toast": {"text": text, "undo": undo, "seconds": 12, "target": "body"},
        "agenda-changed": {"target": "body"},
        event: {"appointment_id": appointment.pk, "patient_id": appointment.patient_id, "target": "body"},
    }
    response["HX-Trigger-After-Settle"] = json.dumps(events)
    return response


def listing(
    request: PersonRequest,
    practice: Practice,
    *,
    asked_values: Any,
    visit_type: VisitType | None = None,
    sentence: str = "",
    around: datetime | None = None,
) -> HttpResponse:
    """List up to nine slots; after a refusal, those from the refused time on, under the sentence."""
    now = clock_now()
    moving = _moving(practice, asked_values)
    people = list(Practitioner.objects.filter(practice=practice, is_active=True))
    kind = (moving.visit_type if moving else None) or visit_type or _asked_type(practice, asked_values)
    if kind is None:
        return rest(request, practice)
    choice = Choice.read(asked_values, practice, now)
    wanted = [person for person in people if choice.practitioner_id in {None, person.pk}] or people
    start = max(now, around) if around else choice.start(now)
    found = open_slots(
        practitioners=wanted, visit_type=kind, start=start, now=now, limit=LISTED, suits=choice.suits
    )
    context = {
        "practice": practice,
        "people": people,
        "kind": kind,
        "choice": choice,
        "moving": moving,
        "slots": [
            (slot, f"{slot.practitioner_id}.{slot.site_id}.{int(slot.starts_at.timestamp()) // 60}")
            for slot in found
        ],
        "sentence": sentence,
        "hold": asked.number(asked_values, "hold"),
        "today": asked.today(now, practice.timezone),
        "several": len(people) > 1,
        "many_sites": len({slot.site_id for slot in found}) > 1,
    }
    response = render(request, "scheduling/_slots.html", context, status=CONFLICT if sentence else 200)
    response["HX-Trigger-After-Settle"] = json.dumps({"agenda-changed": {"target": "body"}})
    return response


class Choice:
    """What the caller would like: with whom, from which day, at which time of day."""

    def __init__(
        self, practitioner_id: int | None, first_day: date | None, half: str, zone: ZoneInfo
    ) -> None:
        self.practitioner_id = practitioner_id
        self.first_day = first_day
        self.half = half if half in {"am", "pm"} else ""
        self.zone = zone

    @classmethod
    def read(cls, values: Any, practice: Practice, now: datetime) -> "Choice":
        """Read it from a form; a day that is past means from now on."""
        today = asked.today(now, practice.timezone)
        first_day = asked.day(values, "from", today)
        return cls(
            asked.number(values, "with"),
            first_day if first_day > today else None,
            values.get("half", ""),
            ZoneInfo(practice.timezone),
        )

    def start(self, now: datetime) -> datetime:
        """Give the moment from which to look."""
        if self.first_day is None:
            return now
        return datetime(self.first_day.year, self.first_day.month, self.first_day.day, tzinfo=self.zone)

    def suits(self, start: datetime) -> bool:
        """Tell whether a start, on the site's clock, is in the half-day asked for."""
        noon = 12
        return not self.half or (start.hour < noon) == (self.half == "am")


def _strip(
    request: PersonRequest, held: Appointment, *, sentence: str = "", status: int = 200
) -> HttpResponse:
    """Draw the hold: what, when, for whom, how long still."""
    values = request.POST if request.method == "POST" else request.GET
    patient_id = asked.number(values, "patient_id")
    context = {
        "practice": held.practice,
        "hold": held,
        "item": views_of(Appointment.objects.filter(pk=held.pk))[0],
        "patient": Patient.objects.filter(pk=patient_id, practice=held.practice_id).first()
        if patient_id
        else None,
        "types": VisitType.objects.filter(practice=held.practice_id, is_active=True),
        "sentence": sentence,
    }
    context |= _jump(request, held)
    response = render(request, "scheduling/_hold.html", context, status=status)
    response["HX-Trigger-After-Settle"] = json.dumps({"agenda-changed": {"target": "body"}})
    return response


def _jump(request: PersonRequest, held: Appointment) -> dict[str, Any]:
    """Show the day of the slot just picked, where the grid shows another one."""
    values = request.POST
    day = held.starts_at.astimezone(ZoneInfo(held.practice.timezone)).date()
    shown = asked.day(values, "date", day)
    visible = (
        shown.isocalendar()[:2] == day.isocalendar()[:2] if values.get("mode") == "week" else shown == day
    )
    if visible:
        return {}
    standalone = values.get("standalone") == "1"
    return agenda.context_of(request, held.practice, values, standalone=standalone, day=day) | {"jump": True}


def _move(
    request: PersonRequest,
    practice: Practice,
    practitioner: Practitioner,
    site: Site,
    starts_at: datetime,
    moving: int,
) -> HttpResponse:
    appointment = get_object_or_404(Appointment, pk=moving, practice=practice)
    moved = move_appointment(
        appointment_id=appointment.pk,
        practitioner=practitioner,
        site=site,
        starts_at=starts_at,
        version=asked.number(request.POST, "version"),
        by=request.user,
        now=clock_now(),
    )
    request.log_write("appointment", [moved.pk], practice_id=practice.pk)
    text = _("Rendez-vous déplacé : %(when)s, %(who)s.") % {
        "when": when(moved),
        "who": practitioner.display_name,
    }
    return done(request, moved, text, event="appointment-moved")


def _moving(practice: Practice, values: Any) -> Appointment | None:
    wanted = asked.number(values, "moving")
    if wanted is None:
        return None
    found: Appointment | None = _with_people().filter(pk=wanted, practice=practice).first()
    return found


def _with_people() -> QuerySet[Appointment]:
    return Appointment.objects.select_related(
        "practice", "practitioner", "site", "visit_type", "patient", "held_by"
    )


def _asked_type(practice: Practice, values: Any) -> VisitType | None:
    found: VisitType | None = VisitType.objects.filter(
        pk=asked.number(values, "visit_type") or 0, practice=practice, is_active=True
    ).first()
    return found


def _visit_type(request: PersonRequest, practice: Practice, practitioner: Practitioner) -> VisitType:
    """Give the chosen visit type; a cell picked without one is for the first that the practitioner receives."""
    chosen = _asked_type(practice, request.POST)
    if chosen is not None:
        return chosen
    kinds = VisitType.objects.filter(practice=practice, is_active=True, emergency=False)
    offered: VisitType | None = kinds.filter(offers__practitioner=practitioner).first()
    return offered or get_object_or_404(kinds[:1])
