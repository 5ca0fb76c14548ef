"""The practitioner is ill: the day is closed, everybody is moved and told, and one sees it done."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from decroche.foundation.clock import now
from decroche.scheduling.models import Absence, Appointment, MassMove
from tests.journeys.conftest import House, Person, look

pytestmark = [pytest.mark.journey, pytest.mark.django_db, pytest.mark.timeout(300)]
PRACTICE = "Cabinet médical des Tilleuls"
Enter = Callable[..., Awaitable[Person]]


def _a_busy_day() -> tuple[Appointment, str]:
    """Give an appointment of the first day ahead on which its practitioner has several, and that day."""
    zone = ZoneInfo("Europe/Paris")
    rows = Appointment.objects.filter(practice__name=PRACTICE, status="booked", lane__isnull=True)
    for one in rows.filter(starts_at__gt=now() + timedelta(days=1)).order_by("starts_at")[:400]:
        day = one.starts_at.astimezone(zone).date()
        start = datetime.combine(day, datetime.min.time(), tzinfo=zone)
        if rows.filter(
            practitioner=one.practitioner_id, starts_at__gte=start, starts_at__lt=start + timedelta(days=1)
        ).count() in range(3, 40):
            return one, day.isoformat()
    raise AssertionError("the demo world has no busy day")


async def test_a_day_is_closed_and_everybody_moved_and_told(house: House, enter: Enter) -> None:
    appointment, day = await look(_a_busy_day)
    secretary = await enter("diallo")
    page = secretary.page
    await page.goto(f"{house.url}/agenda/{appointment.practice_id}/moves/")
    await page.select_option("#id_practitioner", str(appointment.practitioner_id))
    await page.fill("#id_first_day", day)
    await page.fill("#id_last_day", day)
    await page.locator("form[action$='/moves/away/'] .btn-primary").click()
    await secretary.sees("#mass-move .mass-line")
    lines = await page.locator(".mass-line").count()
    assert lines >= 3

    # One decides otherwise for the first: another place, by key.
    await page.locator(".mass-line").first.get_by_role("button", name="créneau").click()
    await secretary.sees("#places-dialog .booking-item")
    wanted = await page.locator("#places-dialog .booking-item strong").first.inner_text()
    await secretary.presses("1")
    await secretary.sees(".mass-line .mass-new strong")
    assert wanted

    await page.locator(".mass-line").nth(1).locator("select").select_option("cancel")
    await secretary.sees(".mass-foot", "1 annulation", seconds=20)
    await page.locator(".mass-foot .btn-primary").click()
    move = await look(lambda: MassMove.objects.latest("pk"))
    for _ in range(240):
        if not await look(lambda: move.items.filter(state="proposed").exists()):
            break
        await page.wait_for_timeout(500)
    states = await look(
        lambda: list(move.items.values_list("plan", "state", "appointment__status", "problem"))
    )
    done = [line for line in states if line[1] == "done"]
    # A place taken or a day filled meanwhile is said on its line, to be taken up again; most find theirs.
    assert all(problem for _, state, _, problem in states if state != "done"), states
    assert len(done) >= lines * 2 / 3, states
    assert ("cancel", "cancelled") in [(plan, status) for plan, _, status, _ in done]
    await secretary.sees(".mass-progress", f"{len(done)}/{lines}", seconds=20)


async def test_nothing_was_done_until_it_was_sent(house: House, enter: Enter) -> None:
    appointment, day = await look(_a_busy_day)
    before = await look(Absence.objects.count)
    secretary = await enter("diallo")
    page = secretary.page
    await page.goto(f"{house.url}/agenda/{appointment.practice_id}/moves/")
    await page.select_option("#id_practitioner", str(appointment.practitioner_id))
    await page.fill("#id_first_day", day)
    await page.fill("#id_last_day", day)
    await page.locator("form[action$='/moves/away/'] .btn-primary").click()
    await secretary.sees(".mass-foot")
    assert await look(Absence.objects.count) == before + 1
    await page.locator(".mass-foot .btn-danger-quiet").click()
    await page.wait_for_url(lambda url: url.endswith("/moves/"))
    assert await look(Absence.objects.count) == before
    same = await look(lambda: Appointment.objects.get(pk=appointment.pk))
    assert (same.starts_at, same.status) == (appointment.starts_at, "booked")
