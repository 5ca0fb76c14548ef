"""Read a time as a caller says it: "mardi 10h30", "24/11 10:30", "demain 9h", "après le 3 mars, le matin". Pure.

French first; the plain English words too, since the screen speaks both. What could not be read is given back in
`rest` (a practitioner's name, perhaps), never guessed at.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from decroche.scheduling.domain.wishes import NOON
from decroche.scheduling.web.typed_words import (
    AFTERNOON_BEFORE,
    CLOCK,
    DAY_NAME,
    MONTH,
    MONTHS,
    STOP,
    WEEKDAYS,
    Wanted,
    clock_of,
    plain_text,
)

#: Where the engine cuts the day in two; "midi" is a time of the clock and stays twelve.
_NOON, _EVENING = time(*divmod(NOON, 60)), time(17)
_WEEK = timedelta(days=7)
_FAR_DAYS = 366
#: What is longer is not a time.
LONGEST = 80


@dataclass(slots=True)
class _Reading:
    """A text being read: what is left of it, and what it said so far."""

    text: str
    now: datetime
    found: Wanted = field(default_factory=Wanted)
    named: list[int] = field(default_factory=list)
    excluded: list[int] = field(default_factory=list)
    weeks_on: int = 0
    strictly_after: bool = False

    @property
    def today(self) -> date:
        return self.now.date()

    def take(self, pattern: str, use: Callable[["_Reading", re.Match[str]], bool | None]) -> None:
        """Let `use` have each match; one that it declines (False) stays in the text."""

        def consume(match: re.Match[str]) -> str:
            return match.group(0) if use(self, match) is False else " "

        self.text = re.sub(pattern, consume, self.text)


def read(text: str, *, now: datetime) -> Wanted:
    """Understand `text`, said at `now` on the practice's wall clock (only its date and time of day are used)."""
    reading = _Reading(plain_text(text[:LONGEST]), now)
    for pattern, use in _RULES:
        reading.take(pattern, use)
    _conclude(reading)
    words = re.findall(r"[a-z][a-z'-]+|\d\S*", reading.text)
    reading.found.rest = tuple(word for word in words if word not in STOP)
    return reading.found


# --- days ------------------------------------------------------------------------------------------------------------


def _number_of(table: dict[str, int], name: str) -> int:
    return next(number for pattern, number in table.items() if re.fullmatch(pattern, name))


def _date(reading: _Reading, day: int, month: int | None = None, year: int | None = None) -> date | None:
    """Give the day named: of this year unless it is well past, then of the next; of this month or the next ones."""
    today = reading.today
    if year is not None:
        return _real(year + 2000 if year < 100 else year, month or today.month, day)  # noqa: PLR2004
    if month is not None:
        this_year = _real(today.year, month, day)
        return (
            this_year if this_year and this_year >= today else _real(today.year + 1, month, day) or this_year
        )
    for ahead in range(13):
        years, month0 = divmod(today.month - 1 + ahead, 12)
        found = _real(today.year + years, month0 + 1, day)
        if found is not None and found >= today:
            return found
    return None


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _relation(found: Wanted, relation: str | None, day: date) -> None:
    """File a day under what was said of it: from then on, by then, around then, or that very day."""
    words = (relation or "").strip()
    if re.match(r"apres|after", words):
        found.since = day + timedelta(days=1)
    elif re.match(r"(?:a )?partir|des|depuis|from|since", words):
        found.since = day
    elif re.match(r"avant|before", words):
        found.until = day - timedelta(days=1)
    elif re.match(r"d'ici|jusqu|by|until", words):
        found.until = day
    elif re.match(r"autour|vers|aux alentours|around", words):
        found.around = day
    else:
        found.day = day


_RELATION = (
    r"(?P<relation>\b(?:apres|after|a partir|partir|des|depuis|from|since|avant|before|d'ici|jusqu'?|by|until|autour"
    r"|aux alentours|vers|around)\s*(?:du|de|le|au|a|the)?\s+)?(?:le\s+|du\s+|the\s+)?"
)


def _full_date(reading: _Reading, match: re.Match[str]) -> bool:
    groups = match.groupdict()
    month = groups.get("month")
    number = int(month) if month and month.isdigit() else _number_of(MONTHS, month) if month else None
    year = groups.get("year")
    found = _date(reading, int(groups["day"]), number, int(year) if year else None)
    if found is None:
        return False
    said = groups.get("weekday")
    if said and _number_of(WEEKDAYS, said) != found.weekday():
        reading.found.wrong_weekday = _number_of(WEEKDAYS, said)
    _relation(reading.found, groups.get("relation"), found)
    return True


def _week_of(reading: _Reading, match: re.Match[str]) -> bool:
    found = _date(reading, int(match["day"]), _number_of(MONTHS, match["month"]) if match["month"] else None)
    if found is None:
        return False
    monday = found - timedelta(days=found.weekday())
    reading.found.since, reading.found.until = max(monday, reading.today), monday + timedelta(days=6)
    return True


def _day_of_month(reading: _Reading, match: re.Match[str]) -> bool:
    """Read "le 24", and "mardi 24" where a coming 24th is a Tuesday; else the number may be an hour."""
    day, said = int(match["day"]), match.groupdict().get("weekday")
    if not 1 <= day <= 31:  # noqa: PLR2004
        return False
    if said is None:
        return _full_date(reading, match)
    weekday = _number_of(WEEKDAYS, said)
    first = _date(reading, day)
    for ahead in range(3):
        years, month0 = divmod(reading.today.month - 1 + ahead, 12)
        found = _real(reading.today.year + years, month0 + 1, day)
        if found and found >= reading.today and found.weekday() == weekday:
            _relation(reading.found, match["relation"], found)
            return True
    if day < 8 or day > 19:  # noqa: PLR2004 — no hour of a practice: the date counts, the weekday was a slip
        reading.found.wrong_weekday = weekday
        _relation(reading.found, match["relation"], first or reading.today)
        return True
    reading.named.append(weekday)
    reading.found.at = time(day)
    return True


def _in_so_long(reading: _Reading, match: re.Match[str]) -> None:
    count, unit = int(match["count"]), match["unit"]
    if unit.startswith(("j", "d")):
        reading.found.day = reading.today + timedelta(days=min(count, _FAR_DAYS))
        if count >= 14:  # noqa: PLR2004 — "dans quinze jours" is about then
            reading.found.day, reading.found.around = None, reading.found.day
        return
    days = count * (7 if unit.startswith(("s", "w")) else 30)
    reading.found.around = reading.today + timedelta(days=min(days, _FAR_DAYS))


def _in_a_fortnight(reading: _Reading, match: re.Match[str]) -> None:
    del match
    reading.found.around = reading.today + 2 * _WEEK


def _next_week(reading: _Reading, match: re.Match[str]) -> None:
    del match
    monday = reading.today - timedelta(days=reading.today.weekday()) + _WEEK
    reading.found.since, reading.found.until = monday, monday + timedelta(days=6)


def _this_week(reading: _Reading, match: re.Match[str]) -> None:
    del match
    reading.found.since = reading.today
    reading.found.until = reading.today + timedelta(days=6 - reading.today.weekday())


def _next_month(reading: _Reading, match: re.Match[str]) -> None:
    del match
    years, month0 = divmod(reading.today.month, 12)
    first = date(reading.today.year + years, month0 + 1, 1)
    following = first + timedelta(days=31)
    reading.found.since, reading.found.until = first, following.replace(day=1) - timedelta(days=1)


def _part_of_month(reading: _Reading, match: re.Match[str]) -> bool:
    """Read "début mars", "mi-mars", "fin mars", "en mars"."""
    month = _number_of(MONTHS, match["month"])
    first = _real(reading.today.year, month, 1)
    if first is None:
        return False
    if month < reading.today.month:
        first = first.replace(year=first.year + 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    part = match["part"].strip(" -")
    bounds = {"debut": (1, 10), "mi": (11, 20), "fin": (21, 31)}.get(part, (1, 31))
    since = max(first.replace(day=bounds[0]), reading.today)
    reading.found.since, reading.found.until = since, min(first.replace(day=min(bounds[1], last.day)), last)
    return True


def _on(days: int) -> Callable[[_Reading, re.Match[str]], None]:
    def use(reading: _Reading, match: re.Match[str]) -> None:
        _relation(reading.found, match.groupdict().get("relation"), reading.today + timedelta(days=days))

    return use


def _soon(reading: _Reading, match: re.Match[str]) -> None:
    del match
    reading.found.since = reading.today


def _weekday(reading: _Reading, match: re.Match[str]) -> None:
    number = _number_of(WEEKDAYS, match["weekday"])
    relation = (match["relation"] or "").strip()
    tail = match["tail"] or ""
    if relation:
        ahead = (number - reading.today.weekday()) % 7 or 7
        _relation(reading.found, relation, reading.today + timedelta(days=ahead))
        return
    if match["not"]:
        reading.excluded.append(number)
        return
    reading.named.append(number)
    reading.weeks_on = {"8": 1, "15": 2}.get(tail.strip().removeprefix("en").strip(), 0)
    reading.strictly_after = "prochain" in tail or "next" in (match["next"] or "")


# --- times -----------------------------------------------------------------------------------------------------------


def _at(reading: _Reading, match: re.Match[str]) -> None:
    found = clock_of(match)
    relation = (match["when"] or "").strip()
    if re.match(r"apres|a partir|partir|des|after|from", relation):
        reading.found.after = found
    elif re.match(r"avant|before", relation):
        reading.found.before = found
    else:
        reading.found.at = found


def _between(reading: _Reading, match: re.Match[str]) -> bool:
    hours = [12 if name == "midi" else int(name) for name in (match["low"], match["high"])]
    minutes = [int(match["low_minute"] or 0), int(match["high_minute"] or 0)]
    if hours[1] <= hours[0] and hours[1] < AFTERNOON_BEFORE + 2:
        hours[1] += 12
    if not all(hour < 24 for hour in hours) or hours[0] >= hours[1] + 1:  # noqa: PLR2004
        return False
    reading.found.after, reading.found.before = time(hours[0], minutes[0]), time(hours[1], minutes[1])
    return True


def _half(reading: _Reading, match: re.Match[str]) -> None:
    if match["morning"]:
        reading.found.before = _NOON
    elif match["evening"]:
        reading.found.after = _EVENING
    else:
        reading.found.after = _NOON
    if match["this"]:
        reading.found.day = reading.today


def _bare_hour(reading: _Reading, match: re.Match[str]) -> bool:
    """Read "demain 9" and "mardi à 14": a number left alone beside a day is an hour."""
    hour = int(match["hour"])
    if reading.found.at is not None or hour > 23 or (reading.found.is_empty and not reading.named):  # noqa: PLR2004
        return False
    reading.found.at = time(hour + 12 if 1 <= hour < AFTERNOON_BEFORE else hour)
    return True


def _weekdays(*numbers: int) -> Callable[[_Reading, re.Match[str]], None]:
    return lambda reading, match: reading.named.extend(numbers)  # noqa: ARG005


def _conclude(reading: _Reading) -> None:
    """Turn the weekdays named into one day where a time goes with one of them, else into days that suit."""
    found = reading.found
    if reading.excluded and not reading.named:
        reading.named = [number for number in range(7) if number not in reading.excluded]
    only = reading.named[0] if len(reading.named) == 1 else None
    if only is not None and found.day is None:
        _one_weekday(reading, only)
    elif reading.named and found.day is None:
        found.weekdays = tuple(sorted(set(reading.named)))
    if found.at is not None and found.day is None and found.around is not None:
        found.day, found.around = found.around, None
    if found.at is not None and found.day is None and not reading.named and found.since is None:
        found.day = reading.today if found.at > reading.now.time() else reading.today + timedelta(days=1)


def _one_weekday(reading: _Reading, number: int) -> None:
    found, today = reading.found, reading.today
    if found.since is not None or found.until is not None or found.around is not None:
        found.weekdays = (number,)
        base = found.since
        if base is None or found.at is None:
            return
        found.day = base + timedelta(days=(number - base.weekday()) % 7)
        return
    ahead = (number - today.weekday()) % 7
    if ahead == 0 and (reading.strictly_after or (found.at is not None and found.at <= reading.now.time())):
        ahead = 7
    day = today + timedelta(days=ahead) + _WEEK * reading.weeks_on
    if found.at is not None:
        found.day = day
    else:
        found.since, found.weekdays = day, (number,)


_WHEN = r"(?P<when>\b(?:apres|a partir|partir|des|avant|after|before|from)\s*(?:de|d'|les?)?\s*)?"
_NUMERIC = r"(?P<day>0?[1-9]|[12]\d|3[01])\s*[/.-]\s*(?P<month>0?[1-9]|1[0-2])\b(?:\s*[/.-]\s*(?P<year>\d{4}|\d{2})\b)?"
#: In order: what is longer and surer is read first, and is gone for what follows.
_RULES: tuple[tuple[str, Callable[[_Reading, re.Match[str]], bool | None]], ...] = (
    (r"(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)\b", _full_date),
    (r"\b(?:des que possible|(?:au |le )?plus (?:tot|vite)(?: possible)?|asap|as soon as possible)\b", _soon),
    (
        r"\bentre\s+(?P<low>midi|\d{1,2})\s*h?(?P<low_minute>[0-5]\d)?\s+et\s+(?P<high>\d{1,2})\s*h?(?P<high_minute>[0-5]\d)?\b",
        _between,
    ),
    (r"\bsemaine du (?:lundi )?(?P<day>\d{1,2})(?:er)?(?:\s+" + MONTH + r")?(?!\s*[/h:])", _week_of),
    (_RELATION + r"(?:" + DAY_NAME + r"\s+(?:le\s+)?)?" + _NUMERIC, _full_date),
    (
        _RELATION
        + r"(?:"
        + DAY_NAME
        + r"\s+(?:le\s+)?)?\b(?P<day>0?[1-9]|[12]\d|3[01])(?:er)?\s+"
        + MONTH
        + r"(?:\s+(?P<year>20\d\d))?",
        _full_date,
    ),
    (r"\b(?P<part>debut|mi[\s-]|fin|en|courant)\s*(?:de\s+|du\s+mois\s+de\s+)?" + MONTH, _part_of_month),
    (_RELATION + r"\bapres[\s-]*demain\b|\bday after tomorrow\b", _on(2)),
    (_RELATION + r"\b(?:demain|tomorrow)\b", _on(1)),
    (_RELATION + r"\b(?:aujourd'?\s*hui|auj|today|ce jour)\b\.?", _on(0)),
    (
        r"\b(?:dans|in)\s+(?P<count>\d{1,3})\s+(?P<unit>jours?|semaines?|mois|days?|weeks?|months?)\b",
        _in_so_long,
    ),
    (r"\bdans\s+1\s+quinzaine\b", _in_a_fortnight),
    (r"\bsemaine (?:prochaine|suivante)\b|\bnext week\b", _next_week),
    (r"\bcette semaine\b|\bthis week\b", _this_week),
    (r"\bmois prochain\b|\bnext month\b", _next_month),
    (r"\ben semaine\b", _weekdays(0, 1, 2, 3, 4)),
    (r"\bweek[\s-]?end\b", _weekdays(5, 6)),
    (_WHEN + r"(?:" + CLOCK + r")", _at),
    (
        (
            r"(?P<this>\b(?:ce|cet|cette|this)\s+)?(?:(?P<morning>\b(?:matin(?:ee)?s?|morning)\b)"
            r"|(?P<afternoon>\b(?:apres[\s-]?midi|aprem|afternoon)s?\b)|(?P<evening>\b(?:soir(?:ee)?s?|evening|fin de journee|sortie d'ecole)\b))"
        ),
        _half,
    ),
    (_RELATION + DAY_NAME + r"\s+(?:le\s+)?(?P<day>\d{1,2})(?:er)?\b(?!\s*[h:/])", _day_of_month),
    (
        r"(?P<not>\b(?:sauf|pas|hors|except|not)\s+(?:le\s+|les\s+|on\s+)?)?(?P<next>\bnext\s+)?"
        + _RELATION
        + r"\b"
        + DAY_NAME
        + r"(?P<tail>\s+(?:prochain|en\s+8|en\s+15))?",
        _weekday,
    ),
    (
        _RELATION.replace(r"(?:le\s+|du\s+|the\s+)?", "") + r"\b(?:le|du|the)\s+(?P<day>\d{1,2})(?:er|th)?\b",
        _day_of_month,
    ),
    (r"(?<!/)\b(?:a\s+)?(?P<hour>\d{1,2})\b(?!\s*[/.-])", _bare_hour),
)
