"""The tenth caller's odd request, by keyboard alone: each story counts its keystrokes, and so do we.

No exchange is needed: the real pages, scripts and server, in Chromium, on a practice made for it.
"""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from decroche.foundation.clock import now
from decroche.scheduling.models import (
    Appointment,
    HomeVisit,
    Pathway,
    PathwayStep,
    PatientBlock,
    PatientPreference,
)
from tests.journeys.typist import Typist, World, awa, booked, browser, pytestmark, rested, world
from tests.scheduling.factories import make_appointment, make_patient

__all__ = ["awa", "browser", "pytestmark", "world"]


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
    awa.takes_a_pair(first="DURAND Léa", letters="kerm", second="KERMARREC Tom")
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
