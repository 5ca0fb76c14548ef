"""A year of openings on one page, the day under the cursor, and what differs from the usual week."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.scheduling.actions.decide_holiday import decide_holiday, take_back_holiday
from decroche.scheduling.actions.open_exceptionally import RuleOverlaps, open_exceptionally
from decroche.scheduling.actions.record_absence import record_absence
from decroche.scheduling.actions.remove_absence import remove_absence
from decroche.scheduling.models import Absence, Appointment, HolidayDecision, OpeningRule
from decroche.scheduling.queries import AppointmentView, openings_of, views_of
from decroche.scheduling.web import asked
from decroche.scheduling.web.forms.absences import AbsenceForm, HoursForm
from decroche.scheduling.web.settings import calendar, undoing
from decroche.scheduling.web.settings import frame as frames
from decroche.scheduling.web.settings.frame import Frame
from decroche.scheduling.web.settings.outside import outside_context
from decroche.scheduling.web.settings.words import overlap_sentence

_DAY = "scheduling/settings/_day.html"
CLOSE, WORK, AGAIN = "close", "work", "again"


@require_GET
@requires(Permission.EDIT_AGENDA_RULES)
def show(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Show twelve months of one practitioner."""
    frame = frames.open_frame(request, practice_id)
    if frame is None:
        return frames.nothing(request, practice_id)
    context = _year_context(request, frame)
    if frames.is_fragment(request):
        return render(request, "scheduling/settings/_year.html", context)
    return screen(request, frame)


@require_GET
@requires(Permission.EDIT_AGENDA_RULES)
def day(request: PersonRequest, practitioner_id: int) -> HttpResponse:
    """Say what is open on a day and why, and offer to change it."""
    frame = frames.frame_of(request, practitioner_id)
    if not frames.is_fragment(request):
        return screen(request, frame)
    return render(request, _DAY, day_context(request, frame))


@require_POST
@requires(Permission.EDIT_AGENDA_RULES)
def save_absence(request: PersonRequest, practitioner_id: int) -> HttpResponse:
    """Record an absence or a closure, and name the appointments that stand in its way."""
    frame = frames.frame_of(request, practitioner_id)
    zone = ZoneInfo(frame.site.timezone)
    form = AbsenceForm(request.POST, practitioner=frame.practitioner, zone=zone)
    if not form.is_valid():
        return _day_answer(request, frame, status=frames.INCOMPLETE, absence_form=form, opened="absence")
    given = form.cleaned_data
    recorded = record_absence(
        practitioner=frame.practitioner,
        starts_at=given["starts_at"],
        ends_at=given["ends_at"],
        kind=given["kind"] or Absence.Kind.ABSENCE,
        locum=given["locum"],
        reason=given["reason"],
        by=request.user,
        now=frames.now(),
    )
    touched = _touched(request, frame, recorded.touched)
    text = _("Absence enregistrée.") if given["kind"] != Absence.Kind.CLOSURE else _("Fermeture enregistrée.")
    undo = reverse("agenda:drop_absence", args=[recorded.absence.pk])
    return _saved(request, frame, text, undo, touched=touched, reported=recorded.absence.pk)


@require_POST
@requires(Permission.EDIT_AGENDA_RULES)
def drop_absence(request: PersonRequest, absence_id: int) -> HttpResponse:
    """Remove an absence."""
    absence = get_object_or_404(Absence, pk=absence_id)
    frame = frames.frame_of(request, absence.practitioner_id)
    is_undoing = frames.is_fragment(request) and "day" not in request.GET  # asked by a toast, not by its line
    undo = "" if is_undoing else undoing.of_absence(request, absence)
    remove_absence(absence_id=absence.pk, by=request.user, now=frames.now())
    text = _("Absence retirée : l’agenda est ouvert comme d’habitude.")
    if is_undoing:
        return frames.quiet(text)
    return _saved(request, frame, text, undo)


@require_POST
@requires(Permission.EDIT_AGENDA_RULES)
def save_hours(request: PersonRequest, practitioner_id: int) -> HttpResponse:
    """Open other hours than usual, on a day or on every usual day of a span."""
    frame = frames.frame_of(request, practitioner_id)
    form = HoursForm(request.POST, practice=frame.practice)
    if form.is_valid():
        given = form.cleaned_data
        changed = given["what"] == HoursForm.CHANGED
        with undoing.of_rules(request, frame.practitioner) as undo:
            try:
                made = open_exceptionally(
                    practitioner=frame.practitioner,
                    site=given["site"],
                    first_day=given["first_day"],
                    last_day=given["last_day"],
                    hours=given["hours"],
                    overrides=changed,
                    weekdays=_weekdays(frame, given["first_day"], given["last_day"], usual_only=changed),
                    by=request.user,
                    now=frames.now(),
                )
            except RuleOverlaps as overlap:
                form.add_error("hours", overlap_sentence(overlap.other))
            else:
                if made:
                    text = _("Horaires changés.") if changed else _("Ouverture ajoutée.")
                    return _saved(request, frame, text, undo())
                form.add_error("first_day", _("Rien n’est ouvert d’habitude ces jours-là."))
    what = form.data.get("what", HoursForm.EXTRA)
    return _day_answer(request, frame, status=frames.INCOMPLETE, hours_form=form, opened=what)


@require_POST
@requires(Permission.EDIT_AGENDA_RULES)
def holidays(request: PersonRequest, practitioner_id: int) -> HttpResponse:
    """Answer one proposed public holiday, or all of those still without an answer."""
    frame = frames.frame_of(request, practitioner_id)
    answer = request.POST.get("answer") or request.GET.get("answer", "")
    days = _holidays_asked(request, frame)
    if not days or answer not in {CLOSE, WORK, AGAIN}:
        return _saved(request, frame, _("Il n’y a pas de jour férié à régler."), "")
    touched: list[Appointment] = []
    for holiday in days:
        if answer == AGAIN:
            take_back_holiday(
                practitioner=frame.practitioner, day=holiday.day, by=request.user, now=frames.now()
            )
            continue
        decided = decide_holiday(
            practitioner=frame.practitioner,
            day=holiday.day,
            name=holiday.name,
            is_worked=answer == WORK,
            zone=frame.site.zone,
            by=request.user,
            now=frames.now(),
        )
        touched += decided.touched
    undo = f"{reverse('agenda:holidays', args=[frame.practitioner.pk])}?answer=again&" + "&".join(
        f"day={holiday.day:%Y-%m-%d}" for holiday in days
    )
    text = _holiday_words(answer, [holiday.name for holiday in days])
    return _saved(
        request, frame, text, "" if answer == AGAIN else undo, touched=_touched(request, frame, touched)
    )


# --- answers --------------------------------------------------------------------------------------------------------


def day_context(request: PersonRequest, frame: Frame, **more: Any) -> dict[str, Any]:
    """Give what is open on a day and why, and fresh forms to change it."""
    said = request.POST if "first_day" in request.POST else request.GET
    shown = asked.maybe_day(said, "first_day") or asked.maybe_day(request.GET, "day") or frame.today
    found = openings_of([frame.practitioner.pk], shown, shown, frames.now(), with_free=False)[
        frame.practitioner.pk, shown
    ]
    openings = calendar.own_openings(found)
    special = calendar.special_rules(frame)
    state, absence = calendar.state_of(found, special)
    rules = {
        rule.pk: rule
        for rule in OpeningRule.objects.filter(pk__in=[each.rule_id for each in found.openings])
        .select_related("site", "practitioner")
        .prefetch_related("visit_types")
    }
    holiday = next(iter(calendar.holidays_of(frame, first=shown, last=shown)), None)
    decision = HolidayDecision.objects.filter(practitioner=frame.practitioner, day=shown).first()
    initial = {"first_day": shown, "last_day": shown, "site": frame.site.pk}
    zone = ZoneInfo(frame.site.timezone)
    return {
        "frame": frame,
        "practice": frame.practice,
        "practitioner": frame.practitioner,
        "timezone": frame.site.timezone,
        "day": shown,
        "state": state,
        "state_words": calendar.state_words()[state],
        "absence": absence,
        "absences": found.absences,
        "openings": [(each, rules.get(each.rule_id), each.rule_id in special) for each in openings],
        "stand_ins": [
            (each, rules.get(each.rule_id)) for each in found.openings if each.in_place_of is not None
        ],
        "holiday": holiday,
        "decision": decision,
        "absence_form": AbsenceForm(practitioner=frame.practitioner, zone=zone, initial=initial),
        "hours_form": HoursForm(practice=frame.practice, initial=initial),
        "opened": "",
        "now": frames.now(),
    } | more


def screen(request: PersonRequest, frame: Frame, *, status: int = 200, **more: Any) -> HttpResponse:
    """Draw the whole screen of the year."""
    context = (
        day_context(request, frame) | _year_context(request, frame) | outside_context(request, frame) | more
    )
    return frames.page(request, frame, "scheduling/settings/year.html", context, status=status)


def _year_context(request: PersonRequest, frame: Frame) -> dict[str, Any]:
    first = asked.day(request.GET, "from", frame.today)
    year = calendar.read_year(frame, first=first, now=frames.now())
    before, after = calendar.neighbours(year.first)
    return {
        "frame": frame,
        "practice": frame.practice,
        "practitioner": frame.practitioner,
        "timezone": frame.site.timezone,
        "year": year,
        "before": before,
        "after": after,
        "as_table": request.GET.get("view") == "table",
        "states": [(state, words) for state, words in calendar.state_words().items()],
    }


def _day_answer(request: PersonRequest, frame: Frame, *, status: int = 200, **more: Any) -> HttpResponse:
    if frames.is_fragment(request):
        return render(request, _DAY, day_context(request, frame, **more), status=status)
    return screen(request, frame, status=status, **more)


def _saved(
    request: PersonRequest,
    frame: Frame,
    text: str,
    undo: str,
    *,
    touched: list[AppointmentView] | None = None,
    reported: int | None = None,
) -> HttpResponse:
    """Say what was saved; name the appointments in the way, with the absence from which they are moved at once."""
    if touched:
        count = ngettext(
            "%(count)s rendez-vous est à reporter.", "%(count)s rendez-vous sont à reporter.", len(touched)
        ) % {"count": len(touched)}
        text = f"{text} {count}"
    if frames.is_fragment(request):
        answer = _day_answer(request, frame, touched=touched, reported=reported)
        return frames.done(answer, text, undo)
    if touched:
        return screen(request, frame, touched=touched, reported=reported)
    return frames.back(request, frame.address("settings_year"), text)


def _touched(
    request: PersonRequest, frame: Frame, appointments: Iterable[Appointment]
) -> list[AppointmentView]:
    ids = [appointment.pk for appointment in appointments]
    if not ids:
        return []
    request.log_read("appointment", ids, practice_id=frame.practice.pk)
    return views_of(Appointment.objects.filter(pk__in=ids).order_by("starts_at"))


def _weekdays(frame: Frame, first: date, last: date, *, usual_only: bool) -> set[int]:
    """Give the weekdays to write rules for: all of a short span, those usually open of a long one."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if not usual_only or len(days) == 1:
        return {each.weekday() for each in days}
    shown = openings_of([frame.practitioner.pk], first, last, frames.now(), with_free=False)
    return {each.weekday() for each in days if calendar.own_openings(shown[frame.practitioner.pk, each])}


def _holidays_asked(request: PersonRequest, frame: Frame) -> list[Any]:
    """Give the holidays that the form (or the undo's address) names and that are holidays indeed."""
    said = request.POST if "day" in request.POST else request.GET
    names = set(said.getlist("day"))
    year = calendar.holidays_of(
        frame, first=frame.today - timedelta(days=31), last=frame.today + timedelta(days=3 * 366)
    )
    return [holiday for holiday in year if f"{holiday.day:%Y-%m-%d}" in names]


def _holiday_words(answer: str, names: list[str]) -> str:
    what = ", ".join(names[:3]) + ("…" if len(names) > 3 else "")  # noqa: PLR2004
    if answer == WORK:
        return _("%(days)s : travaillé.") % {"days": what}
    if answer == AGAIN:
        return _("%(days)s : à décider.") % {"days": what}
    return _("%(days)s : fermé.") % {"days": what}
