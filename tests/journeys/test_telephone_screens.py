"""Every screen of the telephone, on a desk and in a pocket, in the light and in the dark: nothing that axe finds, nothing too wide."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe

from decroche.accounts.models import User
from decroche.calls.models import CallStep, Recording
from decroche.practices.models import Line, Practitioner, Secretariat
from tests.journeys.conftest import DESK, POCKET, House, Person, look

pytestmark = [pytest.mark.journey, pytest.mark.django_db, pytest.mark.timeout(900)]
Enter = Callable[..., Awaitable[Person]]


def _addresses() -> list[str]:
    """Return where each screen is, on what the demo world has to show there."""
    firm = Secretariat.objects.get(name__contains="Belle-Isle")
    menu = Line.objects.get(practice__name__contains="Coquelicots")
    recorded = Recording.objects.filter(purged_at=None).select_related("call__line").first()
    assert recorded is not None
    given = CallStep.objects.filter(kind="given").values_list("call_id", flat=True)[0]
    doctor = Practitioner.objects.filter(practice=menu.practice).first()
    assert doctor is not None
    house = [f"/calls/house/{name}/{firm.pk}/" for name in ("teams", "policy", "outgoing")]
    line = [f"/calls/lines/{menu.pk}/{rest}" for rest in ("", "forwarding/", "allowed/")]
    stations = [f"/calls/lines/{menu.pk}/set/{name}/" for name in ("hours", "menu", "team", "closures")]
    return [
        "/calls/", "/calls/queue/", "/calls/back/", "/calls/recordings/", f"/calls/{given}/", f"/calls/{recorded.call_id}/",
        *house, "/calls/house/known/", f"/calls/house/known/{menu.practice_id}/", "/calls/lines/", *line, *stations,
        f"/calls/lines/{recorded.call.line_id}/allowed/", "/calls/mobile/",
    ]  # fmt: skip


async def _flaws(page: Any) -> list[str]:
    """Return what axe finds, and that the page is wider than its window."""
    found = (await Axe().run(page)).response["violations"]
    told = [f"{one['id']}: {[node['target'] for node in one['nodes']][:3]}" for one in found]
    too_wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth + 1")
    return [*told, "too wide"] if too_wide else told


@pytest.mark.parametrize(
    ("size", "scheme", "language"),
    [
        (DESK, "dark", "en"),
        (POCKET, "light", "fr"),
        (DESK, "light", "fr"),
        (POCKET, "dark", "en"),
    ],
    ids=["desk-dark-english", "pocket-light", "desk-light", "pocket-dark-english"],
)
async def test_axe_finds_nothing_on_any_screen(
    house: House, enter: Enter, size: dict[str, int], scheme: str, language: str
) -> None:
    supervisor = await enter("vasseur", size=size, color_scheme=scheme)
    page, flaws = supervisor.page, []
    await look(lambda: _speaks(language))
    for address in await look(_addresses):
        answer = await page.goto(f"{house.url}{address}")
        assert answer is not None
        assert answer.status == 200, address
        await page.wait_for_timeout(400)  # panels that load by themselves; the live stream never ends
        assert await page.get_attribute("html", "lang") == language, address
        flaws += [f"{address} {flaw}" for flaw in await _flaws(page)]
    await look(lambda: _speaks("fr"))
    assert flaws == []


def _speaks(language: str) -> None:
    User.objects.filter(email__startswith="vasseur@").update(language=language)
