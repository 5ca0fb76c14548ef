"""Prepare the sounds of an exchange: prompts, waiting music, simulated callers. Made once, kept."""

import contextlib
import json
import subprocess
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Final

from decroche.calls.adapters.asterisk import audio
from decroche.calls.adapters.asterisk.callers import SHORTEST_TALK_SECONDS, Script, script_for
from decroche.calls.adapters.asterisk.voice import Speaker, espeak, speak_to_file

_FORMAT: Final = 3  # raise it when a text or a sound below changes
_BEEP: Final = ((1000.0, 0.35),)
_UNKNOWN: Final = (
    "Bonjour. Le numéro que vous avez composé n’est pas en service. "
    "Vérifiez le numéro, puis rappelez. En cas d’urgence, composez le 15 ou le 112."
)
_VOICEMAIL: Final = (
    "Bonjour. Personne ne peut vous répondre pour le moment. Après le signal, laissez votre nom, "
    "votre numéro et la raison de votre appel : nous vous rappellerons. "
    "En cas d’urgence vitale, raccrochez et composez le 15."
)
_TECHNICAL: Final = (
    "Bonjour. Un incident technique nous empêche de vous répondre. Rappelez dans quelques minutes. "
    "En cas d’urgence vitale, composez le 15."
)
_PRESS_ONE: Final = "Appel pour le secrétariat. Pour le prendre, appuyez sur la touche 1."
# What is said, and the notes that stand for it where no voice is installed.
_PROMPTS: Final[dict[str, tuple[str, tuple[tuple[float, float], ...]]]] = {
    "unknown-number": (_UNKNOWN, ((950, 0.33), (1400, 0.33), (1800, 0.33), (0, 0.6))),
    "voicemail": (_VOICEMAIL, ((523.3, 0.3), (659.3, 0.3), (784, 0.5), (0, 0.4))),
    "voicemail-thanks": ("Merci. Votre message est enregistré. Au revoir.", ((784, 0.3), (523.3, 0.5))),
    "technical": (_TECHNICAL, ((392, 0.4), (330, 0.4), (262, 0.6))),
    "press-one": (_PRESS_ONE, ((880, 0.2), (0, 0.2), (880, 0.2), (0, 0.4))),
    "world-hello": ("Allô, oui, bonjour, je vous écoute.", ((440, 0.3), (554, 0.4))),
}


def prepare(folder: Path, *, say: Callable[[str], None]) -> None:
    """Make every prompt and the waiting music in ``folder``, unless they are there already."""
    engine = "espeak-ng" if espeak() else "tones"
    stamp = folder / "made.json"
    wanted = {"format": _FORMAT, "engine": engine}
    with contextlib.suppress(OSError, ValueError):
        if json.loads(stamp.read_text()) == wanted:
            return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    say("Téléphonie : préparation des annonces et de la musique d’attente…")
    for name, (text, notes) in _PROMPTS.items():
        _prompt(folder / f"{name}.wav", text, notes)
    beeping, rate = audio.read_wav(folder / "voicemail.wav")
    audio.write_wav(folder / "voicemail.wav", beeping + audio.silence(0.3) + audio.melody(_BEEP), rate)
    (folder / "music").mkdir(parents=True, exist_ok=True)
    audio.write_wav(folder / "music/calm.wav", audio.waiting_music(), audio.NARROW)
    stamp.write_text(json.dumps(wanted))


def _prompt(path: Path, text: str, notes: tuple[tuple[float, float], ...]) -> None:
    if espeak():
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            speak_to_file(text, path, speaker=Speaker())
            return
    audio.write_wav(path, audio.melody(notes), audio.NARROW)


def prepare_caller(folder: Path, voice: str) -> tuple[str, int, float]:
    """Make one simulated caller's sentences; return name, number of lines and seconds to pause between them.

    The whole talk lasts at least a minute and a half, so that there is time to answer, book and note.
    """
    name, script = script_for(voice)
    folder.mkdir(parents=True, exist_ok=True)
    spoken = 0.0
    for number, text in enumerate(script.lines, start=1):
        path = folder / f"{name}-{number}.wav16"  # Asterisk tells 16 kHz by this ending
        if not path.exists():
            _caller_line(path, script, text, number)
        spoken += audio.seconds(path)
    pause = max(4.0, (SHORTEST_TALK_SECONDS - spoken) / (len(script.lines) - 1))
    return name, len(script.lines), round(pause, 1)


def _caller_line(path: Path, script: Script, text: str, number: int) -> None:
    if espeak():
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            speak_to_file(text, path, speaker=script.speaker, rate=audio.WIDE)
            return
    # No voice on this machine: syllables of tone, as long as the sentence would be.
    samples = array("h")
    base = 180 + 3 * script.speaker.pitch
    for word_number, word in enumerate(text.split()):
        hertz = base * (1 + ((word_number * 5 + number) % 7) / 14)
        samples += audio.tone((hertz, 2 * hertz), 0.07 + 0.035 * len(word), rate=audio.WIDE)
        samples += audio.silence(0.06, rate=audio.WIDE)
    audio.write_wav(path, samples, audio.WIDE)
