"""The board of on-site staff and practitioners: who is in, who is next, who waits; one key calls."""

import json
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.practices.models import Practice, Practitioner
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.refusals import Refusal
from decroche.scheduling.models import Appointment
from decroche.scheduling.web.following import take_back
from decroche.waiting_room.actions.call_next import NotNext, call_next, undo_call
from decroche.waiting_room.actions.say_status import say_status
from decroche.waiting_room.queries import board_of

CONFLICT, UNCLEAR = 409, 422
EVERYBODY = "all"
SALT = "decroche.waiting_room.undo"
SHOWN_PRACTICES = 6
MAY_SAY = {
    status.value: status
    for status in (
        Status.ARRIVED, Status.CALLED, Status.IN_CONSULTATION, Status.DONE, Status.LEFT, Status.NO_SHOW, Status.BOOKED,
    )
}  # fmt: skip


@require_GET
@requires(Permission.RUN_WAITING_ROOM)
def home(request: PersonRequest) -> HttpResponse:
    """Open the waiting room of the person's own practice, or of the first that they look after."""
    own = Practitioner.objects.filter(user=request.user, is_active=True).values_list("practice_id", flat=True)
    practice_id = own.first() or Practice.objects.order_by("name", "pk").values_list("pk", flat=True).first()
    if practice_id is None:
        raise Http404
    return HttpResponseRedirect(reverse("waiting_room:board", args=[practice_id]))


@require_GET
@requires(Permission.RUN_WAITING_ROOM)
def board(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Show the whole board of one practice."""
    practice = get_object_or_404(Practice, pk=practice_id)
    return render(request, "waiting_room/board.html", _context(request, practice))


@require_GET
@requires(Permission.RUN_WAITING_ROOM)
def panel(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Draw the board again."""
    return _draw(request, get_object_or_404(Practice, pk=practice_id))


@require_GET
@requires(Permission.RUN_WAITING_ROOM)
def compact(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Draw the few lines that another room's screen shows: next, delay, how many wait."""
    return _draw(request, get_object_or_404(Practice, pk=practice_id), is_compact=True)


@require_POST
@requires(Permission.RUN_WAITING_ROOM)
def call(request: PersonRequest, practice_id: int, practitioner_id: int) -> HttpResponse:
    """Call who is next, and end the consultation in hand."""
    practitioner = get_object_or_404(
        Practitioner.objects.select_related("practice"), pk=practitioner_id, practice_id=practice_id
    )
    shown = _number(request.POST.get("next", ""))
    try:
        called = call_next(practitioner=practitioner, shown_id=shown, by=request.user, now=clock_now())
    except (NotNext, Refusal):
        sentence = _("Quelqu’un d’autre vient d’appeler ou d’arriver\u202f: voici l’ordre à présent.")
        return _answer(request, practitioner.practice, sentence, status=CONFLICT)
    request.log_write("appointment", [step[0] for step in called.steps], practice_id=practice_id)
    token = signing.dumps(called.steps, salt=SALT)
    undo = reverse("waiting_room:undo_next", args=[token]) if called.steps else ""
    return _answer(request, practitioner.practice, _call_sentence(called.appointment), undo=undo)


def _call_sentence(appointment: Appointment | None) -> str:
    if appointment is None or appointment.patient is None:
        return _("Personne d’autre n’attend.")
    return _("%(who)s est appelé·e\u202f: numéro %(ticket)s.") % {
        "who": appointment.patient.display_name,
        "ticket": appointment.waiting_ticket,
    }


@require_POST
@requires(Permission.RUN_WAITING_ROOM)
def undo_next(request: PersonRequest, token: str) -> HttpResponse:
    """Take back a call: it never took place on the screens, though the history keeps it."""
    try:
        steps = [(int(id_), int(version)) for id_, version in signing.loads(token, salt=SALT, max_age=600)]
    except (signing.BadSignature, TypeError, ValueError):
        return _toast(HttpResponse(status=204), _("Trop tard pour défaire."))
    ids = [id_ for id_, _version in steps]
    rows = list(Appointment.objects.filter(pk__in=ids).values_list("pk", "practice_id"))
    if len(rows) != len(set(ids)) or len({practice_id for _pk, practice_id in rows}) != 1:
        raise Http404
    try:
        undo_call(steps=steps, by=request.user, now=clock_now())
    except Refusal:
        return _toast(HttpResponse(status=204), _("Trop tard\u202f: quelqu’un l’a changé depuis."))
    request.log_write("appointment", ids, practice_id=rows[0][1])
    return _toast(HttpResponse(status=204), _("C’est défait."))


@require_POST
@requires(Permission.RUN_WAITING_ROOM)
def say(request: PersonRequest, appointment_id: int) -> HttpResponse:
    """Note one step of a passage: arrived, went in, gone without being seen, did not come, and back."""
    appointment = get_object_or_404(Appointment.objects.select_related("practice"), pk=appointment_id)
    status = MAY_SAY.get(request.POST.get("status", ""))
    if status is None:
        return _answer(
            request, appointment.practice, _("Dites ce qu’il en est de ce rendez-vous."), status=UNCLEAR
        )
    try:
        changed = say_status(
            appointment_id=appointment.pk,
            status=status,
            version=_number(request.POST.get("version", "")),
            by=request.user,
            now=clock_now(),
        )
    except Refusal:
        sentence = _("Quelqu’un vient de changer ce rendez-vous\u202f: le voici comme il est.")
        return _answer(request, appointment.practice, sentence, status=CONFLICT)
    request.log_write("appointment", [changed.pk], practice_id=changed.practice_id)
    undo = reverse("waiting_room:undo", args=[changed.pk, changed.version])
    return _answer(request, appointment.practice, _status_sentence(changed), undo=undo)


def _status_sentence(changed: Appointment) -> str:
    who = changed.patient.display_name if changed.patient else _("Rendez-vous")
    if changed.status in {Status.ARRIVED, Status.CALLED}:
        return _("%(who)s\u202f: %(status)s, numéro %(ticket)s.") % {
            "who": who,
            "status": changed.get_status_display(),
            "ticket": changed.waiting_ticket,
        }
    return _("%(who)s\u202f: %(status)s.") % {"who": who, "status": changed.get_status_display()}


@require_POST
@requires(Permission.RUN_WAITING_ROOM)
def undo(request: PersonRequest, appointment_id: int, version: int) -> HttpResponse:
    """Take back one step."""
    sentence = take_back(request, appointment_id, version, now=clock_now())
    return _toast(HttpResponse(status=204), sentence)


def _context(request: PersonRequest, practice: Practice) -> dict[str, Any]:
    people = list(Practitioner.objects.filter(practice_id=practice.pk, is_active=True))
    mine = next((person for person in people if person.user_id == request.user.pk), None)
    asked = request.GET.get("with", "")
    chosen = next((person for person in people if str(person.pk) == asked), None)
    shown = chosen or (mine if asked != EVERYBODY else None)
    now = clock_now()
    drawn = board_of(practice, now=now, practitioner_id=shown.pk if shown else None)
    request.log_read("patient", drawn.patient_ids, practice_id=practice.pk)
    allowed = request.access.practices_for(Permission.RUN_WAITING_ROOM)
    return {
        "board": drawn,
        "practice": practice,
        "people": people,
        "shown": shown,
        "query": str(shown.pk) if shown else EVERYBODY,
        "now": now,
        "statuses": Status,
        "may_set_up": request.access.allows(Permission.SET_UP_WAITING_ROOM, practice.pk),
        "practices": Practice.objects.filter(pk__in=allowed).order_by("name", "pk")
        if 1 < len(allowed) <= SHOWN_PRACTICES
        else (),
    }


def _draw(
    request: PersonRequest, practice: Practice, *, is_compact: bool = False, status: int = 200
) -> HttpResponse:
    template = "waiting_room/_compact.html" if is_compact else "waiting_room/_panel.html"
    return render(request, template, _context(request, practice), status=status)


def _answer(
    request: PersonRequest, practice: Practice, text: str, *, undo: str = "", status: int = 200
) -> HttpResponse:
    """Say what was done (or why not): the board and a toast to htmx, the page and a strip to a plain form."""
    if request.headers.get("HX-Request"):
        is_compact = request.GET.get("compact") == "1"
        return _toast(_draw(request, practice, is_compact=is_compact, status=status), text, undo=undo)
    messages.info(request, text)
    where = reverse("waiting_room:board", args=[practice.pk])
    asked = request.GET.get("with", "")
    known = f"?with={asked}" if asked == EVERYBODY or _number(asked) else ""
    return HttpResponseRedirect(where + known, status=303)


def _toast(response: HttpResponse, text: str, *, undo: str = "") -> HttpResponse:
    sentence: dict[str, str | int] = {"text": text, "target": "body"}
    if undo:
        sentence |= {"undo": undo, "seconds": 10}
    response["HX-Trigger"] = json.dumps({"toast": sentence, "waiting-room-changed": {"target": "body"}})
    return response


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None  # noqa: PLR2004
