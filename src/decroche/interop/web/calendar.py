"""Serve a private calendar feed to a calendar application, which signs in with nothing but the address."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import reverse
from django.utils import translation
from django.utils.http import http_date, parse_http_date_safe
from django.views.decorators.http import require_safe

from decroche.accounts.actions.write_access_log import Seen, write_access_log
from decroche.accounts.guard import public
from decroche.accounts.models import AccessLogEntry
from decroche.foundation.clock import now as clock_now
from decroche.foundation.tenancy import practice_scope
from decroche.interop.actions.count_use import TooOften, count_use
from decroche.interop.actions.note_reading import note_reading
from decroche.interop.domain.calendar_feed import write_calendar
from decroche.interop.models import CalendarFeed
from decroche.interop.queries.feeds import events_of, feed_of_token, fingerprint_of, window_of

#: Calendar applications ask every quarter of an hour or so; several devices may share one address.
MOST_AN_HOUR = 120


@public(reason="calendar applications cannot sign in: the address itself is a secret of 256 bits")
@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """Answer with the agenda as iCalendar, or that nothing is new, or that no such feed is open."""
    now = clock_now()
    feed = feed_of_token(token, now=now)
    if feed is None:
        raise Http404
    with practice_scope([feed.practice_id]), translation.override(feed.created_by.language):
        try:
            count_use(of=feed, most=MOST_AN_HOUR, within=timedelta(hours=1), now=now)
        except TooOften as too_often:
            return HttpResponse(status=429, headers={"Retry-After": str(too_often.wait_seconds)})
        window = window_of(feed, now=now)
        events = events_of(
            feed,
            window,
            now=now,
            address=lambda pk: request.build_absolute_uri(reverse("agenda:appointment", args=[pk])),
        )
        fingerprint = fingerprint_of(feed, window, events)
        since = note_reading(feed=feed, fingerprint=fingerprint, now=now)
        etag = f'"{fingerprint[:32]}"'
        if _has_it(request, etag, since.timestamp()):
            return _dated(HttpResponseNotModified(), etag, since.timestamp())
        body = write_calendar(
            name=feed.practitioner.display_name,
            events=events,
            first=window.first,
            last=window.last,
            zone=feed.practice.timezone,
        )
        if feed.detail != CalendarFeed.Detail.BUSY:
            _log(feed, request)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="agenda.ics"'
    return _dated(response, etag, since.timestamp())


def _has_it(request: HttpRequest, etag: str, changed_at: float) -> bool:
    """Tell whether what the application has is what it would get; an entity tag is believed before a date."""
    if asked := request.headers.get("If-None-Match"):
        tags = {tag.strip().removeprefix("W/") for tag in asked.split(",")}
        return etag in tags or "*" in tags
    date = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    return date is not None and date >= int(changed_at)


def _dated(response: HttpResponse, etag: str, changed_at: float) -> HttpResponse:
    response["ETag"] = etag
    response["Last-Modified"] = http_date(int(changed_at))
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _log(feed: CalendarFeed, request: HttpRequest) -> None:
    """Write down that patients' names left through the feed, under the name of who made it."""
    write_access_log(
        seen=[Seen(AccessLogEntry.Action.READ, "feed", (str(feed.pk),), feed.practice_id)],
        user_id=feed.created_by_id,
        view_name="interop:feed",
        address=request.META.get("REMOTE_ADDR") or None,
        at=clock_now(),
    )
