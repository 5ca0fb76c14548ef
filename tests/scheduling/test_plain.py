"""The strip's questions in JSON: the same path, the same refusals, the same walls."""

from datetime import datetime, time
from uuid import uuid4

import pytest

from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import Appointment
from tests.factories import make_secretary
from tests.scheduling.factories import NOW, make_agenda, make_patient, make_rule, paris

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


@pytest.fixture
def agenda(monkeypatch):
    monkeypatch.setattr("decroche.scheduling.web.plain.clock_now", lambda: NOW)
    return make_agenda()


@pytest.fixture
def browser(client, agenda):
    client.force_login(
        make_secretary(practices=(agenda[0],)),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    return client


def asked(agenda, hour=9) -> dict:
    practice, people, kind = agenda
    minute = int(paris(hour).timestamp()) // 60
    return {"slot": f"{people[0].pk}.{practice.sites.get().pk}.{minute}", "visit_type": kind.pk}


def test_find_hold_and_book(agenda, browser) -> None:
    practice, people, kind = agenda
    found = browser.get(
        f"/agenda/{practice.pk}/free/", {"visit_type": kind.pk, "with": people[0].pk, "days": 1}
    )
    slots = found.json()["slots"]
    assert len(slots) == 12
    assert slots[0] | {"starts_at": ""} == {"slot": asked(agenda)["slot"], "starts_at": "", "minutes": 15}
    key = str(uuid4())
    held = [
        browser.post(f"/agenda/{practice.pk}/hold/", asked(agenda), headers={"Idempotency-Key": key}).json()
        for _ in range(2)
    ]
    assert held[0]["id"] == held[1]["id"]
    patient = make_patient(practice=practice)
    booked = [
        browser.post(f"/agenda/hold/{held[0]['id']}/book/", {"patient_id": patient.pk}).json()
        for _ in range(2)
    ]
    assert booked[0] == booked[1]
    assert booked[0]["status"] == Status.BOOKED
    assert Appointment.objects.count() == 1


def test_a_refusal_says_why(agenda, browser) -> None:
    url = f"/agenda/{agenda[0].pk}/hold/"
    assert browser.post(url, asked(agenda)).status_code == 200
    again = browser.post(url, asked(agenda))
    assert (again.status_code, again.json()["refusal"]) == (409, "SlotTaken")
    assert browser.post(url, asked(agenda, 20)).json()["refusal"] == "SlotClosed"
    assert browser.post(url, {}).status_code == 422


def test_another_practice_is_not_there(agenda, browser) -> None:
    stranger = make_agenda()
    assert browser.get(f"/agenda/{stranger[0].pk}/free/").status_code == 404
    assert browser.post(f"/agenda/{stranger[0].pk}/hold/", asked(stranger)).status_code == 404
    assert browser.post("/agenda/hold/999999/book/").status_code == 404


@pytest.mark.parametrize(
    ("zone", "first"),
    [
        ("Europe/Paris", "2026-12-01T00:00:00+01:00"),
        ("America/Martinique", "2026-12-01T00:00:00-04:00"),
    ],
)
def test_a_day_begins_at_the_practices_own_midnight(client, monkeypatch, zone, first) -> None:
    monkeypatch.setattr("decroche.scheduling.web.plain.clock_now", lambda: NOW)
    practice, people, kind = make_agenda(timezone=zone)
    practice.sites.update(timezone=zone)
    make_rule(practitioner=people[0], weekday=0, starts=time(22), ends=time(0))
    make_rule(practitioner=people[0], weekday=1, starts=time(0), ends=time(2))
    client.force_login(make_secretary(practices=(practice,)))
    asked = {"visit_type": kind.pk, "from": "2026-12-01", "days": 1, "limit": 2}
    found = client.get(f"/agenda/{practice.pk}/free/", asked).json()["slots"]
    assert datetime.fromisoformat(found[0]["starts_at"]) == datetime.fromisoformat(first)
