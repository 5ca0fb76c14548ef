"""Open other hours than usual on a day or during a span: besides the usual ones, or in their place."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db import transaction

from decroche.accounts.models import User
from decroche.practices.models import Practitioner, Site
from decroche.scheduling.actions._rows import lock_practitioners
from decroche.scheduling.actions._rules import RuleDatesReversed, RuleOverlaps, tell, write_rule
from decroche.scheduling.domain.refusals import NotOfThisPractice
from decroche.scheduling.models import OpeningRule

__all__ = ["RuleDatesReversed", "RuleOverlaps", "open_exceptionally"]


def open_exceptionally(
    *,
    practitioner: Practitioner,
    site: Site,
    first_day: date,
    last_day: date,
    hours: Iterable[tuple[time, time]],
    overrides: bool,
    weekdays: Iterable[int],
    by: User,
    now: datetime,
) -> list[OpeningRule]:
    """Write rules that hold from the first day to the last, on these weekdays of theirs.

    With `overrides` the usual hours of those days do not count; earlier changed hours of the same days give way.
    Raises `RuleOverlaps`, `RuleDatesReversed` or `NotOfThisPractice`.
    """
    del by, now
    if site.practice_id != practitioner.practice_id:
        raise NotOfThisPractice
    if last_day < first_day:
        raise RuleDatesReversed
    length = (last_day - first_day).days + 1
    wanted = set(weekdays) & {(first_day + timedelta(days=n)).weekday() for n in range(min(length, 7))}
    with transaction.atomic():
        lock_practitioners(practitioner.pk)
        if overrides:
            OpeningRule.objects.filter(
                practitioner=practitioner,
                overrides=True,
                valid_from__gte=first_day,
                valid_until__lte=last_day,
                weekday__in=wanted,
            ).delete()
        made = [
            write_rule(
                OpeningRule(
                    practice_id=practitioner.practice_id,
                    practitioner=practitioner,
                    site=site,
                    weekday=weekday,
                    starts=starts,
                    ends=ends,
                    valid_from=first_day,
                    valid_until=last_day,
                    overrides=overrides,
                )
            )
            for weekday in sorted(wanted)
            for starts, ends in hours
        ]
        tell(practitioner)
    return made
