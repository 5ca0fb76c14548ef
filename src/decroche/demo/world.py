"""Load the demo world: invent it, pour it in, remember for which day; never anywhere but in a demo."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction

from decroche.demo.agendas import WEEKS_AFTER, WEEKS_BEFORE, Agenda
from decroche.demo.calendars import window
from decroche.demo.calls import week_of_calls
from decroche.demo.catalogue import CABINETS
from decroche.demo.copying import empty_everything, reset_sequences
from decroche.demo.dice import dice_for
from decroche.demo.loading.agendas import write_absences, write_appointments
from decroche.demo.loading.calls import write_calls
from decroche.demo.loading.houses import Houses
from decroche.demo.loading.patients import write_patients
from decroche.demo.loading.stage import Stage
from decroche.demo.loading.words import write_follow_ups, write_instructions, write_messages, write_protocols
from decroche.demo.models import LoadedWorld
from decroche.demo.openings import openings, time_off
from decroche.demo.people import Registry
from decroche.demo.phones import PhoneBook
from decroche.demo.plan import Cabinet
from decroche.demo.team import SIGN_INS
from decroche.demo.weave import Weaver
from decroche.foundation.tenancy import every_practice
from decroche.practices.models import Practice

__all__ = ["SIGN_INS", "Loaded", "NotAnEmptyHouse", "load"]

PATIENTS = 20_000
_HOME = ZoneInfo("Europe/Paris")

Progress = Callable[[str, int, int], None]
"""Told (what is being done, step, number of steps)."""


class NotAnEmptyHouse(Exception):
    """The database holds practices that no demo wrote; only ``force`` erases them."""


@dataclass(frozen=True)
class Loaded:
    """Say what a call of ``load`` did; counts are zero when the right world was there already."""

    fresh: bool
    day: dt.date
    patients: int = 0
    appointments: int = 0
    calls: int = 0
    messages: int = 0
    follow_ups: int = 0


def load(*, now: dt.datetime, progress: Progress | None = None, force: bool = False, patients: int = PATIENTS) -> Loaded:
    """Put today's demo world in the database, unless it is there; an older one is replaced.

    Raises:
        ImproperlyConfigured: this installation is no demo.
        NotAnEmptyHouse: there are practices that no demo wrote.

    """
    if settings.MODE != "demo":
        raise ImproperlyConfigured("the demo world is loaded only where DECROCHE_MODE=demo")
    day = now.astimezone(_HOME).date()
    with every_practice(), transaction.atomic():
        _one_at_a_time()
        here = LoadedWorld.objects.first()
        if here and here.day == day and here.edition == edition() and not force:
            return Loaded(fresh=False, day=day)
        if not here and not force and Practice.objects.exists():
            raise NotAnEmptyHouse
        loaded = _Loader(now, progress or _silent, patients).run(day)
    _analyse()
    return loaded


def loaded_day() -> dt.date | None:
    """Return the day that the world in the database is about, or None."""
    return LoadedWorld.objects.values_list("day", flat=True).first()


@cache
def edition() -> str:
    """Return a mark that changes with any text or generator of this room."""
    digest = blake2b(digest_size=12)
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


class _Loader:
    """Goes through the steps in order."""

    def __init__(self, now: dt.datetime, progress: Progress, patients: int) -> None:
        self._stage = Stage(now)
        self._progress = progress
        self._patients = patients
        self._counts: dict[str, int] = {}

    def run(self, day: dt.date) -> Loaded:
        """Invent and write everything; return the counts."""
        stage = self._stage
        steps: tuple[tuple[str, Callable[[], object]], ...] = (
            ("Inventer les patients", self._invent_people),
            ("Remplir les agendas", self._fill_agendas),
            ("Faire sonner les téléphones", self._ring),
            ("Vider la base", empty_everything),
            ("Écrire les secrétariats et les cabinets", lambda: Houses(stage).write()),
            ("Écrire les patients", lambda: self._count("patients", write_patients(stage))),
            ("Écrire les consignes et les protocoles", lambda: (write_instructions(stage), write_protocols(stage))),
            ("Écrire les rendez-vous", lambda: (write_absences(stage), self._count("appointments", write_appointments(stage)))),
            ("Écrire les appels", lambda: self._count("calls", write_calls(stage))),
            ("Écrire les messages et les suivis", self._write_messages),
            ("Ranger", reset_sequences),
        )
        for number, (title, act) in enumerate(steps):
            self._progress(title, number, len(steps))
            act()
        LoadedWorld.objects.create(day=day, loaded_at=stage.now, edition=edition())
        self._progress("Le cabinet est ouvert", len(steps), len(steps))
        return Loaded(fresh=True, day=day, **self._counts)

    def _count(self, name: str, written: int) -> None:
        self._counts[name] = written

    def _invent_people(self) -> None:
        book = PhoneBook(dice_for("phones"))
        total = sum(cabinet.share for cabinet in CABINETS)
        left = self._patients
        for number, cabinet in enumerate(CABINETS, start=1):
            count = round(self._patients * cabinet.share / total) if number < len(CABINETS) else left
            left -= count
            # Anchored to the month, so that a birth date does not change from one day of demo to the next.
            anchor = self._stage.today(cabinet).replace(day=1)
            self._stage.people[cabinet.key] = Registry(cabinet, anchor, book).people(count)

    def _fill_agendas(self) -> None:
        for cabinet in CABINETS:
            self._fill(cabinet)

    def _fill(self, cabinet: Cabinet) -> None:
        stage, key = self._stage, cabinet.key
        today = stage.today(cabinet)
        first, last = window(today, weeks_before=WEEKS_BEFORE, weeks_after=WEEKS_AFTER)
        rules, stage.off[key] = openings(cabinet, today), time_off(cabinet, first, last, today)
        stage.bookings[key], known = [], {}
        for rank in range(len(cabinet.doctors)):
            agenda = Agenda(cabinet, rank, rules, stage.off[key], stage.people[key], stage.now)
            stage.bookings[key] += agenda.bookings(first, last)
            for patient, day in agenda.crowd.first_seen.items():
                known[patient] = min(day, known.get(patient, day))
        stage.known_since[key] = known

    def _ring(self) -> None:
        stage = self._stage
        for cabinet in CABINETS:
            stage.calls[cabinet.key] = []
        for call in week_of_calls(CABINETS, stage.people, stage.now):
            stage.calls[call.cabinet].append(call)
        for cabinet in CABINETS:
            key = cabinet.key
            weaver = Weaver(cabinet, stage.people[key], stage.bookings[key], stage.calls[key], stage.now, stage.today(cabinet))
            weaver.weave()
            stage.memos[key] = weaver.memos

    def _write_messages(self) -> None:
        self._count("messages", write_messages(self._stage))
        self._count("follow_ups", write_follow_ups(self._stage))


def _one_at_a_time() -> None:
    """Let a second loader wait for the first, then find its world."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('decroche demo world'))")


def _analyse() -> None:
    """Tell the planner about the new rows at once; autovacuum would take a minute."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _silent(_title: str, _step: int, _steps: int) -> None:
    """Report nothing."""
