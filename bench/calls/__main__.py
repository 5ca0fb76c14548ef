"""Caller's INVITE → secretary's INVITE, ours against Asterisk's app_queue, on the same Asterisk, in the same run.

Ours is the real thing: the switchboard's own process, every step of every call written to PostgreSQL.
"""

import asyncio
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from asgiref.sync import sync_to_async

from bench.calls.load import Operator, TimedPhone, Timing
from bench.database import own_database

SECRETARIES = 20
RATES = (20, 100)
SECONDS = 6
QUEUE_NUMBER = "5555"


def main() -> int:
    from decroche.calls.adapters.asterisk.install import AsteriskUnavailable, install
    from decroche.calls.adapters.asterisk.places import default_install_dir

    try:
        installation = install(default_install_dir(), say=lambda _: None)
    except AsteriskUnavailable as error:
        print(f"no Asterisk, nothing to measure: {error}")
        return 0
    with own_database("calls"), tempfile.TemporaryDirectory(prefix="decroche-bench-") as folder:
        asyncio.run(_measure(installation, Path(folder)))
    return 0


async def _measure(installation: object, folder: Path) -> None:
    from decroche.calls.adapters.asterisk.configuration import ExchangeSettings, Trunk
    from decroche.calls.adapters.asterisk.places import data_dir
    from decroche.calls.adapters.asterisk.server import AsteriskServer

    line, secretaries = await sync_to_async(_house)()
    members = "".join(f"member => PJSIP/s{user.pk}\n" for user in secretaries)
    port = _free_udp_port()
    settings = ExchangeSettings(
        folder / "telephony",
        sounds_dir=data_dir() / "telephony/sounds",
        trunk=Trunk("127.0.0.1", port),
        rtp_ports=4000,
        extra_modules=("app_queue",),
        extra_dialplan=f"[decroche-trunk](+)\nexten => {QUEUE_NUMBER},1,Queue(bench,,,,30)\n",
        extra_files=(
            (
                "queues.conf",
                f"[bench]\nstrategy = leastrecent\nringinuse = no\ntimeout = 15\nretry = 1\n{members}",
            ),
        ),
    )
    server = AsteriskServer(installation, settings)  # type: ignore[arg-type]
    connection = server.start()
    env = os.environ | {
        "DECROCHE_ARI_URL": connection.ari_url,
        "DECROCHE_ARI_USER": connection.ari_user,
        "DECROCHE_ARI_PASSWORD": connection.ari_password,
        "DECROCHE_ASTERISK_STATE_DIR": str(connection.state_dir),
        "DECROCHE_PHONES": "sip",
        "DECROCHE_WRAP_UP_SECONDS": "0",
    }
    from django.conf import settings as django_settings

    env["DECROCHE_SECRET_KEY"] = django_settings.SECRET_KEY
    switchboard = subprocess.Popen([sys.executable, "-m", "decroche", "switchboard"], env=env)
    operator = Operator(connection.sip_port)
    phones: list[TimedPhone] = []
    try:
        await operator.open(port)
        await _until_it_leads()
        phones = [await _phone(user, connection.sip_port) for user in secretaries]
        await _run(server, operator, list(zip(secretaries, phones, strict=True)), line.number)
    finally:
        switchboard.terminate()
        switchboard.wait(10)
        operator.close()
        for phone in phones:
            phone.close()
        server.stop()


def _house() -> tuple[object, list[object]]:
    from decroche.foundation.tenancy import every_practice
    from tests.factories import make_line, make_practice, make_secretariat, make_secretary

    with every_practice():
        practice = make_practice()
        line = make_line(practice=practice, greeting="")
        secretariat = make_secretariat()
        return line, [
            make_secretary(secretariat=secretariat, practices=(practice,)) for _ in range(SECRETARIES)
        ]


async def _until_it_leads() -> None:
    from decroche.calls.models import SwitchboardPulse

    def leads() -> bool:
        pulse = SwitchboardPulse.objects.first()
        return pulse is not None and pulse.exchange_up

    deadline = time.monotonic() + 30
    while not await sync_to_async(leads)():
        if time.monotonic() > deadline:
            raise SystemExit("the switchboard did not start")
        await asyncio.sleep(0.1)


async def _phone(user: object, exchange_port: int) -> TimedPhone:
    from decroche.calls.actions.open_phone import open_phone
    from decroche.foundation.clock import now

    opened = await sync_to_async(lambda: open_phone(user=user, now=now(), patience_seconds=5))()  # type: ignore[arg-type]
    phone = TimedPhone(opened.username, opened.password, exchange_port, voice=1)
    phone.timing = Timing()
    await phone.open()
    if await phone.register() != 200:
        raise SystemExit("a phone could not register")
    await _is_available(user)
    return phone


async def _is_available(user: object) -> None:
    from decroche.calls.actions.give_order import give_order_and_wait
    from decroche.calls.switchboard.orders import OrderKind
    from decroche.foundation.clock import now

    await sync_to_async(
        lambda: give_order_and_wait(
            kind=OrderKind.SET_STATE,
            user=user,  # type: ignore[arg-type]
            now=now(),
            payload={"state": "available"},
            patience_seconds=5,
        )
    )()


async def _run(
    server: object, operator: Operator, team: list[tuple[object, TimedPhone]], number: str
) -> None:
    print(f"caller's INVITE → secretary's INVITE, {SECRETARIES} secretaries, calls of 100 ms, ms")
    print(
        f"{'calls/s':>8} {'way':<12} {'calls':>6} {'reached':>8} {'p50':>7} {'p95':>7} {'ratio of medians':>17}"
    )
    for called in (QUEUE_NUMBER, number):  # warm both up
        await _round(server, operator, team, called, rate=10, count=20)
    for rate in RATES:
        reference = 0.0
        for way, called in (("app_queue", QUEUE_NUMBER), ("Décroche", number)):
            timing = await _round(server, operator, team, called, rate=rate, count=rate * SECONDS)
            delays = timing.delays_ms()
            p50 = statistics.median(delays) if delays else float("nan")
            p95 = delays[int(len(delays) * 0.95)] if delays else float("nan")
            reference = reference or p50
            ratio = "" if way == "app_queue" else f"{p50 / reference:.2f}"
            print(
                f"{rate:>8} {way:<12} {len(timing.sent):>6} {len(delays):>8} {p50:>7.1f} {p95:>7.1f} {ratio:>17}",
                flush=True,
            )


async def _round(
    server: Any,
    operator: Operator,
    team: list[tuple[object, TimedPhone]],
    called: str,
    *,
    rate: int,
    count: int,
) -> Timing:
    """Let one burst of calls through, everybody free and at their post before it."""
    timing = Timing()
    for user, phone in team:
        phone.timing = timing
        phone.rings.clear()
        await _is_available(user)
    await operator.place(called, rate=rate, count=count, timing=timing)
    await asyncio.to_thread(server.command, "channel request hangup all")
    await asyncio.sleep(1)
    return timing


def _free_udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
