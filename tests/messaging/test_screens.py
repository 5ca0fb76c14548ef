"""Messages and follow-ups on screen."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from decroche.foundation.clock import now
from decroche.messaging.actions.claim_follow_up import claim_follow_up
from decroche.messaging.actions.open_follow_up import open_follow_up
from decroche.messaging.actions.send_message import send_message
from decroche.messaging.models import FollowUp, FollowUpKind, Message, MessageDraft
from decroche.notifications.models import OutgoingNotice
from tests.factories import make_practice, make_practice_person, make_practitioner, make_secretary
from tests.patients.factories import make_patient

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def practice(everywhere):
    return make_practice()


@pytest.fixture
def secretary(practice):
    return make_secretary(practices=(practice,), last_name="Diallo")


@pytest.fixture
def desk(client, secretary):
    client.force_login(secretary)
    return client


def sent(desk, practice, **fields):
    data = {"body": "Rappeler demain", "practitioner": "all", "category": "callback"} | fields
    return desk.post(reverse("messages:send", args=[practice.pk]), data, **HTMX)


class TestWriting:
    def test_the_form_already_knows_the_patient_and_their_number(self, desk, practice):
        patient = make_patient(practice=practice, phones=("+33639981234",))
        page = desk.get(
            reverse("messages:compose", args=[practice.pk]), {"patient_id": patient.pk}, **HTMX
        ).content.decode()
        assert "MOREL Jeanne" in page
        assert 'value="06 39 98 12 34"' in page

    def test_a_single_practitioner_is_chosen_already(self, desk, practice):
        practitioner = make_practitioner(practice=practice)
        page = desk.get(reverse("messages:compose", args=[practice.pk]), **HTMX).content.decode()
        assert f'<option value="{practitioner.pk}" selected>' in page

    def test_it_is_sent_once_however_often_the_key_is_pressed(self, desk, practice, secretary):
        practitioner, patient, call, key = (
            make_practitioner(practice=practice),
            make_patient(practice=practice),
            uuid4(),
            uuid4(),
        )
        for _ in range(2):
            answer = sent(
                desk,
                practice,
                practitioner=practitioner.pk,
                patient_id=patient.pk,
                call_id=call,
                idempotency_key=key,
            )
        message = Message.objects.get()
        assert (message.practitioner, message.patient, message.call_id, message.author) == (
            practitioner,
            patient,
            call,
            secretary,
        )
        assert practitioner.display_name in json.loads(answer["HX-Trigger"])["toast"]["text"]

    def test_what_is_typed_survives_the_tab_and_the_next_call_starts_clean(self, desk, practice):
        first, second = uuid4(), uuid4()
        kept = desk.post(reverse("messages:draft", args=[practice.pk]), {"body": "Il dem", "call_id": first})
        assert kept.status_code == 204
        url = reverse("messages:compose", args=[practice.pk])
        assert ">\nIl dem</textarea>" in desk.get(url, {"call_id": first}, **HTMX).content.decode()
        other = desk.get(url, {"call_id": second}, **HTMX).content.decode()
        assert ">\nIl dem</textarea>" not in other
        assert "Brouillon non envoyé" in other
        assert (
            ">\nIl dem</textarea>"
            in desk.get(url, {"call_id": second, "resume": first}, **HTMX).content.decode()
        )
        sent(desk, practice, call_id=first)
        assert not MessageDraft.objects.exists()

    def test_another_panel_may_fill_it_in_a_dialog(self, desk, practice):
        data = {
            "body": "Quel âge ? 54 ans",
            "is_urgent": "on",
            "caller_number": "06 39 98 12 34",
            "prefill": "1",
        }
        page = desk.post(reverse("messages:compose", args=[practice.pk]), data, **HTMX).content.decode()
        assert "<dialog" in page
        assert "Quel âge ? 54 ans" in page
        assert "checked" in page

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [({"body": " "}, "Écrivez ce que"), ({"body": "x" * 10_000}, "Raccourcissez-le"),
         ({"caller_name": "<b>" * 9_000}, "Ce nom dépasse 120"), ({"caller_number": "anonyme"}, "n’est pas complet"),
         ({"caller_number": "9" * 10_000}, "trop long"), ({"practitioner": "999999"}, "Sélectionnez"), ({"category": "x"}, "Sélectionnez")],
    )  # fmt: skip
    def test_a_wrong_entry_gets_a_sentence_and_the_rest_stays(self, desk, practice, fields, sentence):
        answer = sent(desk, practice, **{"caller_name": "Mme Morel"} | fields)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert "caller_name" in fields or 'value="Mme Morel"' in answer.content.decode()
        assert not Message.objects.exists()

    def test_absurd_ids_are_nobody_and_no_call(self, desk, practice):
        foreign = make_patient(practice=make_practice())
        for patient_id, call_id in ((foreign.pk, "x"), ("9" * 40, ""), ("²", "'"), ("-1", "\x00")):
            assert sent(desk, practice, patient_id=patient_id, call_id=call_id).status_code == 200
        assert set(Message.objects.values_list("patient", "call_id")) == {(None, None)}


class TestReading:
    @pytest.fixture
    def doctor(self, practice):
        person = make_practice_person(practice=practice)
        make_practitioner(practice=practice, user=person)
        return person

    @pytest.fixture
    def phone(self, client, doctor):
        client.force_login(doctor)
        return client

    def message(self, practice, secretary, **fields):
        return send_message(
            **{"practice": practice, "author": secretary, "body": "Bonjour", "now": now()} | fields
        )

    def test_a_practitioner_reads_and_deals_with_what_waits(self, phone, practice, secretary, doctor):
        message = self.message(practice, secretary, is_urgent=True)
        assert "Non lu" in phone.get(reverse("messages:mine")).content.decode()
        assert "Lu" in phone.post(reverse("messages:read", args=[message.pk]), **HTMX).content.decode()
        answer = phone.post(reverse("messages:done", args=[message.pk]), {"answer": "C’est prêt"}, **HTMX)
        message.refresh_from_db()
        assert (message.done_by, message.answer) == (doctor, "C’est prêt")
        phone.post(json.loads(answer["HX-Trigger"])["toast"]["undo"], HTTP_HX_TARGET="body", **HTMX)
        message.refresh_from_db()
        assert message.done_at is None

    def test_an_urgent_one_is_overdue_after_half_an_hour(self, phone, practice, secretary):
        self.message(practice, secretary, is_urgent=True, now=now() - timedelta(minutes=31))
        assert "En retard" in phone.get(reverse("messages:mine")).content.decode()

    def test_the_desk_sees_what_became_of_it_and_may_not_deal_with_it(self, desk, practice, secretary):
        message = self.message(practice, secretary)
        assert "Bonjour" in desk.get(reverse("messages:mine")).content.decode()
        assert desk.post(reverse("messages:done", args=[message.pk])).status_code == 404

    def test_one_message_or_three_cost_the_same_queries(
        self, phone, practice, secretary, django_assert_num_queries
    ):
        phone.get(reverse("messages:mine"), **HTMX)  # who comes is known
        counts = []
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        for extra in (1, 2):
            for _ in range(extra):
                self.message(practice, secretary, patient=make_patient(practice=practice))
            with CaptureQueriesContext(connection) as captured:
                phone.get(reverse("messages:mine"), **HTMX)
            counts.append(len(captured))
        assert counts[0] == counts[1]

    def test_the_patients_card_shows_messages_about_them(self, desk, practice, secretary):
        patient = make_patient(practice=practice)
        self.message(practice, secretary, patient=patient, body="Au sujet de Jeanne <i>")
        page = desk.get(reverse("messages:of_patient", args=[patient.pk])).content.decode()
        assert "Au sujet de Jeanne &lt;i&gt;" in page
        foreign = make_patient(practice=make_practice())
        assert desk.get(reverse("messages:of_patient", args=[foreign.pk])).status_code == 404


class TestFollowingUp:
    def test_taken_then_closed(self, desk, practice):
        follow_up = open_follow_up(practice=practice, caller_number="+33639981234", now=now())
        page = desk.get(reverse("messages:follow_ups"), **HTMX).content.decode()
        assert "06 39 98 12 34" in page
        assert "Joint" in desk.post(reverse("messages:claim", args=[follow_up.pk]), **HTMX).content.decode()
        data = {"result": "left_message", "note": "Répondeur"}
        assert (
            "Tout le monde a été rappelé"
            in desk.post(reverse("messages:close", args=[follow_up.pk]), data, **HTMX).content.decode()
        )
        assert "Répondeur" in desk.get(reverse("messages:follow_ups_done")).content.decode()

    def test_a_colleague_was_quicker(self, desk, practice):
        follow_up = open_follow_up(practice=practice, now=now())
        claim_follow_up(
            follow_up=follow_up, by=make_secretary(practices=(practice,), last_name="Petit"), now=now()
        )
        for name, data in (("claim", {}), ("close", {"result": "reached"})):
            page = desk.post(reverse(f"messages:{name}", args=[follow_up.pk]), data, **HTMX).content.decode()
            assert "Mme Petit" in page
        assert FollowUp.objects.get().done_at is None

    def test_nobody_answered_or_nothing_was_said(self, desk, practice):
        follow_up = open_follow_up(practice=practice, now=now())
        close = reverse("messages:close", args=[follow_up.pk])
        assert "Dites ce qu" in desk.post(close, {"result": "???"}, **HTMX).content.decode()
        desk.post(close, {"result": "again"}, **HTMX)
        assert FollowUp.objects.get().tries == 1

    def test_one_or_three_cost_the_same_queries(self, desk, practice):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        desk.get(reverse("messages:follow_ups"), **HTMX)  # who comes is known
        counts = []
        for extra in (1, 2):
            for _ in range(extra):
                open_follow_up(practice=practice, patient=make_patient(practice=practice), now=now())
            with CaptureQueriesContext(connection) as captured:
                desk.get(reverse("messages:follow_ups"), **HTMX)
            counts.append(len(captured))
        assert counts[0] == counts[1]


class TestListening:
    @pytest.fixture
    def voicemail(self, practice, settings, tmp_path):
        settings.DATA_DIR = tmp_path
        (tmp_path / "voicemail").mkdir()
        (tmp_path / "voicemail" / "a.wav").write_bytes(bytes(range(100)))
        (tmp_path / "secret.wav").write_bytes(b"secret")
        return open_follow_up(
            practice=practice, kind=FollowUpKind.VOICEMAIL, voicemail_path="a.wav", now=now()
        )

    def hear(self, desk, follow_up, asked=""):
        extra = {"HTTP_RANGE": asked} if asked else {}
        return desk.get(reverse("messages:voicemail", args=[follow_up.pk]), **extra)

    @pytest.mark.parametrize(
        ("asked", "status", "first", "length"),
        [("", 200, 0, 100), ("bytes=0-", 206, 0, 100), ("bytes=10-19", 206, 10, 10), ("bytes=-5", 206, 95, 5),
         ("bytes=90-500", 206, 90, 10), ("bytes=-", 200, 0, 100), ("lines=1-2", 200, 0, 100), ("bytes=0-1,5-6", 200, 0, 100)],
    )  # fmt: skip
    def test_whole_or_in_the_pieces_that_a_player_asks_for(
        self, desk, voicemail, asked, status, first, length
    ):
        answer = self.hear(desk, voicemail, asked)
        assert (answer.status_code, answer.content) == (status, bytes(range(first, first + length)))
        assert answer["Content-Type"] == "audio/wav"
        if status == 206:
            assert answer["Content-Range"] == f"bytes {first}-{first + length - 1}/100"

    def test_a_piece_beyond_the_end_is_refused(self, desk, voicemail):
        answer = self.hear(desk, voicemail, "bytes=" + "9" * 400 + "-")
        assert (answer.status_code, answer["Content-Range"]) == (416, "bytes */100")

    def test_only_recordings_of_ones_own_practices_and_nothing_beside_the_folder(self, desk, voicemail):
        for path in ("../secret.wav", "/etc/passwd", "", "absent.wav", "\x00"):
            FollowUp.objects.filter(pk=voicemail.pk).update(voicemail_path=path.replace("\x00", "nul"))
            assert self.hear(desk, voicemail).status_code == 404
        foreign = open_follow_up(practice=make_practice(), voicemail_path="a.wav", now=now())
        assert self.hear(desk, foreign).status_code == 404


class TestSendingDirections:
    def test_the_way_goes_by_sms_to_the_caller_once(self, desk, practice):
        url = reverse("messages:send_directions", args=[practice.pk])
        page = desk.post(url, {"caller_number": "+33639981234"}).content.decode()
        assert 'value="+33639981234"' in page
        for _ in range(2):
            assert (
                "part par SMS"
                in desk.post(url, {"send": "1", "to": "06 39 98 12 34", "request_key": "k"}).content.decode()
            )
        assert OutgoingNotice.objects.get().to == "+33639981234"

    @pytest.mark.parametrize("to", ["", "06", "x" * 10_000, "\x00"])
    def test_no_number_no_sms(self, desk, practice, to):
        answer = desk.post(reverse("messages:send_directions", args=[practice.pk]), {"send": "1", "to": to})
        assert answer.status_code == 422
        assert "n’est pas complet" in answer.content.decode()

    def test_a_card_that_tells_a_reason_is_not_sent(self, desk, practice):
        card = practice.sites.get().access_card
        card.landmark = "sonnette « Cardiologie »"
        card.save()
        answer = desk.post(
            reverse("messages:send_directions", args=[practice.pk]), {"send": "1", "to": "0639981234"}
        )
        assert "cardio" in answer.content.decode()
        assert not OutgoingNotice.objects.exists()
