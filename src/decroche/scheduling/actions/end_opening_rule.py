"""Stop opening a practitioner's agenda on a rule."""

from datetime import date, datetime, timedelta

from django.db import transaction

from decroche.accounts.models import User
from decroche.scheduling.actions._rules import close_on, tell
from decroche.scheduling.models import OpeningRule


def end_opening_rule(*, rule_id: int, last_day: date | None, by: User, now: datetime) -> bool:
    """Let the rule's last day be `last_day` (today's eve by default); one that never was in force is erased.

    Appointments already booked stay. Gives whether a rule is left. Raises `OpeningRule.DoesNotExist`.
    """
    del by
    with transaction.atomic():
        rule = OpeningRule.objects.select_for_update().get(pk=rule_id)
        last = last_day or now.astimezone(rule.site.zone).date() - timedelta(days=1)
        tell(rule.practitioner)
        return close_on(rule, last)
