"""Open a whole week at once: from words, from a day to others, from a colleague's, or anew from a date."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction

from decroche.accounts.models import User
from decroche.practices.models import Practitioner, Site
from decroche.scheduling.actions._rows import lock_practitioners
from decroche.scheduling.actions._rules import (
    RuleOverlaps,
    copy_of,
    make_room,
    ordinary_rules,
    tell,
    write_rule,
)
from decroche.scheduling.domain.refusals import NotOfThisPractice
from decroche.scheduling.domain.week_words import WeekSpan
from decroche.scheduling.models import OpeningRule


class NothingToCopy(Exception):
    """The day or the colleague has no opening to copy."""


def open_week(
    *,
    practitioner: Practitioner,
    site: Site,
    spans: Iterable[WeekSpan],
    on: date,
    replace: bool,
    by: User,
    now: datetime,
) -> list[OpeningRule]:
    """Open these times of every week from a day on, in place of what the named days had with `replace`.

    Without it, openings that are there already are left as they are, and `RuleOverlaps` is raised when one stands
    in the way; then nothing is written.
    """
    del by, now
    wanted = list(spans)
    if site.practice_id != practitioner.practice_id:
        raise NotOfThisPractice
    with transaction.atomic():
        lock_practitioners(practitioner.pk)
        if replace:
            make_room(practitioner, weekdays=range(7), on=on)
        there = {(rule.weekday, rule.starts, rule.ends) for rule in ordinary_rules(practitioner, on=on)}
        made = [
            write_rule(
                OpeningRule(
                    practice_id=practitioner.practice_id,
                    practitioner=practitioner,
                    site=site,
                    weekday=span.weekday,
                    starts=span.starts,
                    ends=span.ends,
                    valid_from=on,
                )
            )
            for span in wanted
            if (span.weekday, span.starts, span.ends) not in there
        ]
        tell(practitioner)
    return made


def copy_day(
    *, practitioner: Practitioner, weekday: int, onto: Iterable[int], on: date, by: User, now: datetime
) -> list[OpeningRule]:
    """Give other days the openings of one, from a day on; what those days had ends on the eve.

    Raises `NothingToCopy`.
    """
    del by, now
    days = {day for day in onto if day != weekday}
    with transaction.atomic():
        lock_practitioners(practitioner.pk)
        pattern = [rule for rule in ordinary_rules(practitioner, on=on) if rule.weekday == weekday]
        if not pattern or not days:
            raise NothingToCopy
        make_room(practitioner, weekdays=days, on=on)
        made = [
            write_rule(copy_of(rule, weekday=day, valid_from=on), list(rule.visit_types.all()))
            for day in sorted(days)
            for rule in pattern
        ]
        tell(practitioner)
    return made


def copy_week(
    *, practitioner: Practitioner, like: Practitioner, on: date, by: User, now: datetime
) -> list[OpeningRule]:
    """Give a practitioner a colleague's week from a day on; the week they had ends on the eve.

    Raises `NothingToCopy` or `NotOfThisPractice`.
    """
    del by, now
    if like.practice_id != practitioner.practice_id or like.pk == practitioner.pk:
        raise NotOfThisPractice
    with transaction.atomic():
        lock_practitioners(practitioner.pk, like.pk)
        pattern = list(ordinary_rules(like, on=on))
        if not pattern:
            raise NothingToCopy
        make_room(practitioner, weekdays=range(7), on=on)
        made = [
            write_rule(
                copy_of(rule, practitioner_id=practitioner.pk, valid_from=on), list(rule.visit_types.all())
            )
            for rule in pattern
        ]
        tell(practitioner)
    return made


def change_timetable(
    *, practitioner: Practitioner, on: date, keep: bool, by: User, now: datetime
) -> list[OpeningRule]:
    """Begin a new timetable on a day: the usual openings end on the eve, and go on as new rows with `keep`.

    The new rows can be changed without touching the weeks before. Rules that begin that very day stay.
    """
    del by, now
    eve = on - timedelta(days=1)
    with transaction.atomic():
        lock_practitioners(practitioner.pk)
        standing = [rule for rule in ordinary_rules(practitioner, on=on) if rule.valid_from < on]
        made = []
        for rule in standing:
            types, last_day = list(rule.visit_types.all()), rule.valid_until
            OpeningRule.objects.filter(pk=rule.pk).update(valid_until=eve)
            if keep:
                made.append(write_rule(copy_of(rule, valid_from=on, valid_until=last_day), types))
        tell(practitioner)
    return made


__all__ = ["NothingToCopy", "RuleOverlaps", "change_timetable", "copy_day", "copy_week", "open_week"]
