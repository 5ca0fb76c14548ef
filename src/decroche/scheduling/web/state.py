"""What an agenda screen shows, as its address says it; every link is this with something changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

MODES = ("day", "week", "month")


@dataclass(frozen=True, slots=True)
class Mode:
    """One way of showing the agenda, as a button."""

    code: str
    name: str
    short: str
    is_shown: bool
    is_next: bool
    query: str


@dataclass(frozen=True, slots=True)
class State:
    """What the screen shows; every link is this with something changed."""

    mode: str
    day: date
    practitioner_id: int | None
    filter_id: int | None
    standalone: bool
    #: Nobody asked for `day`: it is the next one on which anybody receives.
    instead: bool = False

    def query(self, **changes: Any) -> str:
        """Write it as a query string."""
        values: dict[str, Any] = {
            "mode": self.mode,
            "date": self.day.isoformat(),
            "practitioner": self.practitioner_id,
            "filter": self.filter_id,
            "standalone": "1" if self.standalone else None,
        }
        return urlencode({key: value for key, value in (values | changes).items() if value is not None})

    @property
    def here(self) -> str:
        """Show the same again; the sentence about the day stays with it, while it is true."""
        return self.query(instead="1" if self.instead else None)

    @property
    def before(self) -> str:
        return self.query(date=self._stepped(-1).isoformat(), go=1)

    @property
    def after(self) -> str:
        return self.query(date=self._stepped(1).isoformat(), go=1)

    def _stepped(self, step: int) -> date:
        """Go one day, week or month on or back; a month is entered by its first day."""
        if self.mode == "month":
            first = self.day.replace(day=1)
            return (first + timedelta(days=32 if step > 0 else -1)).replace(day=1)
        return self.day + step * timedelta(days=7 if self.mode == "week" else 1)

    @property
    def paper(self) -> str:
        """Say what the printed list is of."""
        return urlencode(
            {
                "date": self.day.isoformat(),
                "span": "week" if self.mode == "week" else "day",
                **({"practitioner": self.practitioner_id} if self.practitioner_id else {}),
            }
        )

    @property
    def modes(self) -> Iterator[Mode]:
        """Give the three ways of showing the agenda; one key goes from each to the next."""
        names = {
            "day": (_("Jour"), _("Jour")),
            "week": (_("Semaine"), _("Sem.")),
            "month": (_("Mois"), _("Mois")),
        }
        following = MODES[(MODES.index(self.mode) + 1) % len(MODES)]
        for code, (name, short) in names.items():
            yield Mode(code, name, short, code == self.mode, code == following, self.query(mode=code, go=1))
