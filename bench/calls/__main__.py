"""Measure the calls: ``python -m bench.calls [--only latency saturated panel soak decide] [--soak-calls N --soak-rate R]``.

The real thing throughout: a private Asterisk, the switchboard's own process, every transition in PostgreSQL; sipp is the
operator and the secretaries' telephones; Asterisk's own app_queue in the same run is the reference.
"""

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from bench.calls import figures
from bench.calls.stage import Stage, stage
from bench.calls_decide import pace

Part = Callable[[Stage], Awaitable[None]]
PARTS: dict[str, Part] = {
    "latency": figures.latency,
    "saturated": figures.saturated,
    "panel": figures.panel,
    "soak": figures.soak,
}


def main() -> int:
    """Print each part's figures as they come."""
    parser = argparse.ArgumentParser(prog="bench.calls")
    parser.add_argument("--only", nargs="+", choices=[*PARTS, "decide"], default=[*PARTS, "decide"])
    parser.add_argument(
        "--rates", type=int, nargs="+", default=figures.RATES, help="calls a second of the latency"
    )
    parser.add_argument("--soak-calls", type=int, default=5000, help="how many calls the soak lets pass")
    parser.add_argument(
        "--soak-rate", type=float, default=5, help="calls a second of the soak; 5,000 at 5/s are 20 minutes"
    )
    asked = parser.parse_args()
    wanted = asked.only
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    quiet = "quiet" if load <= cores / 2 else "NOT QUIET: the figures are worse than the machine can do"
    print(
        f"{cores} cores shared by all that runs here · load before {load:.1f} ({quiet}) · pace of a core {pace():.2f} s"
        " for 2 million additions (quiet: about 0.09)\n",
        flush=True,
    )
    if "decide" in wanted:
        subprocess.run([sys.executable, "-m", "bench.calls_decide"], check=False)
        print(flush=True)
    parts = PARTS | {
        "latency": partial(figures.latency, rates=asked.rates),
        "soak": partial(figures.soak, total=asked.soak_calls, rate=asked.soak_rate),
    }
    return _on_stage({name: part for name, part in parts.items() if name in wanted})


def _on_stage(wanted: dict[str, Part]) -> int:
    from decroche.calls.adapters.asterisk.install import AsteriskUnavailable

    if not wanted:
        return 0
    if shutil.which("sipp") is None:
        print("no sipp on this machine (apt-get install sip-tester), nothing to measure")
        return 0
    try:
        with tempfile.TemporaryDirectory(prefix="decroche-bench-") as folder, stage(Path(folder)) as built:
            for part in wanted.values():
                asyncio.run(_one(part, built))
    except AsteriskUnavailable as error:
        print(f"no Asterisk, nothing to measure: {error}")
    return 0


async def _one(part: Part, built: Stage) -> None:
    await part(built)
    print(flush=True)


if __name__ == "__main__":
    sys.exit(main())
