"""Open a practitioner's agenda on a pattern of days, or change when."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta

from django.db import transaction

from decroche.accounts.models import User
from decroche.practices.models import Practitioner, Site
from decroche.scheduling.actions._rows import lock_practitioners
from decroche.scheduling.actions._rules import (
    RuleDatesReversed,
    RuleOverlaps,
    close_on,
    copy_of,
    tell,
    write_rule,
)
from decroche.scheduling.domain.refusals import NotOfThisPractice
from decroche.scheduling.models import OpeningRule, VisitType

__all__ = ["RuleDatesReversed", "RuleOverlaps", "RuleTerms", "save_opening_rule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTerms:
    """On which days of the pattern, for how many, from when bookable, for whom; each as the model says."""

    every: str = "week"
    every_n: int = 1
    anchor: date | None = None
    nth: int | None = None
    capacity: int = 1
    release: str = ""
    release_days: int = 0
    release_time: time | None = None
    release_hours: int | None = None
    reserved_for: str = ""
    overrides: bool = False


USUAL = RuleTerms()


def save_opening_rule(
    *,
    practitioner: Practitioner,
    site: Site,
    weekday: int,
    starts: time,
    ends: time,
    valid_from: date,
    valid_until: date | None,
    visit_types: Iterable[VisitType],
    by: User,
    now: datetime,
    terms: RuleTerms = USUAL,
    rule_id: int | None = None,
) -> OpeningRule:
    """Create the rule, or change the one named; appointments already booked stay.

    A change from a day later than the rule's first leaves the old rule in force until the eve, and makes a new one.
    Raises `RuleOverlaps`, `RuleDatesReversed`, `NotOfThisPractice` or `OpeningRule.DoesNotExist`.
    """
    del by, now
    types = list(visit_types)
    if {site.practice_id, *(kind.practice_id for kind in types)} != {practitioner.practice_id}:
        raise NotOfThisPractice
    if valid_until is not None and valid_until < valid_from:
        raise RuleDatesReversed
    with transaction.atomic():
        lock_practitioners(practitioner.pk)
        rule = _row(practitioner, rule_id, valid_from)
        rule.site, rule.weekday, rule.starts, rule.ends = site, weekday, starts, ends
        rule.valid_from, rule.valid_until = valid_from, valid_until
        for field in fields(terms):
            setattr(rule, field.name, getattr(terms, field.name))
        write_rule(rule, types)
        tell(practitioner)
    return rule


def _row(practitioner: Practitioner, rule_id: int | None, valid_from: date) -> OpeningRule:
    """Give the row to write: a new one, the one named, or what follows the one named from a day on."""
    if rule_id is None:
        return OpeningRule(practice_id=practitioner.practice_id, practitioner=practitioner)
    rule: OpeningRule = OpeningRule.objects.select_for_update().get(pk=rule_id, practitioner=practitioner)
    if valid_from <= rule.valid_from:
        return rule
    following = copy_of(rule)
    close_on(rule, valid_from - timedelta(days=1))
    return following
