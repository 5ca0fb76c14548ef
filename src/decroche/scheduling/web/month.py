"""Word a month's days for the screen."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from decroche.scheduling.models import VisitType
from decroche.scheduling.queries.month import MonthDay, MonthView
from decroche.scheduling.web.state import State
from decroche.ui.formats import LONG_DAYS, language


@dataclass(frozen=True, slots=True)
class DayWords:
    """A day of the month and the words about it."""

    plain: MonthDay
    query: str

    @property
    def day(self) -> date:
        return self.plain.day

    @property
    def in_month(self) -> bool:
        return self.plain.in_month

    @property
    def is_today(self) -> bool:
        return self.plain.is_today

    @property
    def is_past(self) -> bool:
        return self.plain.is_past

    @property
    def is_open(self) -> bool:
        return self.plain.is_open

    @property
    def booked(self) -> int:
        return self.plain.booked

    @property
    def free(self) -> int:
        return self.plain.free

    @property
    def percent(self) -> int:
        return self.plain.percent

    @property
    def booked_unit(self) -> str:
        return ngettext("rendez-vous", "rendez-vous", self.booked)

    @property
    def free_unit(self) -> str:
        return ngettext("libre", "libres", self.free)

    @property
    def words(self) -> list[str]:
        """Say why nobody receives, or who does not."""
        if not self.plain.is_open:
            return list(self.plain.closures)
        if not self.plain.away:
            return []
        return [_("sans %(who)s") % {"who": who} for who in self.plain.away]


class MonthWords:
    """The month as the template reads it."""

    def __init__(self, plain: MonthView, state: State, today: date) -> None:
        """Keep what each day's link needs; the keyboard begins on the day shown, or today."""
        self.first: date = plain.first
        self.visit_type: VisitType | None = plain.visit_type
        days = {day.day for day in plain.days}
        self.focus = state.day if state.day != plain.first or today not in days else today
        self._plain, self._state = plain, state

    @property
    def day_names(self) -> list[tuple[str, str]]:
        names = LONG_DAYS[language()]
        return [(name.capitalize(), name[0].upper()) for name in names]

    @property
    def weeks(self) -> Iterator[list[DayWords]]:
        for week in self._plain.weeks:
            yield [
                DayWords(day, self._state.query(mode="day", date=day.day.isoformat(), go=1)) for day in week
            ]
