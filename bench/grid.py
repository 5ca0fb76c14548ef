"""Measure the agenda's screens at 30 practitioners × 40 appointments: on the server, then in a real Chromium.

Server: the view's reading alone, then the whole signed-in answer (middleware included), its queries and its weight.
Chromium: how long the browser's thread is held while one scrolls, while a colleague's change comes in, while one drags.
`longest` is the longest task on the clock, which other work on the machine lengthens; `own` is the processor time of the
page's longest task, read from a trace, which it does not.
Reference, in the same run: the smallest signed-in answer (desk:now), and the same page doing nothing.
"""

import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time

from bench.database import own_database
from bench.live import _free_port, _wait_for

PEOPLE, VISITS, RUNS = 30, 40, 20
GOAL_MS, GOAL_QUERIES = 60, 12


@dataclass
class Measured:
    """Queries, wall times and our own processor times in milliseconds, and the answer's size."""

    queries: int
    took: list[float]
    spent: list[float]
    size: int


def main() -> None:
    """Print the server's figures, then the browser's where there is one."""
    with own_database("grid"):
        practice, user, kinds = _world()
        if "--browser" not in sys.argv:
            _server(practice, user, kinds)
        if "--server" not in sys.argv:
            _chromium(practice, user)


def _world():
    from decroche.foundation.tenancy import every_practice
    from tests.factories import make_practice, make_secretary

    with every_practice():
        practice = make_practice()
        user = make_secretary(practices=(practice,))
        kinds = _fill(practice, user)
    return practice, user, kinds


def _fill(practice, user):
    """Open every practitioner from 8 to 18 and book 40 quarters of an hour of it each; five colleagues hold one."""
    from decroche.scheduling.models import Appointment
    from tests.factories import make_practitioner
    from tests.scheduling.factories import make_patient, make_rule, make_visit_type

    day = _day()
    kinds = [make_visit_type(practice=practice, colour=n + 1, duration_minutes=15) for n in range(6)]
    people = [make_practitioner(practice=practice, position=n) for n in range(PEOPLE)]
    patients = [make_patient(practice=practice) for _ in range(400)]
    for person in people:
        for weekday in range(7):
            make_rule(practitioner=person, weekday=weekday, starts=clock_time(8), ends=clock_time(18, 30))
    start = datetime(day.year, day.month, day.day, 7, tzinfo=UTC)
    site = practice.sites.get()
    Appointment.objects.bulk_create(
        Appointment(
            practice=practice, practitioner=person, site=site, visit_type=kinds[n % 6], status="booked",
            patient=patients[(n * 5 + i) % 400], created_by=user,
            starts_at=start + timedelta(minutes=15 * n), ends_at=start + timedelta(minutes=15 * n + 15),
        )
        for i, person in enumerate(people)
        for n in range(VISITS)
    )  # fmt: skip
    return kinds


def _day():
    """Give the next winter-time working day, so that 8:00 in Paris is 7:00 UTC."""
    day = datetime.now(UTC).date() + timedelta(days=1)
    while day.weekday() > 4 or day.month in {4, 5, 6, 7, 8, 9, 10}:
        day += timedelta(days=1)
    return day


# --- the server ------------------------------------------------------------------------------------------------------


def _server(practice, user, kinds) -> None:
    from django.urls import reverse

    from bench.desk import _client
    from decroche.foundation.tenancy import every_practice
    from decroche.scheduling.queries import day_view

    now, day = datetime.now(UTC), _day()
    client = _client(user)
    view = reverse("agenda:view", args=[practice.pk])
    print(f"{PEOPLE} practitioners × {VISITS} appointments, goal: {GOAL_MS} ms and {GOAL_QUERIES} queries")
    print(f"{'on the server':44}{'queries':>9}{'p50 ms':>9}{'p95 ms':>9}{'cpu ms':>9}{'kB':>7}{'ratio':>8}")
    with every_practice():
        reading = _timed(lambda: day_view(practice=practice, day=day, now=now, visit_type=kinds[0]))
    reference = _timed(lambda: client.get("/desk/now/"))
    _row("reference: desk:now, signed in", reference, reference)
    _row("day_view alone", reading, reference)
    for label, query in (
        ("day, whole answer", f"date={day}"),
        ("day, cut for a visit type", f"date={day}&visit_type={kinds[0].pk}"),
        ("week of one", f"date={day}&mode=week"),
        ("month of the practice", f"date={day}&mode=month"),
    ):
        _row(
            label,
            _timed(lambda query=query: client.get(f"{view}?{query}", headers={"HX-Request": "true"})),
            reference,
        )


def _timed(work: Callable[[], object]) -> Measured:
    from django.db import connection

    answer = work()
    work()
    asked: list[str] = []
    with connection.execute_wrapper(lambda run, sql, *rest: (asked.append(sql), run(sql, *rest))[1]):
        work()
    took, spent = [], []
    for _ in range(RUNS):
        began, burnt = time.perf_counter(), time.process_time()
        work()
        took.append((time.perf_counter() - began) * 1000)
        spent.append((time.process_time() - burnt) * 1000)
    return Measured(len(asked), took, spent, len(getattr(answer, "content", b"")))


def _row(label: str, measured: Measured, reference: Measured) -> None:
    p50, p95 = statistics.median(measured.took), statistics.quantiles(measured.took, n=20)[-1]
    cpu = statistics.median(measured.spent)
    ratio = p50 / statistics.median(reference.took)
    size = measured.size / 1000
    print(f"{label:44}{measured.queries:9}{p50:9.1f}{p95:9.1f}{cpu:9.1f}{size:7.0f}{ratio:7.1f}×", flush=True)


# --- the browser -----------------------------------------------------------------------------------------------------


def _chromium(practice, user) -> None:
    """Open the day in Chromium beside a web process of its own, and trace what holds the browser's thread."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not path:
        print("  (no Chromium on this machine: its rows are left out)")
        return
    port = _free_port()
    web = subprocess.Popen([sys.executable, "-m", "decroche", "web", "--port", str(port)], env=os.environ)
    try:
        _wait_for(port)
        asyncio.run(_trace(path, f"http://127.0.0.1:{port}", practice.pk, _session(user)))
    finally:
        web.terminate()
        web.wait(10)


def _session(user) -> str:
    from bench.desk import _client

    return str(_client(user).cookies["sessionid"].value)


#: Frames and long tasks (over 50 ms) while something goes on; the page tells them itself.
_WATCH = """
() => {
  window.watch = { frames: [], long: [] };
  new PerformanceObserver((list) => list.getEntries().forEach((each) => watch.long.push(each.duration))).observe({ type: "longtask" });
  let last = performance.now();
  const frame = (now) => { watch.frames.push(now - last); last = now; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
}
"""
_SCROLL = """
async (steps) => {
  const box = document.getElementById("agenda-scroll");
  for (let n = 0; n < steps; n++) {
    box.scrollBy({ left: 90, top: n % 20 < 10 ? 24 : -24, behavior: "instant" });
    if (box.scrollLeft + box.clientWidth >= box.scrollWidth - 2) box.scrollLeft = 0;
    await new Promise(requestAnimationFrame);
  }
}
"""
_HINT = """
(id) => document.body.dispatchEvent(new CustomEvent("live-agenda", { detail: id }))
"""


async def _trace(path: str, url: str, practice_id: int, session: str) -> None:
    from playwright.async_api import async_playwright

    flags = ["--no-sandbox", "--headless=new", "--disable-gpu", "--disable-background-networking"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=flags)
        context = await browser.new_context(viewport={"width": 1440, "height": 900})
        await context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
        page = await context.new_page()
        began = time.perf_counter()
        await page.goto(f"{url}/agenda/{practice_id}/?date={_day()}")
        await page.wait_for_selector("#agenda-grid .appt")
        print(
            f"\nin Chromium: {await page.locator('.agenda-col').count()} columns,"
            f" {await page.locator('#agenda-grid *').count()} elements,"
            f" on screen after {(time.perf_counter() - began) * 1000:.0f} ms"
        )
        print(
            f"{'':44}{'frames':>8}{'p50 ms':>8}{'p95 ms':>8}{'worst':>8}{'long':>6}{'longest':>9}{'own':>7}"
        )
        await page.evaluate(_WATCH)
        await _watched(page, "nothing at all", lambda: page.wait_for_timeout(1500))
        await _watched(page, "scrolling with the wheel", lambda: _wheel(page))
        await _watched(page, "scrolling from the script, every frame", lambda: page.evaluate(_SCROLL, 150))
        await _watched(page, "a colleague's change, 20 times", lambda: _hints(page, practice_id))
        grip = await _grip(page)
        await _watched(page, "dragging across ten columns", lambda: _drag(page, *grip))
        reads = await page.evaluate("() => Number(document.documentElement.dataset.agendaReads || 0)")
        await page.evaluate(
            f"() => {{ for (let n = 0; n < 200; n++) ({_HINT})({{ practice_id: {practice_id} }}); }}"
        )
        await page.wait_for_timeout(3000)
        after = await page.evaluate("() => Number(document.documentElement.dataset.agendaReads || 0)")
        print(f"200 hints in one burst: {after - reads} answer(s) asked for")
        await browser.close()


async def _wheel(page) -> None:
    """Turn the wheel down and up, then sideways to the last column and back."""
    await page.mouse.move(700, 500)
    for n in range(120):
        sideways = 150 if n < 60 else -150
        await page.mouse.wheel(sideways if n % 2 else 0, 0 if n % 2 else (60 if n % 20 < 10 else -60))
        await page.wait_for_timeout(16)


async def _hints(page, practice_id: int) -> None:
    """Let twenty changes of one column come in, each shown before the next."""
    for n in range(20):
        changed = """([practice, n]) => {
            const column = document.querySelectorAll(".agenda-col")[n % 6];
            column.dataset.sum = "";
            document.body.dispatchEvent(new CustomEvent("live-agenda", { detail: {
                practice_id: practice, practitioner_id: Number(column.dataset.practitioner), date: column.dataset.day } }));
            return new Promise((done) => {
                document.body.addEventListener("agenda-drawn", () => done(true), { once: true });
                setTimeout(done, 3000);
            });
        }"""
        await page.evaluate(changed, [practice_id, n])


async def _grip(page) -> tuple[float, float]:
    """Give where to take hold; looked for beforehand, since the driver's own looking takes the page's thread."""
    await page.evaluate(
        "() => document.getElementById('agenda-scroll').scrollTo({ left: 0, top: 0, behavior: 'instant' })"
    )
    box = await page.locator(".agenda-col .appt[data-move]").nth(2).bounding_box()
    return box["x"] + 30, box["y"] + 4


async def _drag(page, x: float, y: float) -> None:
    await page.mouse.move(x, y)
    await page.mouse.down()
    for n in range(60):
        await page.mouse.move(x + 18 * n, y + 5 * (n % 40))
    await page.keyboard.press("Escape")
    await page.mouse.up()


async def _watched(page, label: str, work) -> None:
    await page.evaluate("() => { watch.frames.length = 0; watch.long.length = 0; }")
    browser = page.context.browser
    await browser.start_tracing(page=page, categories=["toplevel", "disabled-by-default-devtools.timeline"])
    await work()
    own = _longest_task(await browser.stop_tracing())
    seen = await page.evaluate("() => ({ frames: watch.frames.slice(1), long: watch.long.slice() })")
    frames = seen["frames"] or [0.0, 0.0]
    p95 = statistics.quantiles(frames, n=20)[-1] if len(frames) > 1 else frames[0]
    print(
        f"{label:44}{len(frames):8}{statistics.median(frames):8.1f}{p95:8.1f}{max(frames):8.1f}"
        f"{len(seen['long']):6}{max(seen['long'], default=0):9.0f}{own:7.1f}",
        flush=True,
    )


def _longest_task(trace: bytes) -> float:
    """Give the processor time, in milliseconds, of the longest task of a page's main thread."""
    events = json.loads(trace)["traceEvents"]
    pages = {
        (each["pid"], each["tid"])
        for each in events
        if each["name"] == "thread_name" and each["args"]["name"] == "CrRendererMain"
    }
    tasks = (
        each.get("tdur", 0) / 1000
        for each in events
        if each["name"].endswith("RunTask") and (each["pid"], each["tid"]) in pages
    )
    return max(tasks, default=0.0)


if __name__ == "__main__":
    main()
