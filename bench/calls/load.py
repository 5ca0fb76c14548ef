"""Let sipp be the operator and the twenty telephones, so that the load costs our own processes nothing of Python's time."""

import asyncio
import itertools
import re
import secrets
import shutil
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from bench.calls import scenarios

_LINE = re.compile(r"(sent|rang|over) (?:33)?(6\d{8})\s.*?(\d{9,}\.\d+)\s*$")
FIRST_CALLER = 612_000_000
_taken = itertools.count()


class NoSipp(Exception):
    """sipp is not on this machine (apt-get install sip-tester)."""


@dataclass
class Timing:
    """Hold when each caller rang, when a phone first rang for them, and when they were through; seconds."""

    sent: dict[str, float] = field(default_factory=dict)
    rang: dict[str, float] = field(default_factory=dict)
    over: dict[str, float] = field(default_factory=dict)

    def read(self, path: Path) -> None:
        """Take in what a sipp has logged."""
        for line in path.read_text(errors="replace").splitlines() if path.exists() else ():
            if found := _LINE.search(line):
                what: dict[str, float] = getattr(self, found[1])
                what.setdefault(found[2], float(found[3]))

    def delays_ms(self) -> list[float]:
        """Return caller's INVITE → secretary's INVITE, of the calls that reached somebody."""
        return sorted((at - self.sent[who]) * 1000 for who, at in self.rang.items() if who in self.sent)

    @property
    def reached_within(self) -> float:
        """Return the time from the first caller's INVITE to the last one for whom a phone rang."""
        return max(self.rang.values()) - min(self.sent.values()) if self.rang and self.sent else float("nan")

    @property
    def seconds(self) -> float:
        """Return the time from the first caller's INVITE to the last one's end."""
        return max(self.over.values()) - min(self.sent.values()) if self.over and self.sent else float("nan")


class Sipp:
    """Run one sipp."""

    def __init__(self, folder: Path, scenario: str, exchange_port: int, *arguments: str) -> None:
        path = shutil.which("sipp")
        if path is None:
            raise NoSipp
        self.folder = folder / secrets.token_hex(4)
        self.folder.mkdir(parents=True)
        (self.folder / "scenario.xml").write_text(scenario)
        self.log = self.folder / "log"
        self._process = subprocess.Popen(
            [path, f"127.0.0.1:{exchange_port}", "-sf", "scenario.xml", "-i", "127.0.0.1", "-nostdin", "-nr",
             "-trace_logs", "-log_file", "log", "-trace_err", "-error_file", "errors", *arguments],
            cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    async def ended(self, seconds: float) -> int:
        return await asyncio.wait_for(asyncio.to_thread(self._process.wait), seconds)

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    @property
    def pid(self) -> int:
        return self._process.pid


def phones(folder: Path, exchange_port: int, *, port: int, talk_ms: int) -> Sipp:
    """Be every secretary's telephone, at one address."""
    scenario = scenarios.PHONES.replace("[talk]", str(talk_ms))
    return Sipp(
        folder, scenario, exchange_port, "-p", str(port), "-aa", "-rtp_echo", "-mp", str(free_udp_port())
    )


def callers(
    folder: Path,
    exchange_port: int,
    called: str,
    *,
    port: int,
    rate: float,
    count: int,
    patience: float = 60,
    among: int | None = None,
) -> tuple[Sipp, list[str]]:
    """Let ``count`` callers ring, ``rate`` a second; return sipp and who they are."""
    who = [str(number) for number in _numbers(count, among)]
    folder.mkdir(parents=True, exist_ok=True)
    names = folder / f"callers-{secrets.token_hex(4)}.csv"
    names.write_text("SEQUENTIAL\n" + "".join(f"{one};\n" for one in who))
    scenario = scenarios.CALLERS.replace("[patience]", str(round(patience * 1000)))
    sipp = Sipp(
        folder, scenario, exchange_port, "-p", str(port), "-s", called, "-inf", str(names),
        "-r", str(max(1, round(rate))), "-m", str(count), "-l", str(count), "-mp", str(free_udp_port()),
    )  # fmt: skip
    return sipp, who


def _numbers(count: int, among: int | None) -> list[int]:
    """Return the next callers' mobile numbers: none twice in a run, or of so many people who ring again and again."""
    taken = itertools.islice(_taken, count)
    return [FIRST_CALLER + (one % among if among else one) for one in taken]


def free_udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
