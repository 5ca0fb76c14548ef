"""Speak a sentence into a sound file: espeak-ng where it is installed, else a clear chime.

espeak-ng is GPL-3 and stays a separate process. What was said once is kept, by its text.
"""

import asyncio
import hashlib
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from decroche.calls.adapters.asterisk import audio

_LONGEST_TEXT: Final = 800
_PATIENCE_SECONDS: Final = 20


@dataclass(frozen=True, slots=True)
class Speaker:
    """Describe who speaks: an espeak-ng voice, its speed (words a minute) and pitch (0–99)."""

    voice: str = "fr+f2"
    speed: int = 150
    pitch: int = 52


class Voice(Protocol):
    """Turn a sentence into a file that Asterisk can play."""

    async def sentence(self, text: str) -> Path:
        """Return the sound file of ``text``; quick when it was said before."""
        ...


def espeak() -> str | None:
    return shutil.which("espeak-ng")


def speak_to_file(text: str, path: Path, *, speaker: Speaker, rate: int = audio.NARROW) -> None:
    """Write ``text`` spoken at ``rate``.

    Raises:
        OSError, subprocess.SubprocessError: espeak-ng is not there or failed.
    """
    with tempfile.TemporaryDirectory(prefix="decroche-voice-") as folder:
        raw = Path(folder) / "raw.wav"
        subprocess.run(  # noqa: S603
            [espeak() or "espeak-ng", "-v", speaker.voice, "-s", str(speaker.speed), "-p", str(speaker.pitch),
             "-w", str(raw), "--stdin"],
            input=text[:_LONGEST_TEXT].encode(), capture_output=True, check=True, timeout=_PATIENCE_SECONDS,
        )  # fmt: skip
        samples, source = audio.read_wav(raw)
    audio.write_wav(path, audio.resample(samples, source, rate), rate)


class EspeakVoice:
    """Speak with espeak-ng, outside the event loop, one sentence at a time."""

    def __init__(self, folder: Path, speaker: Speaker | None = None) -> None:
        self._folder = folder
        self._speaker = speaker or Speaker()
        self._one_at_a_time = asyncio.Lock()

    def _path(self, text: str) -> Path:
        key = f"{self._speaker}|{text}".encode()
        return self._folder / f"{hashlib.sha256(key).hexdigest()[:32]}.wav"

    async def sentence(self, text: str) -> Path:
        path = self._path(text)
        if path.exists():
            return path
        async with self._one_at_a_time:
            if not path.exists():
                self._folder.mkdir(parents=True, exist_ok=True)
                await asyncio.to_thread(speak_to_file, text, path, speaker=self._speaker)
        return path


class ChimeVoice:
    """Play two friendly notes instead of words: the secretary says the rest."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "chime.wav"

    async def sentence(self, text: str) -> Path:  # noqa: ARG002
        if not self._path.exists():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            audio.write_wav(self._path, audio.melody(((659.3, 0.25), (523.3, 0.5), (0, 0.3))), audio.NARROW)
        return self._path


def best_voice(folder: Path) -> Voice:
    return EspeakVoice(folder) if espeak() else ChimeVoice(folder)
