"""Read the filters of the call log from an address; anything absurd reads as "no filter"."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from decroche.accounts.models import User
from decroche.calls.models import Call

KINDS = {
    "answered": (_("Répondus"), Q(answered_at__isnull=False)),
    "missed": (_("Sans réponse"), Q(state="ended", answered_at=None)),
    "voicemail": (_("Messages vocaux"), Q(end_reason="voicemail")),
    "live": (_("En cours"), ~Q(state="ended")),
}


class LogFilter:
    """Hold what the log is narrowed to: a kind, a practice, a day, only mine."""

    def __init__(self, data: Mapping[str, str], *, zone: ZoneInfo, today: date) -> None:
        self.kind = data.get("kind", "") if data.get("kind", "") in KINDS else ""
        practice = data.get("practice", "")
        self.practice_id = int(practice) if practice.isdecimal() and len(practice) < 18 else None  # noqa: PLR2004
        self.mine = data.get("mine") == "1"
        self.day = _day(data.get("day", ""))
        self.zone = zone
        self.today = today

    @property
    def kinds(self) -> list[tuple[str, object]]:
        """Return the kinds with their words."""
        return [("", _("Tous")), *((value, words) for value, (words, _query) in KINDS.items())]

    @property
    def is_active(self) -> bool:
        """Say whether anything is left out."""
        return bool(self.kind or self.practice_id or self.mine or self.day)

    def apply(self, rows: "QuerySet[Call]", *, me: User) -> "QuerySet[Call]":
        """Narrow the rows."""
        if self.kind:
            rows = rows.filter(KINDS[self.kind][1])
        if self.practice_id:
            rows = rows.filter(practice_id=self.practice_id)
        if self.mine:
            rows = rows.filter(secretary=me)
        if self.day:
            start = datetime.combine(self.day, time.min, self.zone)
            rows = rows.filter(arrived_at__gte=start, arrived_at__lt=start + timedelta(days=1))
        return rows


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if date(2000, 1, 1) <= found <= date(2100, 1, 1) else None
