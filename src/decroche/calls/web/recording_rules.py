"""The doors of what a practice allows on its line: recording a part of its calls, lending its number."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any, Final

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.calls.actions.number_consent import (
    AlreadyGiven,
    NotOnFile,
    keep_consent,
    record_consent,
    withdraw_consent,
)
from decroche.calls.actions.rule_recordings import (
    RuleChanged,
    RuleInForce,
    Terms,
    resume_recording,
    start_recording,
    stop_recording,
)
from decroche.calls.models import NumberConsent, RecordingReason, RecordingRule
from decroche.calls.models.recordings import LONGEST_KEPT_DAYS
from decroche.calls.queries_outgoing import consents_of
from decroche.calls.web.house import answers
from decroche.calls.web.house.undo import TooLate, keep, undoes
from decroche.foundation import clock
from decroche.kernel.names import normalised
from decroche.practices.models import Line

MAY = Permission.SET_UP_LINES
PAGE, PANEL = "calls/teams/allowed.html", "calls/teams/_allowed.html"
LONGEST_RULE: Final = timedelta(days=366)
USUAL_RULE: Final = timedelta(days=30)
PAST_SHOWN: Final = 10
#: Said to callers, hence French.
ANNOUNCEMENT: Final = (
    "Pour améliorer notre accueil, cet appel peut être enregistré. Pour refuser, faites le 9."
)
_REFUSING: Final = ("refus", "oppos", "ne souhaitez pas", "ne voulez pas")


def _between(least: int, most: int) -> dict[str, Any]:
    said = gettext_lazy("Un nombre entier, de %(least)s à %(most)s.") % {"least": least, "most": most}
    return dict.fromkeys(("required", "invalid", "min_value", "max_value"), said)


class RuleForm(forms.Form):
    """Read why, how often and until when a part of a line's calls is recorded."""

    use_required_attribute = False

    reason = forms.ChoiceField(
        label=gettext_lazy("Pour quoi"),
        choices=RecordingReason.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choisissez une finalité : sans elle, rien ne peut être enregistré.")
        },
    )
    detail = forms.CharField(
        label=gettext_lazy("Précisément"),
        max_length=200,
        min_length=10,
        help_text=gettext_lazy("Ce que vous en ferez, et qui écoutera."),
        error_messages={
            "required": gettext_lazy("Dites ce que vous en ferez."),
            "min_length": gettext_lazy("Une phrase, au moins : ce que vous en ferez."),
        },
    )
    announcement = forms.CharField(
        label=gettext_lazy("Annonce dite à l’appelant"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Elle dit qu’on enregistre et quelle touche refuse."),
        error_messages={"required": gettext_lazy("L’appelant doit l’entendre avant.")},
    )
    refusal_digit = forms.ChoiceField(
        label=gettext_lazy("Touche de refus"), choices=[(digit, digit) for digit in "9012345678*#"]
    )
    sample_percent = forms.IntegerField(
        label=gettext_lazy("Part des appels, en %"),
        min_value=1,
        max_value=50,
        help_text=gettext_lazy("Jamais tous : un appel sur deux au plus."),
        error_messages=_between(1, 50),
    )
    keep_days = forms.IntegerField(
        label=gettext_lazy("Effacer après, en jours"),
        min_value=1,
        max_value=LONGEST_KEPT_DAYS,
        help_text=gettext_lazy("Six mois au plus ; l’effacement est automatique."),
        error_messages=_between(1, LONGEST_KEPT_DAYS),
    )
    starts_on = forms.DateField(
        label=gettext_lazy("À partir du"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=dict.fromkeys(("required", "invalid"), gettext_lazy("Choisissez une date.")),
    )
    last_on = forms.DateField(
        label=gettext_lazy("Jusqu’au (compris)"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=dict.fromkeys(
            ("required", "invalid"), gettext_lazy("Une fin est obligatoire : on n’enregistre pas sans terme.")
        ),
    )

    def __init__(self, data: Any = None, *, today: date) -> None:
        self.today = today
        initial = {
            "reason": RecordingReason.QUALITY,
            "announcement": ANNOUNCEMENT,
            "refusal_digit": "9",
            "sample_percent": 5,
            "keep_days": 30,
            "starts_on": today,
            "last_on": today + USUAL_RULE,
        }
        super().__init__(data, initial=initial, auto_id="rule-%s")
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def clean_starts_on(self) -> date:
        starts_on: date = self.cleaned_data["starts_on"]
        if starts_on < self.today:
            raise forms.ValidationError(_("Pas dans le passé : à partir d’aujourd’hui."))
        if starts_on > self.today + LONGEST_RULE:
            raise forms.ValidationError(_("Dans un an au plus."))
        return starts_on

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        starts_on, last_on = given.get("starts_on"), given.get("last_on")
        if starts_on and last_on and last_on < starts_on:
            self.add_error("last_on", _("La fin vient après le début."))
        elif starts_on and last_on and last_on >= starts_on + LONGEST_RULE:
            self.add_error("last_on", _("Un an au plus : au-delà, l’enregistrement ne serait plus ponctuel."))
        said, digit = given.get("announcement"), given.get("refusal_digit")
        if said and digit:
            self._check_announcement(said, digit)
        return given

    def _check_announcement(self, said: str, digit: str) -> None:
        text = normalised(said)
        if "enregistr" not in text:
            self.add_error("announcement", _("L’annonce ne dit pas que l’appel peut être enregistré."))
        elif not any(word in text for word in _REFUSING) or not _names(said, digit):
            self.add_error(
                "announcement",
                _("L’annonce ne dit pas comment refuser : « Pour refuser, faites le %(digit)s. »")
                % {"digit": digit},
            )

    def terms(self) -> Terms:
        given = {name: self.cleaned_data[name] for name in self.fields if name != "last_on"}
        return Terms(**given, ends_on=self.cleaned_data["last_on"] + timedelta(days=1))


_SPOKEN: Final = {"*": ("étoile", "*"), "#": ("dièse", "#")}


def _names(said: str, digit: str) -> bool:
    """Tell whether the announcement names that very key, and not just a number that holds its digit."""
    words = "".join(c if c.isalnum() or c in "*#" else " " for c in said.lower()).split()
    return any(word in _SPOKEN.get(digit, (digit,)) for word in words)


@require_GET
@requires(MAY)
def show(request: PersonRequest, phone_line_id: int) -> HttpResponse:
    """Show what the practice allows on one line."""
    return _draw(request, _line(phone_line_id))


@require_GET
@requires(MAY)
def glance(request: PersonRequest, phone_line_id: int) -> HttpResponse:
    """Say on the line's own page, in one strip, whether calls are recorded."""
    line = _line(phone_line_id)
    return render(
        request, "calls/teams/_recorded.html", {"line": line, "rule": _in_force(line), "today": _today(line)}
    )


@require_POST
@requires(MAY)
def start(request: PersonRequest, phone_line_id: int) -> HttpResponse:
    """Start recording a part of the calls."""
    line = _line(phone_line_id)
    form = RuleForm(request.POST, today=_today(line))
    if not form.is_valid():
        return _draw(request, line, form=form, status=answers.INCOMPLETE)
    try:
        rule = start_recording(line=line, terms=form.terms(), by=request.user, now=clock.now())
    except RuleInForce:
        form.add_error(None, _("Une autre règle couvre déjà une partie de ces jours : arrêtez-la d’abord."))
        return _draw(request, line, form=form, status=answers.CHANGED_SINCE)
    request.log_write("recording_rule", [rule.pk], line.practice_id)
    undo = keep(request, "rule-started", rule_id=rule.pk)
    return _done(request, line, _("La règle est posée : l’annonce sera dite à chaque appel choisi."), undo)


@undoes("rule-started")
def take_back_rule(request: PersonRequest, kept: Mapping[str, Any]) -> str:
    """Stop a rule just started."""
    rule = _rule(kept["rule_id"])
    _own(request, rule.line)
    with _unless_changed():
        stop_recording(rule=rule, now=clock.now())
    return _("C’est défait : rien n’est enregistré.")


@require_POST
@requires(MAY)
def stop(request: PersonRequest, recording_rule_id: int) -> HttpResponse:
    """Stop recording at once."""
    rule = _rule(recording_rule_id)
    now = clock.now()
    try:
        stop_recording(rule=rule, now=now)
    except RuleChanged:
        return _draw(request, rule.line, status=answers.CHANGED_SINCE)
    request.log_write("recording_rule", [rule.pk], rule.line.practice_id)
    undo = keep(request, "rule-stopped", rule_id=rule.pk, ended_at=now.isoformat())
    return _done(request, rule.line, _("C’est arrêté : plus rien n’est enregistré sur cette ligne."), undo)


@undoes("rule-stopped")
def resume(request: PersonRequest, kept: Mapping[str, Any]) -> str:
    """Let a rule just stopped go on."""
    rule = _rule(kept["rule_id"])
    _own(request, rule.line)
    with _unless_changed():
        resume_recording(rule=rule, ended_at=datetime.fromisoformat(kept["ended_at"]))
    return _("C’est défait : la règle court de nouveau.")


@require_POST
@requires(MAY)
def consent(request: PersonRequest, phone_line_id: int) -> HttpResponse:
    """Record that the practice lets its number be shown."""
    line = _line(phone_line_id)
    name = " ".join(request.POST.get("given_by_name", "").replace("\x00", "").split())
    if not name or len(name) > 120:  # noqa: PLR2004
        wrong = _("Écrivez le nom de la personne du cabinet qui l’a donné.")
        return _draw(request, line, consent_error=wrong, typed=name[:120], status=answers.INCOMPLETE)
    try:
        row = record_consent(line=line, given_by_name=name, by=request.user, now=clock.now())
    except AlreadyGiven:
        return _draw(request, line, status=answers.CHANGED_SINCE)
    undo = keep(request, "consent-given", consent_id=row.pk)
    return _done(request, line, _("L’accord de %(name)s est noté.") % {"name": name}, undo)


@undoes("consent-given")
def take_back_consent(request: PersonRequest, kept: Mapping[str, Any]) -> str:
    """Withdraw a consent just recorded."""
    row = _consent(kept["consent_id"])
    _own(request, row.line)
    with _unless_changed():
        withdraw_consent(consent=row, now=clock.now())
    return _("C’est défait.")


@require_POST
@requires(MAY)
def withdraw(request: PersonRequest, consent_id: int) -> HttpResponse:
    """Record that the practice takes its consent back."""
    row = _consent(consent_id)
    now = clock.now()
    try:
        withdraw_consent(consent=row, now=now)
    except NotOnFile:
        return _draw(request, row.line, status=answers.CHANGED_SINCE)
    undo = keep(request, "consent-withdrawn", consent_id=row.pk, at=now.isoformat())
    text = _("L’accord est retiré : dès le prochain appel, c’est le numéro du secrétariat qui s’affiche.")
    return _done(request, row.line, text, undo)


@undoes("consent-withdrawn")
def put_back_consent(request: PersonRequest, kept: Mapping[str, Any]) -> str:
    """Let a consent just withdrawn stand."""
    row = _consent(kept["consent_id"])
    _own(request, row.line)
    with _unless_changed():
        keep_consent(consent=row, withdrawn_at=datetime.fromisoformat(kept["at"]))
    return _("C’est défait : l’accord tient toujours.")


# --- what is shown ----------------------------------------------------------------------------------


def _line(line_id: int) -> Line:
    found: Line = get_object_or_404(Line.objects.select_related("practice"), pk=line_id)
    return found


def _rule(rule_id: int) -> RecordingRule:
    found: RecordingRule = get_object_or_404(
        RecordingRule.objects.select_related("line__practice"), pk=rule_id
    )
    return found


def _consent(consent_id: int) -> NumberConsent:
    found: NumberConsent = get_object_or_404(
        NumberConsent.objects.select_related("line__practice"), pk=consent_id
    )
    return found


def _own(request: PersonRequest, line: Line) -> None:
    """Let nobody undo where she may no longer set up lines."""
    if not request.access.allows(MAY, line.practice_id):
        raise Http404


@contextmanager
def _unless_changed() -> Iterator[None]:
    """Undo nothing of what somebody else has changed meanwhile."""
    try:
        yield
    except (RuleChanged, NotOnFile):
        raise TooLate from None


def _today(line: Line) -> date:
    return clock.now().astimezone(line.practice.zone).date()


def _in_force(line: Line) -> RecordingRule | None:
    """Return the rule that records today, or the next that will."""
    found: RecordingRule | None = (
        RecordingRule.objects.filter(line=line, ended_at=None, ends_on__gt=_today(line))
        .order_by("starts_on")
        .first()
    )
    return found


def _draw(
    request: PersonRequest, line: Line, *, form: RuleForm | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    today = _today(line)
    rules = list(
        RecordingRule.objects.filter(line=line).select_related("created_by").order_by("-starts_on", "-pk")
    )
    running = sorted(
        (rule for rule in rules if rule.ended_at is None and rule.ends_on > today),
        key=lambda rule: rule.starts_on,
    )
    context = answers.frame(request, "lines") | {
        "line": line,
        "practice": line.practice,
        "today": today,
        "running": [(rule, rule.ends_on - timedelta(days=1)) for rule in running],
        "past": [(rule, rule.ends_on - timedelta(days=1)) for rule in rules if rule not in running][
            :PAST_SHOWN
        ],
        "consent": consents_of([line.pk]).get(line.pk),
        "form": form or RuleForm(today=today),
        "is_asked": form is not None,
        **more,
    }
    return answers.draw(request, PAGE, PANEL, context, status=status)


def _done(request: PersonRequest, line: Line, text: str, undo: str) -> HttpResponse:
    address = reverse("calls:line_allowed", args=[line.pk])
    return answers.done(request, _draw(request, line), address, text, undo)
