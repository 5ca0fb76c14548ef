"""Read what a secretariat may call, what it has spent, and which numbers it may show."""

from datetime import datetime
from decimal import Decimal

import structlog
from django.conf import settings
from django.db.models import Sum

from decroche.calls.domain.outgoing import (
    FRENCH_PREFIXES,
    FRENCH_SURCHARGED,
    Dial,
    DialRules,
    NotDialled,
    Tariff,
    judge,
)
from decroche.calls.domain.prices import Price, price_list, tariffs
from decroche.calls.models import Call, Direction, NumberConsent, OutgoingRules
from decroche.practices.models import Line, Secretariat, SecretariatMember

log = structlog.get_logger(__name__)


def outgoing_rules_of(secretariat: Secretariat) -> OutgoingRules:
    """Return the rules in force; those never set are the house's own (one query)."""
    found = OutgoingRules.objects.filter(secretariat=secretariat).first()
    return found or OutgoingRules(secretariat=secretariat)


def prices_in_force() -> tuple[Price, ...]:
    """Return what calls are reckoned at here; prices that nobody can read are told to the log and not followed."""
    try:
        return price_list(settings.CALL_TARIFFS)
    except ValueError as unread:
        log.warning("calls.tariffs_unread", why=str(unread))
        return price_list()


def tariffs_in_force() -> tuple[Tariff, ...]:
    """Return the same by prefix."""
    return tariffs(prices_in_force())


def spent_this_month(secretariat: Secretariat, *, now: datetime) -> int:
    """Return what the calls of a secretariat's people have cost this month, in cents (one query).

    Whichever practices they were for: the cap is the secretariat's, and a sum tells nothing of a call.
    """
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    people = SecretariatMember.objects.filter(secretariat=secretariat).values("user_id")
    rows = Call.objects.with_scopes_disabled().filter(
        direction=Direction.OUTBOUND, arrived_at__gte=month, secretary_id__in=people
    )
    return int(rows.aggregate(cents=Sum("cost_cents"))["cents"] or 0)


def try_number(typed: str, *, rules: OutgoingRules, region: str, spent_cents: int) -> Dial | NotDialled:
    """Say whether a number may be called under these rules, as the switchboard would."""
    dial_rules = DialRules(
        (*FRENCH_PREFIXES, *map(str, rules.prefixes)),
        FRENCH_SURCHARGED,
        tariffs_in_force(),
        cap=Decimal(rules.monthly_cap_cents) / 100,
    )
    return judge(typed, rules=dial_rules, region=region, spent=Decimal(spent_cents) / 100)


def consents_of(line_ids: list[int]) -> dict[int, NumberConsent]:
    """Return the consent in force for each line that has one (one query)."""
    rows = NumberConsent.objects.filter(line_id__in=line_ids, withdrawn_at=None)
    return {row.line_id: row for row in rows.select_related("recorded_by")}


def lines_with_consents() -> list[tuple[Line, NumberConsent | None]]:
    """Return the lines in scope and what their practice allows, by practice (two queries)."""
    rows = Line.objects.filter(is_active=True).select_related("practice")
    lines = list(rows.order_by("practice__name", "practice_id", "pk"))
    found = consents_of([line.pk for line in lines])
    return [(line, found.get(line.pk)) for line in lines]
