"""A line is changed, put back, protected from a colleague's older screen; its sounds are kept as telephones carry them."""

import io
import math
import wave
from array import array
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from decroche.calls.actions.check_forwarding import await_test_call, prove_forwarding
from decroche.calls.actions.keep_sound import (
    Flaw,
    NotASound,
    drop_unused_sounds,
    keep_sound,
    sound_of,
    sound_path,
    speak_sound,
    stored_as,
)
from decroche.calls.actions.save_plan import PlanChange, StalePlan, put_back_plan, save_plan
from decroche.calls.adapters.asterisk import audio
from decroche.calls.events import CallArrived
from decroche.calls.listeners import prove_that_calls_are_forwarded
from decroche.calls.models import CallPlan, LineHours, MenuChoice
from decroche.practices.models import Line
from tests.calls.factories import make_call
from tests.factories import make_line, make_practice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def line() -> Line:
    return make_line(practice=make_practice())


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, settings) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


def test_a_change_is_written_and_put_back_whole(line: Line) -> None:
    save_plan(
        line=line,
        version=1,
        change=PlanChange(
            {"greeting": "Bonjour."}, {"hours": [{"weekday": 0, "starts": time(8), "ends": time(12)}]}
        ),
    )
    saved = save_plan(
        line=line,
        version=2,
        change=PlanChange(
            {"greeting": "Au revoir.", "tells_position": False, "fallback_number": "+33612000000"},
            {
                "hours": [],
                "choices": [{"digit": "1", "label": "Rendez-vous", "action": "team", "urgency": 0}],
            },
        ),
    )
    assert not LineHours.objects.exists()
    put_back_plan(line=line, version=saved.plan.version, before=saved.before)
    line.refresh_from_db()
    plan = CallPlan.objects.get(line=line)
    assert (line.greeting, line.fallback_number, plan.tells_position) == ("Bonjour.", "", True)
    assert [(one.weekday, one.starts, one.ends) for one in plan.hours.all()] == [(0, time(8), time(12))]
    assert not MenuChoice.objects.exists()


def test_an_older_screen_changes_nothing(line: Line) -> None:
    save_plan(line=line, version=1, change=PlanChange({"waiting": "quiet"}))
    with pytest.raises(StalePlan):
        save_plan(line=line, version=1, change=PlanChange({"waiting": "music", "greeting": "Trop tard."}))
    line.refresh_from_db()
    assert CallPlan.objects.get(line=line).waiting == "quiet"
    assert line.greeting != "Trop tard."


def test_another_operator_has_to_be_checked_again(line: Line) -> None:
    CallPlan.objects.create(line=line, operator="orange", forwarding_checked_at=NOW)
    save_plan(line=line, version=1, change=PlanChange({"operator": "orange", "kind": "emergency"}))
    assert CallPlan.objects.get(line=line).forwarding_checked_at == NOW
    saved = save_plan(line=line, version=2, change=PlanChange({"operator": "free"}))
    assert CallPlan.objects.get(line=line).forwarding_checked_at is None
    put_back_plan(line=line, version=3, before=saved.before)
    assert CallPlan.objects.get(line=line).forwarding_checked_at == NOW


def test_the_awaited_call_turns_the_check_green(line: Line) -> None:
    await_test_call(line=line, now=NOW)
    call = make_call(practice=line.practice, arrived_at=NOW + timedelta(seconds=40))
    arrived = CallArrived(call.pk, line.practice_id, line.pk, call.arrived_at)
    prove_that_calls_are_forwarded(arrived)
    prove_that_calls_are_forwarded(arrived)
    plan = CallPlan.objects.get(line=line)
    assert (plan.forwarding_checked_at, plan.forwarding_check_until) == (call.arrived_at, None)


@pytest.mark.parametrize("seconds", [-5, 181])
def test_a_call_before_or_long_after_proves_nothing(line: Line, seconds: int) -> None:
    await_test_call(line=line, now=NOW)
    assert not prove_forwarding(line_id=line.pk, at=NOW + timedelta(seconds=seconds))
    assert CallPlan.objects.get(line=line).forwarding_checked_at is None


# --- sounds ---------------------------------------------------------------------------------------------------------------


def wav(
    *, seconds: float = 2.0, rate: int = 8000, channels: int = 1, width: int = 2, level: float = 0.2
) -> bytes:
    """Return a tone of 440 Hz."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        tone = [level * math.sin(2 * math.pi * 440 * n / rate) for n in range(int(seconds * rate))]
        if width == 1:
            data = bytes(int(128 + 127 * one) for one in tone for _ in range(channels))
        elif width == 2:
            data = array("h", [int(32767 * one) for one in tone for _ in range(channels)]).tobytes()
        else:
            data = b"".join(
                int(8388607 * one).to_bytes(3, "little", signed=True) for one in tone for _ in range(channels)
            )
        file.writeframes(data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("rate", "channels", "width"), [(8000, 1, 2), (16000, 2, 2), (22050, 1, 1), (44100, 2, 3), (48000, 1, 2)]
)
def test_any_wav_becomes_what_a_telephone_carries(line: Line, rate: int, channels: int, width: int) -> None:
    kept = keep_sound(line=line, data=wav(seconds=1, rate=rate, channels=channels, width=width), now=NOW)
    path = sound_path(line, kept.name)
    assert path is not None
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
    samples, _rate = audio.read_wav(path)
    assert kept.seconds == pytest.approx(1, abs=0.01)
    assert 20000 < max(samples) < 28000  # raised from a fifth
    crossings = sum(1 for a, b in pairwise(samples[800:7200]) if a < 0 <= b)
    assert crossings == pytest.approx(440 * 0.8, abs=3)  # still the same note


@pytest.mark.parametrize(
    ("data", "flaw", "what"),
    [
        (b"ID3\x04" + bytes(400), Flaw.OTHER_FORMAT, "MP3"),
        (b"\x1aE\xdf\xa3" + bytes(400), Flaw.OTHER_FORMAT, "WebM"),
        (bytes(4) + b"ftypM4A " + bytes(400), Flaw.OTHER_FORMAT, "MP4"),
        (b"<html>", Flaw.NOT_A_SOUND, ""),
        (b"", Flaw.NOT_A_SOUND, ""),
        (wav()[:20], Flaw.NOT_A_SOUND, ""),
        (wav(seconds=91), Flaw.TOO_LONG, ""),
        (wav(seconds=0.2), Flaw.TOO_SHORT, ""),
        (wav(level=0), Flaw.SILENT, ""),
        (bytes(20 * 2**20 + 1), Flaw.TOO_BIG, ""),
    ],
)
def test_what_cannot_be_played_says_why(line: Line, data: bytes, flaw: Flaw, what: str) -> None:
    with pytest.raises(NotASound) as refused:
        keep_sound(line=line, data=data, now=NOW)
    assert (refused.value.flaw, refused.value.what) == (flaw, what)


def test_a_sound_is_its_line_s_own(line: Line) -> None:
    kept = keep_sound(line=line, data=wav(), now=NOW)
    assert sound_of(line, kept.name) == kept
    assert sound_of(make_line(practice=make_practice()), kept.name) is None
    for name in ("", "..", f"../{line.pk}/{kept.name}", kept.name + "/", "é"):
        assert sound_path(line, name) is None


def test_what_nothing_names_is_dropped_after_two_days(line: Line) -> None:
    used, unused = (keep_sound(line=line, data=wav(), now=NOW).name for _ in range(2))
    CallPlan.objects.create(line=line, greeting_sound=stored_as(line, used))
    later = datetime.now(tz=UTC) + timedelta(days=3)
    assert drop_unused_sounds(line=line, now=datetime.now(tz=UTC)) == 0
    assert drop_unused_sounds(line=line, now=later) == 1
    assert sound_path(line, used) is not None
    assert sound_path(line, unused) is None


def test_the_machine_speaks_or_says_that_it_cannot(line: Line, monkeypatch) -> None:
    monkeypatch.setattr("decroche.calls.actions.keep_sound.espeak", lambda: None)
    with pytest.raises(NotASound) as refused:
        speak_sound(line=line, text="Bonjour.", now=NOW)
    assert refused.value.flaw is Flaw.NO_VOICE
