"""The policy, by examples and by invariants."""

from datetime import UTC, datetime, timedelta
from time import perf_counter
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from decroche.calls.domain.post import PostState
from decroche.calls.domain.routing import (
    Facts,
    Familiarity,
    KeepWaiting,
    Offer,
    Overflow,
    Policy,
    PostFact,
    Reason,
    Urgency,
    WaitingCall,
    Why,
    acquaintance,
    decide,
)

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def call(number: int = 1, practice: int = 1, waited: float = 0, **more: object) -> WaitingCall:
    return WaitingCall(UUID(int=number), practice, ago(waited), **{"has_fallback": False} | more)  # type: ignore[arg-type]


def post(
    user: int, idle: float = 0, state: PostState = PostState.AVAILABLE, secretariat: int = 1
) -> PostFact:
    return PostFact(user, secretariat, state, ago(idle), reachable=True)


def facts(calls: list[WaitingCall], posts: list[PostFact], **more: object) -> Facts:
    return Facts(
        NOW, tuple(calls), tuple(posts), **{"mandates": {1: frozenset({1})}, "familiarity": {}} | more
    )  # type: ignore[arg-type]


def test_the_longest_idle_is_rung_and_the_reasons_say_why() -> None:
    decisions = decide(facts([call()], [post(1, idle=20), post(2, idle=180)]))
    assert decisions == (Offer(UUID(int=1), 2, (Reason(Why.NEW_TO_PRACTICE, 0), Reason(Why.IDLE_FOR, 180))),)


def test_of_those_idle_or_waiting_since_the_same_moment_the_lower_number_comes_first() -> None:
    decisions = decide(facts([call(2), call(1)], [post(3, idle=9), post(2, idle=9), post(4, idle=9)]))
    chosen = [(d.call_id.int, d.user_id) for d in decisions if isinstance(d, Offer)]
    assert chosen == [(1, 2), (2, 3)]


def test_who_knows_the_practice_comes_first() -> None:
    decisions = decide(facts([call()], [post(1, idle=20), post(2, idle=180)], familiarity={(1, 1): 12}))
    assert decisions == (Offer(UUID(int=1), 1, (Reason(Why.KNOWS_WELL, 12), Reason(Why.IDLE_FOR, 20))),)


def test_who_was_cut_off_is_served_before_who_waits_longest() -> None:
    first, second = decide(facts([call(1, waited=60), call(2, waited=1, comes_first=True)], [post(1)]))
    assert isinstance(first, Offer)
    assert first.call_id == UUID(int=2)
    assert isinstance(second, KeepWaiting)


def test_nobody_at_post_overflows_after_a_while() -> None:
    assert isinstance(decide(facts([call(waited=9)], []))[0], KeepWaiting)
    assert decide(facts([call(waited=10, has_fallback=True)], [])) == (
        Overflow(UUID(int=1), to_fallback=True, reasons=(Reason(Why.NOBODY_AT_POST),)),
    )


def test_everyone_busy_keeps_the_caller_up_to_the_limit() -> None:
    busy = [post(1, state=PostState.ON_CALL)]
    assert isinstance(decide(facts([call(waited=179)], busy))[0], KeepWaiting)
    assert isinstance(decide(facts([call(waited=180)], busy))[0], Overflow)


def test_a_decision_for_a_crowd_is_quick() -> None:
    posts = [post(n, idle=n, state=PostState.ON_CALL if n % 3 else PostState.AVAILABLE) for n in range(500)]
    calls = [call(n, practice=n % 50, waited=n) for n in range(500)]
    mandates = {practice: frozenset({1}) for practice in range(50)}
    crowd = facts(calls, posts, mandates=mandates)
    began = perf_counter()
    decide(crowd)
    assert perf_counter() - began < 0.25, "a bench gives the figure; this only catches a slip of order"


calls_ = st.lists(
    st.builds(
        lambda n, practice, waited, first, tried, fallback: call(
            n,
            practice,
            waited,
            comes_first=first,
            has_fallback=fallback,
            tried={user: ago(10) for user in tried},
        ),
        st.integers(1, 10_000),
        st.integers(1, 3),
        st.floats(0, 400),
        st.booleans(),
        st.sets(st.integers(1, 6), max_size=3),
        st.booleans(),
    ),
    max_size=8,
    unique_by=lambda c: c.call_id,
)
posts_ = st.lists(
    st.builds(
        lambda user, secretariat, state, idle, reachable: PostFact(
            user, secretariat, state, ago(idle), reachable
        ),
        st.integers(1, 6),
        st.integers(1, 3),
        st.sampled_from(PostState),
        st.floats(0, 400),
        st.booleans(),
    ),
    max_size=6,
    unique_by=lambda p: p.user_id,
)
worlds = st.builds(
    lambda calls, posts, mandates, known: facts(calls, posts, mandates=mandates, familiarity=known),
    calls_,
    posts_,
    st.dictionaries(st.integers(1, 3), st.frozensets(st.integers(1, 3)), max_size=3),
    st.dictionaries(st.tuples(st.integers(1, 6), st.integers(1, 3)), st.integers(1, 20), max_size=6),
)


@given(worlds)
@settings(max_examples=300, deadline=None)
def test_invariants(world: Facts) -> None:
    decisions = decide(world)
    by_call = {c.call_id: c for c in world.calls}
    by_user = {p.user_id: p for p in world.posts}
    assert sorted(d.call_id for d in decisions) == sorted(by_call), "one decision for every call"
    offers = [d for d in decisions if isinstance(d, Offer)]
    rung = [offer.user_id for offer in offers]
    assert len(rung) == len(set(rung)), "never two calls to one secretary"
    for offer in offers:
        her, theirs = by_user[offer.user_id], by_call[offer.call_id]
        assert her.secretariat_id in world.mandates.get(theirs.practice_id, ()), "never without mandate"
        assert her.state is PostState.AVAILABLE
        assert her.reachable
        assert offer.user_id not in theirs.tried, "not the same one at once"
        assert offer.reasons
        for other in world.posts:
            if other.user_id in rung or not _could_answer(world, other, theirs):
                continue
            assert _rank(world, her, theirs) <= _rank(world, other, theirs), (
                "fair among those who could answer"
            )
    waiting_on = [by_call[d.call_id] for d in decisions if not isinstance(d, Offer)]
    for offer in offers:  # nobody overtakes an earlier caller whom the same secretary could have served
        for earlier in waiting_on:
            if _could_answer(world, by_user[offer.user_id], earlier):
                assert _turn(by_call[offer.call_id]) <= _turn(earlier)


@given(worlds)
@settings(max_examples=200, deadline=None)
def test_every_wait_ends(world: Facts) -> None:
    for decision in decide(world):
        if isinstance(decision, KeepWaiting):
            theirs = next(c for c in world.calls if c.call_id == decision.call_id)
            assert decision.until - theirs.waiting_since <= world.policy.wait_at_most
            assert decision.until > world.now


def _could_answer(world: Facts, her: PostFact, theirs: WaitingCall) -> bool:
    mandated = her.secretariat_id in world.mandates.get(theirs.practice_id, ())
    return mandated and her.reachable and her.state is PostState.AVAILABLE and her.user_id not in theirs.tried


def _rank(world: Facts, her: PostFact, theirs: WaitingCall) -> tuple[int, datetime, int]:
    known = acquaintance(world.familiarity.get((her.user_id, theirs.practice_id), 0), Policy())
    return (-known, her.since, her.user_id)


def _turn(theirs: WaitingCall) -> tuple[bool, datetime, UUID]:
    return (not theirs.comes_first, theirs.waiting_since, theirs.call_id)


def test_her_turn_is_named_only_when_it_kept_her_from_a_caller_who_was_hers() -> None:
    knows = post(1, idle=60)._replace(out_of_turn=1)
    speaks = post(2)._replace(skills=frozenset({"lang:en"}))
    pressing = call(1, urgency=Urgency.COLLEAGUE, preferred=frozenset({"lang:en"}))
    policy = Policy(out_of_turn_at_most=1)
    crowd = facts([pressing, call(2, waited=30)], [knows, speaks], familiarity={(1, 1): 12}, policy=policy)
    first, second = decide(crowd)
    assert isinstance(first, Offer)
    assert first.user_id == 2, "a wished skill counts more than acquaintance, turn or not"
    assert second == Offer(UUID(int=2), 1, (Reason(Why.KNOWS_WELL, 12), Reason(Why.IDLE_FOR, 60)))


def test_whoever_and_whatever_joins_between_two_decisions_is_known_at_once() -> None:
    known = Familiarity({(1, 1): 12})
    posts = [post(1, idle=20), post(2, idle=180)]
    mandates = {1: frozenset({1}), 2: frozenset({1})}

    def rung(practice: int) -> tuple[int, Why]:
        (offer,) = decide(facts([call(practice=practice)], posts, familiarity=known, mandates=mandates))
        assert isinstance(offer, Offer)
        return offer.user_id, offer.reasons[0].why

    assert (rung(1), rung(2)) == ((1, Why.KNOWS_WELL), (2, Why.NEW_TO_PRACTICE))
    known[(1, 2)] = 3
    assert rung(2) == (1, Why.KNOWS), "a practice that nobody knew"
    known[(2, 2)] = 10
    assert rung(2) == (2, Why.KNOWS_WELL), "somebody who knew nothing"
    known[(1, 1)] = 0
    assert rung(1) == (2, Why.NEW_TO_PRACTICE)
