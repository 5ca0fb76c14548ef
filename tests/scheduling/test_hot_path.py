"""What a booking costs: so many questions and no more, whatever is in the agenda."""

from datetime import timedelta

import pytest
from django.db import connection

from decroche.foundation.tenancy import ScopeError, practice_scope
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import Appointment, AppointmentChange
from decroche.scheduling.queries.wanted import hold_of, wanted
from decroche.scheduling.queries.wanted import patient as find_patient
from tests.factories import make_practice, make_secretary, make_user
from tests.scheduling.doors import key
from tests.scheduling.factories import NOW, make_agenda, make_hold, make_patient, paris

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def agenda(everywhere, monkeypatch):
    monkeypatch.setattr("decroche.scheduling.web.plain.clock_now", lambda: NOW)
    return make_agenda()


@pytest.fixture
def browser(agenda, client):
    """A secretary whose session and whose practitioner's rules this process knows."""
    client.force_login(make_secretary(practices=(agenda[0],)))
    for _ in range(2):
        _hold(client, agenda, paris(11, 45))
    return client


def _hold(browser, agenda, at):
    practice, people, kind = agenda
    return browser.post(f"/agenda/{practice.pk}/hold/", {"slot": key(people[0], at), "visit_type": kind.pk})


def test_a_hold_is_four_questions_and_a_booking_eight(agenda, browser, django_assert_num_queries) -> None:
    patient = make_patient(practice=agenda[0])
    wish = {"slot": key(agenda[1][0], paris(9)), "visit_type": agenda[2].pk}
    # who comes; whose, where, what for; the versions; the insertion, which tells the screens
    with django_assert_num_queries(4):
        held = browser.post(f"/agenda/{agenda[0].pk}/hold/", wish).json()
    # who comes; the patient; the hold; have they met; the versions; the change with its story; its jobs; the access log;
    # and the four ends of two savepoints
    with django_assert_num_queries(8 + 4):
        booked = browser.post(f"/agenda/hold/{held['id']}/book/", {"patient_id": patient.pk}).json()
    assert (booked["status"], booked["version"]) == (Status.BOOKED, 2)
    change = AppointmentChange.objects.get(appointment_id=held["id"])
    assert (change.kind, change.old_status, change.new_status, change.version) == (
        "booked",
        Status.HELD,
        Status.BOOKED,
        2,
    )


def test_a_refusal_is_five_questions_and_writes_nothing(agenda, browser, django_assert_num_queries) -> None:
    make_hold(
        practitioner=agenda[1][0],
        visit_type=agenda[2],
        starts_at=paris(9),
        by=make_user(last_name="Roussel"),
        hold_expires_at=NOW + timedelta(minutes=5),
    )
    wish = {"slot": key(agenda[1][0], paris(9)), "visit_type": agenda[2].pk}
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM scheduling_appointment_id_seq")
        before = cursor.fetchone()
        with django_assert_num_queries(5):  # the fifth: who has it
            refused = browser.post(f"/agenda/{agenda[0].pk}/hold/", wish)
        cursor.execute("SELECT last_value FROM scheduling_appointment_id_seq")
        assert cursor.fetchone() == before
    assert refused.status_code == 409
    assert "Mme Roussel" in refused.json()["sentence"]


def test_a_lapsed_hold_is_nobodys(agenda, browser) -> None:
    dead = make_hold(practitioner=agenda[1][0], visit_type=agenda[2], starts_at=paris(9), by=make_user())
    Appointment.objects.filter(pk=dead.pk).update(hold_expires_at=NOW)
    assert _hold(browser, agenda, paris(9)).status_code == 200
    dead.refresh_from_db()
    assert dead.status == Status.RELEASED


def test_what_is_not_the_readers_is_not_found_by_hand_either(agenda) -> None:
    practice, people, kind = agenda
    site, patient = practice.sites.get(), make_patient(practice=practice)
    asked = {"practice_id": practice.pk, "practitioner_id": people[0].pk, "visit_type_id": kind.pk}
    with practice_scope([practice.pk]):
        assert wanted(**asked, site_id=site.pk) == (practice, people[0], site, kind)
        assert find_patient(patient.pk) == patient
        kind.is_active = False
        kind.save()
        assert wanted(**asked) == (practice, people[0], None, None)
    with practice_scope([make_practice().pk]):
        assert wanted(**asked, site_id=site.pk) == (None, None, None, None)
        assert find_patient(patient.pk) is None


def test_a_hold_is_read_whole_by_its_holder_and_by_nobody_else(agenda, django_assert_num_queries) -> None:
    practice, people, kind = agenda
    hers = make_user()
    held = make_hold(practitioner=people[0], visit_type=kind, starts_at=paris(9), by=hers)
    with practice_scope([practice.pk]), django_assert_num_queries(1):
        found = hold_of(hers, held.pk)
        assert found == held
        assert (found.practice, found.practitioner, found.visit_type) == (practice, people[0], kind)
        assert (found.held_by, found.patient, found.site_id) == (hers, None, held.site_id)
    with practice_scope([practice.pk]):
        assert hold_of(make_user(), held.pk) is None
    with practice_scope([make_practice().pk]):
        assert hold_of(hers, held.pk) is None


def test_without_a_scope_nothing_is_read() -> None:
    with pytest.raises(ScopeError):
        find_patient(1)
