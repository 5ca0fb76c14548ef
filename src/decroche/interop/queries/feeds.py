"""Read a practitioner's agenda for a feed; a bounded number of queries, whatever it holds."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max, Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from decroche.accounts.domain.permissions import Permission
from decroche.accounts.ports import teams
from decroche.foundation.tenancy import every_practice
from decroche.interop.domain.calendar_feed import CANCELLED_DAYS, DAYS_AHEAD, DAYS_BACK, FeedEvent
from decroche.interop.domain.secret import digest_of, is_same
from decroche.interop.models import CalendarFeed
from decroche.kernel.interval import local_day
from decroche.scheduling.models import Absence, Appointment

_HIDDEN = (Appointment.State.HELD, Appointment.State.RELEASED)
_COLUMNS = (
    "pk",
    "starts_at",
    "ends_at",
    "status",
    "version",
    "created_at",
    "last_change",
    "site__name",
    "site__city",
    "site__timezone",
    "visit_type__name",
    "patient__used_name",
    "patient__birth_name",
    "patient__first_names",
)


@dataclass(frozen=True, slots=True)
class Window:
    """The civil days that a feed covers."""

    first: date
    last: date
    start: datetime
    end: datetime


def feed_of_token(token: str, *, now: datetime) -> CalendarFeed | None:
    """Find an open feed by its secret whose maker may still share this agenda; None otherwise (2 queries).

    Reads across practices: who knows the secret is let in, to this one feed.
    """
    digest = digest_of(token)
    with every_practice():
        feed: CalendarFeed | None = (
            CalendarFeed.objects.select_related("practitioner", "practice", "created_by")
            .filter(digest=digest, revoked_at=None)
            .first()
        )
    if feed is None or not is_same(feed.digest, digest) or not feed.created_by.is_active:
        return None
    maker = feed.created_by
    access = teams().access_of(user_id=maker.pk, is_administrator=maker.is_administrator, now=now)
    wanted = [Permission.SHARE_AGENDA, Permission.SEE_AGENDA]
    if feed.detail != CalendarFeed.Detail.BUSY:
        wanted.append(Permission.SEE_PATIENT)
    return feed if all(access.allows(each, feed.practice_id) for each in wanted) else None


def window_of(feed: CalendarFeed, *, now: datetime) -> Window:
    """Give the days from a month back to six months ahead, on the practice's calendar."""
    zone = ZoneInfo(feed.practice.timezone)
    today = now.astimezone(zone).date()
    first, last = today - timedelta(days=DAYS_BACK), today + timedelta(days=DAYS_AHEAD)
    return Window(first, last, local_day(first, zone).start, local_day(last, zone).end)


def events_of(
    feed: CalendarFeed, window: Window, *, now: datetime, address: Callable[[int], str]
) -> list[FeedEvent]:
    """Give the appointments and absences in the window, in order of time, worded as the feed may (2 queries)."""
    rows = (
        Appointment.objects.filter(
            practitioner_id=feed.practitioner_id, starts_at__gte=window.start, starts_at__lt=window.end
        )
        .exclude(status__in=_HIDDEN)
        .annotate(last_change=Max("changes__at"))
        .filter(
            ~Q(status=Appointment.State.CANCELLED) | Q(last_change__gt=now - timedelta(days=CANCELLED_DAYS))
        )
        .order_by("starts_at", "pk")
    )
    is_open = feed.detail != CalendarFeed.Detail.BUSY
    events = [
        FeedEvent(
            uid=f"rendez-vous-{row.pk}@{_realm()}",
            starts_at=row.starts_at.astimezone(ZoneInfo(row.site__timezone)),
            ends_at=row.ends_at.astimezone(ZoneInfo(row.site__timezone)),
            summary=_summary(feed, row),
            sequence=row.version,
            modified_at=(row.last_change or row.created_at).replace(microsecond=0),
            is_cancelled=row.status == Appointment.State.CANCELLED,
            location=", ".join(filter(None, [row.site__name, row.site__city])) if is_open else "",
            url=address(row.pk) if is_open else "",
        )
        for row in rows.values_list(*_COLUMNS, named=True)
    ]
    return sorted([*events, *_absences(feed, window)], key=lambda event: (event.starts_at, event.uid))


def fingerprint_of(feed: CalendarFeed, window: Window, events: list[FeedEvent]) -> str:
    """Give a digest of all that the file would say: equal digests, equal files."""
    name = feed.practitioner.display_name
    whole = repr((feed.pk, name, feed.practice.timezone, window.first, events))
    return hashlib.sha256(whole.encode()).hexdigest()


def _absences(feed: CalendarFeed, window: Window) -> list[FeedEvent]:
    zone = ZoneInfo(feed.practice.timezone)
    rows = Absence.objects.filter(
        practitioner_id=feed.practitioner_id, ends_at__gt=window.start, starts_at__lt=window.end
    )
    is_open = feed.detail != CalendarFeed.Detail.BUSY
    return [
        FeedEvent(
            uid=f"absence-{absence.pk}@{_realm()}",
            starts_at=absence.starts_at.astimezone(zone),
            ends_at=absence.ends_at.astimezone(zone),
            summary=_absence_words(absence) if is_open else _("Occupé"),
            sequence=0,
            modified_at=absence.created_at.replace(microsecond=0),
        )
        for absence in rows
    ]


def _absence_words(absence: Absence) -> str:
    return f"{_('Absence')} – {absence.reason}" if absence.reason else _("Absence")


def _summary(feed: CalendarFeed, row: Any) -> str:
    if feed.detail == CalendarFeed.Detail.BUSY:
        return _("Occupé")
    last = row.patient__used_name or row.patient__birth_name or ""
    first = row.patient__first_names or ""
    if feed.detail == CalendarFeed.Detail.INITIALS:
        who = " ".join(f"{name[:1].upper()}." for name in (last, first) if name)
    else:
        who = f"{last.upper()} {first}".strip()
    who = who or _("Rendez-vous")
    return f"{who} – {row.visit_type__name}" if feed.shows_visit_type else who


@cache
def _realm() -> str:
    """Give what follows the @ of an event's identity: the same for ever on one installation, and only there."""
    return f"{salted_hmac('decroche.interop.calendar', '').hexdigest()[:12]}.decroche"
