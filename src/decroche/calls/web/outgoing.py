"""The doors of a secretariat's outgoing rules: the number shown, whom it may call, for how much."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.calls.actions.rules_of_secretariat import StaleRules, save_outgoing_rules
from decroche.calls.domain.outgoing import (
    EMERGENCY_NUMBERS,
    FRENCH_PREFIXES,
    FRENCH_SURCHARGED,
    Dial,
    NotDialled,
)
from decroche.calls.models import OutgoingRules
from decroche.calls.queries_outgoing import (
    lines_with_consents,
    outgoing_rules_of,
    prices_in_force,
    spent_this_month,
    try_number,
)
from decroche.calls.web.house import answers
from decroche.calls.web.house.undo import TooLate, keep, undoes
from decroche.calls.wording_prices import KINDS
from decroche.foundation import clock
from decroche.kernel import phone
from decroche.practices.models import Secretariat

MAY = Permission.CHOOSE_POLICY
PAGE, PANEL = "calls/teams/outgoing.html", "calls/teams/_outgoing.html"
MOST_PREFIXES: Final = 20
LONGEST_PREFIX: Final = 8
#: Satellites and services billed by the minute abroad: never by a whole prefix.
DEAR: Final = ("+870", "+878", "+881", "+882", "+883", "+888", "+979")
_WHY: Final = {
    NotDialled.NOT_A_NUMBER: gettext_lazy("Ce n’est pas un numéro de téléphone."),
    NotDialled.EMERGENCY_NUMBER: gettext_lazy(
        "Un numéro d’urgence composé d’ici joindrait le centre de votre ville, pas celui du patient. Il raccroche et compose le 15 ; ou vous appelez le numéro à dix chiffres du SAMU de son département."
    ),
    NotDialled.SHORT_NUMBER: gettext_lazy("Un numéro court est un service, le plus souvent surtaxé."),
    NotDialled.SURCHARGED: gettext_lazy("Un numéro surtaxé coûte plus qu’un appel."),
    NotDialled.ABROAD: gettext_lazy("Ce pays n’est pas dans les indicatifs permis."),
    NotDialled.CAP_REACHED: gettext_lazy("Le plafond du mois est atteint."),
}


class OutgoingForm(forms.Form):
    """Read whom a secretariat may call."""

    use_required_attribute = False

    number = forms.CharField(
        label=gettext_lazy("Numéro présenté"),
        max_length=40,
        required=False,
        help_text=gettext_lazy(
            "Celui du secrétariat : on le voit quand le cabinet n’a pas donné son accord pour le sien. Il doit vous appartenir."
        ),
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    prefixes = forms.CharField(
        label=gettext_lazy("Autres indicatifs permis"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("La France et l’outre-mer le sont déjà. Exemple : +32, +41."),
    )
    cap = forms.DecimalField(
        label=gettext_lazy("Plafond par mois, en euros"),
        min_value=Decimal(0),
        max_value=Decimal(10000),
        decimal_places=2,
        localize=True,
        error_messages={
            "required": gettext_lazy("Un plafond est nécessaire ; 0 interdit tout appel payant."),
            **dict.fromkeys(
                ("invalid", "min_value", "max_value", "max_decimal_places"),
                gettext_lazy("Une somme en euros, de 0 à 10000, avec deux décimales au plus."),
            ),
        },
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )

    def __init__(self, data: Any = None, *, rules: OutgoingRules, region: str) -> None:
        self.rules, self.region = rules, region
        initial = {
            "number": phone.display(rules.number) if rules.number else "",
            "prefixes": ", ".join(map(str, rules.prefixes)),
            "cap": Decimal(rules.monthly_cap_cents) / 100,
        }
        super().__init__(data, initial=initial, auto_id="outgoing-%s")
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def clean_number(self) -> str:
        typed = self.cleaned_data["number"]
        if not typed:
            return ""
        number = phone.parse_or_none(typed, region=self.region)
        if number is None or number.startswith(FRENCH_SURCHARGED):
            raise forms.ValidationError(_("Ce numéro ne peut pas être présenté : vérifiez ses chiffres."))
        return number

    def clean_prefixes(self) -> list[str]:
        found: dict[str, None] = {}
        for word in self.cleaned_data["prefixes"].replace(";", ",").replace(" ", ",").split(","):
            prefix = word.strip()
            if not prefix:
                continue
            prefix = f"+{prefix[2:]}" if prefix.startswith("00") else prefix
            self._check(prefix, word)
            if not prefix.startswith(FRENCH_PREFIXES):
                found[prefix] = None
        if len(found) > MOST_PREFIXES:
            raise forms.ValidationError(_("Vingt indicatifs au plus."))
        return list(found)

    def _check(self, prefix: str, word: str) -> None:
        digits = prefix[1:]
        well_made = prefix[:1] == "+" and digits.isascii() and digits.isdigit() and digits[:1] != "0"
        if not well_made or len(prefix) > LONGEST_PREFIX:
            raise forms.ValidationError(
                _("« %(word)s » n’est pas un indicatif : + puis quelques chiffres.") % {"word": word[:20]}
            )
        if prefix.startswith((*FRENCH_SURCHARGED, *DEAR)):
            raise forms.ValidationError(
                _("%(word)s est un indicatif surtaxé : il reste refusé.") % {"word": word}
            )

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "number": given["number"],
            "prefixes": given["prefixes"],
            "monthly_cap_cents": int(given["cap"] * 100),
        }


@require_GET
@requires(MAY)
def show(request: PersonRequest, secretariat_id: int) -> HttpResponse:
    """Show the rules, what the month has cost, and which practices lend their number."""
    return _draw(request, answers.secretariat_of(request, secretariat_id, MAY))


@require_POST
@requires(MAY)
def save(request: PersonRequest, secretariat_id: int) -> HttpResponse:
    """Save the rules."""
    secretariat = answers.secretariat_of(request, secretariat_id, MAY)
    form = OutgoingForm(request.POST, rules=outgoing_rules_of(secretariat), region=secretariat.country)
    if not form.is_valid():
        return _draw(request, secretariat, form=form, status=answers.INCOMPLETE)
    version = answers.whole(request.POST.get("version", ""))
    try:
        saved = save_outgoing_rules(secretariat_id=secretariat.pk, version=version, values=form.values())
    except StaleRules:
        form.add_error(
            None,
            _(
                "Ces règles viennent d’être changées ailleurs. Ce que vous avez écrit est gardé : comparez, puis enregistrez."
            ),
        )
        return _draw(request, secretariat, form=form, status=answers.CHANGED_SINCE)
    undo = keep(
        request, "outgoing", secretariat_id=secretariat.pk, version=saved.version, before=saved.before
    )
    address = reverse("calls:outgoing", args=[secretariat.pk])
    return answers.done(
        request, _draw(request, secretariat), address, _("Les règles sont enregistrées."), undo
    )


@undoes("outgoing")
def put_back(request: PersonRequest, kept: Mapping[str, Any]) -> str:
    """Put the rules back as they were."""
    secretariat = answers.secretariat_of(request, kept["secretariat_id"], MAY)
    try:
        save_outgoing_rules(secretariat_id=secretariat.pk, version=kept["version"], values=kept["before"])
    except StaleRules:
        raise TooLate from None
    return _("C’est défait.")


@require_POST
@requires(MAY)
def attempt(request: PersonRequest, secretariat_id: int) -> HttpResponse:
    """Say whether a number could be called now, and why not."""
    secretariat = answers.secretariat_of(request, secretariat_id, MAY)
    typed = request.POST.get("number", "")[:40]
    rules = outgoing_rules_of(secretariat)
    spent = spent_this_month(secretariat, now=clock.now())
    judged = try_number(typed, rules=rules, region=secretariat.country, spent_cents=spent)
    tried = {"typed": typed, "number": "", "why": ""}
    if isinstance(judged, Dial):
        tried["number"] = judged.number
    else:
        tried["why"] = str(_WHY[judged])
    if answers.is_fragment(request):
        return render(request, "calls/teams/_outgoing_try.html", {"tried": tried, "secretariat": secretariat})
    return _draw(request, secretariat, tried=tried)


def _draw(
    request: PersonRequest,
    secretariat: Secretariat,
    *,
    form: OutgoingForm | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    rules = form.rules if form is not None else outgoing_rules_of(secretariat)
    spent = spent_this_month(secretariat, now=clock.now())
    context = answers.frame(request, "outgoing", secretariat) | {
        "form": form or OutgoingForm(rules=rules, region=secretariat.country),
        "version": rules.version,
        "spent": Decimal(spent) / 100,
        "cap": Decimal(rules.monthly_cap_cents) / 100,
        "spent_cents": spent,
        "cap_cents": rules.monthly_cap_cents,
        "is_reached": spent >= rules.monthly_cap_cents,
        "lines": lines_with_consents(),
        "prices": [(KINDS[price.kind], price) for price in prices_in_force()],
        "emergency_numbers": ", ".join(sorted(EMERGENCY_NUMBERS, key=lambda number: (len(number), number))),
        "french_prefixes": ", ".join(FRENCH_PREFIXES),
        **more,
    }
    return answers.draw(request, PAGE, PANEL, context, status=status)
