"""What the caller would like: with whom, when, for whom. Read from the strip's form, from a patient's habits, from words."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_time
from django.utils.translation import gettext as _

from decroche.practices.models import Practice, Practitioner
from decroche.scheduling.domain import wishes
from decroche.scheduling.domain.asking import Asker, Channel
from decroche.scheduling.queries.of_patient import PatientInAgenda
from decroche.scheduling.web import asked
from decroche.scheduling.web.typed_words import Wanted, plain_text
from decroche.ui.formats import clock, short_date

#: Where the engine cuts the day in two.
NOON = time(*divmod(wishes.NOON, 60))
ALL_WEEK = 7
_LONGEST_POSTCODE, _LONGEST_NAME = 5, 80


@dataclass(frozen=True, slots=True)
class Choice:
    """The criteria of one search. Whatever is empty suits anything."""

    zone: ZoneInfo
    #: Empty: the first who is free among all.
    practitioner_ids: tuple[int, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    around: date | None = None
    after: time | None = None
    before: time | None = None
    weekdays: tuple[int, ...] = ()
    is_new: bool | None = None
    referred: bool = False
    postcode: str = ""
    accompanied_by: str = ""
    by_clock: bool = False
    is_open: bool = False
    #: Taken from what the patient prefers; nobody said it this time.
    by_habit: bool = field(default=False)

    @classmethod
    def read(cls, values: QueryDict, practice: Practice, now: datetime) -> "Choice":
        """Read it from a form; a day that is past means from now on."""
        today = asked.today(now, practice.timezone)
        first_day = asked.maybe_day(values, "from")
        around = asked.maybe_day(values, "around")
        halves = set(values.getlist("half")) & {"am", "pm"}
        half = halves.pop() if len(halves) == 1 else ""
        return cls(
            zone=ZoneInfo(practice.timezone),
            practitioner_ids=asked.numbers(values, "with"),
            first_day=first_day if first_day and first_day > today else None,
            last_day=asked.maybe_day(values, "until"),
            around=around if around and around > today else None,
            after=NOON if half == "pm" else _time(values, "after"),
            before=NOON if half == "am" else _time(values, "before"),
            weekdays=tuple(sorted({n for n in asked.numbers(values, "day") if n < ALL_WEEK})),
            is_new={"1": True, "0": False}.get(values.get("new", "")),
            referred=values.get("referred") == "1",
            postcode="".join(letter for letter in values.get("postcode", "") if letter.isdigit())[
                :_LONGEST_POSTCODE
            ],
            accompanied_by=values.get("accompanied_by", "").strip()[:_LONGEST_NAME],
            by_clock=values.get("order") == "time",
            is_open=values.get("more") == "1",
        )

    @property
    def practitioner_id(self) -> int | None:
        """Give the one practitioner asked for, when there is just one."""
        return self.practitioner_ids[0] if len(self.practitioner_ids) == 1 else None

    @property
    def half(self) -> str:
        """Give "am" or "pm" where exactly that half-day is asked for."""
        return {(None, NOON): "am", (NOON, None): "pm"}.get((self.after, self.before), "")

    @property
    def is_plain(self) -> bool:
        """Tell whether nothing was asked but the visit type, and perhaps with whom."""
        said = (self.first_day, self.last_day, self.around, self.after, self.before)
        return not (any(said) or self.weekdays or self.referred or self.postcode or self.by_clock)

    def start(self, now: datetime) -> datetime:
        """Give the moment from which to look."""
        day = self.first_day
        if day is None:
            return now
        return max(now, datetime(day.year, day.month, day.day, tzinfo=self.zone))

    def horizon_days(self, start: datetime, longest: int) -> int:
        """Give how far to look from `start`."""
        if self.last_day is None:
            return longest
        return max(1, min(longest, (self.last_day - start.astimezone(self.zone).date()).days + 1))

    def suits(self, start: datetime) -> bool:
        """Tell whether a start, on the site's clock, is on the days and in the hours asked for."""
        if self.weekdays and start.weekday() not in self.weekdays:
            return False
        if self.last_day is not None and start.date() > self.last_day:
            return False
        at = start.time()
        return (self.after is None or at >= self.after) and (self.before is None or at < self.before)

    def asker(self, *, place_postcode: str = "") -> Asker:
        """Say for whom, in the engine's words."""
        return Asker(
            channel=Channel.SECRETARY,
            is_new_patient=self.is_new,
            referred=self.referred,
            postcode=self.postcode or place_postcode,
        )

    def with_words(self, wanted: Wanted, people: Iterable[Practitioner]) -> "Choice":
        """Add what was typed: it replaces what was said before of the same thing."""
        named = tuple(person.pk for person in people if _is_named(person, wanted.rest))
        days = (wanted.since, wanted.until, wanted.around, wanted.day)
        changed = self
        if named:
            changed = replace(changed, practitioner_ids=named)
        if any(days) or wanted.weekdays:
            changed = replace(
                changed,
                first_day=wanted.day or wanted.since,
                last_day=wanted.day or wanted.until,
                around=wanted.around,
                weekdays=wanted.weekdays,
            )
        if wanted.after or wanted.before:
            changed = replace(changed, after=wanted.after, before=wanted.before)
        return replace(changed, by_habit=False)

    def with_habits(self, known: PatientInAgenda | None, people: Iterable[Practitioner]) -> "Choice":
        """Begin from what the patient prefers, where nobody has chosen anything yet."""
        habit = known.preference if known else None
        if habit is None:
            return self
        ids = {person.pk for person in people}
        return replace(
            self,
            practitioner_ids=(habit.practitioner_id,)
            if habit.practitioner_id in ids
            else self.practitioner_ids,
            after=NOON if habit.half_day == "pm" else None,
            before=NOON if habit.half_day == "am" else None,
            weekdays=tuple(sorted(day for day in habit.weekdays if day < ALL_WEEK)),
            accompanied_by=habit.accompanied_by,
            by_habit=bool(habit.practitioner_id or habit.half_day or habit.weekdays),
        )

    def query(self, **changes: Any) -> str:
        """Write it as a query string, with something changed."""
        kept = replace(self, **changes) if changes else self
        pairs: list[tuple[str, Any]] = [("with", id_) for id_ in kept.practitioner_ids]
        pairs += [("day", day) for day in kept.weekdays]
        pairs += [(name, value) for name, value in kept.named if value]
        return urlencode([*pairs, ("asked", "1")])

    @property
    def named(self) -> list[tuple[str, Any]]:
        """Give every criterion that has one value, under its name in the form."""
        return [
            ("from", self.first_day and self.first_day.isoformat()),
            ("until", self.last_day and self.last_day.isoformat()),
            ("around", self.around and self.around.isoformat()),
            ("after", self.after and f"{self.after:%H:%M}"),
            ("before", self.before and f"{self.before:%H:%M}"),
            ("new", "" if self.is_new is None else str(int(self.is_new))),
            ("referred", "1" if self.referred else ""),
            ("order", "time" if self.by_clock else ""),
        ]

    def said(self) -> list[tuple[str, str]]:
        """Say each criterion that narrows the list in two or three words, with the query that drops it."""
        found: list[tuple[str, str]] = []
        days = {"first_day": None, "last_day": None}
        if self.around:
            found.append((_("autour du %(day)s") % {"day": _short(self.around)}, self.query(around=None)))
        if self.first_day and self.first_day == self.last_day:
            found.append((_short(self.first_day), self.query(**days)))
        elif self.first_day:
            found.append((_("dès le %(day)s") % {"day": _short(self.first_day)}, self.query(first_day=None)))
        if self.last_day and self.first_day != self.last_day:
            found.append((_("jusqu’au %(day)s") % {"day": _short(self.last_day)}, self.query(last_day=None)))
        hours = self.hours_words()
        if hours:
            found.append((hours, self.query(after=None, before=None)))
        if self.weekdays:
            found.append((", ".join(weekday_names()[day] for day in self.weekdays), self.query(weekdays=())))
        if self.referred:
            found.append((_("adressé par un confrère"), self.query(referred=False)))
        return found

    def hours_words(self) -> str:
        """Say the hours that suit."""
        if self.half:
            return _("le matin") if self.half == "am" else _("l’après-midi")
        if self.after and self.before:
            return _("entre %(after)s et %(before)s") % {
                "after": clock(self.after),
                "before": clock(self.before),
            }
        if self.after:
            return _("après %(at)s") % {"at": clock(self.after)}
        return _("avant %(at)s") % {"at": clock(self.before)} if self.before else ""


def weekday_names() -> list[str]:
    """Give the weekdays from Monday on, as a list of criteria names them."""
    return [_("lundi"), _("mardi"), _("mercredi"), _("jeudi"), _("vendredi"), _("samedi"), _("dimanche")]


def _is_named(person: Practitioner, words: tuple[str, ...]) -> bool:
    """Tell whether a typed word is a practitioner's name, or begins it."""
    names = plain_text(f"{person.first_name} {person.last_name}").replace("-", " ").split()
    return any(name.startswith(word) and len(word) > 2 for word in words for name in names)  # noqa: PLR2004


def _time(values: QueryDict, name: str) -> time | None:
    try:
        return parse_time(values.get(name, ""))
    except ValueError:
        return None


def _short(day: date) -> str:
    return short_date(day, this_year=timezone.localdate().year)
