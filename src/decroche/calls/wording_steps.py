"""Say in words what happens around a conversation: menus, parking, third persons, ears, recordings, outgoing calls."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from decroche.calls.switchboard.records import StepKind
from decroche.ui import formats

_SENTENCES: Mapping[str, str | Promise] = {
    StepKind.MENU: gettext_lazy("Écoute le menu"),
    StepKind.KEPT_FOR: gettext_lazy("Gardé un instant pour %(who)s"),
    StepKind.INFORMED: gettext_lazy("Entend l’annonce"),
    StepKind.PARKED: gettext_lazy("%(who)s le met en attente pour un collègue"),
    StepKind.UNPARKED: gettext_lazy("%(who)s le reprend"),
    StepKind.PARTY_DROPPED: gettext_lazy("%(who)s revient à l’appelant"),
    StepKind.LISTENER_GONE: gettext_lazy("La responsable n’écoute plus"),
    StepKind.RECORDING_ANNOUNCED: gettext_lazy("A entendu l’annonce d’enregistrement"),
    StepKind.RECORDING_REFUSED: gettext_lazy("A refusé l’enregistrement"),
    StepKind.RECORDING_ON: gettext_lazy("Enregistrement commencé"),
    StepKind.RECORDING_OFF: gettext_lazy("Enregistrement arrêté"),
    StepKind.CALLING: gettext_lazy("%(who)s appelle %(number)s"),
    StepKind.DIALLED: gettext_lazy("Le numéro %(number)s sonne"),
    StepKind.ABUSE: gettext_lazy("Signalé comme agressif par %(who)s"),
}
_MOMENTS: Mapping[str, str | Promise] = {
    "open": gettext_lazy("La ligne est ouverte"),
    "lunch": gettext_lazy("Pause de midi"),
    "closed": gettext_lazy("La ligne est fermée"),
    "holiday": gettext_lazy("Jour férié ou congés"),
    "leave": gettext_lazy("Praticien absent"),
}
_URGENCIES: Mapping[int, str | Promise] = {
    0: gettext_lazy("Classé comme appel ordinaire"),
    1: gettext_lazy("Classé comme appel de confrère"),
    2: gettext_lazy("Classé comme urgence"),
}
_MIXES: Mapping[str, str | Promise] = {
    "consult": gettext_lazy("%(who)s parle au tiers, l’appelant patiente"),
    "caller": gettext_lazy("%(who)s parle à l’appelant, le tiers patiente"),
    "all": gettext_lazy("À trois"),
}
_EARS: Mapping[str, str | Promise] = {
    "listen": gettext_lazy("Une responsable écoute"),
    "whisper": gettext_lazy("Une responsable souffle à la secrétaire"),
    "join": gettext_lazy("Une responsable participe"),
}


def sentence(kind: str, detail: Mapping[str, Any], who: str) -> str:  # noqa: PLR0911
    """Return the sentence for one such step; its code for a kind that nobody knows."""
    words = {"who": who, "number": third(detail)}
    if kind in _SENTENCES:
        return str(_SENTENCES[kind]) % words
    match kind:
        case StepKind.GREETED:
            return str(_MOMENTS.get(str(detail.get("moment")), kind))
        case StepKind.URGENCY:
            return str(_URGENCIES.get(int(detail.get("urgency") or 0), kind))
        case StepKind.MIXED:
            return str(_MIXES.get(str(detail.get("how")), kind)) % words
        case StepKind.LISTENING:
            return str(_EARS.get(str(detail.get("how")), kind))
        case StepKind.KEY:
            digit = str(detail.get("digit") or "")
            return _("Touche %(digit)s") % {"digit": digit} if digit else _("N’a pressé aucune touche")
        case StepKind.PARKED_TOO_LONG if who:
            return _("Attend depuis longtemps : le poste de %(who)s sonne à nouveau") % words
        case StepKind.PARKED_TOO_LONG:
            return _("Attend depuis longtemps : rendu à l’équipe, en premier")
        case _:
            return _of_third(kind, detail, words)


def third(detail: Mapping[str, Any]) -> str:
    """Return who a third person is: a name where it is known, else the number as it is read; empty for a colleague."""
    number = str(detail.get("number") or "")
    return str(detail.get("name") or "") or (formats.phone(number) if number else "")


def _of_third(kind: str, detail: Mapping[str, Any], words: Mapping[str, str]) -> str:  # noqa: PLR0911
    """Return the sentence for a third person, who has a number or is a colleague; or for a figure."""
    number, is_named = words["number"], bool(detail.get("name"))
    match kind:
        case StepKind.PARTY_RUNG:
            return (
                _("%(who)s appelle %(number)s") % words
                if number
                else _("%(who)s appelle une collègue") % words
            )
        case StepKind.PARTY_ANSWERED:
            return _("%(number)s répond") % words if number else _("La collègue répond")
        case StepKind.PARTY_GONE:
            return (
                _("%(number)s n’est plus en ligne") % words if number else _("Le tiers n’est plus en ligne")
            )
        case StepKind.GIVEN:
            return _("Passé à %(number)s") % words if number else _("Passé à une collègue")
        case StepKind.HANDED_OVER if is_named:
            return _("%(who)s le passe à %(number)s") % words
        case StepKind.HANDED_OVER:
            return _("%(who)s le passe à une collègue") % words
        case StepKind.TOLD:
            position = int(detail.get("position") or 0)
            told = _("Apprend qu’il est en position %(position)s") % {"position": position}
            return told if position else _("Entend le message d’attente")
        case StepKind.COST:
            euros = number_format(Decimal(int(detail.get("cents") or 0)) / 100, 2)
            return _("Coût estimé : %(euros)s €") % {"euros": euros}
        case _:
            return kind
