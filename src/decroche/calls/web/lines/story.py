"""Tell what a caller would live at a moment, sentence by sentence, so that nobody needs to ring to know."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from django.http import QueryDict
from django.utils.dateparse import parse_date, parse_time
from django.utils.translation import gettext as _

from decroche.calls.domain.callflow import RINGS_AT_MOST, Then, treat
from decroche.calls.domain.callway import Stage, StageKind, way
from decroche.calls.domain.hours import LineMoment, moment_at
from decroche.calls.web.lines import words
from decroche.ui import formats

if TYPE_CHECKING:
    from decroche.calls.web.lines.page import LinePage

MONDAY, SUNDAY = 0, 6
_LUNCH: Final = time(12, 30)
_LATE_MORNING: Final = time(11, 0)
_NIGHT: Final = time(23, 0)
_ICONS: Final = {
    StageKind.SOUND: "volume-2",
    StageKind.MENU: "list-checks",
    StageKind.TEAM: "headset",
    StageKind.NUMBER: "phone-forwarded",
    StageKind.VOICEMAIL: "voicemail",
    StageKind.HANG_UP: "phone-off",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Hold the moment that is asked about, and which button asked."""

    at: datetime
    which: str  # "now", "lunch", "sunday", "night", "other"
    is_understood: bool = True


@dataclass(frozen=True, slots=True)
class Beat:
    """Hold one thing that a caller lives, and the stations of the picture that it passes."""

    icon: str
    text: str
    stations: tuple[str, ...]
    keys: tuple[tuple[str, str], ...] = ()  # of a menu: the key, and where it leads


@dataclass(frozen=True, slots=True)
class Story:
    """Hold what a caller would live."""

    title: str
    beats: tuple[Beat, ...]

    @property
    def lit(self) -> str:
        """Return the stations passed, for the picture."""
        return " ".join(dict.fromkeys(name for beat in self.beats for name in beat.stations))


def read_asked(said: QueryDict, *, now: datetime) -> Asked:
    """Read which moment is asked about, on the clock of ``now``."""
    which = said.get("when", "now")
    match which:
        case "lunch":
            return Asked(_next(now, MONDAY, _LUNCH), which)
        case "sunday":
            return Asked(_next(now, SUNDAY, _LATE_MORNING), which)
        case "night":
            return Asked(datetime.combine(now.date(), _NIGHT, tzinfo=now.tzinfo), which)
        case "other":
            return _typed(said, now)
        case _:
            return Asked(now, "now")


def _typed(said: QueryDict, now: datetime) -> Asked:
    try:
        day, hour = parse_date(said.get("day", "")), parse_time(said.get("time", ""))
    except ValueError:
        day = hour = None
    if day is None or hour is None:
        return Asked(now, "other", is_understood=False)
    return Asked(datetime.combine(day, hour.replace(tzinfo=None), tzinfo=now.tzinfo), "other")


def _next(now: datetime, weekday: int, at: time) -> datetime:
    day = now.date() + timedelta(days=(weekday - now.weekday()) % 7)
    found = datetime.combine(day, at, tzinfo=now.tzinfo)
    return found if found >= now else datetime.combine(day + timedelta(days=7), at, tzinfo=now.tzinfo)


def story(page: "LinePage", at: datetime) -> Story:
    """Tell what a caller would live at ``at``."""
    moment = moment_at(page.hours, at)
    local = page.local(at)
    until = ""
    if moment.until is not None:
        until = _(" jusqu’à %(until)s") % {"until": words.when(moment.until, now=local)}
    title = _("%(day)s à %(clock)s, la ligne est %(what)s%(until)s.") % {
        "day": formats.full_date(local.date(), this_year=page.local(page.now).year),
        "clock": formats.clock(local),
        "what": words.what_is(moment.what),
        "until": until,
    }
    if page.row.forwarding == "no_answer":
        title += " " + _("Le cabinet n’a pas décroché : l’appel nous arrive.")
    return Story(title[:1].upper() + title[1:], beats_of(page, moment.what))


def beats_of(page: "LinePage", what: LineMoment) -> tuple[Beat, ...]:
    """Tell a call that arrives at a moment, stage by stage."""
    first = treat(page.plan, what)
    stages = way(page.plan, what)
    by = () if what is LineMoment.OPEN else (f"moment-{what.value}",)
    beats: list[Beat] = []
    for number, stage in enumerate(stages):
        is_first_team = stage.kind is StageKind.TEAM and not any(
            s.kind is StageKind.TEAM for s in stages[:number]
        )
        last = stages[number - 1] if number else None
        beat = _beat(page, stage, by if number == 0 else (), is_first_team=is_first_team, before=last)
        if is_first_team and not any(one.text for one in beats):
            beat = replace(beat, text=_rings_first() + " " + beat.text)
        beats.append(beat)
    assert beats or first.then is not Then.MENU
    return tuple(beats)


def _beat(
    page: "LinePage", stage: Stage, by: tuple[str, ...], *, is_first_team: bool, before: Stage | None
) -> Beat:
    text, stations = "", by
    keys: tuple[tuple[str, str], ...] = ()
    match stage.kind:
        case StageKind.SOUND:
            if stage.sound:
                text = words.ended(_("Il entend %(what)s.") % {"what": words.quote(stage.sound)})
            is_greeting = stage.sound == page.plan.greeting
            stations = (*by, "greeting") if is_greeting or not by else by
        case StageKind.MENU:
            if page.plan.menu:
                what = words.quote(page.plan.menu.prompt)
                text = words.ended(_("On lui propose de choisir : %(what)s.") % {"what": what})
            stations, keys = (*by, "menu"), _keys(page, stage)
        case StageKind.TEAM:
            text = _team_words(page, stage, is_first=is_first_team)
            stations = (*by, _team_station(page, stage, is_first=is_first_team))
        case StageKind.NUMBER:
            text = _number_words(stage)
            stations = (*by, "fallback")
        case StageKind.VOICEMAIL:
            text = _voicemail_words(stage, before)
            stations = (*by, "voicemail")
        case StageKind.HANG_UP:
            text = _hang_up_words(stage)
            stations = (*by, "voicemail") if stage.sound else by
    return Beat(_ICONS[stage.kind], text, stations, keys)


def _rings_first() -> str:
    return _("Il entend d’abord sonner, %(time)s au plus.") % {"time": words.lasting(RINGS_AT_MOST)}


def _team_words(page: "LinePage", stage: Stage, *, is_first: bool) -> str:
    assert stage.step is not None
    name = words.to_whom(page, stage.step)
    if not is_first or stage.step.after:
        return _("Après %(time)s d’attente, l’appel est aussi proposé %(who)s.") % {
            "time": words.lasting(stage.step.after),
            "who": name,
        }
    waiting = page.plan.waiting
    hears = _("en musique") if waiting.music else _("sans musique")
    if waiting.says_position:
        return _(
            "Il patiente %(how)s, son rang et l’attente prévue lui sont dits ; l’appel est proposé %(who)s."
        ) % {"how": hears, "who": name}
    return _("Il patiente %(how)s ; l’appel est proposé %(who)s.") % {"how": hears, "who": name}


def _team_station(page: "LinePage", stage: Stage, *, is_first: bool) -> str:
    assert stage.step is not None
    if (
        page.row.replacement_id is not None
        and stage.step.secretariat_id == page.row.replacement_id
        and not is_first
    ):
        return "replacement"
    return "team" if is_first else "backup"


def _number_words(stage: Stage) -> str:
    number = formats.phone(stage.number)
    if stage.after is not None:
        return _("Après %(time)s sans réponse, l’appel part au %(number)s.") % {
            "time": words.lasting(stage.after),
            "number": number,
        }
    return _("L’appel part au %(number)s.") % {"number": number}


def _voicemail_words(stage: Stage, before: Stage | None) -> str:
    if stage.after is not None:
        return _("Après %(time)s sans réponse, il peut laisser un message vocal ; un rappel est noté.") % {
            "time": words.lasting(stage.after)
        }
    if before is not None and before.kind is StageKind.NUMBER:
        return _("Si personne n’y répond, il peut laisser un message vocal ; un rappel est noté.")
    return _("Il peut laisser un message vocal ; un rappel est noté.")


def _hang_up_words(stage: Stage) -> str:
    if stage.sound is None:
        return _("La ligne raccroche.")
    said = words.quote(stage.sound)
    if stage.after is not None:
        return _("Après %(time)s sans réponse, il entend %(what)s, puis la ligne raccroche.") % {
            "time": words.lasting(stage.after),
            "what": said,
        }
    return _("Si personne ne répond, il entend %(what)s, puis la ligne raccroche.") % {"what": said}


def _keys(page: "LinePage", stage: Stage) -> tuple[tuple[str, str], ...]:
    found = []
    for branch in stage.branches:
        last = next((s for s in branch.stages if s.kind is not StageKind.SOUND), branch.stages[-1])
        label = branch.choice.label if branch.choice else _("aucune touche")
        found.append((branch.choice.digit if branch.choice else "–", f"{label} → {key_leads(page, last)}"))
    return tuple(found)


def key_leads(page: "LinePage", stage: Stage) -> str:
    """Return where a key leads, in a few words."""
    match stage.kind:
        case StageKind.TEAM:
            assert stage.step is not None
            return words.who(page, stage.step)
        case StageKind.NUMBER:
            return formats.phone(stage.number)
        case StageKind.VOICEMAIL:
            return _("la messagerie")
        case _:
            return _("un message, puis la ligne raccroche")
