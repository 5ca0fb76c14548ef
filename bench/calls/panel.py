"""Measure ring on Asterisk → panel on the desk: through the journal, the live stream and the page's own request."""

import asyncio
import statistics
import time
from typing import Any

from bench.calls.load import Timing, callers
from bench.calls.stage import Stage, read
from bench.door import Web, sessions_of

CALLS = 150
RATE = 5
TALK_MS = 1500
HOST = "127.0.0.1"


class Desk:
    """A secretary's open desk: one live stream, and one connection that reads a panel again when told to."""

    def __init__(self, port: int, session: str, url: str) -> None:
        self._port, self._url = port, url
        self._cookie = f"Cookie: sessionid={session}; csrftoken={'a' * 32}\r\n"
        self.shown: list[tuple[float, bytes]] = []

    async def open(self) -> "asyncio.Task[None]":
        self._reader, self._writer = await asyncio.open_connection(HOST, self._port)
        stream, self._live = await asyncio.open_connection(HOST, self._port)
        self._live.write(f"GET /live/ HTTP/1.1\r\nHost: localhost\r\n{self._cookie}\r\n".encode())
        opened = asyncio.Event()
        task = asyncio.create_task(self._follow(stream, opened))
        await asyncio.wait_for(opened.wait(), 20)
        await self.read_panel()  # as the page did when it was opened
        return task

    async def _follow(self, stream: asyncio.StreamReader, opened: asyncio.Event) -> None:
        while line := await stream.readline():
            if line.startswith(b"event: hello"):
                opened.set()
            elif line.startswith(b"data: {") and b'"t":"phone"' in line:
                body = await self.read_panel()
                self.shown.append((time.time(), body))

    async def read_panel(self) -> bytes:
        """Read the panel; as a browser does, over a fresh connection when the web has closed the one that was idle."""
        try:
            return await self._ask()
        except (ConnectionError, asyncio.IncompleteReadError):
            self._writer.close()
            self._reader, self._writer = await asyncio.open_connection(HOST, self._port)
            return await self._ask()

    async def _ask(self) -> bytes:
        self._writer.write(
            f"GET {self._url} HTTP/1.1\r\nHost: localhost\r\nHX-Request: true\r\n{self._cookie}\r\n".encode()
        )
        head = await self._reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n", 1)[0]:
            raise SystemExit(f"the panel answers {head[:80]!r}")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        return await self._reader.readexactly(int(lengths[0].split(b":")[1]))

    def close(self) -> None:
        self._writer.close()
        self._live.close()


async def panel(stage: Stage) -> None:
    """Print the time from a phone's INVITE to the panel that names the caller."""
    from django.urls import reverse

    sessions = await read(lambda: sessions_of(stage.secretaries))
    await stage.seat_everybody()
    web, answering = Web(), stage.phones(talk_ms=TALK_MS)
    desks: list[Desk] = []
    follows: list[asyncio.Task[None]] = []
    try:
        await asyncio.to_thread(web.start)
        for session in sessions:
            desks.append(Desk(web.port, session, reverse("calls:current")))
            follows.append(await desks[-1].open())
        await stage.all_available()
        timing = await _ring(stage, answering)
        await asyncio.sleep(1)
        for task in follows:
            if task.done() and (error := task.exception()):
                print(f"  a desk stopped following: {error!r}")
                break
        _print(_delays(timing, desks), len(timing.rang))
        _print_unseen(timing, desks)
    finally:
        for task in follows:
            task.cancel()
        await asyncio.gather(*follows, return_exceptions=True)
        for desk in desks:
            desk.close()
        answering.stop()
        await asyncio.to_thread(web.stop)


async def _ring(stage: Stage, answering: Any) -> Timing:
    sipp, _ = callers(
        stage.folder, stage.sip_port, stage.line.number, port=stage.operator_port, rate=RATE, count=CALLS
    )
    try:
        await sipp.ended(CALLS / RATE + 60)
    finally:
        sipp.stop()
    timing = Timing()
    timing.read(sipp.log)
    timing.read(answering.log)
    return timing


def _delays(timing: Timing, desks: list[Desk]) -> list[float]:
    """Return, for each caller, when the first panel that shows their number was there, after the phone rang."""
    seen = {who: _seen_at(who, rang, desks) for who, rang in timing.rang.items() if who in timing.sent}
    return sorted((at - timing.rang[who]) * 1000 for who, at in seen.items() if at is not None)


def _seen_at(who: str, rang: float, desks: list[Desk]) -> float | None:
    told = _spellings(who)
    seen = [at for desk in desks for at, body in desk.shown if at > rang and any(one in body for one in told)]
    return min(seen, default=None)


def _print_unseen(timing: Timing, desks: list[Desk]) -> None:
    """Say of callers whom no panel showed how many panels were read while they spoke: none says that nobody was told."""
    for who, rang in timing.rang.items():
        if who in timing.sent and _seen_at(who, rang, desks) is None:
            read = sum(rang < at < rang + TALK_MS / 1000 for desk in desks for at, _ in desk.shown)
            print(
                f"  unseen: 0{who}, {rang - timing.sent[who]:.2f} s after they called; {read} panels read meanwhile"
            )


def _spellings(who: str) -> tuple[bytes, ...]:
    """Return how a page may write the number 6XXXXXXXX: as one, or in pairs with any of the narrow spaces."""
    pairs = ["0" + who[0], *(who[i : i + 2] for i in range(1, 9, 2))]
    return (
        f"+33{who}".encode(),
        *(space.join(pairs).encode() for space in ("\u00a0", "\u202f", " ", "&nbsp;")),
    )


def _print(delays: list[float], rang: int) -> None:
    print(
        f"phone rings on Asterisk → panel with the caller's number answered by the web, {CALLS} calls at {RATE}/s; ms"
    )
    if not delays:
        print(f"  no panel showed any of the {rang} callers whom a phone rang for")
        return
    p95 = delays[int(len(delays) * 0.95)]
    print(
        f"  seen {len(delays)} of {rang}   p50 {statistics.median(delays):.0f}   p95 {p95:.0f}   goal p95 ≤ 150"
    )
    print("  (20 desks with a live stream each; a browser's own painting is not in it)")
