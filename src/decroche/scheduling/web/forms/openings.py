"""Forms of the opening rules: one rule, a week in words, a day or a week to copy."""

from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from decroche.practices.models import Practice, Practitioner, Site
from decroche.scheduling.actions.save_opening_rule import RuleTerms
from decroche.scheduling.domain.week_words import WeekNotUnderstood, read_week
from decroche.scheduling.models import OpeningRule, VisitType
from decroche.scheduling.web.forms import fields

_RULE = ("weekday", "starts", "ends", "site", "valid_from", "valid_until", "visit_types")
_TERMS = (
    "every", "every_n", "anchor", "nth", "capacity", "release", "release_days", "release_time", "release_hours",
    "reserved_for", "overrides",
)  # fmt: skip
#: What has a usual value, or shows only where a choice calls for it.
_USUAL = (
    "every_n",
    "nth",
    "capacity",
    "release",
    "release_days",
    "release_time",
    "release_hours",
    "reserved_for",
)
RANKS = [
    ("1", _("premier")), ("2", _("deuxième")), ("3", _("troisième")), ("4", _("quatrième")), ("5", _("cinquième")),
    ("-1", _("dernier")),
]  # fmt: skip
PATTERNS = [
    (OpeningRule.Every.WEEK, _("Chaque semaine")),
    (OpeningRule.Every.ODD_WEEKS, _("Impaires")),
    (OpeningRule.Every.EVEN_WEEKS, _("Paires")),
    (OpeningRule.Every.N_WEEKS, _("Toutes les … semaines")),
    (OpeningRule.Every.NTH_OF_MONTH, _("Dans le mois")),
]


class RuleForm(forms.Form):
    """An opening of one practitioner: when, on which weeks, where, for whom."""

    weekday = forms.TypedChoiceField(label=_("Jour"), choices=OpeningRule.Weekday.choices, coerce=int)
    starts = fields.hour(_("De"))
    ends = fields.hour(_("À"))
    site = fields.place()
    valid_from = fields.day(_("À partir du"))
    valid_until = fields.day(_("Jusqu’au (inclus)"), required=False)
    visit_types = forms.ModelMultipleChoiceField(
        label=_("Motifs reçus"),
        help_text=_("Aucun coché : tous les motifs."),
        queryset=VisitType.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=fields.OF_THE_PRACTICE,
    )
    every = forms.ChoiceField(label=_("Quelles semaines"), choices=PATTERNS, required=False, initial="week")
    every_n = fields.number(_("Toutes les … semaines"), least=2, most=52, required=False)
    anchor = fields.day(_("À compter de la semaine du"), required=False)
    nth = forms.TypedChoiceField(
        label=_("Lequel du mois"), choices=RANKS, coerce=int, required=False, empty_value=None, initial="1"
    )
    capacity = fields.number(_("Personnes à la fois"), least=1, most=60, required=False, initial=1)
    release = forms.ChoiceField(
        label=_("S’ouvre à la réservation"), choices=OpeningRule.Release.choices, required=False
    )
    release_days = fields.number(_("Jours avant"), least=0, most=365, required=False, initial=0)
    release_time = fields.hour(_("À"), required=False)
    release_hours = fields.number(_("Heures avant"), least=1, most=2000, required=False)
    reserved_for = forms.ChoiceField(
        label=_("Réservé à"), choices=OpeningRule.ReservedFor.choices, required=False
    )
    overrides = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = Site.objects.filter(practice=practice)  # type: ignore[attr-defined]
        self.fields["visit_types"].queryset = VisitType.objects.filter(  # type: ignore[attr-defined]
            practice=practice, is_active=True
        )
        if not self.is_bound:
            fields.say_no_optional(self, *_USUAL)

    def clean_starts(self) -> time:
        return fields.on_step(self.cleaned_data["starts"])

    def clean_ends(self) -> time:
        return fields.on_step(self.cleaned_data["ends"])

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        fields.say_no_optional(self, *_USUAL)
        needed = {
            OpeningRule.Every.N_WEEKS: (("every", "every_n"),),
            OpeningRule.Every.NTH_OF_MONTH: (("every", "nth"),),
            OpeningRule.Release.AT_TIME: (("release", "release_time"),),
            OpeningRule.Release.HOURS_BEFORE: (("release", "release_hours"),),
        }
        for choice, pairs in needed.items():
            for chooser, name in pairs:
                if found.get(chooser) == choice and found.get(name) is None and name not in self.errors:
                    self.add_error(name, fields.REQUIRED["required"])
        return found

    @property
    def is_particular(self) -> bool:
        """Tell whether anything but hours and weeks is said, or wrong: that part of the form is then open."""
        said = [self[name].value() for name in ("visit_types", "reserved_for", "release")]
        wrong = {
            "visit_types",
            "reserved_for",
            "release",
            "release_days",
            "release_time",
            "release_hours",
            "capacity",
        }
        return any(said) or str(self["capacity"].value() or 1) != "1" or bool(wrong & set(self.errors))

    @property
    def rule(self) -> dict[str, Any]:
        """Give what says when and where."""
        return {name: self.cleaned_data[name] for name in _RULE}

    @property
    def terms(self) -> RuleTerms:
        """Give the rest, with only what the choices made need."""
        given = {name: self.cleaned_data[name] for name in _TERMS}
        every, release = given["every"] or OpeningRule.Every.WEEK, given["release"]
        is_n = every == OpeningRule.Every.N_WEEKS
        at_time = release == OpeningRule.Release.AT_TIME
        return RuleTerms(
            every=every,
            every_n=given["every_n"] if is_n else 1,
            anchor=(given["anchor"] or self.cleaned_data["valid_from"]) if is_n else None,
            nth=given["nth"] if every == OpeningRule.Every.NTH_OF_MONTH else None,
            capacity=given["capacity"] or 1,
            release=release,
            release_days=(given["release_days"] or 0) if at_time else 0,
            release_time=given["release_time"] if at_time else None,
            release_hours=given["release_hours"] if release == OpeningRule.Release.HOURS_BEFORE else None,
            reserved_for=given["reserved_for"],
            overrides=given["overrides"],
        )


def initial_of(rule: OpeningRule, *, since: date) -> dict[str, Any]:
    """Fill the form with a rule; a change of one that has begun counts from `since` unless she says otherwise."""
    plain = [name for name in (*_RULE, *_TERMS) if name not in {"visit_types", "site", "nth"}]
    found = {name: getattr(rule, name) for name in plain}
    return found | {
        "site": rule.site_id,
        "nth": str(rule.nth or 1),
        "every_n": rule.every_n if rule.every_n > 1 else 2,
        "visit_types": [kind.pk for kind in rule.visit_types.all()],
        "valid_from": max(rule.valid_from, since),
    }


class WeekForm(forms.Form):
    """A week in words: "lun-ven 9h-12h / 14h-19h"."""

    week = forms.CharField(label=_("La semaine en une ligne"), max_length=300, error_messages=fields.REQUIRED)
    site = fields.place()
    on = fields.day(_("À partir du"))
    replace = forms.BooleanField(label=_("À la place de ce qui est ouvert"), required=False)

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = Site.objects.filter(practice=practice)  # type: ignore[attr-defined]

    def clean_week(self) -> Any:
        try:
            return read_week(self.cleaned_data["week"])
        except WeekNotUnderstood as why:
            if why.word == self.cleaned_data["week"].strip():
                raise forms.ValidationError(
                    _("Donnez des jours puis leurs heures, par exemple « lun-ven 9h-12h / 14h-19h ».")
                ) from None
            raise forms.ValidationError(
                _("« %(word)s » n’est ni un jour ni une heure à 5 minutes près.") % {"word": why.word}
            ) from None


class CopyDayForm(forms.Form):
    """A day's openings for other days."""

    weekday = forms.TypedChoiceField(choices=OpeningRule.Weekday.choices, coerce=int)
    onto = forms.TypedMultipleChoiceField(
        choices=OpeningRule.Weekday.choices,
        coerce=int,
        error_messages={"required": _("Cochez au moins un jour.")},
    )
    on = fields.day(_("À partir du"))


class CopyWeekForm(forms.Form):
    """A colleague's week."""

    like = forms.ModelChoiceField(queryset=Practitioner.objects.none(), error_messages=fields.OF_THE_PRACTICE)
    on = fields.day(_("À partir du"))

    def __init__(self, *args: Any, practitioner: Practitioner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Practitioner.objects.filter(practice_id=practitioner.practice_id).exclude(pk=practitioner.pk)
        self.fields["like"].queryset = others  # type: ignore[attr-defined]


class SpanForm(forms.Form):
    """Where a block of the week was drawn or dragged."""

    weekday = forms.TypedChoiceField(choices=OpeningRule.Weekday.choices, coerce=int)
    starts = fields.hour(_("De"))
    ends = fields.hour(_("À"))
    on = fields.day(_("À partir du"))

    def clean_starts(self) -> time:
        return fields.on_step(self.cleaned_data["starts"])

    def clean_ends(self) -> time:
        return fields.on_step(self.cleaned_data["ends"])


class TimetableForm(forms.Form):
    """From when another timetable counts."""

    on = fields.day(_("À partir du"))
    keep = forms.TypedChoiceField(
        choices=[("1", _("partir des horaires actuels")), ("0", _("partir d’une semaine vide"))],
        coerce=lambda value: value == "1",
    )
