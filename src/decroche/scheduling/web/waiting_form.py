"""Ask for what someone waits: for what, with whom, when."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from decroche.patients.models import Patient
from decroche.practices.models import Practitioner
from decroche.scheduling.actions.join_waiting_list import Wants
from decroche.scheduling.domain.appointment import AHEAD
from decroche.scheduling.models import (
    Appointment,
    PatientPreference,
    VisitType,
    WaitingListEntry,
)
from decroche.scheduling.web.waiting_words import notice_words
from decroche.scheduling.web.words import when
from decroche.ui.formats import SHORT_DAYS, language

#: How long someone without an appointment waits, unless they say.
USUAL_WAIT = timedelta(days=30)
_NOTICES = (0, 30, 60, 120, 240, 720, 1440, 2880)


class _AppointmentChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{when(obj)} · {obj.practitioner.display_name}"


class _PersonChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.display_name)


class WaitForm(forms.Form):
    """What the caller says of it; every field has an answer already, so that Enter is enough."""

    visit_type: Any = forms.ModelChoiceField(label=gettext_lazy("Motif"), queryset=None, empty_label=None)
    practitioner = _PersonChoice(
        label=gettext_lazy("Avec"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("N’importe quel praticien"),
    )
    instead_of = _AppointmentChoice(
        label=gettext_lazy("À la place de"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("Rien : il n’a pas encore de rendez-vous"),
    )
    first_day = forms.DateField(
        label=gettext_lazy("À partir du"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    last_day = forms.DateField(
        label=gettext_lazy("Jusqu’au (inclus)"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    half_day = forms.ChoiceField(
        label=gettext_lazy("Moment"),
        choices=PatientPreference.HalfDay.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Jours"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    notice_minutes = forms.TypedChoiceField(label=gettext_lazy("Prévenir au moins"), coerce=int)
    is_urgent = forms.BooleanField(label=gettext_lazy("À passer devant les autres"), required=False)

    def __init__(self, *args: Any, patient: Patient, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = now.astimezone(patient.practice.zone).date()
        practice_id = patient.practice_id
        fields: dict[str, Any] = self.fields
        fields["visit_type"].queryset = VisitType.objects.filter(practice=practice_id, is_active=True)
        fields["practitioner"].queryset = Practitioner.objects.filter(practice=practice_id, is_active=True)
        fields["instead_of"].queryset = (
            Appointment.objects.filter(
                patient=patient, status__in=[status.value for status in AHEAD], starts_at__gt=now
            )
            .select_related("practitioner", "site")
            .order_by("starts_at")
        )
        fields["weekdays"].choices = [(day, SHORT_DAYS[language()][day].rstrip(".")) for day in range(7)]
        fields["notice_minutes"].choices = [(minutes, _notice(minutes)) for minutes in _NOTICES]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("Le dernier jour vient avant le premier."))
        elif last and last < self.today:
            self.add_error("last_day", _("Ce jour est passé."))
        return cleaned

    def wants(self) -> Wants:
        """Give what was asked; the form is valid."""
        return Wants(**self.cleaned_data)


def _notice(minutes: int) -> str:
    return notice_words(minutes) if minutes else _("peu importe")


def first_answers(
    *, patient: Patient, appointment: Appointment | None, visit_type_id: int | None, today: date
) -> dict[str, Any]:
    """Answer everything beforehand, from the appointment that is too late and from what the patient prefers."""
    preference = PatientPreference.objects.filter(patient=patient).first()
    answers: dict[str, Any] = {
        "first_day": today,
        "last_day": today + USUAL_WAIT,
        "half_day": preference.half_day if preference else "",
        "weekdays": preference.weekdays if preference else [],
        "notice_minutes": 120,
        "visit_type": visit_type_id,
        "practitioner": preference.practitioner_id if preference else None,
    }
    if appointment is not None:
        day = appointment.local_start.date()
        answers |= {
            "visit_type": appointment.visit_type_id,
            "practitioner": appointment.practitioner_id,
            "instead_of": appointment.pk,
            "last_day": max(today, day),
        }
    return answers


def answers_of(entry: WaitingListEntry) -> dict[str, Any]:
    """Give what an entry says, for its form."""
    names = ("first_day", "last_day", "half_day", "weekdays", "notice_minutes", "is_urgent")
    return {name: getattr(entry, name) for name in names} | {
        "visit_type": entry.visit_type_id,
        "practitioner": entry.practitioner_id,
        "instead_of": entry.instead_of_id,
    }
