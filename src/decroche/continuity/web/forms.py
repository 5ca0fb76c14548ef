"""Read the phrase that opens a practice's offline page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from decroche.continuity.domain.sealing import SHORTEST_PHRASE

_REQUIRED = {"required": _("Ce champ est nécessaire.")}


def _secret(label: Any, autocomplete: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=200,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        error_messages=_REQUIRED,
    )


class PhraseForm(forms.Form):
    """A phrase, typed twice since nothing can recover it."""

    phrase = _secret(_("Phrase"), "new-password")
    again = _secret(_("La même, une seconde fois"), "new-password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phrase"].help_text = _(
            "Au moins %(n)s caractères ; quatre mots sans rapport se retiennent bien."
        ) % {"n": SHORTEST_PHRASE}

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("phrase") and found.get("again") and found["phrase"] != found["again"]:
            self.add_error("again", _("Les deux phrases ne sont pas les mêmes."))
        return found
