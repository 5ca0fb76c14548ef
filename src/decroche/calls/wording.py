"""Say in words what the switchboard notes as codes: steps, reasons, refusals."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from decroche.calls.switchboard.orders import Refusal
from decroche.calls.switchboard.records import StepKind
from decroche.calls.wording_reasons import passed_over, reasons
from decroche.calls.wording_steps import sentence, third
from decroche.ui import formats

__all__ = ["passed_over", "reasons", "refusal", "step"]

SILENT = gettext_lazy(
    "La téléphonie ne répond pas. Les appels en cours continuent ; réessayez dans un instant."
)
LATE = gettext_lazy("C’est demandé ; la téléphonie tarde à répondre.")

_REFUSALS: Mapping[str, str | Promise] = {
    Refusal.NO_POST: gettext_lazy("Vous n’avez pas de poste dans un secrétariat."),
    Refusal.NOT_YOUR_CALL: gettext_lazy("Cet appel est entre les mains d’une collègue."),
    Refusal.CALL_OVER: gettext_lazy("Cet appel est déjà terminé."),
    Refusal.NOT_NOW: gettext_lazy("Ce n’est plus possible à ce stade de l’appel."),
    Refusal.UNKNOWN_NUMBER: gettext_lazy("Ce numéro n’est pas joignable d’ici."),
    Refusal.TOO_LATE: gettext_lazy("La demande est arrivée trop tard ; rien n’a été changé."),
    Refusal.EXCHANGE_DOWN: gettext_lazy("Le central téléphonique ne répond pas. Réessayez dans un instant."),
    Refusal.NOT_ALLOWED_NUMBER: gettext_lazy(
        "Ce numéro n’est pas ouvert d’ici : il est court, surtaxé ou à l’étranger."
    ),
    Refusal.EMERGENCY_NUMBER: gettext_lazy(
        "D’ici, ce numéro joindrait les secours du mauvais endroit. Demander au patient de raccrocher et de le composer."
    ),
    Refusal.CAP_REACHED: gettext_lazy("Le plafond de dépense du mois est atteint."),
    Refusal.NO_PARTY: gettext_lazy("Il n’y a personne d’autre en ligne."),
    Refusal.PARTY_THERE: gettext_lazy(
        "Quelqu’un est déjà en ligne. Le libérer d’abord, ou lui passer l’appel."
    ),
    Refusal.NOT_SUPERVISOR: gettext_lazy("Seule la responsable du secrétariat peut écouter cet appel."),
    Refusal.ALREADY_LISTENED: gettext_lazy("Une responsable écoute déjà cet appel."),
    Refusal.NOBODY_THERE: gettext_lazy("Personne n’est joignable à ce poste."),
    Refusal.NOT_PARKED: gettext_lazy("Cet appel vient d’être repris."),
    Refusal.NO_MANDATE: gettext_lazy("Ce secrétariat n’a pas de mandat pour ce cabinet."),
    Refusal.BUSY: gettext_lazy("Un appel est déjà entre vos mains."),
    Refusal.PHONE_AWAY: gettext_lazy(
        "Votre téléphone n’est pas joignable. Vérifier le casque et la connexion."
    ),
    Refusal.COLLEAGUE_BUSY: gettext_lazy("Votre collègue est en appel."),
    Refusal.NOT_RECORDABLE: gettext_lazy("Cet appel ne peut pas être enregistré."),
    Refusal.IN_CONSULTATION: gettext_lazy(
        "En consultation : seules passent les urgences et les numéros de sa liste. Laisser un message."
    ),
    Refusal.ON_ROUNDS: gettext_lazy(
        "En visite : seuls passent les urgences, les confrères et les numéros de sa liste. Laisser un message."
    ),
    Refusal.URGENT_ONLY: gettext_lazy(
        "Ne prend que les urgences et les numéros de sa liste. Laisser un message."
    ),
    Refusal.COLLEAGUES_ONLY: gettext_lazy(
        "Ne prend que les urgences, les confrères et les numéros de sa liste. Laisser un message."
    ),
    Refusal.ANNOUNCE_FIRST: gettext_lazy(
        "À annoncer d’abord : appeler le praticien avant de passer l’appel."
    ),
}


def refusal(code: str) -> str:
    """Return the sentence for a refusal."""
    return str(_REFUSALS.get(code, gettext_lazy("La téléphonie n’a pas pu faire cela.")))


def step(kind: str, detail: Mapping[str, Any], who: str) -> str:  # noqa: C901, PLR0911, PLR0912
    """Return the sentence for one step of a call's timeline; ``who`` is the secretary's name or empty."""
    name = {"who": who, "number": third(detail)}
    match kind:
        case StepKind.ARRIVED:
            return _("L’appel arrive")
        case StepKind.WAITING:
            return _("Attend en musique")
        case StepKind.OFFERED:
            why = reasons(detail)
            text = _("Offert à %(who)s") % name
            return _("%(text)s : %(why)s") % {"text": text, "why": why} if why else text
        case StepKind.UNANSWERED:
            return _("%(who)s n’a pas décroché") % name
        case StepKind.REFUSED:
            return _("%(who)s n’a pas pris l’appel") % name
        case StepKind.UNREACHABLE:
            return _("Le téléphone de %(who)s n’était plus joignable") % name
        case StepKind.TALKING:
            return _("%(who)s répond") % name
        case StepKind.HELD:
            return _("Mis à patienter")
        case StepKind.RESUMED:
            return _("Repris")
        case StepKind.CUT_OFF:
            return _("Le poste de %(who)s est coupé : l’appelant passe devant tout le monde") % name
        case StepKind.TRANSFER_STARTED:
            return _("%(who)s transfère vers %(number)s") % name
        case StepKind.TRANSFER_FAILED:
            return _("Le transfert n’a pas abouti : l’appelant revient en premier")
        case StepKind.TRANSFERRED:
            return _("Transféré, %(number)s a répondu") % name
        case StepKind.FALLBACK:
            return _with_reasons(_("Envoyé au numéro de secours"), detail)
        case StepKind.VOICEMAIL:
            return _with_reasons(_("Envoyé à la messagerie"), detail)
        case StepKind.VOICEMAIL_LEFT:
            return _("A laissé un message de %(time)s") % {
                "time": formats.stopwatch(int(detail.get("seconds", 0)))
            }
        case StepKind.ADOPTED:
            return _("La téléphonie a redémarré sans couper l’appel")
        case StepKind.ENDED:
            return _("L’appel se termine")
        case StepKind.WRAP_UP_ENDED:
            return _("Fin de l’après-appel")
        case _:
            return sentence(kind, detail, who)


def _with_reasons(text: str, detail: Mapping[str, Any]) -> str:
    why = reasons(detail)
    return _("%(text)s : %(why)s") % {"text": text, "why": why} if why else text
