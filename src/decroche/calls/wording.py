"""Say in words what the switchboard notes as codes: steps, reasons, refusals."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from decroche.calls.switchboard.orders import Refusal
from decroche.calls.switchboard.records import StepKind
from decroche.calls.wording_reasons import passed_over, reasons
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
}


def refusal(code: str) -> str:
    """Return the sentence for a refusal."""
    return str(_REFUSALS.get(code, gettext_lazy("La téléphonie n’a pas pu faire cela.")))


def step(kind: str, detail: Mapping[str, Any], who: str) -> str:  # noqa: C901, PLR0911, PLR0912
    """Return the sentence for one step of a call's timeline; ``who`` is the secretary's name or empty."""
    name = {"who": who, "number": formats.phone(str(detail.get("number", "")))}
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
            return kind


def _with_reasons(text: str, detail: Mapping[str, Any]) -> str:
    why = reasons(detail)
    return _("%(text)s : %(why)s") % {"text": text, "why": why} if why else text
