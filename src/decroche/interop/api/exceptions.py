"""Days that are not as usual: absences, public holidays, and how the practitioners would like their days filled."""
# ruff: noqa: ARG001 — every operation is handed its request

from datetime import date, timedelta
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Router, Status

from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.interop.api import schemas_exceptions as s
from decroche.interop.api.access import KeyRequest, needs
from decroche.interop.api.fields import Day, Id, Page
from decroche.interop.api.paging import Asked, narrowed, page_of
from decroche.interop.api.problems import CONFLICT, SENSELESS, Problem
from decroche.interop.api.schemas import RuleOut
from decroche.interop.api.setup import rule_shown
from decroche.practices.models import Practitioner, Site
from decroche.scheduling.actions.change_absence import change_absence as write_absence
from decroche.scheduling.actions.decide_holiday import decide_holiday, take_back_holiday
from decroche.scheduling.actions.end_wish import end_wish
from decroche.scheduling.actions.open_exceptionally import open_exceptionally
from decroche.scheduling.actions.record_absence import RecordedAbsence, record_absence
from decroche.scheduling.actions.remove_absence import remove_absence
from decroche.scheduling.actions.set_wish import set_wish
from decroche.scheduling.domain.public_holidays import PublicHoliday, public_holidays
from decroche.scheduling.models import Absence, HolidayDecision, Wish

router = Router()
SEE, EDIT = Permission.SEE_AGENDA, Permission.EDIT_AGENDA_RULES
#: How far holidays are listed and answered.
_LONGEST_SPAN = timedelta(days=3 * 366)

# --- absences --------------------------------------------------------------------------------


@router.get("/absences", response=Page[s.AbsenceOut], tags=["Absences"])
@needs(SEE)
def list_absences(request: KeyRequest, paging: Asked, practitioner_id: Id | None = None) -> Any:
    """List absences, closures and holidays, past ones too."""
    rows = Absence.objects.order_by("starts_at", "pk")
    return page_of(narrowed(rows, practitioner_id=practitioner_id), paging, _absence)


@router.post("/absences", response={201: s.RecordedAbsenceOut}, tags=["Absences"])
@needs(EDIT)
def add_absence(request: KeyRequest, sent: s.AbsenceIn) -> Any:
    """Close an agenda for a while; the appointments in the way stay and are named."""
    practitioner = get_object_or_404(Practitioner, pk=sent.practitioner_id)
    locum = None if sent.locum_id is None else get_object_or_404(Practitioner, pk=sent.locum_id)
    recorded = record_absence(
        practitioner=practitioner,
        starts_at=sent.starts_at,
        ends_at=sent.ends_at,
        kind=sent.kind,
        reason=sent.reason,
        locum=locum,
        by=request.user,
        now=clock_now(),
    )
    return Status(201, _recorded(recorded))


@router.put("/absences/{absence_id}", response=s.RecordedAbsenceOut, tags=["Absences"])
@needs(EDIT)
def change_absence(request: KeyRequest, absence_id: Id, sent: s.AbsenceChangeIn) -> Any:
    """Give it other hours, another reason or locum (an end of now lets it end); a public holiday is decided instead."""
    row = get_object_or_404(Absence, pk=absence_id)
    _refuse_holiday(row)
    recorded = write_absence(
        absence_id=row.pk,
        starts_at=sent.starts_at,
        ends_at=sent.ends_at,
        reason=sent.reason,
        locum=None if sent.locum_id is None else get_object_or_404(Practitioner, pk=sent.locum_id),
        by=request.user,
        now=clock_now(),
    )
    return _recorded(recorded)


@router.delete("/absences/{absence_id}", response={204: None}, tags=["Absences"])
@needs(EDIT)
def drop_absence(request: KeyRequest, absence_id: Id) -> Any:
    """Open the agenda again."""
    _refuse_holiday(get_object_or_404(Absence, pk=absence_id))
    remove_absence(absence_id=absence_id, by=request.user, now=clock_now())
    return Status(204, None)


def _absence(row: Absence) -> dict[str, Any]:
    return {name: getattr(row, name) for name in s.AbsenceOut.model_fields}


def _recorded(recorded: RecordedAbsence) -> dict[str, Any]:
    touched = [appointment.pk for appointment in recorded.touched]
    return _absence(recorded.absence) | {"touched_appointment_ids": touched}


def _refuse_holiday(row: Absence) -> None:
    """Leave alone what the answer to a public holiday closed: it goes with that answer."""
    if HolidayDecision.objects.filter(absence=row).exists():
        raise Problem(
            CONFLICT,
            "holiday-decided",
            _("Ce jour férié a été décidé : changez la décision, pas l’absence qui en vient."),
        )


# --- other hours than usual ------------------------------------------------------------------


@router.post("/opening-exceptions", response={201: list[RuleOut]}, tags=["Plages d’ouverture"])
@needs(EDIT)
def open_extra(request: KeyRequest, sent: s.ExtraOpeningIn) -> Any:
    """Open other hours on a day, or from a first to a last day: besides the usual ones, or in their place (`overrides`).

    What comes back are opening rules like any other: they are read, changed and ended as such.
    """
    last_day = sent.last_day or sent.first_day
    if last_day - sent.first_day > _LONGEST_SPAN:
        raise Problem(SENSELESS, "span-too-long", _("Demandez au plus trois ans à la fois."))
    made = open_exceptionally(
        practitioner=get_object_or_404(Practitioner, pk=sent.practitioner_id),
        site=get_object_or_404(Site, pk=sent.site_id),
        first_day=sent.first_day,
        last_day=last_day,
        hours=[(each.starts, each.ends) for each in sent.hours],
        overrides=sent.overrides,
        weekdays=sent.weekdays,
        by=request.user,
        now=clock_now(),
    )
    if not made:
        raise Problem(
            SENSELESS, "no-such-day", _("Aucun de ces jours de la semaine ne tombe dans ces dates.")
        )
    return Status(201, [rule_shown(row) for row in made])


# --- public holidays -------------------------------------------------------------------------


@router.get("/holidays", response=list[s.HolidayOut], tags=["Jours fériés"])
@needs(SEE)
def list_holidays(
    request: KeyRequest, practitioner_id: Id, first: Day | None = None, last: Day | None = None
) -> Any:
    """List the public holidays of the practitioner's department and what was answered; a year from today by default.

    `is_worked` is null while nobody has answered: the day is then open as usual, since nothing closes by itself.
    """
    site = _main_site(practitioner_id)
    first = first or clock_now().astimezone(site.zone).date()
    last = last or first + timedelta(days=365)
    if last < first:
        raise Problem(SENSELESS, "dates-reversed", _("Le dernier jour vient avant le premier."))
    if last - first > _LONGEST_SPAN:
        raise Problem(SENSELESS, "span-too-long", _("Demandez au plus trois ans à la fois."))
    rows = HolidayDecision.objects.filter(practitioner_id=practitioner_id, day__range=(first, last))
    answers = {row.day: row for row in rows}
    return [_holiday(practitioner_id, each, answers.get(each.day)) for each in _holidays(site, first, last)]


@router.put("/holidays/{practitioner_id}/{day}", response=s.DecidedHolidayOut, tags=["Jours fériés"])
@needs(EDIT)
def answer_holiday(request: KeyRequest, practitioner_id: Id, day: Day, sent: s.HolidayIn) -> Any:
    """Say that the day is worked, or close it; an earlier answer gives way, and appointments in the way stay."""
    site = _main_site(practitioner_id)
    found = _holiday_of(site, day)
    decided = decide_holiday(
        practitioner=get_object_or_404(Practitioner, pk=practitioner_id),
        day=day,
        name=found.name,
        is_worked=sent.is_worked,
        zone=site.zone,
        by=request.user,
        now=clock_now(),
    )
    touched = [appointment.pk for appointment in decided.touched]
    return _holiday(practitioner_id, found, decided.decision) | {"touched_appointment_ids": touched}


@router.delete("/holidays/{practitioner_id}/{day}", response={204: None}, tags=["Jours fériés"])
@needs(EDIT)
def forget_holiday(request: KeyRequest, practitioner_id: Id, day: Day) -> Any:
    """Take the answer back: the day is proposed again, and open as usual."""
    practitioner = get_object_or_404(Practitioner, pk=practitioner_id)
    take_back_holiday(practitioner=practitioner, day=day, by=request.user, now=clock_now())
    return Status(204, None)


def _main_site(practitioner_id: int) -> Site:
    """Find the place whose department and clock say what a holiday is; a foreign practitioner has none."""
    practitioner = get_object_or_404(Practitioner, pk=practitioner_id)
    site = Site.objects.select_related("practice").filter(practice_id=practitioner.practice_id).first()
    if site is None:
        raise Http404
    return site


def _holidays(site: Site, first: date, last: date) -> list[PublicHoliday]:
    return public_holidays(
        first=first, last=last, postcode=site.postcode, department=site.practice.department
    )


def _holiday_of(site: Site, day: date) -> PublicHoliday:
    today = clock_now().astimezone(site.zone).date()
    if not today - timedelta(days=31) <= day <= today + _LONGEST_SPAN:
        raise Problem(SENSELESS, "too-far", _("On décide d’un jour férié au plus trois ans à l’avance."))
    found = _holidays(site, day, day)
    if not found:
        raise Problem(SENSELESS, "no-holiday", _("Ce jour n’est pas férié à cet endroit."))
    return found[0]


def _holiday(practitioner_id: int, found: PublicHoliday, answer: HolidayDecision | None) -> dict[str, Any]:
    return {
        "practitioner_id": practitioner_id,
        "day": found.day,
        "name": found.name,
        "is_worked": None if answer is None else answer.is_worked,
        "absence_id": None if answer is None else answer.absence_id,
    }


# --- wishes ----------------------------------------------------------------------------------


@router.get("/wishes", response=Page[s.WishOut], tags=["Souhaits"])
@needs(SEE)
def list_wishes(request: KeyRequest, paging: Asked, practitioner_id: Id | None = None) -> Any:
    """List the wishes in force."""
    rows = Wish.objects.filter(ended_at__isnull=True).order_by("practitioner_id", "valid_from", "pk")
    return page_of(narrowed(rows, practitioner_id=practitioner_id), paging, _wish)


@router.post("/wishes", response={201: s.WishOut}, tags=["Souhaits"])
@needs(Permission.WISH)
def add_wish(request: KeyRequest, sent: s.WishIn) -> Any:
    """Say how the days should be filled; a wish of the same kind for the same days gives way."""
    practitioner = get_object_or_404(Practitioner, pk=sent.practitioner_id)
    row = set_wish(
        practitioner=practitioner,
        kind=sent.kind,
        at=sent.at,
        count=sent.count,
        pause_minutes=sent.pause_minutes,
        valid_from=sent.valid_from,
        valid_until=sent.valid_until,
        by=request.user,
        now=clock_now(),
    )
    return Status(201, _wish(row))


@router.delete("/wishes/{wish_id}", response={204: None}, tags=["Souhaits"])
@needs(Permission.WISH)
def drop_wish(request: KeyRequest, wish_id: Id) -> Any:
    """Let a wish end at once."""
    get_object_or_404(Wish, pk=wish_id)
    end_wish(wish_id=wish_id, by=request.user, now=clock_now())
    return Status(204, None)


def _wish(row: Wish) -> dict[str, Any]:
    return {name: getattr(row, name) for name in s.WishOut.model_fields}
