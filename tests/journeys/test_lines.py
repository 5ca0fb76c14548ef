"""A practitioner sets a line up on the picture of its calls, and a real call proves the forwarding."""

from collections.abc import Awaitable, Callable
from wave import open as open_wave

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from decroche.calls.actions.keep_sound import sounds_folder
from decroche.calls.models import CallPlan, LineHours, MenuChoice
from decroche.practices.models import Line
from tests.asterisk.sipp import Caller
from tests.journeys.conftest import POCKET, House, Person, look

pytestmark = [pytest.mark.journey, pytest.mark.django_db, pytest.mark.timeout(300)]
PRACTICE = "Cabinet médical des Tilleuls"
Enter = Callable[..., Awaitable[Person]]


def _line() -> Line:
    """Return the patients' line, as if nobody had ever set it up."""
    line = Line.objects.get(practice__name=PRACTICE, is_active=True, label__icontains="patients")
    CallPlan.objects.filter(line=line).delete()
    return line


async def _passes_axe(person: Person) -> None:
    found = await Axe().run(person.page)
    assert found.violations_count == 0, found.generate_report()


async def _sets_hours(doctor: Person, line: Line) -> None:
    page = doctor.page
    # Hours: one line, one Enter, and a period drawn on Saturday's band.
    await page.click("#station-hours")
    await doctor.sees("#slot h3:focus", "Horaires de la ligne")
    await page.fill("#f-hours-week", "lun-ven 9h-12h / 14h-18h")
    await doctor.presses("Enter")
    await expect(page.locator("input[name=to-4]").nth(1)).to_have_value("18:00")
    band = page.locator("[data-band='5']")
    await band.scroll_into_view_if_needed()
    box = await band.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + box["width"] * 9 / 24, box["y"] + 5)
    await page.mouse.down()
    await page.mouse.move(box["x"] + box["width"] * 12 / 24, box["y"] + 5, steps=5)
    await page.mouse.up()
    await expect(page.locator("input[name=from-5]")).to_have_value("09:00")
    await _passes_axe(doctor)
    await page.click(".line-way-form-foot button[name=save]")
    await doctor.sees(".toast-calm", "Les horaires sont enregistrés.")
    assert await page.evaluate("document.activeElement.id") == "station-hours"
    assert await look(lambda: LineHours.objects.filter(plan__line=line).count()) == 11
    await page.click("#asked-sunday")
    await doctor.sees(".line-asked-title", "la ligne est fermée jusqu’à demain, 9\u202fh.")
    await doctor.sees("#station-moment-closed.is-lit")


async def _records_a_greeting(doctor: Person, line: Line, house: House) -> None:
    page = doctor.page
    # The greeting: heard from the machine, then recorded at the microphone.
    await page.click("#station-greeting")
    await doctor.sees("[data-way-form=greeting]")
    await page.click("label:has([value=recorded])")
    await page.click("[data-record]")
    await doctor.sees("[data-record][aria-pressed=true]")
    await page.wait_for_timeout(1500)
    await page.click("[data-record]")
    await doctor.sees(".line-sound-kept audio")
    await page.click(".line-way-form-foot button[name=save]")
    await doctor.sees("#station-greeting", "un enregistrement")
    stored = await look(lambda: CallPlan.objects.get(line=line).greeting_sound)
    kept = sounds_folder() / f"{stored}.wav"
    if not kept.is_file():  # the web process keeps its sounds where the house was told to
        kept = house.exchange.settings.state_dir.parent / "telephony/sounds" / f"{stored}.wav"
    with open_wave(str(kept)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
        assert file.getnframes() > 8000


async def _writes_a_menu(doctor: Person, line: Line) -> None:
    page = doctor.page
    # The menu, with the sentence for emergencies; what was typed survives the buttons.
    await page.click("#station-menu")
    await doctor.sees("[data-way-form=menu]")
    await page.fill("textarea[name=text]", "Pour un rendez-vous, tapez 1.")
    await page.click("button[name=emergency]")
    await expect(page.locator("textarea[name=text]")).to_have_value(
        "Pour une urgence vitale, raccrochez et composez le 15. Pour un rendez-vous, tapez 1."
    )
    await page.click("button[name=add]")
    await page.fill("input[name=row-label]", "un rendez-vous")
    await _passes_axe(doctor)
    await doctor.presses("Enter")
    await doctor.sees("#station-menu", "1\u202fun rendez-vous")
    assert await look(lambda: MenuChoice.objects.filter(plan__line=line).count()) == 1
    await page.fill("#asked-day", "2030-01-07")
    await page.fill("#asked-time", "10:00")
    await page.click("button[name=when][value=other]")
    await doctor.sees(
        ".line-asked-title", "Lundi 7 janvier 2030 à 10\u202fh, la ligne est ouverte jusqu’à 12\u202fh."
    )
    await doctor.sees(".line-asked-keys", "un rendez-vous")
    await doctor.sees("#station-menu.is-lit")


async def test_a_line_is_set_up_on_its_picture(house: House, enter: Enter) -> None:
    line: Line = await look(_line)
    doctor = await enter("vauquelin")
    page = doctor.page
    await page.goto(f"{house.url}/calls/lines/{line.pk}/")
    await page.click("#asked-sunday")
    await doctor.sees(".line-asked-title", "la ligne est ouverte.")
    await _passes_axe(doctor)

    await _sets_hours(doctor, line)
    await _records_a_greeting(doctor, line, house)
    await _writes_a_menu(doctor, line)

    # Escape closes a form and gives the keyboard back; Ctrl+Z takes the menu away again.
    await page.click("#station-voicemail")
    await doctor.sees("[data-way-form=voicemail]")
    await doctor.presses("Escape")
    await expect(page.locator("#slot")).to_be_empty()
    assert await page.evaluate("document.activeElement.id") == "station-voicemail"
    await doctor.presses("Control+z")
    await doctor.sees("#station-menu.is-off", "Pas de menu")


async def test_a_call_that_arrives_proves_the_forwarding(
    house: House, enter: Enter, new_caller: Callable[[], Caller]
) -> None:
    line: Line = await look(_line)
    await look(lambda: CallPlan.objects.create(line=line, operator="orange"))
    doctor = await enter("vauquelin", size=POCKET)
    await doctor.page.goto(f"{house.url}/calls/lines/{line.pk}/forwarding/")
    await doctor.page.click("text=Vérifier le renvoi")
    await doctor.sees(".line-check-wait")
    await _passes_axe(doctor)
    await new_caller().call(line.number, sender="<sip:+33639981234@operator.example>", talks=5)
    await doctor.sees(".strip-good", "Le renvoi fonctionne", seconds=30)
    await _passes_axe(doctor)
    await doctor.page.goto(f"{house.url}/calls/lines/{line.pk}/")
    await doctor.sees("#station-number", "vérifié le")
    assert await doctor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
