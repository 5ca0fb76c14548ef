"""Open a practitioner's agenda each week, or change when."""

from collections.abc import Iterable
from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Q

from decroche.accounts.models import User
from decroche.foundation.live import hint
from decroche.practices.models import Practitioner, Site
from decroche.scheduling.actions._rows import lock_practitioners
from decroche.scheduling.domain.refusals import NotOfThisPractice
from decroche.scheduling.models import OpeningRule, VisitType


class RuleOverlaps(Exception):
    """Another opening rule of the practitioner already covers a part of that time."""

    def __init__(self, other: OpeningRule) -> None:
        """Keep the other rule, for the sentence."""
        super().__init__(str(other))
        self.other = other


class RuleDatesReversed(Exception):
    """The last day comes before the first."""


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
    rule_id: int | None = None,
) -> OpeningRule:
    """Create the rule, or change the one named; appointments already booked stay.

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
        rule = (
            OpeningRule(practice_id=practitioner.practice_id, practitioner=practitioner)
            if rule_id is None
            else OpeningRule.objects.select_for_update().get(pk=rule_id, practitioner=practitioner)
        )
        rule.site, rule.weekday, rule.starts, rule.ends = site, weekday, starts, ends
        rule.valid_from, rule.valid_until = valid_from, valid_until
        _refuse_overlap(rule)
        rule.save()
        rule.visit_types.set(types)
        hint("agenda", practice_id=practitioner.practice_id, practitioner_id=practitioner.pk)
    return rule


def _refuse_overlap(rule: OpeningRule) -> None:
    others = OpeningRule.objects.filter(practitioner_id=rule.practitioner_id).filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=rule.valid_from)
    )
    if rule.valid_until is not None:
        others = others.filter(valid_from__lte=rule.valid_until)
    for other in others.exclude(pk=rule.pk):
        if any(a < d and c < b for a, b in _week_minutes(rule) for c, d in _week_minutes(other)):
            raise RuleOverlaps(other)


def _week_minutes(rule: OpeningRule) -> list[tuple[int, int]]:
    """Place the rule on the minutes of a week; a Sunday night wraps to its beginning."""
    start = rule.weekday * 1440 + rule.starts.hour * 60 + rule.starts.minute
    end = rule.weekday * 1440 + rule.ends.hour * 60 + rule.ends.minute
    if rule.ends <= rule.starts:
        end += 1440
    week = 7 * 1440
    return [(start, end)] if end <= week else [(start, week), (0, end - week)]
