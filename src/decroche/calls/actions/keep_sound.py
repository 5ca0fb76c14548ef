"""Keep what a line says: a recording brought as WAV, or a sentence spoken by the machine."""

import io
import secrets
import subprocess
import wave
from array import array
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from decroche.calls.adapters.asterisk import audio
from decroche.calls.adapters.asterisk.voice import Speaker, espeak, speak_to_file
from decroche.calls.models import CallPlan, Treatment
from decroche.practices.models import Line

LONGEST_SECONDS: Final = 90
SHORTEST_SECONDS: Final = 0.5
MOST_BYTES: Final = 20 * 2**20
KEPT_UNUSED: Final = timedelta(days=2)  # an undo may still want it back
_RATES: Final = range(8000, 48001)
_QUIETEST: Final = 150  # of 32767: below, the microphone was off
_LOUD: Final = 24000
_MOST_GAIN: Final = 4.0
#: How files begin that people take for sounds of ours.
_OTHERS: Final = (
    (b"ID3", "MP3"), (b"\xff\xfb", "MP3"), (b"\xff\xf3", "MP3"), (b"\xff\xf2", "MP3"), (b"OggS", "OGG"),
    (b"\x1aE\xdf\xa3", "WebM"), (b"fLaC", "FLAC"), (b"FORM", "AIFF"), (b"#!AMR", "AMR"),
)  # fmt: skip


class Flaw(StrEnum):
    """Name why something cannot be played to a caller."""

    TOO_BIG = "too_big"
    OTHER_FORMAT = "other_format"
    NOT_A_SOUND = "not_a_sound"
    TOO_LONG = "too_long"
    TOO_SHORT = "too_short"
    SILENT = "silent"
    NO_VOICE = "no_voice"


class NotASound(Exception):
    """It cannot be played to a caller; ``flaw`` says why, ``what`` which format it seems to be."""

    def __init__(self, flaw: Flaw, what: str = "") -> None:
        super().__init__(flaw.value)
        self.flaw = flaw
        self.what = what


@dataclass(frozen=True, slots=True)
class KeptSound:
    """Hold a sound of a line: its name, and how long it lasts."""

    name: str
    seconds: float


def sounds_folder() -> Path:
    """Return the folder to which plans' sounds are relative: the exchange plays from there."""
    return Path(settings.DATA_DIR) / "telephony" / "sounds"


def stored_as(line: Line, name: str) -> str:
    """Return what a plan keeps for a sound: relative to the sounds folder, without suffix."""
    return f"lines/{line.pk}/{name}"


def name_of(stored: str) -> str:
    return stored.rpartition("/")[2]


def sound_path(line: Line, name: str) -> Path | None:
    """Return the file of a line's sound, or None when there is none of that name."""
    if not (name.isascii() and name.isalnum()):
        return None
    path = sounds_folder() / f"{stored_as(line, name)}.wav"
    return path if path.is_file() else None


def sound_of(line: Line, name: str) -> KeptSound | None:
    """Return a line's sound, or None when there is none of that name."""
    path = sound_path(line, name)
    return None if path is None else KeptSound(name, audio.seconds(path))


def keep_sound(*, line: Line, data: bytes, now: datetime) -> KeptSound:
    """Keep a WAV file as telephones carry it: mono, 16 bits, 8 kHz, loud enough.

    Raises:
        NotASound: not a WAV file, too big, too long, too short, or silent.

    """
    samples = _telephone(data)
    path = _fresh_path(line)
    audio.write_wav(path, samples, audio.NARROW)
    drop_unused_sounds(line=line, now=now)
    return KeptSound(path.stem, len(samples) / audio.NARROW)


def speak_sound(*, line: Line, text: str, now: datetime) -> KeptSound:
    """Let the machine's voice say a sentence, to be heard before it is kept.

    Raises:
        NotASound: no voice is installed here, or it failed.

    """
    if espeak() is None:
        raise NotASound(Flaw.NO_VOICE)
    path = _fresh_path(line)
    try:
        speak_to_file(text, path, speaker=Speaker())
    except (OSError, subprocess.SubprocessError) as error:
        raise NotASound(Flaw.NO_VOICE) from error
    drop_unused_sounds(line=line, now=now)
    return KeptSound(path.stem, audio.seconds(path))


def drop_unused_sounds(*, line: Line, now: datetime) -> int:
    """Delete the line's sounds that nothing names and that are two days old; give how many."""
    used = set(
        CallPlan.objects.filter(line=line)
        .values_list("greeting_sound", "waiting_sound", "menu_sound")
        .first()
        or ()
    )
    used |= set(Treatment.objects.filter(plan__line=line).values_list("sound", flat=True))
    dropped = 0
    for path in (sounds_folder() / stored_as(line, "")).glob("*.wav"):
        if stored_as(line, path.stem) not in used and path.stat().st_mtime < (now - KEPT_UNUSED).timestamp():
            path.unlink(missing_ok=True)
            dropped += 1
    return dropped


def _fresh_path(line: Line) -> Path:
    path = sounds_folder() / f"{stored_as(line, secrets.token_hex(12))}.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _telephone(data: bytes) -> Any:
    """Return the samples of a WAV file as telephones carry them."""
    if len(data) > MOST_BYTES:
        raise NotASound(Flaw.TOO_BIG)
    channels, width, rate, frames = _read(data)
    lasts = len(frames) / (channels * width * rate)
    if lasts > LONGEST_SECONDS:
        raise NotASound(Flaw.TOO_LONG)
    if lasts < SHORTEST_SECONDS:
        raise NotASound(Flaw.TOO_SHORT)
    samples = _mono(frames, channels, width)
    if max(samples) - min(samples) < 2 * _QUIETEST:
        raise NotASound(Flaw.SILENT)
    for step in (audio.WIDE, audio.NARROW):  # two gentle steps: one steep one would fold the treble back
        if rate > step:
            samples, rate = audio.resample(samples, rate, step), step
    return _loud_enough(samples)


def _read(data: bytes) -> tuple[int, int, int, bytes]:
    """Return channels, bytes a sample, rate and frames of a plain WAV file."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            frames = file.readframes(file.getnframes())
    except (wave.Error, EOFError, ValueError) as error:
        named = next((what for start, what in _OTHERS if data.startswith(start)), "")
        named = named or ("MP4" if data[4:8] == b"ftyp" else "")
        raise NotASound(Flaw.OTHER_FORMAT if named else Flaw.NOT_A_SOUND, named) from error
    if channels not in {1, 2} or width not in {1, 2, 3} or rate not in _RATES:
        raise NotASound(Flaw.NOT_A_SOUND)
    return channels, width, rate, frames[: len(frames) // (channels * width) * channels * width]


def _mono(frames: bytes, channels: int, width: int) -> Any:
    """Return one channel of 16 bits."""
    if width == 1:  # unsigned
        samples = array("h", ((value - 128) << 8 for value in frames))
    elif width == 2:  # noqa: PLR2004
        samples = array("h", frames)
    else:
        samples = array("h", b"".join(frames[at + 1 : at + 3] for at in range(0, len(frames), 3)))
    if channels == 1:
        return samples
    return array("h", ((left + right) // 2 for left, right in zip(samples[::2], samples[1::2], strict=True)))


def _loud_enough(samples: Any) -> Any:
    """Raise what was spoken from afar, at most fourfold."""
    highest, lowest = max(samples), min(samples)
    peak = max(highest, -lowest)
    gain = min(_MOST_GAIN, _LOUD / peak)
    return samples if gain <= 1 else array("h", (int(value * gain) for value in samples))
