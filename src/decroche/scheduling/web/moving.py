"""Move or resize an appointment in the grid itself, and say why a place of the grid cannot be booked."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.practices.models import Practice, Practitioner, Site
from decroche.scheduling.actions.move_appointment import move_appointment
from decroche.scheduling.domain.asking import Answer
from decroche.scheduling.domain.refusals import PatientBlocked, Refusal, SlotClosed
from decroche.scheduling.models import AgendaSettings, Appointment, PatientBlock, VisitType
from decroche.scheduling.queries.explain import explain
from decroche.scheduling.web import asked
from decroche.scheduling.web.words import change_sentence, fact, when, why_sentence
from decroche.ui.formats import clock, duration

CONFLICT, INCOMPLETE = 409, 422
_DAY_MINUTES = 24 * 60
_SHORTEST, _LONGEST = 5, 12 * 60


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of the grid: whose column, at which time of its day."""

    practitioner: Practitioner
    starts_at: datetime
    site: Site | None

    @classmethod
    def read(cls, values: QueryDict, practice: Practice) -> "Spot | None":
        """Read `practitioner`, `day`, `minute` of that day on the practice's wall clock, and perhaps `site`."""
        day, minute = asked.maybe_day(values, "day"), asked.number(values, "minute")
        if day is None or minute is None or minute >= _DAY_MINUTES:
            return None
        practitioner = get_object_or_404(
            Practitioner, pk=asked.number(values, "practitioner") or 0, practice=practice
        )
        wall = datetime.combine(day, time(minute // 60, minute % 60), tzinfo=ZoneInfo(practice.timezone))
        wanted = asked.number(values, "site")
        site = get_object_or_404(Site, pk=wanted, practice=practice) if wanted else None
        return cls(practitioner, wall.astimezone(UTC), site)


@require_GET
@requires(Permission.BOOK_APPOINTMENT)
def check(request: PersonRequest, appointment_id: int) -> HttpResponse:
    """Say whether an appointment could stand there, and if not, why: asked while it is being dragged."""
    appointment = _appointment(appointment_id)
    spot = Spot.read(request.GET, appointment.practice)
    if spot is None:
        return JsonResponse({"free": False, "said": ""}, status=INCOMPLETE)
    block = _block(appointment, spot.practitioner)
    if block:
        return JsonResponse({"free": False, "said": fact(block)})
    answer = _answer(appointment, spot, _length(request.GET, appointment))
    return JsonResponse({"free": answer.is_free, "said": why_sentence(answer)})


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def drop(request: PersonRequest, appointment_id: int) -> HttpResponse:
    """Put an appointment where it was dropped; a refusal leaves it where it stood and says why."""
    appointment = _appointment(appointment_id)
    spot = Spot.read(request.POST, appointment.practice)
    if spot is None:
        return HttpResponse(status=INCOMPLETE)
    length = _length(request.POST, appointment)
    try:
        moved = move_appointment(
            appointment_id=appointment.pk,
            practitioner=spot.practitioner,
            site=spot.site or _usual_site(appointment, spot.practitioner),
            starts_at=spot.starts_at,
            ends_at=spot.starts_at + length,
            version=asked.number(request.POST, "version"),
            by=request.user,
            now=clock_now(),
        )
    except Refusal as refusal:
        return _told(_refused(refusal, appointment, spot, length), status=CONFLICT)
    request.log_write("appointment", [moved.pk], practice_id=moved.practice_id)
    event = {"appointment_id": moved.pk, "patient_id": moved.patient_id, "target": "body"}
    undo = reverse("agenda:undo", args=[moved.pk, moved.version])
    columns = sorted({_column(appointment), _column(moved)})
    return _told(
        _moved(appointment, moved, length),
        undo=undo,
        events={"appointment-moved": event, "agenda-moved": {"target": "body", "columns": columns}},
    )


@require_GET
@requires(Permission.SEE_AGENDA)
def why(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Say, beside a place of the grid, why it cannot be booked; with the right, offer to force it."""
    practice = get_object_or_404(Practice, pk=practice_id)
    spot = Spot.read(request.GET, practice)
    if spot is None:
        return HttpResponse(status=INCOMPLETE)
    kind = _kind(practice, request.GET, spot.practitioner)
    answer = (
        explain(practitioner=spot.practitioner, visit_type=kind, starts_at=spot.starts_at, now=clock_now())
        if kind
        else None
    )
    site_id = (answer.site_id if answer else None) or _site_id(spot.practitioner)
    context = {
        "practice": practice,
        "spot": spot,
        "local": spot.starts_at.astimezone(ZoneInfo(practice.timezone)),
        "kind": kind,
        "answer": answer,
        "sentence": why_sentence(answer) if answer else _("Ce cabinet n’a pas encore de motif."),
        "key": f"{spot.practitioner.pk}.{site_id}.{int(spot.starts_at.timestamp()) // 60}" if site_id else "",
        "may_book": request.access.allows(Permission.BOOK_APPOINTMENT, practice.pk),
        "may_force": request.access.allows(Permission.FORCE_APPOINTMENT, practice.pk),
    }
    return render(request, "scheduling/_why.html", context)


def _appointment(appointment_id: int) -> Appointment:
    found: Appointment = get_object_or_404(
        Appointment.objects.select_related("practice", "practitioner", "site", "visit_type"),
        pk=appointment_id,
    )
    return found


def _length(values: QueryDict, appointment: Appointment) -> timedelta:
    """Give the length asked for in `minutes`, or the one it has."""
    minutes = asked.number(values, "minutes")
    if minutes is None:
        return appointment.ends_at - appointment.starts_at
    return timedelta(minutes=min(max(minutes, _SHORTEST), _LONGEST))


def _block(appointment: Appointment, practitioner: Practitioner) -> PatientBlocked | None:
    """Say whether another practitioner refuses the patient; one's own appointments may move within one's agenda."""
    if practitioner.pk == appointment.practitioner_id or appointment.patient_id is None:
        return None
    blocks = PatientBlock.objects.filter(
        patient_id=appointment.patient_id, practitioner=practitioner, ended_at__isnull=True
    )
    reason = blocks.values_list("reason", flat=True).first()
    return None if reason is None else PatientBlocked(practitioner=practitioner.display_name, reason=reason)


def _answer(appointment: Appointment, spot: Spot, length: timedelta) -> Answer:
    return explain(
        practitioner=spot.practitioner,
        visit_type=appointment.visit_type,
        starts_at=spot.starts_at,
        ends_at=spot.starts_at + length,
        site=spot.site,
        now=clock_now(),
        but=appointment.pk,
    )


def _refused(refusal: Refusal, appointment: Appointment, spot: Spot, length: timedelta) -> str:
    """Word the refusal; where nobody receives, with the engine's own reason."""
    if not isinstance(refusal, SlotClosed):
        return change_sentence(refusal)
    answer = refusal.answer or _answer(appointment, spot, length)
    why = why_sentence(answer)
    return _("%(why)s Le rendez-vous reste où il était.") % {"why": why} if why else change_sentence(refusal)


def _moved(before: Appointment, after: Appointment, length: timedelta) -> str:
    """Say what changed: the place, or only the length."""
    if (before.starts_at, before.practitioner_id) == (after.starts_at, after.practitioner_id):
        end = after.ends_at.astimezone(after.zone)
        return _("Durée changée : %(length)s, jusqu’à %(end)s.") % {
            "length": duration(length),
            "end": clock(end),
        }
    return _("Rendez-vous déplacé : %(when)s, %(who)s.") % {
        "when": when(after),
        "who": after.practitioner.display_name,
    }


def _told(
    text: str, *, status: int = 200, undo: str = "", events: dict[str, Any] | None = None
) -> HttpResponse:
    """Say it in a toast, with an undo where there is something to undo, and let the grid read again."""
    toast = {"text": text, "seconds": 12 if undo else 8, "target": "body"} | ({"undo": undo} if undo else {})
    told = {"toast": toast, "agenda-moved": {"target": "body"}} | (events or {})
    if status == CONFLICT:
        told["agenda-refused"] = {"target": "body"}
    return HttpResponse("", status=status, headers={"HX-Trigger": json.dumps(told)})


def _column(appointment: Appointment) -> str:
    """Name the grid's column in which an appointment stands."""
    zone = ZoneInfo(appointment.practice.timezone)
    return f"{appointment.practitioner_id}-{appointment.starts_at.astimezone(zone).date().isoformat()}"


def _usual_site(appointment: Appointment, practitioner: Practitioner) -> Site:
    """Give where the appointment is, or where another practitioner usually receives."""
    if practitioner.pk == appointment.practitioner_id:
        return appointment.site
    usual = _site_id(practitioner)
    return get_object_or_404(Site, pk=usual or appointment.site_id, practice=appointment.practice_id)


def _site_id(practitioner: Practitioner) -> int | None:
    chosen = (
        AgendaSettings.objects.filter(practitioner=practitioner)
        .values_list("default_site_id", flat=True)
        .first()
    )
    if chosen:
        return int(chosen)
    sites = Site.objects.filter(practice=practitioner.practice_id).order_by("-is_main", "pk")
    found = sites.values_list("pk", flat=True).first()
    return int(found) if found else None


def _kind(practice: Practice, values: QueryDict, practitioner: Practitioner) -> VisitType | None:
    """Give the visit type in hand, or filtered on, or the first that the practitioner receives for."""
    kinds = VisitType.objects.filter(practice=practice, is_active=True)
    wanted = asked.number(values, "visit_type") or asked.number(values, "filter")
    found: VisitType | None = (
        (kinds.filter(pk=wanted).first() if wanted else None)
        or kinds.filter(emergency=False, offers__practitioner=practitioner).first()
        or kinds.filter(emergency=False).first()
        or kinds.first()
    )
    return found
