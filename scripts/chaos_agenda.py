"""Kill the web processes and PostgreSQL while thousands book, then count: nothing acknowledged is lost or doubled.

    python scripts/chaos_agenda.py [--bookings 10000] [--clients 16] [--web-kills 6] [--database-kills 4]

Starts its own PostgreSQL in a folder of its own and throws both away. Each client is a signed-in secretary's browser:
hold a slot, confirm it for a patient, the next. Every slot is wanted by more people than can have it. Whoever gets no
answer asks again with the same idempotency key, as a browser would. Then the ledger: what was acknowledged against what
the database holds. The exit code is 0 when nothing was lost, doubled or left without an answer.
"""

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from http import HTTPStatus
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from bench.door import Answer, Client, Web, sessions_of  # noqa: E402
from decroche.foundation import embedded_database  # noqa: E402

PATIENCE_SECONDS = 120
PER_DAY = 48  # quarters of an hour from 8 to 20


@dataclass(frozen=True, slots=True)
class Wish:
    """One booking that somebody wants."""

    slot: str  # practitioner.site.epochminute
    patient_id: int
    key: str


@dataclass(slots=True)
class Ledger:
    """What clients were told, and what happened meanwhile."""

    acknowledged: dict[int, Wish] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    surprises: Counter[str] = field(default_factory=Counter)
    worst: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, name: str) -> None:
        with self.lock:
            self.counts[name] += 1

    def acknowledge(self, appointment_id: int, wish: Wish) -> None:
        with self.lock:
            self.counts["acknowledged"] += 1
            if appointment_id in self.acknowledged:
                self.counts["acknowledged twice"] += 1
            self.acknowledged[appointment_id] = wish


@dataclass(frozen=True, slots=True)
class World:
    """Where the clients book."""

    practice_id: int
    visit_type_id: int
    sessions: list[str]
    wishes: list[Wish]


def main() -> int:
    """Run it and print the ledger."""
    options = _options()
    data_dir = Path(tempfile.mkdtemp(prefix="decroche-chaos-"))
    data_dir.chmod(0o755)
    began = time.monotonic()
    webs = [Web() for _ in range(options.webs)]
    try:
        world = _prepare(data_dir, options)
        print(
            f"world built in {time.monotonic() - began:.0f} s: {len(world.wishes):,} bookings to ask",
            flush=True,
        )
        for web in webs:
            web.start()
        ledger = Ledger()
        began = time.monotonic()
        _run(world, ledger, webs, data_dir, options)
        return _print(ledger, world, options, time.monotonic() - began)
    finally:
        for web in webs:
            web.kill()
        embedded_database.stop(data_dir)
        shutil.rmtree(data_dir, ignore_errors=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bookings", type=int, default=10_000)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--webs", type=int, default=2)
    parser.add_argument("--web-kills", type=int, default=6)
    parser.add_argument("--database-kills", type=int, default=4)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    return parser.parse_args()


# --- the world -------------------------------------------------------------------------------------------------------


def _prepare(data_dir: Path, options: argparse.Namespace) -> World:
    url = embedded_database.ensure_running(data_dir)
    os.environ |= {
        "DATABASE_URL": url,
        "DECROCHE_DATA_DIR": str(data_dir),
        "DECROCHE_MODE": "test",
        "DECROCHE_MFA_REQUIRED": "false",
        "DECROCHE_LOG_LEVEL": "CRITICAL",
        "DJANGO_SETTINGS_MODULE": "decroche.config.settings",
    }
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    call_command("migrate", verbosity=0)
    world = _world(options)
    connections.close_all()
    return world


def _world(options: argparse.Namespace) -> World:
    from decroche.foundation.tenancy import every_practice
    from tests.factories import make_practice, make_practitioner, make_secretariat, make_secretary
    from tests.scheduling.factories import make_patient, make_rule, make_visit_type

    with every_practice():
        practice = make_practice()
        site, kind = practice.sites.get(), make_visit_type(practice=practice)
        secretariat = make_secretariat()
        users = [
            make_secretary(secretariat=secretariat, practices=(practice,)) for _ in range(options.clients)
        ]
        patients = [make_patient(practice=practice).pk for _ in range(50)]
        slots_wanted = options.bookings * 4 // 5
        days = 14
        people = [
            make_practitioner(practice=practice, position=n)
            for n in range(max(2, -(-slots_wanted // (PER_DAY * days))))
        ]
        for person in people:
            for weekday in range(7):
                make_rule(practitioner=person, weekday=weekday, starts=clock(8), ends=clock(20))
        first = datetime.now(UTC).astimezone(site.zone).date() + timedelta(days=2)
        slots = [
            f"{person.pk}.{site.pk}.{_minute(first + timedelta(days=day), quarter, site.zone)}"
            for day in range(days)
            for person in people
            for quarter in range(PER_DAY)
        ][:slots_wanted]
        return World(practice.pk, kind.pk, sessions_of(users), _wishes(slots, patients, options))


def _minute(day: date, quarter: int, zone: ZoneInfo) -> int:
    local = datetime.combine(day, clock(8), tzinfo=zone) + timedelta(minutes=15 * quarter)
    return int(local.timestamp()) // 60


def _wishes(slots: list[str], patients: list[int], options: argparse.Namespace) -> list[Wish]:
    """Ask for every slot once, and for a fifth again at about the same moment."""
    dice = random.Random(options.seed)
    again = dice.sample(slots, min(len(slots), options.bookings - len(slots)))
    wanted = slots + again
    # Rivals meet: sorted by slot, then shaken a little.
    wanted.sort(key=lambda slot: (int(slot.rsplit(".", 1)[1]), slot))
    spread = options.clients * 2
    order = sorted(range(len(wanted)), key=lambda n: n + dice.uniform(0, spread))
    return [Wish(wanted[n], dice.choice(patients), str(uuid.UUID(int=dice.getrandbits(128)))) for n in order]


# --- the clients and the killer ----------------------------------------------------------------------------------------


def _run(world: World, ledger: Ledger, webs: list[Web], data_dir: Path, options: argparse.Namespace) -> None:
    todo, done = iter(world.wishes), threading.Event()
    turn = threading.Lock()

    def client(n: int) -> None:
        browser = Client(webs[n % len(webs)].port, world.sessions[n])
        while True:
            with turn:
                wish = next(todo, None)
            if wish is None:
                return
            _book(browser, world, wish, ledger, [web.port for web in webs])

    killer = threading.Thread(target=_kill, args=[webs, data_dir, ledger, options, world, done])
    killer.start()
    try:
        with ThreadPoolExecutor(options.clients) as pool:
            list(pool.map(client, range(options.clients)))
    finally:
        done.set()
        killer.join()


def _book(browser: Client, world: World, wish: Wish, ledger: Ledger, ports: list[int]) -> None:
    """Hold and confirm as long as it takes; nobody gives up before an answer."""
    began = time.monotonic()
    ledger.note("asked")
    held = _until_answered(
        browser,
        f"/agenda/{world.practice_id}/hold/",
        {"slot": wish.slot, "visit_type": world.visit_type_id},
        wish.key,
        ledger,
        ports,
    )
    hold_id = _made(held, "hold", ledger)
    if hold_id is None:
        return
    answer = _until_answered(
        browser,
        f"/agenda/hold/{hold_id}/book/",
        {"patient_id": wish.patient_id},
        None,
        ledger,
        ports,
    )
    booked = _made(answer, "confirm", ledger)
    if booked is not None:
        ledger.acknowledge(booked, wish)
    ledger.worst = max(ledger.worst, time.monotonic() - began)


def _made(answer: Answer | None, step: str, ledger: Ledger) -> int | None:
    """Give the id of what an answer says was made; note what it says else."""
    if answer is not None and answer.status == HTTPStatus.OK:
        return int(json.loads(answer.body)["id"])
    if answer is None:
        ledger.note("unanswered")
    elif answer.status == HTTPStatus.CONFLICT:
        ledger.note("refused")
    else:
        ledger.note("surprised")
        ledger.surprises[f"{step} {answer.status}"] += 1
    return None


def _until_answered(
    browser: Client, path: str, values: dict[str, object], key: str | None, ledger: Ledger, ports: list[int]
) -> Answer | None:
    deadline, pause = time.monotonic() + PATIENCE_SECONDS, 0.05
    while time.monotonic() < deadline:
        try:
            answer = browser.post(path, values, key=key)
            if answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                return answer
            ledger.note("answers 5xx, asked again")
        except OSError:
            ledger.note("no answer, asked again")
            browser.port = ports[(ports.index(browser.port) + 1) % len(ports)]
        time.sleep(pause)
        pause = min(pause * 2, 1)
    return None


def _kill(
    webs: list[Web],
    data_dir: Path,
    ledger: Ledger,
    options: argparse.Namespace,
    world: World,
    done: threading.Event,
) -> None:
    """Kill at even distances of the work done, webs and database mixed."""
    dice = random.Random(options.seed + 1)
    victims = ["web"] * options.web_kills + ["database"] * options.database_kills
    dice.shuffle(victims)
    for n, victim in enumerate(victims, start=1):
        while ledger.counts["asked"] < len(world.wishes) * n // (len(victims) + 1):
            if done.wait(0.02):
                return
        time.sleep(dice.uniform(0, 0.2))
        began = time.monotonic()
        if victim == "web":
            web = dice.choice(webs)
            web.kill()
            ledger.note("web kills")
            web.start()
        else:
            _kill_database(data_dir)
            ledger.note("database kills")
            embedded_database.ensure_running(data_dir)
            for web in webs:
                web.wait()
        ledger.note("restarts")
        print(f"  kill -9 {victim:9} → back in {time.monotonic() - began:4.1f} s", flush=True)


def _kill_database(data_dir: Path) -> None:
    """Send kill -9 to the postmaster; its children notice and go."""
    pid = int((embedded_database.folder(data_dir) / "postmaster.pid").read_text().split("\n", 1)[0])
    os.kill(pid, signal.SIGKILL)


# --- the ledger --------------------------------------------------------------------------------------------------------

_OVERLAPS = """
SELECT count(*) FROM scheduling_appointment a JOIN scheduling_appointment b
  ON a.practitioner_id = b.practitioner_id AND a.id < b.id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
WHERE a.status = 'booked' AND b.status = 'booked'
"""
_UNTOLD = """
SELECT count(*) FROM scheduling_appointment a WHERE a.status = 'booked'
  AND (SELECT count(*) FROM scheduling_appointmentchange c WHERE c.appointment_id = a.id AND c.kind = 'booked') <> 1
"""


def _print(ledger: Ledger, world: World, options: argparse.Namespace, seconds: float) -> int:
    from django.db import connection

    from decroche.foundation.tenancy import every_practice
    from decroche.scheduling.models import Appointment

    with every_practice(), connection.cursor() as cursor:
        rows = {
            row.pk: row for row in Appointment.objects.filter(practice_id=world.practice_id, status="booked")
        }
        lost = sum(not _stands(rows.get(pk), wish) for pk, wish in ledger.acknowledged.items())
        cursor.execute(_OVERLAPS)
        doubled = cursor.fetchone()[0] + ledger.counts["acknowledged twice"]
        cursor.execute(_UNTOLD)
        untold = cursor.fetchone()[0]
    unclaimed = len(rows) - len(ledger.acknowledged)
    lines = {
        "asked": ledger.counts["asked"],
        "acknowledged": ledger.counts["acknowledged"],
        "refused (someone was first)": ledger.counts["refused"],
        "LOST (acknowledged, not there)": lost,
        "DOUBLED (two own one time)": doubled,
        "booked without a history": untold,
        "booked, nobody told": unclaimed,
        "unanswered": ledger.counts["unanswered"],
        "surprised": ledger.counts["surprised"],
        "no answer, asked again": ledger.counts["no answer, asked again"],
        "answers 5xx, asked again": ledger.counts["answers 5xx, asked again"],
        "kill -9 of a web process": ledger.counts["web kills"],
        "kill -9 of PostgreSQL": ledger.counts["database kills"],
        "restarts": ledger.counts["restarts"],
    }
    print(f"\n{'ledger':36}{'':>10}")
    for name, count in lines.items():
        print(f"{name:36}{count:10,}")
    print(
        f"{'seconds':36}{seconds:10.1f}   {ledger.counts['acknowledged'] / seconds:.0f} bookings a second, killed and all"
    )
    print(f"{'worst wait for a booking, s':36}{ledger.worst:10.1f}   (the restarts)  seed {options.seed}")
    for name, count in ledger.surprises.items():
        print(f"  surprise: {name} × {count}")
    right = not (
        lost or doubled or untold or unclaimed or ledger.counts["unanswered"] or ledger.counts["surprised"]
    )
    print("nothing acknowledged was lost or doubled" if right else "THE LEDGER DOES NOT BALANCE")
    return 0 if right else 1


def _stands(row: Any, wish: Wish) -> bool:
    """Tell whether the row is what was acknowledged."""
    if row is None:
        return False
    slot = f"{row.practitioner_id}.{row.site_id}.{int(row.starts_at.timestamp()) // 60}"
    return slot == wish.slot and row.patient_id == wish.patient_id and row.idempotency_key == wish.key


if __name__ == "__main__":
    sys.exit(main())
