"""The wall: who is called, where to, how late it is. It asks again every few seconds."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_GET

from decroche.foundation.clock import now as clock_now
from decroche.waiting_room.models import Device
from decroche.waiting_room.queries import wall_of
from decroche.waiting_room.web.doors import asked_language, device_door

THEMES = ("light", "dark")
_REASON = "a screen on the practice's wall: its secret address opens numbers and delays, no full name"


@require_GET
@device_door(Device.Kind.WALL, reason=_REASON)
def wall(request: HttpRequest, device: Device, token: str) -> HttpResponse:
    """Fill a screen that is read from five metres."""
    theme = request.GET.get("theme", "")
    context = {
        "device": device,
        "view": wall_of(device, now=clock_now()),
        "token": token,
        "lang": asked_language(request),
        **({"ui_theme": theme} if theme in THEMES else {}),
    }
    return render(request, "waiting_room/wall.html", context)


@require_GET
@device_door(Device.Kind.WALL, reason=_REASON)
def now(request: HttpRequest, device: Device, token: str) -> HttpResponse:
    """Give what the wall shows now; a wall that shows it already is told so in a few bytes."""
    context = {
        "device": device,
        "view": wall_of(device, now=clock_now()),
        "token": token,
        "lang": asked_language(request),
    }
    response = render(request, "waiting_room/_wall.html", context)
    response["Cache-Control"] = "private, no-cache"
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response
