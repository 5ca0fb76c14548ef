"""Word what the agenda answers, as one secretary would say it to another."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from decroche.scheduling.domain.appointment import IllegalMove
from decroche.scheduling.domain.refusals import (
    ForcedQuotaReached,
    GroupIncomplete,
    HoldExpired,
    NothingToUndo,
    NotOfThisPractice,
    NotTheirDecision,
    PatientBlocked,
    ReasonMissing,
    Refusal,
    ResourceTaken,
    SeatsTaken,
    SlotClosed,
    SlotTaken,
    StaleVersion,
)
from decroche.scheduling.models import Appointment
from decroche.scheduling.web.why import why_sentence as why_sentence  # noqa: PLC0414 — asked for here
from decroche.ui.formats import clock, short_datetime


def refusal_sentence(refusal: Refusal) -> str:
    """Say why not, and what is below it."""
    if isinstance(refusal, SlotClosed) and _reason(refusal):
        return _("%(why)s Voici les créneaux suivants.") % {"why": _reason(refusal)}
    if isinstance(refusal, SlotClosed):
        return _("Le praticien ne reçoit plus à cette heure-là. Voici les créneaux suivants.")
    if isinstance(refusal, HoldExpired):
        return _("La pré-réservation a pris fin. Voici les créneaux suivants.")
    if isinstance(refusal, GroupIncomplete):
        return _("%(why)s Voici ce qui reste.") % {"why": fact(refusal)}
    said = fact(refusal)
    if isinstance(refusal, SlotTaken | PatientBlocked):
        return _("%(why)s Voici les suivants.") % {"why": said}
    return said or change_sentence(refusal)


def change_sentence(refusal: Refusal) -> str:
    """Say why an appointment was left as it is."""
    if isinstance(refusal, StaleVersion):
        return _("Ce rendez-vous a changé depuis que vous l’avez ouvert. Le voici tel qu’il est maintenant.")
    if isinstance(refusal, IllegalMove):
        return _("Ce rendez-vous ne peut plus être changé ainsi : voici où il en est.")
    if isinstance(refusal, NothingToUndo):
        return _("Il n’y a plus rien à défaire sur ce rendez-vous.")
    if type(refusal) is SlotTaken:
        return _taken_meanwhile(refusal)
    said = _reason(refusal) if isinstance(refusal, SlotClosed) else fact(refusal)
    if said:
        return _("%(why)s Le rendez-vous est resté tel quel.") % {"why": said}
    return _("Ce rendez-vous est resté tel quel.")


def fact(refusal: Refusal) -> str:
    """Say what stands in the way, and nothing of what comes of it; empty when there is nothing to say."""
    said = next((_FACTS[kind] for kind in type(refusal).__mro__ if kind in _FACTS), None)
    return said(refusal) if said else ""


def _seats(refusal: Any) -> str:
    return ngettext(
        "La dernière place de cette séance vient d’être prise.",
        "La dernière des %(count)s places de cette séance vient d’être prise.",
        refusal.capacity,
    ) % {"count": refusal.capacity}


def _resource(refusal: Any) -> str:
    return _("Déjà en service à cette heure-là : %(detail)s.") % {"detail": ", ".join(refusal.names)}


def _taken(refusal: Any) -> str:
    if refusal.by:
        return _("Créneau pris à l’instant par %(who)s.") % {"who": refusal.by}
    return _("Créneau pris à l’instant.")


def _closed(refusal: Any) -> str:
    return _reason(refusal) or _("Le praticien ne reçoit plus à cette heure-là.")


def _blocked(refusal: Any) -> str:
    words = {"who": refusal.practitioner, "why": refusal.reason.rstrip(".")}
    if not refusal.reason:
        return _("%(who)s ne donne plus de rendez-vous à ce patient.") % words
    return _("%(who)s ne donne plus de rendez-vous à ce patient : %(why)s.") % words


def _incomplete(refusal: Any) -> str:
    words = {"n": refusal.position, "count": refusal.count, "why": fact(refusal.cause)}
    said = _("Le rendez-vous %(n)s sur %(count)s n’est plus possible ; aucun n’a été pris. %(why)s") % words
    return said.rstrip()


_FACTS: dict[type, Callable[[Any], str]] = {
    SeatsTaken: _seats,
    ResourceTaken: _resource,
    SlotTaken: _taken,
    SlotClosed: _closed,
    HoldExpired: lambda _refusal: _("La pré-réservation a pris fin."),
    PatientBlocked: _blocked,
    GroupIncomplete: _incomplete,
    NotOfThisPractice: lambda _refusal: _(
        "Le patient, le praticien, le lieu et le motif doivent être du même cabinet."
    ),
    ForcedQuotaReached: lambda refusal: (
        _("Les %(quota)s rendez-vous forcés de ce jour sont déjà pris.") % {"quota": refusal.quota}
    ),
    NotTheirDecision: lambda _refusal: _("Seul le praticien peut en décider, pour son propre agenda."),
    ReasonMissing: lambda _refusal: _("Dites pourquoi, en quelques mots."),
}


def _reason(refusal: SlotClosed) -> str:
    """Give the engine's own reason, when it gave one."""
    if refusal.answer is None or refusal.answer.why is None:
        return ""
    return why_sentence(refusal.answer)


def _taken_meanwhile(refusal: SlotTaken) -> str:
    if refusal.by:
        return _("Ce créneau a été pris entre-temps par %(who)s ; le rendez-vous est resté tel quel.") % {
            "who": refusal.by
        }
    return _("Ce créneau a été pris entre-temps ; le rendez-vous est resté tel quel.")


def when(appointment: Appointment) -> str:
    """Give "mar. 24 nov., 14 h 30" on the site's clock, and the place when it is not the reader's hour."""
    zone = ZoneInfo(appointment.site.timezone)
    local = appointment.starts_at.astimezone(zone)
    words = short_datetime(local, this_year=timezone.localdate().year)
    here = timezone.localtime(appointment.starts_at)
    if here.utcoffset() == local.utcoffset():
        return words
    return _("%(when)s à %(city)s, %(clock)s chez vous") % {
        "when": words,
        "city": appointment.site.city,
        "clock": clock(here),
    }
