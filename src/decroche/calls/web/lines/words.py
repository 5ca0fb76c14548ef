"""Say in words what a line is and does; shared by the picture, the story and the list."""

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from decroche.calls.domain.callflow import Sound
from decroche.calls.domain.hours import LineMoment, Moment
from decroche.calls.domain.routing import TeamStep
from decroche.ui import formats

if TYPE_CHECKING:
    from decroche.calls.web.lines.page import LinePage

#: What a caller in danger must hear, in one form or another, before pressing keys.
EMERGENCY: Final = "Pour une urgence vitale, raccrochez et composez le 15."
DAYS: Final = (
    gettext_lazy("lundi"), gettext_lazy("mardi"), gettext_lazy("mercredi"), gettext_lazy("jeudi"),
    gettext_lazy("vendredi"), gettext_lazy("samedi"), gettext_lazy("dimanche"),
)  # fmt: skip
_MOMENTS: Final = {
    LineMoment.OPEN: gettext_lazy("ouverte"),
    LineMoment.LUNCH: gettext_lazy("en pause de midi"),
    LineMoment.CLOSED: gettext_lazy("fermée"),
    LineMoment.HOLIDAY: gettext_lazy("fermée pour un jour férié ou des congés"),
    LineMoment.LEAVE: gettext_lazy("en absence du praticien"),
}
LONGEST_QUOTE: Final = 90


def what_is(moment: LineMoment) -> str:
    """Return "ouverte", "en pause de midi" and so on."""
    return str(_MOMENTS[moment])


def state(moment: Moment, *, now: datetime) -> str:
    """Return "Ouverte jusqu’à 12 h 30", "Fermée jusqu’à demain, 9 h", on the clock of ``now``."""
    what = what_is(moment.what)
    what = what[:1].upper() + what[1:]
    if moment.until is None:
        return what
    return _("%(what)s jusqu’à %(until)s") % {"what": what, "until": when(moment.until, now=now)}


def when(instant: datetime, *, now: datetime) -> str:
    """Return "12 h 30" today, "demain, 9 h", else "lun. 23 nov., 9 h", on the clock of ``now``."""
    local = instant.astimezone(now.tzinfo)
    if local.date() == now.date():
        return formats.clock(local)
    if local.date() - now.date() == timedelta(days=1):
        return _("demain, %(clock)s") % {"clock": formats.clock(local)}
    return formats.short_datetime(local, this_year=now.year)


def lasting(delay: timedelta) -> str:
    """Return "45 s", "3 min" or "1 min 30 s"."""
    seconds = int(delay.total_seconds())
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return f"{seconds}\u202fs"
    return formats.duration(minutes) + (f" {rest}\u202fs" if rest else "")


def quote(sound: Sound) -> str:
    """Return what is heard between quotes, or that it is a recording."""
    if sound.file:
        return _("un enregistrement")
    text = sound.text if len(sound.text) <= LONGEST_QUOTE else sound.text[: LONGEST_QUOTE - 1].rstrip() + "…"
    return _("«\u202f%(text)s\u202f»") % {"text": text}


def ended(sentence: str) -> str:
    """Leave out the full stop after a quote that has its own."""
    return re.sub(r"([.!?…]\u202f?[»”])\.$", r"\1", sentence)


def who(page: "LinePage", step: TeamStep) -> str:
    """Return who is rung at a step: "l’équipe Matin", "le secrétariat Horizon", "toutes les secrétaires"."""
    team = next(
        (
            one
            for one in page.teams
            if one.secretariat_id == step.secretariat_id
            and step.user_ids
            and step.user_ids == frozenset(user.pk for user in one.members.all())
        ),
        None,
    )
    if team is not None:
        return _("l’équipe %(name)s") % {"name": team.name}
    if step.user_ids:
        return _("une équipe")
    if step.secretariat_id is not None:
        name = page.secretariat_name(step.secretariat_id)
        return _("le secrétariat %(name)s") % {"name": name} if name else _("un autre secrétariat")
    return _("toutes les secrétaires")


def to_whom(page: "LinePage", step: TeamStep) -> str:
    """Return to whom a call is offered at a step: "à l’équipe Matin", "au secrétariat Horizon"."""
    name = who(page, step)
    if step.user_ids or step.secretariat_id is None:
        return _("à %(who)s") % {"who": name}
    known = page.secretariat_name(step.secretariat_id)
    return _("au secrétariat %(name)s") % {"name": known} if known else _("à un autre secrétariat")


def has_emergency_words(text: str) -> bool:
    """Say whether a text tells whom to call in danger: "le 15", "112"."""
    return bool({"15", "112"} & set("".join(c if c.isalnum() else " " for c in text).split()))
