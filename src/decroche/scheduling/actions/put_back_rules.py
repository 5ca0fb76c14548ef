"""Undo a change of opening rules: put back the rows as they were, if nobody has touched them since."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import serializers
from django.db import transaction

from decroche.accounts.models import User
from decroche.practices.models import Practitioner
from decroche.scheduling.actions._rows import lock_practitioners
from decroche.scheduling.actions._rules import refuse_overlap, tell
from decroche.scheduling.models import OpeningRule

#: Every rule of a practitioner as plain values, by its id written as text (as JSON would).
Shot = dict[str, dict[str, Any]]


class ChangedSince(Exception):
    """One of the rules is no longer as the change had left it."""


@dataclass(frozen=True, slots=True)
class RulesChange:
    """The rows that a change touched, before and after it; absent ones did not exist."""

    before: Shot
    after: Shot

    @property
    def is_nothing(self) -> bool:
        return self.before == self.after


def shoot_rules(practitioner_id: int) -> Shot:
    """Read every opening rule of a practitioner; 2 queries."""
    rows = OpeningRule.objects.filter(practitioner_id=practitioner_id).prefetch_related("visit_types")
    return {str(row["pk"]): row for row in json.loads(serializers.serialize("json", rows))}


def difference(before: Shot, after: Shot) -> RulesChange:
    """Keep the rows that are not the same on both sides."""
    touched = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    return RulesChange(
        {key: row for key, row in before.items() if key in touched},
        {key: row for key, row in after.items() if key in touched},
    )


def put_back_rules(*, practitioner: Practitioner, change: RulesChange, by: User, now: datetime) -> None:
    """Make the touched rows what they were before. Raises `ChangedSince` or `RuleOverlaps`; then nothing is written."""
    del by, now
    with transaction.atomic():
        lock_practitioners(practitioner.pk)
        current = shoot_rules(practitioner.pk)
        if any(
            current.get(key) != change.after.get(key) for key in change.before.keys() | change.after.keys()
        ):
            raise ChangedSince
        OpeningRule.objects.filter(
            practitioner=practitioner, pk__in=[int(key) for key in change.after.keys() - change.before.keys()]
        ).delete()
        for restored in serializers.deserialize("json", json.dumps(list(change.before.values()))):
            if getattr(restored.object, "practitioner_id", None) != practitioner.pk:
                raise ChangedSince
            restored.save()
        for rule in OpeningRule.objects.filter(pk__in=[int(key) for key in change.before]):
            refuse_overlap(rule)
        tell(practitioner)
