"""Pull every plug during live calls and count: each patient ends with a human, a call-back or a voicemail.

    python scripts/chaos_calls.py [--calls 50] [--only brain,asterisk,database,flood,garbage,browser,tabs,spoof,credential]

Real Asterisk (a private copy), sipp as the operator and its callers, phones with a voice, its own PostgreSQL, the
switchboard as the process that it is. Each story prints its ledger: the calls made, where each ended, what was lost, and
the channels, bridges, rows and posts that were left behind. One table at the end; the exit code is 0 when nothing was
lost, orphaned or broken. The stories are those of tests/asterisk/test_survival.py, at full size.
"""

import argparse
import asyncio
import contextlib
import fcntl
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from decroche.foundation import embedded_database  # noqa: E402

if TYPE_CHECKING:
    from tests.asterisk.survival.ledger import Ledger
    from tests.asterisk.survival.stage import Stage

Story = Callable[["Stage"], Awaitable["Ledger"]]


def main() -> int:
    """Play the stories and print the table."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # end what we started, however we are ended
    folder = Path(tempfile.mkdtemp(prefix="decroche-chaos-"))
    folder.chmod(0o755)
    url = embedded_database.ensure_running(folder)
    try:
        _prepare(folder, url)
        return asyncio.run(_play(folder, url, options))
    finally:
        embedded_database.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=50, help="calls a wave; the switchboard has four waves")
    parser.add_argument("--only", default="", help="words of the stories to play, with commas")
    parser.add_argument(
        "--lock", help="a file to lock around each story, on a machine that others measure on too"
    )
    return parser.parse_args()


def _prepare(folder: Path, url: str) -> None:
    os.environ |= {
        "DATABASE_URL": url,
        "DECROCHE_MODE": "test",
        "DECROCHE_MFA_REQUIRED": "false",
        "DECROCHE_LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "decroche.config.settings",
    }
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    call_command("migrate", verbosity=0)
    connections.close_all()
    (folder / "telephony").mkdir()


def _stories(calls: int) -> Iterator[tuple[str, Story]]:
    """Yield each story under the name that --only takes."""
    from tests.asterisk.survival import brain_story, phone_story, plain_stories, spoof_story, torture

    for plug in brain_story.Plug:
        yield (
            f"brain {plug.name.lower()}",
            lambda stage, plug=plug: brain_story.survives(stage, plug, calls=calls),
        )  # type: ignore[misc]
    yield "asterisk", lambda stage: plain_stories.exchange_is_killed(stage, calls=calls // 2)
    yield "database", lambda stage: plain_stories.database_is_away(stage, calls=calls // 2, seconds=20)
    yield "flood", lambda stage: plain_stories.one_line_is_flooded(stage, rate=50, seconds=6)
    messages = list(torture.MESSAGES.values())
    for source in ("127.0.0.2", "127.0.0.1"):  # a stranger; then the operator's own address
        yield (
            "garbage",
            lambda stage, source=source: plain_stories.garbage_is_thrown(  # type: ignore[misc]
                stage, messages, calls=20, source=source
            ),
        )
    for closes in (True, False):
        yield "browser", lambda stage, closes=closes: phone_story.phone_is_taken_away(stage, closes=closes)  # type: ignore[misc]
    yield "browser", phone_story.signalling_is_lost
    yield "tabs", phone_story.two_tabs_are_one_phone
    yield "spoof", spoof_story.caller_id_is_forged
    yield "credential", plain_stories.credential_is_stolen


async def _play(folder: Path, url: str, options: argparse.Namespace) -> int:
    from tests.asterisk.survival.ledger import Ledger, accounts, table

    exchange, operator_port = _exchange(folder)
    exchange.start()
    wanted = {word for word in options.only.split(",") if word}
    ledgers: list[Ledger] = []
    try:
        for number, (name, story) in enumerate(_stories(options.calls)):
            if wanted and not wanted & set(name.split()):
                continue
            with _alone(options.lock):
                began = time.monotonic()
                ledger = await _one(name, story, exchange, operator_port, folder / f"story-{number}", url)
            load = os.getloadavg()[0]
            ledger.figures["played in"] = f"{time.monotonic() - began:.0f} s, at a load of {load:.1f}"
            ledgers.append(ledger)
            print(ledger, flush=True)
    finally:
        exchange.stop()
    print("\n" + table(ledgers) + "\n\n" + accounts(ledgers))
    return 0 if all(ledger.is_sound for ledger in ledgers) else 1


@contextlib.contextmanager
def _alone(path: str | None) -> Iterator[None]:
    """Have the machine to ourselves, as far as those go who lock the same file."""
    if path is None:
        yield
        return
    with Path(path).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _exchange(folder: Path) -> tuple[Any, int]:
    from decroche.calls.adapters.asterisk.configuration import ExchangeSettings, Trunk
    from decroche.calls.adapters.asterisk.install import install
    from decroche.calls.adapters.asterisk.places import data_dir, default_install_dir
    from decroche.calls.adapters.asterisk.server import AsteriskServer
    from tests.asterisk.survival.crowd import free_port

    operator_port = free_port()
    settings = ExchangeSettings(
        folder / "telephony", sounds_dir=data_dir() / "telephony/sounds", trunk=Trunk("127.0.0.1", operator_port),
        rtp_ports=2000, fallback_seconds=8, transfer_seconds=40, voicemail_silence_seconds=2,
    )  # fmt: skip
    return AsteriskServer(install(default_install_dir(), say=lambda _: None), settings), operator_port


async def _one(
    name: str, story: Story, exchange: Any, operator_port: int, folder: Path, url: str
) -> "Ledger":
    """Play one story on a clean floor; a story that falls is a ledger too."""
    from tests.asterisk.survival.ledger import Ledger
    from tests.asterisk.survival.plugs import RealServer
    from tests.asterisk.survival.stage import clear, on_stage

    await asyncio.to_thread(folder.mkdir)
    await clear()
    if not exchange.is_alive():
        exchange.start()
    try:
        async with on_stage(exchange, operator_port, folder, plug=RealServer(folder.parent, url)) as stage:
            return await story(stage)
    except Exception as error:  # noqa: BLE001
        traceback.print_exc()
        return Ledger(name, broken=[f"the story fell: {error!r}"])


if __name__ == "__main__":
    sys.exit(main())
