"""Show whom we owe a call, take one in hand and ring him, note what came of it in one key."""

import json
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.calls import wording
from decroche.calls.actions.give_order import OrderRefused, SwitchboardSilent, give_order_and_wait
from decroche.calls.models import Post
from decroche.calls.queries_call_backs import POLICY, call_backs, next_try, speaks_with
from decroche.calls.switchboard.orders import OrderKind
from decroche.foundation.clock import now
from decroche.messaging.actions.claim_follow_up import AlreadyClaimed, claim_follow_up, release_follow_up
from decroche.messaging.actions.close_follow_up import (
    InColleaguesHand,
    close_follow_up,
    note_try,
    take_back_try,
)
from decroche.messaging.actions.postpone_follow_up import postpone_follow_up
from decroche.messaging.models import FollowUp, FollowUpResult
from decroche.practices.models import Practice
from decroche.ui import formats

PAGE = 25
WHILE_TALKING = timedelta(minutes=30)  # a conversation outlasts the claim that began it
PATIENCE_SECONDS = 1.2
ENDINGS = {FollowUpResult.REACHED, FollowUpResult.LEFT_MESSAGE, FollowUpResult.NOT_NEEDED}


@dataclass(frozen=True, slots=True)
class Told:
    """Say something above the list: a sentence, in the colour of what it is."""

    text: str
    is_refusal: bool = False


@require_GET
@requires(Permission.TREAT_FOLLOW_UP)
def call_back_list(request: PersonRequest) -> HttpResponse:
    """Show the list: a panel to htmx, a page otherwise."""
    return _list(request)


@require_POST
@requires(Permission.TREAT_FOLLOW_UP)
def place(request: PersonRequest, follow_up_id: int) -> HttpResponse:
    """Take a caller in hand and have both phones ring; without a post, only take him in hand."""
    row = _row_or_404(follow_up_id)
    moment = now()
    if online := speaks_with(row, now=moment):
        return _list(
            request, Told(_("%(who)s parle avec ce numéro.") % {"who": online}, is_refusal=True), status=409
        )
    try:
        claim_follow_up(follow_up=row, by=request.user, now=moment, lasts=POLICY.claim_for)
    except AlreadyClaimed as quicker:
        text = (
            _("%(who)s l’appelle déjà. Voici les suivants.") % {"who": quicker.by}
            if quicker.by
            else _("C’est déjà fait. Voici les suivants.")
        )
        return _list(request, Told(text, is_refusal=True), status=409)
    request.log_write("follow_up", [row.pk], practice_id=row.practice_id)
    if not _rings_from_here(request, row):
        claim_follow_up(follow_up=row, by=request.user, now=moment, lasts=WHILE_TALKING)
        return _list(request)
    refusal = _ring(request, row, moment)
    if refusal:
        release_follow_up(follow_up=row, by=request.user)
        return _list(request, Told(refusal, is_refusal=True), status=409)
    claim_follow_up(follow_up=row, by=request.user, now=moment, lasts=WHILE_TALKING)
    number = formats.phone(row.caller_number)
    return _list(request, Told(_("Votre téléphone sonne, puis le %(number)s.") % {"number": number}))


@require_POST
@requires(Permission.TREAT_FOLLOW_UP)
def noted(request: PersonRequest, follow_up_id: int) -> HttpResponse:
    """Note what came of it: joint, message laissé, pas de réponse, plus nécessaire."""
    row = _row_or_404(follow_up_id)
    result, moment = request.POST.get("result", ""), now()
    try:
        if result == "no_answer":
            again = next_try(row, now=moment)
            note_try(follow_up=row, by=request.user, now=moment, again_at=again)
            told = _again(again, moment)
        elif result in ENDINGS:
            close_follow_up(follow_up=row, result=result, by=request.user, now=moment)
            told = _("C’est noté : il sort de la liste.")
        else:
            return _list(request, Told(_("Dire ce qu’il en est : joint, message laissé ou pas de réponse.")))
    except InColleaguesHand as colleague:
        text = _("%(who)s l’a en main.") % {"who": colleague.by}
        return _list(request, Told(text, is_refusal=True), status=409)
    request.log_write("follow_up", [row.pk], practice_id=row.practice_id)
    undo = "" if result == FollowUpResult.NOT_NEEDED else _undo_address(row)
    return _list(request, events={"toast": {"text": told, **({"undo": undo} if undo else {})}})


@require_POST
@requires(Permission.TREAT_FOLLOW_UP)
def later(request: PersonRequest, follow_up_id: int) -> HttpResponse:
    """Note the hour at which he wants to be called, on the clock of his practice: today, else tomorrow."""
    row = _row_or_404(follow_up_id)
    moment = now()
    try:
        hour = time.fromisoformat(request.POST.get("at", ""))
    except ValueError:
        return _list(request, Told(_("Indiquer une heure, par exemple 15 h 30.")), status=422)
    local = timezone.localtime(moment, row.practice.zone)
    wished = datetime.combine(local.date(), hour.replace(tzinfo=None), tzinfo=row.practice.zone)
    if wished <= moment:
        wished += timedelta(days=1)
    try:
        postpone_follow_up(follow_up=row, wished_at=wished, by=request.user, now=moment)
    except InColleaguesHand as colleague:
        text = _("%(who)s l’a en main.") % {"who": colleague.by}
        return _list(request, Told(text, is_refusal=True), status=409)
    request.log_write("follow_up", [row.pk], practice_id=row.practice_id)
    return _list(request, events={"toast": {"text": _("C’est noté : il reviendra en tête à cette heure.")}})


@require_POST
@requires(Permission.TREAT_FOLLOW_UP)
def undo(request: PersonRequest, follow_up_id: int) -> HttpResponse:
    """Take back what I noted last about this caller; he is in my hand again."""
    row = _row_or_404(follow_up_id)
    done = take_back_try(follow_up=row, by=request.user, now=now())
    request.log_write("follow_up", [row.pk], practice_id=row.practice_id)
    if not request.headers.get("HX-Request"):
        return redirect("calls:call_backs")
    response = HttpResponse(status=204)
    if not done:
        response["HX-Trigger"] = json.dumps({"toast": {"text": _("Il est trop tard pour revenir dessus.")}})
    return response


def _again(again: datetime | None, moment: datetime) -> str:
    if again is None:
        return _("Pas de réponse, pour la dernière fois : à clore, ou à essayer un autre jour.")
    local = timezone.localtime(again)
    today = timezone.localdate(moment)
    words = {
        "day": formats.relative_day(local.date(), today=today),
        "time": formats.clock(local),
    }
    return _("Pas de réponse : prochain essai %(day)s à %(time)s.") % words


def _undo_address(row: FollowUp) -> str:
    return reverse("calls:call_back_undo", args=[row.pk])


def _rings_from_here(request: PersonRequest, row: FollowUp) -> bool:
    """Say whether this person has a post from which to call for that practice."""
    return request.access.allows(Permission.PLACE_CALL, row.practice_id) and (
        Post.objects.filter(user=request.user).exists()
    )


def _ring(request: PersonRequest, row: FollowUp, moment: datetime) -> str:
    """Have the switchboard call; return why not, or nothing."""
    try:
        give_order_and_wait(
            kind=OrderKind.CALL_OUT,
            user=request.user,
            now=moment,
            payload={
                "number": row.caller_number,
                "practice_id": row.practice_id,
                "line_id": None,
                "follow_up_id": row.pk,
            },
            patience_seconds=PATIENCE_SECONDS,
        )
    except SwitchboardSilent:
        return str(wording.SILENT)
    except OrderRefused as refused:
        return wording.refusal(refused.refusal)
    return ""


def _list(
    request: PersonRequest,
    told: Told | None = None,
    *,
    status: int = 200,
    events: dict[str, Any] | None = None,
) -> HttpResponse:
    is_part = bool(request.headers.get("HX-Request"))
    if request.method == "POST" and not is_part:
        return redirect("calls:call_backs")
    moment = now()
    ids = request.access.practices_for(Permission.TREAT_FOLLOW_UP)
    chosen = request.GET.get("practice", "")
    practice_id = int(chosen) if chosen.isdecimal() and len(chosen) < 18 else None  # noqa: PLR2004
    midnight = timezone.localtime(moment, request.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    found = call_backs(ids, me=request.user.pk, now=moment, since=midnight, practice_id=practice_id)
    page = Paginator(found.owed, PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    request.log_read("follow_up", [one.row.pk for one in shown])
    context = {
        "list": found,
        "page": page,
        "shown": shown,
        "practices": list(Practice.objects.filter(pk__in=ids).order_by("name")),
        "practice_id": practice_id,
        "told": told,
        "now": moment,
        "today": timezone.localdate(moment),
        "has_post": Post.objects.filter(user=request.user).exists(),
        "places_calls": request.access.practices_for(Permission.PLACE_CALL),
        "tab": "call_backs",
    }
    template = "calls/queue/_call_backs.html" if is_part else "calls/queue/call_backs.html"
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "no-store"
    if events:
        response["HX-Trigger"] = json.dumps(events)
    return response


def _row_or_404(follow_up_id: int) -> FollowUp:
    rows = FollowUp.objects.select_related("practice", "assigned_to").prefetch_related("attempts")
    row: FollowUp = get_object_or_404(rows, pk=follow_up_id)
    return row
