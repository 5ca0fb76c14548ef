"""Ask something of the desk, by one tap or in one's own words; take it back."""

from datetime import datetime, time
from typing import Final

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.companion.actions.ask_wish import ask_wish
from decroche.companion.actions.finish_early import TooLateToFinish, finish_early
from decroche.companion.actions.take_back import take_back
from decroche.companion.domain.asking import Until, end_of
from decroche.companion.queries import Seat, seat_of
from decroche.companion.web.screen import answer
from decroche.companion.web.toast import toast
from decroche.foundation.clock import now
from decroche.instructions.actions.add_instruction import EmptyInstruction, add_instruction
from decroche.instructions.actions.restore_instruction import InstructionWasReplaced, restore_instruction
from decroche.instructions.models import Instruction, InstructionKind
from decroche.practices.models import Practitioner
from decroche.scheduling.models import Wish
from decroche.ui.formats import clock

UNCLEAR = 422
# What one tap asks, for how long, in the desk's own language.
READY_MADE: Final[dict[str, tuple[InstructionKind, Until, str]]] = {
    "emergencies_only": (
        InstructionKind.EMERGENCY,
        Until.TONIGHT,
        "Urgences seulement jusqu’à ce soir\u202f: pour le reste, prendre un message.",
    ),
    "message_only": (
        InstructionKind.MESSAGE_ONLY,
        Until.TONIGHT,
        "Ne pas me passer d’appel jusqu’à ce soir\u202f: prendre un message.",
    ),
}


# What one tap wishes of the agenda itself, and for how long.
WISHES: Final[dict[str, tuple[str, Until, int | None]]] = {
    "fill_gaps": (Wish.Kind.FILL_GAPS, Until.TONIGHT, None),
    "mornings_first": (Wish.Kind.MORNINGS_FIRST, Until.WEEK, None),
    "keep_emergencies": (Wish.Kind.EMERGENCY_SLOTS, Until.WEEK, 1),
    "no_new_patients": (Wish.Kind.NO_NEW_PATIENTS, Until.WEEK, None),
}


@require_POST
@requires(Permission.EDIT_INSTRUCTION)
def finish(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Close the rest of the day from the hour given."""
    seat = seat_of(request.user, practice_id)
    practitioner = _chosen(request, seat) or seat.mine
    hour = _hour(request.POST.get("at", ""))
    if practitioner is None or hour is None:
        return answer(request, practice_id, "asked", _("Dites à quelle heure, et pour qui."), status=UNCLEAR)
    instant = now()
    at = datetime.combine(instant.astimezone(seat.zone).date(), hour, tzinfo=seat.zone)
    try:
        finished = finish_early(
            practitioner=practitioner,
            at=at,
            now=instant,
            by=request.user,
            fill_gaps=request.POST.get("fill_gaps") == "1",
        )
    except TooLateToFinish:
        return answer(
            request,
            practice_id,
            "asked",
            _("%(hour)s est déjà passé.") % {"hour": clock(hour)},
            status=UNCLEAR,
        )
    request.log_write("instruction", [finished.instruction.pk], practice_id=practice_id)
    standing = len(finished.standing)
    text = _("Le secrétariat sait que vous finissez à %(hour)s.") % {"hour": clock(hour)}
    if standing:
        left = ngettext(
            "%(n)s rendez-vous est encore après\u202f: il s’en occupe.",
            "%(n)s rendez-vous sont encore après\u202f: il s’en occupe.",
            standing,
        )
        text = f"{text} {left % {'n': standing}}"
    return answer(request, practice_id, "asked", text, undo=_undo(finished.instruction))


@require_POST
@requires(Permission.EDIT_INSTRUCTION)
def ask(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Ask one of the ready-made things, or something in one's own words until a chosen moment."""
    seat = seat_of(request.user, practice_id)
    instant = now()
    ready = READY_MADE.get(request.POST.get("ready", ""))
    until = next((each for each in Until if each == request.POST.get("until")), Until.TONIGHT)
    kind, until, body = ready or (InstructionKind.NOTE, until, request.POST.get("body", ""))
    try:
        instruction = add_instruction(
            practice=seat.practice,
            practitioner=_chosen(request, seat) or seat.mine,
            kind=kind,
            body=body,
            ends_at=end_of(until, now=instant, zone=seat.zone),
            by=request.user,
            now=instant,
        )
    except EmptyInstruction:
        return answer(
            request, practice_id, "asked", _("Écrivez ce que vous demandez au secrétariat."), status=UNCLEAR
        )
    request.log_write("instruction", [instruction.pk], practice_id=practice_id)
    return answer(request, practice_id, "asked", _("C’est dit au secrétariat."), undo=_undo(instruction))


@require_POST
@requires(Permission.WISH)
def wish(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Wish something of one's own agenda by one tap; on-site staff say for whom."""
    seat = seat_of(request.user, practice_id)
    practitioner = _chosen(request, seat) or seat.mine
    chosen = WISHES.get(request.POST.get("wish", ""))
    if practitioner is None or chosen is None:
        return answer(request, practice_id, "asked", _("Dites quoi, et pour qui."), status=UNCLEAR)
    kind, until, count = chosen
    instruction = ask_wish(
        practitioner=practitioner, kind=kind, until=until, count=count, by=request.user, now=now()
    )
    request.log_write("instruction", [instruction.pk], practice_id=practice_id)
    text = _("C’est fait\u202f: l’agenda en tient compte, et le secrétariat le sait.")
    return answer(request, practice_id, "asked", text, undo=_undo(instruction))


@require_POST
@requires(Permission.EDIT_INSTRUCTION)
def end(request: PersonRequest, instruction_id: int) -> HttpResponse:
    """Stop asking it, and open the agenda that it had closed."""
    instruction = _instruction(instruction_id)
    take_back(instruction=instruction, by=request.user, now=now())
    request.log_write("instruction", [instruction.pk], practice_id=instruction.practice_id)
    undo = reverse("companion:restore", args=[instruction.pk])
    return answer(
        request, instruction.practice_id, "asked", _("Le secrétariat sait que c’est fini."), undo=undo
    )


@require_POST
@requires(Permission.EDIT_INSTRUCTION)
def take_back_just_asked(request: PersonRequest, instruction_id: int) -> HttpResponse:
    """Undo what was just asked."""
    instruction = _instruction(instruction_id)
    take_back(instruction=instruction, by=request.user, now=now())
    request.log_write("instruction", [instruction.pk], practice_id=instruction.practice_id)
    return toast(HttpResponse(status=204), _("C’est comme si vous n’aviez rien dit."))


@require_POST
@requires(Permission.EDIT_INSTRUCTION)
def restore(request: PersonRequest, instruction_id: int) -> HttpResponse:
    """Undo an ending."""
    instruction = _instruction(instruction_id)
    try:
        restore_instruction(instruction=instruction, by=request.user, now=now())
    except InstructionWasReplaced:
        return toast(HttpResponse(status=204), _("Une autre consigne l’a remplacée entre-temps."))
    request.log_write("instruction", [instruction.pk], practice_id=instruction.practice_id)
    return toast(HttpResponse(status=204), _("La consigne vaut de nouveau."))


def _undo(instruction: Instruction) -> str:
    return reverse("companion:take_back", args=[instruction.pk])


def _chosen(request: PersonRequest, seat: Seat) -> Practitioner | None:
    """Return the practitioner for whom on-site staff speak; a practitioner speaks for themselves."""
    if seat.mine:
        return None
    return next(
        (each for each in seat.practitioners if str(each.pk) == request.POST.get("practitioner")), None
    )


def _hour(text: str) -> time | None:
    try:
        return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        return None


def _instruction(instruction_id: int) -> Instruction:
    instruction: Instruction = get_object_or_404(
        Instruction.objects.select_related("practice"), pk=instruction_id
    )
    return instruction
