"""Addresses are logged, the secrets in them are not."""

import pytest

from decroche.foundation.logs import without_secrets


@pytest.mark.parametrize(
    ("asked", "logged"),
    [
        ("GET /accounts/join/MTI:1uQx7b:0Zr_3kq9vY8sPq0aLw2e5d/", "GET /accounts/join/…/"),
        (
            "GET /accounts/password/reset/key/3-cqk2fz-0123456789abcdef0123456789abcdef/",
            "GET /accounts/password/reset/key/…/",
        ),
        (
            "GET /calls/7d8f7c1e-1d0a-4a55-9d1f-0b6f0c1d2e3f/",
            "GET /calls/7d8f7c1e-1d0a-4a55-9d1f-0b6f0c1d2e3f/",
        ),
        ("POST /agenda/practices/12/slots/", "POST /agenda/practices/12/slots/"),
    ],
)
def test_a_token_never_reaches_the_log(asked: str, logged: str) -> None:
    assert without_secrets(None, "info", {"event": "request_started", "request": asked})["request"] == logged
