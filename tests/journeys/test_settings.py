"""A practitioner's week is set up in one line and a few keys, and what patients will see follows at once."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import expect

from decroche.practices.models import Practice, Practitioner
from decroche.scheduling.models import OpeningRule
from tests.journeys.conftest import House, Person, look

pytestmark = [pytest.mark.journey, pytest.mark.django_db, pytest.mark.timeout(300)]
PRACTICE = "Cabinet médical des Tilleuls"
Enter = Callable[..., Awaitable[Person]]


def _newcomer() -> Practitioner:
    return Practitioner.objects.create(
        practice=Practice.objects.get(name=PRACTICE),
        title="Dr",
        first_name="Inès",
        last_name="Nouvelle",
        position=90,
    )


async def test_a_week_is_set_up_in_few_keys_and_the_preview_follows(house: House, enter: Enter) -> None:
    newcomer: Practitioner = await look(_newcomer)
    doctor = await enter("vauquelin")
    await doctor.page.goto(f"{house.url}/agenda/{newcomer.practice_id}/settings/?practitioner={newcomer.pk}")
    await doctor.sees("#preview", "Aucun créneau dans les six mois.")

    # One line, one Enter: the cursor is already where it is written.
    await doctor.types("lun-ven 9h-12h / 14h-19h")
    await doctor.presses("Enter")
    await doctor.sees(".toast-calm", "10 plages ouvertes.")
    await expect(doctor.page.locator(".setup-block")).to_have_count(10)
    await doctor.sees("#preview .setup-slots li")

    # A block is pushed a quarter of an hour by a key; the same key undoes as everywhere.
    monday = doctor.page.locator('.setup-block[data-weekday="0"]').first
    await monday.focus()
    await doctor.presses("Alt+ArrowDown")
    await doctor.sees(".toast-calm", "Lundi\u202f: ouvert de 9\u202fh\u202f15 à 12\u202fh\u202f15.")
    await doctor.sees('.setup-block[data-weekday="0"]', "9\u202fh\u202f15")
    await doctor.presses("Control+z")
    await doctor.sees('.setup-block[data-weekday="0"] .setup-hours', "9\u202fh – 12\u202fh")

    # Saturday is drawn with the mouse, then closed with a key.
    box = await doctor.page.locator('.setup-col[data-weekday="5"]').bounding_box()
    assert box is not None
    await doctor.page.mouse.move(box["x"] + 40, box["y"] + box["height"] * 0.1)
    await doctor.page.mouse.down()
    await doctor.page.mouse.move(box["x"] + 45, box["y"] + box["height"] * 0.35, steps=6)
    await doctor.page.mouse.up()
    await doctor.sees('.setup-block[data-weekday="5"]')
    await doctor.sees("#rule-panel .rule-form")
    await doctor.page.locator('.setup-block[data-weekday="5"]').focus()
    await doctor.presses("Delete")
    await expect(doctor.page.locator(".setup-block")).to_have_count(10)

    # Another timetable from a date leaves this one as it is.
    await doctor.page.locator("summary", has_text="Nouveaux horaires").click()
    await doctor.page.fill("#timetable-on", "2030-01-07")
    await doctor.page.get_by_text("Régler ces horaires").click()
    await doctor.sees("#week .panel-title", "Horaires au lun. 7 janv. 2030")
    assert await look(lambda: OpeningRule.objects.filter(practitioner=newcomer).count()) == 20
