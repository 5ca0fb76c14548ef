"""The practice's screen: what it shows, what one tap does, who sees what."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from decroche.accounts.models import AccessLogEntry
from decroche.accounts.permissions import Role
from decroche.instructions.models import Instruction, InstructionKind
from decroche.instructions.queries import valid_now
from decroche.messaging.actions.send_message import send_message
from decroche.messaging.models import FollowUp, Message
from decroche.patients.models import PatientPhone
from decroche.scheduling.models import Absence, Appointment
from tests.factories import make_practice_person, make_secretary, make_user
from tests.scheduling.factories import make_agenda, make_appointment, make_patient, paris

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
NOON = datetime(2026, 11, 24, 11, 2, tzinfo=UTC)  # 12:02 in Paris
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    for door in ("screen", "visits", "inbox", "asking"):
        monkeypatch.setattr(f"decroche.companion.web.{door}.now", lambda: NOON)
    return NOON


@pytest.fixture
def place(client):
    """A practice of two, the first of whom is signed in."""
    practice, (roussel, colleague), visit_type = make_agenda(practitioners=2, name="Cabinet des Lilas")
    doctor = make_practice_person(practice=practice)
    roussel.user = doctor
    roussel.save()
    client.force_login(doctor)
    return practice, roussel, colleague, visit_type


@pytest.fixture
def staff(client, place):
    person = make_practice_person(practice=place[0], role=Role.STAFF)
    client.force_login(person)
    return person


def book(practitioner, visit_type, hour, minute=0, name="Durand", number="+33639980001", **fields):
    patient = make_patient(practice=practitioner.practice, birth_name=name, first_names="Marie")
    PatientPhone.objects.create(patient=patient, number=number)
    return make_appointment(
        practitioner=practitioner,
        visit_type=visit_type,
        starts_at=paris(hour, minute),
        patient=patient,
        **fields,
    )


def tell(practice, practitioner, **fields):
    known = {
        "body": "Rappeler le laboratoire",
        "author": make_user(last_name="Diallo"),
        "now": NOON - timedelta(hours=1),
    }
    return send_message(**{"practice": practice, "practitioner": practitioner} | known | fields)


def toast_of(response):
    return json.loads(response.headers["HX-Trigger"])["toast"]


def test_one_look_says_who_is_next_and_how_to_call_them(client, place):
    _practice, roussel, colleague, visit_type = place
    book(roussel, visit_type, 9, name="Petit")
    book(roussel, visit_type, 14, 30, name="Nguyen", number="+33639981234")
    book(roussel, visit_type, 15, name="Girard")
    book(colleague, visit_type, 14, name="Confrère")
    page = client.get("/companion/").content.decode()
    upcoming = page.partition('class="next-one"')[2].partition("</div>")[0]
    assert "NGUYEN Marie" in upcoming
    assert 'href="tel:+33639981234"' in upcoming
    assert page.index("PETIT") < page.index('id="visit-', page.index("PETIT")), (
        "the list keeps the order of the day"
    )
    assert "CONFRÈRE" not in page, "a practitioner sees their own day"


def test_reading_the_day_is_written_down(client, place):
    practice, roussel, _colleague, visit_type = place
    visit = book(roussel, visit_type, 14)
    client.get(reverse("companion:day", args=[practice.pk]))
    entry = AccessLogEntry.objects.filter(kind="patient", practice_id=practice.pk).get()
    assert entry.object_ids == [str(visit.patient_id)]
    assert entry.view_name == "companion:day"


def test_without_a_practice_there_is_no_such_screen(client, place):
    for user in (make_user(), make_secretary(practices=(place[0],))):
        client.force_login(user)
        assert client.get("/companion/").status_code == 404


def test_another_practice_s_screen_does_not_exist(client, place):
    other, (stranger,), visit_type = make_agenda()
    visit = book(stranger, visit_type, 14)
    message = tell(other, stranger)
    asked = Instruction.objects.create(
        practice=other, body="x", starts_at=NOON, created_at=NOON, created_by=make_user()
    )
    for url in (
        reverse("companion:day", args=[other.pk]),
        reverse("companion:asked_panel", args=[other.pk]),
    ):
        assert client.get(url).status_code == 404
    for url in (
        reverse("companion:say", args=[visit.pk]),
        reverse("companion:done", args=[message.pk]),
        reverse("companion:end", args=[asked.pk]),
        reverse("companion:finish", args=[other.pk]),
        reverse("companion:ask", args=[other.pk]),
    ):
        assert (
            client.post(url, {"status": "arrived", "ready": "message_only", "at": "17:00"}).status_code == 404
        )
    assert Instruction.objects.count() == 1


class TestStaff:
    def test_they_see_everybody_s_day(self, client, place, staff):
        _practice, roussel, colleague, visit_type = place
        book(roussel, visit_type, 14, name="Nguyen")
        book(colleague, visit_type, 15, name="Girard")
        page = client.get("/companion/").content.decode()
        assert "NGUYEN" in page
        assert "GIRARD" in page
        assert roussel.display_name in page

    def test_one_tap_notes_an_arrival_and_another_undoes_it(self, client, place, staff):
        _practice, roussel, _colleague, visit_type = place
        visit = book(roussel, visit_type, 14)
        answer = client.post(
            reverse("companion:say", args=[visit.pk]), {"status": "arrived", "version": 1}, headers=HTMX
        )
        visit.refresh_from_db()
        assert (visit.status, visit.arrived_at) == ("arrived", NOON)
        assert toast_of(answer)["text"] == "DURAND Marie\u202f: arrivé."
        client.post(toast_of(answer)["undo"], headers=HTMX)
        visit.refresh_from_db()
        assert visit.status == "booked"

    def test_a_stale_screen_is_told_and_nothing_is_overwritten(self, client, place, staff):
        _practice, roussel, _colleague, visit_type = place
        visit = book(roussel, visit_type, 14, version=3)
        answer = client.post(
            reverse("companion:say", args=[visit.pk]), {"status": "done", "version": 2}, headers=HTMX
        )
        assert answer.status_code == 409
        assert "vient de changer" in toast_of(answer)["text"]
        assert Appointment.objects.get().status == "booked"

    @pytest.mark.parametrize("status", ["cancelled", "held", "", "☃"])
    def test_only_the_states_of_the_day_can_be_said(self, client, place, staff, status):
        _practice, roussel, _colleague, visit_type = place
        visit = book(roussel, visit_type, 14)
        url = reverse("companion:say", args=[visit.pk])
        assert client.post(url, {"status": status}, headers=HTMX).status_code == 422
        assert Appointment.objects.get().status == "booked"

    def test_they_speak_for_a_practitioner_or_for_all(self, client, place, staff):
        practice, roussel, _colleague, _type = place
        client.post(
            reverse("companion:ask", args=[practice.pk]),
            {"ready": "emergencies_only", "practitioner": roussel.pk},
        )
        client.post(
            reverse("companion:ask", args=[practice.pk]), {"body": "Travaux dans la rue", "until": "week"}
        )
        said = {view.body: view.practitioner_id for view in valid_now(practice.pk, NOON, None)}
        assert said["Travaux dans la rue"] is None
        assert roussel.pk in said.values()

    def test_an_hour_without_a_practitioner_is_asked_again(self, client, place, staff):
        practice, _roussel, _colleague, _type = place
        answer = client.post(reverse("companion:finish", args=[practice.pk]), {"at": "17:00"}, headers=HTMX)
        assert answer.status_code == 422
        assert not Absence.objects.exists()


class TestMessages:
    def test_urgent_first_read_then_done_then_taken_back(self, client, place):
        practice, roussel, _colleague, _type = place
        tell(practice, roussel, body="Ordonnance à renouveler", now=NOON - timedelta(hours=3))
        urgent = tell(practice, roussel, body="INR à 5,2", is_urgent=True)
        page = client.get(reverse("companion:messages", args=[practice.pk])).content.decode()
        inbox = page.partition('class="list-calm inbox"')[2]
        assert inbox.index("INR") < inbox.index("Ordonnance")
        assert "1 message urgent" in page
        client.post(reverse("companion:read", args=[urgent.pk]), headers=HTMX)
        answer = client.post(reverse("companion:done", args=[urgent.pk]), headers=HTMX)
        urgent.refresh_from_db()
        assert urgent.read_at == urgent.done_at == NOON
        assert "INR" not in answer.content.decode()
        client.post(toast_of(answer)["undo"], headers=HTMX)
        urgent.refresh_from_db()
        assert urgent.done_at is None

    def test_an_answer_goes_back_through_the_desk(self, client, place):
        practice, roussel, _colleague, _type = place
        message = tell(practice, roussel)
        answer = client.post(
            reverse("companion:done", args=[message.pk]), {"answer": "Je rappelle à 13 h"}, headers=HTMX
        )
        assert "transmettra" in toast_of(answer)["text"]
        assert FollowUp.objects.get().body == "Je rappelle à 13 h"

    def test_a_colleague_s_messages_are_his(self, client, place):
        practice, _roussel, colleague, _type = place
        tell(practice, colleague, body="Pour le confrère")
        tell(practice, None, body="Pour tous")
        page = client.get("/companion/").content.decode()
        assert "Pour tous" in page
        assert "Pour le confrère" not in page


class TestAsking:
    def test_i_finish_at_five_reaches_the_desk_at_once(self, client, place):
        practice, roussel, _colleague, visit_type = place
        book(roussel, visit_type, 18)
        answer = client.post(reverse("companion:finish", args=[practice.pk]), {"at": "17:00"}, headers=HTMX)
        assert toast_of(answer)["text"] == (
            "Le secrétariat sait que vous finissez à 17\u202fh. 1 rendez-vous est encore après\u202f: il s’en occupe."
        )
        assert "Finit à 17\u202fh aujourd’hui" in answer.content.decode()
        assert Absence.objects.get().starts_at == paris(17)
        assert "à déplacer" in client.get(reverse("companion:day_panel", args=[practice.pk])).content.decode()
        client.post(toast_of(answer)["undo"], headers=HTMX)
        assert not Absence.objects.exists()
        assert valid_now(practice.pk, NOON, None) == []

    @pytest.mark.parametrize("at", ["", "25:00", "mardi", "11:00"])
    def test_an_odd_hour_is_said_kindly(self, client, place, at):
        practice, _roussel, _colleague, _type = place
        answer = client.post(reverse("companion:finish", args=[practice.pk]), {"at": at}, headers=HTMX)
        assert answer.status_code == 422
        assert not Instruction.objects.exists()

    @pytest.mark.parametrize(
        ("ready", "kind", "end"),
        [
            ("emergencies_only", InstructionKind.EMERGENCY, paris(0) + timedelta(days=1)),
            ("message_only", InstructionKind.MESSAGE_ONLY, paris(0) + timedelta(days=1)),
        ],
    )
    def test_one_tap_asks(self, client, place, ready, kind, end):
        practice, roussel, _colleague, _type = place
        client.post(reverse("companion:ask", args=[practice.pk]), {"ready": ready}, headers=HTMX)
        asked = Instruction.objects.get()
        assert (asked.kind, asked.ends_at, asked.practitioner) == (kind, end, roussel)

    def test_in_her_own_words_until_further_notice_then_ended_then_restored(self, client, place):
        practice, _roussel, _colleague, _type = place
        words = {"body": "Ma fille est malade, me joindre par SMS", "until": "open"}
        client.post(reverse("companion:ask", args=[practice.pk]), words, headers=HTMX)
        asked = Instruction.objects.get()
        assert asked.ends_at is None
        answer = client.post(reverse("companion:end", args=[asked.pk]), headers=HTMX)
        assert valid_now(practice.pk, NOON, None) == []
        client.post(toast_of(answer)["undo"], headers=HTMX)
        assert len(valid_now(practice.pk, NOON, None)) == 1

    def test_nothing_is_not_asked(self, client, place):
        practice, _roussel, _colleague, _type = place
        assert (
            client.post(
                reverse("companion:ask", args=[practice.pk]), {"body": "  "}, headers=HTMX
            ).status_code
            == 422
        )


def test_it_works_without_javascript(client, place):
    practice, roussel, _colleague, _type = place
    message = tell(practice, roussel, idempotency_key=uuid4())
    answer = client.post(reverse("companion:done", args=[message.pk]), follow=True)
    assert answer.redirect_chain == [(reverse("companion:messages", args=[practice.pk]), 303)]
    assert "Traité." in answer.content.decode()
    assert Message.objects.get().done_at is not None


def test_other_days_are_a_tap_away_and_odd_ones_are_today(client, place):
    practice, roussel, _colleague, visit_type = place
    make_appointment(practitioner=roussel, visit_type=visit_type, starts_at=paris(9) + timedelta(days=1))
    url = reverse("companion:day", args=[practice.pk])
    assert "MARTIN" in client.get(url, {"day": "2026-11-25"}).content.decode()
    for odd in ("hier", "9999-12-31", "2026-02-30", ""):
        assert "Aucun rendez-vous" in client.get(url, {"day": odd}).content.decode()


def test_an_empty_today_points_to_the_next_day_with_appointments(client, place):
    practice, roussel, colleague, visit_type = place
    thursday = NOON.date() + timedelta(days=2)
    for day, hour, who in ((thursday, 9, roussel), (thursday, 10, roussel), (thursday, 8, colleague)):
        make_appointment(practitioner=who, visit_type=visit_type, starts_at=paris(hour, 30, day=day))
    make_appointment(
        practitioner=roussel,
        visit_type=visit_type,
        starts_at=paris(9) + timedelta(days=1),
        status="cancelled",
    )
    page = client.get(reverse("companion:day", args=[practice.pk])).content.decode()
    assert f'href="{reverse("companion:day", args=[practice.pk])}?day=2026-11-26"' in page
    said = "Prochain jour\u202f: jeudi 26 novembre, 2 rendez-vous, le premier à 9\u202fh\u202f30"
    assert said in page


def test_nothing_is_announced_from_another_day_nor_beyond_a_fortnight(client, place):
    practice, roussel, _colleague, visit_type = place
    make_appointment(practitioner=roussel, visit_type=visit_type, starts_at=paris(9) + timedelta(days=15))
    url = reverse("companion:day", args=[practice.pk])
    assert "Prochain jour" not in client.get(url).content.decode()
    make_appointment(practitioner=roussel, visit_type=visit_type, starts_at=paris(9) + timedelta(days=14))
    assert "un rendez-vous, à 9\u202fh" in client.get(url).content.decode()
    assert "Prochain jour" not in client.get(url, {"day": "2026-11-25"}).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_screen_costs_the_same_whatever_its_length(client, place, rows, django_assert_num_queries):
    practice, roussel, _colleague, visit_type = place
    for row in range(rows):
        book(roussel, visit_type, 14 + row, name=f"Petit{row}")
        tell(practice, roussel)
        client.post(reverse("companion:ask", args=[practice.pk]), {"body": f"consigne {row}"})
    with django_assert_num_queries(13):
        client.get(reverse("companion:day", args=[practice.pk]))
