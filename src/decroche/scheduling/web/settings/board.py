"""Lay out a week of opening rules as blocks: seven columns, five-minute rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from decroche.practices.models import Practitioner, Site
from decroche.scheduling.actions._rules import ordinary_rules
from decroche.scheduling.models import OpeningRule
from decroche.scheduling.web.forms.openings import RANKS
from decroche.ui.formats import clock, duration, short_date

_ROW_MINUTES, _DAY = 5, 1440
_USUAL_FIRST, _USUAL_LAST = 8 * 60, 19 * 60
_MOST_LANES = 4


@dataclass(frozen=True, slots=True)
class Block:
    """One rule (or its part of one column) on the board."""

    rule: OpeningRule
    column: int
    row: int
    rows: int
    lane: str
    colour: int
    hours: str
    notes: tuple[str, ...]
    is_tail: bool  # what is left of it after midnight

    @property
    def said(self) -> str:
        """Give it as one sentence, for whoever does not see where it lies."""
        return ", ".join([f"{self.rule.get_weekday_display()} {self.hours}", *self.notes])


@dataclass(frozen=True, slots=True)
class Day:
    """One column: its name, its blocks, and how long it is open."""

    weekday: int
    name: str
    short: str
    blocks: tuple[Block, ...]
    length: str
    is_weekend: bool


@dataclass(frozen=True, slots=True)
class Board:
    """The week as it stands on a day."""

    days: tuple[Day, ...]
    first_minute: int
    rows: int
    hours: tuple[tuple[int, int], ...]
    changes: tuple[date, ...]
    weekly: str

    @property
    def is_empty(self) -> bool:
        return not any(day.blocks for day in self.days)


def week_board(practitioner: Practitioner, *, on: date, sites: tuple[Site, ...]) -> Board:
    """Draw the usual week in force on a day; 3 queries."""
    rules = list(ordinary_rules(practitioner, on=on))
    spans = [(start, end) for rule in rules for _column, start, end, _tail in _parts(rule)]
    first = min([_USUAL_FIRST, *(start // 60 * 60 for start, _ in spans)])
    last = max([_USUAL_LAST, *(-(-end // 60) * 60 for _, end in spans)])
    days = tuple(_day(weekday, rules, first, sites) for weekday in range(7))
    total = sum(_minutes(rule) for rule in rules if rule.every == OpeningRule.Every.WEEK)
    return Board(
        days,
        first,
        (last - first) // _ROW_MINUTES,
        tuple(((minute - first) // _ROW_MINUTES, minute // 60) for minute in range(first, last, 60)),
        _changes(practitioner, on),
        duration(timedelta(minutes=total)) if total else "",
    )


def rule_notes(rule: OpeningRule, *, sites: tuple[Site, ...]) -> tuple[str, ...]:
    """Say what is particular about a rule, in a few words each; nothing for an ordinary one."""
    notes = [pattern_words(rule)] if rule.every != OpeningRule.Every.WEEK else []
    if len(sites) > 1:
        notes.append(rule.site.name)
    kinds = [kind.short_name or kind.name for kind in rule.visit_types.all()]
    if kinds:
        notes.append(", ".join(kinds))
    if rule.capacity > 1:
        notes.append(
            ngettext("%(count)s place", "%(count)s places", rule.capacity) % {"count": rule.capacity}
        )
    if rule.reserved_for:
        notes.append(str(rule.get_reserved_for_display()))
    if rule.release:
        notes.append(release_words(rule))
    if rule.valid_until:
        notes.append(_("jusqu’au %(day)s") % {"day": short_date(rule.valid_until, this_year=0)})
    return tuple(notes)


def pattern_words(rule: OpeningRule) -> str:
    """Say on which weeks: "semaines impaires", "toutes les 3 semaines", "premier du mois"."""
    if rule.every == OpeningRule.Every.ODD_WEEKS:
        return _("semaines impaires")
    if rule.every == OpeningRule.Every.EVEN_WEEKS:
        return _("semaines paires")
    if rule.every == OpeningRule.Every.N_WEEKS:
        return _("toutes les %(n)s semaines") % {"n": rule.every_n}
    if rule.every == OpeningRule.Every.NTH_OF_MONTH:
        return _("le %(rank)s du mois") % {"rank": dict(RANKS).get(str(rule.nth), "")}
    return _("chaque semaine")


def release_words(rule: OpeningRule) -> str:
    """Say when it opens to booking: "s’ouvre le jour même à 8 h", "s’ouvre 48 h avant"."""
    if rule.release == OpeningRule.Release.HOURS_BEFORE:
        return _("s’ouvre %(hours)s h avant") % {"hours": rule.release_hours}
    at = clock(rule.release_time) if rule.release_time else ""
    if rule.release_days == 0:
        return _("s’ouvre le jour même à %(at)s") % {"at": at}
    return ngettext(
        "s’ouvre %(days)s jour avant à %(at)s", "s’ouvre %(days)s jours avant à %(at)s", rule.release_days
    ) % {"days": rule.release_days, "at": at}


def _day(
    weekday: int,
    rules: Iterable[OpeningRule],
    first: int,
    sites: tuple[Site, ...],
) -> Day:
    parts = sorted(
        (
            (start, end, rule, tail)
            for rule in rules
            for column, start, end, tail in _parts(rule)
            if column == weekday
        ),
        key=lambda part: (part[0], part[2].pk),
    )
    blocks = tuple(
        _block(rule, weekday, start - first, end - start, _lane(parts, index), tail, sites)
        for index, (start, end, rule, tail) in enumerate(parts)
    )
    minutes = sum(end - start for start, end, rule, _tail in parts if rule.every == OpeningRule.Every.WEEK)
    label = str(OpeningRule.Weekday(weekday).label)
    return Day(
        weekday,
        label,
        f"{label[:3]}.",
        blocks,
        duration(timedelta(minutes=minutes)) if minutes else "",
        weekday > 4,  # noqa: PLR2004 — Saturday and Sunday
    )


def _block(
    rule: OpeningRule, column: int, start: int, length: int, lane: str, tail: bool, sites: tuple[Site, ...]
) -> Block:
    kinds = list(rule.visit_types.all())
    return Block(
        rule,
        column + 1,
        start // _ROW_MINUTES,
        max(length // _ROW_MINUTES, 1),
        lane,
        kinds[0].colour if len(kinds) == 1 else 0,
        f"{clock(rule.starts)} – {clock(rule.ends)}",
        rule_notes(rule, sites=sites),
        tail,
    )


def _parts(rule: OpeningRule) -> list[tuple[int, int, int, bool]]:
    """Give (weekday, first minute, last minute, is a tail): two parts for what crosses midnight."""
    start, end = _minute(rule.starts), _minute(rule.ends)
    if end > start:
        return [(rule.weekday, start, end, False)]
    parts = [(rule.weekday, start, _DAY, False)]
    return [*parts, ((rule.weekday + 1) % 7, 0, end, True)] if end else parts


def _lane(parts: list[tuple[int, int, OpeningRule, bool]], index: int) -> str:
    """Put side by side what alternates at the same hour (odd and even weeks)."""
    start, end = parts[index][:2]
    together = [n for n, part in enumerate(parts) if part[0] < end and start < part[1]]
    if len(together) == 1:
        return ""
    return f"lane-{min(together.index(index) + 1, _MOST_LANES)}-of-{min(len(together), _MOST_LANES)}"


def _minute(value: object) -> int:
    return value.hour * 60 + value.minute  # type: ignore[attr-defined, no-any-return]


def _minutes(rule: OpeningRule) -> int:
    return (_minute(rule.ends) - _minute(rule.starts)) % _DAY or _DAY


def _changes(practitioner: Practitioner, on: date) -> tuple[date, ...]:
    """List the days to come on which the usual week changes."""
    rows = OpeningRule.objects.filter(
        Q(valid_from__gt=on) | Q(valid_until__gte=on), practitioner=practitioner, overrides=False
    ).values_list("valid_from", "valid_until")
    days = set()
    for first, last in rows:
        if first == last:
            continue
        if first > on:
            days.add(first)
        if last is not None:
            days.add(last + timedelta(days=1))
    return tuple(sorted(days))[:6]
