"""The page where a patient says "I am here": on the practice's tablet, or on their own phone by the poster's QR.

It answers with a number or with "see the front desk", and with nothing else; what was typed never comes back, save a
date that no calendar knows, and stands in no address.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from decroche.foundation.clock import now
from decroche.waiting_room.actions.check_in import Identity
from decroche.waiting_room.actions.check_in import check_in as check_in_now
from decroche.waiting_room.models import Device
from decroche.waiting_room.web.doors import asked_language, device_door
from decroche.waiting_room.web.forms import CodeForm, NameForm

UNCLEAR = 422
LANGUAGES = (("fr", "Français"), ("en", "English"))
WAYS: dict[str, type[CodeForm | NameForm]] = {"code": CodeForm, "name": NameForm}


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@device_door(
    Device.Kind.CHECK_IN,
    reason="a page at the practice's door: it answers with a number, or sends to the front desk, and shows no one",
)
@csrf_protect
def check_in(request: HttpRequest, device: Device, token: str, *, own_phone: bool) -> HttpResponse:
    """Ask how, then who, then give the number: one question a screen, without JavaScript if need be."""
    way = (request.POST if request.method == "POST" else request.GET).get("how", "")
    context = {
        "device": device,
        "token": token,
        "lang": asked_language(request),
        "how": way,
        "own_phone": own_phone,
        "languages": LANGUAGES,
    }
    if way not in WAYS:
        return render(request, "waiting_room/check_in.html", context)
    form = WAYS[way](request.POST or None)
    if request.method == "POST" and form.is_valid():
        identity = Identity(**form.identity())
        ticket = check_in_now(device=device, identity=identity, now=now(), own_phone=own_phone)
        return render(request, "waiting_room/checked_in.html", context | {"ticket": ticket})
    status = UNCLEAR if request.method == "POST" else 200
    return render(request, "waiting_room/check_in.html", context | {"form": form}, status=status)
