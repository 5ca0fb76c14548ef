"""Run the benchmarks one after the other: ``python -m bench [name …]`` (calls, calls_decide, calls_day, agenda, live, desk, grid)."""

import os
import subprocess
import sys

NAMES = ("calls", "calls_decide", "calls_day", "agenda", "live", "desk", "grid")


def main() -> int:
    """Run each benchmark in a process of its own, so that none warms another's caches."""
    wanted = sys.argv[1:] or NAMES
    print(f"{os.cpu_count()} cores · Python {sys.version.split()[0]}\n", flush=True)
    worst = 0
    for name in wanted:
        print(f"== {name}", flush=True)
        worst = max(worst, subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode)
        print(flush=True)
    return worst


if __name__ == "__main__":
    sys.exit(main())
