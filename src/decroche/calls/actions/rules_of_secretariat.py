"""Change one of the rows that a secretariat has once (its policy, its outgoing rules), and put it back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import transaction

from decroche.calls.models import DistributionPolicy, OutgoingRules

Rules = TypeVar("Rules", DistributionPolicy, OutgoingRules)

POLICY_FIELDS = (
    "offer_seconds", "extra_wait_seconds", "ageing_seconds", "calls_an_hour_at_most", "pause_after_minutes",
    "wrap_up_seconds", "wrap_up_at_most_seconds", "protect_minutes",
)  # fmt: skip
OUTGOING_FIELDS = ("number", "prefixes", "monthly_cap_cents")


class StaleRules(Exception):
    """Somebody changed these rules since the screen was drawn."""


@dataclass(frozen=True, slots=True)
class RulesSaved:
    """Hold the version that the rules now have, and the values that put them back (plain, for a session)."""

    version: int
    before: dict[str, Any]


def save_policy(*, secretariat_id: int, version: int, values: Mapping[str, Any]) -> RulesSaved:
    """Write how a secretariat shares its calls out, if nobody changed it since ``version``.

    Raises:
        StaleRules: somebody did; nothing is written.

    """
    return _save(DistributionPolicy, POLICY_FIELDS, secretariat_id, version, values)


def save_outgoing_rules(*, secretariat_id: int, version: int, values: Mapping[str, Any]) -> RulesSaved:
    """Write whom a secretariat may call and for how much, if nobody changed it since ``version``.

    Raises:
        StaleRules: somebody did; nothing is written.

    """
    return _save(OutgoingRules, OUTGOING_FIELDS, secretariat_id, version, values)


def _save(
    model: type[Rules], fields: tuple[str, ...], secretariat_id: int, version: int, values: Mapping[str, Any]
) -> RulesSaved:
    unknown = set(values) - set(fields)
    if unknown:
        raise ValueError(f"these rules have no {sorted(unknown)}")
    with transaction.atomic():
        model.objects.get_or_create(secretariat_id=secretariat_id)
        row = model.objects.select_for_update().get(secretariat_id=secretariat_id)
        if row.version != version:
            raise StaleRules
        before = {name: getattr(row, name) for name in fields}
        for name, value in values.items():
            setattr(row, name, value)
        row.version += 1
        row.save(update_fields=[*values, "version"])
    return RulesSaved(row.version, before)
