"""The policy is told of a change in any caller or post, and of those who have not changed by the same objects."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from decroche.calls.domain.callflow import CallPlan
from decroche.calls.domain.post import PostState
from decroche.calls.domain.routing import Facts, Urgency
from decroche.calls.switchboard import distribution
from decroche.calls.switchboard.described import Described
from decroche.calls.switchboard.state import LiveCall, LivePost
from tests.calls.stage import AWA, INES, Stage

Change = Callable[[LiveCall, LivePost, Stage], object]
AN_HOUR = timedelta(hours=1)


def put(name: str, value: object) -> Change:
    """Change one field of the caller, or of the post when its name says so."""

    def change(call: LiveCall, post: LivePost, stage: Stage) -> None:
        whose, _, field = name.partition(".")
        setattr(call if whose == "call" else post, field, value)

    return change


def talks(call: LiveCall, post: LivePost, stage: Stage) -> None:
    post.state, post.call_id = PostState.ON_CALL, call.call_id


def wishes(call: LiveCall, post: LivePost, stage: Stage) -> None:
    assert call.line is not None
    call.line = replace(call.line, plan=CallPlan(preferred=frozenset({"lang:en"})))


def another_line(call: LiveCall, post: LivePost, stage: Stage) -> None:
    assert call.line is not None
    call.line = replace(call.line, line_id=99)


def no_fallback(call: LiveCall, post: LivePost, stage: Stage) -> None:
    assert call.line is not None
    call.line = replace(call.line, fallback_number="")


LATER = timedelta(seconds=5)
CHANGES: dict[str, Change] = {
    "another call": put("call.call_id", uuid4()),
    "line": another_line,
    "fallback": no_fallback,
    "fallback tried": put("call.fallback_tried", True),
    "wishes": wishes,
    "comes first": put("call.comes_first", True),
    "tried, in its place": lambda call, post, stage: call.tried.update({AWA: stage.now}),
    "urgency": put("call.urgency", Urgency.EMERGENCY),
    "branch": put("call.branch", 3),
    "number": put("call.caller_number", "+33612345699"),
    "waits since": lambda call, post, stage: setattr(call, "waiting_since", stage.now + LATER),
    "held for": put("call.held_for", AWA),
    "held since": lambda call, post, stage: setattr(call, "held_since", stage.now),
    "spoke last": lambda call, post, stage: stage.brain.last_spoken.update(
        {(call.practice_id or 0, call.caller_number): AWA}
    ),
    "state": put("post.state", PostState.WRAP_UP),
    "secretariat's paused": put("post.state", PostState.PAUSED),
    "since": lambda call, post, stage: setattr(post, "since", stage.now + LATER),
    "phone": put("post.registered", False),
    "call in hand": talks,
    "wrap-up": lambda call, post, stage: setattr(post, "wrap_up_until", stage.now),
    "answered, in its place": lambda call, post, stage: post.answered.append(stage.now),
    "an hour later": lambda call, post, stage: post.answered.append(stage.now - AN_HOUR + LATER),
    "works since": lambda call, post, stage: setattr(post, "working_since", stage.now - LATER),
    "out of turn": put("post.out_of_turn", 3),
    "protected, in its place": lambda call, post, stage: post.protected.update({"+33": stage.now + AN_HOUR}),
    "protected for a while": lambda call, post, stage: post.protected.update({"+33": stage.now + LATER}),
    "skills": lambda call, post, stage: setattr(
        stage.brain, "directory", replace(stage.brain.directory, skills={post.user_id: frozenset({"x"})})
    ),
}


async def waits() -> tuple[Stage, LiveCall]:
    stage = Stage()
    await stage.at_post(AWA, INES)
    stage.brain.exchange_up = False  # nobody is offered to anybody
    call = await stage.ring()
    assert call.line is not None
    call.line = replace(call.line, fallback_number="+33199555555")
    return stage, call


def told(stage: Stage, call: LiveCall, described: Described | None = None, *, later: bool = False) -> Facts:
    brain, kept = stage.brain, stage.brain.described
    brain.described = described or kept
    facts = distribution._facts(
        brain,
        [call],
        brain.described.share(0, brain.directory),
        stage.now + LATER * 2 if later else stage.now,
    )
    brain.described = kept
    return facts


@pytest.mark.parametrize("what", CHANGES)
async def test_the_policy_is_told_of_any_change(what: str) -> None:
    stage, call = await waits()
    before = told(stage, call)
    CHANGES[what](call, stage.brain.posts[AWA], stage)
    between = told(stage, call)
    after = told(stage, call, later=True)
    assert between == told(stage, call, Described())
    assert after == told(stage, call, Described(), later=True)
    assert any((one.calls, one.posts) != (before.calls, before.posts) for one in (between, after))


async def test_who_has_not_changed_is_described_by_the_same_object() -> None:
    stage, call = await waits()
    call.tried[INES] = stage.now
    before, after = told(stage, call), told(stage, call, later=True)
    assert before.calls[0] is after.calls[0]
    assert all(one is other for one, other in zip(before.posts, after.posts, strict=True))
    stage.brain.posts[AWA].out_of_turn = 2
    changed = told(stage, call)
    assert [one is other for one, other in zip(before.posts, changed.posts, strict=True)] == [False, True]
