"""Say in words when an instruction holds."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django import template
from django.utils.translation import gettext as _

from decroche.ui.templatetags.french import zoned

register = template.Library()


@register.simple_tag
def holds(starts_at: datetime, ends_at: datetime | None, zone: str, now: datetime) -> str:
    """Return "aujourd’hui seulement", "jusqu’à 17 h", "du … au …": the practice's clock, the reader's beside it."""
    clock = ZoneInfo(zone)
    today = now.astimezone(clock).date()
    if ends_at is None:
        end = _("jusqu’à nouvel ordre")
    elif ends_at.astimezone(clock).date() == today:
        end = _("jusqu’à %(time)s") % {"time": zoned(ends_at, clock)}
    elif _is_midnight_after(ends_at, clock, today):
        end = _("aujourd’hui seulement")
    else:
        end = _("jusqu’au %(moment)s") % {"moment": zoned(ends_at, clock, with_date=True)}
    if starts_at <= now:
        return end
    if starts_at.astimezone(clock).date() == today:
        return _("à partir de %(time)s, %(end)s") % {"time": zoned(starts_at, clock), "end": end}
    return _("à partir du %(moment)s, %(end)s") % {
        "moment": zoned(starts_at, clock, with_date=True),
        "end": end,
    }


def _is_midnight_after(ends_at: datetime, clock: ZoneInfo, today: object) -> bool:
    local = ends_at.astimezone(clock)
    return (local.hour, local.minute) == (0, 0) and (local - timedelta(minutes=1)).date() == today
