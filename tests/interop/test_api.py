"""Another program acts for a person through the same verbs as the screens, and never beyond what both may."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connections
from django.test import Client

from decroche.accounts.models import AccessLogEntry
from decroche.accounts.permissions import GRANTS, Permission, Role
from decroche.foundation.tenancy import every_practice
from decroche.interop.actions.make_key import NothingGranted, make_key
from decroche.interop.api import access
from decroche.interop.api.urls import MODULES, PREFIX, api
from decroche.interop.models import AccessKey, RememberedAnswer
from decroche.patients.models import Patient
from decroche.practices.access import access_of
from decroche.practices.models import PracticeMember, Practitioner
from decroche.scheduling.models import (
    Absence,
    AgendaSettings,
    Appointment,
    AppointmentGroup,
    HolidayDecision,
    MassMove,
    MassMoveItem,
    OpeningRule,
    Pathway,
    PatientBlock,
    PatientPreference,
    Resource,
    VisitOffer,
    VisitType,
    WaitingListEntry,
    Wish,
)
from tests.factories import make_practice_person
from tests.scheduling.factories import (
    NOW,
    make_agenda,
    make_appointment,
    make_patient,
    make_visit_type,
    paris,
)

pytestmark = pytest.mark.django_db
ALL = tuple(Permission)


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch):
    for module in (access, *MODULES):
        monkeypatch.setattr(module, "clock_now", lambda: NOW)


class Caller:
    """A program with a key."""

    def __init__(self, token: str) -> None:
        self.client, self.token = Client(raise_request_exception=True), token

    def __call__(self, method: str, path: str, body=None, **headers: str):
        answer = self.client.generic(
            method,
            f"{PREFIX}{path}",
            json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers={"authorization": f"Bearer {self.token}", **headers},
        )
        if answer.status_code >= 400:
            assert answer.headers["Content-Type"] == "application/problem+json", answer.content
        return answer


class World:
    def __init__(self, permissions=ALL, role=Role.PRACTITIONER) -> None:
        with every_practice():
            self.practice, (self.practitioner,), self.visit_type = make_agenda()
            self.site = self.practice.sites.get()
            self.person = make_practice_person(practice=self.practice, role=role)
            self.patient = make_patient(
                practice=self.practice, birth_name="Berthelot", first_names="Clotilde"
            )
            self.made = self.key(permissions)
            self.call = Caller(self.made.token)

    def key(self, permissions=ALL, days=90):
        rights = access_of(user_id=self.person.pk, is_administrator=False, now=NOW)
        return make_key(
            label="site",
            practice_ids=[self.practice.pk],
            permissions=permissions,
            days=days,
            by=self.person,
            access=rights,
            now=NOW,
        )

    def hold_body(self, hour=9, minute=0):
        return {
            "practitioner_id": self.practitioner.pk,
            "site_id": self.site.pk,
            "visit_type_id": self.visit_type.pk,
            "starts_at": paris(hour, minute).isoformat(),
        }

    def book(self, hour=9, minute=0):
        held = self.call("POST", "holds", self.hold_body(hour, minute))
        assert held.status_code == 201, held.content
        return self.call("POST", f"holds/{held.json()['id']}/confirm", {"patient_id": self.patient.pk})


@pytest.fixture
def world():
    return World()


# --- the way in ------------------------------------------------------------------------------


def test_without_an_open_key_nothing_opens(world):
    for token in ("", "dk_nothing", world.made.token[:-1], "x" * 5000):
        answer = Caller(token)("GET", "practices")
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert Client().get(f"{PREFIX}practices").status_code == 401
    signed_in = Client()
    signed_in.force_login(world.person)
    assert signed_in.get(f"{PREFIX}practices").status_code == 401, "a session is no key"


@pytest.mark.parametrize("change", [{"revoked_at": NOW}, {"expires_at": NOW}])
def test_a_closed_or_outdated_key_opens_nothing(world, change):
    AccessKey.objects.update(**change)
    assert world.call("GET", "practices").status_code == 401


def test_a_key_dies_with_its_person_s_account_or_role(world):
    assert world.call("GET", "practices").status_code == 200
    with every_practice():
        PracticeMember.objects.filter(user=world.person).update(role=Role.STAFF)
    assert world.call("GET", "practices").status_code == 403
    world.person.is_active = False
    world.person.save()
    assert world.call("GET", "practices").status_code == 401


def test_a_key_carries_no_more_than_was_chosen():
    world = World(permissions=[Permission.SEE_AGENDA])
    assert world.call("GET", "visit-types").status_code == 200
    refused = world.call("POST", "holds", world.hold_body())
    assert refused.status_code == 403
    assert refused.json()["permission"] == "book-appointment"


def test_nobody_gives_what_they_have_not():
    with pytest.raises(NothingGranted):
        World(role=Role.STAFF)


def test_the_secret_is_not_kept(world):
    key = AccessKey.objects.get()
    assert world.made.token not in repr(vars(key))
    assert world.made.token.startswith(key.beginning)


def test_a_program_that_asks_without_end_is_told_to_wait(world, monkeypatch):
    monkeypatch.setattr(access, "MOST_A_MINUTE", 2)
    assert [world.call("GET", "practices").status_code for _ in range(3)] == [200, 200, 429]
    assert int(world.call("GET", "practices").headers["Retry-After"]) > 0


# --- every operation -------------------------------------------------------------------------


def operations():
    for module in MODULES:
        for path, view in module.router.path_operations.items():
            for operation in view.operations:
                yield operation.methods[0], path.lstrip("/"), operation.view_func


OPERATIONS = list(operations())


@pytest.mark.parametrize(
    ("method", "path", "view"), OPERATIONS, ids=lambda value: getattr(value, "__name__", str(value))
)
def test_every_operation_declares_its_permission(method, path, view):
    assert isinstance(view.decroche_permission, Permission)
    assert view.decroche_permission in GRANTS[Role.PRACTITIONER]


def rows_of(world: World) -> dict[str, int]:
    with every_practice():
        appointment = make_appointment(
            practitioner=world.practitioner,
            visit_type=world.visit_type,
            starts_at=paris(11),
            patient=world.patient,
        )
        held = make_appointment(
            practitioner=world.practitioner, visit_type=world.visit_type, starts_at=paris(10), status="held", held_by=world.person,
            hold_expires_at=NOW + timedelta(minutes=5), created_at=NOW,
        )  # fmt: skip
        absence = Absence.objects.create(
            practice=world.practice,
            practitioner=world.practitioner,
            starts_at=paris(14),
            ends_at=paris(15),
            reason="Zzyzxville",
        )
        wish = Wish.objects.create(
            practice=world.practice,
            practitioner=world.practitioner,
            kind="no_new",
            valid_from=date(2026, 1, 1),
        )
        offer = VisitOffer.objects.create(practitioner=world.practitioner, visit_type=world.visit_type)
        VisitOffer.objects.create(
            practitioner=world.practitioner, visit_type=make_visit_type(practice=world.practice)
        )
        entry = WaitingListEntry.objects.create(
            practice=world.practice, patient=world.patient, visit_type=world.visit_type, first_day=date(2026, 11, 24),
            last_day=date(2026, 12, 24), created_at=NOW,
        )  # fmt: skip
        group = AppointmentGroup.objects.create(
            practice=world.practice, kind="series", created_by=world.person
        )
        make_appointment(
            practitioner=world.practitioner, visit_type=world.visit_type, starts_at=paris(10, 30), status="held", held_by=world.person,
            hold_expires_at=NOW + timedelta(minutes=5), created_at=NOW, group=group,
        )  # fmt: skip
        pathway = Pathway.objects.create(practice=world.practice, name="Zzyzxville")
        for position in range(2):
            pathway.steps.create(position=position, visit_type=world.visit_type)
        PatientBlock.objects.create(
            patient=make_patient(practice=world.practice, birth_name="Xanthoulis"), practitioner=world.practitioner,
            reason="Zzyzxville", since=NOW, decided_by=world.person,
        )  # fmt: skip
        Practitioner.objects.filter(pk=world.practitioner.pk).update(user=world.person)
        resource = Resource.objects.create(practice=world.practice, site=world.site, name="Zzyzxville")
        move = MassMove.objects.create(
            practice=world.practice, practitioner=world.practitioner, kind="away", starts_at=paris(14), ends_at=paris(15),
            absence=absence, reason="Zzyzxville", created_by=world.person, created_at=NOW,
        )  # fmt: skip
        line = MassMoveItem.objects.create(mass_move=move, appointment=appointment, version=1, plan="keep")
        return {
            "mass_move_id": move.pk, "line_id": line.pk,
            "group_id": group.pk, "pathway_id": pathway.pk, "resource_id": resource.pk, "day": "2026-12-25",
            "practice_id": world.practice.pk, "practitioner_id": world.practitioner.pk, "site_id": world.site.pk,
            "visit_type_id": world.visit_type.pk, "patient_id": world.patient.pk, "appointment_id": appointment.pk,
            "hold_id": held.pk, "absence_id": absence.pk, "wish_id": wish.pk, "offer_id": offer.pk, "entry_id": entry.pk,
            "rule_id": OpeningRule.objects.filter(practitioner=world.practitioner).first().pk,
        }  # fmt: skip


IDS = (
    "practice_id", "practitioner_id", "site_id", "visit_type_id", "patient_id", "appointment_id", "hold_id", "absence_id",
    "wish_id", "offer_id", "entry_id", "rule_id", "group_id", "pathway_id", "resource_id", "mass_move_id", "line_id",
)  # fmt: skip


def body_of(ids: dict[str, int]) -> dict[str, dict]:
    """Give, by path, a body that makes sense."""
    day = {"valid_from": "2026-11-24"}
    hours = {"site_id": ids["site_id"], "weekday": 5, "starts": "09:00", "ends": "12:00", **day}
    kind = {"name": "Bilan", "duration_minutes": 45}
    whose = {"practitioner_id": ids["practitioner_id"]}
    booked = {"version": 1, "starts_at": paris(11, 30).isoformat(), "site_id": ids["site_id"], **whose}
    person = {"birth_name": "Durand", "first_names": "Paul", "birth_date": "1950-02-01"}
    visit = whose | {"site_id": ids["site_id"], "visit_type_id": ids["visit_type_id"]}
    steps = {"name": "Parcours", "steps": [{"visit_type_id": ids["visit_type_id"]}] * 2}
    away = {"starts_at": paris(16).isoformat(), "ends_at": paris(17).isoformat()}
    return {
        "absences/{absence_id}": away,
        "absences/{absence_id}/mass-move": {},
        "opening-exceptions": whose
        | {"site_id": ids["site_id"], "first_day": "2026-11-28", "hours": [{"starts": "09:00", "ends": "12:00"}]},
        "mass-moves/away": whose | away,
        "mass-moves/late": whose | {"minutes": 40},
        "mass-moves/{mass_move_id}/send": {},
        "mass-moves/lines/{line_id}": {"plan": "cancel"},
        "mass-moves/lines/{line_id}/retry": {},
        "mass-moves/lines/{line_id}/called": {},
        "appointments/{appointment_id}/status": {"status": "arrived", "version": 1},
        "holidays/{practitioner_id}/{day}": {"is_worked": False},
        "resources": {"site_id": ids["site_id"], "name": "Salle 2"},
        "resources/{resource_id}": {"site_id": ids["site_id"], "name": "Salle 2"},
        "pathways": steps | {"practice_id": ids["practice_id"]},
        "pathways/{pathway_id}": steps,
        "practitioners/{practitioner_id}/agenda": {"forced_per_day": 2},
        "appointments/forced": visit | {"starts_at": paris(20).isoformat(), "patient_id": ids["patient_id"], "reason": "Urgence"},
        "appointments/{appointment_id}/restore": {"version": 1},
        "groups": {"kind": "series", "visits": [visit | {"starts_at": paris(11, m).isoformat()} for m in (30, 45)]},
        "groups/{group_id}/renew": {},
        "groups/{group_id}/confirm": {"patient_ids": [ids["patient_id"]]},
        "groups/{group_id}/cancel": {"reason": "patient"},
        "patients/{patient_id}/preference": {"half_day": "am"},
        "patients/{patient_id}/blocks/{practitioner_id}": {"reason": "Trois absences"},
        "visit-types": kind | {"practice_id": ids["practice_id"]},
        "visit-types/{visit_type_id}": kind,
        "opening-rules": hours | whose,
        "opening-rules/{rule_id}": hours,
        "absences": whose | away,
        "offers": whose | {"visit_type_id": ids["visit_type_id"], "valid_from": "2027-01-01"},
        "offers/{offer_id}": {"duration_minutes": 30},
        "wishes": whose | {"kind": "fill_gaps"} | day,
        "holds": whose | {"site_id": ids["site_id"], "visit_type_id": ids["visit_type_id"], "starts_at": paris(9).isoformat()},
        "holds/{hold_id}/confirm": {"patient_id": ids["patient_id"]},
        "holds/{hold_id}/renew": {},
        "appointments/{appointment_id}/move": booked,
        "appointments/{appointment_id}/cancel": {"version": 1, "reason": "patient"},
        "patients/search": {"practice_id": ids["practice_id"], "text": "Berthelot"},
        "patients": person | {"practice_id": ids["practice_id"]},
        "waiting-list": {
            "patient_id": ids["patient_id"], "visit_type_id": ids["visit_type_id"], "first_day": "2026-11-24", "last_day": "2026-12-24",
        },
    }  # fmt: skip


def query_of(path: str, ids: dict[str, int]) -> str:
    return {
        "slots": f"?visit_type_id={ids['visit_type_id']}&practitioner_id={ids['practitioner_id']}",
        "explain": f"?visit_type_id={ids['visit_type_id']}&practitioner_id={ids['practitioner_id']}&starts_at=2026-11-24T09:00:00Z",
        "appointments": f"?since=2026-01-01T00:00:00Z&until=2027-01-01T00:00:00Z&practitioner_id={ids['practitioner_id']}",
        "practices": "",
        "holidays": f"?practitioner_id={ids['practitioner_id']}",
        "groups/series": f"?visit_type_id={ids['visit_type_id']}&sessions=2&per_week=2",
        "groups/siblings": f"?visit_type_id={ids['visit_type_id']}&visit_type_id={ids['visit_type_id']}",
        "forced-quota": f"?practitioner_id={ids['practitioner_id']}&site_id={ids['site_id']}&at=2026-11-24T09:00:00Z",
    }.get(path, f"?practitioner_id={ids['practitioner_id']}&practice_id={ids['practice_id']}")


@pytest.mark.parametrize(
    ("method", "path", "view"), OPERATIONS, ids=lambda value: getattr(value, "__name__", str(value))
)
def test_foreign_rows_do_not_exist_and_home_ones_do(method, path, view):
    home, foreign = World(), World()
    with every_practice():
        foreign.patient.birth_name = "Xanthoulis"
        foreign.patient.save()
    ids = {"home": rows_of(home), "foreign": rows_of(foreign)}
    if path.endswith("/restore"):
        with every_practice():
            whole = Appointment.objects.filter(pk__in=[own["appointment_id"] for own in ids.values()])
            whole.update(status="cancelled")
    if path == "waiting-list" and method == "POST":
        with every_practice():
            WaitingListEntry.objects.all().delete()
    before = _picture(foreign)
    for whose, wanted in (("foreign", {404, 422}), ("home", {200, 201, 204})):
        own = ids[whose]
        address = path.format(**own) + (query_of(path, own) if method == "GET" else "")
        answer = home.call(method, address, body_of(own).get(path) if method in {"POST", "PUT"} else None)
        text = answer.content.decode()
        if whose == "foreign" and answer.status_code == 200:
            assert path in {
                "practices",
                "practitioners",
                "visit-types",
                "opening-rules",
                "absences",
                "offers",
                "wishes",
                "appointments",
                "waiting-list",
                "resources",
                "pathways",
                "mass-moves",
            }
            assert path == "practices" or answer.json()["items"] == [], text
        else:
            assert answer.status_code in wanted, (whose, address, text)
        for word in ("Xanthoulis", "Zzyzxville") if whose == "foreign" else ():
            assert word not in text
    assert _picture(foreign) == before


def _picture(world: World) -> list:
    with every_practice():
        return [
            list(model.objects.filter(**{path: world.practice}).order_by("pk").values())
            for model, path in (
                (Appointment, "practice"), (Absence, "practice"), (Wish, "practice"), (OpeningRule, "practice"),
                (VisitType, "practice"), (VisitOffer, "visit_type__practice"), (WaitingListEntry, "practice"), (Patient, "practice"),
                (AppointmentGroup, "practice"), (Pathway, "practice"), (Resource, "practice"), (HolidayDecision, "practitioner__practice"),
                (MassMove, "practice"), (MassMoveItem, "mass_move__practice"),
                (AgendaSettings, "practitioner__practice"), (PatientBlock, "practitioner__practice"), (PatientPreference, "patient__practice"),
            )
        ]  # fmt: skip


# --- booking ---------------------------------------------------------------------------------


def test_a_slot_is_found_held_booked_moved_and_cancelled(world):
    slots = world.call("GET", f"slots?visit_type_id={world.visit_type.pk}&limit=3").json()
    assert [slot["starts_at"] for slot in slots] == [paris(9, m).isoformat() for m in (0, 15, 30)]
    assert slots[0]["reasons"]
    booked = world.book().json()
    assert (booked["status"], booked["patient_name"]) == ("booked", "BERTHELOT Clotilde")
    assert (
        world.call("GET", f"slots?visit_type_id={world.visit_type.pk}&limit=1").json()[0]["starts_at"]
        == paris(9, 15).isoformat()
    )
    address = f"appointments/{booked['id']}"
    moved = world.call(
        "POST", f"{address}/move", {"version": booked["version"], "starts_at": paris(10).isoformat()}
    )
    assert moved.json()["starts_at"] == paris(10).isoformat()
    stale = world.call("POST", f"{address}/cancel", {"version": booked["version"], "reason": "patient"})
    assert stale.status_code == 409
    assert stale.json()["type"].endswith("stale-version")
    assert stale.json()["current_version"] == moved.json()["version"]
    done = world.call("POST", f"{address}/cancel", {"version": moved.json()["version"], "reason": "patient"})
    assert done.json()["status"] == "cancelled"


def test_taken_and_closed_time_is_refused_with_a_sentence_in_either_language(world):
    world.book()
    taken = world.call("POST", "holds", world.hold_body())
    assert (taken.status_code, taken.json()["type"]) == (409, "urn:decroche:problem:slot-taken")
    closed = world.call("POST", "holds", world.hold_body(20))
    assert (closed.status_code, closed.json()["why"]) == (409, "closed")
    assert closed.json()["detail"]
    english = world.call("POST", "holds", world.hold_body(), **{"accept-language": "en"})
    assert english.json()["detail"] != taken.json()["detail"]


def test_why_not_can_be_read_aloud(world):
    answer = world.call(
        "GET",
        f"explain?practitioner_id={world.practitioner.pk}&visit_type_id={world.visit_type.pk}&starts_at={paris(20).isoformat().replace('+', '%2B')}",
    ).json()
    assert (answer["is_free"], answer["why"]) == (False, "closed")
    assert answer["sentence"].endswith(".")


def test_the_same_question_under_one_key_changes_nothing_twice(world):
    first = world.call("POST", "holds", world.hold_body(), **{"idempotency-key": "abc"})
    again = world.call("POST", "holds", world.hold_body(), **{"idempotency-key": "abc"})
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    with every_practice():
        assert Appointment.objects.count() == 1
    other = world.call("POST", "holds", world.hold_body(10), **{"idempotency-key": "abc"})
    assert other.status_code == 422
    assert (
        world.call("POST", "holds", world.hold_body(10), **{"idempotency-key": "x" * 65}).status_code == 400
    )


def test_a_refusal_is_not_remembered(world):
    held = world.call("POST", "holds", world.hold_body()).json()
    assert world.call("POST", "holds", world.hold_body(), **{"idempotency-key": "k"}).status_code == 409
    assert not RememberedAnswer.objects.exists()
    world.call("DELETE", f"holds/{held['id']}")
    assert world.call("POST", "holds", world.hold_body(), **{"idempotency-key": "k"}).status_code == 201


def test_names_go_only_where_the_key_may_see_patients(world):
    booked = world.book().json()
    with every_practice():
        blind = Caller(world.key([Permission.SEE_AGENDA]).token)
    seen = blind("GET", f"appointments/{booked['id']}").json()
    assert (seen["patient_id"], seen["patient_name"]) == (None, None)
    assert world.call("GET", f"appointments/{booked['id']}").json()["patient_name"] == "BERTHELOT Clotilde"
    by_patient = (
        f"appointments?since=2026-01-01T00:00:00Z&until=2027-01-01T00:00:00Z&patient_id={world.patient.pk}"
    )
    assert blind("GET", by_patient).json()["items"] == []
    with every_practice():
        booking_only = Caller(world.key([Permission.BOOK_APPOINTMENT]).token)
    wanted = body_of(
        dict.fromkeys(IDS, 1) | {"patient_id": world.patient.pk, "visit_type_id": world.visit_type.pk}
    )["waiting-list"]
    assert booking_only("POST", "waiting-list", wanted).json()["patient_name"] is None


def test_what_a_program_sees_and_changes_is_in_the_log_of_its_person(world):
    booked = world.book().json()
    line = AccessLogEntry.objects.filter(kind="appointment", action="write").get()
    assert (line.user_id, line.object_ids, line.practice_id) == (
        world.person.pk,
        [str(booked["id"])],
        world.practice.pk,
    )


def test_a_new_patient_is_opened_unless_known_already(world):
    body = {
        "practice_id": world.practice.pk,
        "birth_name": "Bertelot",
        "first_names": "Clotilde",
        "birth_date": "1980-05-17",
    }
    alike = world.call("POST", "patients", body)
    assert (alike.status_code, alike.json()["patient_ids"]) == (409, [world.patient.pk])
    opened = world.call("POST", "patients", body | {"is_another_person": True})
    assert opened.status_code == 201
    assert opened.json()["identity_status"] == "provisional"


# --- setting up ------------------------------------------------------------------------------


def test_the_agenda_is_set_up_by_the_screens_verbs(world):
    kind = world.call(
        "POST", "visit-types", {"practice_id": world.practice.pk, "name": "Bilan", "duration_minutes": 45}
    ).json()
    rule = {
        "practitioner_id": world.practitioner.pk, "site_id": world.site.pk, "weekday": 5, "starts": "09:00", "ends": "12:00",
        "valid_from": "2026-11-24", "every": "n_weeks", "every_n": 3, "anchor": "2026-11-23", "capacity": 4,
        "release": "time", "release_time": "08:00", "reserved_for": "new", "visit_type_ids": [kind["id"]],
    }  # fmt: skip
    made = world.call("POST", "opening-rules", rule)
    assert made.status_code == 201
    assert {name: made.json()[name] for name in ("every", "every_n", "capacity", "release", "reserved_for")} == {
        "every": "n_weeks", "every_n": 3, "capacity": 4, "release": "time", "reserved_for": "new",
    }  # fmt: skip
    assert world.call("POST", "opening-rules", rule).json()["type"].endswith("rule-overlaps")
    again = world.call(
        "POST", "visit-types", {"practice_id": world.practice.pk, "name": "Bilan", "duration_minutes": 45}
    )
    assert (again.status_code, again.json()["type"]) == (409, "urn:decroche:problem:name-taken")
    assert world.call("DELETE", f"visit-types/{kind['id']}").status_code == 204
    assert world.call("GET", f"visit-types/{kind['id']}").json()["is_active"] is False


@pytest.mark.parametrize(
    "change",
    [
        {"every": "n_weeks"}, {"every": "nth"}, {"every": "nth", "nth": 0}, {"release": "time"}, {"valid_until": "2026-01-01"},
        {"capacity": 0}, {"weekday": 7}, {"starts": "25:00"}, {"unknown": 1}, {"valid_from": "9999-12-31"}, {"site_id": 10**30},
    ],
)  # fmt: skip
def test_nonsense_is_told_field_by_field_and_changes_nothing(world, change):
    body = {
        "practitioner_id": world.practitioner.pk, "site_id": world.site.pk, "weekday": 5, "starts": "09:00", "ends": "12:00",
        "valid_from": "2026-11-24",
    }  # fmt: skip
    with every_practice():
        before = OpeningRule.objects.count()
    answer = world.call("POST", "opening-rules", body | change)
    assert answer.status_code == 422, answer.content
    with every_practice():
        assert OpeningRule.objects.count() == before


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "x" * 200, ""])
def test_texts_that_cannot_be_kept_are_refused(world, text):
    body = {"practice_id": world.practice.pk, "name": text, "duration_minutes": 45}
    assert world.call("POST", "visit-types", body).status_code in {400, 422}


def test_a_body_that_is_no_json_is_said_to_be_none(world):
    answer = world.call.client.generic(
        "POST",
        f"{PREFIX}holds",
        "{",
        content_type="application/json",
        headers={"authorization": f"Bearer {world.made.token}"},
    )
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_lists_are_cut_in_pages_and_ask_the_same_number_of_questions(world, django_assert_max_num_queries):
    with every_practice():
        for n in range(12):
            make_appointment(
                practitioner=world.practitioner,
                visit_type=world.visit_type,
                starts_at=paris(9) + timedelta(days=n),
            )
    span = "appointments?since=2026-01-01T00:00:00Z&until=2027-01-01T00:00:00Z"
    with django_assert_max_num_queries(11):
        page = world.call("GET", f"{span}&per_page=10").json()
    assert (len(page["items"]), page["count"], page["next_page"]) == (10, 12, 2)
    assert world.call("GET", f"{span}&per_page=10&page=2").json()["next_page"] is None
    assert world.call("GET", f"{span}&per_page=1000").status_code == 422


def test_the_description_is_for_people_who_are_signed_in(world):
    assert Client().get("/interop/openapi.json").status_code == 302
    client = Client()
    client.force_login(world.person)
    described = json.loads(client.get("/interop/openapi.json").content)
    assert f"{PREFIX}holds" in described["paths"]
    assert len(described["paths"]) == len({path for _m, path, _v in OPERATIONS})
    assert api.title == described["info"]["title"]


@pytest.mark.django_db(transaction=True)
def test_eight_programs_racing_for_one_slot_leave_one_winner():
    world = World()

    def ask(_n):
        try:
            return Caller(world.made.token)("POST", "holds", world.hold_body()).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(ask, range(8)))
    assert answers == [201, *[409] * 7]


@pytest.mark.django_db(transaction=True)
def test_the_same_question_asked_eight_times_at_once_is_answered_once():
    world = World()

    def ask(_n):
        try:
            answer = Caller(world.made.token)(
                "POST", "holds", world.hold_body(), **{"idempotency-key": "one"}
            )
            return answer.status_code, answer.json()["id"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(ask, range(8)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 201
