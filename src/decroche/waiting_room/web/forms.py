"""What is typed in the waiting room: by patients on a tablet, by the practice when it sets up its screens."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from decroche.practices.models import Practice, Site
from decroche.waiting_room.models import Device, WaitingRoomSettings

#: Nothing that a browser could offer to the next person.
_PRIVATE = {"autocomplete": "off", "autocorrect": "off", "spellcheck": "false", "class": "form-control"}
_SELECT = {"class": "form-select"}
_FIGURES = _PRIVATE | {"inputmode": "numeric"}


class CodeForm(forms.Form):
    """The short code of the appointment, typed or read by a scanner that types."""

    code = forms.CharField(
        label=gettext_lazy("Le code de votre rendez-vous"),
        max_length=40,
        widget=forms.TextInput(
            attrs=_PRIVATE | {"autocapitalize": "characters", "autofocus": True, "class": "form-control code"}
        ),
    )

    def identity(self) -> dict[str, Any]:
        return {"code": self.cleaned_data["code"]}


class NameForm(forms.Form):
    """A family name and a birth date: three short boxes, as on a form on paper."""

    name = forms.CharField(
        label=gettext_lazy("Votre nom de famille"),
        max_length=80,
        widget=forms.TextInput(attrs=_PRIVATE | {"autocapitalize": "words", "autofocus": True}),
    )
    day = forms.IntegerField(
        label=gettext_lazy("Jour"),
        min_value=1,
        max_value=31,
        widget=forms.TextInput(attrs=_FIGURES | {"maxlength": 2}),
    )
    month = forms.IntegerField(
        label=gettext_lazy("Mois"),
        min_value=1,
        max_value=12,
        widget=forms.TextInput(attrs=_FIGURES | {"maxlength": 2}),
    )
    year = forms.IntegerField(
        label=gettext_lazy("Année"),
        min_value=1890,
        max_value=2100,
        widget=forms.TextInput(attrs=_FIGURES | {"maxlength": 4}),
    )

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if {"day", "month", "year"} <= typed.keys():
            try:
                typed["birth_date"] = date(typed["year"], typed["month"], typed["day"])
            except ValueError:
                self.add_error("day", _("Ce jour n’existe pas dans ce mois."))
        return typed

    def identity(self) -> dict[str, Any]:
        return {"name": self.cleaned_data["name"], "birth_date": self.cleaned_data["birth_date"]}


class DeviceForm(forms.Form):
    """A new screen, at one of the practice's sites."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Sorte d’écran"), choices=Device.Kind.choices, widget=forms.Select(attrs=_SELECT)
    )
    label = forms.CharField(
        label=gettext_lazy("Nom de l’écran"),
        max_length=60,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    shows = forms.ChoiceField(
        label=gettext_lazy("Qui est appelé s’affiche par"),
        choices=Device.Shows.choices,
        initial=Device.Shows.TICKET,
        widget=forms.Select(attrs=_SELECT),
    )
    chime = forms.BooleanField(label=gettext_lazy("Proposer un carillon à chaque appel"), required=False)

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sites = Site.objects.filter(practice_id=practice.pk).order_by("-is_main", "name", "pk")
        self.fields["site"] = forms.ModelChoiceField(
            label=_("Lieu"),
            queryset=sites,
            initial=sites.first(),
            empty_label=None,
            widget=forms.Select(attrs=_SELECT),
        )


class SettingsForm(forms.Form):
    """The tolerance, and where each practitioner receives."""

    def __init__(
        self, *args: Any, practice: Practice, rooms: dict[int, str], people: list[Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        chosen = WaitingRoomSettings.objects.filter(practice_id=practice.pk).first()
        self.fields["tolerance_minutes"] = forms.IntegerField(
            label=_("Minutes de retard tolérées"),
            min_value=0,
            max_value=120,
            initial=chosen.tolerance_minutes if chosen else WaitingRoomSettings.TOLERANCE,
            help_text=_("Au-delà, on passe après les personnes présentes dont l’heure est venue."),
            widget=forms.NumberInput(attrs={"class": "form-control"}),
        )
        self.people = {f"room_{person.pk}": person.pk for person in people}
        for person in people:
            self.fields[f"room_{person.pk}"] = forms.CharField(
                label=person.display_name,
                max_length=40,
                required=False,
                initial=rooms.get(person.pk, ""),
                widget=forms.TextInput(attrs={"class": "form-control", "placeholder": _("Bureau 2")}),
            )

    def rooms(self) -> dict[int, str]:
        return {pk: self.cleaned_data[name].strip() for name, pk in self.people.items()}

    def room_fields(self) -> list[Any]:
        return [self[name] for name in self.people]
