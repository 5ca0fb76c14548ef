"""Forms of a practitioner's wishes and of what is decided once for the whole agenda."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from decroche.scheduling.models import Wish
from decroche.scheduling.web.forms import fields


class WishForm(forms.Form):
    """How the practitioner would like the days filled, and for how long."""

    TODAY, ALWAYS, UNTIL = "today", "always", "until"
    _SHOWN_WHEN_NEEDED = ("at", "count", "pause_minutes", "valid_until")

    kind = forms.ChoiceField(label=_("Souhait"), choices=Wish.Kind.choices)
    at = fields.hour(_("À"), required=False)
    count = fields.number(_("Nombre"), least=1, most=40, required=False)
    pause_minutes = fields.number(_("Pause (minutes)"), least=1, most=120, required=False, initial=10)
    span = forms.ChoiceField(
        label=_("Pour combien de temps"),
        choices=[(TODAY, _("Aujourd’hui")), (ALWAYS, _("Toujours")), (UNTIL, _("Jusqu’au…"))],
        required=False,
        initial=TODAY,
    )
    valid_from = fields.day(_("À partir du"), required=False)
    valid_until = fields.day(_("Jusqu’au (inclus)"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            fields.say_no_optional(self, *self._SHOWN_WHEN_NEEDED)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        fields.say_no_optional(self, *self._SHOWN_WHEN_NEEDED)
        kind = found.get("kind")
        if kind == Wish.Kind.END_AT and found.get("at") is None and "at" not in self.errors:
            self.add_error("at", _("À quelle heure ?"))
        counted = {Wish.Kind.MAX_IN_A_ROW, Wish.Kind.EMERGENCY_SLOTS}
        if kind in counted and found.get("count") is None and "count" not in self.errors:
            self.add_error("count", _("Combien ?"))
        if found.get("span") == self.UNTIL and found.get("valid_until") is None:
            self.add_error("valid_until", _("Jusqu’à quel jour ?"))
        return found

    def days(self, today: date) -> tuple[date, date | None]:
        """Give the first and the last day; `today` is the site's."""
        first = self.cleaned_data["valid_from"] or today
        span = self.cleaned_data["span"] or self.TODAY
        if span == self.ALWAYS:
            return first, None
        if span == self.UNTIL:
            return first, self.cleaned_data["valid_until"]
        return first, first


class AgendaSettingsForm(forms.Form):
    """What a practitioner decides once."""

    forced_per_day = fields.number(_("Rendez-vous forcés par jour, au plus"), least=0, most=50)
    no_show_threshold = fields.number(
        _("Signaler un patient après tant de rendez-vous manqués"), least=1, most=50, required=False
    )
