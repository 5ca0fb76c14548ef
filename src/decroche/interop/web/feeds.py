"""Open and close private calendars."""

from typing import Any

import segno
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.interop.actions.make_feed import MadeFeed, make_feed
from decroche.interop.actions.revoke_feed import revoke_feed
from decroche.interop.models import CalendarFeed
from decroche.interop.web.forms import FeedForm
from decroche.practices.models import Practice

INCOMPLETE = 422


@requires(Permission.SHARE_AGENDA)
def feeds(request: PersonRequest, practice_id: int) -> HttpResponse:
    """List the practice's private calendars; a POST opens one and shows its address once."""
    practice = get_object_or_404(Practice, pk=practice_id)
    may_name = request.access.allows(Permission.SEE_PATIENT, practice.pk)
    form = FeedForm(request.POST or None, practice=practice, may_name=may_name)
    made = None
    if request.method == "POST" and form.is_valid():
        made = make_feed(
            practitioner=form.cleaned_data["practitioner"],
            label=form.cleaned_data["label"],
            detail=form.cleaned_data["detail"],
            shows_visit_type=form.cleaned_data.get("shows_visit_type", False),
            by=request.user,
            now=clock_now(),
        )
        request.log_write("feed", [made.feed.pk], practice.pk)
        form = FeedForm(practice=practice, may_name=may_name)
    rows = CalendarFeed.objects.filter(practice=practice).select_related("practitioner", "created_by")
    context = {
        "practice": practice,
        "form": form,
        "made": _shown(request, made) if made else None,
        "open_feeds": [feed for feed in rows if feed.revoked_at is None],
        "closed_feeds": [feed for feed in rows if feed.revoked_at is not None][:20],
        "now": clock_now(),
        "tab": "feeds",
    }
    response = render(request, "interop/feeds.html", context, status=INCOMPLETE if form.errors else 200)
    if made:
        response["Cache-Control"] = "no-store"
    return response


@requires(Permission.SHARE_AGENDA)
@require_POST
def revoke(request: PersonRequest, feed_id: int) -> HttpResponse:
    """Close a private calendar at once."""
    feed = get_object_or_404(CalendarFeed, pk=feed_id)
    if revoke_feed(feed_id=feed.pk, by=request.user, now=clock_now()):
        request.log_write("feed", [feed.pk], feed.practice_id)
        messages.success(request, _("Le calendrier « %(label)s » est fermé.") % {"label": feed.label})
    return HttpResponseRedirect(reverse("interop:feeds", args=[feed.practice_id]))


def _shown(request: PersonRequest, made: MadeFeed) -> dict[str, Any]:
    """Give the address in the three forms in which a person takes it: to copy, to tap, to photograph."""
    link = request.build_absolute_uri(reverse("interop:feed", args=[made.token]))
    tap = "webcal://" + link.partition("://")[2]
    code = segno.make(tap, error="m", micro=False)
    return {"feed": made.feed, "link": link, "tap": tap, "code": code.svg_data_uri(scale=4, border=2)}
