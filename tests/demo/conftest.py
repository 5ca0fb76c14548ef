"""One world, invented once, for the stories of this room."""

import datetime as dt
import time
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from decroche.demo.invention import fill_agendas, invent_people, ring
from decroche.demo.loading.stage import Stage
from decroche.demo.world import Loaded, load

TUESDAY = dt.datetime(2026, 11, 24, 13, 40, tzinfo=dt.UTC)


@pytest.fixture(scope="session")
def invented() -> Stage:
    """Return the world of a Tuesday afternoon in November, in memory."""
    stage = Stage(TUESDAY)
    invent_people(stage, 20_000)
    fill_agendas(stage)
    ring(stage)
    return stage


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Loaded]:
    """Load that world in the database for one module, and take it back afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        began = time.monotonic()
        with override_settings(MODE="demo"):
            world = load(now=TUESDAY, force=True)
        print(f"\ndemo world loaded in {time.monotonic() - began:.1f} s")
        yield world
        transaction.set_rollback(True)
