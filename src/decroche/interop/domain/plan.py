"""Decide what each line of a file would become, before anything is asked of the database. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from decroche.interop.domain.lines import FoundLine
from decroche.interop.domain.wording import says_away
from decroche.kernel.names import normalised

#: Longer than this is no patient's visit.
LONGEST_VISIT = timedelta(hours=4)


class What(StrEnum):
    """What a line becomes."""

    APPOINTMENT = "appointment"
    ABSENCE = "absence"
    IGNORED = "ignored"


class Note(StrEnum):
    """Why a line is what it is, or what is to be known of it; file flaws have codes of their own."""

    CANCELLED = "cancelled"
    FREE = "free"
    AWAY = "away"
    ALL_DAY = "all-day"
    LONG = "long"
    NOBODY = "nobody"
    PAST_ABSENCE = "past-absence"
    WHOSE = "whose"  # the practitioner is not of this practice
    TYPE_BY_NAME = "type-by-name"
    TYPE_BY_LENGTH = "type-by-length"
    TYPE_DEFAULT = "type-default"
    LENGTH_GUESSED = "length-guessed"
    CONFLICT = "conflict"
    TWICE = "twice"
    OUTSIDE = "outside"
    HERE = "here"
    NAMESAKE = "namesake"
    ALIKE = "alike"
    NO_BIRTH_DATE = "no-birth-date"
    BY_HAND = "by-hand"


@dataclass(frozen=True, slots=True)
class KnownType:
    """A visit type of the practice."""

    id: int
    name: str
    short_name: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose agenda a file speaks of."""

    practitioner_id: int
    names: Mapping[int, str] = field(
        default_factory=dict
    )  # every practitioner of the practice, "Dr Claire Roussel"

    def find(self, words: str) -> int | None:
        """Give the one practitioner whose last name is said; the file's own when nobody is named; None for a stranger."""
        said = set(normalised(words).split())
        if not said:
            return self.practitioner_id
        found = {id_ for id_, name in self.names.items() if _last_word(name) in said}
        if len(found) > 1:  # two of one name: the first name tells
            found = {id_ for id_ in found if set(normalised(self.names[id_]).split()) - _TITLES <= said}
        return found.pop() if len(found) == 1 else None


def _last_word(name: str) -> str:
    return normalised(name).split()[-1]


_TITLES = frozenset({"dr", "pr", "docteur", "professeur", "mme", "m"})


@dataclass(frozen=True, slots=True)
class Planned:
    """What one line would become."""

    line: FoundLine
    what: What
    notes: tuple[str, ...]
    practitioner_id: int | None = None
    visit_type_id: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    status: str = "booked"


def plan(
    line: FoundLine, *, whose: Whose, types: Collection[KnownType], default: KnownType, now: datetime
) -> Planned:
    """Decide what a line becomes: an appointment, an absence, or nothing and why."""
    if line.flaw is not None:
        return Planned(line, What.IGNORED, (line.flaw.value,), starts_at=line.starts_at, ends_at=line.ends_at)
    practitioner_id = whose.find(line.practitioner)
    visit_type, how = type_of(line, types, default)
    notes: list[str] = []
    starts_at, ends_at = line.starts_at, line.ends_at
    if starts_at is not None and ends_at is None:
        ends_at = starts_at + timedelta(minutes=visit_type.minutes)
        notes.append(Note.LENGTH_GUESSED)
    aside = _aside(line, practitioner_id)
    if aside is not None or starts_at is None or ends_at is None:
        reason = (aside or Note.NOBODY,)
        return Planned(line, What.IGNORED, reason, practitioner_id, None, starts_at, ends_at)
    if away := _away(line, ends_at - starts_at):
        what = What.IGNORED if ends_at <= now else What.ABSENCE
        notes = [away] if what is What.ABSENCE else [Note.PAST_ABSENCE]
        return Planned(line, what, tuple(notes), practitioner_id, None, starts_at, ends_at)
    status = line.status if line.status in {"done", "no_show"} and starts_at < now else "booked"
    return Planned(
        line, What.APPOINTMENT, (*notes, how), practitioner_id, visit_type.id, starts_at, ends_at, status
    )


def type_of(line: FoundLine, types: Collection[KnownType], default: KnownType) -> tuple[KnownType, Note]:
    """Find the visit type: by its name, else by its length when only one lasts so long, else the default."""
    words = f" {normalised(line.visit_type)} "
    if words.strip():
        exact = [each for each in types if normalised(each.name) == words.strip()]
        within = exact or [
            each
            for each in sorted(types, key=lambda each: -len(each.name))
            if any(
                f" {name} " in words for name in (normalised(each.name), normalised(each.short_name)) if name
            )
        ]
        if within:
            return within[0], Note.TYPE_BY_NAME
    if line.starts_at is not None and line.ends_at is not None:
        minutes = (line.ends_at - line.starts_at).total_seconds() / 60
        same = [each for each in types if each.minutes == minutes]
        if len(same) == 1 and default.minutes != minutes:
            return same[0], Note.TYPE_BY_LENGTH
    return default, Note.TYPE_DEFAULT


def clashes(spans: list[tuple[datetime, datetime]]) -> set[int]:
    """Give the positions of the spans that overlap an earlier one that is kept: the first to begin is kept."""
    found: set[int] = set()
    until: datetime | None = None
    for position in sorted(range(len(spans)), key=lambda n: (spans[n][0], n)):
        start, end = spans[position]
        if until is not None and start < until:
            found.add(position)
        else:
            until = end
    return found


def _aside(line: FoundLine, practitioner_id: int | None) -> Note | None:
    if line.status == "cancelled":
        return Note.CANCELLED
    if line.is_free:
        return Note.FREE
    return Note.WHOSE if practitioner_id is None else None


def _away(line: FoundLine, length: timedelta) -> Note | None:
    """Say why a line is an absence and not a visit; None for a visit."""
    if line.is_all_day:
        return Note.ALL_DAY
    if line.person is None:
        return Note.AWAY if says_away(line.title) else Note.NOBODY
    return Note.LONG if length > LONGEST_VISIT else None
