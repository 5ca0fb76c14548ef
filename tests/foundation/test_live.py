"""A hint reaches the screens that may hear it, after commit, and no other."""

import asyncio
import json
from collections.abc import MutableMapping
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, transaction

from decroche.foundation.live import hint
from decroche.foundation.live.hints import Audience
from decroche.foundation.live.stream import QUEUE_LENGTH, Router, Stream, live


def test_a_hint_goes_to_its_audience_only() -> None:
    router = Router()
    mine, other = Stream(Audience(1, frozenset({10}))), Stream(Audience(2, frozenset({20})))
    for stream in (mine, other):
        for key in [("u", stream.audience.user_id), *(("p", p) for p in stream.audience.practice_ids)]:
            router.by_key[key].add(stream)
    router.route(json.dumps({"t": "agenda", "p": 10, "ids": {"practitioner_id": 3}}))
    assert (mine.queue.qsize(), other.queue.qsize()) == (1, 0)


@pytest.mark.parametrize("payload", ["", "{", "[]", '{"t":"agenda"}', '{"p":"x"}', '{"p":null}'])
def test_a_malformed_hint_is_dropped(payload: str) -> None:
    Router().route(payload)


def test_a_screen_that_does_not_keep_up_is_let_go() -> None:
    stream = Stream(Audience(1))
    for _ in range(QUEUE_LENGTH + 1):
        stream.offer(b"x")
    assert stream.queue.get_nowait() is None
    assert stream.queue.empty()


def test_a_hint_names_one_audience() -> None:
    with pytest.raises(ValueError, match="exactly one"):
        hint("agenda", practice_id=1, user_id=2)
    with pytest.raises(ValueError, match="exactly one"):
        hint("agenda")


async def test_a_stranger_gets_no_stream() -> None:
    sent: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    await live({"headers": [(b"cookie", b"other=1")]}, _never, send)
    assert sent[0]["status"] == 401


@pytest.mark.data
@pytest.mark.django_db(transaction=True)
async def test_a_committed_hint_travels_from_the_database_to_an_open_stream() -> None:
    router = Router()
    stream = Stream(Audience(1, frozenset({10})))
    router.add(stream)
    await asyncio.wait_for(router.ready(), 10)

    def rolled_back_then_committed() -> None:
        with pytest.raises(RuntimeError), transaction.atomic():
            hint("agenda", practice_id=10, practitioner_id=1)
            raise RuntimeError
        with transaction.atomic():
            hint("agenda", practice_id=10, practitioner_id=2)
        connection.close()  # this thread's own

    await sync_to_async(rolled_back_then_committed)()
    message = await asyncio.wait_for(stream.queue.get(), 10)
    assert message is not None
    assert json.loads(message.decode().split("data: ")[1]) == {
        "t": "agenda",
        "p": 10,
        "ids": {"practitioner_id": 2},
    }
    assert stream.queue.empty()
    await router.close()


async def _never() -> MutableMapping[str, Any]:
    await asyncio.sleep(3600)
    raise AssertionError
