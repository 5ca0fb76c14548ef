"""Forms of the agenda's settings; their sentences are what a secretary would say."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from decroche.practices.models import Practice, Site
from decroche.scheduling.models import OpeningRule, VisitType

_STEP_MINUTES = 5
_LONGEST_ABSENCE = timedelta(days=2 * 366)
_REQUIRED = {"required": _("Ce champ est nécessaire.")}


class _Date(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class _Time(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M", attrs={"step": _STEP_MINUTES * 60})


def _date(label: Any, **more: Any) -> forms.DateField:
    errors = _REQUIRED | {"invalid": _("Donnez une date, par exemple 24/11/2026.")}
    return forms.DateField(label=label, widget=_Date(), error_messages=errors, **more)


def _time(label: Any, **more: Any) -> forms.TimeField:
    errors = _REQUIRED | {"invalid": _("Donnez une heure, par exemple 9:00.")}
    return forms.TimeField(label=label, widget=_Time(), error_messages=errors, **more)


class RuleForm(forms.Form):
    """A weekly opening of one practitioner."""

    weekday = forms.TypedChoiceField(label=_("Jour"), choices=OpeningRule.Weekday.choices, coerce=int)
    starts = _time(_("De"))
    ends = _time(_("À"))
    site = forms.ModelChoiceField(label=_("Lieu"), queryset=Site.objects.none(), empty_label=None)
    valid_from = _date(_("À partir du"))
    valid_until = _date(_("Jusqu’au (inclus)"), required=False)
    visit_types = forms.ModelMultipleChoiceField(
        label=_("Motifs reçus"),
        help_text=_("Aucun coché : tous les motifs."),
        queryset=VisitType.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = Site.objects.filter(practice=practice)  # type: ignore[attr-defined]
        self.fields["visit_types"].queryset = VisitType.objects.filter(  # type: ignore[attr-defined]
            practice=practice, is_active=True
        )

    def clean_starts(self) -> time:
        return _on_step(self.cleaned_data["starts"])

    def clean_ends(self) -> time:
        return _on_step(self.cleaned_data["ends"])


class AbsenceForm(forms.Form):
    """A time when a practitioner does not receive; whole days unless hours are given."""

    first_day = _date(_("Du"))
    starts = _time(_("à partir de"), required=False)
    last_day = _date(_("Au (inclus)"))
    ends = _time(_("jusqu’à"), required=False)
    reason = forms.CharField(label=_("Raison (visible du secrétariat)"), max_length=120, required=False)

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        first, last = found.get("first_day"), found.get("last_day")
        if first is None or last is None:
            return found
        starts_at = self._moment(first, found.get("starts") or time(0))
        ends = found.get("ends")
        ends_at = self._moment(last, ends) if ends else self._moment(last + timedelta(days=1), time(0))
        if ends_at <= starts_at:
            raise forms.ValidationError(_("L’absence doit finir après avoir commencé."))
        if ends_at - starts_at > _LONGEST_ABSENCE:
            raise forms.ValidationError(_("Une absence dure au plus deux ans."))
        return found | {"starts_at": starts_at, "ends_at": ends_at}

    def _moment(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, tzinfo=self.zone)


class VisitTypeForm(forms.Form):
    """A visit type of the practice."""

    name = forms.CharField(label=_("Motif"), max_length=80, error_messages=_REQUIRED)
    short_name = forms.CharField(label=_("Abrégé dans la grille"), max_length=14, required=False)
    duration_minutes = forms.IntegerField(
        label=_("Durée (minutes)"),
        min_value=5,
        max_value=480,
        step_size=_STEP_MINUTES,
        error_messages=_REQUIRED
        | {
            "min_value": _("Au moins 5 minutes."),
            "max_value": _("Au plus 8 heures."),
            "step_size": _("Un multiple de 5 minutes."),
            "invalid": _("Un nombre de minutes."),
        },
    )
    colour = forms.TypedChoiceField(
        label=_("Couleur"), choices=[(n, str(n)) for n in range(1, 13)], coerce=int
    )
    emergency = forms.BooleanField(label=_("Réservé aux urgences"), required=False)
    is_active = forms.BooleanField(label=_("Proposé à la réservation"), required=False, initial=True)


def _on_step(value: time) -> time:
    if value.minute % _STEP_MINUTES or value.second:
        raise forms.ValidationError(_("Choisissez une heure ronde à 5 minutes près."))
    return value
