"""Word what the booking strip shows beside each slot, in few words."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from decroche.scheduling.domain.asking import Reason
from decroche.scheduling.queries.slots import Slot
from decroche.ui.formats import duration

register = template.Library()

_REASONS = {
    Reason.FIRST: gettext_lazy("le plus tôt"),
    Reason.FILLS_GAP: gettext_lazy("comble un trou"),
    Reason.NEXT_TO: gettext_lazy("à la suite"),
    Reason.MORNING: gettext_lazy("le matin d’abord"),
    Reason.SAME_AREA: gettext_lazy("dans le même quartier"),
    Reason.NEAR_DATE: gettext_lazy("près du jour demandé"),
}
_SAME_DAY = timedelta(hours=12)


@register.simple_tag
def slot_why(slot: Slot, asked_at: datetime | None = None) -> str:
    """Say why a slot stands where it stands; near a time that was asked for, how far from it."""
    if asked_at:
        return apart(slot.starts_at, asked_at)
    return ", ".join(str(_REASONS[reason]) for reason in slot.reasons if reason in _REASONS)


@register.simple_tag
def seats(slot: Slot) -> str:
    """Say how many seats of a group session are left."""
    if slot.seats_left <= 1:
        return ""
    return ngettext("%(count)s place", "%(count)s places", slot.seats_left) % {"count": slot.seats_left}


def apart(moment: datetime, asked_at: datetime) -> str:
    """Give "1 h 15 plus tôt", "45 min plus tard"; nothing on another day, which says it by itself."""
    gap = moment - asked_at
    if abs(gap) > _SAME_DAY or moment.date() != asked_at.astimezone(moment.tzinfo or ZoneInfo("UTC")).date():
        return ""
    words = _("%(gap)s plus tôt") if gap < timedelta() else _("%(gap)s plus tard")
    return words % {"gap": duration(abs(gap))}


@register.simple_tag
def force_reasons() -> list[str]:
    """Give the ready reasons for forcing an appointment; none of them says anything medical."""
    return [
        _("Le praticien l’a demandé"),
        _("Ne peut pas attendre"),
        _("Adressé par un confrère"),
        _("Oublié la dernière fois"),
    ]


@register.simple_tag
def chain_people(chain: Sequence[Slot]) -> str:
    """Name who receives along a chain, each once."""
    return " → ".join(dict.fromkeys(slot.practitioner_name for slot in chain))
