"""The demo world as a database to copy: loaded once for a whole run, before anybody waits for it."""

import os
from datetime import UTC, datetime

import django
from django.test import override_settings

from tests import template_database

NAME = "DECROCHE_TEST_WORLD"  # in the environment of a run of several families: the database's name


def name_for(run: str) -> str:
    """Return what the database is called that all who take part in the run copy."""
    return os.environ.get(NAME) or f"test_demo_world_{run}"


def load() -> None:
    """Write the demo world of this moment into Django's database, with nobody at her post."""
    from decroche.calls.models import Post
    from decroche.config import settings as as_in_production
    from decroche.demo import world
    from decroche.foundation.tenancy import every_practice

    # The web process checks the passwords with the real hashers, so they are made with those.
    with override_settings(MODE="demo", PASSWORD_HASHERS=as_in_production.PASSWORD_HASHERS):
        world.load(now=datetime.now(tz=UTC))
    with every_practice():
        Post.objects.update(state="away", call_id=None)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "decroche.config.test_settings")
    django.setup()
    template_database.make_world(os.environ[NAME], load)
