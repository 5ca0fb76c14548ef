"""“I stop at 17:00, fill my gaps”: one tap, and the agenda, the desk and the practitioner say the same."""

import pytest
from django.urls import reverse

from decroche.companion.actions.ask_wish import ask_wish
from decroche.companion.actions.finish_early import finish_early
from decroche.companion.actions.take_back import take_back
from decroche.companion.domain.asking import Until
from decroche.companion.domain.wording import wish_words
from decroche.instructions.actions.end_instruction import end_instruction
from decroche.instructions.actions.restore_instruction import restore_instruction
from decroche.instructions.models import Instruction
from decroche.instructions.queries import valid_now
from decroche.messaging.models import Message
from decroche.scheduling.actions.end_wish import end_wish
from decroche.scheduling.actions.force_appointment import force_appointment
from decroche.scheduling.actions.set_wish import set_wish
from decroche.scheduling.domain.asking import Asker, Reason, Why
from decroche.scheduling.models import Absence, Wish
from decroche.scheduling.queries import explain, open_slots
from tests.factories import make_practice_person, make_user
from tests.scheduling.factories import (
    NOW,
    TUESDAY,
    make_agenda,
    make_appointment,
    make_patient,
    make_rule,
    paris,
)

pytestmark = [pytest.mark.django_db, pytest.mark.data, pytest.mark.usefixtures("everywhere")]


@pytest.fixture
def agenda():
    practice, (roussel,), visit_type = make_agenda()
    make_rule(practitioner=roussel, starts=paris(14).time(), ends=paris(19).time())
    doctor = make_practice_person(practice=practice)
    roussel.user = doctor
    roussel.save()
    return roussel, visit_type, doctor


def in_force(roussel):
    return {wish.kind for wish in Wish.objects.filter(practitioner=roussel, ended_at__isnull=True)}


def told(roussel):
    return [view.body for view in valid_now(roussel.practice_id, NOW, None)]


def test_i_stop_at_17_and_fill_my_gaps(agenda):
    roussel, kind, doctor = agenda
    for hour, minute in ((9, 0), (9, 30), (11, 0)):
        make_appointment(practitioner=roussel, visit_type=kind, starts_at=paris(hour, minute))
    finish_early(practitioner=roussel, at=paris(17), now=NOW, by=doctor, fill_gaps=True)
    slots = open_slots(practitioners=[roussel], visit_type=kind, start=NOW, now=NOW, limit=40, horizon_days=1)
    assert slots[0].starts_at == paris(9, 15)
    assert Reason.FILLS_GAP in slots[0].reasons
    assert max(slot.ends_at for slot in slots if slot.starts_at.date() == TUESDAY) == paris(17)
    assert told(roussel) == [
        "Finit à 17\u202fh aujourd’hui\u202f: plus de rendez-vous après. D’ici là, combler d’abord les trous."
    ]


def test_taken_back_everything_is_as_before(agenda):
    roussel, _kind, doctor = agenda
    finished = finish_early(practitioner=roussel, at=paris(17), now=NOW, by=doctor, fill_gaps=True)
    take_back(instruction=finished.instruction, by=doctor, now=NOW)
    assert (in_force(roussel), told(roussel), Absence.objects.count()) == (set(), [], 0)


def test_ended_at_the_desk_and_restored_there_the_agenda_opens_and_closes_again(agenda, deliver):
    roussel, kind, doctor = agenda
    finished = finish_early(practitioner=roussel, at=paris(17), now=NOW, by=doctor)
    deliver()
    end_instruction(instruction=finished.instruction, by=doctor, now=NOW)
    deliver()
    assert explain(practitioner=roussel, visit_type=kind, starts_at=paris(18), now=NOW).is_free
    restore_instruction(instruction=finished.instruction, by=doctor, now=NOW)
    deliver()
    answer = explain(practitioner=roussel, visit_type=kind, starts_at=paris(18), now=NOW)
    assert answer.why in {Why.ABSENT, Why.AFTER_THE_END}
    assert Absence.objects.get().starts_at == paris(17)


def test_no_new_patients_this_week_is_said_and_done(agenda):
    roussel, kind, doctor = agenda
    ask_wish(practitioner=roussel, kind=Wish.Kind.NO_NEW_PATIENTS, until=Until.WEEK, by=doctor, now=NOW)
    new = Asker(is_new_patient=True)
    refused = explain(practitioner=roussel, visit_type=kind, starts_at=paris(9), now=NOW, asker=new)
    assert refused.why == Why.NO_NEW_PATIENTS
    assert told(roussel) == ["Pas de nouveaux patients. (jusqu’au 29/11)"]


def test_a_wish_set_in_the_agenda_is_told_to_the_desk_once_and_ends_there_too(agenda, deliver):
    roussel, _kind, doctor = agenda
    wish = set_wish(
        practitioner=roussel,
        kind=Wish.Kind.EMERGENCY_SLOTS,
        count=2,
        valid_from=TUESDAY,
        valid_until=TUESDAY,
        by=doctor,
        now=NOW,
    )
    deliver()
    deliver()
    assert told(roussel) == ["Garder 2 créneaux d’urgence par demi-journée. (aujourd’hui)"]
    end_wish(wish_id=wish.pk, by=doctor, now=NOW)
    deliver()
    assert told(roussel) == []
    assert Instruction.objects.count() == 1


def test_every_kind_of_wish_has_words_for_the_desk():
    for kind in Wish.Kind.values:
        assert wish_words(kind, at=paris(17, 30).time(), count=2, pause_minutes=10)


def test_one_tap_on_the_telephone(agenda, client, monkeypatch):
    roussel, _kind, doctor = agenda
    monkeypatch.setattr("decroche.companion.web.asking.now", lambda: NOW)
    client.force_login(doctor)
    address = reverse("companion:wish", args=[roussel.practice_id])
    done = client.post(address, {"wish": "fill_gaps"}, headers={"HX-Request": "true"})
    assert done.status_code == 200
    assert in_force(roussel) == {"fill_gaps"}
    unknown = client.post(address, {"wish": "unicorns"}, headers={"HX-Request": "true"})
    assert unknown.status_code == 422


def test_a_forced_appointment_is_told_to_the_practitioner_once(agenda, deliver):
    roussel, kind, _doctor = agenda
    secretary, patient = make_user(), make_patient(practice=roussel.practice)
    force_appointment(
        practitioner=roussel,
        site=roussel.practice.sites.get(),
        visit_type=kind,
        patient=patient,
        starts_at=paris(20),
        reason="Douleur, vu avec le praticien",
        by=secretary,
        now=NOW,
    )
    deliver()
    message = Message.objects.get()
    assert (message.practitioner, message.patient, message.author) == (roussel, patient, secretary)
    assert message.body == (
        "Rendez-vous forcé mar. 24 nov. à 20\u202fh (1 sur 3 ce jour-là). Raison\u202f: Douleur, vu avec le praticien"
    )
