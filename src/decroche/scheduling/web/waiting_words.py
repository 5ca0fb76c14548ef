"""Word the waiting list: what someone wants, why another was asked first, why an answer cannot be taken."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from decroche.scheduling.domain.refusals import (
    NothingToUndo,
    PatientBlocked,
    Refusal,
    SlotClosed,
    SlotTaken,
)
from decroche.scheduling.domain.waiting import OfferClosed, Why, half_day
from decroche.scheduling.models import WaitingListEntry, WaitingListOffer
from decroche.scheduling.queries.waiting import OfferView
from decroche.ui.formats import LONG_DAYS, SHORT_DAYS, duration, language, short_date

_WORKDAYS = [0, 1, 2, 3, 4]
#: What is said of more people than that would be read by nobody.
_NAMED = 3


def wish_words(entry: WaitingListEntry, *, now: datetime) -> str:
    """Give "le matin, lun. et jeu., du 24 nov. au ven. 11 déc., prévenir 2 h avant"."""
    zone = ZoneInfo(entry.practice.timezone)
    today = now.astimezone(zone).date()
    parts = []
    if entry.half_day:
        parts.append(_("le matin") if entry.half_day == "am" else _("l’après-midi"))
    if entry.weekdays and sorted(entry.weekdays) != _WORKDAYS:
        parts.append(" ".join(SHORT_DAYS[language()][day] for day in sorted(entry.weekdays)))
    last = short_date(entry.last_day, this_year=today.year)
    if entry.first_day > today:
        first = short_date(entry.first_day, this_year=today.year)
        parts.append(_("du %(first)s au %(last)s") % {"first": first, "last": last})
    else:
        parts.append(_("jusqu’au %(last)s") % {"last": last})
    if entry.notice_minutes:
        parts.append(_("prévenir %(length)s avant") % {"length": notice_words(entry.notice_minutes)})
    return ", ".join(parts)


def notice_words(minutes: int) -> str:
    """Give "2 h", "1 jour"."""
    day = 24 * 60
    if minutes and minutes % day == 0:
        return ngettext("%(count)s jour", "%(count)s jours", minutes // day) % {"count": minutes // day}
    return str(duration(minutes))


def rank_words(rank: int) -> str:
    """Give "1re place", "3e place" as one says it of a list."""
    if language() == "en":
        return f"No. {rank}"
    return f"{rank}{'er' if rank == 1 else 'e'}"


def explained(view: OfferView) -> str:
    """Say why this person was asked: "3e de la liste : MARTIN Jeanne ne peut pas le matin ; …"."""
    first = _("%(rank)s de la liste") % {"rank": rank_words(view.offer.rank)}
    if not view.passed_over:
        return first
    start = view.slot.starts_at
    reasons = [
        _("%(who)s %(why)s") % {"who": name, "why": _why(why, start)}
        for name, why in view.passed_over[:_NAMED]
    ]
    more = len(view.passed_over) - _NAMED
    if more > 0:
        reasons.append(ngettext("et %(count)s autre", "et %(count)s autres", more) % {"count": more})
    return _("%(first)s : %(reasons)s") % {"first": first, "reasons": " ; ".join(reasons)}


def _why(why: Why, start: datetime) -> str:
    if why == Why.HALF_DAY:
        return _("ne peut pas le matin") if half_day(start) == "am" else _("ne peut pas l’après-midi")
    if why == Why.WEEKDAY:
        return _("ne peut pas le %(day)s") % {"day": LONG_DAYS[language()][start.weekday()]}
    return {
        Why.NO_ROOM: _("vient pour plus longtemps"),
        Why.PRACTITIONER: _("attend un autre praticien"),
        Why.TOO_EARLY: _("ne peut pas avant"),
        Why.TOO_LATE: _("attend moins longtemps"),
        Why.NOTICE: _("veut être prévenu plus tôt"),
        Why.NOT_EARLIER: _("a déjà un rendez-vous plus tôt"),
        Why.SETTLED: _("n’a plus de rendez-vous à avancer"),
        Why.ASKED: _("a déjà été sollicité pour ce créneau"),
        Why.THINKING: _("réfléchit à un autre créneau"),
        Why.SERVED: _("a reçu un autre créneau libéré"),
    }[why]


def offer_sentence(refusal: Refusal) -> str:
    """Say why the answer could not be taken."""
    if isinstance(refusal, OfferClosed):
        return _closed_sentence(refusal.state)
    if isinstance(refusal, PatientBlocked):
        return _("%(who)s ne donne plus de rendez-vous à ce patient.") % {"who": refusal.practitioner}
    sentences: tuple[tuple[type[Refusal], str], ...] = (
        (
            SlotTaken,
            _(
                "Trop tard de peu : ce créneau a été donné entre-temps."
                " Le patient garde sa place sur la liste."
            ),
        ),
        (
            SlotClosed,
            _("Le praticien ne reçoit plus à cette heure-là. Le patient garde sa place sur la liste."),
        ),
        (NothingToUndo, _("Il est trop tard pour revenir sur cette réponse.")),
    )
    return next(
        (sentence for kind, sentence in sentences if isinstance(refusal, kind)),
        _("La réponse n’a pas pu être notée."),
    )


def _closed_sentence(state: str) -> str:
    if state == WaitingListOffer.State.ACCEPTED:
        return _("Cette proposition a déjà été acceptée.")
    if state == WaitingListOffer.State.DECLINED:
        return _("Cette proposition a déjà été refusée.")
    return _("Cette proposition a pris fin ; le suivant de la liste est peut-être déjà sollicité.")
