"""Read an access card as it is typed."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext as _

from decroche.practices.actions.update_access_card import FIELDS
from decroche.practices.models import AccessCard

EXAMPLES = {
    "landmark": "en face de la boulangerie",
    "door_code": "12B45",
    "floor": "1er étage à droite",
    "step_free": "par la cour, sonner à « Cabinet »",
    "parking": "parking de la mairie, gratuit une heure",
    "transport": "bus 27, arrêt Lilas",
}


class AccessCardForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the checker
    """Ask what a person on the pavement needs to hear."""

    class Meta:
        model = AccessCard
        fields = FIELDS

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            most = getattr(field, "max_length", None)
            field.widget.attrs.update({"autocomplete": "off", "placeholder": EXAMPLES.get(name, "")})
            field.error_messages["max_length"] = _("%(most)s caractères au plus. Raccourcissez.") % {
                "most": most
            }
            for validator in field.validators:
                if isinstance(validator, MaxLengthValidator):
                    validator.message = field.error_messages["max_length"]
