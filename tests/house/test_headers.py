"""Every page carries the headers that keep strangers' scripts out and patients' data in."""

import re

import pytest

from tests.house.doors import Door, doors
from tests.house.world import World

PAGES = [door for door in doors() if not door.names]


@pytest.mark.parametrize("door", PAGES, ids=lambda door: door.name)
def test_a_page_says_what_may_run_in_it(door: Door, house: World) -> None:
    for role in ("secretary", "practitioner", "anonymous"):
        answer = house.clients[role].get(door.address(house.home))
        policy = dict(re.findall(r"([a-z-]+) ([^;]*)", answer.headers["Content-Security-Policy"]))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == "'self'"
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "microphone=(self)" in answer.headers["Permissions-Policy"]


@pytest.mark.parametrize("door", PAGES, ids=lambda door: door.name)
def test_a_page_asks_nothing_of_another_server(door: Door, house: World) -> None:
    answer = house.clients["secretary"].get(door.address(house.home))
    if answer.streaming or not answer.headers.get("Content-Type", "").startswith("text/html"):
        return
    elsewhere = re.findall(
        r"<(?:script|link|img|iframe|audio|source)\b[^>]*(?:src|href)=\"(?:https?:)?//[^\"]*",
        answer.content.decode(),
    )
    assert elsewhere == []
