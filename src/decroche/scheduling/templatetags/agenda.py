"""Word the agenda's times and reasons in templates (the grid itself is drawn by `agenda_grid`)."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from decroche.scheduling.actions.undo_change import UNDONE
from decroche.scheduling.queries.appointments import AppointmentView
from decroche.scheduling.queries.slots import Slot
from decroche.ui.formats import clock, relative_day, short_datetime

register = template.Library()


@register.simple_tag
def slot_there(item: Slot | AppointmentView) -> str:
    """Give "aujourd’hui, 14 h 30" or "mar. 24 nov., 14 h 30" on the site's clock."""
    zone = ZoneInfo(item.timezone)
    local = item.starts_at.astimezone(zone)
    today = timezone.now().astimezone(zone).date()
    if abs((local.date() - today).days) <= 1:
        return f"{relative_day(local.date(), today=today)}, {clock(local)}"
    return short_datetime(local, this_year=today.year)


@register.simple_tag(takes_context=True)
def slot_here(context: template.Context, item: Slot | AppointmentView) -> str:
    """Give "19 h 30 chez vous" when the reader's clock shows another hour, else nothing."""
    local = item.starts_at.astimezone(ZoneInfo(item.timezone))
    here = _reader(context, item.starts_at)
    return (
        ""
        if here.utcoffset() == local.utcoffset()
        else _("%(here)s chez vous") % {"here": _clock_here(here, local)}
    )


@register.simple_tag(takes_context=True)
def slot_when(context: template.Context, item: Slot | AppointmentView) -> str:
    """Give the moment on the site's clock, and the reader's own hour when it is another."""
    words = slot_there(item)
    local = item.starts_at.astimezone(ZoneInfo(item.timezone))
    here = _reader(context, item.starts_at)
    if here.utcoffset() == local.utcoffset():
        return words
    city = getattr(item, "site_city", "") or item.timezone.rsplit("/", 1)[-1].replace("_", " ")
    return _("%(there)s à %(city)s, %(here)s chez vous") % {
        "there": words,
        "city": city,
        "here": _clock_here(here, local),
    }


def _reader(context: template.Context, moment: datetime) -> datetime:
    """Read a moment on the reader's own clock, whatever zone the template shows."""
    zone = getattr(context.get("request"), "zone", None)
    return moment.astimezone(zone) if zone is not None else timezone.localtime(moment)


def _clock_here(here: datetime, there: datetime) -> str:
    return clock(here) if here.date() == there.date() else short_datetime(here, this_year=there.year)


@register.simple_tag
def cancel_reasons() -> list[str]:
    """Give the ready reasons; none of them says anything medical."""
    return [
        _("Le patient ne peut pas venir"),
        _("Le patient n’en a plus besoin"),
        _("Le praticien est absent"),
        _("Pris par erreur"),
    ]


@register.filter
def undone_word(reason: str) -> Any:
    """Word the reason that the undo key writes."""
    return _("défait aussitôt") if reason == UNDONE else reason
