"""Lay out the call's way for the picture: stations in order, those in use and those that could be."""

from dataclasses import dataclass
from datetime import time, timedelta
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from decroche.calls.domain import callflow
from decroche.calls.domain.callflow import Then, treat
from decroche.calls.domain.callway import Flaw, flaws
from decroche.calls.domain.hours import LineHours, LineMoment
from decroche.calls.models import Forwarding, LineKind, Operator
from decroche.calls.web.lines import words
from decroche.ui import formats

if TYPE_CHECKING:
    from decroche.calls.web.lines.page import LinePage

DAY_MINUTES: Final = 1440
_MOMENT_ICONS: Final = {
    LineMoment.LUNCH: "coffee",
    LineMoment.CLOSED: "moon",
    LineMoment.HOLIDAY: "calendar-off",
    LineMoment.LEAVE: "user-x",
}


@dataclass(frozen=True, slots=True)
class Station:
    """Hold one box of the picture."""

    name: str
    icon: str
    title: str
    text: str
    is_used: bool = True
    after: str = ""  # what is written on the arrow that leads here
    warning: str = ""
    form: str = ""  # the form that a click opens; empty: the station's own


@dataclass(frozen=True, slots=True)
class Span:
    """Hold one opening of the week's band, in minutes of the day."""

    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Picture:
    """Hold the whole picture."""

    number: Station
    hours: Station
    week: tuple[tuple[str, tuple[Span, ...]], ...]
    now_day: int
    now_x: int
    lane: tuple[Station, ...]
    waiting: Station
    moments: tuple[Station, ...]
    warnings: tuple[str, ...]


def picture(page: "LinePage") -> Picture:
    """Return the picture of a line."""
    local = page.local(page.now)
    return Picture(
        number=_number(page),
        hours=_hours(page),
        week=week_of(page.hours),
        now_day=local.weekday(),
        now_x=local.hour * 60 + local.minute,
        lane=tuple(_lane(page)),
        waiting=_waiting(page),
        moments=tuple(_moment(page, what) for what in _MOMENT_ICONS),
        warnings=tuple(_warnings(page)),
    )


def week_of(hours: LineHours) -> tuple[tuple[str, tuple[Span, ...]], ...]:
    """Return the week's band, Monday first; no hours at all: open round the clock."""
    found = []
    for weekday in range(7):
        spans = [_span(one.starts, one.ends) for one in hours.weekly if one.weekday == weekday]
        found.append((str(words.DAYS[weekday]), tuple(spans if hours.weekly else [Span(0, DAY_MINUTES)])))
    return tuple(found)


def _span(starts: time, ends: time) -> Span:
    first = starts.hour * 60 + starts.minute
    last = (ends.hour * 60 + ends.minute) or DAY_MINUTES
    return Span(first, last - first if last > first else DAY_MINUTES - first)


def _number(page: "LinePage") -> Station:
    row = page.row
    text = str(Forwarding(row.forwarding).label)
    if row.operator != Operator.OTHER:
        text += f", {Operator(row.operator).label}"
    kind = "" if row.kind == LineKind.MAIN else str(LineKind(row.kind).label)
    if row.forwarding_checked_at:
        checked = _("vérifié le %(day)s") % {
            "day": formats.short_date(page.local(row.forwarding_checked_at).date(), this_year=page.now.year)
        }
    else:
        checked = ""
    return Station(
        "number",
        "phone-incoming",
        kind or _("Renvoi"),
        " · ".join(part for part in (text, checked) if part),
        warning="" if row.forwarding_checked_at else _("à vérifier"),
    )


def _hours(page: "LinePage") -> Station:
    if not page.hours.weekly:
        return Station("hours", "clock", _("Horaires"), _("Ouverte à toute heure"), warning=_("à régler"))
    return Station("hours", "clock", _("Horaires"), words.state(page.moment, now=page.local(page.now)))


def _lane(page: "LinePage") -> list[Station]:
    plan = page.plan
    greeting = Station(
        "greeting",
        "volume-2",
        _("Accueil"),
        words.quote(plan.greeting),
        bool(plan.greeting.text or plan.greeting.file),
    )
    return [greeting, _menu(page), *_teams(page), _fallback(page), _voicemail(page)]


def _menu(page: "LinePage") -> Station:
    menu = page.plan.menu
    if menu is None:
        return Station("menu", "list-checks", _("Menu"), _("Pas de menu"), is_used=False)
    text = ", ".join(f"{choice.digit}\u202f{choice.label}" for choice in menu.choices)
    warning = "" if _is_safe(menu) else _("sans rappel du 15")
    return Station("menu", "list-checks", _("Menu"), text, warning=warning)


def _is_safe(menu: callflow.Menu) -> bool:
    """Say whether the menu tells whom to call in danger; a recording cannot be read, so it is trusted."""
    return bool(menu.prompt.file) or words.has_emergency_words(menu.prompt.text)


def _teams(page: "LinePage") -> list[Station]:
    row, steps = page.row, page.plan.team.steps
    own = [step for step in steps if row.replacement_id is None or step.secretariat_id != row.replacement_id]
    first = own[0] if own else None
    name = words.who(page, first) if first else _("personne")
    found = [Station("team", "headset", _("Équipe"), name[:1].upper() + name[1:], form="team")]
    later = [step for step in own if step.after]
    if later:
        text = ", ".join(words.who(page, step) for step in later)
        after = words.lasting(later[0].after)
        found.append(
            Station("backup", "users", _("Renfort"), text[:1].upper() + text[1:], after=after, form="team")
        )
    else:
        found.append(
            Station("backup", "users", _("Renfort"), _("Pas de renfort"), is_used=False, form="team")
        )
    return [*found, _replacement(page)]


def _replacement(page: "LinePage") -> Station:
    row = page.row
    if row.replacement is None:
        return Station("replacement", "arrow-right-left", _("Relève"), _("Pas de remplaçant"), is_used=False)
    after = words.lasting(timedelta(seconds=row.replacement_after_seconds))
    mandate = next((one for one in page.mandates if one.secretariat_id == row.replacement_id), None)
    if mandate is None:
        return Station("replacement", "arrow-right-left", _("Relève"), row.replacement.name, after=after,
                       warning=_("sans mandat : ne sonnera pas"))  # fmt: skip
    text = row.replacement.name
    if mandate.ends_on is not None:
        last = mandate.ends_on - timedelta(days=1)
        text += ", " + _("mandat jusqu’au %(day)s") % {
            "day": formats.short_date(last, this_year=page.now.year)
        }
    return Station("replacement", "arrow-right-left", _("Relève"), text, after=after)


def _fallback(page: "LinePage") -> Station:
    after = words.lasting(timedelta(seconds=page.row.wait_at_most_seconds))
    number = page.plan.fallback_number
    if not number:
        return Station(
            "fallback", "phone-forwarded", _("Secours"), _("Pas de numéro"), is_used=False, after=after
        )
    return Station("fallback", "phone-forwarded", _("Secours"), formats.phone(number), after=after)


def _voicemail(page: "LinePage") -> Station:
    after = (
        "" if page.plan.fallback_number else words.lasting(timedelta(seconds=page.row.wait_at_most_seconds))
    )
    if page.plan.farewell is not None:
        return Station(
            "voicemail", "voicemail", _("Messagerie"), _("Pas de messagerie"), is_used=False, after=after
        )
    return Station("voicemail", "voicemail", _("Messagerie"), _("Un message, donc un rappel"), after=after)


def _waiting(page: "LinePage") -> Station:
    waiting = page.plan.waiting
    parts = [_("musique") if waiting.music else _("sans musique")]
    if waiting.says_position:
        parts.append(_("rang et attente dits"))
    if waiting.message != callflow.Sound():
        parts.append(words.quote(waiting.message))
    text = ", ".join(parts)
    return Station("waiting", "music", _("Pendant l’attente"), text[:1].upper() + text[1:])


def _moment(page: "LinePage", what: LineMoment) -> Station:
    titles = {
        LineMoment.LUNCH: _("Pause de midi"),
        LineMoment.CLOSED: _("Fermée"),
        LineMoment.HOLIDAY: _("Férié ou congés"),
        LineMoment.LEAVE: _("Praticien absent"),
    }
    found = treat(page.plan, what)
    text = _treatment_words(found)
    return Station(
        f"moment-{what.value}", _MOMENT_ICONS[what], titles[what], text, is_used=_happens(page.hours, what)
    )


def _treatment_words(found: callflow.Treatment) -> str:
    match found.then:
        case Then.VOICEMAIL:
            return _("Message vocal, puis rappel")
        case Then.NUMBER:
            return _("Vers le %(number)s") % {"number": formats.phone(found.number)}
        case Then.TEAM | Then.MENU:
            return _("Les secrétaires répondent")
        case _:
            return _("Message : %(what)s") % {"what": words.quote(found.sound)}


def _happens(hours: LineHours, what: LineMoment) -> bool:
    """Say whether the calendar ever comes to this moment."""
    match what:
        case LineMoment.LUNCH:
            return bool(hours.lunch)
        case LineMoment.CLOSED:
            return bool(hours.weekly or hours.closures)
        case LineMoment.HOLIDAY:
            return bool(hours.holidays)
        case _:
            return bool(hours.leaves)


def _warnings(page: "LinePage") -> list[str]:
    """Return what a person of the practice should mend, in sentences."""
    said = {
        Flaw.MENU_WITHOUT_PROMPT: _(
            "Le menu ne dit rien : écrivez ou enregistrez ce que l’appelant entendra."
        ),
        Flaw.NOTHING_TO_SAY: _("La ligne raccrocherait sans un mot : écrivez un message."),
        Flaw.NUMBER_MISSING: _(
            "Un appel doit partir vers un numéro qui n’est pas indiqué : il ira à la messagerie."
        ),
        Flaw.EMERGENCY_TURNED_AWAY: _(
            "Cette ligne d’urgence raccroche au nez d’un appelant : choisissez autre chose."
        ),
    }
    found = flaws(page.plan)
    lines = [text for flaw, text in said.items() if flaw in found]
    if page.plan.menu is not None and not _is_safe(page.plan.menu):
        lines.append(_("Le menu ne rappelle pas de composer le 15 pour une urgence vitale."))
    if not page.mandates:
        lines.append(_("Aucun secrétariat n’a de mandat pour ce cabinet : personne ne décrochera."))
    return lines


def count_words(count: int) -> str:
    """Return "3 appels aujourd’hui"."""
    return ngettext("%(count)s appel aujourd’hui", "%(count)s appels aujourd’hui", count) % {"count": count}
