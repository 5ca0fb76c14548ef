"""A program books what belongs together or not at all, forces with a reason, and settles days that are not as usual."""

import pytest

from decroche.accounts.models import AccessLogEntry
from decroche.accounts.permissions import Permission
from decroche.foundation.tenancy import every_practice
from decroche.interop.api import access
from decroche.interop.api.urls import MODULES
from decroche.practices.models import Practitioner
from decroche.scheduling.actions import force_appointment as force_module
from decroche.scheduling.events import AppointmentForced
from decroche.scheduling.models import (
    Absence,
    AgendaSettings,
    Appointment,
    HolidayDecision,
    PatientBlock,
    PatientPreference,
)
from tests.factories import make_practitioner
from tests.interop.test_api import Caller, World
from tests.scheduling.factories import NOW, make_patient, paris

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch):
    for module in (access, *MODULES):
        monkeypatch.setattr(module, "clock_now", lambda: NOW)


@pytest.fixture
def world():
    return World()


def visits(world, *times):
    return [world.hold_body(*time) for time in times]


def held_group(world, *times, kind="series"):
    answer = world.call("POST", "groups", {"kind": kind, "visits": visits(world, *times)})
    assert answer.status_code == 201, answer.content
    return answer.json()


# --- groups ----------------------------------------------------------------------------------


def test_a_series_is_found_held_renewed_booked_and_cancelled_whole(world):
    found = world.call(
        "GET", f"groups/series?visit_type_id={world.visit_type.pk}&sessions=3&per_week=1"
    ).json()
    assert (len(found["slots"]), found["wanted"]) == (3, 3)
    assert len({slot["starts_at"][:10] for slot in found["slots"]}) == 3
    names = ("practitioner_id", "site_id", "visit_type_id", "starts_at")
    wanted = [{name: slot[name] for name in names} for slot in found["slots"]]
    group = world.call("POST", "groups", {"kind": "series", "visits": wanted}).json()
    assert [hold["starts_at"] for hold in group["holds"]] == [slot["starts_at"] for slot in found["slots"]]
    assert world.call("GET", f"groups/{group['id']}").json()["appointments"] == []
    assert world.call("POST", f"groups/{group['id']}/renew", {}).status_code == 200
    booked = world.call("POST", f"groups/{group['id']}/confirm", {"patient_ids": [world.patient.pk]})
    assert booked.status_code == 201
    assert [each["status"] for each in booked.json()["appointments"]] == ["booked"] * 3
    again = world.call("POST", f"groups/{group['id']}/confirm", {"patient_ids": [world.patient.pk]})
    assert again.json() == booked.json(), "asked twice, the same appointments"
    ids = [str(each["id"]) for each in booked.json()["appointments"]]
    assert AccessLogEntry.objects.filter(kind="appointment", action="write").first().object_ids == ids
    gone = world.call("POST", f"groups/{group['id']}/cancel", {"reason": "guéri"}).json()
    assert [each["status"] for each in gone["appointments"]] == ["cancelled"] * 3


def test_one_visit_that_cannot_be_had_leaves_none(world):
    world.book(9, 30)
    refused = world.call("POST", "groups", {"kind": "series", "visits": visits(world, (9, 0), (9, 30))})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:decroche:problem:group-incomplete")
    said = refused.json()
    assert (said["position"], said["count"], said["cause"]) == (2, 2, "slot-taken")
    assert said["detail"].startswith("Rendez-vous 2 sur 2")
    with every_practice():
        assert Appointment.objects.count() == 1, "only the one that was there"


def test_brothers_and_sisters_come_one_after_the_other_each_under_their_own_name(world):
    with every_practice():
        sister = make_patient(practice=world.practice, birth_name="Berthelot", first_names="Inès")
    kind = world.visit_type.pk
    chains = world.call("GET", f"groups/siblings?visit_type_id={kind}&visit_type_id={kind}&limit=2").json()
    first, second = chains[0]["slots"]
    assert first["ends_at"] == second["starts_at"]
    group = held_group(world, (9, 0), (9, 15), kind="siblings")
    alone = world.call("POST", f"groups/{group['id']}/confirm", {"patient_ids": [world.patient.pk] * 3})
    assert (alone.status_code, alone.json()["visits"]) == (422, 2)
    people = [world.patient.pk, sister.pk]
    booked = world.call("POST", f"groups/{group['id']}/confirm", {"patient_ids": people}).json()
    assert [each["patient_id"] for each in booked["appointments"]] == people


def test_a_held_group_is_given_back_and_is_nobody_else_s(world):
    group = held_group(world, (9, 0), (9, 15))
    with every_practice():
        other = World()
        Appointment.objects.update(held_by=other.person)
    stolen = world.call("POST", f"groups/{group['id']}/confirm", {"patient_ids": [world.patient.pk]})
    assert (stolen.status_code, stolen.json()["cause"]) == (409, "hold-expired")
    with every_practice():
        Appointment.objects.update(held_by=world.person)
    for _ in range(2):
        assert world.call("DELETE", f"groups/{group['id']}").status_code == 204
    assert world.call("POST", "holds", world.hold_body(9)).status_code == 201
    assert other.call("POST", f"groups/{group['id']}/cancel", {"reason": "x"}).status_code == 404


def test_the_same_group_asked_twice_under_one_key_is_held_once(world):
    body = {"kind": "series", "visits": visits(world, (9, 0), (9, 15))}
    first = world.call("POST", "groups", body, **{"idempotency-key": "g"})
    assert world.call("POST", "groups", body, **{"idempotency-key": "g"}).json() == first.json()
    with every_practice():
        assert Appointment.objects.count() == 2


def test_a_pathway_is_named_changed_and_found(world):
    kind = world.visit_type.pk
    step = {"visit_type_id": kind, "wait_minutes": 15}
    body = {"practice_id": world.practice.pk, "name": "Bilan du pied", "steps": [step, step]}
    made = world.call("POST", "pathways", body).json()
    assert [each["wait_minutes"] for each in made["steps"]] == [15, 15]
    assert world.call("POST", "pathways", body).json()["title"] == "name taken"
    chains = world.call("GET", f"pathways/{made['id']}/slots?limit=1").json()
    assert len(chains[0]["slots"]) == 2
    changed = world.call(
        "PUT", f"pathways/{made['id']}", {"name": "Bilan", "is_active": False, "steps": [step] * 3}
    )
    assert (changed.json()["is_active"], len(changed.json()["steps"])) == (False, 3)
    short = world.call("PUT", f"pathways/{made['id']}", {"name": "Bilan", "steps": [step]})
    assert short.status_code == 422


# --- forced ----------------------------------------------------------------------------------


def forced_body(world, hour=9, **more):
    return world.hold_body(hour) | {"patient_id": world.patient.pk, "reason": "Douleur"} | more


def test_an_appointment_is_forced_beside_another_with_a_reason_until_the_quota(world, monkeypatch):
    told = []
    monkeypatch.setattr(force_module, "publish", told.append)
    with every_practice():
        AgendaSettings.objects.create(practitioner=world.practitioner, forced_per_day=1)
    world.book(9)
    assert world.call("POST", "appointments/forced", forced_body(world, reason="  ")).status_code == 422
    forced = world.call("POST", "appointments/forced", forced_body(world), **{"idempotency-key": "f"})
    assert forced.status_code == 201, forced.content
    again = world.call("POST", "appointments/forced", forced_body(world), **{"idempotency-key": "f"})
    assert again.json()["id"] == forced.json()["id"]
    (event,) = [each for each in told if isinstance(each, AppointmentForced)]
    assert (event.practitioner_id, event.reason) == (world.practitioner.pk, "Douleur"), "who is told"
    with every_practice():
        row = Appointment.objects.get(pk=forced.json()["id"])
        assert (row.is_forced, row.force_reason) == (True, "Douleur")
    where = f"practitioner_id={world.practitioner.pk}&site_id={world.site.pk}&at=2026-11-24T09:00:00Z"
    assert world.call("GET", f"forced-quota?{where}").json() == {"count": 1, "quota": 1, "left": 0}
    refused = world.call("POST", "appointments/forced", forced_body(world, 10))
    assert (refused.status_code, refused.json()["quota"]) == (409, 1)
    assert refused.json()["detail"].endswith("déjà pris.")


def test_a_key_that_may_book_may_not_force_by_that():
    world = World(permissions=[Permission.BOOK_APPOINTMENT, Permission.SEE_AGENDA])
    refused = world.call("POST", "appointments/forced", forced_body(world))
    assert (refused.status_code, refused.json()["permission"]) == (403, "force-appointment")


# --- appointments ----------------------------------------------------------------------------


def test_a_cancelled_appointment_comes_back_while_its_time_is_free(world):
    booked = world.book(9).json()
    gone = world.call(
        "POST", f"appointments/{booked['id']}/cancel", {"version": booked["version"], "reason": "patient"}
    ).json()
    stale = world.call("POST", f"appointments/{booked['id']}/restore", {"version": booked["version"]})
    assert stale.json()["current_version"] == gone["version"]
    back = world.call("POST", f"appointments/{booked['id']}/restore", {"version": gone["version"]})
    assert (back.status_code, back.json()["status"]) == (200, "booked")


def test_a_hold_is_confirmed_with_answers_and_the_address_of_a_visit_at_home(world):
    held = world.call("POST", "holds", world.hold_body()).json()
    home = {"address_line": "3 rue des Lilas", "postcode": "69003", "city": "Lyon", "access": "2e étage"}
    body = {
        "patient_id": world.patient.pk,
        "home": home,
        "answers": [{"question": "Fauteuil ?", "answer": "oui"}],
    }
    booked = world.call("POST", f"holds/{held['id']}/confirm", body)
    assert booked.status_code == 201, booked.content
    with every_practice():
        row = Appointment.objects.get(pk=booked.json()["id"])
        assert (row.home_visit.city, row.answers.get().answer) == ("Lyon", "oui")


# --- days that are not as usual --------------------------------------------------------------


def away(world, first=9, last=12, **more):
    whose = {"practitioner_id": world.practitioner.pk}
    return whose | {"starts_at": paris(first).isoformat(), "ends_at": paris(last).isoformat()} | more


def is_free(world, hour):
    where = f"practitioner_id={world.practitioner.pk}&visit_type_id={world.visit_type.pk}"
    return world.call(
        "GET", f"explain?{where}&starts_at={paris(hour):%Y-%m-%dT%H:%M:%SZ}".replace("Z", "%2B01:00")
    ).json()["is_free"]


def test_an_absence_is_shortened_and_ended_under_the_same_id(world):
    booked = world.book(11).json()
    with every_practice():
        locum = make_practitioner(practice=world.practice)
    made = world.call("POST", "absences", away(world, reason="Congé", locum_id=locum.pk)).json()
    assert made["touched_appointment_ids"] == [booked["id"]]
    assert not is_free(world, 10)
    shorter = {name: value for name, value in away(world, 9, 10).items() if name != "practitioner_id"}
    changed = world.call("PUT", f"absences/{made['id']}", shorter).json()
    assert (changed["id"], changed["locum_id"], changed["touched_appointment_ids"]) == (made["id"], None, [])
    assert is_free(world, 10)
    assert not is_free(world, 9)
    backwards = shorter | {"ends_at": paris(8).isoformat()}
    assert world.call("PUT", f"absences/{made['id']}", backwards).json()["title"] == "dates reversed"
    assert (
        world.call("PUT", f"absences/{made['id']}", shorter | {"locum_id": world.practitioner.pk}).status_code
        == 422
    )
    assert world.call("DELETE", f"absences/{made['id']}").status_code == 204
    assert is_free(world, 9)


def test_a_public_holiday_closes_nothing_until_somebody_says_so(world):
    whose = f"practitioner_id={world.practitioner.pk}"
    asked = f"holidays?{whose}&first=2026-12-01&last=2026-12-31"
    (christmas,) = world.call("GET", asked).json()
    assert (christmas["day"], christmas["is_worked"], christmas["absence_id"]) == ("2026-12-25", None, None)
    day = f"holidays/{world.practitioner.pk}/2026-12-25"
    closed = world.call("PUT", day, {"is_worked": False}).json()
    with every_practice():
        assert Absence.objects.get().pk == closed["absence_id"]
    refused = world.call("DELETE", f"absences/{closed['absence_id']}")
    assert (refused.status_code, refused.json()["title"]) == (409, "holiday decided")
    assert world.call("PUT", day, {"is_worked": True}).json()["absence_id"] is None
    assert world.call("GET", asked).json()[0]["is_worked"] is True
    with every_practice():
        assert not Absence.objects.exists()
    for _ in range(2):
        assert world.call("DELETE", day).status_code == 204
    with every_practice():
        assert not HolidayDecision.objects.exists()


@pytest.mark.parametrize(
    ("day", "title"), [("2026-12-24", "no holiday"), ("2016-12-25", "too far"), ("2050-12-25", "too far")]
)
def test_a_day_that_is_no_holiday_cannot_be_decided(world, day, title):
    answer = world.call("PUT", f"holidays/{world.practitioner.pk}/{day}", {"is_worked": False})
    assert (answer.status_code, answer.json()["title"]) == (422, title)


@pytest.mark.parametrize("span", ["first=2026-12-02&last=2026-12-01", "first=2026-01-01&last=2036-01-01"])
def test_a_span_of_holidays_has_an_end(world, span):
    assert world.call("GET", f"holidays?practitioner_id={world.practitioner.pk}&{span}").status_code == 422


# --- means, patients -------------------------------------------------------------------------


def test_rooms_and_what_is_decided_once_are_set_by_a_program(world):
    body = {"site_id": world.site.pk, "name": "Échographe"}
    made = world.call("POST", "resources", body).json()
    assert world.call("POST", "resources", body).json()["title"] == "name taken"
    out = world.call("PUT", f"resources/{made['id']}", body | {"is_active": False}).json()
    assert out["is_active"] is False
    assert world.call("GET", f"resources?practice_id={world.practice.pk}").json()["items"] == [out]
    address = f"practitioners/{world.practitioner.pk}/agenda"
    assert world.call("GET", address).json()["forced_per_day"] == AgendaSettings().forced_per_day
    world.call("PUT", address, {"forced_per_day": 0, "no_show_threshold": 3})
    assert world.call("GET", address).json()["no_show_threshold"] == 3
    assert world.call("POST", "appointments/forced", forced_body(world)).status_code == 409


def test_only_the_practitioner_s_own_key_refuses_a_patient_and_receives_them_again(world):
    address = f"patients/{world.patient.pk}/blocks/{world.practitioner.pk}"
    refused = world.call("PUT", address, {"reason": "Trois absences"})
    assert (refused.status_code, refused.json()["title"]) == (403, "not their decision")
    with every_practice():
        Practitioner.objects.filter(pk=world.practitioner.pk).update(user=world.person)
    for _ in range(2):
        assert world.call("PUT", address, {"reason": "Trois absences"}).status_code == 200
    assert len(world.call("GET", f"patients/{world.patient.pk}/blocks").json()) == 1
    held = world.call("POST", "holds", world.hold_body()).json()
    told = world.call("POST", f"holds/{held['id']}/confirm", {"patient_id": world.patient.pk})
    assert told.json()["title"] == "patient blocked"
    assert world.call("POST", "appointments/forced", forced_body(world)).status_code == 409
    assert world.call("DELETE", address).status_code == 204
    with every_practice():
        assert PatientBlock.objects.get().ended_at == NOW


def test_a_patient_s_preference_is_read_and_written(world):
    address = f"patients/{world.patient.pk}/preference"
    assert world.call("GET", address).json()["half_day"] == ""
    with every_practice():
        assert not PatientPreference.objects.exists(), "reading writes nothing"
    body = {"half_day": "am", "weekdays": [3, 1, 3], "practitioner_id": world.practitioner.pk}
    assert world.call("PUT", address, body).json()["weekdays"] == [1, 3]
    assert world.call("PUT", address, {"half_day": "soir"}).status_code == 422
    with every_practice():
        blind = Caller(world.key([Permission.BOOK_APPOINTMENT]).token)
    assert blind("GET", address).status_code == 403
