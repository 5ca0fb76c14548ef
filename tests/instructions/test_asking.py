"""What a practice asks: valid from–to, new until read, replaced, ended, told again."""

from datetime import UTC, datetime, timedelta

import pytest

from decroche.instructions.actions.acknowledge import acknowledge
from decroche.instructions.actions.add_instruction import (
    EmptyInstruction,
    InstructionAlreadyChanged,
    InstructionNeverHolds,
    add_instruction,
)
from decroche.instructions.actions.end_instruction import end_instruction
from decroche.instructions.actions.restore_instruction import InstructionWasReplaced, restore_instruction
from decroche.instructions.actions.write_protocol import ProtocolWithoutSteps, Step, write_protocol
from decroche.instructions.queries import board, protocols, unread, valid_now
from decroche.kernel.phone import NotAPhoneNumber
from tests.factories import make_practice, make_practitioner, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.data, pytest.mark.usefixtures("everywhere")]
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def practice():
    return make_practice()


@pytest.fixture
def doctor():
    return make_user()


@pytest.fixture
def secretary():
    return make_user()


def ask(practice, doctor, body="Fini à 17 h", now=NOW, **fields):
    return add_instruction(practice=practice, body=body, by=doctor, now=now, **fields)


def test_it_holds_from_its_start_to_just_before_its_end(practice, doctor, secretary):
    ask(practice, doctor, starts_at=NOW + HOUR, ends_at=NOW + 2 * HOUR)
    moments = [NOW, NOW + HOUR, NOW + 2 * HOUR - timedelta(microseconds=1), NOW + 2 * HOUR]
    assert [len(valid_now(practice.pk, moment, secretary)) for moment in moments] == [0, 1, 1, 0]


def test_it_is_new_to_a_reader_until_she_takes_note_and_never_to_its_author(practice, doctor, secretary):
    ask(practice, doctor)
    assert [view.is_new for view in valid_now(practice.pk, NOW, secretary)] == [True]
    assert [view.is_new for view in valid_now(practice.pk, NOW, doctor)] == [False]
    assert acknowledge(practice_id=practice.pk, reader=secretary, now=NOW) == 1
    assert [view.is_new for view in valid_now(practice.pk, NOW, secretary)] == [False]
    assert acknowledge(practice_id=practice.pk, reader=secretary, now=NOW) == 0


def test_the_newest_unread_comes_first(practice, doctor, secretary):
    old = ask(practice, doctor, "ancienne", now=NOW - HOUR)
    read = ask(practice, doctor, "lue", now=NOW - HOUR / 2)
    new = ask(practice, doctor, "nouvelle")
    acknowledge(practice_id=practice.pk, reader=secretary, now=NOW, instruction_ids=[read.pk])
    assert [view.id for view in valid_now(practice.pk, NOW, secretary)] == [new.pk, old.pk, read.pk]


def test_what_arrived_after_the_screen_was_drawn_stays_new(practice, doctor, secretary):
    seen = ask(practice, doctor)
    ask(practice, doctor, "arrivée entre-temps")
    acknowledge(practice_id=practice.pk, reader=secretary, now=NOW, instruction_ids=[seen.pk])
    assert [view.body for view in unread([practice.pk], NOW, secretary)] == ["arrivée entre-temps"]


def test_a_new_wording_replaces_the_old_one_and_shows_what_changed(practice, doctor, secretary):
    old = ask(practice, doctor, "Fini à 17 h")
    acknowledge(practice_id=practice.pk, reader=secretary, now=NOW)
    ask(practice, doctor, "Fini à 16 h", replaces=old, now=NOW + HOUR)
    (view,) = board(practice.pk, NOW + HOUR, secretary).valid
    assert (view.body, view.replaced_body, view.is_new) == ("Fini à 16 h", "Fini à 17 h", True)
    with pytest.raises(InstructionAlreadyChanged):
        ask(practice, doctor, "Fini à 15 h", replaces=old, now=NOW + HOUR)


def test_an_early_ending_is_told_once_to_who_had_read_it(practice, doctor, secretary):
    instruction = ask(practice, doctor)
    acknowledge(practice_id=practice.pk, reader=secretary, now=NOW)
    assert end_instruction(instruction=instruction, by=doctor, now=NOW + HOUR)
    assert not end_instruction(instruction=instruction, by=doctor, now=NOW + HOUR)
    assert [view.id for view in board(practice.pk, NOW + HOUR, secretary).ended] == [instruction.pk]
    acknowledge(practice_id=practice.pk, reader=secretary, now=NOW + HOUR)
    assert board(practice.pk, NOW + 2 * HOUR, secretary).changes == 0


def test_an_ending_by_mistake_is_taken_back_unless_replaced(practice, doctor, secretary):
    instruction = ask(practice, doctor)
    end_instruction(instruction=instruction, by=doctor, now=NOW)
    restore_instruction(instruction=instruction, by=doctor, now=NOW)
    assert len(valid_now(practice.pk, NOW, secretary)) == 1
    ask(practice, doctor, "autre", replaces=instruction)
    with pytest.raises(InstructionWasReplaced):
        restore_instruction(instruction=instruction, by=doctor, now=NOW)


def test_what_never_holds_or_says_nothing_is_refused(practice, doctor):
    with pytest.raises(InstructionNeverHolds):
        ask(practice, doctor, ends_at=NOW)
    with pytest.raises(InstructionNeverHolds):
        ask(practice, doctor, starts_at=NOW + HOUR, ends_at=NOW + HOUR)
    with pytest.raises(EmptyInstruction):
        ask(practice, doctor, "  \n ")


def test_another_practice_sees_none_of_it(practice, doctor, secretary):
    ask(practice, doctor)
    other = make_practice()
    assert board(other.pk, NOW, secretary).changes == 0
    assert unread([other.pk], NOW, secretary) == []


def test_one_instruction_or_three_cost_the_same_queries(
    practice, doctor, secretary, django_assert_num_queries
):
    practitioner = make_practitioner(practice=practice)
    for count in (1, 2):
        for _ in range(count):
            ask(practice, doctor, practitioner=practitioner)
        with django_assert_num_queries(3):
            board(practice.pk, NOW, secretary)


def test_a_protocol_is_rewritten_whole_and_read_in_order(practice, doctor):
    practitioner = make_practitioner(practice=practice)
    for texts in (["Quel âge ?"], ["Où êtes-vous ?", "Respire-t-il ?"]):
        write_protocol(
            practice=practice, practitioner=practitioner, title="Douleur", by=doctor, now=NOW,
            steps=[Step(text) for text in texts] + [Step("Passer le 15", kind="do", number="15"), Step("  ")],
        )  # fmt: skip
    write_protocol(
        practice=practice, practitioner=None, title="Cabinet", by=doctor, now=NOW, steps=[Step("Nom ?")]
    )
    of_practitioner = protocols(practice.pk)[0]
    assert [step.text for step in of_practitioner.steps.all()] == [
        "Où êtes-vous ?",
        "Respire-t-il ?",
        "Passer le 15",
    ]
    assert len(protocols(practice.pk)) == 2


def test_a_protocol_says_something_and_dials_real_numbers(practice, doctor):
    with pytest.raises(ProtocolWithoutSteps):
        write_protocol(practice=practice, practitioner=None, title="x", by=doctor, now=NOW, steps=[Step(" ")])
    with pytest.raises(NotAPhoneNumber):
        write_protocol(
            practice=practice,
            practitioner=None,
            title="x",
            by=doctor,
            now=NOW,
            steps=[Step("Appeler", number="abc")],
        )
