"""The whole house for a journey: the demo world, a real exchange, our three processes, a real browser.

The processes are those of production, started as `decroche run` starts them, on ports of their own.
"""

import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect
from playwright.sync_api import expect as expect_in_turn
from pytest_django import DjangoDbBlocker

from decroche.accounts.models import User
from decroche.calls.adapters.asterisk.server import AsteriskServer
from decroche.demo.team import DEMO_PASSWORD, address
from tests import demo_world as world_of_demo
from tests import template_database
from tests.asterisk.fixtures import (  # noqa: F401
    exchange,
    fresh_exchange,
    installation,
    new_caller,
    operator_port,
)
from tests.database import read as look

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CHROMIUM_FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
# The softphone keeps its connection to itself; a story about sound needs to count its packets.
REMEMBER_PEERS = """
const Original = window.RTCPeerConnection;
window.peers = [];
window.RTCPeerConnection = class extends Original { constructor(...all) { super(...all); window.peers.push(this); } };
window.sound = async () => {
  const found = {};
  for (const one of (await window.peers.at(-1).getStats()).values()) {
    if (one.type === "inbound-rtp") Object.assign(found, { came: one.packetsReceived, energy: one.totalAudioEnergy });
    if (one.type === "outbound-rtp") found.went = one.packetsSent;
  }
  return found;
};
"""
# A busy machine is late, never wrong: how fast is for the benches to say.
PATIENCE_SECONDS = 20.0
for one in (expect, expect_in_turn):
    one.set_options(timeout=PATIENCE_SECONDS * 1000)
FAILED = pytest.StashKey[bool]()
DESK = {"width": 1440, "height": 900}
POCKET = {"width": 390, "height": 844}


@dataclass
class House:
    """Everything that runs, and how to stop and start its parts."""

    url: str
    exchange: AsteriskServer
    environment: dict[str, str]
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def start(self, name: str, *arguments: str) -> None:
        command = [sys.executable, "-m", "decroche", name, *arguments]
        log = Path(self.environment["DECROCHE_DATA_DIR"]) / f"{name}.log"
        with log.open("ab") as output:
            self.processes[name] = subprocess.Popen(
                command, env=self.environment, stdout=output, stderr=output
            )

    def stop(self, name: str) -> None:
        process = self.processes.pop(name)
        process.terminate()
        process.wait(15)


@pytest.fixture(scope="session")
def demo_world(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    request: pytest.FixtureRequest,
    testrun_uid: str,
) -> Iterator[None]:
    """Give this process a copy of the demo world, and leave its database as empty as it was found."""
    del django_db_setup
    name, world = connection.settings_dict["NAME"], world_of_demo.name_for(testrun_uid)
    with django_db_blocker.unblock():
        template_database.put_world_in_place(name, world, world_of_demo.load)
        yield
        connections.close_all()
        template_database.take_away(world)
        template_database.put_in_place(name, keep=False)


@pytest.fixture(scope="session")
def house(demo_world: None, exchange: AsteriskServer) -> Iterator[House]:  # noqa: F811
    """Start web, worker and switchboard on the demo world and on a real exchange whose trunk is ours."""
    del demo_world
    port = _free_port()
    data_dir = exchange.settings.state_dir.parent
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("DJANGO_")},
        "DATABASE_URL": _test_database_url(),
        "DECROCHE_DATA_DIR": str(data_dir),
        "DECROCHE_SECRET_KEY": settings.SECRET_KEY,  # a session that is made here is known there
        "DECROCHE_MODE": "test",  # pages without hashed names: nothing to collect first
        "DECROCHE_LOG_LEVEL": "INFO",
    }
    running = House(f"http://localhost:{port}", exchange, environment)
    try:
        running.start("web", "--port", str(port))
        running.start("worker")
        running.start("switchboard")
        _wait_for(f"{running.url}/healthz")
        yield running
    finally:  # a process that outlives its story would lead the exchange of the next
        for name in list(running.processes):
            running.stop(name)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("NO CHROMIUM ON THIS MACHINE (apt-get install chromium): no journey is proved")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield started
        await started.close()


@dataclass
class Person:
    """Someone signed in, in a browser of their own."""

    page: Page
    login: str
    context: BrowserContext

    async def presses(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def takes_her_post(self) -> None:
        """Be free for calls. The exchange may still be starting; another story may have left her free, or wrapping up."""
        bar = self.page.locator("#phone-bar:is(.is-away, .is-wrap_up) [data-key=F2]")
        free = self.page.locator("#phone-bar", has_text="Vous êtes libre")
        await bar.or_(free).first.wait_for(state="visible", timeout=60_000)
        if await bar.count():
            await self.presses("F2")
        await self.sees("#phone-bar", "Vous êtes libre", seconds=30)

    async def types(self, text: str) -> None:
        await self.page.keyboard.type(text, delay=15)

    async def sees(
        self, selector: str, text: str | None = None, *, seconds: float = PATIENCE_SECONDS
    ) -> None:
        found = self.page.locator(selector, has_text=text) if text else self.page.locator(selector)
        await found.first.wait_for(state="visible", timeout=seconds * 1000)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Let fixtures know that the story failed, so that they can keep a picture of where."""
    report = yield
    if call.when == "call":
        item.stash[FAILED] = report.failed
    return report  # type: ignore[return-value]


@pytest.fixture
async def enter(
    house: House, browser: Browser, request: pytest.FixtureRequest
) -> AsyncIterator[Callable[..., Awaitable[Person]]]:
    """Let a person of the demo world in, on a desk or on a pocket screen; by the sign-in page if it is to be passed."""
    contexts: list[BrowserContext] = []

    async def enter_as(
        login: str, *, size: dict[str, int] = DESK, signs_in: bool = False, **options: Any
    ) -> Person:
        context = await browser.new_context(viewport=size, locale="fr-FR", **options)  # type: ignore[arg-type]
        contexts.append(context)
        await context.add_init_script(REMEMBER_PEERS)
        page = await context.new_page()
        if signs_in:
            await _sign_in(page, house.url, login)
        else:
            session = await look(lambda: _session_of(login, house.url))
            await context.add_cookies([session])  # type: ignore[list-item]
            await page.goto(house.url)
        return Person(page, login, context)

    yield enter_as
    for number, context in enumerate(contexts):
        if request.node.stash.get(FAILED, False):
            await context.pages[0].screenshot(path=f"test-results/{request.node.name}-{number}.png")
        await context.close()


async def _sign_in(page: Page, url: str, login: str) -> None:
    await page.goto(f"{url}/accounts/login/")
    await page.fill("#id_login", address(login))
    await page.fill("#id_password", DEMO_PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(lambda url: "/accounts/login" not in url)


def _session_of(login: str, url: str) -> dict[str, str]:
    client = Client()
    client.force_login(
        User.objects.get(email=address(login)), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return {"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key, "url": url}


def _test_database_url() -> str:
    database = connection.settings_dict
    host = quote(str(database["HOST"] or ""), safe="")
    user = f"{database['USER']}:{database['PASSWORD']}" if database["PASSWORD"] else str(database["USER"])
    return f"postgresql://{user}@/{database['NAME']}?host={host}&port={database['PORT'] or 5432}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str) -> None:
    deadline = monotonic() + 180  # a loaded machine starts slowly
    while monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except OSError:
            sleep(0.1)
        else:
            return
    raise TimeoutError(f"{url} does not answer")
