"""What the verbs of opening rules share: the rows, their overlaps, ending one, copying one."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from decroche.foundation.live import hint
from decroche.practices.models import Practitioner
from decroche.scheduling.models import OpeningRule, VisitType
from decroche.scheduling.queries.openings import rules_collide

#: What a rule's row says, its own number apart.
_COLUMNS = (
    "practice_id", "practitioner_id", "site_id", "weekday", "starts", "ends", "valid_from", "valid_until", "every",
    "every_n", "anchor", "nth", "capacity", "release", "release_days", "release_time", "release_hours", "reserved_for",
    "overrides",
)  # fmt: skip


class RuleOverlaps(Exception):
    """Another opening rule of the practitioner already covers a part of that time."""

    def __init__(self, other: OpeningRule) -> None:
        """Keep the other rule, for the sentence."""
        super().__init__(str(other))
        self.other = other


class RuleDatesReversed(Exception):
    """The last day comes before the first."""


def ordinary_rules(practitioner: Practitioner, *, on: date) -> QuerySet[OpeningRule]:
    """Select the practitioner's usual openings in force on a day; exceptions of a day or a span are left out."""
    rows: QuerySet[OpeningRule] = OpeningRule.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=on),
        practitioner=practitioner,
        valid_from__lte=on,
        overrides=False,
    ).exclude(valid_until=on, valid_from=on)
    return rows.select_related("site").prefetch_related("visit_types")


def write_rule(rule: OpeningRule, visit_types: Iterable[VisitType] | None = None) -> OpeningRule:
    """Save the row and its visit types, unless another of the practitioner's rules stands in its way.

    Raises `RuleDatesReversed` or `RuleOverlaps`; the caller holds the practitioner's lock.
    """
    if rule.valid_until is not None and rule.valid_until < rule.valid_from:
        raise RuleDatesReversed
    refuse_overlap(rule)
    rule.save()
    if visit_types is not None:
        rule.visit_types.set(visit_types)
    return rule


def refuse_overlap(rule: OpeningRule) -> None:
    """Raise `RuleOverlaps` when another rule opens a part of the same time on the same day.

    A rule that changes the hours of its days silences the usual ones there: those do not stand in its way.
    """
    others = OpeningRule.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=rule.valid_from - timedelta(days=1)),
        practitioner_id=rule.practitioner_id,
        overrides=rule.overrides,
    )
    if rule.valid_until is not None:
        others = others.filter(valid_from__lte=rule.valid_until + timedelta(days=1))
    for other in others.exclude(pk=rule.pk).select_related("site"):
        if rules_collide(rule, other):
            raise RuleOverlaps(other)


def copy_of(rule: OpeningRule, **changes: Any) -> OpeningRule:
    """Give an unsaved twin of the rule, changed."""
    return OpeningRule(**{name: getattr(rule, name) for name in _COLUMNS} | changes)


def close_on(rule: OpeningRule, last_day: date) -> bool:
    """Let `last_day` be the rule's last; one that would never have been in force is erased. Give whether it is left."""
    if last_day < rule.valid_from:
        rule.delete()
        return False
    rule.valid_until = last_day
    rule.save(update_fields=["valid_until"])
    return True


def make_room(practitioner: Practitioner, *, weekdays: Iterable[int], on: date) -> int:
    """End on the eve of `on` the usual openings of these weekdays; those that begin later are erased. Give how many."""
    rows = (
        OpeningRule.objects.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=on),
            practitioner=practitioner,
            weekday__in=set(weekdays),
            overrides=False,
        )
        .exclude(valid_from__gte=on, valid_until__isnull=False)
        .select_for_update()
    )
    found = list(rows)
    for rule in found:
        close_on(rule, on - timedelta(days=1))
    return len(found)


def tell(practitioner: Practitioner) -> None:
    """Let every screen that shows this agenda read it again."""
    hint("agenda", practice_id=practitioner.practice_id, practitioner_id=practitioner.pk)
