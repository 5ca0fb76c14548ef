"""Show dates, hours, durations, numbers and names; see formats.py for the forms."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.templatetags.tz import do_timezone
from django.utils import timezone
from django.utils.translation import gettext as _

from decroche.ui import formats

register = template.Library()


@register.filter(expects_localtime=True)
def short_date(value: date | None) -> str:
    return formats.short_date(value, this_year=timezone.localdate().year) if value else ""


@register.filter(expects_localtime=True)
def long_date(value: date | None) -> str:
    return formats.long_date(value) if value else ""


@register.filter(expects_localtime=True)
def full_date(value: date | None) -> str:
    return formats.full_date(value, this_year=timezone.localdate().year) if value else ""


@register.filter(expects_localtime=True)
def month(value: date | None) -> str:
    return formats.month(value) if value else ""


@register.filter(expects_localtime=True)
def day(value: date | None) -> str:
    """Return 24/11/2026."""
    return f"{value:%d/%m/%Y}" if value else ""


@register.filter(expects_localtime=True)
def iso(value: date | None) -> str:
    """Return the machine form for a ``datetime`` attribute or a date input."""
    return value.isoformat() if value else ""


@register.filter(expects_localtime=True)
def clock(value: time | datetime | None) -> str:
    return formats.clock(value) if value is not None and value != "" else ""


@register.filter(expects_localtime=True)
def short_datetime(value: datetime | None) -> str:
    return formats.short_datetime(value, this_year=timezone.localdate().year) if value else ""


@register.filter
def duration(value: timedelta | int | None) -> str:
    return formats.duration(value) if value is not None and value != "" else ""


@register.filter
def stopwatch(value: timedelta | int | None) -> str:
    return formats.stopwatch(value) if value is not None and value != "" else ""


@register.filter
def ago(value: datetime | None, now: datetime | None = None) -> str:
    return formats.ago(value, now=now or timezone.now()) if value else ""


@register.filter(expects_localtime=True)
def relative_day(value: date | None, today: date | None = None) -> str:
    return formats.relative_day(value, today=today or timezone.localdate()) if value else ""


@register.filter
def age(value: date | None, today: date | None = None) -> str:
    return formats.age(value, today=today or timezone.localdate()) if value else ""


@register.filter
def phone(value: str | None) -> str:
    return formats.phone(value)


@register.filter
def person(value: Any) -> str:
    return formats.person(value) if value else ""


@register.filter
def person_full(value: Any) -> str:
    return formats.person_full(value) if value else ""


@register.filter
def in_zone(value: datetime | None, zone: str | ZoneInfo) -> Any:
    """Return the instant in a zone, so that the next filter shows it there and not in the reader's."""
    return do_timezone(value, ZoneInfo(zone) if isinstance(zone, str) else zone) if value else ""


@register.simple_tag
def zoned(value: datetime | None, zone: str | ZoneInfo, city: str = "", *, with_date: bool = False) -> str:
    """Return "14 h 30", or "14 h 30 à Fort-de-France, 19 h 30 chez vous" when the clocks differ."""
    if value is None:
        return ""
    there = value.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone)
    here = timezone.localtime(value)
    year = timezone.localdate().year
    text = formats.short_datetime(there, this_year=year) if with_date else formats.clock(there)
    if there.utcoffset() == here.utcoffset():
        return text
    names = {"there": text, "city": city or str(zone).rsplit("/", 1)[-1].replace("_", " ")}
    same_day = there.date() == here.date()
    names["here"] = formats.clock(here) if same_day else formats.short_datetime(here, this_year=year)
    return _("%(there)s à %(city)s, %(here)s chez vous") % names


@register.simple_tag
def local_hour(now: datetime, zone: str | ZoneInfo) -> str:
    """Return the hour it is in ``zone`` when its clocks differ from the reader's, else nothing."""
    there = now.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone)
    return "" if there.utcoffset() == timezone.localtime(now).utcoffset() else formats.clock(there)
