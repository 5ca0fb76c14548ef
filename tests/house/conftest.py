"""One world for all the doors: built once, each story rolled back.

pytest-django's own fixture makes and closes a connection per test, which would take the shared world
with it; so these stories open their savepoints themselves.
"""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.template import Template
from pytest_django import DjangoDbBlocker

from decroche.calls.actions.give_order import SwitchboardSilent
from tests.house.rows import every_row_of
from tests.house.world import World, build


@pytest.fixture(scope="session")
def house_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def as_built(house_world: World) -> dict[str, str]:
    """Return what the foreign practice's rows were before anybody knocked."""
    return every_row_of(house_world.foreign.practice.pk)


@pytest.fixture
def house(
    house_world: World, django_db_blocker: DjangoDbBlocker, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """Return the world; what the test changes is taken back after it."""

    def nobody_answers(**_order: object) -> None:
        raise SwitchboardSilent

    monkeypatch.setattr("decroche.calls.web.phone.give_order_and_wait", nobody_answers)
    # Nobody asks here which templates made a page; noting each one and its variables costs more than the page.
    monkeypatch.setattr(Template, "_render", lambda page, context: page.nodelist.render(context))
    with django_db_blocker.unblock(), transaction.atomic():
        yield house_world
        transaction.set_rollback(True)
