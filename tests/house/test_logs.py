"""The process's own log never tells anything about a patient."""

import io
import logging

import pytest
from django.conf import settings
from django.utils.log import configure_logging

from tests.house.doors import Door, doors
from tests.house.world import HOME_WORDS, World

TOLD = ("patient", "given", "number", "message", "follow_up", "caller")
GUARDED = [door for door in doors() if not door.is_public and not door.is_by_key]


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Return what the root handler writes, at its most talkative."""
    configure_logging("logging.config.dictConfig", settings.LOGGING)
    written = io.StringIO()
    root = logging.getLogger()
    handler = next(
        each for each in root.handlers if isinstance(each, logging.StreamHandler) and each.formatter
    )
    monkeypatch.setattr(handler, "stream", written)
    monkeypatch.setattr(root, "level", logging.INFO)
    return written


@pytest.mark.parametrize("door", GUARDED, ids=lambda door: door.name)
def test_no_patient_in_the_log(door: Door, house: World, log: io.StringIO) -> None:
    address = door.address(house.home)
    for role in ("secretary", "practitioner"):
        client = house.clients[role]
        client.get(address)
        client.post(
            address,
            {
                "text": HOME_WORDS["patient"],
                "body": HOME_WORDS["message"],
                "caller_number": HOME_WORDS["number"],
            },
        )
    logging.getLogger("house").info("the log was listened to")
    text = log.getvalue()
    assert "the log was listened to" in text
    for kind in TOLD:
        assert HOME_WORDS[kind] not in text, f"{door.name} wrote the {kind} in the log"
