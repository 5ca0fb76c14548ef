"""How a line receives its callers: hours, menu, messages, recording notice, waiting message, told on an exchange in memory."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from decroche.calls.domain.call import CallState, EndReason
from decroche.calls.domain.callflow import (
    CallPlan,
    LineKind,
    Menu,
    MenuChoice,
    Sound,
    Then,
    Treatment,
    Waiting,
)
from decroche.calls.domain.hours import LineHours, LineMoment, WeeklyHours
from decroche.calls.domain.routing import TeamPlan, TeamStep, Urgency
from decroche.calls.switchboard.arrivals import share_of
from decroche.calls.switchboard.records import StepKind
from decroche.calls.switchboard.state import KnownNumber, LineFact, RecordingFact
from decroche.kernel.interval import Interval
from tests.calls.stage import AWA, CALLER, DIRECTORY, INES, LILAS, LILAS_LINE, Stage

PARIS = ZoneInfo("Europe/Paris")
WEEKDAYS = tuple(WeeklyHours(day, time(8), time(19)) for day in range(5))
MENU = Menu(
    Sound("Pour un rendez-vous, tapez 1 ; pour les horaires, 2 ; pour le médecin, 3."),
    (
        MenuChoice("1", "rendez-vous", Treatment(Then.TEAM)),
        MenuChoice("2", "horaires", Treatment(Then.SAY, Sound("Ouvert de 8 à 19 heures."))),
        MenuChoice(
            "3", "confrère", Treatment(Then.TEAM, team=TeamPlan((TeamStep(user_ids=frozenset({INES})),)))
        ),
        MenuChoice("0", "mobile", Treatment(Then.NUMBER, number="+33698765432")),
    ),
)
GREETING = Sound("Cabinet des Lilas, bonjour. Vous êtes au secrétariat.")


def stage_with(plan: CallPlan | None = None, **line: object) -> Stage:
    fact = replace(DIRECTORY.lines[LILAS_LINE], plan=plan, **line)  # type: ignore[arg-type]
    return Stage(replace(DIRECTORY, lines={**DIRECTORY.lines, LILAS_LINE: fact}))


def line_of(stage: Stage) -> LineFact:
    return stage.directory.lines[LILAS_LINE]


async def says_all(stage: Stage, call_id: UUID) -> None:
    stage.exchange.prompt_ends(call_id)
    await stage.settle()


async def presses(stage: Stage, call_id: UUID, digits: str) -> None:
    stage.exchange.caller_presses(call_id, digits)
    await stage.settle()


# --- hours -------------------------------------------------------------------------------------


async def test_a_closed_line_says_why_and_hangs_up_by_itself() -> None:
    closed = Treatment(Then.SAY, Sound("Le cabinet ouvre demain à 8 heures."))
    stage = stage_with(CallPlan(when={LineMoment.CLOSED: closed}), hours=LineHours(PARIS, WEEKDAYS))
    stage.now = datetime(2026, 11, 24, 21, 0, tzinfo=UTC)
    await stage.at_post(AWA)
    stage.exchange.caller_arrives(LILAS_LINE, CALLER)
    await stage.settle()
    row = [row for entry in stage.entries for row in entry.calls][-1]
    assert (row.end_reason, row.moment) == (EndReason.INFORMED, "closed")
    assert "say_and_end" in {verb for verb, _ in stage.exchange.asked}
    assert not stage.exchange.callers
    assert stage.follow_ups() == []


async def test_a_line_at_lunch_takes_a_message_after_its_own_words() -> None:
    words = Sound("Le secrétariat déjeune.")
    plan = CallPlan(when={LineMoment.LUNCH: Treatment(Then.VOICEMAIL, words)})
    lunch = tuple(WeeklyHours(day, time(12), time(14)) for day in range(5))
    stage = stage_with(plan, hours=LineHours(PARIS, WEEKDAYS, lunch))
    stage.now = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)
    await stage.at_post(AWA)
    call = await stage.ring()
    assert stage.exchange.hears(call.call_id) == "greeting: Le secrétariat déjeune."
    assert stage.state_of(AWA).value == "available", "nobody is rung at lunch"
    await says_all(stage, call.call_id)
    assert (call.state, stage.exchange.hears(call.call_id)) == (CallState.VOICEMAIL, "voicemail")


async def test_a_line_on_leave_sends_its_callers_to_a_number() -> None:
    plan = CallPlan(when={LineMoment.LEAVE: Treatment(Then.NUMBER, number="+33699999999")})
    stage = stage_with(plan)
    fact = line_of(stage)
    away = LineHours(PARIS, leaves=(_interval(stage.now, hours=4),))
    stage.directory = replace(
        stage.directory, lines={**stage.directory.lines, LILAS_LINE: replace(fact, hours=away)}
    )
    stage.start_brain()
    await stage.settle()
    call = await stage.ring()
    assert (call.state, call.moment) == (CallState.FALLBACK, "leave")
    assert ("send_to_fallback", (call.call_id, "+33699999999")) in stage.exchange.asked


def _interval(now: datetime, *, hours: int) -> Interval:
    return Interval(now - timedelta(hours=1), now + timedelta(hours=hours))


async def test_an_open_line_with_a_plan_rings_at_once_while_its_greeting_is_spoken() -> None:
    stage = stage_with(CallPlan(greeting=GREETING), hours=LineHours(PARIS, WEEKDAYS))
    await stage.at_post(AWA)
    call = await stage.ring()
    assert (call.state, call.moment) == (CallState.OFFERED, "open")
    assert stage.exchange.hears(call.call_id).startswith("greeting: Cabinet des Lilas")


async def test_a_line_that_takes_no_message_says_goodbye_and_calls_back() -> None:
    stage = stage_with(CallPlan(farewell=Sound("Personne ne peut répondre.")))
    await stage.settle()
    call = await stage.ring()
    await stage.wait(12)
    assert call.end_reason is EndReason.ABANDONED
    assert stage.follow_ups() == [(call.call_id, "callback")]


# --- urgency -----------------------------------------------------------------------------------


async def test_an_emergency_hears_little_and_comes_before_who_waits_longer() -> None:
    stage = stage_with(CallPlan(kind=LineKind.EMERGENCY, greeting=GREETING))
    await stage.at_post(AWA)
    talking = await stage.talk(AWA, "+596596000002")
    routine = await stage.ring("+596596000002", "+596696000001")
    urgent = await stage.ring(LILAS_LINE)
    assert stage.exchange.hears(urgent.call_id) == "greeting: Cabinet des Lilas, bonjour."
    await stage.caller_hangs_up(talking)
    await stage.wait(46)
    assert (urgent.state, routine.state) == (CallState.OFFERED, CallState.WAITING)
    assert urgent.urgency is Urgency.EMERGENCY
    offered = [
        s for e in stage.entries for s in e.steps if s.call_id == urgent.call_id and s.kind == "offered"
    ]
    assert ["emergency", 0] in offered[-1].detail["reasons"]


async def test_a_known_laboratory_ranks_as_a_colleague_even_on_a_line_without_a_plan() -> None:
    known = {LILAS: {CALLER: KnownNumber("Laboratoire", comes_first=True)}}
    stage = Stage(replace(DIRECTORY, known_numbers=known))
    await stage.settle()
    assert (await stage.ring()).urgency is Urgency.COLLEAGUE
    assert (await stage.ring(number="+33611111111")).urgency is Urgency.ROUTINE


# --- the menu ----------------------------------------------------------------------------------


async def test_a_key_of_the_menu_leads_to_its_own_team() -> None:
    stage = stage_with(CallPlan(greeting=GREETING, menu=MENU))
    await stage.at_post(AWA, INES)
    call = await stage.ring()
    assert (call.state, stage.exchange.hears(call.call_id)) == (
        CallState.RINGING_IN,
        f"greeting: {GREETING.text}",
    )
    await says_all(stage, call.call_id)
    assert call.state is CallState.MENU
    await presses(stage, call.call_id, "3")
    assert call.leg is not None
    assert (call.leg.user_id, call.menu_digit) == (INES, "3"), "Awa is idle longer, but key 3 is for Inès"
    assert StepKind.KEY in stage.steps(call.call_id)


async def test_a_key_may_be_pressed_while_the_greeting_is_still_spoken() -> None:
    stage = stage_with(CallPlan(greeting=GREETING, menu=MENU))
    await stage.at_post(AWA)
    call = await stage.ring()
    await presses(stage, call.call_id, "1")
    assert call.state is CallState.OFFERED


async def test_who_presses_nothing_hears_the_menu_twice_then_reaches_the_team() -> None:
    stage = stage_with(CallPlan(menu=MENU))
    await stage.at_post(AWA)
    call = await stage.ring()
    await says_all(stage, call.call_id)
    await stage.wait(6)
    assert call.state is CallState.MENU
    assert [what for verb, what in stage.exchange.asked if verb == "say"][-1][1] == "menu"  # type: ignore[index]
    await says_all(stage, call.call_id)
    await stage.wait(6)
    assert (call.state, call.menu_digit) == (CallState.OFFERED, "")


async def test_a_key_that_means_nothing_repeats_the_menu_once() -> None:
    stage = stage_with(CallPlan(menu=MENU))
    await stage.at_post(AWA)
    call = await stage.ring()
    await says_all(stage, call.call_id)
    await presses(stage, call.call_id, "7")
    assert call.state is CallState.MENU
    await presses(stage, call.call_id, "7")
    assert stage.last_row(call.call_id).state is CallState.OFFERED


async def test_a_menu_whose_sentence_never_ends_lets_nobody_wait_for_ever() -> None:
    stage = stage_with(CallPlan(greeting=GREETING, menu=MENU))
    await stage.at_post(AWA)
    call = await stage.ring()
    await stage.wait(200)
    assert call.state in {CallState.OFFERED, CallState.VOICEMAIL, CallState.WAITING}


async def test_a_key_may_inform_or_lead_outside() -> None:
    stage = stage_with(CallPlan(menu=MENU))
    await stage.settle()
    informed = await stage.ring()
    await presses(stage, informed.call_id, "2")
    assert informed.end_reason is EndReason.INFORMED
    outside = await stage.ring()
    await presses(stage, outside.call_id, "0")
    assert (outside.state, stage.exchange.hears(outside.call_id)) == (CallState.FALLBACK, "fallback")


async def test_a_caller_who_hears_the_menu_is_under_the_lease() -> None:
    stage = stage_with(CallPlan(greeting=GREETING, menu=MENU))
    await stage.settle()
    await stage.ring()
    stage.exchange.asked.clear()
    await stage.wait(6)
    assert [verb for verb, _ in stage.exchange.asked].count("renew_lease") >= 3


# --- waiting -----------------------------------------------------------------------------------


async def test_who_waits_is_told_his_place_now_and_then() -> None:
    waits = Waiting(
        message=Sound("Merci de patienter."),
        every=timedelta(seconds=45),
        says_position=True,
        says_expected_wait=True,
    )
    stage = stage_with(CallPlan(waiting=waits))
    await stage.at_post(AWA)
    await stage.talk()
    first = await stage.ring(number="+33611111111")
    await stage.wait(1)
    second = await stage.ring(number="+33622222222")
    await stage.wait(47)
    told = {what[0]: what[2].text for verb, what in stage.exchange.asked if verb == "say"}  # type: ignore[index]
    assert told[first.call_id].startswith("Merci de patienter. Vous êtes le prochain")
    assert "position 2" in told[second.call_id]
    assert "L’attente est d’environ" in told[second.call_id]
    stage.exchange.asked.clear()
    await stage.wait(30)
    assert "say" not in {verb for verb, _ in stage.exchange.asked}


async def test_a_quiet_line_plays_no_music() -> None:
    stage = stage_with(CallPlan(waiting=Waiting(music=False)))
    await stage.settle()
    call = await stage.ring()
    assert stage.exchange.hears(call.call_id) == "quiet"


async def test_a_later_team_joins_when_the_first_is_busy() -> None:
    team = TeamPlan(
        (
            TeamStep(user_ids=frozenset({AWA})),
            TeamStep(timedelta(seconds=20), user_ids=frozenset({INES})),
        )
    )
    stage = stage_with(CallPlan(team=team))
    await stage.at_post(AWA, INES)
    busy = await stage.talk(AWA)
    call = await stage.ring()
    await stage.wait(10)
    assert (busy.state, call.state) == (CallState.TALKING, CallState.WAITING)
    await stage.wait(11)
    assert call.leg is not None
    assert call.leg.user_id == INES


async def test_an_offer_is_noted_with_why_her_and_why_not_another() -> None:
    stage = Stage(replace(DIRECTORY, familiarity={(AWA, LILAS): 40}))
    await stage.at_post(AWA, INES)
    await stage.talk(AWA)
    call = await stage.ring(number="+33611111111")
    step = next(
        s for e in stage.entries for s in e.steps if s.call_id == call.call_id and s.kind == "offered"
    )
    assert step.secretary_id == INES
    assert step.detail["reasons"]
    assert [one[:2] for one in step.detail["passed_over"]] == [[AWA, "on_call"]]


async def test_a_caller_reaches_again_who_spoke_with_him_last() -> None:
    stage = Stage(replace(DIRECTORY, familiarity={(INES, LILAS): 20}))
    await stage.at_post(AWA)
    await stage.caller_hangs_up(await stage.talk(AWA))
    await stage.at_post(INES)
    await stage.wait(50)
    stranger = await stage.ring(number="+33611111111")
    assert stranger.leg is not None
    assert stranger.leg.user_id == INES, "she knows the practice well"
    await stage.caller_hangs_up(stranger)
    again = await stage.ring()
    assert again.leg is not None
    assert again.leg.user_id == AWA, "but Awa spoke with him last"


# --- recording ---------------------------------------------------------------------------------

RULE = RecordingFact(5, "Cet appel peut être enregistré ; pour refuser, tapez 9.", "9", 20, 30)


def _drawn(sampled: bool) -> Callable[[], UUID]:
    """Give call ids of which all, or none, fall into the sample."""

    def draw() -> UUID:
        while (share_of(call_id := uuid4()) < RULE.sample_percent) is not sampled:
            pass
        return call_id

    return draw


def test_the_sample_is_fair_and_the_same_for_ever() -> None:
    ids = [UUID(int=n) for n in range(20_000)]
    shares = [share_of(one) for one in ids]
    assert abs(sum(share < 5 for share in shares) / len(shares) - 0.05) < 0.01
    assert [share_of(one) for one in ids] == shares
    assert set(shares) == set(range(100))


async def test_a_sampled_call_hears_the_notice_before_anybody_is_rung_and_is_recorded_to_its_end() -> None:
    stage = stage_with(CallPlan(greeting=GREETING), recording=RULE)
    stage.brain.new_call_id = _drawn(sampled=True)
    await stage.at_post(AWA)
    call = await stage.ring()
    assert call.state is CallState.RINGING_IN
    await says_all(stage, call.call_id)
    assert stage.exchange.hears(call.call_id) == f"prompt: {RULE.announcement}"
    await stage.wait(4)
    assert stage.last_row(call.call_id).state is CallState.RINGING_IN
    await says_all(stage, call.call_id)
    stage.exchange.phone_picks_up(AWA)
    await stage.settle()
    assert (call.state, call.is_recorded) == (CallState.TALKING, True)
    assert stage.exchange.callers[call.channel_id].records
    await stage.caller_hangs_up(call)
    made = [row for entry in stage.entries for row in entry.recordings]
    assert [(row.call_id, row.rule_id) for row in made] == [(call.call_id, 5)]
    assert made[0].purge_at - made[0].started_at == timedelta(days=30)


async def test_who_refuses_is_not_recorded_whenever_he_refuses() -> None:
    stage = stage_with(CallPlan(greeting=GREETING), recording=RULE)
    stage.brain.new_call_id = _drawn(sampled=True)
    await stage.at_post(AWA, INES)
    early = await stage.ring()
    await says_all(stage, early.call_id)
    await presses(stage, early.call_id, "9")
    stage.exchange.phone_picks_up(AWA)
    await stage.settle()
    assert (early.state, early.is_recorded) == (CallState.TALKING, False)
    late = await stage.ring(number="+33611111111")
    await says_all(stage, late.call_id)
    await stage.wait(4)
    await says_all(stage, late.call_id)
    stage.exchange.phone_picks_up(INES)
    await stage.settle()
    assert stage.last_row(late.call_id).is_recorded
    await presses(stage, late.call_id, "9")
    assert not stage.last_row(late.call_id).is_recorded
    await stage.caller_hangs_up(late)
    assert [row for entry in stage.entries for row in entry.recordings] == []


async def test_a_notice_that_nobody_could_hear_allows_no_recording() -> None:
    stage = stage_with(CallPlan(greeting=GREETING), recording=RULE)
    stage.brain.new_call_id = _drawn(sampled=True)
    await stage.at_post(AWA)
    call = await stage.ring()
    await says_all(stage, call.call_id)
    await says_all(stage, call.call_id)  # at once: the exchange has no voice
    stage.exchange.phone_picks_up(AWA)
    await stage.settle()
    assert (call.state, call.is_recorded) == (CallState.TALKING, False)


async def test_most_calls_and_every_emergency_are_never_recorded() -> None:
    stage = stage_with(CallPlan(greeting=GREETING), recording=RULE)
    stage.brain.new_call_id = _drawn(sampled=False)
    await stage.at_post(AWA)
    call = await stage.talk()
    assert not call.is_recorded
    urgent = stage_with(CallPlan(kind=LineKind.EMERGENCY), recording=RULE)
    urgent.brain.new_call_id = _drawn(sampled=True)
    await urgent.at_post(AWA)
    assert not (await urgent.talk()).is_recorded
