"""Throw garbage at the exchange and at our adapter: live calls do not notice."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

import pytest

from decroche.calls.adapters.ari.client import Request
from decroche.calls.adapters.ari.telephony import AriTelephony
from decroche.calls.adapters.asterisk.server import AsteriskServer
from decroche.calls.ports import CallArrived, CallerGone, PhoneAnswered
from tests.asterisk.listening import Listener
from tests.asterisk.phone import Dialogue, Phone

pytestmark = pytest.mark.asterisk

NewPhone = Callable[..., Awaitable[Phone]]
LINE = "+33199000001"
HEAD = f"INVITE sip:{LINE}@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKbad\r\nMax-Forwards: 70\r\n"
GARBAGE = [
    b"",
    b"\x00" * 1400,
    bytes(range(256)) * 5,
    b"INVITE",
    b"INVITE sip:\xff\xfe@ SIP/2.0\r\n\r\n",
    b"SIP/2.0 200 OK\r\n\r\n",
    b"REGISTER sip:127.0.0.1 SIP/2.0\r\nContent-Length: -1\r\n\r\n",
    (HEAD + "From: <sip:x@y>\r\nTo: <sip:x@y>\r\nCall-ID: a\r\nCSeq: 99999999999999999999 INVITE\r\nContent-Length: 0\r\n\r\n").encode(),
    (HEAD + "From: <<<>>>\r\nTo: \r\nCall-ID: \r\nCSeq: INVITE\r\nContent-Length: 9999999\r\n\r\nv=0").encode(),
    (HEAD + "X: " + "a" * 9000 + "\r\n\r\n").encode(),
    (HEAD + "From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: sdp\r\nCSeq: 1 INVITE\r\nContact: <sip:a@127.0.0.1:9>\r\n"
     "Content-Type: application/sdp\r\nContent-Length: 30\r\n\r\nv=0\r\nm=audio -5 RTP/AVP 999999\r\n").encode(),
]  # fmt: skip
STRANGE_EVENTS = [
    {},
    {"type": None},
    {"type": ["StasisStart"]},
    {"type": "StasisStart"},
    {"type": "StasisStart", "channel": "not a channel", "args": 7},
    {"type": "StasisStart", "channel": {"id": 12, "channelvars": []}},
    {
        "type": "StasisStart",
        "channel": {"id": "x", "channelvars": {"DECROCHE_CALLED": {"a": 1}}, "caller": "?"},
        "timestamp": "soon",
    },
    {"type": "ChannelDestroyed", "channel": {"id": "a-1-not-a-uuid-1"}, "cause": "ninety"},
    {"type": "ChannelUserevent", "eventname": {"x": 1}},
    {"type": "ContactStatusChange", "endpoint": None, "contact_info": [1]},
    {"type": "Dial", "caller": None, "dialstatus": "ANSWER"},
    {"type": "PlaybackFinished", "playback": 3},
    {"type": "DecrochePhoneGone"},
    {"type": "A" * 100_000},
]


async def talk(listener: Listener, new_phone: NewPhone, exchange: AsteriskServer) -> tuple[Dialogue, Phone]:
    """Bring one call to a conversation."""
    phone = await listener.seat(new_phone, 11, answers_after=0.0)
    caller = Dialogue(exchange.connection.sip_port, voice=0x77)
    await caller.call(LINE, number="+33612345678")
    _, call_id = await listener.adopt()
    leg = await listener.ring(call_id, 11)
    await listener.wait(PhoneAnswered)
    await listener.telephony.connect(leg)
    return caller, phone


async def still_talking(caller: Dialogue, phone: Phone) -> None:
    caller.media.heard.clear()
    phone.media.heard.clear()
    await asyncio.sleep(1)
    assert caller.media.heard.get(phone.media.voice, 0) > 20, caller.media.heard
    assert phone.media.heard.get(caller.media.voice, 0) > 20, phone.media.heard


async def test_malformed_sip_leaves_a_live_call_alone(
    listener: Listener, new_phone: NewPhone, fresh_exchange: AsteriskServer
) -> None:
    caller, phone = await talk(listener, new_phone, fresh_exchange)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for _ in range(5):
            for message in GARBAGE:
                stranger.sendto(message, ("127.0.0.1", fresh_exchange.connection.sip_port))
    await still_talking(caller, phone)
    assert fresh_exchange.is_alive()
    assert fresh_exchange.answers()
    caller.hang_up()
    await listener.wait(CallerGone)
    caller.close()


async def test_malformed_ari_events_leave_a_live_call_alone(
    listener: Listener, new_phone: NewPhone, fresh_exchange: AsteriskServer
) -> None:
    caller, phone = await talk(listener, new_phone, fresh_exchange)
    telephony = listener.telephony
    assert isinstance(telephony, AriTelephony)
    for event in STRANGE_EVENTS:
        telephony._exchange.inject(event)
    for frame in (
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"\xff\xfe",
        b"1" * 10_000,
        b'{"type":"RESTResponse","request_id":"0"}',
    ):
        telephony._exchange._take(frame)
    await still_talking(caller, phone)
    assert await telephony._exchange.ask(Request("GET", "asterisk/ping"))
    assert len(listener.told(CallArrived)) == 1
    caller.hang_up()
    await listener.wait(CallerGone)
    caller.close()


@pytest.mark.parametrize(
    ("number", "name", "told_number", "told_name"),
    [
        ("anonymous", "Anonymous", "", "Anonymous"),
        ("+33612345678", "<b onclick=alert(1)>Zoé</b> " * 40, "+33612345678", None),
        ("0" * 90, "", "0" * 40, ""),
        ("+33612345678", "ligne\u202eenvers\u200b ici", "+33612345678", "ligne envers ici"),
    ],
)
async def test_absurd_callers_arrive_cut_to_size(
    listener: Listener,
    fresh_exchange: AsteriskServer,
    number: str,
    name: str,
    told_number: str,
    told_name: str | None,
) -> None:
    caller = Dialogue(fresh_exchange.connection.sip_port, voice=0x77)
    await caller.call(LINE, number=number, name=name.replace('"', ""))
    arrived = await listener.wait(CallArrived)
    assert arrived.caller_number == told_number
    assert len(arrived.caller_name) <= 80
    if told_name is not None:
        assert arrived.caller_name == told_name
    assert not any(ord(letter) < 32 for letter in arrived.caller_name)
    caller.hang_up()
    caller.close()


async def test_a_name_of_ten_thousand_letters_is_cut_and_nobody_suffers(
    listener: Listener, fresh_exchange: AsteriskServer
) -> None:
    for name, begins in (("<script>" * 1250, "<script>" * 9), ("Mme Petit", "Mme Petit")):
        caller = Dialogue(fresh_exchange.connection.sip_port, voice=0x77)
        await caller.call(LINE, number="+33612345678", name=name)
        told = (await listener.wait(CallArrived)).caller_name
        assert told.startswith(begins)
        assert len(told) <= 80
        caller.hang_up()
        caller.close()
