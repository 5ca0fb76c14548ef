"""Show what remains to be done for callers; one secretary has each in hand."""

import json

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.foundation import clock
from decroche.messaging import queries
from decroche.messaging.actions.claim_follow_up import AlreadyClaimed, claim_follow_up, release_follow_up
from decroche.messaging.actions.close_follow_up import InColleaguesHand, close_follow_up, note_try
from decroche.messaging.models import FollowUp, FollowUpResult

PER_PAGE = 30


@require_GET
@requires(Permission.TREAT_FOLLOW_UP)
def follow_ups(request: PersonRequest) -> HttpResponse:
    """Show the list: a panel to htmx, a page otherwise."""
    return _list(request)


@require_GET
@requires(Permission.TREAT_FOLLOW_UP)
def closed(request: PersonRequest) -> HttpResponse:
    """Show what was closed and what came of it."""
    rows = queries.follow_ups_done(request.access.practices_for(Permission.TREAT_FOLLOW_UP))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    _log(request, list(page.object_list))
    return render(request, "messaging/follow_ups_done.html", {"page_obj": page})


@require_POST
@requires(Permission.TREAT_FOLLOW_UP)
def claim(request: PersonRequest, follow_up_id: int) -> HttpResponse:
    """Take one in hand; a colleague who was quicker keeps it."""
    follow_up = _follow_up_or_404(follow_up_id)
    try:
        claim_follow_up(follow_up=follow_up, by=request.user, now=clock.now())
    except AlreadyClaimed as quicker:
        if quicker.by:
            return _list(
                request, told=_("%(who)s vient de le prendre. Voici les suivants.") % {"who": quicker.by}
            )
        return _list(request, told=_("C’est déjà fait. Voici les suivants."))
    request.log_write("follow_up", [follow_up.pk], practice_id=follow_up.practice_id)
    return _list(request)


@require_POST
@requires(Permission.TREAT_FOLLOW_UP)
def release(request: PersonRequest, follow_up_id: int) -> HttpResponse:
    """Give one back to the list."""
    follow_up = _follow_up_or_404(follow_up_id)
    release_follow_up(follow_up=follow_up, by=request.user)
    request.log_write("follow_up", [follow_up.pk], practice_id=follow_up.practice_id)
    return _list(request)


@require_POST
@requires(Permission.TREAT_FOLLOW_UP)
def close(request: PersonRequest, follow_up_id: int) -> HttpResponse:
    """Close one with what came of it; "again" puts it back for later."""
    follow_up = _follow_up_or_404(follow_up_id)
    result = request.POST.get("result", "")
    now = clock.now()
    try:
        if result == "again":
            note_try(follow_up=follow_up, by=request.user, now=now)
            told = _("Personne n’a répondu : il revient dans la liste dans une demi-heure.")
        elif result in FollowUpResult.values:
            note = request.POST.get("note", "")
            close_follow_up(follow_up=follow_up, result=result, note=note, by=request.user, now=now)
            told = _("Suivi clos.")
        else:
            return _list(request, told=_("Dites ce qu’il en est : joint, message laissé ou injoignable."))
    except InColleaguesHand as colleague:
        return _list(request, told=_("%(who)s l’a en main.") % {"who": colleague.by})
    request.log_write("follow_up", [follow_up.pk], practice_id=follow_up.practice_id)
    response = _list(request)
    response["HX-Trigger"] = json.dumps({"toast": {"text": told}})
    return response


def _list(request: PersonRequest, *, told: str = "") -> HttpResponse:
    practice_ids = request.access.practices_for(Permission.TREAT_FOLLOW_UP)
    now = clock.now()
    rows = queries.follow_ups_due(practice_ids)
    _log(request, rows)
    for row in rows:
        if not row.is_in_hand(now=now):
            row.assigned_to = None  # a claim that lapsed is nobody's
    rows.sort(key=lambda row: (row.assigned_to_id != request.user.pk, row.due_at > now, row.due_at))
    context = {
        "rows": rows,
        "counts": queries.follow_up_counts(practice_ids, now=now),
        "now": now,
        "results": FollowUpResult.choices,
        "told": told,
    }
    if not request.headers.get("HX-Request") and request.method == "POST":
        return redirect("messages:follow_ups")
    is_part = request.headers.get("HX-Request")
    return render(request, "messaging/_follow_ups.html" if is_part else "messaging/follow_ups.html", context)


def _follow_up_or_404(follow_up_id: int) -> FollowUp:
    follow_up: FollowUp = get_object_or_404(FollowUp.objects.select_related("assigned_to"), pk=follow_up_id)
    return follow_up


def _log(request: PersonRequest, found: list[FollowUp]) -> None:
    by_practice: dict[int, list[int]] = {}
    for follow_up in found:
        by_practice.setdefault(follow_up.practice_id, []).append(follow_up.pk)
    for practice_id, ids in by_practice.items():
        request.log_read("follow_up", ids, practice_id=practice_id)
