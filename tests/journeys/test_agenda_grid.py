"""The agenda's grid in a real browser: moved by hand and by the keys, refused with a reason, seen at once elsewhere."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.async_playwright import Axe

from decroche.practices.models import Practice
from decroche.scheduling.models import Appointment
from decroche.scheduling.queries import open_slots
from tests.journeys.conftest import House, Person, look

pytestmark = [pytest.mark.journey, pytest.mark.django_db, pytest.mark.timeout(300)]
Enter = Callable[..., Awaitable[Person]]
PARIS = ZoneInfo("Europe/Paris")


def _stage():
    """Find a coming day of the Tilleuls with two booked practitioners and a free quarter in the second's column."""
    practice = Practice.objects.get(name__contains="Tilleuls")
    now = datetime.now(tz=UTC)
    for days in range(2, 30):
        start = datetime.combine((now + timedelta(days=days)).date(), datetime.min.time(), tzinfo=PARIS)
        visits = Appointment.objects.filter(
            practice=practice, status="booked", starts_at__gte=start, starts_at__lt=start + timedelta(days=1)
        ).select_related("practitioner", "visit_type", "site")
        for visit in visits.filter(visit_type__name="Consultation").order_by("pk"):
            if visit.ends_at - visit.starts_at != timedelta(minutes=15):
                continue
            others = [
                person
                for person in practice.practitioners.filter(is_active=True)
                if person.pk != visit.practitioner_id
            ]
            slots = open_slots(
                practitioners=others,
                visit_type=visit.visit_type,
                start=start,
                now=now,
                limit=1,
                horizon_days=days + 1,
            )
            slot = next((each for each in slots if each.starts_at.date() == start.date()), None)
            neighbour = visits.exclude(pk=visit.pk).filter(practitioner_id=visit.practitioner_id).first()
            if slot and neighbour and slot.ends_at - slot.starts_at == timedelta(minutes=15):
                return practice.pk, start.date().isoformat(), visit.pk, slot, neighbour.pk
    raise AssertionError("the demo world has no such day")


async def _open(person: Person, house: House, practice: int, day: str) -> None:
    await person.page.goto(f"{house.url}/agenda/{practice}/?date={day}")
    await person.sees("#agenda-grid .appt")
    await person.page.wait_for_function("() => !document.documentElement.hasAttribute('data-offline')")


async def _spot(person: Person, column: str, row: int) -> tuple[float, float]:
    """Give where a row of a column is on the screen, after bringing it into view."""
    return await person.page.evaluate(
        """([column, row]) => {
            const grid = document.getElementById("agenda-grid"), box = document.getElementById("agenda-scroll");
            const height = grid.clientHeight / Number(box.dataset.rows);
            box.scrollTo({ top: Math.max(0, row * height - box.clientHeight / 2), behavior: "instant" });
            document.getElementById(column).scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
            box.scrollTo({ top: Math.max(0, row * height - box.clientHeight / 2), behavior: "instant" });
            const area = document.getElementById(column).getBoundingClientRect();
            return [area.left + area.width / 2, grid.getBoundingClientRect().top + (row + 0.5) * height];
        }""",
        [column, row],
    )


async def _row(person: Person, moment: datetime) -> int:
    first = int(await person.page.locator("#agenda-scroll").get_attribute("data-first-minute") or 0)
    local = moment.astimezone(PARIS)
    return (local.hour * 60 + local.minute - first) // 5


async def _read(pk: int) -> Appointment:
    found: Appointment = await look(lambda: Appointment.objects.select_related("practitioner").get(pk=pk))
    return found


async def test_a_visit_is_dragged_to_a_colleague_and_another_screen_sees_it(
    house: House, enter: Enter
) -> None:
    practice, day, pk, slot, _ = await look(_stage)
    awa, lea = await enter("diallo"), await enter("le-goff")
    await _open(awa, house, practice, day)
    await _open(lea, house, practice, day)
    before = await _read(pk)
    row = await _row(awa, slot.starts_at)
    target = f"col-{slot.practitioner_id}-{day}"

    card = awa.page.locator(f"#appt-{pk}")
    await card.scroll_into_view_if_needed()
    box = await card.bounding_box()
    await awa.page.mouse.move(box["x"] + 40, box["y"] + 3)
    await awa.page.mouse.down()
    await awa.page.mouse.move(box["x"] + 50, box["y"] + 20, steps=4)
    assert await awa.page.locator(".agenda-layer > .is-ghost").count() == 1
    x, y = await _spot(awa, target, row)
    await awa.page.mouse.move(x, y, steps=12)
    await awa.sees(".is-ghost.is-sure")
    await awa.page.mouse.up()

    await awa.sees(f"[id='{target}'] #appt-{pk}")
    await lea.sees(f"[id='{target}'] #appt-{pk}")
    after = await _read(pk)
    assert (after.practitioner_id, after.starts_at) == (slot.practitioner_id, slot.starts_at)
    await awa.page.locator(".toast-calm button").first.click()
    await lea.sees(f"[id='col-{before.practitioner_id}-{day}'] #appt-{pk}")
    assert (await _read(pk)).starts_at == before.starts_at


async def test_the_same_by_the_keys_and_a_taken_place_says_so(house: House, enter: Enter) -> None:
    practice, day, pk, slot, neighbour = await look(_stage)
    awa = await enter("diallo")
    await _open(awa, house, practice, day)
    before, other = await _read(pk), await _read(neighbour)
    row, home = await _row(awa, slot.starts_at), await _row(awa, before.starts_at)

    await awa.page.locator(f"#appt-{pk}").focus()
    await awa.presses("m")
    await awa.sees("#agenda-movebar")
    step = await _row(awa, other.starts_at) - home
    await awa.presses(*["ArrowDown" if step > 0 else "ArrowUp"] * abs(step))
    await awa.sees(".is-ghost.is-refused .ghost-said", "pris")
    assert "pris" in (await awa.page.locator("#agenda-said").text_content() or "")
    await awa.presses("Enter")
    await awa.sees(".toast-calm", "Le rendez-vous reste où il était.")
    assert (await _read(pk)).starts_at == before.starts_at

    await awa.sees(f"#appt-{pk}:focus")
    await awa.presses("m", "Escape")
    assert await awa.page.locator(".is-ghost").count() == 0

    columns = await awa.page.eval_on_selector_all(".agenda-col", "all => all.map(each => each.id)")
    across = columns.index(f"col-{slot.practitioner_id}-{day}") - columns.index(
        f"col-{before.practitioner_id}-{day}"
    )
    await awa.presses("m", *["ArrowRight" if across > 0 else "ArrowLeft"] * abs(across))
    await awa.presses(*["ArrowDown" if row > home else "ArrowUp"] * abs(row - home))
    await awa.presses("Shift+ArrowUp")
    await awa.sees(".is-ghost.is-sure")
    await awa.presses("Enter")
    await awa.sees(f"[id='col-{slot.practitioner_id}-{day}'] #appt-{pk}")
    after = await _read(pk)
    assert (after.starts_at, after.ends_at - after.starts_at) == (slot.starts_at, timedelta(minutes=10))
    await awa.presses("Control+z")
    await awa.sees(f"[id='col-{before.practitioner_id}-{day}'] #appt-{pk}")


async def test_a_closed_hour_answers_and_the_screens_pass_axe(house: House, enter: Enter) -> None:
    practice, day, _, _, _ = await look(_stage)
    awa = await enter("diallo")
    await _open(awa, house, practice, day)
    closed = awa.page.locator(".agenda-closed").first
    await closed.focus()
    await awa.presses("Enter")
    await awa.sees(".agenda-why .agenda-why-text")
    assert await awa.page.locator(".agenda-why [data-why-close]").count() >= 1
    found = await Axe().run(awa.page)
    assert found.violations_count == 0, found.generate_report()
    await awa.presses("Escape")
    assert await awa.page.locator(".agenda-why").count() == 0
    await awa.presses("w")
    await awa.sees("#agenda-mode-week[aria-pressed=true]")
    await awa.presses("w")
    await awa.sees("#agenda-month")
    await awa.page.locator("[data-month-day][tabindex='0']").focus()
    await awa.presses("ArrowRight", "ArrowDown")
    found = await Axe().run(awa.page)
    assert found.violations_count == 0, found.generate_report()
    await awa.presses("Enter")
    await awa.sees("#agenda-grid")
