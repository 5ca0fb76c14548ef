"""Make and convert sound in plain Python: tones, waiting music, resampling. Mono, 16 bits."""

import math
import wave
from array import array
from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import mul
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    Samples = array[int]
else:
    Samples = array  # Python 3.11's arrays cannot be subscripted

NARROW: Final = 8000  # what a telephone carries
WIDE: Final = 16000
_HALF_TAPS: Final = 8
_LOUDEST: Final = 32767


def read_wav(path: Path) -> tuple[Samples, int]:
    """Return samples and rate of a mono 16-bit file. A header with a made-up length (as pipes have) is tolerated."""
    with wave.open(str(path), "rb") as file:
        samples = array("h", file.readframes(file.getnframes()))
        return samples, file.getframerate()


def write_wav(path: Path, samples: Iterable[int], rate: int) -> None:
    """Write the file all at once, so that nobody ever plays half of it."""
    fresh = path.with_name(f".{path.name}.new")
    with wave.open(str(fresh), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(array("h", samples).tobytes())
    fresh.replace(path)


def seconds(path: Path) -> float:
    """Return how long a WAV file lasts, by its size: the header of a cut recording may lie."""
    with wave.open(str(path), "rb") as file:
        rate = file.getframerate() * file.getsampwidth() * file.getnchannels()
    return max(0.0, (path.stat().st_size - 44) / rate)


@lru_cache(maxsize=8)
def _taps(source: int, target: int) -> tuple[tuple[float, ...], ...]:
    """Return one windowed-sinc low-pass filter for each phase between the two rates."""
    phases = target // math.gcd(source, target)
    cutoff = 0.92 * min(1.0, target / source)
    table = []
    for phase in range(phases):
        offset = (phase * source / target) % 1.0
        row = []
        for tap in range(-_HALF_TAPS, _HALF_TAPS + 1):
            x = tap - offset
            window = 0.5 + 0.5 * math.cos(math.pi * x / (_HALF_TAPS + 1))
            row.append(
                cutoff * window * (math.sin(math.pi * cutoff * x) / (math.pi * cutoff * x) if x else 1.0)
            )
        total = sum(row)
        table.append(tuple(value / total for value in row))
    return tuple(table)


def resample(samples: Sequence[int], source: int, target: int) -> Samples:
    """Convert between rates with a polyphase filter (about 1 µs a sample)."""
    if source == target:
        return array("h", samples)
    table = _taps(source, target)
    phases, width = len(table), 2 * _HALF_TAPS + 1
    padded = array("h", [0] * _HALF_TAPS) + array("h", samples) + array("h", [0] * (_HALF_TAPS + 1))
    out = array("h")
    for n in range(len(samples) * target // source):
        start = n * source // target
        value = sum(map(mul, table[n % phases], padded[start : start + width]))
        out.append(int(max(-_LOUDEST, min(_LOUDEST, value))))
    return out


def tone(
    frequencies: Sequence[float], duration: float, *, rate: int = NARROW, level: float = 0.25
) -> Samples:
    """Return a soft-edged sum of sines."""
    count, edge = int(duration * rate), int(0.012 * rate)
    scale = level * _LOUDEST / len(frequencies)
    steps = [2 * math.pi * f / rate for f in frequencies]
    out = array("h")
    for n in range(count):
        fade = min(1.0, n / edge, (count - n) / edge)
        out.append(int(scale * fade * sum(math.sin(step * n) for step in steps)))
    return out


def silence(duration: float, *, rate: int = NARROW) -> Samples:
    return array("h", bytes(2 * int(duration * rate)))


def melody(notes: Sequence[tuple[float, float]], *, rate: int = NARROW) -> Samples:
    """Return notes (hertz, seconds) one after the other; 0 hertz is a rest."""
    out = array("h")
    for hertz, lasts in notes:
        out += tone((hertz, hertz * 2), lasts, rate=rate) if hertz else silence(lasts, rate=rate)
    return out


_BAR_SECONDS: Final = 6.0
# Slow, open chords (F, C, A minor, G), as MIDI notes: a pad below, bells above.
_BARS: Final = (
    ((53, 60, 64), (72, 76, 79, 81, 79, 76)),
    ((55, 60, 64), (76, 79, 84, 79, 76, 72)),
    ((57, 60, 64), (72, 76, 81, 79, 76, 72)),
    ((55, 59, 62), (74, 79, 83, 79, 74, 71)),
    ((53, 57, 64), (69, 72, 76, 79, 76, 72)),
    ((52, 60, 67), (72, 76, 79, 76, 72, 67)),
    ((50, 57, 65), (69, 74, 77, 81, 77, 74)),
    ((55, 59, 65), (71, 74, 79, 77, 74, 71)),
)


def _hertz(note: int) -> float:
    return float(440.0 * 2 ** ((note - 69) / 12))


def _bell(note: int, rate: int) -> list[float]:
    """Return a soft bell: a sine and its octave, dying away."""
    step = 2 * math.pi * _hertz(note) / rate
    return [
        math.exp(-n / rate / 0.7)
        * min(1.0, n / (0.02 * rate))
        * (math.sin(step * n) + 0.18 * math.sin(2 * step * n))
        for n in range(int(2.2 * rate))
    ]


def _pad(notes: Sequence[int], rate: int) -> list[float]:
    steps = [2 * math.pi * _hertz(note) / rate for note in notes]
    count = int((_BAR_SECONDS + 1.5) * rate)
    swell = 1.5 * rate
    return [
        min(1.0, n / swell, (count - n) / swell) * sum(math.sin(step * n) for step in steps) / len(steps)
        for n in range(count)
    ]


def waiting_music(rate: int = NARROW) -> Samples:
    """Compose 48 seconds of calm that loop without a seam."""
    length = int(_BAR_SECONDS * len(_BARS) * rate)
    mix = [0.0] * length

    def add(sound: Sequence[float], at: int, level: float) -> None:
        for n, value in enumerate(sound, start=at):
            mix[n % length] += level * value

    for number, (pad, bells) in enumerate(_BARS):
        start = int(number * _BAR_SECONDS * rate)
        add(_pad(pad, rate), start, 0.16)
        for beat, note in enumerate(bells):
            add(_bell(note, rate), start + int(beat * rate), 0.12)
    return array("h", (int(_LOUDEST * 0.6 * max(-1.0, min(1.0, value))) for value in mix))
