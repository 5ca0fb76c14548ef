"""Word what the agenda answers, as one secretary would say it to another."""

from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from decroche.scheduling.domain.appointment import IllegalMove
from decroche.scheduling.domain.refusals import (
    HoldExpired,
    NothingToUndo,
    Refusal,
    SlotClosed,
    SlotTaken,
    StaleVersion,
)
from decroche.scheduling.models import Appointment
from decroche.scheduling.web.why import why_sentence as why_sentence  # noqa: PLC0414 — asked for here
from decroche.ui.formats import clock, short_datetime


def refusal_sentence(refusal: Refusal) -> str:
    """Say why not, and what is below it."""
    if isinstance(refusal, SlotTaken):
        if refusal.by:
            return _("Créneau pris à l’instant par %(who)s. Voici les suivants.") % {"who": refusal.by}
        return _("Créneau pris à l’instant. Voici les suivants.")
    if isinstance(refusal, SlotClosed):
        if refusal.answer is not None and refusal.answer.why is not None:
            return _("%(why)s Voici les créneaux suivants.") % {"why": why_sentence(refusal.answer)}
        return _("Le praticien ne reçoit plus à cette heure-là. Voici les créneaux suivants.")
    if isinstance(refusal, HoldExpired):
        return _("La pré-réservation a pris fin. Voici les créneaux suivants.")
    return change_sentence(refusal)


def change_sentence(refusal: Refusal) -> str:
    """Say why an appointment was left as it is."""
    if isinstance(refusal, SlotTaken):
        return _taken_meanwhile(refusal)
    if isinstance(refusal, SlotClosed) and refusal.answer is not None and refusal.answer.why is not None:
        return _("%(why)s Le rendez-vous est resté tel quel.") % {"why": why_sentence(refusal.answer)}
    if isinstance(refusal, StaleVersion):
        return _("Ce rendez-vous a changé depuis que vous l’avez ouvert. Le voici tel qu’il est maintenant.")
    if isinstance(refusal, IllegalMove):
        return _("Ce rendez-vous ne peut plus être changé ainsi : voici où il en est.")
    if isinstance(refusal, NothingToUndo):
        return _("Il n’y a plus rien à défaire sur ce rendez-vous.")
    return _("Ce rendez-vous est resté tel quel.")


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
