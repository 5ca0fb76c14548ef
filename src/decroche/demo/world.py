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

from decroche.demo.copying import empty_everything, reset_sequences, trust_references
from decroche.demo.invention import fill_agendas, invent_people, ring
from decroche.demo.loading.after_calls import write_after_calls
from decroche.demo.loading.agendas import write_absences, write_appointments
from decroche.demo.loading.calls import write_calls
from decroche.demo.loading.finer_points import write_finer_points
from decroche.demo.loading.groups import write_groups
from decroche.demo.loading.houses import Houses
from decroche.demo.loading.lines import write_lines
from decroche.demo.loading.patients import write_patients
from decroche.demo.loading.stage import Stage
from decroche.demo.loading.telephony import write_telephony
from decroche.demo.loading.words import write_follow_ups, write_instructions, write_messages, write_protocols
from decroche.demo.models import LoadedWorld
from decroche.demo.team import SIGN_INS
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


def load(
    *, now: dt.datetime, progress: Progress | None = None, force: bool = False, patients: int = PATIENTS
) -> Loaded:
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
        steps: tuple[tuple[str, Callable[[], None]], ...] = (
            ("Inventer les patients", lambda: invent_people(stage, self._patients)),
            ("Remplir les agendas", lambda: fill_agendas(stage)),
            ("Faire sonner les téléphones", lambda: ring(stage)),
            ("Vider la base", self._empty),
            ("Écrire les secrétariats et les cabinets", lambda: Houses(stage).write()),
            ("Écrire les patients", lambda: self._count("patients", write_patients(stage))),
            ("Écrire les consignes et les protocoles", self._write_rules),
            ("Écrire les rendez-vous", lambda: self._count("appointments", write_appointments(stage))),
            ("Écrire les appels", lambda: self._count("calls", write_calls(stage))),
            ("Écrire les messages et les suivis", self._write_messages),
            ("Ranger", reset_sequences),
            ("Ouvrir les séances de groupe", lambda: self._count("appointments", write_groups(stage))),
            ("Régler les agendas", lambda: write_finer_points(stage)),
            ("Régler la téléphonie", self._set_up_telephony),
        )
        for number, (title, act) in enumerate(steps):
            self._progress(title, number, len(steps))
            act()
        LoadedWorld.objects.create(day=day, loaded_at=stage.now, edition=edition())
        self._progress("Le cabinet est ouvert", len(steps), len(steps))
        return Loaded(fresh=True, day=day, **self._counts)

    def _count(self, name: str, written: int) -> None:
        self._counts[name] = self._counts.get(name, 0) + written

    def _empty(self) -> None:
        trust_references()
        empty_everything()

    def _write_rules(self) -> None:
        write_instructions(self._stage)
        write_protocols(self._stage)
        write_absences(self._stage)

    def _set_up_telephony(self) -> None:
        write_telephony(self._stage)
        write_lines(self._stage)
        self._count("calls", write_after_calls(self._stage))

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
