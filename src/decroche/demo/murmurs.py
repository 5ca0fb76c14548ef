"""Make a sound that stands for a conversation: two voices hum in turn, nobody says a word."""

import math
import wave
from array import array
from pathlib import Path
from random import Random

_RATE = 8000
_VOICES = ((196.0, 2.0), (118.0, 3.0))  # pitch and brightness: who answers, who calls
_SYLLABLE = 0.18  # seconds
_LOUD = 5200


def write_murmur(path: Path, seconds: int, dice: Random) -> None:
    """Write ``seconds`` of it as telephones carry sound: mono, 16 bits, 8 kHz."""
    syllables = [[_syllable(pitch * bend, bright) for bend in (0.94, 1.0, 1.08)] for pitch, bright in _VOICES]
    pause = array("h", bytes(2 * int(_RATE * _SYLLABLE)))
    samples, speaker = array("h"), 0
    while len(samples) < seconds * _RATE:
        for _ in range(dice.randint(5, 16)):
            samples += pause if dice.random() < 0.18 else dice.choice(syllables[speaker])
        samples += pause * dice.randint(1, 3)
        speaker = 1 - speaker
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(samples[: seconds * _RATE].tobytes())


def _syllable(pitch: float, bright: float) -> "array[int]":
    """Return one hum that swells and fades: a few harmonics of a pitch."""
    count = int(_RATE * _SYLLABLE)
    return array(
        "h",
        (
            int(
                _LOUD
                * math.sin(math.pi * n / count) ** 2
                * sum(math.sin(2 * math.pi * pitch * k * n / _RATE) / k**bright for k in (1, 2, 3, 4))
                / 2
            )
            for n in range(count)
        ),
    )
