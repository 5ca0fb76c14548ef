"""The line is dead: the counter reads its agenda, writes on it, and nothing is lost when the line is back."""

from collections.abc import Awaitable, Callable

import pytest

from decroche.continuity.models import Capture
from decroche.practices.models import Practice
from decroche.scheduling.models import Appointment
from tests.journeys.conftest import House, Person, look

pytestmark = [pytest.mark.journey, pytest.mark.django_db, pytest.mark.timeout(300)]
PRACTICE = "Cabinet médical des Tilleuls"
PHRASE = "quatre tilleuls et un banc vert"
Enter = Callable[..., Awaitable[Person]]


async def _open_with_the_phrase(person: Person) -> None:
    await person.page.fill("#phrase", PHRASE)
    await person.presses("Enter")
    await person.sees("#inside:not([hidden])")


async def test_the_counter_goes_on_without_internet(house: House, enter: Enter) -> None:
    staff = await enter("granger")
    practice_id = await look(lambda: Practice.objects.get(name=PRACTICE).pk)
    page = staff.page
    await page.goto(f"{house.url}/continuity/{practice_id}/")
    await page.fill("#id_phrase", PHRASE)
    await page.fill("#id_again", PHRASE)
    await staff.presses("Enter")
    await staff.sees("#continuity-state", "Ouvrir la page hors ligne")
    await page.goto(f"{house.url}/continuity/{practice_id}/page/")
    await staff.sees("#ready:not([hidden])")

    await page.fill("#phrase", "une autre phrase que la bonne")
    await staff.presses("Enter")
    await staff.sees("#said", "n’ouvre pas cet agenda")

    await page.wait_for_function(
        "caches.open('decroche-continuity-1').then((shelf) => shelf.keys()).then((all) => all.length >= 4)"
    )
    await page.context.set_offline(True)
    await page.reload()
    await _open_with_the_phrase(staff)
    days = await page.locator("#day option").all()
    assert len(days) == 14
    for day in range(7):  # whatever today is, someone receives within the week
        await page.select_option("#day", index=day)
        if await page.locator("#agenda [data-do=arrived]").count():
            break
    await page.locator("#agenda [data-do=arrived]").first.click()
    await page.click("#add")
    await page.fill("#n-note", "Rappeler Mme Berthelot au retour.")
    await staff.presses("Enter")
    await staff.sees("#lines", "Rappeler Mme Berthelot")
    await page.reload()  # the machine is switched off and on again
    await _open_with_the_phrase(staff)
    await staff.sees("#unsent", "2")

    await page.context.set_offline(False)
    await page.reload()
    await _open_with_the_phrase(staff)
    await page.click("#send")
    await staff.sees(".reconcile", "Rappeler Mme Berthelot")
    await page.wait_for_load_state()
    await staff.presses("r")
    await staff.sees("#main", "reprise")
    arrived = await look(lambda: Capture.objects.get(kind="arrived").appointment_id)
    assert await look(lambda: Appointment.objects.get(pk=arrived).status) == "arrived"
