"""A practice brings its old agenda in, sees what each line became, changes its mind; and gives an agenda to a telephone."""

import re
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.async_api import expect

from decroche.interop.models import CalendarFeed, ImportLine, ImportRun
from decroche.notifications.models import OutgoingNotice
from decroche.patients.models import Patient
from decroche.practices.models import Practice, Practitioner
from decroche.scheduling.models import Appointment
from tests.journeys.conftest import House, Person, look

pytestmark = [pytest.mark.journey, pytest.mark.django_db, pytest.mark.timeout(300)]
PRACTICE = "Cabinet médical des Tilleuls"
NOWHERE_ELSE = "Zwiller"
Enter = Callable[..., Awaitable[Person]]


def _newcomer() -> Practitioner:
    return Practitioner.objects.create(
        practice=Practice.objects.get(name=PRACTICE),
        title="Dr",
        first_name="Basile",
        last_name="Ancien",
        position=91,
    )


def old_agenda(first: date) -> bytes:
    """Three visits of one week, the last of which takes the second's time; and a lunch that comes back five times."""
    day = f"{first:%Y%m%d}"

    def event(uid: str, title: str, begins: str, ends: str, more: str = "") -> str:
        hours = f"DTSTART;TZID=Europe/Paris:{day}T{begins}00\r\nDTEND;TZID=Europe/Paris:{day}T{ends}00\r\n"
        return f"BEGIN:VEVENT\r\nUID:{uid}\r\nSUMMARY:{title}\r\n{hours}{more}END:VEVENT\r\n"

    events = (
        event("1", f"{NOWHERE_ELSE.upper()} Anatole 12/03/1951", "0900", "0915"),
        event("2", f"{NOWHERE_ELSE.upper()} Berthe 13/04/1952", "1000", "1015"),
        event("3", f"{NOWHERE_ELSE.upper()} Césarine 14/05/1953", "1000", "1015"),
        event("4", "Pause déjeuner", "1200", "1300", "RRULE:FREQ=WEEKLY;COUNT=5\r\n"),
    )
    return ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + "".join(events) + "END:VCALENDAR\r\n").encode()


def _brought_in() -> list[str]:
    rows = Appointment.objects.filter(source="import", practitioner__last_name="Ancien").exclude(
        status="released"
    )
    return sorted(row.patient.first_names for row in rows.select_related("patient"))


def _written_to() -> list[str]:
    ids = ImportLine.objects.filter(appointment__isnull=False).values_list("appointment_id", flat=True)
    notices = OutgoingNotice.objects.filter(fact__regex=r"^appointment:\d+:").values_list("fact", flat=True)
    return [fact for fact in notices if int(fact.split(":")[1]) in set(ids)]


async def test_an_old_agenda_is_previewed_brought_in_reported_and_taken_back(
    house: House, enter: Enter
) -> None:
    newcomer: Practitioner = await look(_newcomer)
    doctor = await enter("vauquelin")
    page = doctor.page
    await page.goto(f"{house.url}/interop/{newcomer.practice_id}/imports/")
    await page.set_input_files(
        "#id_file",
        {
            "name": "ancien.ics",
            "mimeType": "text/calendar",
            "buffer": old_agenda(datetime.now(tz=UTC).date() + timedelta(days=15)),
        },
    )
    await page.select_option("#id_practitioner", str(newcomer.pk))
    await page.get_by_role("button", name="Lire le fichier").click()

    # It repeats, so a job reads it; the page turns into the preview by itself, and the agenda holds nothing yet.
    await doctor.sees("dl.interop-facts", seconds=30)
    await doctor.sees("#lines", "chevauche une autre ligne du fichier")
    await page.get_by_role("link", name=re.compile("Toutes les lignes")).click()
    await expect(page.locator(".interop-line")).to_have_count(8)
    assert await look(_brought_in) == []
    await expect(page.locator('input[name="reminds"]')).not_to_be_checked()

    await page.get_by_role("button", name=re.compile("^Importer")).click()
    await doctor.sees(".panel-tools .badge-talk", "importé", seconds=30)
    await doctor.sees(".panel-body", "Aucun SMS ne part vers ces patients.")
    await page.get_by_role("link", name=re.compile("Non importées")).click()
    await expect(page.locator(".interop-line")).to_have_count(1)
    await doctor.sees(".interop-line", "le créneau était pris")
    assert (await look(_brought_in))[0] == "Anatole"
    assert len(await look(_brought_in)) == 2

    await page.get_by_text("Retirer tout l’import").click()
    await page.get_by_role("button", name="Oui, retirer l’import").click()
    await doctor.sees(".panel-tools .badge", "retiré", seconds=30)
    await expect(page.locator("dl.interop-facts")).to_contain_text("Retirées")
    assert await look(_brought_in) == []
    assert await look(lambda: Patient.objects.filter(birth_name__iexact=NOWHERE_ELSE).count()) == 0
    assert await look(lambda: ImportRun.objects.get(practitioner=newcomer).state) == "undone"
    assert await look(_written_to) == [], "nobody was written to"


async def test_a_telephone_is_given_an_agenda_and_loses_it_again(house: House, enter: Enter) -> None:
    doctor = await enter("vauquelin")
    page = doctor.page
    practice: Practice = await look(lambda: Practice.objects.get(name=PRACTICE))
    await page.goto(f"{house.url}/interop/{practice.pk}/calendars/")
    await page.fill("#id_label", "Téléphone de Solange")
    await page.get_by_role("button", name="Ouvrir le calendrier").click()
    await doctor.sees("#made-title", "Téléphone de Solange")
    address = await page.input_value(".interop-address input")
    status, text = read(address)
    assert (status, text.startswith("BEGIN:VCALENDAR")) == (200, True)
    assert "SUMMARY:Occupé" in text
    feed: CalendarFeed = await look(lambda: CalendarFeed.objects.latest("pk"))
    assert address.split("/")[-1].removesuffix(".ics") not in repr(vars(feed)), "the secret is not kept"

    await page.goto(f"{house.url}/interop/{practice.pk}/calendars/")
    await expect(page.locator(".interop-address")).to_have_count(0)
    await doctor.sees(".list-calm", "Téléphone de Solange")
    await page.get_by_role("button", name="Fermer Téléphone de Solange").click()
    await page.locator("summary", has_text="Calendriers fermés").click()
    await doctor.sees("details[open] li.is-past", "Téléphone de Solange")
    assert read(address)[0] in {404, 410}


def read(address: str) -> tuple[int, str]:
    """Ask as a calendar application does, with no session."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, ""
