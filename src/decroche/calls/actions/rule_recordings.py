"""Start and stop recording a part of a line's calls; without a rule in force nothing is recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from decroche.accounts.models import User
from decroche.calls.models import RecordingRule
from decroche.practices.models import Line


class RuleInForce(Exception):
    """Another rule of the line covers some of these days."""


class RuleChanged(Exception):
    """The rule is no longer as it was left."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Hold what a rule says."""

    reason: str
    detail: str
    announcement: str
    refusal_digit: str
    sample_percent: int
    keep_days: int
    starts_on: date
    ends_on: date  # excluded


def start_recording(*, line: Line, terms: Terms, by: User, now: datetime) -> RecordingRule:
    """Record a part of a line's calls from a day to a day.

    Raises:
        RuleInForce: some of these days have a rule already: one call, one announcement, one reason.

    """
    with transaction.atomic():
        _lock(line)
        if _others(line, terms.starts_on, terms.ends_on).exists():
            raise RuleInForce
        values: Mapping[str, Any] = {name: getattr(terms, name) for name in Terms.__slots__}
        rule: RecordingRule = RecordingRule.objects.create(line=line, created_by=by, created_at=now, **values)
    return rule


def stop_recording(*, rule: RecordingRule, now: datetime) -> None:
    """Record nothing more under this rule, as of now; what it has recorded keeps its date of purge.

    Raises:
        RuleChanged: it was stopped already.

    """
    if not RecordingRule.objects.filter(pk=rule.pk, ended_at=None).update(ended_at=now):
        raise RuleChanged


def resume_recording(*, rule: RecordingRule, ended_at: datetime) -> None:
    """Undo a stop made a moment ago.

    Raises:
        RuleChanged: it is not that stop any more, or another rule has taken its days.

    """
    with transaction.atomic():
        _lock(rule.line)
        if _others(rule.line, rule.starts_on, rule.ends_on).exclude(pk=rule.pk).exists():
            raise RuleChanged
        if not RecordingRule.objects.filter(pk=rule.pk, ended_at=ended_at).update(ended_at=None):
            raise RuleChanged


def _lock(line: Line) -> None:
    Line.objects.select_for_update().get(pk=line.pk)


def _others(line: Line, starts_on: date, ends_on: date) -> Any:
    return RecordingRule.objects.filter(
        line=line, ended_at=None, starts_on__lt=ends_on, ends_on__gt=starts_on
    )
