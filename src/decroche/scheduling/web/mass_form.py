"""Ask who is away from when to when, or how late."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from decroche.kernel.interval import local_day
from decroche.practices.models import Practice, Practitioner
from decroche.ui.formats import duration

LONGEST = timedelta(days=366)
_DELAYS = (10, 15, 20, 30, 40, 50, 60, 75, 90, 120)


class _PersonChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.display_name)


class _LateChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Name each practitioner with the delay that the waiting room measures."""

    measured: dict[int, int] = {}

    def label_from_instance(self, obj: Any) -> str:
        minutes = self.measured.get(obj.pk, 0)
        if not minutes:
            return str(obj.display_name)
        return _("%(who)s (mesuré : %(length)s)") % {
            "who": obj.display_name,
            "length": duration(minutes),
        }


class AwayForm(forms.Form):
    """A practitioner does not receive: from now until tonight, unless other days or hours are said."""

    practitioner = _PersonChoice(label=gettext_lazy("Qui"), queryset=None, empty_label=None)
    first_day = forms.DateField(
        label=gettext_lazy("Du"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    starts = forms.TimeField(
        label=gettext_lazy("Dès quelle heure"),
        required=False,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("Rien : dès maintenant, ou dès le matin."),
    )
    last_day = forms.DateField(
        label=gettext_lazy("Au (inclus)"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    ends = forms.TimeField(
        label=gettext_lazy("Jusqu’à quelle heure"),
        required=False,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("Rien : jusqu’au soir."),
    )
    locum = _PersonChoice(
        label=gettext_lazy("Remplacé par"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("Pas de remplaçant"),
    )
    reason = forms.CharField(
        label=gettext_lazy("Raison, vue du cabinet seul"),
        max_length=120,
        required=False,
        widget=forms.TextInput({"placeholder": gettext_lazy("Absence imprévue, congés…")}),
    )

    def __init__(self, *args: Any, practice: Practice, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.practice, self.now = practice, now
        people = Practitioner.objects.filter(practice=practice, is_active=True)
        fields: dict[str, Any] = self.fields
        fields["practitioner"].queryset = fields["locum"].queryset = people
        today = now.astimezone(practice.zone).date()
        self.initial = {"first_day": today, "last_day": today, **self.initial}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("locum") is not None and cleaned.get("locum") == cleaned.get("practitioner"):
            self.add_error("locum", _("Personne ne se remplace soi-même."))
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first is None or last is None:
            return cleaned
        zone = self.practice.zone
        start = datetime.combine(first, cleaned.get("starts") or time(0), tzinfo=zone)
        ends = cleaned.get("ends")
        end = datetime.combine(last, ends, tzinfo=zone) if ends else local_day(last, zone).end
        start = max(start, self.now.replace(second=0, microsecond=0))
        if end <= start:
            self.add_error("last_day", _("La fin vient avant le début, ou elle est passée."))
        elif end - start > LONGEST:
            self.add_error("last_day", _("Un an au plus."))
        cleaned["starts_at"], cleaned["ends_at"] = start, end
        return cleaned


class LateForm(forms.Form):
    """A practitioner runs late: whoever comes later today is told by how much."""

    late_practitioner = _LateChoice(label=gettext_lazy("Qui"), queryset=None, empty_label=None)
    minutes = forms.TypedChoiceField(label=gettext_lazy("Retard"), coerce=int)

    def __init__(
        self,
        *args: Any,
        practice: Practice,
        measured: dict[int, int],
        chosen: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["late_practitioner"].queryset = Practitioner.objects.filter(practice=practice, is_active=True)
        fields["late_practitioner"].measured = measured
        latest = max(measured, key=lambda who: measured[who], default=None) if chosen is None else chosen
        delay = measured.get(latest or 0, 0)
        choices = sorted({*_DELAYS, delay} - {0})
        fields["minutes"].choices = [(minutes, duration(minutes)) for minutes in choices]
        self.initial = {"late_practitioner": latest, "minutes": delay or 30, **self.initial}
