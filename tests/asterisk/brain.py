"""Run the switchboard as the process that it is, and do to it what life does."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connections

from decroche.accounts.models import User
from decroche.calls.actions.give_order import give_order_and_wait
from decroche.calls.actions.open_phone import open_phone
from decroche.calls.adapters.asterisk.server import AsteriskServer
from decroche.calls.models import SwitchboardPulse
from decroche.calls.switchboard.orders import OrderKind
from decroche.foundation.clock import now
from decroche.foundation.tenancy import every_practice
from decroche.practices.models import Line
from tests.asterisk.phone import Phone
from tests.database import read, until_read
from tests.factories import make_line, make_practice, make_secretariat, make_secretary


def database_url() -> str:
    """Return the test database's address, for a process of its own."""
    at = connections["default"].settings_dict
    user = quote(at["USER"], safe="") + (":" + quote(at["PASSWORD"], safe="") if at["PASSWORD"] else "")
    if str(at["HOST"]).startswith("/"):
        port = f"&port={at['PORT']}" if at["PORT"] else ""
        return f"postgresql://{user}@/{at['NAME']}?host={quote(at['HOST'], safe='')}{port}"
    return f"postgresql://{user}@{at['HOST']}:{at['PORT'] or 5432}/{at['NAME']}"


class House:
    """One practice with a line and a fallback number, and secretaries who answer for it."""

    def __init__(self, *, fallback: str = "") -> None:
        with every_practice():
            self.practice = make_practice(name="Cabinet des Lilas")
            self.line: Line = make_line(practice=self.practice, fallback_number=fallback)
            self.secretariat = make_secretariat()
            self.secretaries: list[User] = [
                make_secretary(secretariat=self.secretariat, practices=(self.practice,)) for _ in range(2)
            ]


class Switchboard:
    """Be `decroche switchboard`."""

    def __init__(self, exchange: AsteriskServer, log: Path) -> None:
        at = exchange.connection
        self._log = log
        self._env = os.environ | {
            "DATABASE_URL": database_url(), "DECROCHE_SECRET_KEY": settings.SECRET_KEY, "DECROCHE_TELEPHONY": "asterisk",
            "DECROCHE_ARI_URL": at.ari_url, "DECROCHE_ARI_USER": at.ari_user, "DECROCHE_ARI_PASSWORD": at.ari_password,
            "DECROCHE_ASTERISK_STATE_DIR": str(at.state_dir), "DECROCHE_PHONES": "sip", "DECROCHE_RING_SECONDS": "3",
            "DECROCHE_WRAP_UP_SECONDS": "2",
        }  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        begun = now()
        command = [sys.executable, "-m", "decroche", "switchboard"]
        with self._log.open("ab") as log:
            # A plain process: it outlives the event loop of the story that killed its predecessor.
            self._process = subprocess.Popen(command, env=self._env, stdout=log, stderr=log)  # noqa: ASYNC220
        await until_read(
            lambda: SwitchboardPulse.objects.filter(beat_at__gt=begun, exchange_up=True).exists(), seconds=60
        )

    def signal(self, number: int) -> None:
        assert self._process
        self._process.send_signal(number)

    def kill(self) -> None:
        """End it as the kernel does, without a word."""
        self.signal(signal.SIGKILL)
        assert self._process
        self._process.wait(10)

    def freeze(self) -> None:
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.signal(signal.SIGCONT)

    def close(self) -> None:
        if self._process and self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                self.thaw()
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)

    @property
    def said(self) -> str:
        return self._log.read_text(errors="replace")[-4000:]


async def sit_down(
    user: User, exchange: AsteriskServer, *, voice: int, answers_after: float | None = None
) -> Phone:
    """Let a secretary open her phone and say that she is there."""
    opened = await read(lambda: open_phone(user=user, now=now(), patience_seconds=5))
    phone = Phone(
        opened.username,
        opened.password,
        exchange.connection.sip_port,
        voice=voice,
        answers_after=answers_after,
    )
    await phone.open()
    assert await phone.register() == 200
    await order(user, OrderKind.SET_STATE, state="available")
    return phone


async def order(user: User, kind: OrderKind, call_id: Any = None, **payload: Any) -> bool:
    return await read(
        lambda: give_order_and_wait(
            kind=kind, user=user, now=now(), call_id=call_id, payload=payload, patience_seconds=5
        )
    )
