"""One line for each request, and never what somebody typed about a patient."""

import logging

import pytest
from structlog.contextvars import get_contextvars

pytestmark = pytest.mark.django_db


def _lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    return [
        record.msg
        for record in caplog.records
        if record.name == "decroche.foundation.requests" and isinstance(record.msg, dict)
    ]


def test_a_request_is_one_line_without_its_query_string(client, caplog) -> None:
    caplog.set_level(logging.INFO)
    client.get("/healthz", {"name": "Roussel"})
    client.post("/accounts/login/", {"login": "secret@exemple.test", "password": "x"})
    first, second = _lines(caplog)
    assert (first["request"], first["code"], first["user_id"]) == ("GET /healthz", 200, None)
    assert second["request"] == "POST /accounts/login/"
    assert first["request_id"] != second["request_id"]
    assert "Roussel" not in caplog.text
    assert "secret@exemple.test" not in str([first, second])


def test_nothing_is_left_for_the_next_request_of_the_thread(client) -> None:
    client.get("/healthz")
    assert "request_id" not in get_contextvars()
