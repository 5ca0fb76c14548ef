"""Do-not-disturb, protection, outgoing calls, call-backs: small rules about people."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decroche.calls.domain.callbacks import (
    CallBack,
    CallBackPolicy,
    Standing,
    in_order,
    may_claim,
)
from decroche.calls.domain.outgoing import (
    FRENCH_RULES,
    Consent,
    Dial,
    NotDialled,
    Shown,
    Tariff,
    cost,
    judge,
    shown_number,
)
from decroche.calls.domain.prices import NumberKind, price_list, tariffs
from decroche.calls.domain.protection import protect
from decroche.calls.domain.reachability import How, Passage, Reach, Reachability, ReachWhy, passage
from decroche.calls.domain.routing import Urgency

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
LAB = "+33140000000"


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


# --- reachability -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "routine", "colleague"),
    [
        (Reach.FREE, How.AT_ONCE, How.AT_ONCE),
        (Reach.IN_CONSULTATION, How.NOT, How.NOT),
        (Reach.ON_ROUNDS, How.NOT, How.ANNOUNCED),
        (Reach.URGENT_ONLY, How.NOT, How.NOT),
        (Reach.COLLEAGUES_ONLY, How.NOT, How.ANNOUNCED),
    ],
)
def test_who_may_disturb_whom(state: Reach, routine: How, colleague: How) -> None:
    reach = Reachability(state, white_list={LAB: "Laboratoire Biolys"})

    def ask(urgency: Urgency, number: str = "") -> How:
        return passage(reach, caller_number=number, urgency=urgency, now=NOW).how

    assert ask(Urgency.ROUTINE) is routine
    assert ask(Urgency.COLLEAGUE) is colleague
    assert ask(Urgency.EMERGENCY) is not How.NOT, "an emergency always passes"
    assert ask(Urgency.ROUTINE, LAB) is not How.NOT, "and so does the laboratory"


def test_a_refusal_says_until_when_and_ends_then() -> None:
    until = NOW + timedelta(minutes=20)
    reach = Reachability(Reach.IN_CONSULTATION, until)
    assert passage(reach, caller_number="", urgency=Urgency.ROUTINE, now=NOW) == Passage(
        How.NOT, ReachWhy.IN_CONSULTATION, until
    )
    assert passage(reach, caller_number="", urgency=Urgency.ROUTINE, now=until).may


def test_who_interrupts_is_always_announced() -> None:
    busy = Reachability(Reach.IN_CONSULTATION, white_list={LAB: "Laboratoire Biolys"})
    lab = passage(busy, caller_number=LAB, urgency=Urgency.ROUTINE, now=NOW)
    assert lab == Passage(How.ANNOUNCED, ReachWhy.ON_WHITE_LIST, who="Laboratoire Biolys")
    hidden = Reachability(Reach.IN_CONSULTATION, white_list={"": "Personne"})
    assert not passage(hidden, caller_number="", urgency=Urgency.ROUTINE, now=NOW).may
    always = Reachability(announce_always=True)
    assert passage(always, caller_number="", urgency=Urgency.ROUTINE, now=NOW).how is How.ANNOUNCED


def test_after_abuse_a_longer_pause_is_offered_the_second_time() -> None:
    first = protect("+33600000001", NOW)
    second = protect("+33600000001", NOW, earlier=(ago(60),))
    assert first.until == NOW + timedelta(hours=24)
    assert timedelta() < first.pause_offered < second.pause_offered
    assert protect("", NOW, earlier=(ago(60 * 24),)).pause_offered == first.pause_offered


# --- outgoing ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("15", NotDialled.EMERGENCY_NUMBER),
        ("1 12", NotDialled.EMERGENCY_NUMBER),
        ("+33 15", NotDialled.EMERGENCY_NUMBER),
        ("0033112", NotDialled.EMERGENCY_NUMBER),
        ("116 117", NotDialled.EMERGENCY_NUMBER),
        ("3949", NotDialled.SHORT_NUMBER),
        ("118 218", NotDialled.SHORT_NUMBER),
        ("08 99 70 00 00", NotDialled.SURCHARGED),
        ("08 20 00 00 00", NotDialled.SURCHARGED),
        ("+41 22 000 00 00", NotDialled.ABROAD),
        ("le cabinet", NotDialled.NOT_A_NUMBER),
        ("", NotDialled.NOT_A_NUMBER),
    ],
)
def test_what_is_not_dialled(typed: str, answer: NotDialled) -> None:
    assert judge(typed) is answer


@pytest.mark.parametrize("typed", ["01 99 00 12 34", "06 39 98 00 01", "0800 00 00 00", "+596 596 00 00 00"])
def test_what_is_dialled(typed: str) -> None:
    found = judge(typed)
    assert isinstance(found, Dial)
    assert found.at_most == timedelta(hours=1)


PRICED = replace(
    FRENCH_RULES,
    tariffs=(Tariff("+33", Decimal("0.02")), Tariff("+336", Decimal("0.10"), per_call=Decimal("0.05"))),
    cap=Decimal(10),
)


def test_the_longest_prefix_prices_a_call() -> None:
    mobile = judge("06 39 98 00 01", rules=PRICED)
    assert isinstance(mobile, Dial)
    assert cost(mobile.tariff, timedelta(minutes=3)) == Decimal("0.35")
    assert cost(mobile.tariff, timedelta()) == 0


@pytest.mark.parametrize(
    ("typed", "a_minute", "a_call"),
    [
        ("0800 00 00 00", "0", "0"),
        ("01 99 00 12 34", "0.05", "0"),
        ("06 39 98 00 01", "0.15", "0"),
        ("0596 59 60 00", "0.25", "0"),
        ("+596 696 00 00 01", "0.40", "0"),
        ("+32 2 555 12 12", "0.40", "0"),
        ("+213 21 00 00 00", "0.70", "0"),
        ("+86 10 0000 0000", "1", "0"),
        ("+881 612 345 678", "6", "1"),
    ],
)
def test_each_kind_of_number_has_its_price(typed: str, a_minute: str, a_call: str) -> None:
    anywhere = replace(FRENCH_RULES, allowed=("+",), tariffs=tariffs())
    found = judge(typed, rules=anywhere, region="MQ" if typed.startswith("0596") else "FR")
    assert isinstance(found, Dial)
    assert found.tariff is not None
    assert (found.tariff.per_minute, found.tariff.per_call) == (Decimal(a_minute), Decimal(a_call))
    assert judge("08 99 70 00 00", rules=anywhere) is NotDialled.SURCHARGED, "refused, whatever it costs"


def test_an_installation_names_its_operator_s_own_prices() -> None:
    own = {price.kind: price for price in price_list("landline=1.5, mobile=9+4")}
    mobile = own[NumberKind.MOBILE]
    assert own[NumberKind.LANDLINE].a_minute == Decimal("1.5")
    assert (mobile.a_minute, mobile.a_call) == (Decimal(9), Decimal(4))
    assert own[NumberKind.FAR] in price_list(), "the others stay"
    for unread in ("landline", "moon=3", "mobile=cheap", "mobile=-1", "mobile=NaN"):
        with pytest.raises(ValueError, match="is no price"):
            price_list(unread)


@given(st.decimals(0, 12, places=2), st.sampled_from(["0639980001", "0199001234"]))
def test_no_call_runs_past_the_cap(spent: Decimal, typed: str) -> None:
    found = judge(typed, rules=PRICED, spent=spent)
    if found is NotDialled.CAP_REACHED:
        assert spent + cost(judge_tariff(typed), timedelta(seconds=1)) > 10 - Decimal("0.002")
    else:
        assert isinstance(found, Dial)
        assert spent + cost(found.tariff, found.at_most) <= 10


def judge_tariff(typed: str) -> Tariff | None:
    found = judge(typed, rules=PRICED)
    assert isinstance(found, Dial)
    return found.tariff


def test_the_practice_s_number_is_shown_only_while_its_consent_holds() -> None:
    consent = Consent("+33199000001", ago(60))

    def shown(*consents: Consent) -> Shown:
        return shown_number(
            practice_number="+33199000001",
            consents=consents,
            secretariat_number="+33199000099",
            now=NOW,
        )

    assert shown(consent) == Shown("+33199000001", is_practice=True)
    assert not shown().is_practice
    assert not shown(replace(consent, withdrawn_at=NOW)).is_practice
    assert not shown(replace(consent, number="+33199000002")).is_practice, "each number has its own consent"


# --- call-backs -------------------------------------------------------------------------


def owed(number: int, due: float, **more: object) -> CallBack:
    return CallBack(
        number,
        1,
        f"+3361200000{number}",
        ago(due + 5),
        **{"due_at": ago(due)} | more,  # type: ignore[arg-type]
    )


def order(*call_backs: CallBack, now: datetime = NOW) -> list[int]:
    return [ranked.call_back.call_back_id for ranked in in_order(call_backs, now=now, zone=PARIS)]


def test_the_urgent_come_first_then_the_one_due_longest() -> None:
    assert order(owed(1, 5), owed(2, 50), owed(3, 1, is_urgent=True)) == [3, 2, 1]


def test_a_vain_try_puts_behind_those_who_wait_for_their_first() -> None:
    tried = owed(1, 120, tries=(ago(16),))
    assert order(tried, owed(2, 30)) == [2, 1]
    assert order(tried, owed(2, 0)) == [1, 2], "but not behind those who came after it rested"


def test_a_try_rests_longer_each_time() -> None:
    once, twice = owed(1, 120, tries=(ago(1),)), owed(2, 120, tries=(ago(30), ago(1)))
    first, second = in_order([once, twice], now=NOW, zone=PARIS)
    assert (first.standing, first.best_at) == (Standing.RESTS, ago(1) + timedelta(minutes=15))
    assert second.best_at is not None
    assert second.best_at > ago(1) + timedelta(minutes=60), "two vain tries of a morning: the afternoon"
    assert second.best_at.astimezone(PARIS).hour == 13


def test_nobody_is_called_at_night_but_the_urgent() -> None:
    night = NOW.replace(hour=21)
    late, urgent = (
        replace(owed(1, 5), due_at=night, opened_at=night),
        owed(2, 5, is_urgent=True),
    )
    ranked = {r.call_back.call_back_id: r for r in in_order([late, urgent], now=night, zone=PARIS)}
    assert ranked[2].standing is Standing.READY
    assert ranked[1].standing is Standing.TOO_EARLY
    assert ranked[1].best_at == datetime(2026, 11, 25, 8, 30, tzinfo=PARIS)


def test_two_secretaries_never_call_the_same_one_back() -> None:
    claimed = owed(1, 5, claimed_by=7, claimed_at=ago(1))
    assert may_claim(claimed, 7, now=NOW)
    assert not may_claim(claimed, 8, now=NOW)
    assert may_claim(claimed, 8, now=ago(1) + CallBackPolicy().claim_for), "a claim without a call lapses"
    assert not may_claim(replace(claimed, number=""), 7, now=NOW)
    assert not may_claim(owed(1, 5, tries=(NOW,) * 4), 7, now=NOW)


def test_whose_number_speaks_with_one_of_us_is_set_aside_and_then_returns_to_his_place() -> None:
    first, second = owed(1, 50), owed(2, 5)
    speaks = replace(first, is_online=True)
    assert order(speaks, second) == [2, 1]
    (_, aside) = in_order([speaks, second], now=NOW, zone=PARIS)
    assert (aside.standing, aside.best_at) == (Standing.ONLINE, None)
    assert not may_claim(speaks, 7, now=NOW), "nobody rings a number that speaks with us"
    assert order(first, second) == [1, 2]


@given(
    st.lists(
        st.builds(
            owed,
            st.integers(1, 9),
            st.floats(0, 600),
            is_urgent=st.booleans(),
            tries=st.lists(st.floats(0, 300).map(ago), max_size=4).map(tuple),
        ),
        unique_by=lambda c: c.call_back_id,
        max_size=6,
    ),
    st.randoms(use_true_random=False),
)
def test_the_list_is_whole_and_the_same_however_it_was_read(found: list[CallBack], dice: object) -> None:
    shuffled = list(found)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert order(*found) == order(*shuffled)
    assert sorted(order(*found)) == sorted(c.call_back_id for c in found)
