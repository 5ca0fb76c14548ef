"""The same through the front door, signed in: search, hold and confirm, races, and who sees it."""

import asyncio
import itertools
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from datetime import time as clock
from http import HTTPStatus

from bench.agenda.figures import Table, p95, timed
from bench.agenda.world import DAYS, MINUTES, PER_DAY, World
from bench.door import Answer, Client, Web, sessions_of

PAIR_CLIENTS, PAIRS = 8, 60
RACERS, RACE_SLOTS = 64, 100
STREAMS, CHANGES = 500, 30


@contextmanager
def door(world: World, workers: int) -> Iterator[tuple[list[int], list[str]]]:
    """Open so many web processes; give their ports and everybody's sessions."""
    webs = [Web() for _ in range(workers)]
    try:
        for web in webs:
            web.start()
        yield [web.port for web in webs], sessions_of(world.users)
    finally:
        for web in webs:
            web.stop()


def search(world: World, table: Table, ports: list[int], sessions: list[str]) -> None:
    """Print the searches over HTTP."""
    table.head("over HTTP, signed in, one client, ms")
    browser = Client(ports[0], sessions[0])
    free = f"/agenda/{world.practice.pk}/free/?visit_type={world.kind.pk}&with={world.people[0].pk}"
    first = f"{free}&limit=20&days={DAYS}"
    table.row("first 20 slots, one practitioner", timed(lambda: _get(browser, first)), goal=8)
    strip = f"/agenda/{world.practice.pk}/booking/slots/?visit_type={world.kind.pk}"
    table.row("the strip's first nine of 30 practitioners, drawn", timed(lambda: _get(browser, strip), 30))
    table.row("all slots of a month, one practitioner", timed(lambda: month(browser, world)))


def month(browser: Client, world: World) -> list[str]:
    """Give the starts of the 30 days that begin tomorrow, as the peer is asked."""
    tomorrow = world.first + timedelta(days=1)
    free = f"/agenda/{world.practice.pk}/free/?visit_type={world.kind.pk}&with={world.people[0].pk}"
    answer = _get(browser, f"{free}&from={tomorrow}&days=30")
    return [slot["starts_at"] for slot in json.loads(answer.body)["slots"]]


def pairs(world: World, table: Table, ports: list[int], sessions: list[str], *, rounds: int = PAIRS) -> None:
    """Print how many hold-and-confirm pairs a second eight secretaries get through, and how long each waits."""
    table.head(f"hold + confirm over HTTP, {PAIR_CLIENTS} clients, {len(ports)} web processes, ms")
    slots = far_slots(world)
    for name, drawn in (("JSON", False), ("the strip, drawn", True)):
        _pairs(world, ports, sessions, slots, 5, drawn=drawn)
        took, seconds = _pairs(world, ports, sessions, slots, rounds, drawn=drawn)
        rate = len(took) / seconds
        table.row(f"one pair, {name}", took)
        goal = "≥ 150 a second" if not drawn else ""
        table.line(
            f"  pairs a second, {name}", f"{rate:.0f}", is_right=None if drawn else rate >= 150, goal=goal
        )
        if not drawn:
            worst = p95(took)
            table.line("  p95 of a pair", f"{worst:.0f} ms", is_right=worst <= 80, goal="≤ 80 ms")


def far_slots(world: World) -> Iterator[str]:
    """Name free times one after the other, past the filled half-year, each once."""
    zone, site = world.site.zone, world.site.pk
    for day in itertools.count(world.far):
        on = world.first + timedelta(days=day)
        if on.weekday() >= 5:
            continue
        for number, person in itertools.product(range(PER_DAY), world.people):
            start = datetime.combine(on, clock(9), tzinfo=zone) + timedelta(minutes=MINUTES * number)
            yield f"{person.pk}.{site}.{int(start.timestamp()) // 60}"


def _pairs(
    world: World, ports: list[int], sessions: list[str], slots: Iterator[str], rounds: int, *, drawn: bool
) -> tuple[list[float], float]:
    took: list[float] = []
    turn = threading.Lock()

    def secretary(n: int) -> None:
        browser = Client(ports[n % len(ports)], sessions[n % len(sessions)])
        for _ in range(rounds):
            with turn:
                slot = next(slots)
            began = time.perf_counter()
            assert book(browser, world, slot, world.patients[n], drawn=drawn), slot
            took.append((time.perf_counter() - began) * 1000)

    began = time.perf_counter()
    with ThreadPoolExecutor(PAIR_CLIENTS) as pool:
        list(pool.map(secretary, range(PAIR_CLIENTS)))
    return took, time.perf_counter() - began


def book(
    browser: Client,
    world: World,
    slot: str,
    patient: int,
    *,
    drawn: bool = False,
    answers: list[float] | None = None,
) -> bool:
    """Hold and confirm; False when someone was first. Anything else than an answer stops the bench.

    `answers` gathers how long each of the two took, in ms.
    """
    answers = [] if answers is None else answers
    door = "booking/pick" if drawn else "hold"
    asked = {"slot": slot, "visit_type": world.kind.pk, "patient_id": patient}
    began = time.perf_counter()
    held = browser.post(f"/agenda/{world.practice.pk}/{door}/", asked)
    answers.append((time.perf_counter() - began) * 1000)
    if held.status == HTTPStatus.CONFLICT:
        return False
    assert held.status == HTTPStatus.OK, (held.status, held.body[:300])
    began = time.perf_counter()
    if drawn:
        hold_id = int(held.body.split(b"/hold/", 1)[1].split(b"/", 1)[0])
        done = browser.post(f"/agenda/hold/{hold_id}/confirm/", asked)
    else:
        done = browser.post(f"/agenda/hold/{json.loads(held.body)['id']}/book/", asked)
    answers.append((time.perf_counter() - began) * 1000)
    assert done.status == HTTPStatus.OK, (done.status, done.body[:300])
    return True


def race(world: World, table: Table, ports: list[int], sessions: list[str]) -> None:
    """Let 64 people want 100 slots at the same moment, ten of them each slot."""
    table.head(f"{RACERS} clients on {RACE_SLOTS} slots over HTTP, ms")
    slots = list(itertools.islice((slot for n, slot in enumerate(far_slots(world)) if n >= 5000), RACE_SLOTS))
    before, rows = _deadlocks(), _rows()
    gate, answers, turns = threading.Barrier(RACERS), [[] for _ in range(RACERS)], [0.0] * RACERS

    def racer(n: int) -> int:
        browser = Client(ports[n % len(ports)], sessions[n % len(sessions)])
        _get(browser, "/desk/now/")  # the connection and the session are warm, as a secretary's are
        gate.wait()
        won, first = 0, n * RACE_SLOTS // RACERS
        for step in range(16):
            slot, patient = slots[(first + step) % RACE_SLOTS], world.patients[n % len(world.patients)]
            began = time.perf_counter()
            won += book(browser, world, slot, patient, answers=answers[n])
            turns[n] = max(turns[n], (time.perf_counter() - began) * 1000)
        return won

    began = time.perf_counter()
    with ThreadPoolExecutor(RACERS) as pool:
        won = sum(pool.map(racer, range(RACERS)))
    seconds = time.perf_counter() - began
    made, dead = _rows() - rows, _deadlocks() - before
    table.line("rows", f"{made}", is_right=made == won == RACE_SLOTS, goal=f"{RACE_SLOTS}, one winner each")
    table.line("deadlocks", f"{dead}", is_right=dead == 0, goal="0")
    asked = RACERS * 16
    every = list(itertools.chain(*answers))
    table.row("each answer", every)
    table.line(
        "  worst answer",
        f"{max(every):.0f} ms",
        is_right=max(every) <= 500,
        goal=f"≤ 500 ms; {asked} questions, {len(every)} answers in {seconds:.1f} s",
    )
    table.line("  worst turn: hold, and confirm if won", f"{max(turns):.0f} ms")


def seen(world: World, table: Table, ports: list[int], sessions: list[str]) -> None:
    """Print how long after the click a change is seen on 500 other screens."""
    table.head(f"change on one screen → seen on {STREAMS} others, ms")
    delays = asyncio.run(_seen(world, ports, sessions))
    table.row("click → every stream, everybody concerned", delays)
    table.line("  p95", f"{p95(delays):.0f} ms", is_right=p95(delays) <= 100, goal="≤ 100 ms")
    table.line(
        "  seen", f"{len(delays):,} of {STREAMS * CHANGES:,}", is_right=len(delays) == STREAMS * CHANGES
    )


async def _seen(world: World, ports: list[int], sessions: list[str]) -> list[float]:
    arrived: list[list[float]] = [[] for _ in range(STREAMS)]
    opened = [asyncio.Event() for _ in range(STREAMS)]
    readers = [
        asyncio.create_task(_read(ports[n % len(ports)], sessions[n % len(sessions)], opened[n], arrived[n]))
        for n in range(STREAMS)
    ]
    await asyncio.wait_for(asyncio.gather(*(event.wait() for event in opened)), 120)
    browser, slots = Client(ports[0], sessions[0]), itertools.islice(far_slots(world), 8000, None)
    delays = []
    for _ in range(CHANGES):
        for each in arrived:
            each.clear()
        asked = {"slot": next(slots), "visit_type": world.kind.pk}
        began = time.perf_counter()
        held = await asyncio.to_thread(browser.post, f"/agenda/{world.practice.pk}/hold/", asked)
        assert held.status == HTTPStatus.OK, held.body[:300]
        deadline = began + 5
        while time.perf_counter() < deadline and not all(arrived):  # noqa: ASYNC110 — five hundred events
            await asyncio.sleep(0.01)
        delays += [(each[0] - began) * 1000 for each in arrived if each]
    for reader in readers:
        reader.cancel()
    await asyncio.gather(*readers, return_exceptions=True)
    return delays


async def _read(port: int, session: str, opened: asyncio.Event, arrived: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /live/ HTTP/1.1\r\nHost: localhost\r\nCookie: sessionid={session}\r\n\r\n".encode())
    try:
        while line := await reader.readline():
            if line.startswith(b"event: hello"):
                opened.set()
            elif line.startswith(b"data: {") and b'"agenda"' in line:
                arrived.append(time.perf_counter())
    finally:
        writer.close()


def _get(browser: Client, path: str) -> Answer:
    answer = browser.get(path)
    assert answer.status == HTTPStatus.OK, (path, answer.status, answer.body[:300])
    return answer


def _deadlocks() -> int:
    return _number("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")


def _rows() -> int:
    return _number("SELECT count(*) FROM scheduling_appointment WHERE status = 'booked'")


def _number(sql: str) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])
