"""Set up the screens of a waiting room: walls, check-in pages, the tolerance, who receives where."""

from typing import Any

import segno
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now
from decroche.practices.models import Practice
from decroche.practices.queries import practitioners_of
from decroche.waiting_room.actions.save_settings import save_settings
from decroche.waiting_room.actions.set_up_device import NewDevice, revoke_device, set_up_device
from decroche.waiting_room.models import Device
from decroche.waiting_room.queries import devices_of, poster_token
from decroche.waiting_room.queries.board import rooms_of
from decroche.waiting_room.web.forms import DeviceForm, SettingsForm

UNCLEAR = 422


@require_http_methods(["GET", "POST"])
@requires(Permission.SET_UP_WAITING_ROOM)
def set_up(request: PersonRequest, practice_id: int) -> HttpResponse:
    """List the screens; make one, and show its address this once."""
    practice = get_object_or_404(Practice, pk=practice_id)
    if request.method == "GET":
        return _page(request, practice)
    form = DeviceForm(request.POST, practice=practice)
    if not form.is_valid():
        return _page(request, practice, status=UNCLEAR, device_form=form)
    typed = form.cleaned_data
    made = set_up_device(
        site=typed["site"],
        kind=typed["kind"],
        label=typed["label"],
        shows=typed["shows"],
        chime=typed["chime"],
        by=request.user,
        now=now(),
    )
    return _page(request, practice, device_form=DeviceForm(practice=practice), made=_addresses(request, made))


@require_POST
@requires(Permission.SET_UP_WAITING_ROOM)
def settings(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Keep the tolerance and the rooms."""
    practice = get_object_or_404(Practice, pk=practice_id)
    form = _settings_form(practice, request.POST)
    if not form.is_valid():
        return _page(request, practice, status=UNCLEAR, settings_form=form)
    save_settings(
        practice=practice, tolerance_minutes=form.cleaned_data["tolerance_minutes"], rooms=form.rooms()
    )
    messages.success(request, _("C’est enregistré."))
    return _back(practice.pk)


@require_POST
@requires(Permission.SET_UP_WAITING_ROOM)
def revoke(request: PersonRequest, device_id: int) -> HttpResponse:
    """Close a screen's address for good."""
    device = get_object_or_404(Device, pk=device_id)
    revoke_device(device=device, now=now())
    messages.success(
        request, _("L’adresse de l’écran «\u202f%(label)s\u202f» ne s’ouvre plus.") % {"label": device.label}
    )
    return _back(device.practice_id)


def _back(practice_id: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("waiting_room:set_up", args=[practice_id]), status=303)


def _page(request: PersonRequest, practice: Practice, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "practice": practice,
        "devices": devices_of(practice.pk),
        "now": now(),
        "device_form": more.pop("device_form", None) or DeviceForm(practice=practice),
        "settings_form": more.pop("settings_form", None) or _settings_form(practice),
        **more,
    }
    response = render(request, "waiting_room/set_up.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _settings_form(practice: Practice, data: Any = None) -> SettingsForm:
    people = practitioners_of(practice.pk)
    return SettingsForm(data, practice=practice, rooms=rooms_of(practice.pk), people=people)


def _addresses(request: PersonRequest, made: NewDevice) -> dict[str, Any]:
    """Write the new screen's address in full, and as a QR that a tablet (or, on the poster, a phone) reads."""
    name = "waiting_room:wall" if made.device.kind == Device.Kind.WALL else "waiting_room:check_in"
    address = request.build_absolute_uri(reverse(name, args=[made.token]))
    found = {"device": made.device, "address": address, "qr": _qr(address)}
    if made.device.kind == Device.Kind.CHECK_IN:
        poster = request.build_absolute_uri(
            reverse("waiting_room:check_in_phone", args=[poster_token(made.device)])
        )
        found |= {"poster": poster, "poster_qr": _qr(poster)}
    return found


def _qr(text: str) -> str:
    """Draw a QR as a picture that the page carries itself (middle correction: paper gets dirty)."""
    return str(segno.make(text, error="m", micro=False).svg_data_uri(scale=4, border=2, light="white"))
