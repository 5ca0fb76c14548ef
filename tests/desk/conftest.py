"""A secretary at her desk, signed in."""

from collections.abc import Callable

import pytest
from django.test import Client

from decroche.accounts.models import User
from decroche.practices.models import Practice
from tests.factories import make_line, make_practice, make_practitioner, make_secretary


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    def client_of(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return client_of


@pytest.fixture
def tilleuls(db: None, everywhere: None) -> Practice:
    practice = make_practice(name="Cabinet médical des Tilleuls")
    make_line(practice=practice, greeting="Cabinet médical des Tilleuls, bonjour.")
    make_practitioner(practice=practice, last_name="Vauquelin")
    return practice


@pytest.fixture
def schoelcher(db: None, everywhere: None) -> Practice:
    practice = make_practice(
        name="Cabinet de l’Anse Madame", timezone="America/Martinique", department="972", country_code="MQ"
    )
    make_line(practice=practice, greeting="Cabinet de l’Anse Madame, bonjour.")
    make_practitioner(practice=practice, last_name="Rosalba")
    return practice


@pytest.fixture
def awa(tilleuls: Practice, schoelcher: Practice) -> User:
    return make_secretary(practices=(tilleuls, schoelcher), first_name="Awa", last_name="Diallo")
