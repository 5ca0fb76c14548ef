"""Who and what most stories of the agenda begin with."""

import pytest

from decroche.accounts.permissions import Role
from tests.factories import make_practice_person, make_secretary
from tests.scheduling.factories import make_agenda, stop_the_doors_clock


@pytest.fixture
def on_that_tuesday(monkeypatch):
    """Stop the doors' clock at seven o'clock in Paris."""
    stop_the_doors_clock(monkeypatch)


@pytest.fixture
def agenda():
    """Two practitioners who receive on weekday mornings, and a visit type."""
    return make_agenda(practitioners=2)


@pytest.fixture
def awa(agenda, client):
    """Mme Diallo, the secretary, signed in."""
    awa = make_secretary(practices=(agenda[0],), last_name="Diallo")
    client.force_login(awa)
    return awa


@pytest.fixture
def doctor(agenda, client):
    """A practitioner of the practice, signed in."""
    person = make_practice_person(practice=agenda[0], role=Role.PRACTITIONER)
    client.force_login(person)
    return person
