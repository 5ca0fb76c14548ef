"""Write dates, hours, durations, telephone numbers and names as a French (or English) secretary reads them.

Every function follows the active language and takes values already in the zone to be shown.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

import phonenumbers
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

NARROW = "\u202f"  # narrow no-break space: inside French hours and before : ; ! ?
SECONDS_A_MINUTE, HOURS_A_DAY = 60, 24
COUNTED_IN_MONTHS_BELOW = 24
FRANCE = 33  # also the code of mainland numbers whose region the library does not know
# Countries whose numbers a French caller dials with a leading 0 and no international code.
FRENCH_REGIONS = frozenset({"FR", "MQ", "GP", "GF", "RE", "YT", "BL", "MF"})
SHORT_DAYS = {
    "fr": ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
LONG_DAYS = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
SHORT_MONTHS = {
    "fr": ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
LONG_MONTHS = {
    "fr": (
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ),
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
}


def language() -> str:
    """Return "fr" or "en", whichever is active."""
    return "en" if (translation.get_language() or "fr").startswith("en") else "fr"


def day_number(value: date) -> str:
    """Return the day of the month: "1er" on the first in French."""
    return "1er" if value.day == 1 and language() == "fr" else str(value.day)


def short_date(value: date, *, this_year: int) -> str:
    """Return "mar. 24 nov.", with the year when it is not this one."""
    lang = language()
    text = f"{SHORT_DAYS[lang][value.weekday()]} {day_number(value)} {SHORT_MONTHS[lang][value.month - 1]}"
    return text if value.year == this_year else f"{text} {value.year}"


def long_date(value: date) -> str:
    """Return "mardi 24 novembre 2026"."""
    lang = language()
    return f"{LONG_DAYS[lang][value.weekday()]} {day_number(value)} {LONG_MONTHS[lang][value.month - 1]} {value.year}"


def full_date(value: date, *, this_year: int) -> str:
    """Return "mardi 24 novembre", with the year when it is not this one."""
    text = long_date(value)
    return text.removesuffix(f" {value.year}") if value.year == this_year else text


def month(value: date) -> str:
    """Return "novembre 2026"."""
    return f"{LONG_MONTHS[language()][value.month - 1]} {value.year}"


def clock(value: time | datetime) -> str:
    """Return "14 h 30", "9 h" on the hour; "14:30" in English."""
    if language() == "en":
        return f"{value.hour:02d}:{value.minute:02d}"
    minutes = f"{NARROW}{value.minute:02d}" if value.minute else ""
    return f"{value.hour}{NARROW}h{minutes}"


def short_datetime(value: datetime, *, this_year: int) -> str:
    """Return "mar. 24 nov., 14 h 30"."""
    return f"{short_date(value, this_year=this_year)}, {clock(value)}"


def duration(value: timedelta | int) -> str:
    """Return "45 min", "1 h 20", "2 h", or "40 s" below a minute. An int counts minutes."""
    length = value if isinstance(value, timedelta) else timedelta(minutes=value)
    seconds = round(abs(length.total_seconds()))
    if seconds < SECONDS_A_MINUTE:
        return f"{seconds}{NARROW}s"
    hours, minutes = divmod(seconds // 60, 60)
    if not hours:
        return f"{minutes}{NARROW}min"
    if not minutes:
        return f"{hours}{NARROW}h"
    return f"{hours}{NARROW}h{NARROW}{minutes:02d}"


def stopwatch(value: timedelta | int) -> str:
    """Return "2:05" or "1:02:05". An int counts seconds."""
    seconds = int(value.total_seconds()) if isinstance(value, timedelta) else value
    minutes, seconds = divmod(max(seconds, 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def ago(value: datetime, *, now: datetime) -> str:
    """Return "à l’instant", "il y a 5 min", "il y a 3 h", then days."""
    elapsed = now - value
    if elapsed < timedelta(minutes=1):
        return _("à l’instant")
    if elapsed < timedelta(hours=1):
        return _("il y a %(duration)s") % {"duration": duration(elapsed)}
    hours = int(elapsed.total_seconds() // 3600)
    if hours < HOURS_A_DAY:
        return _("il y a %(duration)s") % {"duration": duration(timedelta(hours=hours))}
    days = elapsed.days
    return ngettext("il y a %(days)s jour", "il y a %(days)s jours", days) % {"days": days}


def relative_day(value: date, *, today: date) -> str:
    """Return "aujourd’hui", "demain", "hier", else the short date."""
    near = {0: _("aujourd’hui"), 1: _("demain"), -1: _("hier")}
    day = value.date() if isinstance(value, datetime) else value
    return near.get((day - today).days) or short_date(day, this_year=today.year)


def age(birth_date: date, *, today: date) -> str:
    """Return "43 ans", in months before two years, as one says it of a baby."""
    months = (today.year - birth_date.year) * 12 + today.month - birth_date.month
    months -= today.day < birth_date.day
    if months < COUNTED_IN_MONTHS_BELOW:
        return ngettext("%(months)s mois", "%(months)s mois", max(months, 0)) % {"months": max(months, 0)}
    return ngettext("%(years)s an", "%(years)s ans", months // 12) % {"years": months // 12}


def phone(value: str | None) -> str:
    """Return a number as it is dialled: "01 23 45 67 89", "0596 12 34 56", "+32 2 511 11 11".

    What cannot be read as a number comes back as it came, at most 32 characters of it.
    """
    text = str(value or "").strip()
    if not text:
        return _("Numéro masqué")
    try:
        parsed = phonenumbers.parse(text, "FR")
    except phonenumbers.NumberParseException:
        return text[:32]
    if not phonenumbers.is_possible_number(parsed):
        return text[:32]
    home = phonenumbers.region_code_for_number(parsed) in FRENCH_REGIONS or parsed.country_code == FRANCE
    form = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)


def person(value: Any) -> str:
    """Return "NOM Prénom" for anything that has a last (or used, or birth) name and first names."""
    last = (
        getattr(value, "used_name", "") or getattr(value, "birth_name", "") or getattr(value, "last_name", "")
    )
    first = getattr(value, "first_names", "") or getattr(value, "first_name", "")
    return f"{str(last).upper()} {_first(first)}".strip() or str(value)


def person_full(value: Any) -> str:
    """Return "NOM Prénom (né·e NOM DE NAISSANCE)" when the two names differ."""
    used, birth = getattr(value, "used_name", ""), getattr(value, "birth_name", "")
    if not used or not birth or used.casefold() == birth.casefold():
        return person(value)
    born = {"M": _("né"), "F": _("née")}.get(str(getattr(value, "sex", "")).upper()[:1], _("né·e"))
    return f"{person(value)} ({born} {birth.upper()})"


def initials(name: str) -> str:
    """Return up to two letters: "Mme Awa Diallo" gives AD."""
    words = [
        w
        for w in name.replace("-", " ").split()
        if w.rstrip(".").lower() not in {"mme", "m", "dr", "mr", "mrs", "ms"}
    ]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def _first(names: Any) -> str:
    text = names if isinstance(names, str) else " ".join(names)
    return text.split(",")[0].strip()
