"""Someone who asks by keyboard alone of a practice made for it: the real pages, scripts and server, in Chromium.

No exchange is needed. Whoever imports these fixtures says that it is a journey, by `pytestmark`.
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
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

from decroche.accounts.models import User
from decroche.foundation.clock import now
from decroche.practices.models import Practice, Practitioner
from decroche.scheduling.models import Appointment, Place, VisitQuestion, VisitType
from tests.factories import make_practice, make_practitioner, make_secretary
from tests.scheduling.factories import make_rule, make_visit_type

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

    def takes_a_pair(self, *, first: str, letters: str, second: str) -> None:
        """Keep the first two places that follow one another, and name who comes with the patient."""
        self.press("b")
        self.sees(".is-family .booking-item")
        self.press("1")
        self.sees(".is-holding", first)
        self.press("/")
        self.type(letters)
        self.press("Enter")
        self.sees("#patient-hits button:focus", second.split(maxsplit=1)[0])
        self.press("Enter")
        self.sees(".is-holding", second)
        self.press("Enter")
        rested(self)

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
