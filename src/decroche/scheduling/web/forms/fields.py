"""Fields that several forms of the settings share: days, hours, small numbers."""

from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from decroche.practices.models import Site

STEP_MINUTES = 5
REQUIRED = {"required": _("Ce champ est nécessaire.")}
_ELSEWHERE = _("Choisissez dans la liste : ce que vous demandez n’est pas, ou n’est plus, de ce cabinet.")
#: For what is chosen among a practice's own rows.
OF_THE_PRACTICE = REQUIRED | {"invalid_choice": _ELSEWHERE, "invalid_pk_value": _ELSEWHERE}


class _Date(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class _Time(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M", attrs={"step": STEP_MINUTES * 60})


def day(label: Any, **more: Any) -> forms.DateField:
    """Ask for a date."""
    errors = REQUIRED | {"invalid": _("Donnez une date, par exemple 24/11/2026.")}
    return forms.DateField(label=label, widget=_Date(), error_messages=errors, **more)


def hour(label: Any, **more: Any) -> forms.TimeField:
    """Ask for a time of day."""
    errors = REQUIRED | {"invalid": _("Donnez une heure, par exemple 9:00.")}
    return forms.TimeField(label=label, widget=_Time(), error_messages=errors, **more)


def number(label: Any, *, least: int, most: int, **more: Any) -> forms.IntegerField:
    """Ask for a whole number within bounds."""
    bounds = {"least": least, "most": most}
    errors: dict[str, Any] = REQUIRED | {
        "min_value": _("Un nombre de %(least)s à %(most)s.") % bounds,
        "max_value": _("Un nombre de %(least)s à %(most)s.") % bounds,
        "invalid": _("Un nombre de %(least)s à %(most)s.") % bounds,
        "step_size": _("Un multiple de 5 minutes."),
    }
    return forms.IntegerField(label=label, min_value=least, max_value=most, error_messages=errors, **more)


def place() -> "forms.ModelChoiceField[Site]":
    """Ask for one of the practice's sites; the form says which they are."""
    return forms.ModelChoiceField(
        label=_("Lieu"), queryset=Site.objects.none(), empty_label=None, error_messages=OF_THE_PRACTICE
    )


def say_no_optional(form: forms.Form, *names: str) -> None:
    """Let fields that have a usual value, or show only where they are needed, do without the word "facultatif".

    Called where nothing is left to validate: on a fresh form, or once the answers have been read.
    """
    form.use_required_attribute = False  # they may well be left alone
    for name in names:
        form.fields[name].required = True


def on_step(value: time) -> time:
    """Refuse an hour that no row of the grid shows."""
    if value.minute % STEP_MINUTES or value.second:
        raise forms.ValidationError(_("Choisissez une heure ronde à 5 minutes près."))
    return value
