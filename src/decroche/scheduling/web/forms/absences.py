"""Forms of what differs from the usual week: absences, closures, extra openings, changed hours."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from decroche.practices.models import Practice, Practitioner, Site
from decroche.scheduling.domain.week_words import WeekNotUnderstood, read_hours
from decroche.scheduling.models import Absence
from decroche.scheduling.web.forms import fields

_LONGEST_ABSENCE = timedelta(days=2 * 366)


class AbsenceForm(forms.Form):
    """A time when a practitioner does not receive; whole days unless hours are given."""

    first_day = fields.day(_("Du"))
    starts = fields.hour(_("à partir de"), required=False)
    last_day = fields.day(_("Au (inclus)"))
    ends = fields.hour(_("jusqu’à"), required=False)
    kind = forms.ChoiceField(
        label=_("Nature"),
        choices=[(Absence.Kind.ABSENCE, _("absence")), (Absence.Kind.CLOSURE, _("fermeture"))],
        required=False,
    )
    locum = forms.ModelChoiceField(
        label=_("Remplaçant"),
        queryset=Practitioner.objects.none(),
        required=False,
        empty_label=_("personne"),
        error_messages=fields.OF_THE_PRACTICE,
        help_text=_("Les heures ouvertes le sont alors dans son agenda."),
    )
    reason = forms.CharField(label=_("Raison (visible du secrétariat)"), max_length=120, required=False)

    def __init__(self, *args: Any, practitioner: Practitioner, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.fields["locum"].queryset = Practitioner.objects.filter(  # type: ignore[attr-defined]
            practice_id=practitioner.practice_id, is_active=True
        ).exclude(pk=practitioner.pk)

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


class HoursForm(forms.Form):
    """Other hours than usual, on a day or on every usual day of a span: besides the usual ones, or in their place."""

    EXTRA, CHANGED = "extra", "changed"

    what = forms.ChoiceField(choices=[(EXTRA, _("Ouvrir en plus")), (CHANGED, _("Changer les horaires"))])
    first_day = fields.day(_("Du"))
    last_day = fields.day(_("Au (inclus)"))
    hours = forms.CharField(
        label=_("Heures"),
        max_length=120,
        error_messages=fields.REQUIRED,
        widget=forms.TextInput(attrs={"placeholder": "9h-12h / 14h-17h", "autocomplete": "off"}),
    )
    site = fields.place()

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = Site.objects.filter(practice=practice)  # type: ignore[attr-defined]

    def clean_hours(self) -> Any:
        try:
            return read_hours(self.cleaned_data["hours"])
        except WeekNotUnderstood:
            raise forms.ValidationError(_("Donnez des heures, par exemple « 9h-12h / 14h-17h ».")) from None

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        first, last = found.get("first_day"), found.get("last_day")
        if first is not None and last is not None and not first <= last <= first + timedelta(days=366):
            self.add_error("last_day", _("Le dernier jour vient après le premier, dans l’année."))
        return found
