"""Read what the switchboard must know of the house: lines and their plans, people, rules. A bounded number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db.models import Count, Sum

from decroche.calls.domain.callflow import CallPlan
from decroche.calls.domain.outgoing import FRENCH_PREFIXES, FRENCH_SURCHARGED, Consent, DialRules, Tariff
from decroche.calls.domain.reachability import Reach, Reachability
from decroche.calls.domain.routing import Policy
from decroche.calls.models import (
    AbuseReport,
    Call,
    Direction,
    DistributionPolicy,
    KnownCaller,
    MobilePhone,
    NumberConsent,
    OutgoingRules,
    RecordingRule,
    Skill,
)
from decroche.calls.models import Reach as ReachRow
from decroche.calls.queries_outgoing import tariffs_in_force
from decroche.calls.queries_plans import LinePlan, is_unsaved, mandates_in_force, plans_of
from decroche.calls.switchboard.state import (
    Directory,
    KnownNumber,
    LineFact,
    Member,
    OutgoingFact,
    PractitionerFact,
    RecordingFact,
    Sharing,
)
from decroche.foundation.tenancy import every_practice
from decroche.kernel import phone
from decroche.practices.models import Line, Practice, Practitioner, SecretariatMember

FAMILIARITY_WINDOW: Final = timedelta(days=30)
SPOKEN_WINDOW: Final = timedelta(days=7)  # who spoke last with a caller is remembered that long
TELL_EVERY: Final = timedelta(seconds=45)
_REACH: Final = {
    ReachRow.FREE: Reach.FREE,
    ReachRow.CONSULTING: Reach.IN_CONSULTATION,
    ReachRow.ROUNDS: Reach.ON_ROUNDS,
    ReachRow.URGENT: Reach.URGENT_ONLY,
    ReachRow.COLLEAGUES: Reach.COLLEAGUES_ONLY,
}


def load_directory(*, now: datetime, exchange: str = "") -> Directory:
    """Read everything that one exchange's switchboard must know; the number of queries depends on nothing."""
    with every_practice():
        lines = list(Line.objects.filter(is_active=True).select_related("practice"))
        practices = list(Practice.objects.all())
        plans = plans_of(lines, now=now)
        known = _known_numbers()
        members = _members()
        rules = _recording_rules(now)
        return Directory(
            lines=dict(_lines(lines, plans, rules, exchange)),
            mandates={
                practice_id: frozenset(mandate.secretariat_id for mandate in mandates)
                for practice_id, mandates in mandates_in_force([p.pk for p in practices], now=now).items()
            },
            members=members,
            familiarity=_familiarity(now),
            last_spoken=_last_spoken(now),
            skills=_skills(),
            sharing={row.secretariat_id: sharing_of(row) for row in DistributionPolicy.objects.all()},
            known_numbers=known,
            practitioners=_practitioners(known),
            practice_names={practice.pk: practice.name for practice in practices},
            practice_numbers=_own_numbers(practices, lines),
            outgoing=_outgoing(members, now),
            consents={
                row.line_id: Consent(row.line.number, row.given_at)
                for row in NumberConsent.objects.filter(withdrawn_at=None).select_related("line")
            },
            mobiles=dict(MobilePhone.objects.filter(rings_until__gt=now).values_list("user_id", "number")),
            protections=_protections(now),
        )


# --- lines -------------------------------------------------------------------------------------


def _lines(
    lines: Iterable[Line],
    plans: Mapping[int, LinePlan],
    rules: Mapping[int, RecordingFact],
    exchange: str,
) -> Iterable[tuple[str, LineFact]]:
    """Give the lines of one exchange, by number; a line that was never set up has no plan."""
    for line in lines:
        found = plans[line.pk]
        if found.row.exchange != exchange:
            continue
        is_set_up = not is_unsaved(found.row)
        yield (
            line.number,
            LineFact(
                line.pk,
                line.practice_id,
                line.practice.name,
                line.number,
                line.greeting,
                line.fallback_number,
                line.practice.country_code,
                plan=_told_calmly(found.plan) if is_set_up else None,
                hours=found.hours if is_set_up else None,
                recording=rules.get(line.pk),
                exchange=exchange,
            ),
        )


def _told_calmly(plan: CallPlan) -> CallPlan:
    """Let those who wait be spoken to often enough, and no more than that."""
    return replace(plan, waiting=replace(plan.waiting, every=TELL_EVERY))


def _recording_rules(now: datetime) -> dict[int, RecordingFact]:
    """Return the rule in force on each line, on its practice's calendar: the oldest where there are several."""
    found: dict[int, RecordingFact] = {}
    rows = RecordingRule.objects.filter(ended_at=None).select_related("line__practice").order_by("-pk")
    for row in rows:
        today = now.astimezone(row.line.practice.zone).date()
        if row.starts_on <= today < row.ends_on:
            found[row.line_id] = RecordingFact(
                row.pk, row.announcement, row.refusal_digit, row.sample_percent, row.keep_days
            )
    return found


# --- people ------------------------------------------------------------------------------------


def _members() -> dict[int, Member]:
    rows = SecretariatMember.objects.filter(user__is_active=True).select_related("user")
    return {
        row.user_id: Member(row.user_id, row.secretariat_id, row.user.display_name, row.role == "supervisor")
        for row in rows.order_by("-secretariat_id")
    }


def _familiarity(now: datetime) -> dict[tuple[int, int], int]:
    rows = (
        Call.objects.filter(
            answered_at__gte=now - FAMILIARITY_WINDOW, secretary__isnull=False, practice__isnull=False
        )
        .values_list("secretary_id", "practice_id")
        .annotate(count=Count("pk"))
    )
    return {(secretary_id, practice_id): count for secretary_id, practice_id, count in rows}


def _last_spoken(now: datetime) -> dict[tuple[int, str], int]:
    rows = (
        Call.objects.filter(
            answered_at__gte=now - SPOKEN_WINDOW, secretary__isnull=False, practice__isnull=False
        )
        .exclude(caller_number="")
        .order_by("practice_id", "caller_number", "-arrived_at")
        .distinct("practice_id", "caller_number")
        .values_list("practice_id", "caller_number", "secretary_id")
    )
    return {(practice_id, number): user_id for practice_id, number, user_id in rows}


def _skills() -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for user_id, code in Skill.objects.values_list("user_id", "code"):
        found[user_id].add(code)
    return {user_id: frozenset(codes) for user_id, codes in found.items()}


def sharing_of(row: DistributionPolicy) -> Sharing:
    """Return what a secretariat's row means to the switchboard."""
    pause = row.pause_after_minutes
    return Sharing(
        Policy(
            offer_for=timedelta(seconds=row.offer_seconds),
            hold_at_most=timedelta(seconds=row.extra_wait_seconds),
            gains_rank_after=timedelta(seconds=row.ageing_seconds),
            calls_per_hour_at_most=row.calls_an_hour_at_most or None,
            without_pause_at_most=timedelta(minutes=pause) if pause else None,
        ),
        timedelta(seconds=row.wrap_up_seconds),
        timedelta(seconds=row.wrap_up_at_most_seconds),
        timedelta(minutes=row.protect_minutes),
    )


def _protections(now: datetime) -> dict[int, dict[str, datetime]]:
    found: dict[int, dict[str, datetime]] = defaultdict(dict)
    rows = AbuseReport.objects.filter(withdrawn_at=None, protected_until__gt=now)
    for user_id, number, until in rows.values_list("by_id", "call__caller_number", "protected_until"):
        found[user_id][number] = max(until, found[user_id].get(number, until))
    return dict(found)


# --- whom one may reach --------------------------------------------------------------------------


def _known_numbers() -> dict[int, dict[str, KnownNumber]]:
    found: dict[int, dict[str, KnownNumber]] = defaultdict(dict)
    for row in KnownCaller.objects.all():
        found[row.practice_id][row.number] = KnownNumber(row.label, row.comes_first, row.is_put_through)
    return dict(found)


def _practitioners(known: Mapping[int, Mapping[str, KnownNumber]]) -> tuple[PractitionerFact, ...]:
    rows = Practitioner.objects.filter(is_active=True).select_related("practice", "reachability")
    return tuple(
        PractitionerFact(
            row.pk, row.practice_id, row.user_id, _number(row.phone, row.practice), _reach(row, known)
        )
        for row in rows
    )


def _reach(row: Practitioner, known: Mapping[int, Mapping[str, KnownNumber]]) -> Reachability:
    word = getattr(row, "reachability", None)
    let_through = {
        number: one.name for number, one in known.get(row.practice_id, {}).items() if one.is_put_through
    }
    if word is None:
        return Reachability(white_list=let_through)
    return Reachability(_REACH[ReachRow(word.state)], word.until, let_through)


def _number(typed: str, practice: Practice) -> str:
    return phone.parse_or_none(typed, region=practice.country_code) or "" if typed else ""


def _own_numbers(practices: Iterable[Practice], lines: Iterable[Line]) -> dict[int, frozenset[str]]:
    """Return the numbers that are a practice's own: to reach them needs no rule."""
    found: dict[int, set[str]] = defaultdict(set)
    for practice in practices:
        found[practice.pk].add(_number(practice.phone, practice))
    for line in lines:
        found[line.practice_id].add(_number(line.fallback_number, line.practice))
    return {practice_id: frozenset(numbers - {""}) for practice_id, numbers in found.items()}


def _outgoing(members: Mapping[int, Member], now: datetime) -> dict[int, OutgoingFact]:
    rows = {row.secretariat_id: row for row in OutgoingRules.objects.all()}
    spent = _spent(members, now)
    tariffs = tariffs_in_force()
    return {
        secretariat_id: _outgoing_fact(
            rows.get(secretariat_id) or OutgoingRules(), tariffs, spent.get(secretariat_id, Decimal())
        )
        for secretariat_id in {member.secretariat_id for member in members.values()}
    }


def _outgoing_fact(row: OutgoingRules, tariffs: tuple[Tariff, ...], spent: Decimal) -> OutgoingFact:
    rules = DialRules(
        (*FRENCH_PREFIXES, *map(str, row.prefixes)),
        FRENCH_SURCHARGED,
        tariffs,
        Decimal(row.monthly_cap_cents) / 100,
    )
    return OutgoingFact(row.number, rules, spent)


def _spent(members: Mapping[int, Member], now: datetime) -> dict[int, Decimal]:
    """Return what each secretariat's calls of this month have cost, in euros."""
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    rows = (
        Call.objects.filter(direction=Direction.OUTBOUND, arrived_at__gte=month, cost_cents__gt=0)
        .values_list("secretary_id")
        .annotate(cents=Sum("cost_cents"))
    )
    found: dict[int, Decimal] = defaultdict(Decimal)
    for user_id, cents in rows:
        if user_id in members:
            found[members[user_id].secretariat_id] += Decimal(cents) / 100
    return found


# --- the same, for one screen ----------------------------------------------------------------------


def outgoing_of(secretariat_id: int, *, now: datetime) -> OutgoingFact:
    """Return what one secretariat may call and what its calls have cost this month (three queries)."""
    with every_practice():
        return _outgoing(_members(), now).get(secretariat_id) or OutgoingFact()


def reachability_of(row: Practitioner, let_through: Mapping[str, str]) -> Reachability:
    """Return a practitioner's word on calls; ``let_through`` are the numbers that may always reach him, by name."""
    return _reach(
        row, {row.practice_id: {n: KnownNumber(name, is_put_through=True) for n, name in let_through.items()}}
    )
