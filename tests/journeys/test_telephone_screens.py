"""Every screen of the telephone, on a desk and in a pocket, in the light and in the dark: nothing that axe finds, nothing too wide."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe

from decroche.accounts.models import User
from decroche.calls.models import CallStep, Recording
from decroche.practices.models import Line, Practitioner, Secretariat
from tests.asterisk.fixtures import outside  # noqa: F401
from tests.asterisk.phone import Phone
from tests.asterisk.sipp import Caller
from tests.database import read as look
from tests.journeys.conftest import DESK, POCKET, House, Person

pytestmark = [pytest.mark.journey, pytest.mark.django_db, pytest.mark.timeout(900)]
PRACTICE = "Cabinet médical des Tilleuls"
Enter = Callable[..., Awaitable[Person]]
# Buttons that stick out of what holds them, or of the window: nobody can press them.
CUT = """
(holder) => {
  const held = document.querySelector(holder).getBoundingClientRect();
  const box = { left: Math.max(held.left, 0), right: Math.min(held.right, innerWidth) };
  const all = [...document.querySelectorAll(`${holder} :is(button, a, input, select, summary)`)];
  const out = all.filter((one) => {
    const own = one.getBoundingClientRect();
    return one.checkVisibility() && own.width > 1 && (own.left < box.left - 1 || own.right > box.right + 1);
  });
  return out.filter((one) => !one.closest("details:not([open]) > :not(summary)")).map((one) => `cut: ${one.textContent.trim()}`);
}
"""
# A button fades from one colour into the other: between the two no contrast is promised.
FADED = """
() => {
  const fading = document.getAnimations().filter((one) => one instanceof CSSTransition);
  return Promise.allSettled(fading.map((one) => one.finished));
}
"""
# Every sentence that a screen reader is given, in order.
HEAR = """
window.heard = [];
new MutationObserver((changes) => {
  for (const one of changes.flatMap((change) => [...change.addedNodes]))
    if (one.parentElement?.dataset.said) window.heard.push(one.textContent);
}).observe(document.body, { childList: true, subtree: true });
"""


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


async def _flaws(page: Any, within: str | None = None) -> list[str]:
    """Return what axe finds, and that the page is wider than its window."""
    found = (await Axe().run(page, context=within)).response["violations"]
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


async def _flaws_everywhere(page: Any, holder: str) -> list[str]:
    """Look at what is shown on a desk in the light, then in a pocket in the dark."""
    found = []
    for size, scheme in ((DESK, "light"), (POCKET, "dark")):
        await page.set_viewport_size(size)
        await page.emulate_media(color_scheme=scheme)
        await page.evaluate(FADED)
        flaws = [*await _flaws(page, holder), *await page.evaluate(CUT, holder)]
        found += [f"{holder} {scheme}: {one}" for one in flaws]
    await page.set_viewport_size(DESK)
    return found


async def _opens(person: Person, key: str, selector: str) -> list[str]:
    """Open a dialog with its key, look at it, and shut it: she is back where she was."""
    page = person.page
    before = await page.evaluate("document.activeElement.id")
    await person.presses(key)
    await person.sees(selector)
    found = await _flaws_everywhere(page, selector)
    await person.presses("Escape")
    await page.locator(selector).wait_for(state="detached")
    if await page.evaluate("document.activeElement.id") != before:
        found.append(f"{selector}: the keyboard is not back on {before}")
    return found


def _patients_line() -> str:
    line = Line.objects.get(practice__name=PRACTICE, label__icontains="patients")
    number: str = line.number
    return number


#: News of the call has its outcome read again; done when the answer is in its place.
NEWS = """() => new Promise((done) => {
    document.body.addEventListener("htmx:afterSettle", (event) => {
        if (event.target.id === "call-outcome") requestAnimationFrame(() => done(true));
    });
    document.body.dispatchEvent(new CustomEvent("live-phone"));
})"""


async def _talks(secretary: Person, caller: Caller, sender: str) -> None:
    await secretary.takes_her_post()
    await caller.call(await look(_patients_line), sender=f"<sip:{sender}@operator.example>", talks=120)
    await secretary.sees("[data-softphone=answer]", seconds=30)
    await secretary.presses("F2")
    await secretary.sees("#current-call", "En conversation", seconds=30)


async def test_nothing_is_wrong_with_a_dialog_and_each_change_is_heard_once(
    house: House, enter: Enter, new_caller: Callable[[], Caller]
) -> None:
    secretary = await enter("diallo")
    await secretary.takes_her_post()
    flaws = []
    for key, selector in (("Alt+m", "#my-phone"), ("Alt+a", "#dial-dialog")):
        flaws += await _opens(secretary, key, selector)
    await secretary.page.evaluate(HEAR)
    await _talks(secretary, new_caller(), "+33639980683")
    flaws += await _flaws_everywhere(secretary.page, "#phone-bar .phone-hand")
    await secretary.presses("Alt+n")
    for key, selector in (("F4", "#transfer-dialog"), ("Alt+k", ".keypad-dialog")):
        flaws += await _opens(secretary, key, selector)
    await secretary.presses("F8")
    await secretary.sees("#phone-bar", "Après-appel")
    await secretary.page.locator("[data-said] p", has_text="Après-appel").wait_for(state="attached")
    await secretary.page.wait_for_timeout(300)  # nothing more is said
    heard = await secretary.page.evaluate("window.heard")
    assert flaws == []
    assert heard == [f"Un appel sonne\u202f: {PRACTICE}", "En conversation", "Après-appel"]


async def test_a_note_goes_on_while_the_call_changes_around_it(
    house: House, enter: Enter, new_caller: Callable[[], Caller]
) -> None:
    secretary = await enter("diallo")
    await _talks(secretary, new_caller(), "+33639980685")
    await secretary.sees("#call-note")
    await secretary.presses("Alt+n")
    await secretary.types("Rappeler après ")
    await secretary.page.evaluate(NEWS)
    await secretary.types("17 h")
    assert await secretary.page.locator("#call-note").input_value() == "Rappeler après 17 h"


async def test_no_button_leaves_the_bar_when_all_has_to_be_said_at_once(
    house: House,
    enter: Enter,
    new_caller: Callable[[], Caller],
    outside: Phone,  # noqa: F811
) -> None:
    secretary, supervisor = await enter("diallo"), await enter("vasseur")
    await supervisor.takes_her_post()
    await _talks(secretary, new_caller(), "+33639980684")
    await secretary.presses("Alt+u")
    await secretary.sees("#phone-bar .badge-emergency")
    await supervisor.presses("Alt+e")
    await supervisor.sees("#live-calls .live-call")
    flaws = await _flaws_everywhere(supervisor.page, "dialog[open]")
    await supervisor.presses("Enter")  # the first conversation is under the keyboard
    await secretary.sees("#phone-bar .listened", seconds=30)
    await supervisor.sees("#phone-bar .phone-ways")
    flaws += await _flaws_everywhere(supervisor.page, "#phone-bar .phone-hand")
    flaws += await _opens(secretary, "Alt+i", "dialog[open]")
    await secretary.presses("F4")
    await secretary.sees("#transfer-dialog")
    await secretary.presses("1")
    await outside.wait_ringing()
    outside.answer()
    await secretary.sees("#current-call", "Vous parlez avec Dr")
    for width in (1440, 1240, 1024, 768, 600, 390):
        await secretary.page.set_viewport_size({"width": width, "height": 844})
        flaws += [f"{width}: {one}" for one in await secretary.page.evaluate(CUT, "#phone-bar .phone-hand")]
    assert flaws == []
