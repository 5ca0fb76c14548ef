"""One opening rule: drawn on the week, dragged, written in its form, ended."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.scheduling.actions.end_opening_rule import end_opening_rule
from decroche.scheduling.actions.save_opening_rule import (
    RuleDatesReversed,
    RuleOverlaps,
    RuleTerms,
    save_opening_rule,
)
from decroche.scheduling.domain.refusals import NotOfThisPractice
from decroche.scheduling.models import OpeningRule
from decroche.scheduling.web.forms.openings import RuleForm, SpanForm, initial_of
from decroche.scheduling.web.settings import frame as frames
from decroche.scheduling.web.settings import undoing, week
from decroche.scheduling.web.settings.frame import Frame
from decroche.scheduling.web.settings.words import overlap_sentence
from decroche.ui.formats import clock

_PANEL = "scheduling/settings/_rule.html"


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_AGENDA_RULES)
def add(request: PersonRequest, practitioner_id: int) -> HttpResponse:
    """Show the form of a new opening, or write it."""
    frame = frames.frame_of(request, practitioner_id)
    if request.method == "POST":
        return _write(request, frame, None)
    initial = {"weekday": 0, "starts": "09:00", "ends": "12:00"} | {
        name: request.GET[name] for name in ("weekday", "starts", "ends") if name in request.GET
    }
    initial |= {"valid_from": frame.on, "site": frame.site.pk, "every_n": 2}
    return _form(request, frame, RuleForm(practice=frame.practice, initial=initial), None)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_AGENDA_RULES)
def change(request: PersonRequest, rule_id: int) -> HttpResponse:
    """Show an opening in its form, or change it."""
    rule = _rule(rule_id)
    frame = frames.frame_of(request, rule.practitioner_id)
    if request.method == "POST":
        return _write(request, frame, rule)
    form = RuleForm(practice=frame.practice, initial=initial_of(rule, since=frame.on))
    return _form(request, frame, form, rule)


@require_POST
@requires(Permission.EDIT_AGENDA_RULES)
def draw(request: PersonRequest, practitioner_id: int) -> HttpResponse:
    """Open what was drawn on the week, and show its form for whatever is particular about it."""
    frame = frames.frame_of(request, practitioner_id)
    with undoing.of_rules(request, frame.practitioner) as undo:
        rule = _put(request, frame, None)
        if isinstance(rule, str):
            return frames.quiet(rule)
        address = undo()
    if not frames.is_fragment(request):
        return frames.back(request, frame.address(), _opened(rule))
    form_of_it = RuleForm(practice=frame.practice, initial=initial_of(rule, since=frame.on))
    return frames.done(_form(request, frame, form_of_it, rule), _opened(rule), address)


@require_POST
@requires(Permission.EDIT_AGENDA_RULES)
def span(request: PersonRequest, rule_id: int) -> HttpResponse:
    """Put an opening where it was dragged; the rest of it stays, and so do the weeks before."""
    rule = _rule(rule_id)
    frame = frames.frame_of(request, rule.practitioner_id)
    with undoing.of_rules(request, frame.practitioner) as undo:
        moved = _put(request, frame, rule)
        if isinstance(moved, str):
            return frames.quiet(moved)
        return _answer(request, frame, _opened(moved), undo())


def _put(request: PersonRequest, frame: Frame, rule: OpeningRule | None) -> OpeningRule | str:
    """Open the hours that were drawn, a new opening or one that was dragged; or say why not."""
    form = SpanForm(request.POST)
    if not form.is_valid():
        return (
            _("Choisissez une heure ronde à 5 minutes près.")
            if rule
            else _("Dessinez une plage d’au moins 15 minutes.")
        )
    given = form.cleaned_data
    try:
        return save_opening_rule(
            practitioner=frame.practitioner,
            site=rule.site if rule else frame.site,
            weekday=given["weekday"],
            starts=given["starts"],
            ends=given["ends"],
            valid_from=max(rule.valid_from, given["on"]) if rule else given["on"],
            valid_until=rule.valid_until if rule else None,
            visit_types=rule.visit_types.all() if rule else (),
            terms=_terms(rule) if rule else RuleTerms(),
            by=request.user,
            now=frames.now(),
            rule_id=rule.pk if rule else None,
        )
    except RuleOverlaps as overlap:
        return overlap_sentence(overlap.other)
    except RuleDatesReversed:
        return _("Cette plage est déjà terminée à cette date.")


@require_POST
@requires(Permission.EDIT_AGENDA_RULES)
def end(request: PersonRequest, rule_id: int) -> HttpResponse:
    """Let an opening end on the eve of the day shown; it stays in the past."""
    rule = _rule(rule_id)
    frame = frames.frame_of(request, rule.practitioner_id)
    with undoing.of_rules(request, frame.practitioner) as undo:
        end_opening_rule(
            rule_id=rule.pk, last_day=frame.on - timedelta(days=1), by=request.user, now=frames.now()
        )
        address = undo()
    text = _("%(day)s de %(from)s à %(to)s : fermé.") % _span_words(rule)
    if not frames.is_fragment(request):
        return frames.back(request, frame.address(), text)
    panel = render(request, "scheduling/settings/_rule_help.html", {"frame": frame})
    return frames.done(panel, text, address)


# --- answers --------------------------------------------------------------------------------------------------------


def _rule(rule_id: int) -> OpeningRule:
    found: OpeningRule = get_object_or_404(OpeningRule.objects.select_related("site"), pk=rule_id)
    return found


def _terms(rule: OpeningRule) -> RuleTerms:
    return RuleTerms(**{name: getattr(rule, name) for name in RuleTerms.__slots__})


def _span_words(rule: OpeningRule) -> dict[str, Any]:
    day = str(rule.get_weekday_display()).capitalize()
    return {"day": day, "from": clock(rule.starts), "to": clock(rule.ends)}


def _opened(rule: OpeningRule) -> str:
    return _("%(day)s : ouvert de %(from)s à %(to)s.") % _span_words(rule)


def _write(request: PersonRequest, frame: Frame, rule: OpeningRule | None) -> HttpResponse:
    form = RuleForm(request.POST, practice=frame.practice)
    if form.is_valid():
        with undoing.of_rules(request, frame.practitioner) as undo:
            try:
                written = save_opening_rule(
                    practitioner=frame.practitioner,
                    **form.rule,
                    terms=form.terms,
                    by=request.user,
                    now=frames.now(),
                    rule_id=rule.pk if rule else None,
                )
            except RuleOverlaps as overlap:
                form.add_error(None, overlap_sentence(overlap.other))
            except RuleDatesReversed:
                form.add_error("valid_until", _("Le dernier jour vient avant le premier."))
            except NotOfThisPractice:
                form.add_error(None, _("Choisissez un lieu et des motifs de ce cabinet."))
            else:
                return _answer(request, frame, _opened(written), undo())
    return _form(request, frame, form, rule, status=frames.INCOMPLETE)


def _answer(request: PersonRequest, frame: Frame, text: str, undo: str) -> HttpResponse:
    if not frames.is_fragment(request):
        return frames.back(request, frame.address(), text)
    panel = render(request, "scheduling/settings/_rule_help.html", {"frame": frame})
    return frames.done(panel, text, undo)


def _form(
    request: PersonRequest, frame: Frame, form: RuleForm, rule: OpeningRule | None, *, status: int = 200
) -> HttpResponse:
    context = {"frame": frame, "practitioner": frame.practitioner, "rule_form": form, "editing": rule}
    if frames.is_fragment(request):
        return render(request, _PANEL, context, status=status)
    return week.screen(request, frame, rule_form=form, editing=rule, status=status)
