"""Let thousands of calls pass, and say of everything that a call leaves for a while whether it went away again.

Each figure has its verdict. What the switchboard holds it says itself (SIGUSR1); what Asterisk holds, Asterisk says; the
rest is read in the database, in /proc and in the spool's folder.
"""

import asyncio
import os
import statistics
import time
from dataclasses import dataclass, field

from bench.calls.stage import SECRETARIES, Stage, cpu_seconds, memory_mb, read, written

TALK_MS = 100
PATIENTS = 1000  # who spoke last with a caller is remembered of each number, by design: as many as in a practice's weeks
LEAP = 250  # calls between two looks; the phones register again at each
# Calls until all that is kept on purpose is full: of 1,000 calls how many steps they had, 500 that ended, 512 names, who spoke
# last with each of the patients. Python's and Asterisk's pools fill meanwhile. A shorter soak begins to judge at a third.
FULL_AFTER = 1500
FLAT_MB = 0.25  # for 1,000 calls: a quarter of a kilobyte a call is not found by this
SETTLES_SECONDS = 30


@dataclass
class Look:
    """Hold what was there at one moment."""

    calls: int
    switchboard: float
    scribe: float
    asterisk: float
    held: dict[str, int]
    cpu: float


@dataclass
class Soak:
    """Hold one run."""

    total: int
    rate: float
    looks: list[Look] = field(default_factory=list)
    reached: int = 0

    @property
    def full_after(self) -> int:
        return min(FULL_AFTER, self.total // 3)


async def soak(stage: Stage, *, total: int = 5000, rate: float = 5) -> None:
    """Print what grows while the calls pass, what is left afterwards, and a verdict for each."""
    run = Soak(total, rate)
    began = time.monotonic()
    print(
        f"soak: {total} calls of {TALK_MS} ms at {rate:g}/s, {SECRETARIES} secretaries, {PATIENTS} people who ring again and again; MB"
    )
    print(
        f"{'calls':>7} {'switchboard':>12} {'scribe':>8} {'asterisk':>9} {'load':>5}  the switchboard holds"
    )
    before = await written()
    await stage.seat_everybody()
    _look(stage, run, 0)
    for done in range(0, total, LEAP):
        await _leap(stage, run, min(LEAP, total - done))
        _look(stage, run, min(done + LEAP, total))
    print(f"  {time.monotonic() - began:.0f} s in all")
    await _verdicts(stage, run, before)


async def _leap(stage: Stage, run: Soak, count: int) -> None:
    async with stage.at_their_phones(talk_ms=TALK_MS) as answering:
        timing = await stage.calls(
            stage.line.number, rate=run.rate, count=count, answering=answering, among=PATIENTS
        )
        run.reached += len(timing.rang)


def _look(stage: Stage, run: Soak, calls: int) -> None:
    scribe, asterisk, brain = stage.scribe_pid, stage.server.pid, stage.switchboard.pid
    look = Look(
        calls,
        memory_mb(brain),
        memory_mb(scribe) if scribe else 0.0,
        memory_mb(asterisk) if asterisk else 0.0,
        stage.held(),
        cpu_seconds(brain),
    )
    run.looks.append(look)
    said = ", ".join(f"{count} {what}" for what, count in look.held.items() if count)
    print(
        f"{calls:>7} {look.switchboard:>12.1f} {look.scribe:>8.1f} {look.asterisk:>9.1f} {os.getloadavg()[0]:>5.1f}  {said}",
        flush=True,
    )


# --- the verdicts ---------------------------------------------------------------------------


async def _verdicts(stage: Stage, run: Soak, before: tuple[int, int]) -> None:
    await stage.all_written()
    held = await _settled(stage, run.looks[0].held)
    print("  verdicts:")
    for who in ("switchboard", "scribe", "asterisk"):
        slope = _slope(run, who)
        _say(
            f"memory of {who}",
            slope <= FLAT_MB,
            f"{slope:+.3f} MB for 1,000 calls after the first {run.full_after}, when all that is kept on purpose is full (flat: ≤ {FLAT_MB})",
        )
    calls, steps = (after - first for after, first in zip(await written(), before, strict=True))
    _say("callers reached", run.reached == run.total, f"{run.reached} of {run.total}")
    _say(
        "calls written",
        calls == run.total,
        f"{calls}, {steps / max(calls, 1):.2f} transitions each (4 or more)",
    )
    first = run.looks[0].held
    for what in held:
        if what != "collectable":
            _say(what, held[what] <= first[what], f"{held[what]}, before the calls {first[what]}")
    print(f"    (objects of Python: {held['collectable']}, before the calls {first['collectable']})")
    for what, left in (await _left(stage)).items():
        _say(what, left == 0, f"{left} left")
    segments, size = _spool()
    _say("spool", segments <= 1, f"{segments} file of {size} bytes (the one in hand stays)")
    cpu = (run.looks[-1].cpu - run.looks[0].cpu) * 1000 / run.total
    print(f"  the switchboard's CPU: {cpu:.2f} ms a call, registrations and looks included")


async def _settled(stage: Stage, first: dict[str, int]) -> dict[str, int]:
    """Return what is held once nothing more goes away."""
    deadline = time.monotonic() + SETTLES_SECONDS
    held = stage.held()
    while time.monotonic() < deadline and any(
        held[what] > first[what] for what in held if what != "collectable"
    ):
        await asyncio.sleep(1)
        held = stage.held()
    return held


def _slope(run: Soak, who: str) -> float:
    """Return how memory grows for 1,000 calls, as a line through what was seen once all that is kept was full."""
    after = [look for look in run.looks if look.calls >= run.full_after]
    if len(after) < 2:
        return float("nan")
    line = statistics.linear_regression(
        [look.calls / 1000 for look in after], [getattr(look, who) for look in after]
    )
    return line.slope


async def _left(stage: Stage) -> dict[str, int]:
    from decroche.calls.models import Call, Post, SwitchboardOrder

    return {
        "channels in Asterisk": stage.channels(),
        "bridges in Asterisk": stage.bridges(),
        "calls open in the database": await read(lambda: Call.objects.filter(ended_at=None).count()),
        "posts with a call in the database": await read(lambda: Post.objects.exclude(call_id=None).count()),
        "orders not done in the database": await read(
            lambda: SwitchboardOrder.objects.filter(done_at=None).count()
        ),
    }


def _spool() -> tuple[int, int]:
    from decroche.calls.switchboard.journal import spool_folder

    files = list(spool_folder().glob("*.spool"))
    return len(files), sum(one.stat().st_size for one in files)


def _say(what: str, is_kept: bool, figure: str) -> None:
    print(f"    {'kept  ' if is_kept else 'MISSED'} {what}: {figure}", flush=True)
