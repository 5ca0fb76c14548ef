"""Lay out a year of a practitioner's openings: what each day is, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Q
from django.utils.translation import gettext as _

from decroche.scheduling.domain.public_holidays import PublicHoliday, public_holidays
from decroche.scheduling.models import HolidayDecision, OpeningRule
from decroche.scheduling.queries.openings import AbsenceShown, DayOpenings, OpeningShown, openings_of
from decroche.scheduling.web.settings.frame import Frame
from decroche.ui.formats import clock, full_date, month

MONTHS = 12
OPEN, CHANGED, CLOSED, ABSENT, LOCUM, CLOSURE, HOLIDAY, PART = (
    "open", "changed", "closed", "absent", "locum", "closure", "holiday", "part",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """One day: what it is, its hours, and what is worth saying of it."""

    day: date
    state: str
    hours: str
    note: str
    is_today: bool
    is_past: bool
    proposed: str  # the name of a public holiday that nobody has answered yet
    stands_in: bool

    @property
    def said(self) -> str:
        """Give it as a sentence."""
        parts = [
            full_date(self.day, this_year=0),
            state_words()[self.state],
            self.hours,
            self.note,
            self.proposed,
        ]
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Month:
    """One month, its first weekday (0 = Monday) and its days."""

    name: str
    lead: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Year:
    """Twelve months from one on, and the public holidays that wait for an answer."""

    first: date
    last: date
    months: tuple[Month, ...]
    proposals: tuple[PublicHoliday, ...]

    @property
    def name(self) -> str:
        """Return "novembre 2026 – octobre 2027"."""
        return f"{self.months[0].name} – {self.months[-1].name}"

    @property
    def exceptions(self) -> list[Cell]:
        """List the days that are not as usual."""
        return [cell for month in self.months for cell in month.cells if cell.state not in {OPEN, CLOSED}]


def state_words() -> dict[str, str]:
    """Name each state of a day."""
    return {
        OPEN: _("ouvert"),
        CHANGED: _("horaires changés"),
        CLOSED: _("fermé"),
        ABSENT: _("absent"),
        LOCUM: _("remplacé"),
        CLOSURE: _("fermeture"),
        HOLIDAY: _("férié, fermé"),
        PART: _("absent une partie du jour"),
    }


def read_year(frame: Frame, *, first: date, now: datetime) -> Year:
    """Compute every day of twelve months; the engine's few queries and three more."""
    first = first.replace(day=1)
    last = _months_later(first, MONTHS) - timedelta(days=1)
    shown = openings_of([frame.practitioner.pk], first, last, now, with_free=False)
    special = special_rules(frame)
    holidays = {each.day: each for each in holidays_of(frame, first=first, last=last)}
    answered = set(
        HolidayDecision.objects.filter(
            practitioner=frame.practitioner, day__gte=first, day__lte=last
        ).values_list("day", flat=True)
    )
    names = {person.pk: person.display_name for person in frame.people}
    cells = []
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        found = shown[frame.practitioner.pk, day]
        unanswered = day in holidays and day not in answered and day >= frame.today
        cells.append(_cell(frame, found, special, names, holidays[day].name if unanswered else ""))
    proposals = tuple(holidays[cell.day] for cell in cells if cell.proposed)
    return Year(first, last, _months(cells), proposals)


def holidays_of(frame: Frame, *, first: date, last: date) -> list[PublicHoliday]:
    """List the public holidays where the practitioner receives."""
    return public_holidays(
        first=first, last=last, postcode=frame.site.postcode, department=frame.practice.department
    )


def own_openings(found: DayOpenings) -> list[OpeningShown]:
    """Keep what the practitioner's own rules open that begins on the day."""
    return [each for each in found.openings if each.in_place_of is None and each.day == found.day]


def hours_words(openings: Iterable[OpeningShown]) -> str:
    """Say "9 h – 12 h, 14 h – 19 h"."""
    return ", ".join(f"{clock(each.starts_at)} – {clock(each.ends_at)}" for each in openings)


def state_of(found: DayOpenings, special: set[int]) -> tuple[str, AbsenceShown | None]:
    """Say what a day is, and which absence makes it so."""
    openings = own_openings(found)
    if not openings:
        return CLOSED, None
    touching = [
        absence
        for absence in found.absences
        if any(absence.starts_at < each.ends_at and each.starts_at < absence.ends_at for each in openings)
    ]
    if touching:
        whole = all(_is_covered(each, touching) for each in openings)
        absence = touching[0]
        if not whole:
            return PART, absence
        if absence.locum_id is not None:
            return LOCUM, absence
        return {"closure": CLOSURE, "holiday": HOLIDAY}.get(absence.kind, ABSENT), absence
    return (CHANGED if any(each.rule_id in special for each in openings) else OPEN), None


def _is_covered(opening: OpeningShown, absences: Iterable[AbsenceShown]) -> bool:
    reached = opening.starts_at
    for absence in sorted(absences, key=lambda each: each.starts_at):
        if absence.starts_at <= reached:
            reached = max(reached, absence.ends_at)
    return reached >= opening.ends_at


def _cell(frame: Frame, found: DayOpenings, special: set[int], names: dict[int, str], holiday: str) -> Cell:
    state, absence = state_of(found, special)
    openings = own_openings(found)
    note = absence.reason if absence is not None else ""
    if absence is not None and absence.locum_id is not None:
        note = _("remplacé par %(name)s") % {"name": names.get(absence.locum_id, "")}
    stands_in = any(each.in_place_of is not None for each in found.openings)
    return Cell(
        found.day,
        state,
        hours_words(openings),
        note,
        found.day == frame.today,
        found.day < frame.today,
        holiday if state in {OPEN, CHANGED, PART} else "",
        stands_in,
    )


def special_rules(frame: Frame) -> set[int]:
    """Give the ids of the rules that are exceptions: changed hours, extra openings."""
    rows = OpeningRule.objects.filter(
        Q(overrides=True) | Q(valid_from=F("valid_until")), practitioner=frame.practitioner
    )
    return set(rows.values_list("pk", flat=True))


def _months(cells: list[Cell]) -> tuple[Month, ...]:
    found: dict[tuple[int, int], list[Cell]] = {}
    for cell in cells:
        found.setdefault((cell.day.year, cell.day.month), []).append(cell)
    return tuple(Month(month(days[0].day), days[0].day.weekday(), tuple(days)) for days in found.values())


def _months_later(day: date, months: int) -> date:
    total = day.year * 12 + day.month - 1 + months
    return date(total // 12, total % 12 + 1, 1)


def neighbours(first: date) -> tuple[date, date]:
    """Give the first days of the twelve months before and after."""
    return _months_later(first, -MONTHS), _months_later(first, MONTHS)
