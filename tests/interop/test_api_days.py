"""Days that go otherwise than planned, by the API: other hours, a practitioner away or late, patients who arrive."""

import pytest

from decroche.accounts.permissions import Permission, Role
from decroche.foundation.tenancy import every_practice
from decroche.scheduling.actions.send_mass_move import carry_out_mass_move
from decroche.scheduling.models import Absence, Appointment, OpeningRule
from tests.interop.test_api import Caller, World, stopped_clock
from tests.scheduling.factories import NOW, make_appointment, make_patient, paris

pytestmark = [pytest.mark.django_db, pytest.mark.data]
__all__ = ["stopped_clock"]
SATURDAY = "2026-11-28"


@pytest.fixture
def world():
    return World()


def opening(world: World, **more):
    return {
        "practitioner_id": world.practitioner.pk,
        "site_id": world.site.pk,
        "first_day": SATURDAY,
        "hours": [{"starts": "09:00", "ends": "10:00"}, {"starts": "11:00", "ends": "12:00"}],
    } | more


def slots(world: World, start: str) -> list[str]:
    path = f"slots?visit_type_id={world.visit_type.pk}&order=time&limit=100&start={start}"
    return [each["starts_at"][:16] for each in world.call("GET", path).json()]


def test_a_saturday_is_opened_in_one_request_and_closed_again_like_any_rule(world):
    made = world.call("POST", "opening-exceptions", opening(world))
    assert made.status_code == 201, made.content
    assert [(each["starts"], each["valid_from"], each["valid_until"]) for each in made.json()] == [
        ("09:00:00", SATURDAY, SATURDAY),
        ("11:00:00", SATURDAY, SATURDAY),
    ]
    saturday = [slot for slot in slots(world, f"{SATURDAY}T00:00:00Z") if slot.startswith(SATURDAY)]
    assert len(saturday) == 8
    for each in made.json():
        assert world.call("DELETE", f"opening-rules/{each['id']}?last_day=2026-11-27").status_code == 204
    assert not [slot for slot in slots(world, f"{SATURDAY}T00:00:00Z") if slot.startswith(SATURDAY)]


def test_changed_hours_take_the_place_of_the_usual_ones(world):
    sent = opening(
        world, first_day="2026-11-25", overrides=True, hours=[{"starts": "14:00", "ends": "15:00"}]
    )
    assert world.call("POST", "opening-exceptions", sent).status_code == 201
    wednesday = [slot for slot in slots(world, "2026-11-25T00:00:00Z") if slot.startswith("2026-11-25")]
    assert [slot[11:] for slot in wednesday] == ["14:00", "14:15", "14:30", "14:45"]


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"first_day": "2026-11-25", "hours": [{"starts": "09:30", "ends": "10:00"}]}, 409, "rule-overlaps"),
        ({"last_day": "2026-11-27"}, 422, "dates-reversed"),
        ({"weekdays": [0]}, 422, "no-such-day"),
        ({"last_day": "2031-01-01"}, 422, "span-too-long"),
        ({"hours": []}, 422, "senseless"),
    ],
)
def test_hours_that_cannot_be_are_refused_and_open_nothing(world, more, status, code):
    with every_practice():
        before = OpeningRule.objects.count()
    refused = world.call("POST", "opening-exceptions", opening(world, **more))
    assert (refused.status_code, refused.json()["type"]) == (status, f"urn:decroche:problem:{code}")
    with every_practice():
        assert OpeningRule.objects.count() == before


# --- away and late -----------------------------------------------------------------------------------


@pytest.fixture
def morning(world):
    with every_practice():
        return [
            make_appointment(
                practitioner=world.practitioner,
                visit_type=world.visit_type,
                starts_at=paris(9, 15 * n),
                patient=make_patient(practice=world.practice, birth_name=f"Vidal{n}"),
            )
            for n in range(3)
        ]


def away(world: World, **more):
    sent = {
        "practitioner_id": world.practitioner.pk,
        "starts_at": paris(9).isoformat(),
        "ends_at": paris(12).isoformat(),
        "reason": "grippe",
    }
    return world.call("POST", "mass-moves/away", sent | more)


def test_a_day_is_closed_decided_line_by_line_sent_and_followed(world, morning):
    made = away(world)
    assert made.status_code == 201, made.content
    move = made.json()
    assert (move["state"], [line["plan"] for line in move["lines"]]) == ("draft", ["move"] * 3)
    assert not [slot for slot in slots(world, "2026-11-24T00:00:00Z") if slot.startswith("2026-11-24T")]

    first, second, _third = move["lines"]
    places = world.call("GET", f"mass-moves/lines/{first['id']}/places").json()
    taken = {line["new_starts_at"] for line in move["lines"][1:]}
    assert places
    assert not taken & {place["starts_at"] for place in places}
    place = places[-1]
    chosen = {"plan": "move", "practitioner_id": place["practitioner_id"], "site_id": place["site_id"], "starts_at": place["starts_at"]}  # fmt: skip
    assert world.call("PUT", f"mass-moves/lines/{first['id']}", chosen).status_code == 200
    assert world.call("PUT", f"mass-moves/lines/{second['id']}", {"plan": "cancel"}).status_code == 200

    for _again in range(2):
        sent = world.call("POST", f"mass-moves/{move['id']}/send", {})
        assert (sent.status_code, sent.json()["state"]) == (200, "sent")
    with every_practice():
        carry_out_mass_move(mass_move_id=move["id"], now=NOW)
        there = Appointment.objects.get(pk=morning[0].pk)
        assert there.starts_at.isoformat()[:16] != morning[0].starts_at.isoformat()[:16]
        assert Appointment.objects.get(pk=morning[1].pk).status == "cancelled"
    done = world.call("GET", f"mass-moves/{move['id']}").json()
    assert done["is_finished"]
    assert {line["told"] for line in done["lines"]} <= {"sms", "to_call"}
    to_call = next(line for line in done["lines"] if line["told"] == "to_call")
    told = world.call("POST", f"mass-moves/lines/{to_call['id']}/called", {}).json()
    assert told["to_call"] == done["to_call"] - 1
    assert world.call("DELETE", f"mass-moves/{move['id']}").json()["type"].endswith("nothing-to-undo")
    late = world.call("PUT", f"mass-moves/lines/{second['id']}", {"plan": "keep"})
    assert late.json()["type"].endswith("already-sent")


def test_what_was_not_sent_is_taken_back_with_its_absence(world, morning):
    move = away(world).json()
    assert world.call("DELETE", f"mass-moves/{move['id']}").status_code == 204
    with every_practice():
        assert not Absence.objects.exists()
    assert world.call("GET", f"mass-moves/{move['id']}").json()["state"] == "undone"


def test_forty_minutes_late_is_said_to_whoever_is_still_to_come(world, morning):
    sent = {"practitioner_id": world.practitioner.pk, "minutes": 40}
    move = world.call("POST", "mass-moves/late", sent).json()
    assert [(line["plan"], line["appointment_id"]) for line in move["lines"]] == [
        ("keep", each.pk) for each in morning
    ]
    assert move["delay_minutes"] == 40
    listed = world.call("GET", f"mass-moves?practitioner_id={world.practitioner.pk}").json()
    assert [each["id"] for each in listed["items"]] == [move["id"]]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"ends_at": paris(5).isoformat(), "starts_at": paris(4).isoformat()}, "past"),
        ({"ends_at": paris(8).isoformat()}, "dates-reversed"),
        ({"ends_at": "2028-01-01T00:00:00Z"}, "span-too-long"),
    ],
)
def test_an_absence_that_makes_no_sense_closes_nothing(world, more, code):
    refused = away(world, **more)
    assert (refused.status_code, refused.json()["type"]) == (422, f"urn:decroche:problem:{code}")
    with every_practice():
        assert not Absence.objects.exists()


def test_nobody_to_tell_is_said(world):
    sent = {"practitioner_id": world.practitioner.pk, "minutes": 40}
    refused = world.call("POST", "mass-moves/late", sent)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:decroche:problem:nothing-touched")


def test_without_the_right_to_patients_a_mass_move_names_nobody(world, morning):
    blind = Caller(world.key(permissions=(Permission.MOVE_MANY, Permission.SEE_AGENDA)).token)
    move = away(world).json()
    assert {line["patient_name"] for line in move["lines"]} != {None}
    seen = blind("GET", f"mass-moves/{move['id']}").json()
    assert {(line["patient_name"], line["patient_id"]) for line in seen["lines"]} == {(None, None)}
    assert "Vidal" not in str(seen)


# --- the waiting room --------------------------------------------------------------------------------


def say(world: World, appointment: Appointment, status: str, **more):
    return world.call("POST", f"appointments/{appointment.pk}/status", {"status": status} | more)


def test_a_patient_is_followed_from_the_door_to_the_door(world, morning):
    patient = morning[0]
    arrived = say(world, patient, "arrived", version=1)
    assert arrived.status_code == 200, arrived.content
    assert (arrived.json()["ticket"], arrived.json()["version"]) == ("A 1", 2)
    assert say(world, patient, "arrived").json()["version"] == 2  # asked twice, nothing more happens
    for status in ("called", "in_consultation", "done"):
        said = say(world, patient, status).json()
        assert said["status"] == status
    assert None not in {said["arrived_at"], said["called_at"], said["seen_at"], said["left_at"]}
    back = say(world, patient, "in_consultation").json()
    assert (back["status"], back["left_at"]) == ("in_consultation", None)


def test_who_leaves_and_who_never_came(world, morning):
    say(world, morning[0], "arrived")
    assert say(world, morning[0], "left").json()["status"] == "left"
    assert say(world, morning[1], "no_show").json()["ticket"] is None
    assert say(world, morning[1], "booked").json()["status"] == "booked"


def test_a_step_that_cannot_follow_is_refused(world, morning):
    assert say(world, morning[0], "called").json()["type"].endswith("not-in-that-state")
    assert say(world, morning[0], "arrived", version=9).json()["type"].endswith("stale-version")
    assert say(world, morning[0], "cancelled").status_code == 422
    cancelled = world.call(
        "POST", f"appointments/{morning[0].pk}/cancel", {"version": 1, "reason": "patient"}
    )
    assert cancelled.status_code == 200
    assert say(world, morning[0], "booked").json()["type"].endswith("not-in-that-state")


def test_who_may_not_run_the_waiting_room_says_nothing(world, morning):
    blind = World(permissions=(Permission.SEE_AGENDA,), role=Role.PRACTITIONER)
    assert say(blind, morning[0], "arrived").status_code == 403
