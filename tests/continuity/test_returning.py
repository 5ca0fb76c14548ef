"""Back on line: every line is kept once, taken in, or shown to a person."""

import json
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from decroche.accounts.permissions import Role
from decroche.continuity.actions.receive_captures import CapturedLine, receive_captures
from decroche.continuity.actions.settle_capture import (
    NotSettled,
    dismiss_capture,
    settle_capture,
    take_back_capture,
)
from decroche.continuity.models import Capture
from decroche.continuity.queries.captures import pending
from decroche.patients.models import Patient
from decroche.scheduling.models import Appointment
from tests.factories import make_practice_person, make_user
from tests.scheduling.factories import NOW, make_agenda, make_appointment, make_patient, paris

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


@pytest.fixture
def place(monkeypatch):
    monkeypatch.setattr("decroche.continuity.web.returning.clock_now", lambda: NOW)
    practice, (roussel,), kind = make_agenda()
    return practice, roussel, kind


def booked(roussel, kind, **more):
    known = {
        "client_id": str(uuid4()),
        "kind": "book",
        "practitioner_id": roussel.pk,
        "visit_type_id": kind.pk,
        "starts_at": paris(10).isoformat(),
        "duration_minutes": 15,
        "last_name": "Berthelot",
        "first_names": "Odile",
        "birth_date": "1951-02-03",
        "phone": "",
        "captured_at": NOW.isoformat(),
    }
    return known | more


def received(practice, *lines, by=None):
    return receive_captures(
        practice=practice, lines=[CapturedLine(**line) for line in lines], by=by or make_user(), now=NOW
    )


def verdicts(practice):
    return [row.verdict.value for row in pending(practice, now=NOW)]


def test_a_line_sent_twice_is_kept_once(place):
    practice, roussel, kind = place
    line = booked(roussel, kind)
    received(practice, line)
    received(practice, line, booked(roussel, kind, starts_at=paris(11).isoformat()))
    assert Capture.objects.count() == 2


def test_a_booking_without_question_becomes_an_appointment_and_a_new_record(place):
    practice, roussel, kind = place
    (capture,) = received(practice, booked(roussel, kind))
    assert verdicts(practice) == ["clear"]
    settled = settle_capture(capture=capture, by=make_user(), now=NOW)
    appointment = settled.result
    assert (appointment.status, appointment.source, appointment.starts_at) == ("booked", "offline", paris(10))
    assert appointment.patient.birth_name == "Berthelot"


def test_settled_twice_it_is_one_appointment(place):
    practice, roussel, kind = place
    (capture,) = received(practice, booked(roussel, kind))
    for _ in range(2):
        settle_capture(capture=capture, by=make_user(), now=NOW)
    assert Appointment.objects.filter(status="booked").count() == 1


def test_time_taken_meanwhile_is_shown_and_not_taken(place):
    practice, roussel, kind = place
    make_appointment(practitioner=roussel, visit_type=kind, starts_at=paris(10))
    (capture,) = received(practice, booked(roussel, kind))
    assert verdicts(practice) == ["taken"]
    with pytest.raises(NotSettled):
        settle_capture(capture=capture, by=make_user(), now=NOW)
    capture.refresh_from_db()
    assert capture.state == "pending"


def test_what_took_place_during_the_outage_is_written_down_afterwards(place):
    practice, roussel, kind = place
    (capture,) = received(practice, booked(roussel, kind))
    later = NOW + timedelta(hours=8)
    settled = settle_capture(capture=capture, by=make_user(), now=later)
    assert settled.result.starts_at == paris(10)


def test_a_known_patient_is_recognised_and_twins_are_asked_about(place):
    practice, roussel, kind = place
    odile = make_patient(
        practice=practice, birth_name="Berthelot", first_names="Odile", birth_date=date(1951, 2, 3)
    )
    (capture,) = received(practice, booked(roussel, kind))
    assert [patient.pk for patient in pending(practice, now=NOW)[0].patients] == [odile.pk]
    make_patient(practice=practice, birth_name="Berthelot", first_names="Odile", birth_date=date(1951, 2, 3))
    assert verdicts(practice) == ["who"]
    settled = settle_capture(capture=capture, by=make_user(), now=NOW, patient=odile)
    assert settled.result.patient_id == odile.pk
    assert Patient.objects.filter(birth_name="Berthelot").count() == 2


def test_an_arrival_and_a_cancellation_are_taken_for_what_the_page_showed(place):
    practice, roussel, kind = place
    first, second = (
        make_appointment(practitioner=roussel, visit_type=kind, starts_at=paris(hour)) for hour in (9, 11)
    )
    lines = [
        {
            "client_id": str(uuid4()),
            "kind": kind_of,
            "appointment_id": row.pk,
            "shown_version": 1,
            "captured_at": (NOW + timedelta(minutes=n)).isoformat(),
        }
        for n, (kind_of, row) in enumerate((("arrived", first), ("cancel", second)))
    ]
    for capture in received(practice, *lines):
        settle_capture(capture=capture, by=make_user(), now=NOW)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("arrived", "cancelled")


def test_an_appointment_moved_meanwhile_is_not_cancelled_by_an_old_page(place):
    practice, roussel, kind = place
    row = make_appointment(practitioner=roussel, visit_type=kind, starts_at=paris(9), version=2)
    line = {
        "client_id": str(uuid4()),
        "kind": "cancel",
        "appointment_id": row.pk,
        "shown_version": 1,
        "captured_at": NOW.isoformat(),
    }
    received(practice, line)
    assert verdicts(practice) == ["changed"]


def test_a_line_set_aside_can_be_put_back(place):
    practice, roussel, kind = place
    (capture,) = received(practice, booked(roussel, kind))
    dismiss_capture(capture=capture, by=make_user(), now=NOW)
    assert verdicts(practice) == []
    take_back_capture(capture=capture)
    assert verdicts(practice) == ["clear"]


def test_ids_of_another_practice_are_left_empty(place):
    practice, *_ = place
    _other, (stranger,), other_kind = make_agenda()
    theirs = make_appointment(practitioner=stranger, visit_type=other_kind, starts_at=paris(9))
    line = {
        "client_id": str(uuid4()),
        "kind": "cancel",
        "appointment_id": theirs.pk,
        "shown_version": 1,
        "captured_at": NOW.isoformat(),
    }
    received(practice, line)
    assert verdicts(practice) == ["gone"]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_queries_however_long(
    place, rows, django_assert_max_num_queries, django_assert_num_queries
):
    practice, roussel, kind = place
    received(practice, *[booked(roussel, kind, starts_at=paris(9 + n).isoformat()) for n in range(rows)])
    pending(practice, now=NOW)  # the rules are compiled once
    with django_assert_max_num_queries(9):
        assert len(pending(practice, now=NOW)) == rows


def test_staff_send_take_what_is_clear_and_see_the_rest(place, client):
    practice, roussel, kind = place
    make_appointment(practitioner=roussel, visit_type=kind, starts_at=paris(11))
    client.force_login(make_practice_person(practice=practice, role=Role.STAFF))
    lines = [booked(roussel, kind), booked(roussel, kind, starts_at=paris(11).isoformat(), last_name="Morel")]
    answer = client.post(
        reverse("continuity:receive", args=[practice.pk]),
        json.dumps({"lines": lines}),
        content_type="application/json",
    )
    assert len(answer.json()["kept"]) == 2
    page = client.get(reverse("continuity:reconcile", args=[practice.pk])).content.decode()
    assert "Reprendre 1 ligne sans question" in page
    assert "créneau pris" in page
    client.post(reverse("continuity:settle_clear", args=[practice.pk]))
    assert Appointment.objects.filter(source="offline", status="booked").count() == 1
    assert verdicts(practice) == ["taken"]


def test_words_that_are_no_line_are_refused_whole(place, client):
    practice, *_ = place
    client.force_login(make_practice_person(practice=practice, role=Role.STAFF))
    for body in ("{", '{"lines": [{"kind": "book"}]}', '{"lines": [], "more": 1}'):
        answer = client.post(
            reverse("continuity:receive", args=[practice.pk]), body, content_type="application/json"
        )
        assert answer.status_code == 422
    assert not Capture.objects.exists()
