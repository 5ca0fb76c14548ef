"""Read a week as a secretary writes it: "lun-ven 9h-12h / 14h-19h, sam 9-12"."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time

_DAYS = {
    "lun": 0, "mar": 1, "mer": 2, "jeu": 3, "ven": 4, "sam": 5, "dim": 6,
    "mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6,
}  # fmt: skip
_RANGES = {"-", "–", "—", "a", "au", "to", "until"}
_IGNORED = {"", "et", "and", "puis", "de", "du", "le", "les", "from", "the", "chaque", "h", "on"}
_TOKEN = re.compile(r"(\d{1,2})(?:\s*[h:]\s*(\d{2}(?!\s*h))?)?|([^\W\d_]+)|([-–—])|([^\s,;/+.&\n])")
_STEP_MINUTES, _LAST_HOUR, _HOUR_MINUTES = 5, 24, 60


class WeekNotUnderstood(Exception):
    """A word of the text says nothing about days or hours; `word` is what it was."""

    def __init__(self, word: str) -> None:
        """Keep the word, for the sentence."""
        super().__init__(word)
        self.word = word


@dataclass(frozen=True, slots=True, order=True)
class WeekSpan:
    """Open on a weekday (0 = Monday) from a time to a time; `ends <= starts` goes past midnight."""

    weekday: int
    starts: time
    ends: time


def read_week(text: str) -> list[WeekSpan]:
    """Give the openings that the text names, in order of the week, each once.

    Days come before their hours; hours come in pairs; anything between is decoration. Raises `WeekNotUnderstood`
    with the first word that makes no sense, or with the whole text when days or hours are missing.
    """
    found: set[WeekSpan] = set()
    days: list[int] = []
    hours: list[time] = []
    for kind, value in _tokens(text):
        if kind == "day" and hours:
            found.update(_spans(days, hours, text))
            days, hours = [], []
        if kind == "day":
            days.append(int(value))
        elif kind == "days":
            first = days[-1]
            days += [(first + step) % 7 for step in range(1, (int(value) - first) % 7 + 1)]
        else:
            hours.append(_time(value))
    found.update(_spans(days, hours, text))
    return sorted(found)


def read_hours(text: str) -> list[tuple[time, time]]:
    """Give the hours of one day, "9h-12h / 14h-17h", in order. Raises `WeekNotUnderstood`."""
    return [(span.starts, span.ends) for span in read_week(f"lun {text}")]


def _spans(days: list[int], hours: list[time], text: str) -> Iterator[WeekSpan]:
    if not days or not hours or len(hours) % 2:
        raise WeekNotUnderstood(text.strip())
    for day in days:
        for starts, ends in zip(hours[::2], hours[1::2], strict=True):
            if starts == ends:
                raise WeekNotUnderstood(text.strip())
            yield WeekSpan(day, starts, ends)


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """Yield ("day", "0"), ("days", "4") for the end of a run of days, ("hour", "9:30")."""
    last, dash = "", False
    for match in _TOKEN.finditer(_plain(text)):
        hour, minutes, word, stroke, other = match.groups()
        if hour is not None:
            yield "hour", f"{hour}:{minutes or '00'}"
            last, dash = "hour", False
        elif stroke is not None or word in _RANGES:
            dash = True
        elif word is not None and (day := _day(word)) is not None:
            yield ("days" if dash and last == "day" else "day"), str(day)
            last, dash = "day", False
        elif other is not None or word not in _IGNORED:
            raise WeekNotUnderstood(str(other or word))


def _day(word: str) -> int | None:
    whole = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
    english = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    names = (*whole, *english, *(f"{name}s" for name in whole))
    known = _DAYS.get(word[:3])
    is_day = known is not None and (word in _DAYS or any(name.startswith(word) for name in names))
    return known if is_day else None


def _time(text: str) -> time:
    hour, minute = (int(part) for part in text.split(":"))
    if hour == _LAST_HOUR and minute == 0:
        return time(0)
    if hour >= _LAST_HOUR or minute >= _HOUR_MINUTES or minute % _STEP_MINUTES:
        raise WeekNotUnderstood(text)
    return time(hour, minute)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in folded if not unicodedata.combining(letter))
