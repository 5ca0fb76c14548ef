"""Read people, dates, times and durations as French agendas write them. Pure."""
# ruff: noqa: PLR2004

import re
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from decroche.interop.domain.lines import Person
from decroche.kernel.names import normalised
from decroche.patients.domain.birth_dates import MONTHS, OLDEST_AGE

_CIVILITIES: Final = frozenset(
    {
        "m",
        "mr",
        "mme",
        "mlle",
        "mle",
        "monsieur",
        "madame",
        "mademoiselle",
        "enfant",
        "bebe",
        "mrs",
        "ms",
        "patient",
        "patiente",
    }
)
#: Words that say that nobody is received; whole words of a title, accents folded.
_AWAY: Final = frozenset(
    {
        "absence", "absent", "absente", "conge", "conges", "vacances", "ferie", "ferme", "fermeture", "formation", "reunion",
        "rtt", "indisponible", "indispo", "dejeuner", "pause", "repas", "maladie", "occupe", "busy", "lunch", "holiday",
        "holidays", "vacation", "meeting", "out", "office", "conference", "colloque", "seminaire", "garde", "off", "bloque",
        "reserve", "administratif", "staff", "deplacement", "domicile", "ne", "pas", "prendre", "congres", "ecole", "rappel",
    }
)  # fmt: skip
_DATE: Final = re.compile(r"(?<![\d/.-])(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?![\d/-])")
_ISO_DATE: Final = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_SPELLED: Final = re.compile(r"(\d{1,2})(?:er)?\s+([a-z]{3,9})\.?\s+(\d{4}|\d{2})(?!\d)")
_TIME: Final = re.compile(r"^(\d{1,2})\s*(?:[h:.]\s*(\d{2})?)?(?::(\d{2}))?\s*(am|pm)?$")
_PHONE: Final = re.compile(r"(?<![\d/])(?:\+\d{2,3}[\s.]?|0)\d(?:[\s.-]?\d){7,9}(?!\d)")
_BRACKETS: Final = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_BREAKS: Final = re.compile(r"\s+[-–—|/]\s+|\s*[:;|\n]\s*|\s*\u2022\s*")
_BORN: Final = re.compile(r"\bne(?:\(e\)|e)?s?\b(?:\s+le)?|\bddn\b|\bdob\b", re.IGNORECASE)
_LETTERS: Final = re.compile(r"^[^\W\d_][^\W\d_'’.-]*(?:[-'’.][^\W\d_]*)*$")
_MOST_NAME_WORDS = 6


def day_of(text: str, *, month_first: bool = False) -> date | None:
    """Read a date: 24/11/2026, 2026-11-24, 24 nov. 2026; two-digit years are of this century."""
    plain = normalised_date(text)
    if found := _ISO_DATE.search(plain):
        return _date(found.group(1), found.group(2), found.group(3))
    if found := _DATE.search(plain):
        first, second, year = found.groups()
        day, month = (second, first) if month_first else (first, second)
        return _date(year, month, day)
    if found := _SPELLED.search(plain):
        month = MONTHS.get(found.group(2))
        return _date(found.group(3), str(month), found.group(1)) if month else None
    return None


def birth_day_of(text: str, *, today: date, month_first: bool = False) -> date | None:
    """Read a birth date: as `day_of`, but never one to come."""
    found = day_of(text, month_first=month_first)
    if found is not None and found > today and found.year < today.year + 100:
        # Two digits said this century; a 29 February may not exist in the other one.
        found = _date(str(found.year - 100), str(found.month), str(found.day))
    return found if found is None or today.year - found.year <= OLDEST_AGE else None


def time_of(text: str) -> time | None:
    """Read a time of day: 9h30, 09:30, 14 h, 9:30 PM, 1430."""
    plain = normalised_date(text).strip()
    if re.fullmatch(r"\d{4}", plain):
        plain = f"{plain[:2]}:{plain[2:]}"
    found = _TIME.match(plain)
    if not found or (plain.isdigit() and len(plain) > 2):
        return None
    hour, minute, half = int(found.group(1)), int(found.group(2) or 0), found.group(4)
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        return None


def moment_of(text: str, *, zone: ZoneInfo, month_first: bool = False) -> datetime | date | None:
    """Read a date with its time if it has one; without an offset it is the zone's wall clock."""
    plain = text.strip()
    try:
        exact = datetime.fromisoformat(plain) if "T" in plain[8:] or len(plain) > 18 else None
    except ValueError:
        exact = None
    if exact is not None:
        return exact.replace(tzinfo=zone) if exact.tzinfo is None else exact.astimezone(zone)
    day = day_of(plain, month_first=month_first)
    if day is None:
        return None
    rest = _SPELLED.sub("", _DATE.sub("", _ISO_DATE.sub("", normalised_date(plain))))
    clock = time_of(
        re.sub(r"\b(?:a|de|le|t|lun|mar|mer|jeu|ven|sam|dim|[a-z]+di|dimanche)\b\.?|,", " ", rest).strip()
    )
    return datetime.combine(day, clock, tzinfo=zone) if clock else day


def length_of(text: str) -> timedelta | None:
    """Read a duration: 30, 30 min, 1h, 1h30, 0:45, 00:30:00."""
    plain = normalised_date(text).strip()
    if found := re.fullmatch(r"(\d{1,3})\s*(?:m|mn|min|mins|minutes?|')?\.?", plain):
        return timedelta(minutes=int(found.group(1))) or None
    if found := re.fullmatch(
        r"(\d{1,2})\s*(?:h|:|heures?)\s*(\d{2})?(?::\d{2})?\s*(?:m|mn|min|minutes)?", plain
    ):
        return timedelta(hours=int(found.group(1)), minutes=int(found.group(2) or 0)) or None
    return None


def status_of(text: str) -> str:
    """Read what became of an appointment; empty when it is still to come or is not said."""
    plain = normalised(text)
    if "non excuse" in plain:
        return "no_show"
    if any(word in plain for word in ("annul", "cancel", "supprim", "excuse", "decommand", "reporte")):
        return "cancelled"
    if any(
        word in plain
        for word in ("absent", "non venu", "no show", "noshow", "lapin", "pas venu", "non honore")
    ):
        return "no_show"
    if (
        any(word in plain for word in ("honore", "venu", "termin", "present", " vu", "done", "facture"))
        or plain == "vu"
    ):
        return "done"
    return ""


def says_away(title: str) -> bool:
    """Tell whether a title says that nobody is received then."""
    words = set(normalised(title).split())
    return bool(words & _AWAY) or not words


def person_of(title: str, notes: str = "", *, today: date) -> tuple[Person | None, str]:
    """Read whom a title is about, and what remains of it (perhaps the visit type).

    Born dates and telephone numbers are sought in `notes` too. None when the title names nobody.
    """
    everything = f"{title}\n{notes}"
    phone = _PHONE.search(everything)
    without_phone = _PHONE.sub(" ", everything)
    born = next(
        (
            day
            for each in _dates_in(without_phone)
            if (day := birth_day_of(each, today=today)) is not None and day < today
        ),
        None,
    )
    bare = _ISO_DATE.sub(" ", _DATE.sub(" ", _PHONE.sub(" ", title)))
    insides = " ".join(part.strip("()[]") for part in _BRACKETS.findall(bare))
    parts = [part.strip(" ,.-–") for part in _BREAKS.split(_BRACKETS.sub(" ", bare))]
    for number, part in enumerate(parts):
        if (names := split_name(part)) is not None:
            rest = " ".join([*parts[:number], *parts[number + 1 :], insides]).strip()
            return Person(*names, born, phone.group(0) if phone else ""), rest
    return None, bare.strip()


def split_name(text: str) -> tuple[str, str] | None:
    """Split "DUPONT Jean", "Jean DUPONT", "Dupont, Jean" or "Mme Marie Dupont" in last name and first names.

    Written alike, the last name comes first, as French agendas do. None when the words are nobody's name.
    """
    text = _BORN.sub(" ", text).strip()
    if says_away(text):
        return None
    if text.count(",") == 1:
        last, first = (_words(part) for part in text.split(","))
        return (" ".join(last), " ".join(first)) if last and first and _are_names([*last, *first]) else None
    words = _words(text)
    if not 2 <= len(words) <= _MOST_NAME_WORDS or not _are_names(words):
        return None
    loud = [word for word in words if _is_loud(word)]
    if loud and len(loud) < len(words):
        # The particle of "DE LA Tour" or "de LATOUR" goes with what follows it.
        return " ".join(loud), " ".join(word for word in words if word not in loud)
    particles = next((n for n, word in enumerate(words) if normalised(word) not in _PARTICLES), 0)
    cut = min(particles + 1, len(words) - 1)
    return " ".join(words[:cut]), " ".join(words[cut:])


_PARTICLES: Final = frozenset(
    {"de", "du", "des", "le", "la", "van", "von", "ben", "el", "d", "da", "di", "al"}
)


def _words(text: str) -> list[str]:
    return [
        word
        for word in text.replace(".", ". ").split()
        if normalised(word) not in _CIVILITIES and word != "."
    ]


def _are_names(words: list[str]) -> bool:
    return all(
        _LETTERS.match(word) and (word[:1].isupper() or normalised(word) in _PARTICLES) for word in words
    ) and any(len(word) > 1 for word in words)


def _is_loud(word: str) -> bool:
    return len(word) > 1 and word.upper() == word and any(c.isalpha() for c in word)


def _dates_in(text: str) -> list[str]:
    return [match.group(0) for pattern in (_ISO_DATE, _DATE) for match in pattern.finditer(text)]


def normalised_date(text: str) -> str:
    """Fold case, accents and exotic spaces, but keep what makes a date one."""
    plain = text.replace("\u202f", " ").replace("\u00a0", " ").replace("\u200e", "")
    return "".join(normalised(c) or c for c in plain.casefold())


def _date(year: str, month: str, day: str) -> date | None:
    whole = int(year) if len(year) == 4 else 2000 + int(year)
    try:
        return date(whole, int(month), int(day))
    except ValueError:
        return None
