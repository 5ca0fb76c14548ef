"""The knobs of a distribution policy, each with a sentence that says what it does."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from decroche.calls.actions.rules_of_secretariat import POLICY_FIELDS
from decroche.calls.models import DistributionPolicy
from decroche.calls.web.policy_replay import LOADS

REQUIRED: Final = {"required": gettext_lazy("Ce nombre est nécessaire.")}
_BETWEEN: Final = gettext_lazy("Un nombre entier, de %(least)s à %(most)s.")


def knob(
    label: Any, unit: Any, help_text: Any, *, least: int, most: int, step: int = 1
) -> forms.IntegerField:
    """Ask for a whole number within bounds, with its unit beside it."""
    wrong = _BETWEEN % {"least": least, "most": most}
    field = forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=least,
        max_value=most,
        error_messages=REQUIRED | dict.fromkeys(("min_value", "max_value", "invalid"), wrong),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "step": step, "class": "knob-input num"}),
    )
    field.unit = unit  # type: ignore[attr-defined]
    return field


SECONDS: Final = gettext_lazy("secondes")
MINUTES: Final = gettext_lazy("minutes")
CALLS: Final = gettext_lazy("appels")


class PolicyForm(forms.Form):
    """Read how a secretariat shares its calls out."""

    use_required_attribute = False

    offer_seconds = knob(
        gettext_lazy("Sonnerie d’un poste"),
        SECONDS,
        gettext_lazy("Au-delà, l’appel passe à une collègue et le poste qui n’a pas répondu est mis en pause."),
        least=5, most=60,
    )  # fmt: skip
    extra_wait_seconds = knob(
        gettext_lazy("Attendre celle qui connaît"),
        SECONDS,
        gettext_lazy(
            "Un appelant peut patienter ce temps de plus pour la secrétaire qui connaît le cabinet, ou qui lui a parlé la dernière, si elle a des chances de se libérer. Vingt secondes font plus souvent entendre une voix connue sans allonger l’attente ; au-delà de trente, elle s’allonge. 0 : jamais."
        ),
        least=0, most=120, step=5,
    )  # fmt: skip
    ageing_seconds = knob(
        gettext_lazy("Un appel ordinaire gagne un rang après"),
        SECONDS,
        gettext_lazy(
            "Les urgences passent d’abord, puis les confrères. Après ce délai, un patient qui attend passe à leur rang : personne n’est oublié."
        ),
        least=15, most=600, step=5,
    )  # fmt: skip
    calls_an_hour_at_most = knob(
        gettext_lazy("Plafond d’une secrétaire, par heure"),
        CALLS,
        gettext_lazy(
            "Au-delà, elle ne reçoit un appel que si personne d’autre n’est libre. 0 : pas de plafond."
        ),
        least=0, most=60,
    )  # fmt: skip
    pause_after_minutes = knob(
        gettext_lazy("Proposer une pause après"),
        MINUTES,
        gettext_lazy("Sans pause depuis ce temps, elle est sollicitée en dernier et une pause lui est proposée. 0 : jamais."),
        least=0, most=480, step=5,
    )  # fmt: skip
    wrap_up_seconds = knob(
        gettext_lazy("Après-appel"),
        SECONDS,
        gettext_lazy(
            "Le temps de noter ce qui vient d’être dit, avant l’appel suivant. Le rejeu suppose qu’il est pris."
        ),
        least=0, most=300, step=5,
    )  # fmt: skip
    wrap_up_at_most_seconds = knob(
        gettext_lazy("Après-appel prolongé, au plus"),
        SECONDS,
        gettext_lazy("Elle peut le prolonger d’elle-même, jusqu’à cette durée."),
        least=30, most=3600, step=30,
    )  # fmt: skip
    protect_minutes = knob(
        gettext_lazy("Protéger après un appel agressif"),
        MINUTES,
        gettext_lazy("Pendant ce temps, le numéro signalé ne lui est plus proposé : une collègue lui répond."),
        least=0, most=1440, step=5,
    )  # fmt: skip

    def __init__(self, data: Any = None, *, policy: DistributionPolicy) -> None:
        self.policy = policy
        initial = {name: getattr(policy, name) for name in POLICY_FIELDS}
        super().__init__(data, initial=initial, auto_id="policy-%s")
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the knobs in the order in which a supervisor thinks of them."""
        return [
            (_("Qui répond"), [self["offer_seconds"], self["extra_wait_seconds"], self["ageing_seconds"]]),
            (
                _("Souffler"),
                [self["calls_an_hour_at_most"], self["pause_after_minutes"], self["protect_minutes"]],
            ),
            (_("Après l’appel"), [self["wrap_up_seconds"], self["wrap_up_at_most_seconds"]]),
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        usual, longest = given.get("wrap_up_seconds"), given.get("wrap_up_at_most_seconds")
        if usual is not None and longest is not None and longest < usual:
            self.add_error("wrap_up_at_most_seconds", _("Au moins autant que l’après-appel lui-même."))
        return given

    def edited(self) -> DistributionPolicy:
        """Return the policy that the form describes, unsaved; what is wrong stays as it is."""
        return DistributionPolicy(
            secretariat_id=self.policy.secretariat_id,
            **{name: self.cleaned_data.get(name, getattr(self.policy, name)) for name in POLICY_FIELDS},
        )


def asked_load(text: str) -> int:
    """Return how many callers the replay should have, in percent of that day's."""
    return int(text) if text in {str(load) for load in LOADS} else LOADS[0]
