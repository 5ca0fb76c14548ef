"""The words of time, French first and the plain English ones, as patterns over plain lower-case letters; and what they can ask. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, time

#: An hour below this one is the afternoon’s, unless the morning is named: practices see nobody at three at night.
AFTERNOON_BEFORE = 6
_NUMBERS = "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
NUMBER_WORDS = {word: str(number) for number, word in enumerate(_NUMBERS.split())} | {
    "vingt": "20",
    "trente": "30",
}
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "lundis? lun mondays? mon",
            "mardis? mar tuesdays? tue",
            "mercredis? mer wednesdays? wed",
            "jeudis? jeu thursdays? thu",
            "vendredis? ven fridays? fri",
            "samedis? sam saturdays? sat",
            "dimanches? dim sundays? sun",
        )
    )
    for name in names.split()
}
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv? january",
            "fevrier fevr? february feb",
            "mars march",
            "avril avr april apr",
            "mai may",
            "juin june",
            "juillet juil july",
            "aout august aug",
            "septembre september sept?",
            "octobre october oct",
            "novembre november nov",
            "decembre december dec",
        ),
        start=1,
    )
    for name in names.split()
}
DAY_NAME = r"(?P<weekday>" + "|".join(sorted(WEEKDAYS, key=len, reverse=True)) + r")\b\.?"
MONTH = r"(?P<month>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
CLOCK = (
    r"(?P<hour>[01]?\d|2[0-4])\s*(?:h(?:eures?|rs?)?\b|h(?=\d)|:)\s*(?P<minute>[0-5]\d)?"
    r"(?P<part>\s*(?:et\s+demie?|et\s+quart|moins\s+(?:le\s+)?quart))?"
    r"(?P<of>\s*(?:du\s+matin|de\s+l'\s*apres[\s-]?midi|du\s+soir|am\b|pm\b))?"
    r"|(?P<hour2>1[0-2]|0?[1-9])(?:[.:](?P<minute2>[0-5]\d))?\s*(?P<of2>am|pm)\b"
    r"|(?<!apres[\s-])\b(?P<noon>midi|noon)\b(?P<part2>\s+et\s+demie?|\s+et\s+quart|\s+moins\s+(?:le\s+)?quart)?"
)
_SMALL_WORDS = """le la les l de du des d un une a au aux et ou vers pour en ce cet cette possible si dispo disponible rdv
    rendez vous jour jours date heure heures avec docteur dr chez on the at in or and for with plutot prochain prochaine
    next svp environ autour est c debut"""
STOP = frozenset(_SMALL_WORDS.split())


def plain_text(text: str) -> str:
    """Lower case, no accents, figures for the small numbers."""
    folded = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("’", "'"))
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    plain = re.sub(r"\bune?(?=\s+(?:jour|semaine|mois|quinzaine))", "1", re.sub(r"[\s,;?!]+", " ", plain))
    return re.sub(
        r"[a-z]+",
        lambda word: NUMBER_WORDS.get(word.group(), word.group()) if word.group() != "un" else "un",
        plain,
    )


def clock_of(match: re.Match[str]) -> time | None:
    """Give the time that a `CLOCK` match says; small hours are the afternoon's, unless the morning is named."""
    groups = match.groupdict()
    if groups["noon"]:
        hour, minute, of = 12, 0, ""
    else:
        hour = int(groups["hour"] or groups["hour2"])
        minute = int(groups["minute"] or groups["minute2"] or 0)
        of = (groups["of"] or groups["of2"] or "").strip()
    part = groups["part"] or groups["part2"] or ""
    minute += 30 if "demi" in part else 15 if "et" in part else -15 if "moins" in part else 0
    written = groups["hour"] or ""
    is_morning = "matin" in of or of == "am" or written.startswith("0")
    if (of and not is_morning and hour < 12) or (not of and not is_morning and 1 <= hour < AFTERNOON_BEFORE):  # noqa: PLR2004
        hour += 12
    if of == "am" and hour == 12:  # noqa: PLR2004
        hour = 0
    total = (hour * 60 + minute) % 1440
    return time(total // 60, total % 60)


@dataclass(slots=True)
class Wanted:
    """What a caller asked for; whatever is None was not said."""

    day: date | None = None
    at: time | None = None
    since: date | None = None
    until: date | None = None
    around: date | None = None
    weekdays: tuple[int, ...] = ()
    after: time | None = None
    before: time | None = None
    #: The weekday that was said, where it is not the one of the date that was said.
    wrong_weekday: int | None = None
    rest: tuple[str, ...] = ()

    @property
    def is_exact(self) -> bool:
        """Tell whether one moment was named."""
        return self.day is not None and self.at is not None

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing about time was understood."""
        said = (self.day, self.at, self.since, self.until, self.around, self.after, self.before)
        return not self.weekdays and all(each is None for each in said)
