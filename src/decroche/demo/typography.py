"""French typography for the words of the demo world, and its dates in full."""

import datetime as dt
import re

_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_NARROW = "\u202f"


def typeset(text: str) -> str:
    """Curl the apostrophes and set narrow no-break spaces where French wants them."""
    text = text.replace("'", "’")
    text = re.sub(r" ([;:!?»%€])", _NARROW + r"\1", text)
    text = text.replace("« ", "«" + _NARROW)
    text = re.sub(r"(\d) h(?=[ \u202f.,;)-]|$)", r"\1" + _NARROW + "h", text)
    return re.sub(_NARROW + r"h (\d\d)\b", _NARROW + "h" + _NARROW + r"\1", text)


def day(date: dt.date) -> str:
    """Return "mardi 24 novembre"."""
    number = "1er" if date.day == 1 else str(date.day)
    return f"{_DAYS[date.weekday()]} {number} {_MONTHS[date.month - 1]}"
