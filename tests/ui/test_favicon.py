"""Browsers ask for /favicon.ico by habit: they get one, and no 404 in the log."""

import pytest
from django.test import Client

ICON = b"\x00\x00\x01\x00"


def test_the_icon_is_at_the_root_for_anyone() -> None:
    answer = Client().get("/favicon.ico")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] in {"image/x-icon", "image/vnd.microsoft.icon"}
    assert b"".join(answer.streaming_content)[:4] == ICON


@pytest.mark.django_db
def test_pages_name_the_drawn_one() -> None:
    page = Client().get("/accounts/login/").content.decode()
    assert 'rel="icon"' in page
    assert "favicon.svg" in page
