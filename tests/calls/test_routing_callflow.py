"""What happens to a call that arrives, and how its way is drawn and checked."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decroche.calls.domain.callflow import (
    CallPlan,
    LineKind,
    Menu,
    MenuChoice,
    Sound,
    Then,
    Treatment,
    overflow,
    treat,
)
from decroche.calls.domain.callway import Flaw, StageKind, flaws, way
from decroche.calls.domain.hours import LineMoment
from decroche.calls.domain.routing import TeamPlan, TeamStep, Urgency

HELLO = Sound("Cabinet des Lilas, bonjour.")
PROMPT = Sound("Pour un rendez-vous, tapez 1. Pour un résultat, tapez 2.")
NURSES = TeamPlan((TeamStep(user_ids=frozenset({7})), TeamStep(timedelta(seconds=20), secretariat_id=2)))
MENU = Menu(
    PROMPT,
    (
        MenuChoice("1", "Rendez-vous", Treatment(Then.TEAM)),
        MenuChoice("2", "Résultats", Treatment(Then.TEAM, team=NURSES, urgency=Urgency.COLLEAGUE)),
        MenuChoice("3", "Télécopie", Treatment(Then.NUMBER, number="+33199000009")),
    ),
)
PLAN = CallPlan(greeting=HELLO, menu=MENU, fallback_number="+33612000000")


def test_a_plan_that_says_nothing_lets_everybody_answer() -> None:
    assert treat(CallPlan(), LineMoment.OPEN) == Treatment(
        Then.TEAM, team=TeamPlan(), urgency=Urgency.ROUTINE
    )


def test_the_menu_is_asked_once_and_a_key_leads_on() -> None:
    assert treat(PLAN, LineMoment.OPEN) == Treatment(Then.MENU, HELLO)
    results = treat(PLAN, LineMoment.OPEN, "2")
    assert (results.then, results.team, results.urgency) == (Then.TEAM, NURSES, Urgency.COLLEAGUE)
    assert treat(PLAN, LineMoment.OPEN, "3").number == "+33199000009"
    assert treat(PLAN, LineMoment.OPEN, "").then is Then.TEAM, "no key: a human"
    assert treat(PLAN, LineMoment.OPEN, "9").then is Then.TEAM, "an unknown key: a human"


def test_a_menu_never_leads_back_to_itself() -> None:
    looping = replace(PLAN, menu=replace(MENU, choices=(MenuChoice("1", "Encore", Treatment(Then.MENU)),)))
    assert treat(looping, LineMoment.OPEN, "1").then is Then.TEAM


def test_outside_hours_the_fallback_answers_unless_the_plan_says_otherwise() -> None:
    assert treat(PLAN, LineMoment.CLOSED).number == "+33612000000"
    assert treat(replace(PLAN, fallback_number=""), LineMoment.LUNCH).then is Then.VOICEMAIL
    away = Treatment(Then.SAY, Sound("Le cabinet est fermé."))
    assert treat(replace(PLAN, when={LineMoment.HOLIDAY: away}), LineMoment.HOLIDAY) == away
    assert overflow(PLAN).then is Then.NUMBER


def test_the_line_says_the_urgency_and_a_white_list_only_hints() -> None:
    white = replace(PLAN, menu=None, white_list=frozenset({"+33140000000"}))
    assert treat(white, LineMoment.OPEN, caller_number="+33140000000").urgency is Urgency.COLLEAGUE
    assert treat(white, LineMoment.OPEN, caller_number="").urgency is Urgency.ROUTINE
    red = replace(white, kind=LineKind.EMERGENCY)
    assert treat(red, LineMoment.OPEN).urgency is Urgency.EMERGENCY
    assert treat(replace(white, kind=LineKind.COLLEAGUES), LineMoment.OPEN).urgency is Urgency.COLLEAGUE


def test_the_way_is_drawn_from_greeting_to_voicemail() -> None:
    plan = replace(PLAN, menu=None, team=NURSES)
    stages = way(plan, LineMoment.OPEN)
    assert [stage.kind for stage in stages] == [
        StageKind.SOUND,
        StageKind.TEAM,
        StageKind.TEAM,
        StageKind.NUMBER,
        StageKind.VOICEMAIL,
    ]
    assert [stage.after for stage in stages] == [
        None,
        timedelta(),
        timedelta(seconds=20),
        timedelta(minutes=3),
        None,
    ]
    _, asked = way(PLAN, LineMoment.OPEN)
    assert [branch.choice.digit if branch.choice else "" for branch in asked.branches] == ["1", "2", "3", ""]
    assert [stage.kind for stage in asked.branches[2].stages] == [StageKind.NUMBER, StageKind.VOICEMAIL]


@pytest.mark.parametrize(
    ("plan", "flaw"),
    [
        (replace(PLAN, menu=replace(MENU, choices=MENU.choices[:1] * 2)), Flaw.KEY_TWICE),
        (replace(PLAN, menu=replace(MENU, prompt=Sound())), Flaw.MENU_WITHOUT_PROMPT),
        (replace(PLAN, menu=replace(MENU, choices=())), Flaw.MENU_WITHOUT_CHOICE),
        (
            replace(PLAN, menu=replace(MENU, choices=(MenuChoice("A", "", Treatment(Then.TEAM)),))),
            Flaw.NOT_A_KEY,
        ),
        (replace(PLAN, team=TeamPlan(())), Flaw.TEAM_WITHOUT_STEP),
        (replace(PLAN, team=TeamPlan(NURSES.steps[::-1])), Flaw.STEPS_OUT_OF_ORDER),
        (CallPlan(when={LineMoment.LUNCH: Treatment(Then.NUMBER)}), Flaw.NUMBER_MISSING),
        (CallPlan(when={LineMoment.LUNCH: Treatment(Then.SAY)}), Flaw.NOTHING_TO_SAY),
        (
            CallPlan(LineKind.EMERGENCY, when={LineMoment.CLOSED: Treatment(Then.SAY, HELLO)}),
            Flaw.EMERGENCY_TURNED_AWAY,
        ),
    ],
)
def test_what_is_wrong_is_found(plan: CallPlan, flaw: Flaw) -> None:
    assert not flaws(PLAN)
    assert flaw in flaws(plan)


treatments = st.builds(Treatment, st.sampled_from(Then), number=st.sampled_from(["", "+33199000009"]))
plans = st.builds(
    CallPlan,
    menu=st.none()
    | st.builds(
        Menu,
        st.just(PROMPT),
        st.lists(st.builds(MenuChoice, st.sampled_from("0123"), st.just(""), treatments), max_size=3).map(
            tuple
        ),
        otherwise=treatments,
    ),
    when=st.dictionaries(st.sampled_from(LineMoment), treatments, max_size=5),
    fallback_number=st.sampled_from(["", "+33612000000"]),
)


@given(plans, st.sampled_from(LineMoment), st.sampled_from(["", "0", "1", "7"]))
def test_every_caller_is_led_somewhere_complete(plan: CallPlan, moment: LineMoment, digit: str) -> None:
    first = treat(plan, moment)
    last = treat(plan, moment, digit) if first.then is Then.MENU else first
    assert last.then is not Then.MENU, "one key and he is on his way"
    assert last.then is not Then.TEAM or (last.team is not None and last.urgency is not None)
    assert last.then is not Then.NUMBER or last.number
    assert way(plan, moment), "and it can be drawn"


def test_a_line_without_voicemail_says_farewell_wherever_one_would_come() -> None:
    goodbye = Sound("Rappelez plus tard.")
    plan = CallPlan(greeting=HELLO, farewell=goodbye)
    assert overflow(plan) == Treatment(Then.SAY, goodbye)
    assert treat(plan, LineMoment.CLOSED) == Treatment(Then.SAY, goodbye)
    sent = replace(plan, when={LineMoment.LUNCH: Treatment(Then.NUMBER)})
    assert treat(sent, LineMoment.LUNCH) == Treatment(Then.SAY, goodbye)
    assert way(replace(plan, fallback_number="+33612000000"), LineMoment.OPEN)[-1].sound == goodbye
