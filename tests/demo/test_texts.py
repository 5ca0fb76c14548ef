"""The words read as if somebody wrote them: varied, complete, in French typography, never a diagnosis."""

import datetime as dt
import re
from collections import Counter

import pytest

from decroche.demo.catalogue import CABINETS
from decroche.demo.dice import dice_for
from decroche.demo.loading.words import instruction_body
from decroche.demo.texts import telephone
from decroche.demo.texts.callers import SCRIPTS
from decroche.demo.texts.instructions import ORDERS
from decroche.demo.texts.notes import NOTES
from decroche.demo.texts.protocols_b import PROTOCOLS
from decroche.demo.texts.reminders import ALLOWED_NOTES, ANSWERS, CALLBACKS, CANCELLATIONS, TASKS, VOICEMAILS
from decroche.demo.texts.routine import routine
from decroche.demo.texts.shapes import dated, working_day
from decroche.demo.typography import typeset
from decroche.instructions.models import InstructionKind, StepKind
from decroche.messaging.models import Category

TODAY = dt.date(2026, 11, 24)
PLACEHOLDER = re.compile(r"[{}<>_]|lorem|xxx|TODO|todo", re.IGNORECASE)
KEYS = [cabinet.key for cabinet in CABINETS]


def every_sentence() -> list[str]:
    bodies = [instruction_body(order, TODAY) for orders in ORDERS.values() for order in orders]
    steps = [
        typeset(step.text) for each in PROTOCOLS.values() for protocol in each for step in protocol.steps
    ]
    loose = [
        dated(text, TODAY)
        for text in (*CALLBACKS, *VOICEMAILS, *ANSWERS, *TASKS, *CANCELLATIONS, *ALLOWED_NOTES)
    ]
    notes = [
        dated(re.sub(r"\{(patient|born|phone)\}", "Mme MARTIN", note.body), TODAY)
        for each in NOTES.values()
        for note in each
    ]
    places = [
        typeset(words)
        for cabinet in CABINETS
        for place in cabinet.places
        for words in (
            place.landmark,
            place.door,
            place.floor,
            place.parking,
            place.transport,
            place.step_free,
            place.notes,
        )
    ]
    greetings = [typeset(line.greeting) for cabinet in CABINETS for line in cabinet.lines]
    said = (telephone.MENU, telephone.LUNCH, telephone.NIGHT, telephone.HOLIDAY, telephone.WAITING)
    said += (telephone.ANNOUNCEMENT, telephone.RECORDED_FOR, telephone.LISTENED_FOR, telephone.ABUSE)
    heard = [typeset(words) for words in (*said, *telephone.NOTES, *telephone.KEYS.values())]
    return bodies + steps + loose + notes + [words for words in places if words] + greetings + heard


def test_no_text_keeps_a_placeholder() -> None:
    assert [text for text in every_sentence() if PLACEHOLDER.search(text)] == []


def test_typography_is_french() -> None:
    wrong = re.compile(r"'| [;:!?»]|« |[^\u202f] h \d|\d h\b")
    assert [text for text in every_sentence() if wrong.search(text)] == []


def test_hardly_anything_is_said_twice() -> None:
    twice = {text: count for text, count in Counter(every_sentence()).items() if count > 1 and len(text) > 60}
    # Who, where, and staying on the line: the steps that every protocol shares.
    assert len(twice) <= 3


@pytest.mark.parametrize("key", KEYS)
def test_each_practice_has_its_own_words(key: str) -> None:
    assert len(ORDERS[key]) >= 7
    assert {order.kind for order in ORDERS[key]} <= set(InstructionKind.values)
    assert len({order.kind for order in ORDERS[key]}) >= 3
    assert any(order.since < 1 for order in ORDERS[key]), "nothing new since yesterday"
    assert len(NOTES[key]) >= 7
    assert {note.category for note in NOTES[key]} <= set(Category.values)


@pytest.mark.parametrize("key", KEYS)
def test_protocols_ask_facts_and_always_offer_15(key: str) -> None:
    assert any(protocol.doctor is None for protocol in PROTOCOLS[key])
    for protocol in PROTOCOLS[key]:
        first = next(step for step in protocol.steps if step.kind == "ask")
        assert "qui appelle" in first.text.lower()
        assert any(step.number == "15" for step in protocol.steps)
        for step in protocol.steps:
            assert step.kind in StepKind.values
            assert len(step.text) <= 300
            if step.kind == "ask":
                assert "?" in step.text
            assert not re.search(r"pas grave|rien de grave|sans doute bénin|rassur", step.text)


def test_a_dated_text_names_real_working_days() -> None:
    assert (
        dated("Fini à 16 h {+0}, revoir {-1}.", TODAY)
        == "Fini à 16\u202fh mardi 24 novembre, revoir lundi 23 novembre."
    )
    assert working_day(dt.date(2026, 11, 22), 0) == dt.date(2026, 11, 23)
    assert working_day(dt.date(2026, 11, 20), 1) == dt.date(2026, 11, 23)


def test_an_absence_begins_by_its_dates() -> None:
    order = next(order for order in ORDERS["tilleuls"] if order.kind == "absence")
    assert instruction_body(order, TODAY).startswith(
        "Du mercredi 9 décembre au mardi 15 décembre\u202f: je suis en formation"
    )


def test_everyday_messages_hardly_repeat() -> None:
    dice = dice_for("test")
    drawn = [routine(dice)[1] for _ in range(300)]
    assert len(set(drawn)) > 220


def test_callers_introduce_themselves() -> None:
    assert len(SCRIPTS) >= 8
    assert all(len(script) >= 3 for script in SCRIPTS)
