"""Take the figures, each beside its reference."""

import os
import statistics
from collections.abc import Sequence

from bench.calls import bare
from bench.calls.load import Sipp, Timing
from bench.calls.panel import panel
from bench.calls.soak import TALK_MS, soak
from bench.calls.stage import PATIENCE_SECONDS, QUEUE_NUMBER, SECRETARIES, Stage, cpu_seconds, read, written
from bench.calls_decide import pace

__all__ = ["latency", "panel", "saturated", "soak"]

RATES = (20, 60, 100)
SECONDS = 8
QUEUE, BARE, OURS = "app_queue", "bare ARI", "Décroche"


async def latency(stage: Stage, rates: Sequence[int] = RATES) -> None:
    """Print caller's INVITE → secretary's INVITE, and what a call costs us."""
    print(f"caller's INVITE → secretary's INVITE, {SECRETARIES} secretaries, calls of {TALK_MS} ms; ms")
    print(
        f"{'calls/s':>8} {'way':<10} {'calls':>6} {'reached':>8} {'within s':>9} {'p50':>7} {'p95':>7}"
        f" {'asterisk ms/call':>17} {'ratio':>6} {'brain':>6} {'scribe':>7} {'written':>9} {'lease out':>10} {'voicemail':>10}"
    )
    for called in (QUEUE_NUMBER, stage.line.number):  # warm both up
        async with stage.at_their_phones(talk_ms=TALK_MS) as answering:
            await stage.calls(called, rate=10, count=30, answering=answering)
    for rate in rates:
        async with stage.at_their_phones(talk_ms=TALK_MS) as answering:
            reference = await _reference_round(stage, QUEUE, QUEUE_NUMBER, rate, answering)
        async with stage.at_their_phones(talk_ms=TALK_MS) as answering, stage.bare_application() as pid:
            await _reference_round(stage, BARE, bare.NUMBER, rate, answering, reference=reference, pid=pid)
        async with stage.at_their_phones(talk_ms=TALK_MS) as answering:
            await _our_round(stage, rate, answering, reference)
    print(
        f"(reached: a phone rang for the caller, who stays {PATIENCE_SECONDS} s at most; within: from the first INVITE to the last of them)"
    )
    print(
        f"({BARE}: a program that rings a free phone and joins them, and nothing else: what any leader through ARI takes)"
    )
    print("goal: ratio of medians ≤ 1.3, brain ≤ 3 ms a call, every transition written (4 a call)")
    print(f"load now {os.getloadavg()[0]:.1f} · pace of a core {pace():.2f} s (quiet: about 0.09)")


async def _measured(
    stage: Stage, way: str, called: str, rate: int, answering: Sipp, *, brain: int
) -> tuple[str, float, float]:
    """Let the calls pass; return the line that says how, their median, and the processor time of ``brain``, ms a call."""
    count, who = rate * SECONDS, (stage.server.pid, brain)
    before = [cpu_seconds(one) for one in who]
    timing = await stage.calls(called, rate=rate, count=count, answering=answering)
    p50, p95 = _percentiles(timing.delays_ms())
    carried, led = ((cpu_seconds(one) - first) * 1000 / count for one, first in zip(who, before, strict=True))
    line = (
        f"{rate:>8} {way:<10} {len(timing.sent):>6} {len(timing.delays_ms()):>8} {timing.reached_within:>9.1f} {p50:>7.1f} {p95:>7.1f}"
        f" {carried:>17.1f}"
    )
    return line, p50, led


async def _reference_round(
    stage: Stage,
    way: str,
    called: str,
    rate: int,
    answering: Sipp,
    *,
    reference: float = 0.0,
    pid: int | None = None,
) -> float:
    line, p50, led = await _measured(stage, way, called, rate, answering, brain=pid or stage.server.pid)
    print(line if pid is None else f"{line} {p50 / reference:>6.2f} {led:>6.2f}", flush=True)
    return p50


async def _our_round(stage: Stage, rate: int, answering: Sipp, reference: float) -> None:
    stored, away, scribe = await written(), await _sent_away(), stage.scribe_pid
    before = cpu_seconds(scribe) if scribe else 0.0
    line, p50, led = await _measured(
        stage, OURS, stage.line.number, rate, answering, brain=stage.switchboard.pid
    )
    await stage.all_written()
    journal = (cpu_seconds(scribe) - before) * 1000 / (rate * SECONDS) if scribe else float("nan")
    calls, steps = (after - first for after, first in zip(await written(), stored, strict=True))
    lease, voicemail = (after - first for after, first in zip(await _sent_away(), away, strict=True))
    print(
        f"{line} {p50 / reference:>6.2f} {led:>6.2f} {journal:>7.2f} {calls:>4}×{steps / max(calls, 1):.1f}"
        f" {lease:>10} {voicemail:>10}",
        flush=True,
    )


async def _sent_away() -> tuple[int, int]:
    """Return how often a lease ran out, and how many callers the voicemail had: an exchange that is behind."""
    from decroche.calls.models import CallStep

    kinds = ("fallback", "voicemail")
    found = [await read(lambda kind=kind: CallStep.objects.filter(kind=kind).count()) for kind in kinds]  # type: ignore[misc]
    return found[0], found[1]


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
