"""The booking strip without its drawing: the same questions and verbs, answered in JSON, for screens that draw themselves."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.practices.models import Practice, Practitioner
from decroche.scheduling.actions.confirm_hold import confirm_hold
from decroche.scheduling.actions.hold_slot import hold_slot
from decroche.scheduling.domain.asking import Asker, Order
from decroche.scheduling.domain.refusals import Refusal
from decroche.scheduling.models import Appointment
from decroche.scheduling.queries.slots import open_slots
from decroche.scheduling.queries.wanted import patient as find_patient
from decroche.scheduling.queries.wanted import wanted
from decroche.scheduling.web import asked
from decroche.scheduling.web.words import refusal_sentence

_MOST_SLOTS, _MOST_DAYS = 2_000, 182


@require_GET
@requires(Permission.BOOK_APPOINTMENT)
def free(request: PersonRequest, practice_id: int) -> HttpResponse:
    """List every free time of some days: `visit_type`, and perhaps `with` (a practitioner), `from`, `days`, `limit`."""
    now = clock_now()
    _refuse_strangers(request, practice_id)
    chosen = asked.number(request.GET, "with")
    _practice, who, _site, kind = wanted(
        practice_id=practice_id,
        practitioner_id=chosen or 0,
        visit_type_id=asked.number(request.GET, "visit_type") or 0,
    )
    if kind is None:
        return _incomplete()
    people: Iterable[Practitioner] = [who] if who is not None and who.is_active else []
    found = open_slots(
        practitioners=people
        if chosen is not None
        else Practitioner.objects.filter(practice=practice_id, is_active=True),
        visit_type=kind,
        start=_first_moment(request, practice_id, now),
        now=now,
        limit=min(asked.number(request.GET, "limit") or _MOST_SLOTS, _MOST_SLOTS),
        horizon_days=min(asked.number(request.GET, "days") or 30, _MOST_DAYS),
        order=Order.TIME,
    )
    slots = [
        {
            "slot": f"{slot.practitioner_id}.{slot.site_id}.{int(slot.starts_at.timestamp()) // 60}",
            "starts_at": slot.starts_at.isoformat(),
            "minutes": int((slot.ends_at - slot.starts_at) / timedelta(minutes=1)),
        }
        for slot in found
    ]
    return JsonResponse({"slots": slots})


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def hold(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Hold a `slot` for a `visit_type`; the header `Idempotency-Key` makes a repeated request the same request."""
    _refuse_strangers(request, practice_id)
    slot = asked.slot(request.POST)
    if slot is None:
        return _incomplete()
    _practice, who, site, kind = asked.wanted_at(slot, request.POST, practice_id)
    if who is None or site is None or kind is None:
        return _incomplete()
    try:
        held = hold_slot(
            practitioner=who,
            site=site,
            visit_type=kind,
            starts_at=slot.starts_at,
            held_by=request.user,
            now=clock_now(),
            asker=Asker(referred=request.POST.get("referred") == "1"),
            call_id=asked.uuid(request.POST, "call_id"),
            replaces=asked.number(request.POST, "hold"),
            idempotency_key=asked.retry_key(request),
        )
    except Refusal as refusal:
        return _refused(refusal)
    return JsonResponse(_told(held))


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def book(request: PersonRequest, hold_id: int) -> HttpResponse:
    """Confirm one's hold for a `patient_id`; asked twice, it is booked once."""
    chosen = asked.number(request.POST, "patient_id") or 0
    patient = find_patient(chosen)
    if patient is None:
        get_object_or_404(Appointment, pk=hold_id)
        return _incomplete()
    try:
        booked = confirm_hold(
            hold_id=hold_id,
            patient=patient,
            confirmed_by=request.user,
            now=clock_now(),
            call_id=asked.uuid(request.POST, "call_id"),
        )
    except Refusal as refusal:
        get_object_or_404(Appointment, pk=hold_id)
        return _refused(refusal)
    request.log_write("appointment", [booked.pk], practice_id=booked.practice_id)
    return JsonResponse(_told(booked))


def _refuse_strangers(request: PersonRequest, practice_id: int) -> None:
    if not request.access.allows(Permission.BOOK_APPOINTMENT, practice_id):
        raise Http404


def _first_moment(request: HttpRequest, practice_id: int, now: datetime) -> datetime:
    """Give midnight of the day asked for, on the practice's own clock; now when none is, or it is past."""
    day = asked.maybe_day(request.GET, "from")
    if day is None:
        return now
    zone = Practice.objects.values_list("timezone", flat=True).get(pk=practice_id)
    return max(now, datetime.combine(day, time.min, tzinfo=ZoneInfo(zone)))


def _told(row: Appointment) -> dict[str, Any]:
    return {
        "id": row.pk,
        "status": str(row.status),
        "version": row.version,
        "starts_at": row.starts_at.isoformat(),
        "ends_at": row.ends_at.isoformat(),
        "hold_expires_at": row.hold_expires_at.isoformat() if row.hold_expires_at else None,
    }


def _refused(refusal: Refusal) -> JsonResponse:
    return JsonResponse(
        {"refusal": type(refusal).__name__, "sentence": refusal_sentence(refusal)},
        status=HTTPStatus.CONFLICT,
    )


def _incomplete() -> JsonResponse:
    return JsonResponse({"refusal": "Incomplete"}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
