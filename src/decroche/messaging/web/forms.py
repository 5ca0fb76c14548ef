"""Read a message as it is typed."""

import re
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from decroche.messaging.actions.send_message import LONGEST_BODY, LONGEST_CALLER
from decroche.messaging.models import Category
from decroche.patients.models import Patient
from decroche.practices.models import Practice, Practitioner
from decroche.practices.queries import practitioners_of

KEPT_IN_DRAFT = ("practitioner", "category", "is_urgent", "body", "caller_name", "caller_number")
EVERYONE = "all"
_DIGITS = re.compile(r"\d")


class MessageForm(forms.Form):
    """Ask whom it is for, what it is about, and what the caller said."""

    practitioner = forms.ChoiceField(label=gettext_lazy("Pour"), initial=EVERYONE)
    category = forms.ChoiceField(
        label=gettext_lazy("Sujet"), choices=Category.choices, initial=Category.CALLBACK
    )
    is_urgent = forms.BooleanField(label=gettext_lazy("Urgent"), required=False)
    body = forms.CharField(
        label=gettext_lazy("Message"),
        max_length=LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": gettext_lazy("Écrivez ce que l’appelant demande."),
            "max_length": gettext_lazy("Le message dépasse 2 000 caractères. Raccourcissez-le."),
        },
    )
    caller_name = forms.CharField(
        label=gettext_lazy("Appelant"),
        required=False,
        max_length=LONGEST_CALLER,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": gettext_lazy("Ce nom dépasse 120 caractères. Raccourcissez-le.")},
    )
    caller_number = forms.CharField(
        label=gettext_lazy("À rappeler au"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
        error_messages={"max_length": gettext_lazy("Ce numéro est trop long. Vérifiez-le.")},
    )
    idempotency_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, practice: Practice, **options: Any) -> None:
        options.setdefault("initial", {})
        options.setdefault("auto_id", "message_%s")
        options["initial"].setdefault("idempotency_key", uuid4())
        super().__init__(*args, **options)
        self.people: dict[str, Practitioner] = {str(p.pk): p for p in practitioners_of(practice.pk)}
        field = self.fields["practitioner"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            *((pk, p.display_name) for pk, p in self.people.items()),
            (EVERYONE, _("Tout le cabinet")),
        ]
        if len(self.people) == 1:
            field.initial = next(iter(self.people))

    def clean_body(self) -> str:
        return str(self.cleaned_data["body"])

    def clean_caller_number(self) -> str:
        number = str(self.cleaned_data["caller_number"])
        if number and len(_DIGITS.findall(number)) < 2:  # noqa: PLR2004
            raise forms.ValidationError(_("Ce numéro n’est pas complet. Exemple : 06 39 98 12 34."))
        return number

    @property
    def chosen(self) -> Practitioner | None:
        """Return whom it is for, nobody in particular when the whole practice."""
        return self.people.get(self.cleaned_data["practitioner"])


def patient_named(practice: Practice, given: str) -> Patient | None:
    """Return the practice's patient whose id the desk lends, or nobody."""
    if not given.isdecimal() or len(given) > 18:  # noqa: PLR2004
        return None
    patient: Patient | None = (
        Patient.objects.filter(pk=int(given), practice=practice).prefetch_related("phones").first()
    )
    return patient


def call_named(given: str) -> UUID | None:
    """Return the id of the call in hand, or none."""
    try:
        return UUID(given)
    except ValueError:
        return None
