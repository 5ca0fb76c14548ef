"""Say why: why her, why not another, why this caller may not be put through, why a number is not dialled."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from decroche.calls.domain.outgoing import NotDialled
from decroche.calls.domain.reachability import ReachWhy
from decroche.calls.domain.routing import Why
from decroche.ui import formats

MINUTE = 60

_REASONS: Mapping[str, str | Promise] = {
    Why.SPOKE_LAST: gettext_lazy("lui a parlé la dernière fois"),
    Why.KNOWS_WELL: gettext_lazy("connaît bien le cabinet"),
    Why.KNOWS: gettext_lazy("connaît le cabinet"),
    Why.NEW_TO_PRACTICE: gettext_lazy("premier appel pour ce cabinet"),
    Why.SPEAKS: ngettext_lazy("a la compétence souhaitée", "a %(count)s compétences souhaitées", "count"),
    Why.IDLE_FOR: gettext_lazy("libre depuis %(time)s"),
    Why.ONLY_ONE: gettext_lazy("seule à son poste"),
    Why.HELD_FOR_HER: gettext_lazy("l’appelant l’a attendue %(time)s"),
    Why.BACK_UP: gettext_lazy("en renfort"),
    Why.EMERGENCY: gettext_lazy("ligne d’urgence"),
    Why.COLLEAGUE: gettext_lazy("appel d’un professionnel"),
    Why.FIRST_IN_LINE: gettext_lazy("à servir en premier"),
    Why.WAITED_LONGEST: gettext_lazy("c’est le tour de qui attend depuis le plus longtemps, %(time)s"),
    Why.TRIED_BEFORE: ngettext_lazy("après un essai", "après %(count)s essais", "count"),
    Why.HOLDING: gettext_lazy("gardé %(time)s au plus pour qui connaît le cabinet"),
    Why.EVERYONE_BUSY: ngettext_lazy(
        "la seule secrétaire à son poste est occupée",
        "les %(count)s secrétaires à leur poste sont occupées",
        "count",
    ),
    Why.NOBODY_AT_POST: gettext_lazy("personne à son poste"),
    Why.NOBODY_SKILLED: gettext_lazy("personne à son poste n’a la compétence requise"),
    Why.NOBODY_ALLOWED: gettext_lazy("aucune des présentes ne peut prendre cet appel"),
    Why.EVERYONE_TRIED: gettext_lazy("personne n’a pu répondre"),
    Why.WAITED_TOO_LONG: gettext_lazy("attente de %(time)s"),
    Why.ON_CALL: gettext_lazy("en appel depuis %(time)s"),
    Why.RINGING: gettext_lazy("son téléphone sonne déjà"),
    Why.IN_WRAP_UP: gettext_lazy("en après-appel depuis %(time)s"),
    Why.TAKEN: gettext_lazy("reçoit un autre appel"),
    Why.TRIED: gettext_lazy("n’a pas décroché il y a %(time)s"),
    Why.LACKS_SKILL: gettext_lazy("n’a pas la compétence requise"),
    Why.ABOVE_CEILING: gettext_lazy("au-delà de sa charge"),
    Why.PROTECTED: gettext_lazy("protégée de ce numéro"),
    Why.OWES_A_TURN: gettext_lazy("doit prendre qui attend depuis le plus longtemps"),
}

_REACH: Mapping[ReachWhy, str | Promise] = {
    ReachWhy.IS_FREE: gettext_lazy("Disponible"),
    ReachWhy.IS_EMERGENCY: gettext_lazy("Urgence : annoncer avant de passer l’appel"),
    ReachWhy.ON_WHITE_LIST: gettext_lazy(
        "Toujours joignable pour cet appelant : annoncer avant de le passer"
    ),
    ReachWhy.IS_COLLEAGUE: gettext_lazy("Joignable pour un professionnel : annoncer avant de le passer"),
    ReachWhy.IN_CONSULTATION: gettext_lazy("En consultation"),
    ReachWhy.ON_ROUNDS: gettext_lazy("En visite"),
    ReachWhy.URGENT_ONLY: gettext_lazy("Urgences seulement"),
    ReachWhy.COLLEAGUES_ONLY: gettext_lazy("Professionnels seulement"),
}

_NOT_DIALLED: Mapping[NotDialled, str | Promise] = {
    NotDialled.NOT_A_NUMBER: gettext_lazy("Ce n’est pas un numéro de téléphone."),
    NotDialled.EMERGENCY_NUMBER: gettext_lazy(
        "D’ici, ce numéro joindrait les secours du mauvais endroit. Demandez au patient de raccrocher et de le "
        "composer, ou appelez le numéro à dix chiffres du SAMU de son département."
    ),
    NotDialled.SHORT_NUMBER: gettext_lazy("Les numéros courts ne sont pas appelés d’ici."),
    NotDialled.SURCHARGED: gettext_lazy("Ce numéro est surtaxé."),
    NotDialled.ABROAD: gettext_lazy("Les appels vers l’étranger ne sont pas ouverts."),
    NotDialled.CAP_REACHED: gettext_lazy("Le plafond de dépense du mois est atteint."),
}


def reason(why: str, amount: int) -> str:
    """Return one reason in words; empty for a code of another time."""
    text = _REASONS.get(why)
    return "" if text is None else str(text % {"time": lasting(amount), "count": amount})


def reasons(detail: Mapping[str, Any]) -> str:
    """Return the reasons of a decision in one line: "connaît le cabinet, libre depuis 3 min"."""
    found = [reason(str(why), int(amount)) for why, amount in detail.get("reasons", [])]
    return ", ".join(text for text in found if text)


def passed_over(detail: Mapping[str, Any], names: Mapping[int, str]) -> list[str]:
    """Return why the first few who would have suited better were not rung: "Mme Roche : en appel depuis 2 min"."""
    found = []
    for user_id, why, amount in detail.get("passed_over", []):
        who, text = names.get(int(user_id), ""), reason(str(why), int(amount))
        if who and text:
            found.append(_("%(who)s : %(why)s") % {"who": who, "why": text})
    return found


def lasting(seconds: int) -> str:
    """Return "45 s" or "3 min": who reads a reason needs no more."""
    return formats.duration(seconds // MINUTE) if seconds >= MINUTE else f"{seconds}\u202fs"


def reach(why: ReachWhy) -> str:
    """Return why a practitioner may or may not be disturbed."""
    return str(_REACH[why])


def not_dialled(why: NotDialled) -> str:
    """Return why a number is not called, and what to do instead."""
    return str(_NOT_DIALLED[why])
