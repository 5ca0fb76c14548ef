"""A supervisor tries a shorter wrap-up on one of her own days, sees the curves move, applies it, and takes it back."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import expect

from decroche.calls.models import DistributionPolicy
from tests.journeys.conftest import House, Person, look

pytestmark = [pytest.mark.journey, pytest.mark.django_db, pytest.mark.timeout(300)]
Enter = Callable[..., Awaitable[Person]]
SLOW = 20_000  # two replays of a whole day, on a busy machine


def _wrap_up() -> int:
    return DistributionPolicy.objects.get(secretariat__name="Secrétariat Belle-Isle").wrap_up_seconds


async def test_a_policy_is_tried_on_a_past_day_applied_and_taken_back(house: House, enter: Enter) -> None:
    usual: int = await look(_wrap_up)
    boss = await enter("vasseur")
    page = boss.page
    await page.goto(f"{house.url}/calls/house/policy/")
    await expect(page.locator(".curve-now")).to_have_count(3, timeout=SLOW)
    await expect(page.locator(".curve-then")).to_have_count(0)

    # One number changes: a second line appears in each picture, nothing is applied.
    await page.fill("#policy-wrap_up_seconds", "5")
    await expect(page.locator(".curve-then")).to_have_count(3, timeout=SLOW)
    now_line = await page.locator(".curve-busy .curve-now").get_attribute("points")
    then_line = await page.locator(".curve-busy .curve-then").get_attribute("points")
    assert now_line != then_line
    assert await look(_wrap_up) == usual

    await boss.presses("F8")
    await boss.sees(".toast-calm", "C’est appliqué, dès l’appel suivant.")
    assert await look(_wrap_up) == 5

    await boss.presses("Control+z")
    await boss.sees(".toast-calm", "les réglages d’avant sont revenus")
    await expect(page.locator("#policy-wrap_up_seconds")).to_have_value(str(usual), timeout=SLOW)
    assert await look(_wrap_up) == usual
