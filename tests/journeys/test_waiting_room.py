"""From the door to the wall: a patient says "I am here" alone, the doctor presses one key, the wall shows a number."""

import re
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from decroche.foundation.clock import now
from decroche.patients.models import Patient
from decroche.practices.models import Practice, Practitioner
from decroche.scheduling.models import Appointment, VisitType
from tests.journeys.conftest import House, Person, look

pytestmark = [pytest.mark.journey, pytest.mark.django_db, pytest.mark.timeout(300)]
PRACTICE = "Cabinet médical des Tilleuls"
NAME, FIRST, BORN = "Quincampoix", "Hippolyte", date(1951, 2, 3)
Enter = Callable[..., Awaitable[Person]]


def _expect_somebody() -> int:
    """Give Dr Vauquelin one patient about now, booked yesterday, and nobody else in the room."""
    practice = Practice.objects.get(name=PRACTICE)
    doctor = Practitioner.objects.get(practice=practice, last_name="Vauquelin")
    Appointment.objects.filter(
        practitioner=doctor, status__in=["arrived", "called", "in_consultation"]
    ).update(status="done")
    patient = Patient(practice=practice, birth_name=NAME, first_names=FIRST, birth_date=BORN)
    patient.save(numbers=[])
    starts = now().replace(second=0, microsecond=0)
    Appointment.objects.create(
        practice=practice,
        practitioner=doctor,
        site=practice.sites.get(is_main=True),
        visit_type=VisitType.objects.filter(practice=practice, emergency=False).first(),
        patient=patient,
        starts_at=starts,
        ends_at=starts + timedelta(minutes=15),
        status="booked",
        created_at=starts - timedelta(days=1),
        lane=1000,
        is_forced=True,
        force_reason="essai",
    )
    return practice.pk


async def _address_of_new_screen(doctor: Person, kind: str, label: str) -> str:
    await doctor.page.select_option("[name=kind]", kind)
    await doctor.page.fill("[name=label]", label)
    await doctor.page.get_by_role("button", name="Créer l’adresse de l’écran").click()
    await doctor.sees(".wroom-made", label)
    return (await doctor.page.locator(".wroom-address").inner_text()).strip()


async def _anonymous(browser: Browser, address: str, width: int, height: int) -> Page:
    context = await browser.new_context(viewport={"width": width, "height": height}, locale="fr-FR")
    page = await context.new_page()
    await page.goto(address)
    return page


async def test_a_patient_checks_in_and_one_key_calls_them_on_the_wall(
    house: House, enter: Enter, browser: Browser
) -> None:
    practice_id = await look(_expect_somebody)
    doctor = await enter("vauquelin")
    await doctor.page.goto(f"{house.url}/waiting-room/{practice_id}/set-up/")
    wall = await _anonymous(browser, await _address_of_new_screen(doctor, "wall", "Mur"), 1920, 1080)
    kiosk = await _anonymous(browser, await _address_of_new_screen(doctor, "check_in", "Borne"), 768, 1024)
    await doctor.page.goto(f"{house.url}/waiting-room/{practice_id}/")

    await kiosk.get_by_role("link", name="Mon nom et ma date de naissance").click()
    await expect(kiosk.locator("[name=name]")).to_be_focused()
    await kiosk.keyboard.type(NAME.lower())
    for name, value in (("day", BORN.day), ("month", BORN.month), ("year", BORN.year)):
        await kiosk.fill(f"[name={name}]", str(value))
    await kiosk.keyboard.press("Enter")
    number = await kiosk.locator(".kiosk-number").inner_text()
    assert re.fullmatch(r"[A-Z]\s\d+", number)
    assert NAME.lower() not in (await kiosk.content()).lower()

    await doctor.sees("#waiting-board .wroom-next", NAME.upper())
    await doctor.presses("n")
    await doctor.sees(".wroom-inside", NAME.upper())
    await expect(wall.locator(".wall-call.is-first .wall-who")).to_have_text(number, timeout=15_000)
    on_the_wall = (await wall.content()).lower()
    assert NAME.lower() not in on_the_wall
    assert FIRST.lower() not in on_the_wall
    assert await wall.evaluate("document.documentElement.scrollHeight <= innerHeight")

    await doctor.presses("Control+z")
    await doctor.sees("#waiting-board .wroom-next", NAME.upper())
    await expect(wall.locator(".wall-call", has_text=number)).to_have_count(0, timeout=15_000)
    await expect(kiosk.locator(".kiosk-ways")).to_be_visible(timeout=25_000)  # it cleared itself

    await wall.context.set_offline(True)
    await expect(wall.locator("#wall-stale")).to_contain_text("sans nouvelles depuis", timeout=30_000)
    await wall.context.set_offline(False)
    await expect(wall.locator("#wall-stale")).to_be_hidden(timeout=15_000)
    for page in (wall, kiosk):
        await page.context.close()
