"""In the call, on a real exchange: consult, swap, speak all three, give; park, and another takes it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Route, expect

from decroche.calls.models import Call
from decroche.practices.models import Line
from tests.asterisk.ears import until_heard, voice
from tests.asterisk.fixtures import outside  # noqa: F401
from tests.asterisk.phone import Phone
from tests.asterisk.sipp import Caller
from tests.journeys.conftest import House, Person, look

pytestmark = [pytest.mark.journey, pytest.mark.django_db, pytest.mark.timeout(600)]
PRACTICE = "Cabinet médical des Tilleuls"
Enter = Callable[..., Awaitable[Person]]


def _number() -> str:
    line = Line.objects.get(practice__name=PRACTICE, is_active=True, label__icontains="patients")
    number: str = line.number
    return number


def _latest(caller_number: str) -> dict[str, Any]:
    call = Call.objects.filter(caller_number=caller_number).latest("arrived_at")
    kinds = list(call.steps.order_by("number").values_list("kind", flat=True))
    return {"state": call.state, "end": call.end_reason, "muted": call.is_muted, "kinds": kinds}


async def _at_her_post(enter: Enter, login: str) -> Person:
    secretary = await enter(login)
    await secretary.takes_her_post()
    return secretary


async def _in_conversation(enter: Enter, caller: Caller, number: str, sender: str) -> Person:
    secretary = await _at_her_post(enter, "diallo")
    caller.media.voice = voice("caller")
    await caller.call(number, sender=f"<sip:{sender}@operator.example>", talks=120)
    await secretary.sees("[data-softphone=answer]", seconds=30)
    await secretary.presses("F2")
    await secretary.sees("#current-call", "En conversation", seconds=30)
    return secretary


async def test_a_practitioner_is_asked_swapped_joined_and_given_the_call_by_keyboard_alone(
    house: House,
    enter: Enter,
    new_caller: Callable[[], Caller],
    outside: Phone,  # noqa: F811
) -> None:
    sender, caller = "+33639980671", new_caller()
    outside.media.voice = voice("party")
    secretary = await _in_conversation(enter, caller, await look(_number), sender)

    # She shuts her microphone, and opens it.
    await secretary.presses("F7")
    await secretary.sees('[data-softphone=mute][aria-pressed="true"]')
    await secretary.presses("F7")
    await secretary.sees('[data-softphone=mute][aria-pressed="false"]')

    # She asks the practitioner first; the caller hears music meanwhile.
    await secretary.presses("F4")
    await secretary.sees("#transfer-dialog", "Disponible")
    await secretary.presses("1")
    await outside.wait_ringing()
    await secretary.sees("#phone-bar", "sonne")
    outside.answer()
    await secretary.sees("#current-call", "Vous parlez avec Dr", seconds=20)
    await expect(secretary.page.locator("#phone-bar .hears-line.is-heard")).to_have_count(1)

    # Back to the caller, to the practitioner again, then all three.
    await secretary.presses("F3")
    await secretary.sees("#current-call", "Vous parlez avec l’appelant", seconds=20)
    await secretary.presses("F3")
    await secretary.sees("#current-call", "Vous parlez avec Dr", seconds=20)
    await secretary.presses("Alt+j")
    await secretary.sees("#current-call", "tous les trois en ligne", seconds=20)
    await expect(secretary.page.locator("#phone-bar .hears-line.is-heard")).to_have_count(3)

    # She leaves them together: they hear each other, and nobody else.
    await secretary.presses("F4")
    await secretary.sees("#phone-bar", "Après-appel", seconds=20)
    await until_heard(caller.media, "party")
    await until_heard(outside.media, "caller")
    found = await look(lambda: _latest(sender))
    assert {"party_rung", "party_answered", "mixed", "given"} <= set(found["kinds"])
    assert caller.is_on_the_line


async def test_a_caller_parked_by_one_is_taken_by_another(
    house: House, enter: Enter, new_caller: Callable[[], Caller]
) -> None:
    sender, caller = "+33639980672", new_caller()
    secretary = await _in_conversation(enter, caller, await look(_number), sender)
    colleague = await _at_her_post(enter, "le-goff")
    await secretary.presses("Alt+g")
    await secretary.sees("#phone-bar", "Après-appel", seconds=20)
    await colleague.sees("#phone-bar summary", "Garés", seconds=20)
    await colleague.presses("Alt+q")
    await colleague.sees("[data-softphone=answer]", seconds=20)
    await colleague.presses("F2")
    await colleague.sees("#current-call", "En conversation", seconds=20)
    caller.media.packets = 0
    async with asyncio.timeout(10):
        while caller.media.packets < 50:  # noqa: ASYNC110 - packets come without telling
            await asyncio.sleep(0.1)
    await colleague.presses("F8")
    await colleague.sees("#phone-bar", "Après-appel", seconds=20)
    assert await caller.ended(30) == 0
    found = await look(lambda: _latest(sender))
    assert found["end"] == "completed"
    assert {"parked", "unparked", "talking"} <= set(found["kinds"])


async def test_the_phone_is_taken_by_the_other_tab_when_she_asks(house: House, enter: Enter) -> None:
    secretary = await _at_her_post(enter, "roussel")
    other = await secretary.context.new_page()
    await other.goto(f"{house.url}/desk/")
    take = other.locator('[data-softphone="take"]')
    await take.wait_for(state="visible", timeout=20_000)
    await take.click()
    await take.wait_for(state="hidden", timeout=20_000)
    await secretary.sees("[data-softphone-warning]", "passé dans un autre onglet", seconds=20)
    await other.locator("#phone-bar", has_text="Vous êtes libre").wait_for(state="visible", timeout=30_000)


async def test_a_call_answered_before_its_panel_came_is_shown_as_it_is(
    house: House, enter: Enter, new_caller: Callable[[], Caller]
) -> None:
    sender, caller = "+33639980673", new_caller()
    secretary, answered = await _at_her_post(enter, "diallo"), asyncio.Event()

    async def late(route: Route) -> None:
        rendered = await route.fetch()
        await answered.wait()
        await route.fulfill(response=rendered)

    await secretary.page.route("**/calls/current/", late)
    async with secretary.page.expect_request("**/calls/current/"):
        await caller.call(await look(_number), sender=f"<sip:{sender}@operator.example>", talks=60)
        await secretary.sees("[data-softphone=answer]", seconds=30)
    await secretary.presses("F2")
    await secretary.sees("[data-softphone=end]", seconds=30)
    answered.set()
    await secretary.sees("#current-call", "En conversation")
    await secretary.page.unroute_all(behavior="wait")
    await secretary.presses("F8")
    await secretary.sees("#phone-bar", "Après-appel", seconds=20)


async def test_a_bar_older_than_the_news_that_came_meanwhile_reads_itself_again(
    house: House, enter: Enter
) -> None:
    secretary = await _at_her_post(enter, "roussel")
    page, reads, told = secretary.page, 0, asyncio.Event()

    async def late(route: Route) -> None:
        rendered = await route.fetch()
        await told.wait()
        await route.fulfill(response=rendered)

    async def count(route: Route) -> None:
        nonlocal reads
        reads += 1
        await route.continue_()

    async def until_read(times: int) -> None:
        async with asyncio.timeout(10):
            while reads < times:  # noqa: ASYNC110 - a request comes without telling
                await asyncio.sleep(0.05)

    await page.route("**/calls/state/available/", late)
    await page.route("**/calls/bar/", count)
    # She asks for what she has already: the bar is drawn anew, and nothing has changed that a hint could tell.
    async with page.expect_request("**/calls/state/available/"):
        await page.evaluate(
            "void htmx.ajax('POST', '/calls/state/available/', {target: '#phone-bar', swap: 'outerHTML'})"
        )
    await page.evaluate("document.body.dispatchEvent(new CustomEvent('live-phone', {bubbles: true}))")
    await until_read(1)
    told.set()
    await until_read(2)
    await page.unroute_all(behavior="wait")


async def test_her_devices_are_chosen_by_keyboard_and_stay_in_the_browser(house: House, enter: Enter) -> None:
    secretary = await _at_her_post(enter, "roussel")
    await secretary.presses("Alt+m")
    await secretary.sees("#my-phone", "Niveau du micro")
    options = secretary.page.locator("#device-mic option")
    await options.nth(1).wait_for(state="attached", timeout=10_000)
    wanted = await options.nth(1).get_attribute("value")
    await secretary.page.select_option("#device-mic", wanted)
    kept = await secretary.page.evaluate("localStorage.getItem('decroche-devices')")
    assert kept == f'{{"mic":"{wanted}"}}'
    await secretary.presses("e")
    await secretary.page.locator("#device-mic").blur()
    await secretary.presses("e")
    await secretary.sees("[data-echo-words]", "c’est ainsi que l’on vous entend", seconds=15)
    await secretary.sees("[data-echo-words]", "bien entendue", seconds=15)
    await secretary.presses("Escape")
    await secretary.page.locator("#my-phone").wait_for(state="detached")
