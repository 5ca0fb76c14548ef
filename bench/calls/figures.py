"""Take the figures, each beside its reference."""

import asyncio
import os
import statistics
import time

from bench.calls.load import Timing
from bench.calls.panel import panel
from bench.calls.stage import QUEUE_NUMBER, SECRETARIES, Stage, cpu_seconds, memory_mb, read
from bench.calls_decide import pace

__all__ = ["latency", "panel", "saturated", "soak"]

RATES = (20, 60, 100)
SECONDS = 8
TALK_MS = 100
STEPS = {"arrived", "offered", "talking", "ended"}
QUEUE, OURS = "app_queue", "Décroche"


async def latency(stage: Stage) -> None:
    """Print caller's INVITE → secretary's INVITE, and what a call costs us."""
    print(f"caller's INVITE → secretary's INVITE, {SECRETARIES} secretaries, calls of {TALK_MS} ms; ms")
    print(
        f"{'calls/s':>8} {'way':<10} {'calls':>6} {'reached':>8} {'p50':>7} {'p95':>7} {'ratio':>6}"
        f" {'brain ms/call':>14} {'scribe':>7} {'written':>9}"
    )
    await stage.seat_everybody()
    answering = stage.phones(talk_ms=TALK_MS)
    try:
        for called in (QUEUE_NUMBER, stage.line.number):  # warm both up
            await stage.all_available()
            await stage.calls(called, rate=10, count=30, answering=answering)
        for rate in RATES:
            reference = 0.0
            for way, called in ((QUEUE, QUEUE_NUMBER), (OURS, stage.line.number)):
                reference = await _latency_round(stage, way, called, rate, answering, reference)
    finally:
        answering.stop()
    print("goal: ratio of medians ≤ 1.3, brain ≤ 3 ms a call, every transition written (4 a call)")
    print(f"load now {os.getloadavg()[0]:.1f} · pace of a core {pace():.2f} s (quiet: about 0.09)")


async def _latency_round(
    stage: Stage, way: str, called: str, rate: int, answering: "object", reference: float
) -> float:
    await stage.all_available()
    scribe, written = stage.scribe_pid, await _written()
    before = cpu_seconds(stage.switchboard.pid), cpu_seconds(scribe) if scribe else 0.0
    count = rate * SECONDS
    timing = await stage.calls(called, rate=rate, count=count, answering=answering)  # type: ignore[arg-type]
    p50, p95 = _percentiles(timing.delays_ms())
    line = f"{rate:>8} {way:<10} {len(timing.sent):>6} {len(timing.delays_ms()):>8} {p50:>7.1f} {p95:>7.1f}"
    if way == QUEUE:
        print(line, flush=True)
        return p50
    brain = (cpu_seconds(stage.switchboard.pid) - before[0]) * 1000 / count
    await stage.all_written()
    journal = (cpu_seconds(scribe) - before[1]) * 1000 / count if scribe else float("nan")
    calls, steps = (after - first for after, first in zip(await _written(), written, strict=True))
    print(
        f"{line} {p50 / reference:>6.2f} {brain:>14.2f} {journal:>7.2f} {calls:>4}×{steps / max(calls, 1):.1f}",
        flush=True,
    )
    return reference


async def _written() -> tuple[int, int]:
    """Return how many calls and how many of their transitions the database has."""
    from decroche.calls.models import Call, CallStep

    return await read(lambda: (Call.objects.count(), CallStep.objects.filter(kind__in=STEPS).count()))


def _percentiles(delays: list[float]) -> tuple[float, float]:
    if not delays:
        return float("nan"), float("nan")
    return statistics.median(delays), delays[int(len(delays) * 0.95)]


async def saturated(stage: Stage) -> None:
    """Print how long 160 calls of 2 s take 20 secretaries."""
    calls, talk = 160, 2000
    ideal = calls / SECRETARIES * talk / 1000
    print(
        f"saturated: {calls} calls of {talk / 1000:.0f} s at once on {SECRETARIES} secretaries; ideal {ideal:.1f} s"
    )
    await stage.seat_everybody()
    answering = stage.phones(talk_ms=talk)
    try:
        for way, called in ((QUEUE, QUEUE_NUMBER), (OURS, stage.line.number)):
            await stage.all_available()
            timing: Timing = await stage.calls(
                called, rate=calls, count=calls, answering=answering, patience=60
            )
            goal = "" if way == QUEUE else "   goal ≤ 16.5"
            print(
                f"  {way:<10} {timing.seconds:>6.1f} s, {len(timing.over)} of {calls} through{goal}",
                flush=True,
            )
    finally:
        answering.stop()


async def soak(stage: Stage) -> None:
    """Print what grows while 5,000 calls pass, and what is left afterwards."""
    total, leap = int(os.environ.get("BENCH_SOAK_CALLS", "5000")), 500
    print(f"soak: {total} calls of {TALK_MS} ms at 25/s; MB")
    print(f"{'calls':>7} {'switchboard':>12} {'scribe':>8} {'asterisk':>9}  the switchboard holds")
    await stage.seat_everybody()
    answering = stage.phones(talk_ms=TALK_MS)
    curve, reached, written = [], 0, await _written()
    try:
        for done in range(0, total, leap):
            await stage.all_available()
            timing = await stage.calls(stage.line.number, rate=25, count=leap, answering=answering)
            reached += len(timing.rang)
            curve.append(memory_mb(stage.switchboard.pid))
            scribe, asterisk = stage.scribe_pid, stage.server.pid
            print(
                f"{done + leap:>7} {curve[-1]:>12.1f} {memory_mb(scribe) if scribe else 0:>8.1f}"
                f" {memory_mb(asterisk) if asterisk else 0:>9.1f}  {stage.tasks()}",
                flush=True,
            )
    finally:
        answering.stop()
    await _what_is_left(stage, total, reached, curve, written)


async def _what_is_left(
    stage: Stage, total: int, reached: int, curve: list[float], before: tuple[int, int]
) -> None:
    from decroche.calls.models import Call

    deadline = time.monotonic() + 20
    while stage.channels() and time.monotonic() < deadline:  # noqa: ASYNC110 — Asterisk says it only when asked
        await asyncio.sleep(0.5)
    await stage.all_written()
    open_rows = await read(lambda: Call.objects.filter(ended_at=None).count())
    calls, steps = (after - first for after, first in zip(await _written(), before, strict=True))
    half = len(curve) // 2
    growth = statistics.mean(curve[half:]) - statistics.mean(curve[: half or 1])
    print(
        f"  reached a secretary: {reached} of {total}; written: {calls} calls, {steps / max(calls, 1):.2f} transitions each"
    )
    print(
        f"  left over: {stage.channels()} channels, {open_rows} calls not ended; second half − first half: {growth:+.1f} MB"
    )
