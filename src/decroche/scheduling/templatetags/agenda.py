"""Draw the agenda's cells. A busy day has over a thousand of them, so they are written here, not in a template."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from decroche.scheduling.actions.undo_change import UNDONE
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.queries.appointments import AppointmentView
from decroche.scheduling.queries.slots import Slot
from decroche.scheduling.queries.views import Column, FreeCell, Placed
from decroche.ui.formats import clock, relative_day, short_datetime

register = template.Library()

_MARKS = {
    Status.ARRIVED: "is-arrived",
    Status.IN_CONSULTATION: "is-arrived is-in",
    Status.DONE: "is-past",
    Status.NO_SHOW: "is-noshow",
}


@register.simple_tag
def column_items(column: Column, me: int, filter_id: int | None, may_book: bool) -> SafeString:
    """Draw one column's appointments, holds and free cells, in order of time."""
    address = reverse("agenda:appointment", args=[0])
    words = {"mine": _("Votre pré-réservation"), "free": _("libre"), "absent": _("pendant une absence")}
    drawn = [
        _appointment(item, column.index, me, filter_id, address, words)
        if isinstance(item, Placed)
        else _free(item, column.index, words["free"])
        for item in column.items
        if may_book or isinstance(item, Placed)
    ]
    return mark_safe("".join(drawn))  # noqa: S308 — every value below is escaped or an int


def _appointment(
    item: Placed, column: int, me: int, filter_id: int | None, address: str, words: dict[str, str]
) -> str:
    view = item.appointment
    place = f"at-{item.row} for-{item.rows} col-{column}"
    time = conditional_escape(clock(view.starts_at))
    if view.is_held:
        mine = view.held_by_id == me
        who = words["mine"] if mine else conditional_escape(view.held_by)
        kind = conditional_escape(view.visit_type_short)
        inside = (
            f'<span class="appt-time">{time}</span><span class="appt-name">{who}</span>'
            f'<span class="appt-type">{kind}</span>'
        )
        if mine:
            href = reverse("agenda:hold", args=[view.id])
            return (
                f'<li><a id="appt-{view.id}" class="appt is-held is-mine {place}" href="{href}" data-hold-link'
                f' data-cell tabindex="-1">{inside}</a></li>'
            )
        return f'<li><div id="appt-{view.id}" class="appt is-held {place}" data-cell tabindex="-1">{inside}</div></li>'
    marks = [_MARKS.get(Status(view.status), "")]
    if item.is_past:
        marks.append("is-past")
    if item.in_absence:
        marks.append("is-conflict")
    if filter_id is not None and view.visit_type_id != filter_id:
        marks.append("is-dim")
    said = [] if view.status == Status.BOOKED else [view.status_label]
    if item.in_absence:
        said.append(words["absent"])
    hidden = f'<span class="visually-hidden">, {conditional_escape(", ".join(said))}</span>' if said else ""
    return (
        f'<li><a id="appt-{view.id}" class="appt vt vt-{view.colour} {place} {" ".join(filter(None, marks))}"'
        f' href="{address.replace("/0/", f"/{view.id}/")}" data-appointment-link data-cell tabindex="-1">'
        f'<span class="appt-time">{time}</span><span class="appt-name">{conditional_escape(view.patient_name)}</span>'
        f'<span class="appt-type">{conditional_escape(view.visit_type_short)}</span>{hidden}</a></li>'
    )


def _free(cell: FreeCell, column: int, word: str) -> str:
    time = conditional_escape(clock(cell.starts_at))
    return (
        f'<li><button id="slot-{cell.key}" type="submit" name="slot" value="{cell.key}" data-cell tabindex="-1"'
        f' class="slot at-{cell.row} for-{cell.rows} col-{column}">{time}'
        f'<span class="visually-hidden">, {word}</span></button></li>'
    )


@register.simple_tag
def column_summary(column: Column, mode: str) -> str:
    """Say under a column's name how full it is, or that nobody receives."""
    booked = sum(not placed.appointment.is_held for placed in column.appointments)
    if not column.open and not booked:
        return _("ne reçoit pas")
    if column.absences and not column.free and not booked:
        return _("absent")
    free = len(column.free)
    text = ngettext("%(count)s rendez-vous", "%(count)s rendez-vous", booked) % {"count": booked}
    if mode == "week" or not free:
        return text
    return f"{booked} · " + ngettext("%(count)s libre", "%(count)s libres", free) % {"count": free}


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
