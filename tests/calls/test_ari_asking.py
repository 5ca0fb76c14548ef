"""What Asterisk is asked for: to tell each thing once, and to end a call in one breath; and what it may answer."""

import asyncio
import time
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any
from uuid import UUID

import pytest

from decroche.calls.adapters.ari import naming
from decroche.calls.adapters.ari.audiences import Audiences
from decroche.calls.adapters.ari.census import KnownCaller
from decroche.calls.adapters.ari.client import Address, AriClient, Request
from decroche.calls.adapters.ari.phones import PhoneBook
from decroche.calls.adapters.ari.settings import AriSettings
from decroche.calls.adapters.ari.telephony import AriTelephony
from decroche.calls.ports import PhoneAccount, Prompt, SecretaryLeg

CALL = UUID(int=5)
LEG = SecretaryLeg(CALL, 3, 1)
APPS = Audiences("decroche")


class Asterisk:
    """Stands in for the connection, and obeys."""

    def __init__(self) -> None:
        self.asked: list[Request] = []

    async def ask_in_order(self, requests: Sequence[Request]) -> list[None]:
        self.asked += requests
        return [None] * len(requests)

    async def ask(self, request: Request) -> None:
        await self.ask_now(request)

    def ask_now(self, request: Request) -> Coroutine[Any, Any, None]:
        self.asked.append(request)
        return asyncio.sleep(0)

    def inject(self, event: Mapping[str, Any]) -> None:
        assert event["type"] == "DecrochePrompt", event


def telephony() -> tuple[AriTelephony, Asterisk]:
    made, asterisk = AriTelephony(lambda: AriSettings(Address("", "", "", "decroche"), None)), Asterisk()
    made._settle(AriSettings(Address("", "", "", "decroche"), None))
    made._client = asterisk  # type: ignore[assignment]
    made._census.callers["channel"] = KnownCaller("channel")
    made._census.adopt("channel", CALL)
    return made, asterisk


async def test_a_leg_is_followed_once_and_a_telephone_says_only_that_it_comes_or_goes() -> None:
    made, asterisk = telephony()
    await made.ring_phone(LEG, shown_number="+33612345678", shown_name="Cabinet")
    (ring,) = asterisk.asked
    assert ring.body is not None
    assert ring.body["app"] == APPS.legs
    assert "variables" not in ring.body, "a header that nobody reads keeps her phone waiting"
    follow = APPS.follow_phone("s3")
    assert follow.path == f"applications/{APPS.phones}/subscription"
    assert follow.query == {"eventSource": "endpoint:PJSIP/s3"}
    told = {one.path.split("/")[1]: _kinds(one) for one in APPS.ask_for_less()}
    assert told[APPS.phones] == {"RESTResponse", "ContactStatusChange"}
    assert "Dial" not in told[APPS.legs]
    assert {"Dial", "ChannelDestroyed", "ApplicationReplaced"} <= told[APPS.callers]
    assert not {"ChannelStateChange", "StasisEnd"} & (told[APPS.legs] | told[APPS.callers]), "nobody needs it"


def _kinds(request: Request) -> set[str]:
    body: Any = request.body
    return {one["type"] for one in body["allowed"]}


async def test_a_caller_who_hears_it_ring_is_answered_when_she_picks_up() -> None:
    made, asterisk = telephony()
    await made.adopt_caller("channel", CALL, fallback_number="")
    asterisk.asked.clear()
    await made.connect(LEG)
    assert _words(asterisk)[0] == "POST channels/channel/answer"
    assert not any("moh" in one for one in _words(asterisk)), "there is no music to stop"


async def test_a_caller_who_waits_with_music_was_answered_before() -> None:
    made, asterisk = telephony()
    await made.adopt_caller("channel", CALL, fallback_number="")
    await made.welcome(CALL, greeting=Prompt())
    asterisk.asked.clear()
    await made.connect(LEG)
    assert _words(asterisk)[0] == "DELETE channels/channel/moh"
    assert "POST channels/channel/answer" not in _words(asterisk)


async def test_a_caller_of_a_switchboard_before_us_is_answered_and_hears_no_music_any_more() -> None:
    made, asterisk = telephony()
    await made.connect(LEG)
    assert _words(asterisk)[:2] == ["POST channels/channel/answer", "DELETE channels/channel/moh"]


def _words(asterisk: Asterisk) -> list[str]:
    return [f"{one.method} {one.path}" for one in asterisk.asked]


def test_a_phone_that_was_taken_away_is_not_brought_back_by_old_news() -> None:
    book, account = PhoneBook(), PhoneAccount(3, "s3", "secret")
    book.add(account)
    assert book.take_contact("s3", "sip:a", "Created") == (3, True)
    assert book.forget(3)
    assert book.take_contact("s3", "sip:a", "Updated") is None
    book.add(account)
    assert book.take_contact("s3", "sip:a", "Created") == (3, True)


async def test_a_call_ends_in_one_breath() -> None:
    made, asterisk = telephony()
    made._census.enter_leg(LEG)
    await made.hang_up(CALL)
    assert [(one.method, one.path) for one in asterisk.asked] == [
        ("DELETE", "channels/channel"),
        ("DELETE", f"channels/{naming.leg_id(LEG)}"),
        ("DELETE", f"bridges/{naming.bridge_id(CALL)}"),
    ]
    asterisk.asked.clear()
    assert made._sweep(CALL) == [], "its caller is gone; asked already"
    assert made.held()["conversations dissolved ahead"] == 0
    assert [one.path for one in made._sweep(CALL)] == [f"bridges/{naming.bridge_id(CALL)}"]


async def test_what_a_stranger_put_in_a_name_is_read_and_what_is_no_message_is_nothing() -> None:
    client = AriClient(Address("http://nowhere", "", "", "decroche"))
    client.is_open = True
    client._hear([b'{"type":"Dial","name":"\xff\xfe"}', b"\xff", b"[1]", b"", b'{"type":"Dial"}'])
    assert list(client._events) == [
        {"type": "Dial", "name": "\ufffd\ufffd"},
        {"type": "Dial"},
    ]


async def test_an_event_is_acted_upon_in_the_turn_in_which_it_comes() -> None:
    client, told = AriClient(Address("http://nowhere", "", "", "decroche")), list[Mapping[str, Any]]()
    client.is_open = True
    client._hear([b'{"type":"StasisEnd"}'])  # nobody listens yet
    listening = asyncio.create_task(client.listen(told.append))
    await asyncio.sleep(0.01)
    client._hear([b'{"type":"StasisStart"}', b'{"type":"Dial"}'])
    assert [one["type"] for one in told] == ["StasisEnd", "StasisStart", "Dial"]
    client.inject({"type": "DecrocheScan"})
    client._lost("closed")
    await listening
    assert told[-1] == {"type": "DecrocheScan"}, "what came before the end is told"


async def test_time_goes_on_while_the_exchange_tells_more_than_we_can_take_in() -> None:
    client, ticks, told = AriClient(Address("http://nowhere", "", "", "decroche")), 0, list[int]()
    client.is_open = True

    def takes_long(_event: Mapping[str, Any]) -> None:
        time.sleep(0.005)
        told.append(ticks)

    listening = asyncio.create_task(client.listen(takes_long))
    await asyncio.sleep(0)
    client._hear([b'{"type":"Dial"}'] * 40)
    while len(told) < 40:
        ticks += 1
        await asyncio.sleep(0)
    assert ticks >= 5
    client._hear([b'{"type":"Dial"}'] * 20_001)
    await listening
    assert not client.is_open, "whoever is so far behind takes stock instead"


async def test_who_stumbles_on_an_event_hears_of_it_where_he_listens() -> None:
    client = AriClient(Address("http://nowhere", "", "", "decroche"))
    client.is_open = True

    def stumbles(_event: Mapping[str, Any]) -> None:
        raise ZeroDivisionError

    listening = asyncio.create_task(client.listen(stumbles))
    await asyncio.sleep(0)
    client._hear([b'{"type":"Dial"}'])
    with pytest.raises(ZeroDivisionError):
        await listening


def test_a_query_says_what_it_was_given() -> None:
    odd = {"callerId": '"Cabinet & é" <+33>', "endpoint": "PJSIP/s3", "channel": "a-1,b+2"}
    said = Request("POST", "channels/a-1", odd).target
    assert (
        said
        == "channels/a-1?callerId=%22Cabinet+%26+%C3%A9%22+%3C%2B33%3E&endpoint=PJSIP/s3&channel=a-1%2Cb%2B2"
    )
