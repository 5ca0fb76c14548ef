""" "Je finis à 17 h aujourd’hui": the desk knows, the agenda closes, and it can be taken back."""

from datetime import timedelta

import pytest

from decroche.companion.actions.finish_early import TooLateToFinish, finish_early
from decroche.companion.actions.take_back import take_back
from decroche.instructions.actions.end_instruction import end_instruction
from decroche.instructions.actions.restore_instruction import restore_instruction
from decroche.instructions.models import Instruction, InstructionKind
from decroche.instructions.queries import valid_now
from decroche.scheduling.models import Absence
from decroche.scheduling.queries import open_slots
from tests.factories import make_practice_person
from tests.scheduling.factories import NOW, make_agenda, make_appointment, make_rule, paris

pytestmark = [pytest.mark.django_db, pytest.mark.data, pytest.mark.usefixtures("everywhere")]


@pytest.fixture
def agenda():
    practice, (roussel,), visit_type = make_agenda()
    make_rule(practitioner=roussel, starts=paris(14).time(), ends=paris(19).time())
    return roussel, visit_type, make_practice_person(practice=practice)


def last_of_the_day(roussel, visit_type):
    slots = open_slots(
        practitioners=[roussel], visit_type=visit_type, start=NOW, now=NOW, limit=500, horizon_days=1
    )
    return max(slot.ends_at for slot in slots if slot.starts_at < paris(23))


def test_nothing_is_offered_after_that_hour_and_the_desk_reads_why(agenda):
    roussel, visit_type, doctor = agenda
    assert last_of_the_day(roussel, visit_type) == paris(19)
    finished = finish_early(practitioner=roussel, at=paris(17), now=NOW, by=doctor)
    assert last_of_the_day(roussel, visit_type) == paris(17)
    (told,) = valid_now(roussel.practice_id, NOW, None)
    assert (told.kind, told.body, told.practitioner_id) == (
        InstructionKind.END_OF_DAY,
        "Finit à 17\u202fh aujourd’hui\u202f: plus de rendez-vous après.",
        roussel.pk,
    )
    assert told.ends_at == finished.absence.ends_at == paris(0) + timedelta(days=1)


def test_appointments_already_taken_stay_and_are_counted(agenda):
    roussel, visit_type, doctor = agenda
    make_appointment(practitioner=roussel, visit_type=visit_type, starts_at=paris(16, 45))
    across = make_appointment(practitioner=roussel, visit_type=visit_type, starts_at=paris(17))
    after = make_appointment(practitioner=roussel, visit_type=visit_type, starts_at=paris(18))
    make_appointment(practitioner=roussel, visit_type=visit_type, starts_at=paris(18, 30), status="cancelled")
    finished = finish_early(practitioner=roussel, at=paris(17), now=NOW, by=doctor)
    assert [visit.id for visit in finished.standing] == [across.pk, after.pk]
    assert finished.instruction.body.endswith("2 rendez-vous déjà pris à déplacer.")
    assert {across.status, after.status} == {"booked"}


def test_the_last_word_of_the_day_counts(agenda):
    roussel, visit_type, doctor = agenda
    finish_early(practitioner=roussel, at=paris(16), now=NOW, by=doctor)
    finish_early(practitioner=roussel, at=paris(18), now=NOW + timedelta(minutes=1), by=doctor)
    assert last_of_the_day(roussel, visit_type) == paris(18)
    assert len(valid_now(roussel.practice_id, NOW + timedelta(minutes=1), None)) == 1


def test_a_colleague_s_evening_is_his_own(agenda):
    roussel, _visit_type, doctor = agenda
    _practice, (other,), _type = make_agenda()
    finish_early(practitioner=other, at=paris(16), now=NOW, by=doctor)
    finish_early(practitioner=roussel, at=paris(17), now=NOW, by=doctor)
    assert Absence.objects.count() == 2


def test_taken_back_the_agenda_opens_again(agenda):
    roussel, visit_type, doctor = agenda
    finished = finish_early(practitioner=roussel, at=paris(17), now=NOW, by=doctor)
    assert take_back(instruction=finished.instruction, by=doctor, now=NOW)
    assert not take_back(instruction=finished.instruction, by=doctor, now=NOW)
    assert last_of_the_day(roussel, visit_type) == paris(19)
    assert valid_now(roussel.practice_id, NOW, None) == []


def test_ended_at_the_desk_the_agenda_opens_too(agenda, deliver):
    roussel, visit_type, doctor = agenda
    finished = finish_early(practitioner=roussel, at=paris(17), now=NOW, by=doctor)
    end_instruction(instruction=finished.instruction, by=doctor, now=NOW)
    deliver()
    assert last_of_the_day(roussel, visit_type) == paris(19)


def test_ended_by_mistake_and_restored_before_the_job_ran_it_stays_closed(agenda, deliver):
    roussel, visit_type, doctor = agenda
    finished = finish_early(practitioner=roussel, at=paris(17), now=NOW, by=doctor)
    end_instruction(instruction=finished.instruction, by=doctor, now=NOW)
    restore_instruction(instruction=Instruction.objects.get(), by=doctor, now=NOW)
    deliver()
    assert last_of_the_day(roussel, visit_type) == paris(17)


@pytest.mark.parametrize(
    "at", [paris(6), paris(7), paris(17) + timedelta(days=1), paris(17) - timedelta(days=1)]
)
def test_a_past_hour_or_another_day_is_refused(agenda, at):
    roussel, _visit_type, doctor = agenda
    with pytest.raises(TooLateToFinish):
        finish_early(practitioner=roussel, at=at, now=NOW, by=doctor)
    assert not Instruction.objects.exists()
