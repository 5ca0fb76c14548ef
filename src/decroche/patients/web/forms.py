"""Read what a secretary types about a patient, and say at the field what cannot be."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from decroche.kernel import phone as phones
from decroche.patients.domain import birth_dates
from decroche.patients.domain.identity import LONGEST_NAME, NameFlaw, UnusableName, clean_name
from decroche.patients.models import Sex
from decroche.ui.templatetags.french import day

NUMBERS = 3
"""Telephone fields of the edit form."""


class NameField(forms.CharField):
    """Read a name; markup, digits and pictures are not one."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "words"}
        )
        super().__init__(widget=widget, strip=True, **options)
        self.validators = []

    def clean(self, value: Any) -> str:
        text = str(value or "")
        if not text.strip() and not self.required:
            return ""
        try:
            return clean_name(text)
        except UnusableName as refusal:
            raise forms.ValidationError(_sentence(refusal.flaw), code=refusal.flaw) from refusal


class BirthDateField(forms.CharField):
    """Read a birth date in any usual form; ``today`` is set by the form."""

    today: date

    def __init__(self, **options: Any) -> None:
        attrs = {"autocomplete": "off", "inputmode": "numeric", "placeholder": gettext_lazy("jj/mm/aaaa")}
        super().__init__(widget=forms.TextInput(attrs=attrs), strip=True, **options)
        self.validators = []

    def prepare_value(self, value: Any) -> Any:
        return day(value) if isinstance(value, date) else value

    def clean(self, value: Any) -> Any:
        text = str(value or "").replace("\x00", " ").strip()
        if not text:
            raise forms.ValidationError(_("Indiquez la date de naissance : elle évite les doublons."))
        try:
            return birth_dates.read(text, today=self.today)
        except birth_dates.ImpossibleBirthDate as refusal:
            raise forms.ValidationError(
                _("Personne de vivant n’est né à cette date. Vérifiez l’année.")
            ) from refusal
        except birth_dates.NotABirthDate as refusal:
            raise forms.ValidationError(
                _("Cette date n’existe pas. Écrivez par exemple 12/03/1984 ou 12 mars 1984.")
            ) from refusal


class PhoneField(forms.CharField):
    """Read a telephone number; ``region`` is set by the form."""

    region: str = "FR"

    def __init__(self, **options: Any) -> None:
        super().__init__(
            widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}), strip=True, **options
        )
        self.validators = []

    def prepare_value(self, value: Any) -> Any:
        return phones.display(value) if isinstance(value, str) and value.startswith("+") else value

    def clean(self, value: Any) -> str:
        text = str(value or "").strip()
        if not text:
            if self.required:
                raise forms.ValidationError(_("Indiquez un numéro de téléphone."))
            return ""
        try:
            return phones.parse(text, region=self.region)
        except phones.NotAPhoneNumber as refusal:
            raise forms.ValidationError(
                _("Ce numéro n’est pas complet ou n’existe pas. Exemple : 06 39 98 12 34.")
            ) from refusal


class IdentityForm(forms.Form):
    """Ask for the traits that tell one person from another."""

    birth_date = BirthDateField(label=gettext_lazy("Date de naissance"))
    birth_name = NameField(label=gettext_lazy("Nom de naissance"))
    first_names = NameField(label=gettext_lazy("Prénom"))
    used_name = NameField(label=gettext_lazy("Nom utilisé"), required=False)
    sex = forms.ChoiceField(
        label=gettext_lazy("Sexe"),
        choices=Sex.choices,
        initial=Sex.UNKNOWN,
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, today: date, region: str, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            if isinstance(field, BirthDateField):
                field.today = today
            if isinstance(field, PhoneField):
                field.region = region

    def clean_sex(self) -> str:
        return self.cleaned_data["sex"] or Sex.UNKNOWN


class NewPatientForm(IdentityForm):
    """Ask for what opens a record, in one breath."""

    phone = PhoneField(label=gettext_lazy("Téléphone"), required=False)
    email = forms.EmailField(
        label=gettext_lazy("Courriel"),
        required=False,
        error_messages={
            "invalid": gettext_lazy("Cette adresse n’est pas complète. Exemple : nom@exemple.fr.")
        },
    )


class ContactForm(forms.Form):
    """Ask how a patient is reached and what helps them come."""

    email = forms.EmailField(
        label=gettext_lazy("Courriel"),
        required=False,
        error_messages={
            "invalid": gettext_lazy("Cette adresse n’est pas complète. Exemple : nom@exemple.fr.")
        },
    )
    notes_allowed = forms.CharField(
        label=gettext_lazy("Note pratique"),
        help_text=gettext_lazy("Accompagnant, langue, mobilité. Rien de médical."),
        required=False,
        max_length=280,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": gettext_lazy("La note dépasse 280 caractères. Raccourcissez-la.")},
    )

    def __init__(self, *args: Any, region: str, **options: Any) -> None:
        super().__init__(*args, **options)
        for index in range(NUMBERS):
            number = PhoneField(label=_("Téléphone %(n)s") % {"n": index + 1}, required=False)
            number.region = region
            self.fields[f"number_{index}"] = number
            self.fields[f"label_{index}"] = forms.CharField(
                label=_("À qui est-il ?"),
                required=False,
                max_length=40,
                error_messages={"max_length": _("40 caractères au plus.")},
            )

    @property
    def reaches(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Pair each number's field with its label's."""
        return [(self[f"number_{index}"], self[f"label_{index}"]) for index in range(NUMBERS)]

    def typed_reaches(self) -> list[tuple[str, str]]:
        """Return the numbers that were given, with their labels."""
        pairs = ((self.cleaned_data[f"number_{i}"], self.cleaned_data[f"label_{i}"]) for i in range(NUMBERS))
        return [(number, label) for number, label in pairs if number]


def _sentence(flaw: str) -> str:
    return {
        NameFlaw.EMPTY: _("Indiquez ce nom, comme il est entendu."),
        NameFlaw.TOO_LONG: _("Ce nom dépasse %(most)s caractères. Raccourcissez-le.")
        % {"most": LONGEST_NAME},
        NameFlaw.NOT_LETTERS: _("Un nom n’a que des lettres, des tirets et des apostrophes."),
    }[NameFlaw(flaw)]
