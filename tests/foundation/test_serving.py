"""Django answers inside the asynchronous process: whole answers at once, streams piece by piece."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from decroche.foundation.serving import InThreads

SCOPE: dict[str, Any] = {
    "type": "http",
    "method": "POST",
    "path": "/agenda/été/",
    "query_string": b"day=2026-11-24",
    "http_version": "1.1",
    "scheme": "http",
    "server": ("127.0.0.1", 8000),
    "client": ("192.0.2.7", 50_000),
    "headers": [
        (b"content-type", b"text/plain"),
        (b"content-length", b"6"),
        (b"cookie", b"a=1"),
        (b"cookie", b"b=2"),
        (b"x_forwarded_proto", b"https"),
        (b"accept-language", b"fr"),
    ],
}


class Whole:
    """An answer that Django does not stream."""

    streaming = False

    def __init__(self, *pieces: bytes) -> None:
        self.pieces, self.is_closed = pieces, False

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.pieces)

    def close(self) -> None:
        self.is_closed = True


def serve(application: Callable[..., Any], *received: dict[str, Any]) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []
    waiting = iter(received or [{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, Any]:
        return next(waiting)

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(InThreads(application, threads=2)(dict(SCOPE), receive, send))
    return sent


def test_the_request_arrives_whole_and_the_answer_leaves_whole() -> None:
    seen: dict[str, Any] = {}
    answer = Whole(b"bon", b"jour")

    def application(environ: dict[str, Any], start: Callable[..., None]) -> Whole:
        seen.update(environ, body=environ["wsgi.input"].read(), thread=threading.current_thread().name)
        start("201 Created", [("Content-Type", "text/plain"), ("Set-Cookie", "c=3")])
        return answer

    sent = serve(
        application,
        {"type": "http.request", "body": b"abc", "more_body": True},
        {"type": "http.request", "body": b"def", "more_body": False},
    )
    assert sent == [
        {
            "type": "http.response.start",
            "status": 201,
            "headers": [(b"content-type", b"text/plain"), (b"set-cookie", b"c=3")],
        },
        {"type": "http.response.body", "body": b"bonjour", "more_body": False},
    ]
    assert answer.is_closed
    assert seen["body"] == b"abcdef"
    assert seen["thread"].startswith("request")
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/agenda/été/"
    assert (seen["REQUEST_METHOD"], seen["QUERY_STRING"]) == ("POST", "day=2026-11-24")
    assert (seen["CONTENT_TYPE"], seen["CONTENT_LENGTH"]) == ("text/plain", "6")
    assert (seen["REMOTE_ADDR"], seen["HTTP_COOKIE"]) == ("192.0.2.7", "a=1; b=2")
    assert seen["HTTP_ACCEPT_LANGUAGE"] == "fr"


def test_a_header_with_an_underscore_cannot_pass_for_the_proxys() -> None:
    seen: dict[str, Any] = {}

    def application(environ: dict[str, Any], start: Callable[..., None]) -> Whole:
        seen.update(environ)
        start("200 OK", [])
        return Whole()

    serve(application)
    assert "HTTP_X_FORWARDED_PROTO" not in seen


def test_a_stream_is_sent_piece_by_piece_from_one_thread_and_closed() -> None:
    threads: list[str] = []

    class Stream(Whole):
        streaming = True

        def __iter__(self) -> Iterator[bytes]:
            for piece in self.pieces:
                threads.append(threading.current_thread().name)
                yield piece

    answer = Stream(b"un", b"deux")

    def application(_environ: dict[str, Any], start: Callable[..., None]) -> Stream:
        start("200 OK", [])
        return answer

    sent = serve(application)
    assert [message.get("body") for message in sent] == [None, b"un", b"deux", b""]
    assert [message.get("more_body") for message in sent[1:]] == [True, True, False]
    assert len(set(threads)) == 1
    assert answer.is_closed


def test_whoever_leaves_before_the_end_of_the_request_is_not_answered() -> None:
    def application(_environ: dict[str, Any], _start: Callable[..., None]) -> Whole:
        pytest.fail("nobody asked")

    assert (
        serve(
            application,
            {"type": "http.request", "body": b"abc", "more_body": True},
            {"type": "http.disconnect"},
        )
        == []
    )


def test_an_application_that_breaks_is_the_servers_to_report() -> None:
    def application(_environ: dict[str, Any], _start: Callable[..., None]) -> Whole:
        raise LookupError

    with pytest.raises(LookupError):
        serve(application)
