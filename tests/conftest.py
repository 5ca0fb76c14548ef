"""Fixtures that every room's stories share."""

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import hypothesis
import pytest
from django.db import connection, connections
from django.test import TransactionTestCase
from django.urls import get_resolver
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoDbBlocker
from pytest_socket import socket_allow_hosts

from decroche.foundation.tenancy import every_practice
from tests import template_database

# An answer must not depend on the dice, nor on the machine's speed; DECROCHE_DICE=1 lets the dice find new bugs.
hypothesis.settings.register_profile("same_every_time", derandomize=True, deadline=None)
hypothesis.settings.register_profile("dice", deadline=None)
hypothesis.settings.load_profile("dice" if os.environ.get("DECROCHE_DICE") else "same_every_time")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Refuse a story of the slow families that `make test` would not find: it looks only into files that say the word."""
    for marker in ("asterisk", "journey", "data"):
        word = "mark.data" if marker == "data" else marker
        if item.get_closest_marker(marker) and not _says(item.path, word):
            raise pytest.UsageError(
                f"{item.nodeid} is marked {marker}, so its file must say {word!r} somewhere"
            )


@cache
def _says(path: Path, word: str) -> bool:
    return word in path.read_text()


def pytest_runtest_setup() -> None:
    """Cut the network off, but for this machine's own addresses, which databases and real parts need."""
    socket_allow_hosts(["127.0.0.1", "localhost", "::1"], allow_unix_socket=True)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_keepdb: bool,
    django_db_createdb: bool,
) -> Iterator[None]:
    """Give this process a database of its own, copied from one that is migrated once (pytest-django migrates each)."""
    name = connection.creation._get_test_db_name()
    # A page that is first asked for by a story with a clock of its own would import that clock, and keep it.
    _ = get_resolver().url_patterns
    with django_db_blocker.unblock():
        template_database.put_in_place(name, keep=django_db_keepdb and not django_db_createdb)
        template_database.point_django_at(name)
    TransactionTestCase._fixture_teardown = lambda _self: template_database.empty()  # type: ignore[method-assign]
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        if not django_db_keepdb:
            template_database.take_away(name)


@pytest.fixture
def everywhere() -> Iterator[None]:
    """Let the test's own queries see every practice."""
    with every_practice():
        yield


@pytest.fixture
def deliver() -> Callable[[], int]:
    """Run the jobs that the test's transaction has deferred; return how many."""

    def run() -> int:
        done = 0
        while True:
            jobs = list(ProcrastinateJob.objects.filter(status="todo").order_by("id"))
            if not jobs:
                return done
            for job in jobs:
                # The table is procrastinate's own, read-only through its model.
                with connection.cursor() as cursor:
                    cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job.id])
                app.tasks[job.task_name](**job.args)
                done += 1

    return run
