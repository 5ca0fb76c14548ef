"""Read what Asterisk says: the names we give, the sentences it sends, and nonsense."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decroche.calls.adapters.ari import naming
from decroche.calls.adapters.ari.census import KnownCaller
from decroche.calls.adapters.ari.client import Address, Request, _as_message
from decroche.calls.adapters.ari.interpreter import Interpreter
from decroche.calls.adapters.ari.keeping import FallbackBook, VoicemailBox
from decroche.calls.adapters.ari.phones import PhoneBook
from decroche.calls.adapters.ari.reading import read_channels, read_talking, read_unreached
from decroche.calls.adapters.ari.settings import AriSettings
from decroche.calls.adapters.ari.strays import strays
from decroche.calls.adapters.ari.telephony import AriTelephony
from decroche.calls.adapters.asterisk import audio
from decroche.calls.ports import CallerGone, Cause, LegGone, PartyLeg, Prompt, SecretaryLeg

CALL = UUID("5706b532-61de-46ec-9184-fd4bdee635de")
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
kinds = st.sampled_from(["StasisStart", "ChannelDestroyed", "ChannelUserevent",
                         "ContactStatusChange", "Dial", "PlaybackFinished", "ChannelDtmfReceived",
                         "RecordingFinished", "RecordingFailed"])  # fmt: skip


def test_a_channel_s_name_says_whose_it_is() -> None:
    leg, party = SecretaryLeg(CALL, 42, 3), PartyLeg(CALL, 2)
    assert naming.parse_leg(naming.leg_id(leg)) == leg
    assert naming.parse_party(naming.party_id(party)) == party
    assert naming.parse_called(naming.called_id(CALL)) == CALL
    assert naming.parse_ear(naming.ear_id(42, CALL)) == (CALL, 42)
    assert naming.parse_snoop(naming.snoop_id(CALL, whispers=True)) == CALL
    for bridge in (naming.bridge_id(CALL), naming.aside_id(CALL), naming.listening_id(CALL)):
        assert naming.parse_any_bridge(bridge) == CALL
    for parse in (
        naming.parse_leg,
        naming.parse_party,
        naming.parse_called,
        naming.parse_ear,
        naming.parse_snoop,
    ):
        assert parse("decroche-1795315510.13") is None


def test_a_number_names_no_other_way_out_than_the_operator_s() -> None:
    assert naming.dialled("+33 1 99 00 00 01@elsewhere;a=b/PJSIP") == "+33199000001"
    assert naming.digits("12#w*,A") == "12#*"


def test_what_an_absent_switchboard_left_behind_is_removed_and_nobody_is_hung_up() -> None:
    other = UUID(int=7)
    raw = [
        {"id": "caller-1", "state": "Up", "channelvars": {"DECROCHE_CALLED": "+33199000001", "DECROCHE_CALL": str(CALL)}},
        {"id": naming.leg_id(SecretaryLeg(CALL, 1, 1)), "state": "Up"},
        {"id": naming.ear_id(5, CALL), "state": "Up"},
        {"id": naming.ear_id(6, other), "state": "Up"},
        {"id": naming.snoop_id(other, whispers=False), "state": "Up"},
    ]  # fmt: skip
    bridges = [{"id": naming.bridge_id(call)} for call in (CALL, other)]
    bridges += [{"id": naming.aside_id(other)}, {"id": "somebody-else-s"}, {}, None]
    assert {request.path for request in strays(read_channels(raw), bridges)} == {
        f"channels/{naming.ear_id(6, other)}",
        f"channels/{naming.snoop_id(other, whispers=False)}",
        f"bridges/{naming.bridge_id(other)}",
        f"bridges/{naming.aside_id(other)}",
    }


def test_why_a_number_was_not_reached_is_told_by_its_cause_or_else_by_how_it_rang() -> None:
    for cause, status, told in (
        (17, "", "busy"),
        (19, "", "unanswered"),
        (1, "", "unallocated"),
        (28, "CONGESTION", "unallocated"),
        (21, "", Cause.REFUSED),
        (0, "NOANSWER", "unanswered"),
        (16, "BUSY", "busy"),
        (34, "", Cause.LOST),
        ("many", "", Cause.HANGUP),
    ):
        assert read_unreached({"cause": cause}, status) == told


@settings(deadline=None)
@given(
    kinds,
    st.dictionaries(
        st.sampled_from(
            [
                "channel",
                "args",
                "caller",
                "endpoint",
                "contact_info",
                "cause",
                "timestamp",
                "digit",
                "peer",
                "dialstatus",
                "recording",
                "playback",
            ]
        ),
        anything,
    ),
)
def test_nothing_that_asterisk_may_say_is_an_exception(kind: str, rest: dict[str, object]) -> None:
    Interpreter(PhoneBook()).read({"type": kind, **rest})


@settings(deadline=None)
@given(st.text())
def test_a_caller_s_name_is_short_and_printable(name: str) -> None:
    shown = naming.clean_name(name)
    assert len(shown) <= 80
    assert all(ord(letter) >= 32 for letter in shown)


def test_a_name_of_ten_thousand_letters_costs_nothing() -> None:
    assert len(naming.clean_name("<b>" * 4000)) == 80


@settings(deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_a_shown_name_cannot_leave_its_quotation(number: str, name: str) -> None:
    quoted = naming.quoted_caller(number, name)
    assert [quoted.count(mark) for mark in '"<>'] == [2, 1, 1]


CALLER = {
    "id": "caller-1",
    "dialplan": {"context": "decroche-fallback"},
    "channelvars": {"DECROCHE_CALLED": "+33199000001", "DECROCHE_CALL": str(CALL)},
}


@pytest.mark.parametrize(
    ("statuses", "told"),
    [
        ((), Cause.HANGUP),  # we were not there to see: somebody may have answered
        (("", "RINGING"), Cause.UNANSWERED),
        (("", "RINGING", "CANCEL"), Cause.UNANSWERED),
        (("", "RINGING", "ANSWER"), Cause.HANGUP),
        (("", "NOANSWER"), Cause.HANGUP),  # the dial plan gives him back, or to the voicemail
    ],
)
def test_whether_anybody_answered_at_the_fallback_is_heard(statuses: tuple[str, ...], told: str) -> None:
    interpreter = Interpreter(PhoneBook())
    interpreter.read({"type": "StasisStart", "channel": CALLER, "args": ["new"]})
    for status in statuses:
        interpreter.read({"type": "Dial", "caller": CALLER, "peer": {"id": "out-1"}, "dialstatus": status})
    (gone,) = interpreter.read({"type": "ChannelDestroyed", "channel": CALLER, "cause": 16}).events
    assert isinstance(gone, CallerGone)
    assert gone.cause == told


def test_a_mobile_where_nobody_presses_1_was_not_answered() -> None:
    leg = SecretaryLeg(CALL, 5, 1)
    variables = {"DECROCHE_CONFIRM": "wait"}
    mobile = {"id": naming.leg_id(leg), "state": "Up", "channelvars": variables}
    interpreter = Interpreter(PhoneBook())
    interpreter.read({"type": "StasisStart", "channel": mobile, "args": []})
    (gone,) = interpreter.read({"type": "ChannelDestroyed", "channel": mobile, "cause": 16}).events
    assert gone == LegGone(leg, gone.at, Cause.UNANSWERED)


def test_a_conversation_needs_both() -> None:
    bridge, leg = naming.bridge_id(CALL), naming.leg_id(SecretaryLeg(CALL, 1, 1))
    assert read_talking([{"id": bridge, "channels": ["caller", leg]}]) == {CALL}
    party = naming.party_id(PartyLeg(CALL, 1))
    assert read_talking([{"id": bridge, "channels": [party, leg]}]) == frozenset()
    assert read_talking([{"id": bridge, "channels": ["caller", party]}]) == frozenset()
    assert read_talking([{"id": bridge, "channels": ["recorder", leg]}], ["caller"]) == frozenset()
    assert (
        read_talking([{"id": bridge, "channels": ["caller"]}, {"id": "other", "channels": ["a", "b"]}])
        == frozenset()
    )


def test_a_line_s_fallback_is_found_however_the_operator_writes_the_number(tmp_path: Path) -> None:
    book = FallbackBook(tmp_path / "fallbacks.conf")
    assert book.remember("+596596000002", "+596696111111")
    assert not book.remember("+596596000002", "+596696111111")
    assert (tmp_path / "fallbacks.conf").read_text().splitlines() == [
        "FALLBACK_00596596000002 = +596696111111",
        "FALLBACK_0596000002 = +596696111111",
        "FALLBACK_596596000002 = +596696111111",
    ]


def test_messages_left_are_told_until_they_are_kept(tmp_path: Path) -> None:
    box = VoicemailBox(tmp_path)
    spoken = tmp_path / f"1795315510_+33199000001_+33612345678_{CALL}_decroche-1.2.wav"
    audio.write_wav(spoken, audio.tone((440,), 2.0), audio.NARROW)
    audio.write_wav(
        tmp_path / "1795315511_+33199000001__none_decroche-1.3.wav", audio.silence(0.3), audio.NARROW
    )
    (tmp_path / "noise.wav").write_bytes(b"not a sound")
    assert box.left(still_recording={"decroche-1.2"}, now=NOW) == []
    (left,) = box.left(still_recording=(), now=NOW)
    assert (left.call_id, left.duration_seconds, left.called_number, left.caller_number) == (
        CALL,
        2,
        "+33199000001",
        "+33612345678",
    )
    box.keep(left.path)
    assert box.left(still_recording=(), now=NOW) == []
    assert not spoken.exists()


def test_two_tabs_are_one_phone() -> None:
    book = PhoneBook()
    assert book.take_contact("s7", "sip:first", "Created") == (7, True)
    assert book.take_contact("s7", "sip:second", "Created") is None
    assert book.take_contact("s7", "sip:first", "Removed") is None
    assert book.take_contact("s7", "sip:second", "Unreachable") == (7, False)
    assert book.take_contact("trunk", "sip:operator", "Created") is None


async def test_only_sounds_of_the_folder_are_played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DECROCHE_DATA_DIR", str(tmp_path / "data"))
    folder = tmp_path / "exchange/sounds"
    for path in (folder / "lines/7/greeting.wav", tmp_path / "exchange/secret.wav"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"RIFF")
    telephony = AriTelephony(AriSettings.from_environment)
    telephony._settings = AriSettings(Address("", "", "", ""), None, folder)
    assert await telephony._sound(Prompt(sound="lines/7/greeting")) == folder / "lines/7/greeting.wav"
    for outside in ("../secret", "lines/../../secret", str(tmp_path / "exchange/secret"), "lines/7/none"):
        with pytest.raises(ValueError, match="nothing to play"):
            await telephony._sound(Prompt(sound=outside))
    shared = tmp_path / "data/telephony/sounds/lines/8/greeting.wav"
    shared.parent.mkdir(parents=True)
    shared.write_bytes(b"RIFF")
    assert await telephony._sound(Prompt(sound="lines/8/greeting")) == shared


def test_a_request_is_said_as_asterisk_wants_it_whatever_is_in_it() -> None:
    request = Request(
        "POST", "channels/a-1", {"callerId": '"Cabinet « é »" <+33>'}, {"variables": {"X": 'a"b\\'}}
    )
    said = json.loads(_as_message("7", request))
    assert json.loads(said.pop("message_body")) == request.body
    assert said == {
        "type": "RESTRequest",
        "request_id": "7",
        "method": "POST",
        "uri": request.target,
        "content_type": "application/json",
    }
    assert "message_body" not in json.loads(_as_message("8", Request("GET", "asterisk/ping")))


class Recorder:
    """Stands in for the connection, and obeys."""

    def __init__(self) -> None:
        self.asked: list[Request] = []

    async def ask_in_order(self, requests: Sequence[Request]) -> list[None]:
        self.asked += requests
        return [None] * len(requests)


@pytest.mark.parametrize(
    ("called", "fallback", "is_told"),
    [
        ("+33199000001", "+33199000009", False),
        ("0199000001", "+33199000009", False),
        ("0033199000001", "+33199000009", False),
        ("199000001", "+33199000009", True),  # written as the dialplan's variables are not
        ("+33199000001", "+33199000008", True),
        ("+33199000002", "", True),
    ],
)
async def test_a_caller_bears_his_fallback_where_the_dialplan_does_not_know_it(
    called: str, fallback: str, is_told: bool
) -> None:
    telephony = AriTelephony(lambda: AriSettings(Address("", "", "", "decroche"), None))
    recorder = telephony._client = Recorder()  # type: ignore[assignment]
    await telephony.remember_fallback(called_number="+33199000001", number="+33199000009")
    recorder.asked.clear()
    telephony._census.callers["channel"] = KnownCaller("channel", called_number=called)
    await telephony.adopt_caller("channel", CALL, fallback_number=fallback)
    marks = {
        request.query["variable"]: request.query["value"]
        for request in recorder.asked
        if request.query and "variable" in request.query
    }
    assert marks == {"DECROCHE_CALL": str(CALL)} | ({"DECROCHE_FALLBACK": fallback} if is_told else {})
