"""The finer grain of past calls: parking, third persons, a supervisor's ear. Each call throws dice of its own."""

import datetime as dt
from random import Random

from decroche.demo.calls import PastCall
from decroche.demo.dice import dice_for

_LONG_ENOUGH = 70  # seconds of conversation in which something may happen


def enrich(calls: list[PastCall]) -> None:
    """Let things happen during some of the conversations, between their own steps."""
    for call in calls:
        dice = dice_for("timeline", call.id)
        if call.reason == "transferred":
            _transfer(call, dice)
        elif call.answered and call.ended and _lasts(call) >= _LONG_ENOUGH and not _was_held(call):
            _something(call, dice)
        call.steps.sort(key=lambda step: step.at)  # stable: what happened at one moment keeps its order


def _transfer(call: PastCall, dice: Random) -> None:
    """Say to whom: the practitioner is asked first, or the emergency service is dialled at once."""
    assert call.answered and call.ended  # noqa: PT018 - whoever was transferred was answered
    if call.outcome == "emergency":
        call.urgency = 2
        call.note("urgency", call.answered + (call.ended - call.answered) / 3, call.secretary, urgency=2)
        return
    call.steps = [step for step in call.steps if step.kind not in {"transfer_started", "transferred"}]
    end = next(n for n, step in enumerate(call.steps) if step.kind == "ended")
    asked = max(
        call.answered + dt.timedelta(seconds=1), call.ended - dt.timedelta(seconds=dice.randint(26, 40))
    )
    later = call.steps[end:]
    del call.steps[end:]
    call.note("held", asked, call.secretary)
    call.note("party_rung", asked, call.secretary, doctor=0)
    call.note("party_answered", asked + (call.ended - asked) / 3, doctor=0)
    if dice.random() < 0.4:
        call.note("mixed", asked + (call.ended - asked) * 0.7, call.secretary, how="all")
    call.note("given", call.ended, call.secretary, doctor=0)
    call.note("transferred", call.ended, doctor=0)
    call.steps += later


def _something(call: PastCall, dice: Random) -> None:
    draw = dice.random()
    if draw < 0.012:
        _park(call, dice)
    elif draw < 0.03:
        _consult(call, dice)
    elif draw < 0.036:
        _be_heard(call)


def _park(call: PastCall, dice: Random) -> None:
    """Let her put the caller aside to fetch a word from a colleague, and take him back."""
    at = _at(call, 0.35)
    call.note("parked", at, call.secretary)
    call.note("unparked", at + dt.timedelta(seconds=dice.randint(9, 28)), call.secretary)


def _consult(call: PastCall, dice: Random) -> None:
    """Let her ask the practitioner, or find nobody there."""
    at = _at(call, 0.4)
    call.note("held", at, call.secretary)
    call.note("party_rung", at, call.secretary, doctor=0)
    if dice.random() < 0.3:
        call.note("party_gone", at + dt.timedelta(seconds=20), doctor=0, cause="unanswered")
        call.note("resumed", at + dt.timedelta(seconds=20), call.secretary)
        return
    call.note("party_answered", at + dt.timedelta(seconds=6), doctor=0)
    call.note("party_dropped", at + dt.timedelta(seconds=22), call.secretary, doctor=0)


def _be_heard(call: PastCall) -> None:
    """Let the supervisor listen for a while, as she told the secretary."""
    call.note("listening", _at(call, 0.3), call.secretary, how="listen")
    call.note("listener_gone", _at(call, 0.8))


def _at(call: PastCall, share: float) -> dt.datetime:
    assert call.answered and call.ended  # noqa: PT018 - asked of conversations only
    return call.answered + (call.ended - call.answered) * share


def _lasts(call: PastCall) -> float:
    assert call.answered and call.ended  # noqa: PT018 - asked of conversations only
    return (call.ended - call.answered).total_seconds()


def _was_held(call: PastCall) -> bool:
    return any(step.kind == "held" for step in call.steps)
