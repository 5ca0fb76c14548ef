"""Read what the log is narrowed to."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from decroche.accounts.models import User
from decroche.calls.models import Call
from decroche.calls.queries_log import LONGEST_TEXT, NOT_ANSWERED, RECENT, understand

KINDS = {
    "answered": (_("Répondus"), Q(answered_at__isnull=False)),
    "missed": (_("Sans réponse"), NOT_ANSWERED),
    "voicemail": (_("Messages vocaux"), Q(end_reason="voicemail")),
    "out": (_("Émis"), Q(direction="out")),
    "live": (pgettext_lazy("call", "En cours"), ~Q(state="ended")),
}


class LogFilter:
    """Hold what the log is narrowed to: a text, a kind, a practice, days, only mine.

    The text may be a patient's name or number, so it only ever travels in a body; ``address`` is all that a URL shows.
    """

    def __init__(self, data: Mapping[str, str], *, zone: ZoneInfo, today: date) -> None:
        self.kind = data.get("kind", "") if data.get("kind", "") in KINDS else ""
        practice = data.get("practice", "")
        self.practice_id = int(practice) if practice.isdecimal() and len(practice) < 18 else None  # noqa: PLR2004
        self.mine = data.get("mine") == "1"
        self.day = _day(data.get("day", ""))
        self.until = _day(data.get("until", ""))
        self.text = ""
        self.before = data.get("before", "")[:80]
        self.is_partial = False  # words were sought in the recent calls only
        self.zone = zone
        self.today = today

    def say(self, text: str) -> "LogFilter":
        """Look for a text too."""
        self.text = text.strip()[:LONGEST_TEXT]
        return self

    @property
    def kinds(self) -> list[tuple[str, object]]:
        """Return the kinds with their words."""
        return [("", _("Tous")), *((value, words) for value, (words, _query) in KINDS.items())]

    @property
    def is_active(self) -> bool:
        """Say whether anything is left out."""
        return bool(self.kind or self.practice_id or self.mine or self.day or self.until or self.text)

    @property
    def address(self) -> str:
        """Return the query string of everything but the text."""
        known = {
            "kind": self.kind,
            "practice": self.practice_id or "",
            "mine": "1" if self.mine else "",
            "day": self.day.isoformat() if self.day else "",
            "until": self.until.isoformat() if self.until else "",
        }
        return urlencode({name: value for name, value in known.items() if value})

    def apply(
        self, rows: "QuerySet[Call]", *, me: User, practice_ids: Collection[int], now: datetime
    ) -> "QuerySet[Call]":
        """Narrow the rows."""
        if self.kind:
            rows = rows.filter(KINDS[self.kind][1])
        if self.practice_id:
            rows = rows.filter(practice_id=self.practice_id)
        if self.mine:
            rows = rows.filter(secretary=me)
        if self.day or self.until:
            first, last = self.day or self.until, self.until or self.day
            assert first is not None and last is not None  # noqa: PT018
            start = datetime.combine(min(first, last), time.min, self.zone)
            end = datetime.combine(max(first, last) + timedelta(days=1), time.min, self.zone)
            rows = rows.filter(arrived_at__gte=start, arrived_at__lt=end)
        found = understand(self.text, practice_ids)
        rows = rows.filter(found.condition)
        if found.walks and not (self.day or self.until):
            self.is_partial = True
            rows = rows.filter(arrived_at__gte=now - RECENT)
        return rows


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if date(2000, 1, 1) <= found <= date(2100, 1, 1) else None
