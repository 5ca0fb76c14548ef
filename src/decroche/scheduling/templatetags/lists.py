"""Word the waiting list's times in templates."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template

from decroche.scheduling.queries.waiting import OfferView
from decroche.ui.formats import clock, relative_day

register = template.Library()


@register.simple_tag
def until_words(view: OfferView, now: datetime) -> str:
    """Give "10 h", "demain, 9 h 15" on the practice's clock: until when the person may answer."""
    zone = ZoneInfo(view.slot.timezone)
    until, today = view.offer.expires_at.astimezone(zone), now.astimezone(zone).date()
    if until.date() == today:
        return clock(until)
    return f"{relative_day(until.date(), today=today)}, {clock(until)}"
