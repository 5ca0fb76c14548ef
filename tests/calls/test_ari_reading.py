"""Read what Asterisk says: the names we give, the sentences it sends, and nonsense."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from decroche.calls.adapters.ari import naming
from decroche.calls.adapters.ari.interpreter import Interpreter
from decroche.calls.adapters.ari.keeping import FallbackBook, VoicemailBox
from decroche.calls.adapters.ari.phones import PhoneBook
from decroche.calls.adapters.ari.reading import read_talking
from decroche.calls.adapters.asterisk import audio
from decroche.calls.ports import SecretaryLeg

CALL = UUID("5706b532-61de-46ec-9184-fd4bdee635de")
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
kinds = st.sampled_from(["StasisStart", "StasisEnd", "ChannelDestroyed", "ChannelStateChange", "ChannelUserevent",
                         "ContactStatusChange", "Dial", "PlaybackFinished", "ChannelCreated"])  # fmt: skip


def test_a_leg_s_name_says_whose_it_is() -> None:
    leg = SecretaryLeg(CALL, 42, 3)
    assert naming.parse_leg(naming.leg_id(leg)) == leg
    assert naming.parse_leg("decroche-1795315510.13") is None


@settings(deadline=None)
@given(
    kinds,
    st.dictionaries(
        st.sampled_from(["channel", "args", "caller", "endpoint", "contact_info", "cause", "timestamp"]),
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


def test_a_conversation_needs_both() -> None:
    bridge, leg = naming.bridge_id(CALL), naming.leg_id(SecretaryLeg(CALL, 1, 1))
    assert read_talking([{"id": bridge, "channels": ["caller", leg]}]) == {CALL}
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
