"""Lay out the practice's screen: three panels, one page."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.companion.domain.asking import Until, usual_hours
from decroche.companion.queries import Seat, asked_board, day_board, message_board, seat_of
from decroche.companion.web.toast import toast
from decroche.foundation.clock import now
from decroche.messaging.queries import is_overdue

FARTHEST = timedelta(days=400)  # no agenda is read farther than this from today


@require_GET
@requires(Permission.USE_COMPANION)
def home(request: PersonRequest) -> HttpResponse:
    """Open the person's own day."""
    return _screen(request, seat_of(request.user), "day")


@require_GET
@requires(Permission.USE_COMPANION)
def screen(request: PersonRequest, practice_id: int, tab: str) -> HttpResponse:
    """Open one practice on one of the three panels (which only matters on a phone)."""
    return _screen(request, seat_of(request.user, practice_id), tab)


@require_GET
@requires(Permission.USE_COMPANION)
def panel(request: PersonRequest, practice_id: int, tab: str) -> HttpResponse:
    """Draw one panel again."""
    return draw(request, seat_of(request.user, practice_id), tab)


def draw(request: PersonRequest, seat: Seat, tab: str, *, status: int = 200, **more: Any) -> HttpResponse:
    """Return one panel as htmx swaps it in."""
    context = {"seat": seat, "tab": tab, **PANELS[tab](request, seat), **more}
    return render(request, f"companion/_{tab}.html", context, status=status)


def answer(
    request: PersonRequest, practice_id: int, tab: str, text: str, *, undo: str = "", status: int = 200
) -> HttpResponse:
    """Say what was done (or why not): the panel and a toast to htmx, the page and a strip to a plain form."""
    if request.headers.get("HX-Request"):
        response = draw(request, seat_of(request.user, practice_id), tab, status=status)
        return toast(response, text, undo=undo)
    messages.info(request, text)
    return HttpResponseRedirect(reverse(f"companion:{tab}", args=[practice_id]), status=303)


def _screen(request: PersonRequest, seat: Seat, tab: str) -> HttpResponse:
    context: dict[str, Any] = {"seat": seat, "tab": tab}
    for gather in PANELS.values():
        context |= gather(request, seat)
    return render(request, "companion/screen.html", context)


def _day(request: PersonRequest, seat: Seat) -> dict[str, Any]:
    instant = now()
    today = instant.astimezone(seat.zone).date()
    board = day_board(seat, day=_asked_day(request.GET.get("day", ""), today), now=instant)
    request.log_read("patient", board.patient_ids, practice_id=seat.practice.pk)
    return {
        "day": board,
        "today": today,
        "yesterday": board.day - timedelta(days=1),
        "tomorrow": board.day + timedelta(days=1),
        "now": instant,
    }


def _asked_day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if abs(day - today) <= FARTHEST else today


def _messages(request: PersonRequest, seat: Seat) -> dict[str, Any]:
    instant = now()
    board = message_board(seat)
    request.log_read("message", [message.pk for message in board.messages], practice_id=seat.practice.pk)
    request.log_read("patient", board.patient_ids, practice_id=seat.practice.pk)
    late = {message.pk for message in board.messages if is_overdue(message, instant)}
    return {"inbox": board, "late": late, "now": instant}


def _asked(request: PersonRequest, seat: Seat) -> dict[str, Any]:
    instant = now()
    return {
        "asked": asked_board(seat, now=instant, reader=request.user),
        "hours": usual_hours(instant, seat.zone),
        "untils": list(Until),
        "now": instant,
    }


PANELS: dict[str, Callable[[PersonRequest, Seat], dict[str, Any]]] = {
    "day": _day,
    "messages": _messages,
    "asked": _asked,
}
