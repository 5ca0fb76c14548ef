"""Where the stories are played: a real exchange, the switchboard's own process, callers, phones, a database to unplug."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path
from typing import Protocol

from django.db import connection

from decroche.accounts.models import User
from decroche.calls.actions.open_phone import open_phone
from decroche.calls.adapters.asterisk.server import AsteriskServer
from decroche.calls.models import Call
from decroche.calls.switchboard.orders import OrderKind
from decroche.foundation.clock import now
from decroche.foundation.tenancy import every_practice
from decroche.practices.models import Line
from tests.asterisk.brain import Switchboard, order
from tests.asterisk.survival.crowd import Crowd, all_fates
from tests.asterisk.survival.ledger import Ledger, count_ends, count_orphans
from tests.asterisk.survival.phones import CrowdPhone
from tests.database import read
from tests.factories import make_line, make_practice, make_secretariat, make_secretary

FALLBACK = "+33612999999"
ELSEWHERE = "+33612888888"  # where secretaries transfer to
_voices = itertools.cycle(number for number in range(0x20, 0xF0) if number not in {0x55, 0xD5, 0x7F})


class DatabasePlug(Protocol):
    """Say how the switchboard's database is unplugged."""

    url: str

    async def cut(self) -> None: ...

    async def restore(self) -> None: ...


class Stage:
    """Hold everything that one story needs."""

    def __init__(
        self,
        exchange: AsteriskServer,
        operator_port: int,
        folder: Path,
        *,
        plug: DatabasePlug | None = None,
        settings: dict[str, str] | None = None,
    ) -> None:
        self.exchange, self.folder, self.plug = exchange, folder, plug
        self._operator_port = operator_port
        self.switchboard = Switchboard(exchange, folder / "switchboard.log")
        self.switchboard._env |= {"DECROCHE_RING_SECONDS": "60", "DECROCHE_WRAP_UP_SECONDS": "0"} | (
            settings or {}
        )
        if plug is not None:
            self.switchboard._env["DATABASE_URL"] = plug.url
        self.outside = CrowdPhone("outside", "", exchange.connection.sip_port, voice=0x3C)
        self.outside.is_quiet = True
        self.phones: dict[int, CrowdPhone] = {}
        self.people: dict[int, User] = {}
        self.crowds: list[Crowd] = []
        self.slack = 1.0  # how much slower than promised a machine that does other things too may be
        self._keeping: asyncio.Task[None] | None = None

    async def open(self) -> None:
        await self.outside.open(self._operator_port)
        await self.switchboard.start()

    async def close(self) -> None:
        if self._keeping:
            self._keeping.cancel()
        for crowd in self.crowds:
            await crowd.close()
        for phone in self.phones.values():
            phone.close()
        self.outside.close()
        self.switchboard.close()
        if self.exchange.is_alive():
            await asyncio.to_thread(self.exchange.command, "channel request hangup all")

    # --- people ---------------------------------------------------------------------------

    async def sit_down(
        self, user: User, *, answers_after: float | None = 0.05, state: str = "available"
    ) -> CrowdPhone:
        """Let one secretary come to her post."""
        opened = await read(lambda: open_phone(user=user, now=now(), patience_seconds=8))
        port = self.exchange.connection.sip_port
        phone = CrowdPhone(
            opened.username, opened.password, port, voice=next(_voices), answers_after=answers_after
        )
        await phone.open()
        status = await phone.register()
        assert status == 200, (
            f"her phone is answered {status}: the order was done before the exchange knew it"
        )
        self.phones[user.pk], self.people[user.pk] = phone, user
        await self.order(user, OrderKind.SET_STATE, state=state)
        return phone

    async def sit_all(
        self, users: Iterable[User], *, answers_after: float | None = 0.05, state: str = "available"
    ) -> None:
        waiting = list(users)
        while waiting:
            batch, waiting = waiting[:6], waiting[6:]
            await asyncio.gather(
                *(self.sit_down(user, answers_after=answers_after, state=state) for user in batch)
            )

    async def order(self, user: User, kind: OrderKind, call_id: object = None, **payload: object) -> bool:
        return await order(user, kind, call_id, **payload)

    def keep_registered(self) -> None:
        """Let every phone register again and again, as browsers do whose line fell."""

        async def keep() -> None:
            while True:
                await asyncio.gather(*(register(phone) for phone in list(self.phones.values())))
                await asyncio.sleep(0.3)

        async def register(phone: CrowdPhone) -> None:
            if phone.is_open:
                with contextlib.suppress(TimeoutError, OSError):
                    await asyncio.wait_for(phone.register(), 1)

        self._keeping = asyncio.create_task(keep())

    # --- callers --------------------------------------------------------------------------

    def crowd(self, line: Line, size: int) -> Crowd:
        made = Crowd(
            self.folder / f"crowd-{len(self.crowds)}", self.exchange.connection.sip_port, line.number, size
        )
        self.crowds.append(made)
        return made

    async def states(self) -> dict[str, int]:
        def count() -> dict[str, int]:
            found: dict[str, int] = {}
            for state in Call.objects.exclude(state="ended").values_list("state", flat=True):
                found[state] = found.get(state, 0) + 1
            return found

        return await read(count)

    async def until(
        self, is_true: Callable[[dict[str, int]], bool], *, seconds: float = 20
    ) -> dict[str, int]:
        """Wait until the calls' states are so; return them in any case."""
        found: dict[str, int] = {}
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not is_true(found := await self.states()):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
        return found

    async def finish(self, *, seconds: float = 60) -> None:
        """Let everybody who rings be answered, until nobody is left."""
        self.outside.answers_after, self.outside.hangs_up_after = 0.05, 1.0
        self.outside.finish()
        for phone in self.phones.values():
            phone.finish()
        await asyncio.gather(
            *(self.order(user, OrderKind.SET_STATE, state="available") for user in self.people.values()),
            return_exceptions=True,
        )
        await self.until(lambda found: not found, seconds=seconds)
        for crowd in self.crowds:
            await crowd.ended(10)
        await self.until_silent(5)

    async def until_silent(self, seconds: float) -> None:
        """Wait until no channel is left on the exchange."""
        for _ in range(int(seconds)):
            words = await asyncio.to_thread(self.exchange.command, "core show channels count")
            if words.startswith("0 active channels"):
                return
            await asyncio.sleep(1)

    async def reckon(self, ledger: Ledger) -> Ledger:
        """Count, now that all is over."""
        fates = all_fates(self.crowds)
        reached = set(self.outside.reached)

        def count() -> None:
            with every_practice():
                count_ends(ledger, fates, reached_outside=reached)
                count_orphans(ledger, self.exchange)

        await read(count)
        return ledger


@contextlib.asynccontextmanager
async def on_stage(
    exchange: AsteriskServer, operator_port: int, folder: Path, **how: object
) -> AsyncIterator[Stage]:
    """Open a stage and clear it."""
    stage = Stage(exchange, operator_port, folder, **how)  # type: ignore[arg-type]
    try:
        await stage.open()
        yield stage
    except BaseException:
        print(stage.switchboard.said)
        raise
    finally:
        await stage.close()


class Team:
    """One practice, its line, and secretaries who answer for it."""

    def __init__(self, size: int, *, name: str = "Cabinet des Lilas", fallback: str = FALLBACK) -> None:
        with every_practice():
            self.practice = make_practice(name=name)
            self.line = make_line(practice=self.practice, fallback_number=fallback, greeting="Bonjour.")
            self.secretariat = make_secretariat()
            self.secretaries = [
                make_secretary(secretariat=self.secretariat, practices=(self.practice,)) for _ in range(size)
            ]


async def team(size: int, **how: str) -> Team:
    """Make one, off the event loop."""
    return await read(lambda: Team(size, **how))


async def clear() -> None:
    """Forget every call and everything that was still to do: the next story counts from nothing."""

    def forget() -> None:
        with every_practice(), connection.cursor() as cursor:
            cursor.execute(
                "TRUNCATE calls_call, calls_switchboardorder, calls_switchboardpulse, calls_post, calls_phonecredential,"
                " messaging_followup CASCADE"
            )

    await read(forget)
