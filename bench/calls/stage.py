"""The real thing to measure: a private Asterisk, the switchboard's own process, PostgreSQL, twenty secretaries at post."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from asgiref.sync import sync_to_async

from bench.calls import bare
from bench.calls.load import Sipp, Timing, callers, free_udp_port, phones
from bench.database import own_database

STEPS = {"arrived", "offered", "talking", "ended"}
SECRETARIES = 20
QUEUE_NUMBER = "5555"
# At its best: by "leastrecent" or "rrmemory" callers who come together choose the same member, all but one then wait for
# a whole "retry", and from 60 calls/s on the queue never catches up (medians of seconds).
QUEUE = "[bench]\nstrategy = random\nringinuse = no\nautofill = yes\ntimeout = 15\nretry = 1\n"
PATIENCE_SECONDS = 240  # how long a caller stays, in either way, before the bench calls him never reached
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")

T = TypeVar("T")


async def read(function: Callable[[], T]) -> T:
    """Ask the database, in every practice's scope."""

    def run() -> T:
        from decroche.foundation.tenancy import every_practice

        with every_practice():
            return function()

    return await sync_to_async(run)()


@dataclass
class Stage:
    """Hold everything that runs."""

    folder: Path
    server: Any
    switchboard: subprocess.Popen[bytes]
    log: Path
    line: Any
    secretaries: list[Any]
    operator_port: int
    phones_port: int

    @property
    def sip_port(self) -> int:
        return int(self.server.connection.sip_port)

    @property
    def scribe_pid(self) -> int | None:
        """Return the journal's process: the switchboard's only child."""
        path = Path(f"/proc/{self.switchboard.pid}/task/{self.switchboard.pid}/children")
        children = {
            int(one) for task in path.parents[1].iterdir() for one in (task / "children").read_text().split()
        }
        return min(children, default=None)

    # --- the people -------------------------------------------------------------------------

    async def seat_everybody(self) -> None:
        """Register every phone from the address where sipp will answer, and say that everybody is there."""
        from decroche.calls.actions.give_order import SwitchboardSilent
        from decroche.calls.actions.open_phone import open_phone
        from decroche.foundation.clock import now
        from tests.asterisk.phone import Phone

        for user in self.secretaries:
            opened = None
            while opened is None:
                with contextlib.suppress(SwitchboardSilent):  # a machine that is not quiet at all
                    opened = await read(
                        lambda user=user: open_phone(user=user, now=now(), patience_seconds=20)
                    )
            phone = Phone(opened.username, opened.password, self.sip_port, voice=1)
            await phone.open(self.phones_port)
            try:
                if await phone.register(expires=300) != 200:
                    raise SystemExit("a phone could not register")
            finally:
                phone.close()
                await asyncio.sleep(0)

    async def all_available(self) -> None:
        """Put everybody at their post, and wait until every phone can ring."""
        from decroche.calls.actions.give_order import give_order_and_wait
        from decroche.calls.models import Post
        from decroche.calls.switchboard.orders import OrderKind
        from decroche.foundation.clock import now

        def free() -> int:
            return Post.objects.filter(state="available", registered=True).count()

        deadline = time.monotonic() + 180
        while await read(free) < SECRETARIES:
            if time.monotonic() > deadline:
                raise SystemExit(f"only {await read(free)} of {SECRETARIES} secretaries could be seated")
            for user in self.secretaries:
                with contextlib.suppress(Exception):  # on a call until a moment ago: asked again below
                    await read(
                        lambda user=user: give_order_and_wait(
                            kind=OrderKind.SET_STATE,
                            user=user,
                            now=now(),
                            payload={"state": "available"},
                            patience_seconds=5,
                        )
                    )
            await asyncio.sleep(0.3)

    def phones(self, *, talk_ms: int) -> Sipp:
        return phones(self.folder, self.sip_port, port=self.phones_port, talk_ms=talk_ms)

    @contextlib.asynccontextmanager
    async def at_their_phones(self, *, talk_ms: int) -> AsyncIterator[Sipp]:
        """Register everybody anew (a registration lives for five minutes), let the phones answer, and wait until all can ring."""
        await self.seat_everybody()
        answering = self.phones(talk_ms=talk_ms)
        try:
            await self.all_available()
            yield answering
        finally:
            answering.stop()

    async def calls(
        self,
        called: str,
        *,
        rate: float,
        count: int,
        answering: Sipp,
        patience: float = PATIENCE_SECONDS,
        among: int | None = None,
    ) -> Timing:
        """Let callers ring, wait until the last is through, return when what happened."""
        sipp, _ = callers(
            self.folder,
            self.sip_port,
            called,
            port=self.operator_port,
            rate=rate,
            count=count,
            patience=patience,
            among=among,
        )
        try:
            await sipp.ended(count / rate + patience)
        except TimeoutError:
            print(f"  ({called}: not every caller was through after {patience:.0f} s)")
        finally:
            sipp.stop()
        timing = Timing()
        timing.read(sipp.log)
        timing.read(answering.log)
        timing.rang = {who: at for who, at in timing.rang.items() if who in timing.sent}
        return timing

    @contextlib.asynccontextmanager
    async def bare_application(self) -> AsyncIterator[int]:
        """Let the least of applications answer its number; yield its process."""
        at = self.server.connection
        phones = [f"s{user.pk}" for user in self.secretaries]
        command = [
            sys.executable,
            "-m",
            "bench.calls.bare",
            at.ari_url,
            at.ari_user,
            at.ari_password,
            *phones,
        ]
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        try:
            assert process.stdout is not None
            await asyncio.wait_for(process.stdout.readline(), 20)
            yield process.pid
        finally:
            process.kill()
            await process.wait()

    # --- the figures ------------------------------------------------------------------------

    async def all_written(self, *, seconds: float = 30) -> None:
        """Wait until the journal is on file: no call of the database is open, and no new step comes."""
        from decroche.calls.models import CallStep

        last, since = -1, time.monotonic()
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            count = await read(CallStep.objects.count)
            if count != last:
                last, since = count, time.monotonic()
            elif time.monotonic() - since > 1:
                return
            await asyncio.sleep(0.1)

    def held(self) -> dict[str, int]:
        """Ask the switchboard what it holds (SIGUSR1 has it say so in its log)."""
        before = self.log.stat().st_size
        self.switchboard.send_signal(signal.SIGUSR1)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            said = self.log.read_bytes()[before:].decode(errors="replace")
            for line in said.splitlines(keepends=True):
                if " holds {" in line and line.endswith("\n"):
                    found: dict[str, int] = json.loads(line[line.index("{") : line.rindex("}") + 1])
                    return found
            time.sleep(0.05)
        raise SystemExit("the switchboard does not say what it holds")

    def bridges(self) -> int:
        """Return how many bridges Asterisk holds."""
        lines = self.server.command("bridge show all").splitlines()
        return sum(bool(line.strip()) and not line.startswith("Bridge-ID") for line in lines)

    def channels(self) -> int:
        """Return how many channels Asterisk holds."""
        said = self.server.command("core show channels count")
        return int(said.split()[0]) if said.split() else -1


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process took so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_mb(pid: int) -> float:
    """Return the memory that a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 2**20


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """Set everything up, and take it down again."""
    from decroche.calls.adapters.asterisk.configuration import ExchangeSettings, Trunk
    from decroche.calls.adapters.asterisk.install import install
    from decroche.calls.adapters.asterisk.places import data_dir, default_install_dir
    from decroche.calls.adapters.asterisk.server import AsteriskServer

    installation = install(default_install_dir(), say=lambda _: None)
    with own_database("calls"):
        from decroche.calls.switchboard.journal import spool_folder

        shutil.rmtree(
            spool_folder(), ignore_errors=True
        )  # of a run that was broken off, in a database of this name
        line, secretaries = _house()
        operator_port, phones_port = free_udp_port(), free_udp_port()
        members = "".join(f"member => PJSIP/s{user.pk}\n" for user in secretaries)
        settings = ExchangeSettings(
            folder / "telephony",
            sounds_dir=data_dir() / "telephony/sounds",
            trunk=Trunk("127.0.0.1", operator_port),
            rtp_ports=4000,
            extra_modules=("app_queue",),
            extra_dialplan=f"[decroche-trunk](+)\nexten => {QUEUE_NUMBER},1,Queue(bench,,,,{PATIENCE_SECONDS})\n same => n,Hangup()\n"
            + bare.DIALPLAN,
            extra_files=(("queues.conf", QUEUE + members),),
        )
        server = AsteriskServer(installation, settings)
        server.start()
        log = folder / "switchboard.log"
        switchboard = _switchboard(server.connection, log)
        try:
            _until_it_leads()
            yield Stage(folder, server, switchboard, log, line, secretaries, operator_port, phones_port)
        finally:
            switchboard.terminate()
            switchboard.wait(15)
            server.stop()


def _switchboard(connection: Any, log: Path) -> "subprocess.Popen[bytes]":
    from django.conf import settings

    env = os.environ | {
        "DECROCHE_ARI_URL": connection.ari_url,
        "DECROCHE_ARI_USER": connection.ari_user,
        "DECROCHE_ARI_PASSWORD": connection.ari_password,
        "DECROCHE_ASTERISK_STATE_DIR": str(connection.state_dir),
        "DECROCHE_PHONES": "sip",
        "DECROCHE_WRAP_UP_SECONDS": "0",
        "DECROCHE_TELEPHONY": "asterisk",
        "DECROCHE_SECRET_KEY": settings.SECRET_KEY,
    }
    command = [sys.executable, "-m", "decroche", "switchboard"]
    if os.environ.get("BENCH_PROFILE"):
        command = [
            sys.executable,
            "-m",
            "cProfile",
            "-o",
            os.environ["BENCH_PROFILE"],
            "-m",
            "decroche",
            "switchboard",
        ]
    with log.open("ab") as out:
        return subprocess.Popen(command, env=env, stdout=out, stderr=out)


def _house() -> tuple[Any, list[Any]]:
    from decroche.foundation.tenancy import every_practice
    from tests.factories import make_line, make_practice, make_secretariat, make_secretary

    with every_practice():
        practice = make_practice()
        line = make_line(practice=practice, greeting="")
        secretariat = make_secretariat()
        people = [make_secretary(secretariat=secretariat, practices=(practice,)) for _ in range(SECRETARIES)]
        return line, people


def _until_it_leads() -> None:
    from decroche.calls.models import SwitchboardPulse

    deadline = time.monotonic() + 180
    while not SwitchboardPulse.objects.filter(exchange_up=True).exists():
        if time.monotonic() > deadline:
            raise SystemExit("the switchboard did not start")
        time.sleep(0.1)


async def written() -> tuple[int, int]:
    """Return how many calls and how many of their transitions the database has."""
    from decroche.calls.models import Call, CallStep

    return await read(lambda: (Call.objects.count(), CallStep.objects.filter(kind__in=STEPS).count()))
