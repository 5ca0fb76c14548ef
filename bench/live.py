"""Measure commit → event in an open screen: 200 raw streams, one of them a real Chromium.

Reference, in the same run: the same notifications heard by a bare LISTEN connection.
Cost grows with the streams that may hear a hint, not with those that are open.
"""

import asyncio
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request

import psycopg
from asgiref.sync import sync_to_async

from bench.database import own_database

STREAMS = 200
AUDIENCES = {"all hear": slice(0, 1), "10 hear": slice(1, None)}
HINTS = 200
PAUSE_SECONDS = 0.01
PEOPLE = 20


def main() -> None:
    """Print p50 and p95 in milliseconds, and their ratio to the reference."""
    with own_database("live") as url:
        asyncio.run(_measure(url))


async def _measure(url: str) -> None:
    sessions, practices = await sync_to_async(_people)()
    port = _free_port()
    web = subprocess.Popen([sys.executable, "-m", "decroche", "web", "--port", str(port)], env=os.environ)
    try:
        _wait_for(port)
        print(f"{'':32}{'p50 ms':>9}{'p95 ms':>9}{'worst':>9}{'events':>9}")
        reference = await _bare(url)
        _row("reference: bare LISTEN", reference)
        for label, heard in AUDIENCES.items():
            seen, browser = await _streams(url, port, sessions, practices[heard])
            _row(f"{STREAMS} streams, {label}", seen, reference)
            if browser:
                _row(f"  in Chromium, {label}", browser, reference)
    finally:
        web.terminate()
        web.wait(10)


def _people() -> tuple[list[str], list[int]]:
    """Make 20 secretaries who share one practice and have one each of their own; return sessions and practices."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from tests.factories import make_practice, make_secretariat, make_secretary

    practices, keys = [make_practice()], []
    for _ in range(PEOPLE):
        practices.append(make_practice())
        user = make_secretary(secretariat=make_secretariat(), practices=(practices[0], practices[-1]))
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        keys.append(str(session.session_key))
    return keys, [practice.pk for practice in practices]


async def _streams(
    url: str, port: int, sessions: list[str], practices: list[int]
) -> tuple[list[float], list[float]]:
    delays: list[float] = []
    opened = [asyncio.Event() for _ in range(STREAMS)]
    readers = [
        asyncio.create_task(_read(port, sessions[i % len(sessions)], opened[i], delays))
        for i in range(STREAMS)
    ]
    await asyncio.wait_for(asyncio.gather(*(event.wait() for event in opened)), 60)
    browser = await _browser(port, sessions[0])
    await _say(url, practices)
    await asyncio.sleep(1)
    in_chromium = await browser[1]() if browser else []
    for reader in readers:
        reader.cancel()
    await asyncio.gather(*readers, return_exceptions=True)
    return delays, in_chromium


async def _read(port: int, session: str, opened: asyncio.Event, delays: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"GET /live/ HTTP/1.1\r\nHost: localhost\r\nCookie: sessionid={session}\r\n\r\n"
    writer.write(request.encode())
    try:
        while line := await reader.readline():
            arrived = time.time()
            if line.startswith(b"event: hello"):
                opened.set()
            elif line.startswith(b"data: {") and b'"sent"' in line:
                delays.append((arrived - float(json.loads(line[6:])["ids"]["sent"])) * 1000)
    finally:
        writer.close()


async def _browser(port: int, session: str):
    """Open one stream in a real Chromium; return the browser and how to collect its delays."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not path:
        print("  (no Chromium on this machine: its row is left out)")
        return None
    from playwright.async_api import async_playwright

    playwright = await async_playwright().start()
    arguments = ["--no-sandbox", "--headless=new", "--disable-gpu", "--disable-background-networking"]
    browser = await playwright.chromium.launch(executable_path=path, args=arguments)
    context = await browser.new_context()
    await context.add_cookies([{"name": "sessionid", "value": session, "url": f"http://127.0.0.1:{port}"}])
    page = await context.new_page()
    await page.goto(f"http://127.0.0.1:{port}/healthz")
    await page.evaluate(
        """() => new Promise(done => {
            window.delays = [];
            const source = new EventSource("/live/");
            source.addEventListener("hello", () => done());
            source.addEventListener("hint", message => {
                const arrived = performance.timeOrigin + performance.now();
                delays.push(arrived - 1000 * Number(JSON.parse(message.data).ids.sent));
            });
        })"""
    )

    async def collect() -> list[float]:
        delays = await page.evaluate("() => window.delays")
        await browser.close()
        await playwright.stop()
        return [float(delay) for delay in delays]

    return browser, collect


async def _say(url: str, practices: list[int]) -> None:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        for i in range(HINTS):
            payload = {
                "t": "agenda",
                "p": practices[i % len(practices)],
                "ids": {"sent": f"{time.time():.6f}"},
            }
            await connection.execute("SELECT pg_notify('decroche_live', %s)", [json.dumps(payload)])
            await connection.commit()
            await asyncio.sleep(PAUSE_SECONDS)


async def _bare(url: str) -> list[float]:
    delays: list[float] = []
    ready = asyncio.Event()

    async def hear() -> None:
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            await connection.execute("LISTEN decroche_live")
            ready.set()
            async for notification in connection.notifies():
                delays.append((time.time() - float(json.loads(notification.payload)["ids"]["sent"])) * 1000)

    task = asyncio.create_task(hear())
    await ready.wait()
    await _say(url, [0])
    await asyncio.sleep(0.5)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return delays


def _row(label: str, delays: list[float], reference: list[float] | None = None) -> None:
    p50, p95 = statistics.median(delays), statistics.quantiles(delays, n=20)[-1]
    line = f"{label:32}{p50:9.2f}{p95:9.2f}{max(delays):9.2f}{len(delays):9}"
    if reference:
        line += f"   {p50 / statistics.median(reference):.1f} × the reference"
    print(line, flush=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the web process does not answer")


if __name__ == "__main__":
    main()
