"""The doors that nobody signs in at: a long secret in the address opens one screen of one practice."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation

from decroche.accounts.guard import public
from decroche.foundation.clock import now
from decroche.foundation.tenancy import practice_scope
from decroche.waiting_room.actions.set_up_device import note_seen
from decroche.waiting_room.queries import device_of, device_of_poster

LANGUAGES = ("fr", "en")
DeviceView = Callable[..., HttpResponse]


def device_door(kind: str, *, reason: str) -> Callable[[DeviceView], DeviceView]:
    """Let in whoever has the address of a screen of this kind; queries see that screen's practice only.

    Nothing of the answer is kept anywhere: no cache, no index, and no address is passed on to another site.
    """

    def decorate(view: DeviceView) -> DeviceView:
        @public(reason=reason)
        @wraps(view)
        def entered(request: HttpRequest, token: str, **more: bool) -> HttpResponse:
            device = device_of_poster(token) if more.get("own_phone") else device_of(token, kind=kind)
            if device is None:
                raise Http404
            with practice_scope([device.practice_id]), translation.override(asked_language(request)):
                note_seen(device=device, now=now())
                response = view(request, device, token, **more)
            response.setdefault("Cache-Control", "no-store")
            response["X-Robots-Tag"] = "noindex, nofollow"
            response["Content-Language"] = asked_language(request)
            return response

        return entered

    return decorate


def asked_language(request: HttpRequest) -> str:
    """Give the language chosen on the page itself; French, if none: a screen has no person of its own."""
    asked = request.GET.get("lang") or request.POST.get("lang") or ""
    return asked if asked in LANGUAGES else LANGUAGES[0]
