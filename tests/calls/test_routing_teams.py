"""The whole distribution: teams, skills, familiarity worth a short wait, urgency without starving, protection."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.calls_decide import crowd, plain_decide
from decroche.calls.domain.post import AT_POST, PostState
from decroche.calls.domain.routing import (
    Ceiling,
    Decision,
    Facts,
    Familiarity,
    KeepWaiting,
    Offer,
    Overflow,
    PassedOver,
    Policy,
    PostFact,
    Reason,
    TeamPlan,
    TeamStep,
    Urgency,
    WaitingCall,
    Why,
    decide,
)

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
AWA, INES, BOB, LOU = 1, 2, 3, 4


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def call(number: int = 1, waited: float = 0, practice: int = 1, **more: object) -> WaitingCall:
    return WaitingCall(UUID(int=number), practice, ago(waited), has_fallback=True, **more)  # type: ignore[arg-type]


def post(
    user: int, idle: float = 0, state: PostState = PostState.AVAILABLE, secretariat: int = 1, **more: object
) -> PostFact:
    return PostFact(user, secretariat, state, ago(idle), reachable=True, **more)  # type: ignore[arg-type]


def run(calls: list[WaitingCall], posts: list[PostFact], **more: object) -> tuple[Decision, ...]:
    known = {"mandates": {1: frozenset({1})}, "familiarity": {}} | more
    return decide(Facts(NOW, tuple(calls), tuple(posts), **known))  # type: ignore[arg-type]


def one(the_call: WaitingCall, posts: list[PostFact], **more: object) -> Decision:
    (decision,) = run([the_call], posts, **more)
    return decision


def rung(decision: Decision) -> int | None:
    return decision.user_id if isinstance(decision, Offer) else None


def whys(decision: Decision) -> dict[Why, int]:
    return {reason.why: reason.amount for reason in decision.reasons}


# --- teams ------------------------------------------------------------------------------

TEAM = TeamPlan(
    (
        TeamStep(user_ids=frozenset({AWA})),
        TeamStep(seconds(20), user_ids=frozenset({AWA, INES})),
        TeamStep(seconds(60), secretariat_id=2),
    )
)


def team(the_call: WaitingCall, *posts: PostFact, mandated: tuple[int, ...] = (1, 2)) -> Decision:
    return one(the_call, list(posts), teams={1: TEAM}, mandates={1: frozenset(mandated)})


def test_the_back_up_joins_after_its_delay_and_says_so() -> None:
    busy, ines = post(AWA, 30, PostState.ON_CALL), post(INES, 600)
    first = team(call(waited=19), busy, ines)
    assert isinstance(first, KeepWaiting)
    assert first.until == NOW + seconds(1), "to be looked at again when the back-up joins"
    joined = team(call(waited=20), busy, ines)
    assert rung(joined) == INES
    assert whys(joined)[Why.BACK_UP] == 2
    assert rung(team(call(waited=20), post(AWA, 1), ines)) == AWA, "her own team still comes first"


def test_the_back_up_joins_at_once_when_nobody_before_it_can() -> None:
    assert rung(team(call(), post(INES))) == INES, "the team has left"
    tried = call(waited=16, tried={AWA: ago(1)})
    assert rung(team(tried, post(AWA), post(INES))) == INES, "the team did not answer"


def test_the_replacement_secretariat_needs_its_own_mandate() -> None:
    bob = post(BOB, secretariat=2)
    assert rung(team(call(waited=60), post(AWA, state=PostState.ON_CALL), bob)) == BOB
    unmandated = team(call(waited=60), post(AWA, state=PostState.ON_CALL), bob, mandated=(1,))
    assert isinstance(unmandated, KeepWaiting)


def test_then_the_fallback_after_the_plan_s_own_delay() -> None:
    patient = replace(TEAM, overflow_after=seconds(400))
    busy = [post(AWA, state=PostState.ON_CALL)]
    assert isinstance(one(call(waited=399), busy, teams={1: patient}), KeepWaiting)
    assert isinstance(one(call(waited=400), busy, teams={1: patient}), Overflow)


def test_a_line_s_team_replaces_its_practice_s() -> None:
    of_line = {7: TeamPlan((TeamStep(user_ids=frozenset({INES})),))}
    posts = [post(AWA, 100), post(INES)]
    assert rung(one(call(line_id=7), posts, teams={1: TEAM}, line_teams=of_line)) == INES
    assert rung(one(call(line_id=8), posts, teams={1: TEAM}, line_teams=of_line)) == AWA


# --- skills -----------------------------------------------------------------------------

ENGLISH = frozenset({"lang:en"})


def test_a_required_language_is_a_must_and_a_wished_one_a_wish() -> None:
    awa, ines = post(AWA, 600), post(INES, skills=ENGLISH)
    assert rung(one(call(required=ENGLISH), [awa, ines])) == INES
    wished = one(call(preferred=ENGLISH), [awa, ines])
    assert (rung(wished), whys(wished)[Why.SPEAKS]) == (INES, 1)
    assert rung(one(call(preferred=ENGLISH), [awa])) == AWA
    spilt = one(call(required=ENGLISH, waited=10), [awa])
    assert isinstance(spilt, Overflow)
    assert spilt.reasons == (Reason(Why.NOBODY_SKILLED),)


# --- familiarity ------------------------------------------------------------------------

HOLD = Policy(hold_at_most=seconds(20))


def test_who_spoke_last_with_the_caller_comes_before_who_knows_the_practice() -> None:
    found = one(call(last_spoken=INES), [post(AWA, 600), post(INES)], familiarity={(AWA, 1): 50})
    assert rung(found) == INES
    assert found.reasons[0].why is Why.SPOKE_LAST
    assert isinstance(found, Offer)
    assert found.is_familiar


def test_a_caller_is_kept_for_her_only_while_she_is_soon_free() -> None:
    def asked(the_call: WaitingCall, *posts: PostFact, policy: Policy = HOLD) -> Decision:
        return one(the_call, list(posts), familiarity={(AWA, 1): 50, (LOU, 1): 50}, policy=policy)

    ends_soon = post(AWA, 30, PostState.WRAP_UP, free_at=NOW + seconds(8))
    held = asked(call(waited=2), ends_soon, post(INES, 60))
    assert isinstance(held, KeepWaiting)
    assert (held.held_for, held.until) == (AWA, NOW + seconds(18))
    assert rung(asked(call(waited=13), ends_soon, post(INES, 60))) == INES, "she would be free too late"
    assert rung(asked(call(waited=2), ends_soon, post(INES, 60), post(LOU))) == LOU, "another knows as well"
    assert rung(asked(call(waited=2, urgency=Urgency.EMERGENCY), ends_soon, post(INES))) == INES
    assert rung(asked(call(waited=2, comes_first=True), ends_soon, post(INES))) == INES
    assert rung(asked(call(waited=2), ends_soon, post(INES), policy=Policy())) == INES, "off unless set"
    talks = post(AWA, 100, PostState.ON_CALL)
    assert rung(asked(call(waited=2), talks, post(INES))) == INES, "a talk and its wrap-up are too long"
    short = replace(HOLD, typical_wrap_up=timedelta(), typical_talk=seconds(20), talk_spread=0.2)
    assert isinstance(
        asked(call(waited=2), talks, post(INES), policy=replace(short, typical_talk=seconds(105))),
        KeepWaiting,
    )


def test_one_caller_at_most_is_kept_for_the_same_secretary() -> None:
    wraps = post(AWA, 30, PostState.WRAP_UP, free_at=NOW + seconds(5))
    first, second = run(
        [call(1, 3), call(2, 2)], [wraps, post(INES)], familiarity={(AWA, 1): 50}, policy=HOLD
    )
    assert isinstance(first, KeepWaiting)
    assert rung(second) == INES


def test_the_offer_says_how_long_the_caller_was_kept_for_her() -> None:
    found = one(call(waited=14, held_for=AWA, held_since=ago(11)), [post(AWA)], familiarity={(AWA, 1): 50})
    assert whys(found)[Why.HELD_FOR_HER] == 11


def test_why_not_the_others_who_would_have_suited_better() -> None:
    posts = [
        post(AWA, 95, PostState.ON_CALL),
        post(INES, 700),
        post(BOB, 60),
        post(LOU, 12, PostState.WRAP_UP),
    ]
    found = one(
        call(waited=20, tried={INES: ago(8)}), posts, familiarity={(AWA, 1): 50, (LOU, 1): 20, (INES, 1): 15}
    )
    assert isinstance(found, Offer)
    assert found.user_id == BOB
    assert found.passed_over == (
        PassedOver(AWA, Why.ON_CALL, 95),
        PassedOver(LOU, Why.IN_WRAP_UP, 12),
        PassedOver(INES, Why.TRIED, 8),
    )


# --- load and protection ----------------------------------------------------------------


def test_above_her_ceiling_she_comes_last_or_not_at_all_but_for_an_emergency() -> None:
    tired, fresh = post(AWA, 600, calls_last_hour=20), post(INES)
    last = Policy(calls_per_hour_at_most=20)
    never = replace(last, above_ceiling=Ceiling.NOT_AT_ALL)
    found = one(call(), [tired, fresh], policy=last)
    assert rung(found) == INES
    assert isinstance(found, Offer)
    assert found.passed_over == ()
    assert rung(one(call(), [tired], policy=last)) == AWA
    assert isinstance(one(call(), [tired], policy=never), KeepWaiting)
    spilt = one(call(waited=10), [tired], policy=never)
    assert spilt.reasons == (Reason(Why.NOBODY_ALLOWED),)
    assert rung(one(call(urgency=Urgency.EMERGENCY), [tired], policy=never)) == AWA
    long_day = Policy(without_pause_at_most=timedelta(hours=2))
    assert rung(one(call(), [post(AWA, 600, working_since=ago(7200)), fresh], policy=long_day)) == INES


def test_an_abusive_number_does_not_reach_the_same_secretary_again() -> None:
    shielded = {"protected_from": frozenset({"+33600000001", ""}), "protected_until": NOW + seconds(60)}
    awa = post(AWA, 600, **shielded)
    rude = call(caller_number="+33600000001")
    assert rung(one(rude, [awa, post(INES)])) == INES
    assert isinstance(one(rude, [awa]), KeepWaiting)
    assert rung(one(call(caller_number="+33600000002"), [awa])) == AWA
    assert rung(one(call(), [awa, post(INES)])) == INES, "he may have hidden his number this time"
    assert rung(one(rude._replace(urgency=Urgency.EMERGENCY), [awa])) == AWA, "an emergency is an emergency"
    assert rung(one(rude, [awa._replace(protected_until=NOW)])) == AWA


# --- urgency, and nobody starves --------------------------------------------------------


def test_the_urgent_come_first_and_waiting_gains_a_rank() -> None:
    routine, colleague, emergency = (
        call(1, 50),
        call(2, 5, urgency=Urgency.COLLEAGUE),
        call(3, 1, urgency=Urgency.EMERGENCY),
    )
    order = [d.call_id.int for d in run([routine, colleague, emergency], [])]
    assert order == [3, 2, 1]
    patient = routine._replace(waiting_since=ago(60))
    assert [d.call_id.int for d in run([patient, colleague, emergency], [])] == [3, 1, 2]


def test_after_four_calls_out_of_turn_she_takes_who_waited_longest() -> None:
    routine, emergency = call(1, 30), call(2, 1, urgency=Urgency.EMERGENCY)
    before = {d.call_id.int: d for d in run([routine, emergency], [post(AWA, out_of_turn=3)])}
    assert isinstance(before[2], Offer)
    assert before[2].out_of_turn == 4
    owed = {d.call_id.int: d for d in run([routine, emergency], [post(AWA, out_of_turn=4)])}
    assert isinstance(owed[1], Offer)
    assert owed[1].out_of_turn == 0
    assert whys(owed[1])[Why.WAITED_LONGEST] == 30
    both = {d.call_id.int: d for d in run([routine, emergency], [post(AWA, out_of_turn=4), post(INES)])}
    assert (rung(both[1]), rung(both[2])) == (AWA, INES), "an emergency goes to who owes nothing"
    alone = one(emergency, [post(AWA, out_of_turn=4)])
    assert rung(alone) == AWA, "nobody stays idle for a turn that nobody claims"


def test_a_flooded_line_leaves_the_others_their_service() -> None:
    flood = [call(n, 30, line_id=1) for n in range(2, 40)]
    other = call(1, 1, line_id=2)
    posts = [post(n, 9, PostState.ON_CALL, line_id=1) for n in range(1, 6)] + [post(n) for n in range(6, 10)]
    decisions = {d.call_id.int: d for d in run([*flood, other], posts)}
    assert isinstance(decisions[1], Offer), "although thirty-eight have waited longer"
    assert sum(isinstance(d, Offer) for d in decisions.values()) == 4, "and nobody stays idle"


@given(
    st.integers(0, 3),
    st.lists(st.tuples(st.booleans(), st.sampled_from(list(Urgency)), st.booleans()), max_size=60),
    st.integers(1, 3),
)
@settings(max_examples=80, deadline=None)
def test_a_routine_caller_is_offered_within_a_bounded_number_of_offers(
    ahead: int, arrivals: list[tuple[bool, Urgency, bool]], team_size: int
) -> None:
    """Turn after turn two emergencies arrive, and whatever hypothesis adds; the caller's bound holds all the same."""
    policy = Policy(wait_at_most=timedelta(days=1))
    bound = (ahead + 1) * (policy.out_of_turn_at_most + 1)
    calls = {call(n, 50 + n, line_id=1).call_id: call(n, 50 + n, line_id=1) for n in range(1, ahead + 2)}
    his = UUID(int=1)
    owes = dict.fromkeys(range(1, team_size + 1), 0)
    offered_to = dict.fromkeys(owes, 0)
    number = 100
    for turn in range(bound + 1):
        extra = arrivals[turn % len(arrivals)] if arrivals else (False, Urgency.ROUTINE, False)
        fresh = [Urgency.EMERGENCY, Urgency.EMERGENCY] + ([extra[1]] if extra[0] else [])
        for urgency in fresh:
            number += 1
            arrived = call(number, urgency=urgency, comes_first=extra[2], line_id=2)
            calls[arrived.call_id] = arrived
        posts = [post(user, out_of_turn=count) for user, count in owes.items()]
        for decision in run(list(calls.values()), posts, policy=policy):
            if isinstance(decision, Offer):
                owes[decision.user_id] = decision.out_of_turn
                offered_to[decision.user_id] += 1
                del calls[decision.call_id]
        if his not in calls:
            break
    assert his not in calls
    assert max(offered_to.values()) <= bound


# --- invariants -------------------------------------------------------------------------


@given(st.integers(0, 10_000), st.sampled_from([2, 7, 15]), st.sampled_from([0.2, 0.6, 1.0]))
@settings(max_examples=120, deadline=None)
def test_with_nothing_set_up_the_plain_policy_is_kept(seed: int, size: int, free: float) -> None:
    facts = crowd(size, free=free, rich=False, seed=seed)
    for ours, plain in zip(decide(facts), plain_decide(facts), strict=True):
        assert (ours.call_id, type(ours)) == (plain.call_id, type(plain))
        assert rung(ours) == rung(plain)
        if isinstance(ours, KeepWaiting) and isinstance(plain, KeepWaiting):
            assert ours.until == plain.until


@given(
    st.integers(0, 10_000),
    st.sampled_from([3, 12, 30]),
    st.sampled_from([0.3, 1.0]),
    st.sampled_from(Ceiling),
)
@settings(max_examples=150, deadline=None)
def test_whatever_is_set_up(seed: int, size: int, free: float, ceiling: Ceiling) -> None:
    facts = crowd(size, free=free, rich=True, seed=seed)
    facts = replace(facts, policy=replace(facts.policy, above_ceiling=ceiling))
    decisions = decide(facts)
    calls, posts = {c.call_id: c for c in facts.calls}, {p.user_id: p for p in facts.posts}
    assert sorted(d.call_id for d in decisions) == sorted(calls), "one decision for every caller"
    offers = [d for d in decisions if isinstance(d, Offer)]
    assert len({o.user_id for o in offers}) == len(offers), "never two calls to one secretary"
    for offer in offers:
        her, theirs = posts[offer.user_id], calls[offer.call_id]
        assert her.secretariat_id in facts.mandates[theirs.practice_id], "never without mandate"
        assert her.state is PostState.AVAILABLE
        assert theirs.required <= her.skills
        tried_at = theirs.tried.get(her.user_id)
        assert tried_at is None or facts.now - tried_at >= facts.policy.retry_same_after
        assert len(offer.passed_over) <= facts.policy.passed_over_at_most
        assert her.user_id not in {p.user_id for p in offer.passed_over}
    for decision in decisions:
        assert decision.reasons
        if isinstance(decision, KeepWaiting):
            assert decision.until > facts.now
            if decision.held_for is not None:
                assert posts[decision.held_for].state in AT_POST - {PostState.AVAILABLE}


@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
@settings(max_examples=80, deadline=None)
def test_the_order_in_which_facts_are_given_changes_nothing(seed: int, dice: object) -> None:
    facts = crowd(20, free=0.5, rich=True, seed=seed)
    calls, posts, known = list(facts.calls), list(facts.posts), list(facts.familiarity.items())
    for found in (calls, posts, known):
        dice.shuffle(found)  # type: ignore[attr-defined]
    shuffled = replace(facts, calls=tuple(calls), posts=tuple(posts), familiarity=dict(known))
    assert decide(facts) == decide(shuffled)


@given(st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_another_free_secretary_never_leaves_fewer_callers_served(seed: int) -> None:
    facts = crowd(12, free=0.3, rich=False, seed=seed)
    more = replace(facts, posts=(*facts.posts, post(999, secretariat=1)))
    served = [sum(isinstance(d, Offer) for d in decide(f)) for f in (facts, more)]
    assert served[0] <= served[1]


@pytest.mark.parametrize("free", [0.0, 0.5, 1.0])
def test_nobody_free_is_idle_while_a_caller_she_may_serve_waits(free: float) -> None:
    facts = crowd(60, free=free, rich=True, seed=3)
    facts = replace(facts, policy=replace(facts.policy, hold_at_most=timedelta()), teams={})
    decisions = decide(facts)
    taken = {d.user_id for d in decisions if isinstance(d, Offer)}
    waiting = {d.call_id for d in decisions if not isinstance(d, Offer)}
    for theirs in (c for c in facts.calls if c.call_id in waiting):
        for her in facts.posts:
            if her.user_id in taken or her.state is not PostState.AVAILABLE or her.user_id in theirs.tried:
                continue
            able = her.secretariat_id in facts.mandates[theirs.practice_id] and theirs.required <= her.skills
            assert not able


def test_familiarity_is_read_the_same_indexed_or_plain() -> None:
    facts = crowd(30, free=0.6, rich=True, seed=5)
    assert isinstance(facts.familiarity, Familiarity)
    assert decide(facts) == decide(replace(facts, familiarity=dict(facts.familiarity)))
    counts = Familiarity({(1, 1): 2})
    counts[(1, 1)] = counts.get((1, 1), 0) + 1
    assert dict(counts.knowers(1).counts) == {1: 3}
