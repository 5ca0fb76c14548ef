"""The waiting room's pages: what each may show, to whom, and what never leaves."""

import logging
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from decroche.accounts.domain.permissions import Role
from decroche.accounts.models import AccessLogEntry, User
from decroche.foundation.clock import now as clock_now
from decroche.practices.models import Practice
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import Appointment
from decroche.waiting_room.models import Device
from decroche.waiting_room.queries import code_for, poster_token
from tests.factories import make_practice_person
from tests.patients.factories import make_patient
from tests.scheduling.factories import make_agenda, make_appointment
from tests.waiting_room.factories import make_device

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
NAMES = ("Quincampoix", "QUINCAMPOIX", "Hippolyte", "Vercingétorix", "VERCINGÉTORIX", "Odette")


class Room:
    """A practice now: two patients about to be seen, someone of the staff, a kiosk and a wall."""

    def __init__(self, *, shows: str = "ticket") -> None:
        self.now = clock_now()
        self.practice: Practice
        self.practice, (self.practitioner,), visit_type = make_agenda()
        people = [("Quincampoix", "Hippolyte"), ("Vercingétorix", "Odette")]
        start = self.now.replace(second=0, microsecond=0)
        self.first, self.second = (
            make_appointment(
                practitioner=self.practitioner,
                visit_type=visit_type,
                starts_at=start + timedelta(seconds=n),
                ends_at=start + timedelta(seconds=n + 1),
                patient=make_patient(practice=self.practice, birth_name=last, first_names=first),
            )
            for n, (last, first) in enumerate(people)
        )
        self.staff: User = make_practice_person(practice=self.practice, role=Role.STAFF)
        self.client = Client()
        self.client.force_login(self.staff)
        self.wall = make_device(practice=self.practice, shows=shows)
        self.kiosk = make_device(practice=self.practice, kind=Device.Kind.CHECK_IN)
        self.board = reverse("waiting_room:panel", args=[self.practice.pk])

    def check_in(self, client: Client | None = None, **typed: str) -> str:
        fields = {"how": "name", "name": "quincampoix", "day": "12", "month": "3", "year": "1984"} | typed
        answer = (client or Client()).post(reverse("waiting_room:check_in", args=[self.kiosk.token]), fields)
        assert answer.status_code == 200
        return unescape(answer.content.decode())

    def look(self) -> str:
        return unescape(
            Client().get(reverse("waiting_room:wall_now", args=[self.wall.token])).content.decode()
        )

    def call(self, shown: Appointment | None, **headers: str) -> str:
        address = reverse("waiting_room:next", args=[self.practice.pk, self.practitioner.pk])
        answer = self.client.post(
            address, {"next": shown.pk if shown else ""}, headers={"HX-Request": "true"}
        )
        assert answer.status_code in {200, 409}
        return answer.headers["HX-Trigger"] if answer.status_code == 200 else "409"


@pytest.fixture
def room() -> Room:
    return Room()


def test_from_the_door_to_the_wall(room: Room) -> None:
    assert "A\u00a01" in room.check_in()
    panel = unescape(room.client.get(room.board).content.decode())
    assert "QUINCAMPOIX Hippolyte" in panel
    assert "A\u00a01" in panel
    assert "A\u00a01" not in room.look()
    toast = room.call(room.first)
    assert "undo" in toast
    assert "A\u00a01" in room.look()
    assert AccessLogEntry.objects.filter(action="write", kind="appointment").exists()


def test_two_screens_press_at_once_and_the_slower_one_is_shown_the_order(room: Room) -> None:
    room.check_in()
    room.call(room.first)
    assert room.call(room.first) == "409"


def test_a_call_is_undone_by_the_toast(room: Room) -> None:
    room.check_in()
    address = room.call(room.first).split('"undo": "')[1].split('"')[0]
    assert room.client.post(address).status_code == 204
    assert Appointment.objects.get(pk=room.first.pk).status == Status.ARRIVED
    assert room.client.post(address).status_code == 204  # twice: too late, said kindly
    assert room.client.post("/waiting-room/undo/rien/").status_code == 204


def test_a_step_is_said_from_a_row_and_taken_back(room: Room) -> None:
    address = reverse("waiting_room:say", args=[room.first.pk])
    answer = room.client.post(address, {"status": "arrived", "version": 1}, headers={"HX-Request": "true"})
    assert "A\\u00a01" in answer.headers["HX-Trigger"]
    assert room.client.post(address, {"status": "left", "version": 1}).status_code == 303
    stale = room.client.post(address, {"status": "left", "version": 1}, headers={"HX-Request": "true"})
    assert stale.status_code == 409
    assert room.client.post(address, {"status": "booked?"}, headers={"HX-Request": "true"}).status_code == 422
    room.client.post(reverse("waiting_room:undo", args=[room.first.pk, 2]))
    assert Appointment.objects.get(pk=room.first.pk).status == Status.BOOKED


def test_the_board_costs_the_same_whatever_its_length(room: Room, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    """Session, person, access (4), practice, people, board (4), access log."""
    room.client.get(room.board)
    with django_assert_num_queries(10):
        room.client.get(room.board)
    with django_assert_num_queries(10):
        room.client.get(reverse("waiting_room:compact", args=[room.practice.pk]))


def test_a_practitioner_s_board_is_their_own_and_n_calls(room: Room) -> None:
    room.practitioner.user = make_practice_person(practice=room.practice)
    room.practitioner.save()
    room.client.force_login(room.practitioner.user)
    home = room.client.get(reverse("waiting_room:home"))
    room.check_in()
    page = room.client.get(home.headers["Location"]).content.decode()
    assert 'data-key="n"' in page


@pytest.mark.parametrize(
    ("shows", "seen", "unseen"),
    [
        ("ticket", "A\u00a01", NAMES),
        ("initials", "H. Q.", NAMES),
        ("first_name", "Hippolyte Q.", ("Quincampoix", "QUINCAMPOIX", "Vercingétorix", "Odette")),
    ],
)
def test_a_wall_shows_no_more_than_the_practice_chose(shows: str, seen: str, unseen: tuple[str, ...]) -> None:
    room = Room(shows=shows)
    room.check_in()
    room.check_in(name="vercingetorix")
    room.call(room.first)
    for text in (
        room.look(),
        unescape(Client().get(reverse("waiting_room:wall", args=[room.wall.token])).content.decode()),
    ):
        assert seen in text
        assert not [name for name in unseen if name in text]
        assert "1984" not in text


def test_a_check_in_page_shows_a_number_and_nobody(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = Client()
    for text in (room.check_in(client), room.check_in(client, name="Inconnu")):
        assert not [name for name in (*NAMES, "quincampoix", "Inconnu", "1984") if name in text]
    again = client.get(reverse("waiting_room:check_in", args=[room.kiosk.token]) + "?how=name")
    assert "quincampoix" not in again.content.decode()
    assert again.headers["Cache-Control"] == "no-store"
    assert not client.session.keys()
    assert not [name for name in (*NAMES, "quincampoix", "1984") if name in caplog.text]


def test_every_refusal_is_the_same_page(room: Room) -> None:
    Appointment.objects.filter(pk=room.second.pk).update(status=Status.CANCELLED)
    pages = {
        _without_token(room.check_in(**typed))
        for typed in (
            {"name": "Inconnu"},
            {"name": "Vercingétorix"},
            {"day": "13"},
            {"how": "code", "code": "AAAA-BBBB-CCCC-DDDD"},
            {"how": "code", "code": code_for(room.second)},
        )
    }
    assert len(pages) == 1
    assert "Adressez-vous à l’accueil" in pages.pop()


def _without_token(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "hx-headers" not in line)


def test_a_code_is_enough_and_the_page_clears_itself_but_not_on_one_s_own_phone(room: Room) -> None:
    page = room.check_in(how="code", code=code_for(room.first).replace("-", " ").lower())
    assert "A\u00a01" in page
    assert 'http-equiv="refresh"' in page
    phone = reverse("waiting_room:check_in_phone", args=[poster_token(room.kiosk.device)])
    answer = Client().post(phone, {"how": "code", "code": code_for(room.first), "lang": "en"})
    text = unescape(answer.content.decode())
    assert "A\u00a01" in text
    assert 'http-equiv="refresh"' not in text
    assert "Thank you, you are expected." in text


def test_a_date_that_no_calendar_knows_is_asked_again(room: Room) -> None:
    address = reverse("waiting_room:check_in", args=[room.kiosk.token])
    answer = Client().post(address, {"how": "name", "name": "X", "day": "31", "month": "2", "year": "1980"})
    assert answer.status_code == 422
    form = unescape(Client().get(f"{address}?how=name&lang=en").content.decode())
    assert 'autocomplete="off"' in form
    assert "Your family name" in form
    assert '<html lang="en"' in form


def test_a_wall_that_knows_is_answered_in_a_few_bytes(room: Room, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    address = reverse("waiting_room:wall_now", args=[room.wall.token])
    first = Client().get(address)
    with django_assert_num_queries(5):  # the device, then what it shows; nothing is written within the minute
        again = Client().get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert not again.content
    assert Device.objects.get(pk=room.wall.device.pk).last_seen_at


def test_an_address_is_shown_once_and_opens_nothing_once_revoked(room: Room) -> None:
    address = reverse("waiting_room:set_up", args=[room.practice.pk])
    typed = {
        "kind": "check_in",
        "label": "Entrée",
        "site": room.practice.sites.get().pk,
        "shows": "ticket",
    }
    made = room.client.post(address, typed).content.decode()
    device = Device.objects.get(label="Entrée")
    token = made.split("/waiting-room/check-in/")[1].split("/")[0]
    assert token not in room.client.get(address).content.decode()
    assert token != device.digest
    door = reverse("waiting_room:check_in", args=[token])
    assert Client().get(door).status_code == 200
    assert Client().get(reverse("waiting_room:wall", args=[token])).status_code == 404
    room.client.post(reverse("waiting_room:revoke", args=[device.pk]))
    assert Client().get(door).status_code == 404
    assert Client().get(reverse("waiting_room:check_in", args=["x" * 43])).status_code == 404


def test_a_device_of_a_stranger_s_site_is_not_made(room: Room) -> None:
    other, _, _ = make_agenda()
    typed = {"kind": "wall", "label": "Mur", "site": other.sites.get().pk, "shows": "ticket"}
    answer = room.client.post(reverse("waiting_room:set_up", args=[room.practice.pk]), typed)
    assert answer.status_code == 422


def test_the_settings_are_kept(room: Room) -> None:
    address = reverse("waiting_room:settings", args=[room.practice.pk])
    fields = {"tolerance_minutes": "0", f"room_{room.practitioner.pk}": "Bureau 2"}
    assert room.client.post(address, fields).status_code == 303
    page = room.client.get(reverse("waiting_room:set_up", args=[room.practice.pk])).content.decode()
    assert 'value="Bureau 2"' in page
    room.check_in()
    room.call(room.first)
    assert "Bureau 2" in room.look()
    assert room.client.post(address, fields | {"tolerance_minutes": "-1"}).status_code == 422
