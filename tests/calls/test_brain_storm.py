"""Anything may happen in any order: nobody has two calls, no caller is lost, no step is unlawful."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from decroche.calls.domain.call import WITH_SECRETARY, CallState, EndReason
from decroche.calls.domain.callflow import CallPlan, Menu, MenuChoice, Sound, Then, Treatment, Waiting
from decroche.calls.domain.post import BUSY
from decroche.calls.switchboard.orders import OrderKind
from decroche.calls.switchboard.state import LiveCall, RecordingFact, Timing
from tests.calls.stage import AWA, BOB, DIRECTORY, INES, LILAS_LINE, MARTINIQUE_LINE, Stage
from tests.calls.test_adoption import remember

OUTSIDE = "+33633333333"
MENU = Menu(
    Sound("Tapez 1 ou 2."),
    (
        MenuChoice("1", "rendez-vous", Treatment(Then.TEAM)),
        MenuChoice("2", "horaires", Treatment(Then.SAY, Sound("De 8 à 19 heures."))),
        MenuChoice("3", "message", Treatment(Then.VOICEMAIL, Sound("Parlez après le bip."))),
    ),
)
PLAN = CallPlan(
    greeting=Sound("Bonjour."), menu=MENU, waiting=Waiting(every=timedelta(seconds=20), says_position=True)
)
RULE = RecordingFact(1, "Enregistré ; 9 pour refuser.", "9", 50, 10)
PEOPLE = (AWA, INES, BOB)
HELD = frozenset({CallState.OFFERED, CallState.DIALLING, *WITH_SECRETARY})
PAYLOADS: dict[OrderKind, list[dict[str, Any]]] = {
    OrderKind.SET_STATE: [{"state": "available"}, {"state": "paused", "reason": "break"}, {"state": "away"}],
    OrderKind.HOLD: [{}],
    OrderKind.RESUME: [{}],
    OrderKind.HANG_UP: [{}],
    OrderKind.MUTE: [{"muted": True}, {"muted": False}],
    OrderKind.DIGITS: [{"digits": "5"}],
    OrderKind.TRANSFER: [{"number": OUTSIDE}],
    OrderKind.TRANSFER_TO: [{"user_id": AWA}, {"user_id": INES}],
    OrderKind.RING_PARTY: [{"number": OUTSIDE}, {"user_id": AWA}, {"user_id": INES}],
    OrderKind.MIX: [{"how": how} for how in ("consult", "caller", "all", "give")],
    OrderKind.DROP_PARTY: [{}],
    OrderKind.PARK: [{}],
    OrderKind.UNPARK: [{}],
    OrderKind.LEND_EAR: [{"how": how} for how in ("listen", "join", "leave")],
    OrderKind.RECORD: [{"on": True}, {"on": False}],
    OrderKind.ABUSE: [{}],
    OrderKind.CALL_OUT: [{"number": OUTSIDE, "practice_id": 1}, {"number": OUTSIDE}],
    OrderKind.ROUTE_PHONE: [{"number": OUTSIDE}, {"number": ""}],
    OrderKind.SET_URGENCY: [{"urgency": 2}, {"urgency": 0}],
    OrderKind.END_WRAP_UP: [{}],
    OrderKind.LEAVE: [{}],
}
RARE = {
    OrderKind.RING_PARTY: 5,
    OrderKind.MIX: 3,
    OrderKind.LEND_EAR: 3,
    OrderKind.UNPARK: 3,
}  # deep in a call
ORDERS = [
    (kind, payload)
    for kind, payloads in PAYLOADS.items()
    for payload in payloads
    for _ in range(RARE.get(kind, 1))
]

which = st.integers(0, 5)
people = st.sampled_from(PEOPLE)
moves = st.one_of(
    st.tuples(st.just("ring"), st.sampled_from([LILAS_LINE, MARTINIQUE_LINE]), which),
    st.tuples(
        st.sampled_from(["pick_up", "pick_up", "pick_up", "put_down", "vanish", "register"]), people, which
    ),
    st.tuples(
        st.sampled_from(
            [
                "caller_leaves",
                "says_all",
                "party_answers",
                "party_leaves",
                "answers",
                "refuses",
                "lease",
                "silent",
            ]
        ),
        which,
        which,
    ),
    st.tuples(st.just("press"), which, st.sampled_from("1239")),
    st.tuples(st.just("wait"), st.sampled_from([1, 6, 16, 46, 95]), which),
    st.tuples(st.sampled_from(["crash", "restart", "reborn"]), which, which),
    st.tuples(st.just("order"), people, st.tuples(st.sampled_from(ORDERS), which)),
    st.tuples(st.just("order"), people, st.tuples(st.sampled_from(ORDERS), which)),
    st.tuples(st.just("talk"), people, which),
    st.tuples(st.just("talk"), people, which),
)


class Storm:
    """Play moves on a stage and look at it after each."""

    def __init__(self) -> None:
        lines = dict(DIRECTORY.lines)
        lines[LILAS_LINE] = replace(lines[LILAS_LINE], plan=PLAN, recording=RULE)
        members = {**DIRECTORY.members, INES: replace(DIRECTORY.members[INES], is_supervisor=True)}
        self.stage = Stage(
            replace(DIRECTORY, lines=lines, members=members), Timing(wrap_up=timedelta(seconds=10))
        )
        self.ended: dict[object, EndReason | None] = {}

    def calls(self) -> list[LiveCall]:
        return list(self.stage.brain.calls.values())

    async def play(self, move: tuple[str, Any, Any]) -> None:
        name, first, second = move
        stage, exchange = self.stage, self.stage.exchange
        if name == "talk":  # the shortest way into a conversation
            exchange.phone_registers(first)
            await stage.order(OrderKind.SET_STATE, first, state="available")
            exchange.caller_arrives(MARTINIQUE_LINE, f"+3361111111{second}")
            await stage.settle()
            exchange.phone_picks_up(first)
        elif name == "ring":
            exchange.caller_arrives(first, f"+3361111111{second}")
        elif name in {"pick_up", "put_down", "vanish", "register"}:
            acts: dict[str, Callable[[int], Any]] = {
                "pick_up": exchange.phone_picks_up,
                "put_down": exchange.phone_hangs_up,
                "vanish": exchange.phone_vanishes,
                "register": exchange.phone_registers,
            }
            acts[name](first)
        elif name == "wait":
            await stage.wait(first)
        elif name == "crash":
            exchange.crash()
            await stage.settle()
            exchange.come_back()
        elif name == "restart":
            remember(stage)
        elif name == "reborn":
            stage.start_brain_from_rows()
        elif name == "order":
            (kind, payload), place = second
            call, who = self._whose(kind, place, first)
            await stage.order(kind, who, call, **payload)
        else:
            self._of_caller(name, first, second)
        await stage.settle()

    def _whose(self, kind: OrderKind, place: int, who: int) -> tuple[LiveCall | None, int]:
        """Choose a call and who orders: mostly whoever has it, for else most orders would be refused."""
        calls = self.calls()
        held = [call for call in calls if call.state in WITH_SECRETARY]
        anybody = kind in {OrderKind.UNPARK, OrderKind.LEND_EAR}
        if held and place < 5 and kind is not OrderKind.UNPARK:
            calls = held
        call = calls[place % len(calls)] if calls else None
        if call is not None and call.holder is not None and place < 5 and not anybody:
            return call, call.holder
        return call, who

    def _of_caller(self, name: str, place: int, digit: str) -> None:
        exchange = self.stage.exchange
        callers = [caller for caller in exchange.callers.values() if caller.call_id in self.stage.brain.calls]
        if name.startswith("party"):
            thirds = {party.leg.call_id for party in exchange.parties.values()}
            callers = [caller for caller in callers if caller.call_id in thirds]
        elif name in {"answers", "refuses"}:
            callers = [caller for caller in callers if caller.hears == "dialling"]
        if not callers:
            return
        caller = callers[place % len(callers)]
        assert caller.call_id is not None
        if name == "caller_leaves":
            exchange.caller_hangs_up(caller.channel_id)
        elif name == "lease" and caller.lease is not None:
            exchange._fire_lease(caller)
        elif name == "silent" and caller.hears == "fallback":
            exchange.fallback_stays_silent(caller.channel_id)
        elif name == "press":
            exchange.caller_presses(caller.call_id, digit)
        elif name == "refuses":
            exchange.number_refuses(caller.call_id)
        elif name in {"says_all", "party_answers", "party_leaves", "answers"}:
            acts = {
                "says_all": exchange.prompt_ends,
                "party_answers": exchange.party_answers,
                "party_leaves": exchange.party_leaves,
                "answers": exchange.number_answers,
            }
            acts[name](caller.call_id)

    # --- what must hold ---------------------------------------------------------------------

    def look(self) -> None:
        """Look at the whole floor."""
        brain = self.stage.brain
        live = [call for call in self.calls() if call.state is not CallState.ENDED]
        holders = Counter(call.holder for call in live if call.holder is not None)
        assert all(count == 1 for count in holders.values()), holders
        for call in live:
            if call.state in HELD:
                assert call.holder is not None, call
                assert brain.posts[call.holder].call_id == call.call_id, call
                assert brain.posts[call.holder].state in BUSY, call
            else:
                assert call.holder is None, call
        for post in brain.posts.values():
            if post.state in BUSY:
                call = brain.calls[post.call_id]  # type: ignore[index]
                assert call.state is not CallState.ENDED, post
                third = call.party.user_id if call.party else None
                assert post.user_id in {call.holder, third, call.listener}, post
        self._look_at_exchange()

    def _look_at_exchange(self) -> None:
        """Nobody is on the exchange whom we do not know of."""
        exchange, brain = self.stage.exchange, self.stage.brain
        for caller in exchange.callers.values():
            call = brain.calls.get(caller.call_id) if caller.call_id else None
            given = any(party.leg.call_id == caller.call_id for party in exchange.parties.values())
            if call is None or call.state is CallState.ENDED:
                assert caller.state == "away" or given, caller
        for phone in exchange.phones.values():
            for leg in phone.legs:
                call = brain.calls.get(leg.call_id)
                assert call is not None, leg
                assert call.leg == leg, (leg, call)
        for row in (row for entry in self.stage.entries for row in entry.calls):
            if row.state is CallState.ENDED:
                assert row.end_reason is not None, row

    async def calm(self) -> None:
        """Let everybody go home: who still waits ends with the fallback, a message or a call-back."""
        for user_id in PEOPLE:
            self.stage.exchange.phone_hangs_up(user_id)
            await self.stage.settle()
            await self.stage.order(OrderKind.ROUTE_PHONE, user_id, number="")
            self.stage.exchange.phone_vanishes(user_id)
            await self.stage.settle()
        for call in self.calls():
            if call.party is not None:
                self.stage.exchange.party_leaves(call.call_id)
                await self.stage.settle()
        await self.stage.wait(400)
        for call in self.calls():
            assert call.state in {CallState.FALLBACK, CallState.VOICEMAIL, CallState.ENDED}, call


async def through(storm: Storm, moves: list[tuple[str, Any, Any]]) -> None:
    await storm.stage.at_post(*PEOPLE)
    for move in moves:
        await storm.play(move)
        storm.look()
    await storm.calm()
    storm.look()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(moves, max_size=25))
def test_whatever_happens_nobody_has_two_calls_and_nobody_is_lost(
    moves: list[tuple[str, Any, Any]],
) -> None:
    failures: list[str] = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: failures.append(  # type: ignore[method-assign]
        f"{record.getMessage()} {record.exc_info[1] if record.exc_info else ''}"
    )
    log = logging.getLogger("decroche.calls.switchboard")
    log.addHandler(handler)
    try:
        asyncio.run(through(Storm(), moves))
    finally:
        log.removeHandler(handler)
    assert not failures, failures[:3]
