"""Set up a practitioner's week, the visit types and the absences."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.practices.models import Practice, Practitioner
from decroche.scheduling.actions.end_opening_rule import end_opening_rule
from decroche.scheduling.actions.record_absence import record_absence
from decroche.scheduling.actions.remove_absence import remove_absence
from decroche.scheduling.actions.save_opening_rule import RuleDatesReversed, RuleOverlaps, save_opening_rule
from decroche.scheduling.actions.save_visit_type import NameTaken, save_visit_type
from decroche.scheduling.domain.refusals import NotOfThisPractice
from decroche.scheduling.models import Absence, Appointment, OpeningRule, VisitType
from decroche.scheduling.queries import AppointmentView, views_of
from decroche.scheduling.web import asked
from decroche.scheduling.web.forms import AbsenceForm, RuleForm, VisitTypeForm
from decroche.ui.formats import clock

INCOMPLETE = 422


@dataclass(frozen=True, slots=True)
class RuleLine:
    """An opening rule as the settings list it, and whether it is in force today."""

    rule: OpeningRule
    types: str
    is_over: bool
    is_ahead: bool


@require_GET
@requires(Permission.EDIT_AGENDA_RULES)
def show(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Show one practitioner's week, absences, and the practice's visit types."""
    practice = get_object_or_404(Practice, pk=practice_id)
    practitioner = _shown(request, practice)
    if practitioner is None:
        return render(request, "scheduling/nothing.html", {"practice": practice})
    return _screen(request, practitioner)


@require_POST
@requires(Permission.EDIT_AGENDA_RULES)
def save_rule(request: PersonRequest, practitioner_id: int) -> HttpResponse:
    """Add a weekly opening."""
    practitioner = _practitioner(practitioner_id)
    return _write_rule(request, practitioner, None)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_AGENDA_RULES)
def change_rule(request: PersonRequest, rule_id: int) -> HttpResponse:
    """Show a weekly opening in its form, or change it."""
    rule = get_object_or_404(OpeningRule, pk=rule_id)
    practitioner = _practitioner(rule.practitioner_id)
    if request.method == "POST":
        return _write_rule(request, practitioner, rule)
    initial = {
        name: getattr(rule, name) for name in ("weekday", "starts", "ends", "valid_from", "valid_until")
    }
    initial |= {"site": rule.site_id, "visit_types": list(rule.visit_types.values_list("pk", flat=True))}
    form = RuleForm(practice=practitioner.practice, initial=initial)
    return _screen(request, practitioner, rule_form=form, editing=rule)


@require_POST
@requires(Permission.EDIT_AGENDA_RULES)
def end_rule(request: PersonRequest, rule_id: int) -> HttpResponse:
    """Let a weekly opening end; it stays in the past."""
    rule = get_object_or_404(OpeningRule, pk=rule_id)
    end_opening_rule(rule_id=rule.pk, last_day=None, by=request.user, now=clock_now())
    return _back(request, rule.practice_id, rule.practitioner_id)


@require_POST
@requires(Permission.EDIT_AGENDA_RULES)
def save_absence(request: PersonRequest, practitioner_id: int) -> HttpResponse:
    """Record an absence, and name the appointments that stand in its way."""
    practitioner = _practitioner(practitioner_id)
    form = AbsenceForm(request.POST, zone=ZoneInfo(practitioner.practice.timezone))
    if not form.is_valid():
        return _screen(request, practitioner, absence_form=form, status=INCOMPLETE)
    recorded = record_absence(
        practitioner=practitioner,
        starts_at=form.cleaned_data["starts_at"],
        ends_at=form.cleaned_data["ends_at"],
        reason=form.cleaned_data["reason"],
        by=request.user,
        now=clock_now(),
    )
    if not recorded.touched:
        return _back(request, practitioner.practice_id, practitioner.pk)
    ids = [row.pk for row in recorded.touched]
    touched = views_of(Appointment.objects.filter(pk__in=ids).order_by("starts_at"))
    request.log_read("appointment", ids, practice_id=practitioner.practice_id)
    return _screen(request, practitioner, touched=touched)


@require_POST
@requires(Permission.EDIT_AGENDA_RULES)
def drop_absence(request: PersonRequest, absence_id: int) -> HttpResponse:
    """Remove an absence."""
    absence = get_object_or_404(Absence, pk=absence_id)
    remove_absence(absence_id=absence.pk, by=request.user, now=clock_now())
    return _back(request, absence.practice_id, absence.practitioner_id)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_AGENDA_RULES)
def save_type(request: PersonRequest, practice_id: int, visit_type_id: int | None = None) -> HttpResponse:
    """Add a visit type or change one."""
    practice = get_object_or_404(Practice, pk=practice_id)
    kind = get_object_or_404(VisitType, pk=visit_type_id, practice=practice) if visit_type_id else None
    practitioner = _shown(request, practice)
    if practitioner is None:
        return render(request, "scheduling/nothing.html", {"practice": practice})
    if request.method == "GET":
        names = VisitTypeForm.base_fields
        form = VisitTypeForm(initial={name: getattr(kind, name) for name in names} if kind else None)
        return _screen(request, practitioner, type_form=form, editing_type=kind)
    form = VisitTypeForm(request.POST)
    if form.is_valid():
        try:
            save_visit_type(
                practice=practice,
                **form.cleaned_data,
                by=request.user,
                now=clock_now(),
                visit_type_id=kind.pk if kind else None,
            )
        except NameTaken:
            form.add_error("name", _("Ce cabinet a déjà un motif de ce nom."))
        else:
            return _back(request, practice.pk, practitioner.pk)
    return _screen(request, practitioner, type_form=form, editing_type=kind, status=INCOMPLETE)


# --- answers -------------------------------------------------------------------------------------------------------


def _practitioner(practitioner_id: int) -> Practitioner:
    found: Practitioner = get_object_or_404(
        Practitioner.objects.select_related("practice"), pk=practitioner_id
    )
    return found


def _shown(request: PersonRequest, practice: Practice) -> Practitioner | None:
    """Give the practitioner named in the address, else the practice's first."""
    people = list(Practitioner.objects.filter(practice=practice, is_active=True).select_related("practice"))
    chosen = asked.number(request.GET, "practitioner")
    return next((person for person in people if person.pk == chosen), people[0] if people else None)


def _write_rule(request: PersonRequest, practitioner: Practitioner, rule: OpeningRule | None) -> HttpResponse:
    form = RuleForm(request.POST, practice=practitioner.practice)
    if form.is_valid():
        try:
            save_opening_rule(
                practitioner=practitioner,
                **form.cleaned_data,
                by=request.user,
                now=clock_now(),
                rule_id=rule.pk if rule else None,
            )
        except RuleOverlaps as overlap:
            words = {
                "day": overlap.other.get_weekday_display(),
                "from": clock(overlap.other.starts),
                "to": clock(overlap.other.ends),
            }
            form.add_error(
                None, _("Cette plage en chevauche une autre : %(day)s de %(from)s à %(to)s.") % words
            )
        except RuleDatesReversed:
            form.add_error("valid_until", _("Le dernier jour vient avant le premier."))
        except NotOfThisPractice:
            form.add_error(None, _("Choisissez un lieu et des motifs de ce cabinet."))
        else:
            return _back(request, practitioner.practice_id, practitioner.pk)
    return _screen(request, practitioner, rule_form=form, editing=rule, status=INCOMPLETE)


def _back(request: PersonRequest, practice_id: int, practitioner_id: int) -> HttpResponse:
    del request
    return HttpResponseRedirect(
        f"{reverse('agenda:settings', args=[practice_id])}?practitioner={practitioner_id}"
    )


def _screen(
    request: PersonRequest,
    practitioner: Practitioner,
    *,
    rule_form: RuleForm | None = None,
    absence_form: AbsenceForm | None = None,
    type_form: VisitTypeForm | None = None,
    editing: OpeningRule | None = None,
    editing_type: VisitType | None = None,
    touched: list[AppointmentView] | None = None,
    status: int = 200,
) -> HttpResponse:
    practice = practitioner.practice
    now = clock_now()
    zone = ZoneInfo(practice.timezone)
    today = asked.today(now, practice.timezone)
    lines = _lines(practitioner, today)
    count = len(touched or ())
    context = {
        "practice": practice,
        "practitioner": practitioner,
        "people": Practitioner.objects.filter(practice=practice, is_active=True),
        "days": _by_day(line for line in lines if not line.is_over),
        "past_rules": [line for line in lines if line.is_over],
        "absences": Absence.objects.filter(practitioner=practitioner, ends_at__gt=now),
        "types": VisitType.objects.filter(practice=practice),
        "rule_form": rule_form or RuleForm(practice=practice, initial={"valid_from": today}),
        "absence_form": absence_form or AbsenceForm(zone=zone),
        "type_form": type_form or VisitTypeForm(),
        "editing": editing,
        "editing_type": editing_type,
        "touched": touched,
        "touched_words": ngettext(
            "Absence enregistrée. %(count)s rendez-vous est à reporter :",
            "Absence enregistrée. %(count)s rendez-vous sont à reporter :",
            count,
        )
        % {"count": count},
        "timezone": practice.timezone,
    }
    return render(request, "scheduling/settings.html", context, status=status)


def _lines(practitioner: Practitioner, today: date) -> list[RuleLine]:
    rules = OpeningRule.objects.filter(practitioner=practitioner)
    return [
        RuleLine(
            rule,
            ", ".join(kind.name for kind in rule.visit_types.all()),
            rule.valid_until is not None and rule.valid_until < today,
            rule.valid_from > today,
        )
        for rule in rules.select_related("site").prefetch_related("visit_types")
    ]


def _by_day(lines: Iterable[RuleLine]) -> list[tuple[str, list[RuleLine]]]:
    """Give the seven days, each with its openings in order."""
    found: dict[int, list[RuleLine]] = {day: [] for day in range(7)}
    for line in lines:
        found[line.rule.weekday].append(line)
    return [(str(OpeningRule.Weekday(day).label), lines_of_day) for day, lines_of_day in found.items()]
