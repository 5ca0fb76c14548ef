"""Why not: the agenda's answers as sentences that can be read aloud to a caller."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from decroche.scheduling.domain.asking import Answer, Channel, Why
from decroche.ui.formats import clock, full_date

# Whole sentences, so that each language builds its own. « who » opens a sentence and is said in full.
_PLAIN = {
    Why.PAST: gettext_lazy("Cette heure est passée."),
    Why.NOT_OFFERED: gettext_lazy("%(who)s ne reçoit pas pour « %(what)s »."),
    Why.NOT_THIS_CHANNEL: gettext_lazy("%(who)s fixe soi-même les rendez-vous « %(what)s »."),
    Why.ONLY_NEW: gettext_lazy("« %(what)s » est réservé aux nouveaux patients."),
    Why.ONLY_KNOWN: gettext_lazy("« %(what)s » est réservé aux patients déjà connus."),
    Why.NO_NEW_PATIENTS: gettext_lazy("%(who)s ne prend pas de nouveaux patients."),
    Why.CLOSED: gettext_lazy("%(who)s ne reçoit pas le %(day)s à %(at)s."),
    Why.OTHER_SITE: gettext_lazy("%(who)s reçoit ailleurs à cette heure-là : %(detail)s."),
    Why.AFTER_THE_END: gettext_lazy("%(who)s finit à %(until_clock)s ce jour-là."),
    Why.OTHER_TYPES: gettext_lazy("%(who)s ne reçoit pas pour « %(what)s » à cette heure-là."),
    Why.NOT_RELEASED: gettext_lazy("Ce créneau n’ouvre à la réservation que le %(until)s."),
    Why.TOO_SOON: gettext_lazy("C’est trop tôt pour « %(what)s » : pas avant le %(until)s."),
    Why.TOO_FAR: gettext_lazy("C’est trop loin : « %(what)s » se prend jusqu’au %(until_day)s au plus tard."),
    Why.NOT_A_SESSION: gettext_lazy("Aucune séance de groupe ne commence à cette heure-là."),
    Why.TAKEN: gettext_lazy("Ce créneau est déjà pris."),
    Why.HELD: gettext_lazy("Ce créneau est pré-réservé en ce moment."),
    Why.BUFFER: gettext_lazy(
        "C’est trop près d’un autre rendez-vous : %(who)s garde du temps entre les deux."
    ),
    Why.SESSION_FULL: gettext_lazy("La séance est complète : %(count)s personnes."),
    Why.RESOURCE_BUSY: gettext_lazy("Déjà en service à cette heure-là : %(detail)s."),
    Why.NO_RESOURCE: gettext_lazy("Ce lieu n’a pas ce que demande « %(what)s »."),
}

#: When the answer knows more, it says more.
_WITH_FROM_DAY = {
    Why.NOT_OFFERED: gettext_lazy("%(who)s ne reçoit pour « %(what)s » qu’à partir du %(from_day)s."),
    Why.NO_NEW_PATIENTS: gettext_lazy("%(who)s ne prend pas de nouveaux patients avant le %(from_day)s."),
}
_WITH_UNTIL = {
    Why.NOT_A_SESSION: gettext_lazy("C’est une séance de groupe : la prochaine commence à %(until_clock)s."),
}

_RESERVED = {
    "new": gettext_lazy("Ce créneau est réservé aux nouveaux patients."),
    "emergency": gettext_lazy("Ce créneau est réservé aux urgences."),
    "video": gettext_lazy("Ce créneau est réservé aux téléconsultations."),
    "referral": gettext_lazy("Ce créneau est réservé aux patients adressés par un confrère."),
}


def why_sentence(answer: Answer) -> str:
    """Say aloud why a time cannot be booked, as a secretary would to the caller; empty when it is free.

    What is private is left out: the reason of an absence, and who has the time.
    """
    if answer.is_free or answer.why is None:
        return ""
    words = _words(answer)
    if answer.why in {Why.ABSENT, Why.CLOSURE, Why.HOLIDAY}:
        sentence = _away(answer)
    elif answer.why == Why.RESERVED:
        sentence = str(_RESERVED[answer.reserved_for])
    elif answer.why == Why.NOT_THIS_CHANNEL and answer.channel == Channel.ONLINE:
        sentence = _("« %(what)s » ne se prend pas en ligne : appelez le cabinet.")
    elif answer.why in _COUNTED:
        sentence = _COUNTED[answer.why](answer.count or 0)
    elif words["from_day"] and answer.why in _WITH_FROM_DAY:
        sentence = str(_WITH_FROM_DAY[answer.why])
    elif words["until"] and answer.why in _WITH_UNTIL:
        sentence = str(_WITH_UNTIL[answer.why])
    else:
        sentence = str(_PLAIN[answer.why])
    return sentence % words


def spoken_name(name: str) -> str:
    """Give "Le docteur Roussel" for "Dr Roussel", as it is said at the beginning of a sentence."""
    title, _space, rest = name.partition(" ")
    titles = {"Dr": _("Le docteur %(name)s"), "Pr": _("Le professeur %(name)s")}
    return titles[title] % {"name": rest} if rest and title in titles else name


def _words(answer: Answer) -> dict[str, object]:
    following = answer.from_day
    if answer.why == Why.NO_NEW_PATIENTS and answer.until_day is not None:
        following = answer.until_day + timedelta(days=1)
    return {
        "who": spoken_name(answer.practitioner_name),
        "what": answer.visit_type_name,
        "day": _day(answer.starts_at),
        "at": clock(answer.starts_at),
        "until": _moment(answer.until),
        "until_clock": "" if answer.until is None else clock(answer.until),
        "until_day": _day(answer.until_day),
        "from_day": _day(following),
        "detail": answer.detail,
        "count": answer.count or 0,
    }


def _day(day: date | None) -> str:
    return "" if day is None else full_date(day, this_year=timezone.localdate().year)


def _moment(moment: datetime | None) -> str:
    if moment is None:
        return ""
    return _("%(day)s à %(at)s") % {"day": _day(moment), "at": clock(moment)}


def _away(answer: Answer) -> str:
    """Word an absence: to the end of a day it is told by its last day, else by its hour."""
    until = answer.until
    if answer.why == Why.HOLIDAY:
        return _("%(who)s ne reçoit pas le %(day)s : jour férié.")
    if until is not None and until.time() == time.min:
        last = _day(until - timedelta(minutes=1))
        sentence = (
            _("%(who)s s’absente jusqu’au %(last)s inclus.")
            if answer.why == Why.ABSENT
            else _("%(who)s ne reçoit pas jusqu’au %(last)s inclus : fermeture.")
        )
        return sentence.replace("%(last)s", last)
    if answer.why == Why.ABSENT:
        return _("%(who)s s’absente jusqu’au %(until)s.")
    return _("%(who)s ne reçoit pas jusqu’au %(until)s : fermeture.")


def _day_full(count: int) -> str:
    return ngettext(
        "%(who)s reçoit au plus une fois par jour pour « %(what)s » : c’est complet.",
        "%(who)s reçoit au plus %(count)s fois par jour pour « %(what)s » : c’est complet.",
        count,
    )


def _half_day_full(count: int) -> str:
    return ngettext(
        "%(who)s reçoit au plus une fois par demi-journée pour « %(what)s » : c’est complet.",
        "%(who)s reçoit au plus %(count)s fois par demi-journée pour « %(what)s » : c’est complet.",
        count,
    )


def _no_pause(count: int) -> str:
    return ngettext(
        "%(who)s souhaite une pause après chaque rendez-vous.",
        "%(who)s souhaite une pause après %(count)s rendez-vous d’affilée.",
        count,
    )


def _emergency_kept(count: int) -> str:
    return ngettext(
        "%(who)s garde un créneau d’urgence par demi-journée, et c’est celui-ci.",
        "%(who)s garde %(count)s créneaux d’urgence par demi-journée, et celui-ci en est un.",
        count,
    )


_COUNTED = {
    Why.DAY_FULL: _day_full,
    Why.HALF_DAY_FULL: _half_day_full,
    Why.NO_PAUSE: _no_pause,
    Why.EMERGENCY_KEPT: _emergency_kept,
}
