"""Her browser hangs in mid-conversation: the caller is first in line again at once, she is away, and comes back to him."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.async_api import Browser

from decroche.calls.models import Call, CallStep, Post
from decroche.practices.models import Line
from tests.asterisk.ears import voice
from tests.asterisk.sipp import Caller
from tests.journeys.conftest import House, Person, look

pytestmark = [pytest.mark.journey, pytest.mark.django_db, pytest.mark.timeout(900)]
PRACTICE = "Cabinet médical des Tilleuls"
SENDER = "+33639980681"
AT_MOST_SECONDS = 5.0
Enter = Callable[..., Awaitable[Person]]


def _number() -> str:
    line = Line.objects.get(practice__name=PRACTICE, is_active=True, label__icontains="patients")
    number: str = line.number
    return number


def _call() -> Call:
    call: Call = Call.objects.filter(caller_number=SENDER).latest("arrived_at")
    return call


def _cut_off() -> datetime | None:
    step = CallStep.objects.filter(call__caller_number=SENDER, kind="cut_off").first()
    return step.at if step else None


def _post() -> tuple[str, str]:
    post = Post.objects.get(user__email__startswith="diallo@")
    return post.state, post.reason


async def _renderers(browser: Browser) -> list[int]:
    """Return the processes that run pages: the sound of a conversation is made there too."""
    session = await browser.new_browser_cdp_session()
    found = await session.send("SystemInfo.getProcessInfo")
    return [one["id"] for one in found["processInfo"] if one["type"] == "renderer"]


@contextmanager
def _frozen(pids: list[int]) -> Iterator[datetime]:
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield datetime.now(tz=UTC)
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


async def _until(read: Callable[[], Any], *, seconds: float) -> Any:
    async with asyncio.timeout(seconds):
        while not (found := await look(read)):  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.1)
    return found


async def test_a_browser_that_hangs_gives_its_caller_back_and_finds_him_again(
    house: House, enter: Enter, browser: Browser, new_caller: Callable[[], Caller]
) -> None:
    secretary, caller = await enter("diallo"), new_caller()
    await secretary.takes_her_post()
    caller.media.voice = voice("caller")
    await caller.call(await look(_number), sender=f"<sip:{SENDER}@operator.example>", talks=120)
    await secretary.sees("[data-softphone=answer]", seconds=30)
    await secretary.presses("F2")
    await secretary.sees("#current-call", "En conversation", seconds=30)
    await asyncio.sleep(2)  # sound must have flowed before it can stop

    with _frozen(await _renderers(browser)) as stopped:
        cut = await _until(_cut_off, seconds=30)
        lasted = (cut - stopped).total_seconds()
        print(f"\ncaller first in line {lasted:.1f} s after her browser froze")
        state, reason = await look(_post)
        call = await look(_call)
        assert caller.is_on_the_line, "he hears that he waits, not that it is over"
    assert lasted <= AT_MOST_SECONDS
    assert (state, reason) == ("away", "lost")
    assert call.state in {"waiting", "offered"}

    # The browser lives again: nobody else took him, so he rings at hers; the same call, not a new one.
    away = secretary.page.locator("#phone-bar.is-away [data-key=F2], #phone-bar.is-paused [data-key=F2]")
    answer = secretary.page.locator("[data-softphone=answer]")
    await away.or_(answer).first.wait_for(state="visible", timeout=60_000)
    if not await answer.count():
        await secretary.presses("F2")
    await secretary.sees("[data-softphone=answer]", seconds=40)
    await secretary.presses("F2")
    await secretary.sees("#current-call", "En conversation", seconds=30)
    caller.media.packets = 0
    async with asyncio.timeout(10):
        while caller.media.packets < 50:  # noqa: ASYNC110 - packets come without telling
            await asyncio.sleep(0.1)
    assert (await look(_call)).pk == call.pk
    await secretary.presses("F8")
    await secretary.sees("#phone-bar", "Après-appel", seconds=20)
    assert await caller.ended(30) == 0
