"""The page behind a reminder's link: the code as a QR, to be shown to the practice's reader.

It looks nothing up: whoever has the address sees the code that stands in it, and learns nothing else.
"""

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from decroche.accounts.guard import public
from decroche.waiting_room.queries.codes import appointment_of_code
from decroche.waiting_room.web.doors import asked_language


@require_safe
@public(
    reason="the code that stands in the address itself, drawn as a QR: nothing is looked up, nobody is named"
)
def arrival(request: HttpRequest, token: str) -> HttpResponse:
    """Draw the code that this house wrote; any other is not there."""
    if appointment_of_code(token) is None:
        raise Http404
    picture = segno.make(token, error="m", micro=False).svg_data_uri(scale=8, border=3, light="white")
    lang = asked_language(request)
    with translation.override(lang):
        response = render(request, "waiting_room/arrival.html", {"code": token, "qr": picture, "lang": lang})
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Content-Language"] = lang
    return response
