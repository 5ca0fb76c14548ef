"""The tenth caller's odd request, by keyboard alone: each story counts its keystrokes, and so do we.

No exchange is needed: the real pages, scripts and server, in Chromium, on a practice made for it.
"""

import os
import shutil
import time as clock
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

from decroche.accounts.models import User
from decroche.foundation.clock import now
from decroche.practices.models import Practice, Practitioner
from decroche.scheduling.models import (
    Appointment,
    HomeVisit,
    Pathway,
    PathwayStep,
    PatientBlock,
    PatientPreference,
    Place,
    VisitQuestion,
    VisitType,
)
from tests.factories import make_practice, make_practitioner, make_secretary
from tests.scheduling.factories import make_appointment, make_patient, make_rule, make_visit_type

BUNDLE = Path(__file__).resolve().parents[2] / "src" / "decroche" / "ui" / "static" / "ui" / "dist" / "app.js"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("everywhere"),
    pytest.mark.timeout(300),
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine"),
    pytest.mark.skipif(not BUNDLE.exists(), reason="npm run build first"),
]


@dataclass
class World:
    """A practice of three that receives every day, and who calls."""

    practice: Practice
    people: list[Practitioner]
    consultation: VisitType
    rehabilitation: VisitType
    at_home: VisitType
    check_up: VisitType
    awa: User

    def at(self, hour: int, minute: int = 0, *, days: int = 1) -> datetime:
        """Give a moment of tomorrow, or of another day, on the practice's clock."""
        day = now().astimezone(self.practice.zone).date() + timedelta(days=days)
        return datetime.combine(day, time(hour, minute), tzinfo=self.practice.zone)


@dataclass
class Typist:
    """Someone who never touches the mouse; counts every key, also within what is typed."""

    page: Page
    keys: int = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.keys += len(text)

    def sees(self, selector: str, text: str = "") -> None:
        found = self.page.locator(selector).filter(has_text=text) if text else self.page.locator(selector)
        expect(found.first).to_be_visible(timeout=15_000)

    def chooses(self, letters: str, name: str) -> None:
        """Find a patient: they are on screen before the request is said, so the keys are counted apart."""
        before = self.keys
        self.press("/")
        self.type(letters)
        self.press("Enter")
        self.sees("#patient-hits button:focus", name)
        self.press("Enter")
        self.sees(".patient-card", name)
        self.keys = before

    def opens(self, key: str) -> None:
        """Choose the visit type and see the first slots."""
        self.press("v")
        self.sees("#agenda-booking .booking-item")
        self.press(key)
        self.sees("#agenda-booking #booking-ask")

    def says_when(self, words: str) -> None:
        self.press("h")
        self.type(words)
        self.press("Enter")

    def used(self, name: str) -> int:
        print(f"{self.keys:>4} keys  {name}")
        return self.keys


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # the ORM is used between playwright's steps
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--headless=new", "--disable-gpu", "--disable-background-networking"]
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def world() -> World:
    practice = make_practice(name="Cabinet des Demandes")
    people = [
        make_practitioner(practice=practice, last_name=name, position=n)
        for n, name in enumerate(("Roussel", "Vasseur", "Nguyen"))
    ]
    for person in people:
        for weekday in range(7):
            make_rule(practitioner=person, weekday=weekday, starts=time(8), ends=time(12))
            make_rule(practitioner=person, weekday=weekday, starts=time(14), ends=time(18))
    kinds = [
        make_visit_type(practice=practice, position=n, name=name, short_name=name[:8], **terms)
        for n, (name, terms) in enumerate(
            (
                ("Consultation", {}),
                ("Rééducation", {"series_sessions": 6, "series_per_week": 2, "duration_minutes": 30}),
                ("Visite à domicile", {"place": Place.HOME, "duration_minutes": 30}),
                ("Bilan", {"preparation": "Venir à jeun.", "duration_minutes": 60}),
            )
        )
    ]
    VisitQuestion.objects.create(visit_type=kinds[3], text="Vient-il en transport ?")
    return World(practice, people, *kinds, make_secretary(practices=(practice,), last_name="Diallo"))


@pytest.fixture
def awa(browser: Browser, live_server: Any, world: World) -> Iterator[Typist]:
    client = Client()
    client.force_login(world.awa)
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, reduced_motion="reduce", locale="fr-FR"
    )
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/desk/practices/{world.practice.pk}/")
    expect(page.locator("#agenda-booking")).to_be_visible()
    expect(page.locator("#patient-panel")).to_be_visible()
    yield Typist(page)
    page.goto("about:blank")
    context.close()
    clock.sleep(0.4)  # the server may still be answering a page that has gone; the tables are emptied next


def booked(world: World) -> list[Appointment]:
    """Return what is booked at her practice; a story before this one may have left others behind."""
    hers = Appointment.objects.filter(practice=world.practice, status="booked")
    return list(hers.order_by("starts_at").select_related("practitioner"))


def rested(typist: Typist) -> None:
    """Wait for the strip at rest: what was asked is done."""
    expect(typist.page.locator("#agenda-booking:not(.is-open)")).to_be_visible(timeout=15_000)


def test_the_first_free_slot_takes_four_keys(world: World, awa: Typist) -> None:
    patient = make_patient(practice=world.practice, birth_name="Durand")
    awa.chooses("duran", "DURAND")
    awa.opens("1")
    awa.press("1")
    awa.sees(".booking-hold")
    awa.press("Enter")
    rested(awa)
    assert [each.patient for each in booked(world)] == [patient]
    assert awa.used("the first free slot") == 4


def test_a_named_practitioner_at_a_named_time(world: World, awa: Typist) -> None:
    make_patient(practice=world.practice, birth_name="Durand")
    awa.chooses("duran", "DURAND")
    awa.opens("1")
    awa.says_when("demain 10h30 vas")
    awa.sees(".booking-hold", "Vasseur")
    awa.press("Enter")
    rested(awa)
    (only,) = booked(world)
    assert (only.starts_at, only.practitioner) == (world.at(10, 30), world.people[1])
    assert awa.used("“demain 10h30 vas”") == 21


def test_days_and_half_days_in_words(world: World, awa: Typist) -> None:
    make_patient(practice=world.practice, birth_name="Durand")
    awa.chooses("duran", "DURAND")
    awa.opens("1")
    awa.says_when("mardi ou jeudi après 16h")
    awa.sees(".booking-criterion", "après 16")
    awa.press("1")
    awa.sees(".booking-hold")
    awa.press("Enter")
    rested(awa)
    start = booked(world)[0].starts_at.astimezone(world.practice.zone)
    assert start.weekday() in {1, 3}
    assert start.hour >= 16
    assert awa.used("“mardi ou jeudi après 16h”") == 30


def test_a_taken_time_is_explained_and_the_nearest_taken(world: World, awa: Typist) -> None:
    make_appointment(practitioner=world.people[0], visit_type=world.consultation, starts_at=world.at(10))
    make_patient(practice=world.practice, birth_name="Durand")
    awa.chooses("duran", "DURAND")
    awa.opens("1")
    awa.says_when("demain 10h rous")
    awa.sees("#agenda-booking [role=alert]")
    awa.sees(".booking-why", "15 min plus tôt".replace(" min", "\u202fmin"))
    number = awa.page.locator(".booking-item", has_text="15\u202fmin plus tôt").locator(".kbd").inner_text()
    awa.press(number)
    awa.sees(".booking-hold")
    awa.press("Enter")
    rested(awa)
    assert booked(world)[0].starts_at == world.at(9, 45)
    assert awa.used("a taken time, then the nearest") == 21


def test_a_forced_appointment_says_why(world: World, awa: Typist) -> None:
    make_appointment(practitioner=world.people[0], visit_type=world.consultation, starts_at=world.at(10))
    make_patient(practice=world.practice, birth_name="Durand")
    awa.chooses("duran", "DURAND")
    awa.opens("1")
    awa.says_when("demain 10h rous")
    awa.sees("#agenda-booking [role=alert]")
    awa.press("f")
    awa.sees(".is-forcing", "0 sur 3")
    awa.press("2", "Enter")
    rested(awa)
    forced = Appointment.objects.get(is_forced=True)
    assert (forced.starts_at, forced.force_reason) == (world.at(10), "Ne peut pas attendre")
    assert awa.used("forced, with its reason") == 22


def test_six_sessions_two_a_week(world: World, awa: Typist) -> None:
    patient = make_patient(practice=world.practice, birth_name="Durand")
    awa.chooses("duran", "DURAND")
    awa.opens("2")
    awa.press("e")
    awa.sees(".booking-series li:nth-child(6)")
    awa.press("Enter")
    rested(awa)
    assert {(each.patient, each.group.kind) for each in booked(world)} == {(patient, "series")}
    assert len(booked(world)) == 6
    assert awa.used("six sessions, two a week") == 4
    awa.press("Control+z")
    awa.sees("#toasts", "6 rendez-vous")
    assert booked(world) == []


def test_one_session_of_the_series_is_swapped(world: World, awa: Typist) -> None:
    make_patient(practice=world.practice, birth_name="Durand")
    awa.chooses("duran", "DURAND")
    awa.opens("2")
    awa.press("e")
    awa.sees(".booking-series li:nth-child(6)")
    awa.press("3")
    awa.sees("#agenda-booking", "Séance 3")
    awa.press("1")
    awa.sees(".booking-series li:nth-child(6)")
    awa.press("Enter")
    rested(awa)
    assert len(booked(world)) == 6
    assert awa.used("a series, its third session swapped") == 6


def test_brother_and_sister_one_after_the_other(world: World, awa: Typist) -> None:
    make_patient(practice=world.practice, birth_name="Durand", first_names="Léa")
    make_patient(practice=world.practice, birth_name="Kermarrec", first_names="Tom")
    awa.chooses("duran", "DURAND")
    awa.opens("1")
    awa.press("b")
    awa.sees(".is-family .booking-item")
    awa.press("1")
    awa.sees(".is-holding", "DURAND Léa")
    awa.press("/")
    awa.type("kerm")
    awa.press("Enter")
    awa.sees("#patient-hits button:focus", "KERMARREC")
    awa.press("Enter")
    awa.sees(".is-holding", "KERMARREC Tom")
    awa.press("Enter")
    rested(awa)
    first, second = booked(world)
    assert (second.starts_at, second.practitioner) == (first.ends_at, first.practitioner)
    assert awa.used("brother and sister, one after the other") == 12


def test_an_ultrasound_then_the_consultation(world: World, awa: Typist) -> None:
    pathway = Pathway.objects.create(practice=world.practice, name="Écho puis consultation")
    for position, (kind, person) in enumerate(
        ((world.check_up, world.people[2]), (world.consultation, world.people[0]))
    ):
        PathwayStep.objects.create(pathway=pathway, position=position, visit_type=kind, practitioner=person)
    make_patient(practice=world.practice, birth_name="Durand")
    awa.chooses("duran", "DURAND")
    awa.press("v")
    awa.sees("#agenda-booking .booking-item", "Écho puis consultation")
    awa.press("0")
    awa.sees(".is-family .booking-item")
    awa.press("1")
    awa.sees(".is-holding", "DURAND")
    awa.press("Enter")
    rested(awa)
    assert [each.practitioner for each in booked(world)] == [world.people[2], world.people[0]]
    assert awa.used("an ultrasound, then the consultation") == 4


def test_a_visit_at_home(world: World, awa: Typist) -> None:
    make_patient(practice=world.practice, birth_name="Durand")
    awa.chooses("duran", "DURAND")
    awa.opens("3")
    awa.press("1")
    awa.sees(".booking-hold")
    awa.press("q")
    for words in ("3 rue Haute", "69005", "Lyon"):
        awa.type(words)
        awa.press("Tab" if words != "Lyon" else "Enter")
    rested(awa)
    home = HomeVisit.objects.get(appointment=booked(world)[0])
    assert (home.address_line, home.postcode, home.city) == ("3 rue Haute", "69005", "Lyon")
    assert awa.used("a visit at home, with its address") == 27


def test_fasting_and_accompanied(world: World, awa: Typist) -> None:
    make_patient(practice=world.practice, birth_name="Durand")
    awa.chooses("duran", "DURAND")
    awa.opens("4")
    awa.press("1")
    awa.sees(".booking-aloud", "Venir à jeun.")
    awa.press("q")
    awa.type("non")
    awa.press("Escape", "k")
    awa.type("sa mère")
    awa.press("Enter")
    rested(awa)
    (only,) = booked(world)
    assert only.accompanied_by == "sa mère"
    assert [each.answer for each in only.answers.all()] == ["non"]
    assert awa.used("a question answered, accompanied by the mother") == 17


def test_preferences_are_taken_and_a_refusal_is_said(world: World, awa: Typist) -> None:
    patient = make_patient(practice=world.practice, birth_name="Durand")
    PatientPreference.objects.create(patient=patient, practitioner=world.people[2], half_day="pm")
    PatientBlock.objects.create(
        patient=patient,
        practitioner=world.people[0],
        reason="trois absences",
        since=now(),
        decided_by=world.awa,
    )
    awa.chooses("duran", "DURAND")
    awa.opens("1")
    awa.sees(".booking-said", "Ses préférences")
    awa.press("1")
    awa.sees(".booking-hold", "Nguyen")
    awa.press("Enter")
    rested(awa)
    assert awa.used("as the patient prefers") == 4
    awa.opens("1")
    awa.says_when("roussel")
    awa.sees("#agenda-booking [role=alert]", "ne donne plus de rendez-vous")


@pytest.mark.parametrize(
    ("theme", "width", "height"), [("light", 1440, 900), ("dark", 1280, 720), ("light", 390, 844)]
)
def test_the_strip_is_accessible_in_every_state(
    world: World, awa: Typist, theme: Any, width: int, height: int
) -> None:
    make_appointment(practitioner=world.people[0], visit_type=world.check_up, starts_at=world.at(10))
    make_patient(practice=world.practice, birth_name="Durand")
    awa.page.emulate_media(color_scheme=theme)
    awa.page.set_viewport_size({"width": width, "height": height})
    if width < 900:
        awa.page.goto(f"{awa.page.url.split('/desk/')[0]}/agenda/{world.practice.pk}/")
        awa.sees("#agenda-booking")
    else:
        awa.chooses("duran", "DURAND")
    # The test's server has no live stream: the panel would fade, as it does while the network is away.
    awa.page.evaluate(
        "() => document.querySelectorAll('[data-stale]').forEach((each) => {"
        " each.removeAttribute('data-stale'); each.classList.remove('is-stale'); })"
    )
    awa.opens("4")
    faults: list[Any] = []
    for state, keys in (
        ("slots", ()),
        ("criteria", ("o",)),
        ("family", ("Escape", "b")),
        ("hold", ("Escape", "1")),
        ("series", ("Escape", "v", "2", "e")),
    ):
        for key in keys:
            awa.press(key)
            awa.page.wait_for_timeout(500)
        faults += _faults(awa.page, state)
    awa.press("Escape")
    awa.sees("#agenda-booking #booking-ask")
    awa.press("Escape")
    rested(awa)
    awa.opens("1")
    awa.says_when("demain 10h rous")
    awa.sees("#agenda-booking [role=alert]")
    awa.press("f")
    awa.sees(".is-forcing")
    awa.page.wait_for_timeout(500)
    faults += _faults(awa.page, "force")
    assert faults == []
    overflow = awa.page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    assert overflow <= 0, "nothing is cut off at the side"


def _faults(page: Page, state: str) -> list[str]:
    found = Axe().run(page, context="#agenda-booking").response["violations"]
    return [
        f"{state}: {each['id']} {node['html'][:90]} {node['failureSummary'][:200]}"
        for each in found
        for node in each["nodes"]
    ]
