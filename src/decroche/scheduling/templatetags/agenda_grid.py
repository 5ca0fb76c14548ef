"""Draw the agenda's columns. A busy day has over a thousand cells, so they are written here, not in a template.

Every value is escaped or a number. A column says by `data-sum` what it shows: a screen that already shows it changes
nothing.
"""

from datetime import time
from functools import lru_cache
from html import escape
from zlib import crc32

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import OpeningRule, Place
from decroche.scheduling.queries.cells import Band, Column, FreeCell, Placed, Session
from decroche.scheduling.queries.openings import OpeningShown
from decroche.scheduling.queries.visits import Visit
from decroche.scheduling.web.day_wishes import wish_lines
from decroche.ui.formats import clock, language, short_datetime
from decroche.ui.templatetags.components import icon

register = template.Library()

_MARKS = {
    Status.ARRIVED: "is-arrived",
    Status.CALLED: "is-arrived is-called",
    Status.IN_CONSULTATION: "is-arrived is-in",
    Status.DONE: "is-past is-done",
    Status.NO_SHOW: "is-noshow",
    Status.LEFT: "is-noshow is-left",
}
#: A tag lower than this would hide the time under it.
_ROOM_FOR_A_TAG = 4


@lru_cache(maxsize=1)
def _place_icons() -> dict[str, str]:
    names = {Place.HOME: "house", Place.PHONE: "phone", Place.VIDEO: "video"}
    return {place.value: str(icon(name, "icon-sm")) for place, name in names.items()}


class Pen:
    """What every cell of one answer shares: the reader, the filter, the words of the language, the clock's faces."""

    def __init__(self, me: int, filter_id: int | None, may_book: bool) -> None:
        """Look the words up once."""
        self.me, self.filter_id, self.may_book = me, filter_id, may_book
        self.key = ""  # of the column being drawn
        self.address = reverse("agenda:appointment", args=[0])[:-2]
        self.words = {
            "mine": escape(_("Votre pré-réservation")),
            "offered": escape(_("Proposé, liste d’attente")),
            "free": escape(_("libre")),
            "absent": _("pendant une absence"),
            "forced": _("forcé"),
            "group": _("fait partie d’une suite"),
            "over": escape(_("terminé")),
            "why": escape(_("pourquoi ?")),
            "closed": escape(_("fermé")),
            "kept": escape(_("Gardé : urgences")),
        }
        self.language = language()

    def face(self, minute: int) -> str:
        """Give the clock's face at a wall minute of the day."""
        return _face_of(minute, self.language)

    # --- cells -----------------------------------------------------------------------------------------------------

    def draw(self, item: Placed | Session | FreeCell | Band) -> str:
        """Draw whatever stands in a column."""
        if isinstance(item, Placed):
            return self.hold(item) if item.appointment.status == Status.HELD else self.visit(item)
        if isinstance(item, FreeCell):
            return self.free(item) if self.may_book else ""
        if isinstance(item, Session):
            return self.session(item)
        if item.is_kept:
            return self.kept(item)
        return self.absence(item) if item.absence else self.closed(item)

    def visit(self, item: Placed, kind: str = "appt") -> str:
        """Draw an appointment: a link to its card, which can be dragged."""
        view = item.appointment
        marks = self._marks(item)
        said = [] if view.status == Status.BOOKED else [view.status_label]
        if item.in_absence:
            said.append(self.words["absent"])
        if view.is_forced:
            said.append(self.words["forced"])
        signs = "" if view.place == Place.SITE else self._place(view, said)
        hidden = f'<span class="visually-hidden">, {escape(", ".join(said))}</span>' if said else ""
        may_move = self.may_book and view.lane is None and view.is_movable
        move = f' data-move="{view.version}"' if may_move else ""
        return (
            f'<a id="appt-{view.id}" class="{kind} vt vt-{view.colour} at-{item.row} for-{item.rows}{marks}"'
            f' href="{self.address}{view.id}/" data-appointment-link data-cell tabindex="-1"{move}>'
            f'<span class="appt-time">{self.face(item.first)}</span>{signs}'
            f'<span class="appt-name">{escape(view.patient_name or "")}</span>'
            f'<span class="appt-type">{_escaped(view.visit_type_short)}</span>{hidden}</a>'
        )

    def _marks(self, item: Placed) -> str:
        view = item.appointment
        marks = "" if view.status == Status.BOOKED else _MARKS.get(Status(view.status), "")
        if item.is_past:
            marks += " is-past"
        if item.in_absence:
            marks += " is-conflict"
        if view.is_forced:
            marks += " is-forced"
        if self.filter_id is not None and view.visit_type_id != self.filter_id:
            marks += " is-dim"
        if item.lanes > 1:
            marks += f" lane-{item.lane}-of-{item.lanes}"
        return f" {marks}" if marks else ""

    def _place(self, view: Visit, said: list[str]) -> str:
        said.append(f"{Place(view.place).label} {view.city}".strip())
        return f'<span class="appt-place">{_place_icons().get(view.place, "")}{escape(view.city)}</span>'

    def hold(self, item: Placed) -> str:
        """Draw a hold: who keeps it, for what, for how long still."""
        view = item.appointment
        mine = view.held_by_id == self.me and not view.is_offered
        who = (
            self.words["mine"] if mine else self.words["offered"] if view.is_offered else escape(view.held_by)
        )
        until = view.hold_expires_at.isoformat() if view.hold_expires_at else ""
        lanes = f" lane-{item.lane}-of-{item.lanes}" if item.lanes > 1 else ""
        inside = (
            f'<span class="appt-time">{self.face(item.first)}</span><span class="appt-name">{who}</span>'
            f'<span class="appt-left"><time class="num" id="left-{view.id}" data-until="{until}"'
            f' data-done="{self.words["over"]}"></time></span>'
            f'<span class="appt-type">{_escaped(view.visit_type_short)}</span>'
        )
        start = f'id="appt-{view.id}" class="appt is-held'
        place = f'at-{item.row} for-{item.rows}{lanes}" data-cell tabindex="-1"'
        if mine and self.may_book:
            href = reverse("agenda:hold", args=[view.id])
            return f'<a {start} is-mine {place} href="{href}" data-hold-link>{inside}</a>'
        return f"<div {start} {place}>{inside}</div>"

    def session(self, item: Session) -> str:
        """Draw a group session: how many of its seats are taken, and by whom."""
        seats = "".join(
            self.hold(seat) if seat.appointment.is_held else self.visit(seat, "appt is-seat")
            for seat in item.seats
        )
        colour = item.seats[0].appointment.colour
        name = escape(item.seats[0].appointment.visit_type_short)
        taken = f"{len(item.seats)}/{item.capacity}"
        label = escape(
            _("%(taken)s places prises sur %(capacity)s")
            % {"taken": len(item.seats), "capacity": item.capacity}
        )
        return (
            f'<div class="agenda-session vt vt-{colour} at-{item.row} for-{item.rows}{" is-past" if item.is_past else ""}">'
            f'<p class="session-head"><span class="appt-time">{self.face(item.first)}</span>'
            f'<span class="appt-type">{name}</span><strong class="num" aria-hidden="true">{taken}</strong>'
            f'<span class="visually-hidden">{label}</span></p>{seats}</div>'
        )

    def free(self, cell: FreeCell) -> str:
        """Draw a time that could be held, as a button of the grid's form."""
        time = self.face(cell.first)
        left = ""
        if cell.seats_left > 1:
            words = ngettext("%(count)s place", "%(count)s places", cell.seats_left) % {
                "count": cell.seats_left
            }
            left = f" · {escape(words)}"
        return (
            f'<button id="slot-{cell.key}" type="submit" name="slot" value="{cell.key}" data-cell tabindex="-1"'
            f' class="slot at-{cell.row} for-{cell.rows}" aria-label="{time}{left}, {self.words["free"]}">'
            f"{time}{left}</button>"
        )

    def closed(self, band: Band) -> str:
        """Draw closed time: a button that says why, when asked."""
        said = (
            f"{self.face(band.first)} – {self.face(band.last)}, {self.words['closed']}, {self.words['why']}"
        )
        return (
            f'<button type="button" class="agenda-closed at-{band.row} for-{band.rows}" data-cell tabindex="-1"'
            f' data-why="{band.first}" id="shut-{self.key}-{band.first}" aria-label="{said}"></button>'
        )

    def kept(self, band: Band) -> str:
        """Draw what a wish keeps for emergencies: nobody else's, and it says so."""
        hours = f"{self.face(band.first)} – {self.face(band.last)}"
        return (
            f'<button type="button" class="agenda-kept at-{band.row} for-{band.rows}" data-cell tabindex="-1"'
            f' data-why="{band.first}" id="kept-{self.key}-{band.first}" aria-label="{self.words["kept"]}, {hours},'
            f' {self.words["why"]}"><span>{self.words["kept"]}</span></button>'
        )

    def absence(self, band: Band) -> str:
        """Draw an absence with its reason, and who stands in."""
        absence = band.absence
        words = (absence and absence.reason) or _("Absence")
        hours = f"{self.face(band.first)} – {self.face(band.last)}"
        return (
            f'<button type="button" class="agenda-absence at-{band.row} for-{band.rows}" data-cell tabindex="-1"'
            f' data-why="{band.first}" id="away-{self.key}-{band.first}" aria-label="{escape(words)}, {hours},'
            f' {self.words["why"]}"><span>{escape(words)}</span></button>'
        )

    def opening(self, band: Band) -> str:
        """Draw an opening; what is not everybody's, or not yet, says so on a tag that can be asked why."""
        opening = band.opening
        if opening is None:
            return ""
        kinds, words = "", self._terms(opening)
        if not opening.is_released:
            kinds += " is-kept"
        if opening.reserved_for:
            kinds += " is-reserved"
        if not opening.suits:
            kinds += " is-unfit"
        drawn = f'<div class="agenda-open{kinds} at-{band.row} for-{band.rows}" data-site="{opening.site_id}"></div>'
        if words and band.rows >= _ROOM_FOR_A_TAG:
            text = escape(" · ".join(words))
            drawn += (
                f'<button type="button" class="agenda-tag at-{band.row} for-{band.rows}" data-cell tabindex="-1"'
                f' data-why="{band.first}" id="tag-{self.key}-{band.first}-{opening.rule_id}">{text}</button>'
            )
        return drawn

    def _terms(self, opening: OpeningShown) -> list[str]:
        words = []
        if opening.reserved_for:
            label = OpeningRule.ReservedFor(opening.reserved_for).label
            words.append(_("Réservé : %(whom)s") % {"whom": label})
        if not opening.is_released and opening.released_at:
            there = opening.released_at
            same = there.date() == opening.day
            when = clock(there) if same else short_datetime(there, this_year=opening.day.year)
            words.append(
                _("S’ouvre à %(when)s") % {"when": when} if same else _("S’ouvre %(when)s") % {"when": when}
            )
        if opening.capacity > 1:
            words.append(_("Groupe de %(count)s") % {"count": opening.capacity})
        if opening.in_place_of:
            words.append(_("Remplacement"))
        return words


@lru_cache(maxsize=6000)
def _face_of(minute: int, words: str) -> str:
    del words  # the active language, which `clock` follows
    return escape(clock(time(minute // 60 % 24, minute % 60)))


@lru_cache(maxsize=2000)
def _escaped(short_name: str) -> str:
    return escape(short_name)


@register.simple_tag
def agenda_pen(me: int, filter_id: int | None, may_book: bool) -> Pen:
    """Take up the pen that draws one answer."""
    return Pen(me, filter_id, may_book)


@register.simple_tag
def draw_column(column: Column, pen: Pen) -> SafeString:
    """Draw one column whole: its openings, its buffers, then all that can be acted on, in order of time."""
    pen.key = column.key
    opened = "".join(pen.opening(band) for band in column.open)
    buffers = "".join(
        f'<div class="agenda-buffer at-{row} for-{rows}"></div>' for row, rows in column.buffers if row >= 0
    )
    items = "".join(pen.draw(item) for item in column.items)
    inside = f"{opened}{buffers}{items}"
    who = column.practitioner.pk
    today = " is-today" if column.is_today else ""
    attributes = (
        f'id="col-{column.key}" class="agenda-col col-{column.index} rows-{column.rows}{today}" role="group"'
        f' aria-labelledby="head-{column.key}" data-column="{column.index}" data-practitioner="{who}"'
        f' data-day="{column.day.isoformat()}" data-sum="{crc32((inside + today).encode()):08x}"'
    )
    return mark_safe(f"<div {attributes}>{inside}</div>")  # noqa: S308 — every value is escaped or a number


@register.simple_tag
def column_summary(column: Column, mode: str) -> str:
    """Say under a column's name how full it is, or that nobody receives."""
    booked = column.booked
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
def column_wishes(column: Column) -> list[tuple[str, str]]:
    """Say in a few words, and in a sentence, what the practitioner wishes for this day."""
    return wish_lines(column.wishes)
