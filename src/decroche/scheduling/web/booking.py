"""Find a slot in a few keystrokes: visit type, first suitable slots, Enter. Each answer is the strip above the grid."""

from datetime import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.practices.models import Practice, Practitioner, Site
from decroche.scheduling.actions.hold_slot import hold_slot
from decroche.scheduling.actions.move_appointment import move_appointment
from decroche.scheduling.domain.refusals import Refusal
from decroche.scheduling.models import Appointment, VisitType
from decroche.scheduling.web import asked, strip
from decroche.scheduling.web.choice import Choice
from decroche.scheduling.web.strip import Listing
from decroche.scheduling.web.words import refusal_sentence, when


@require_GET
@requires(Permission.BOOK_APPOINTMENT)
def start(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Show the strip at rest."""
    return strip.rest(request, get_object_or_404(Practice, pk=practice_id))


@require_GET
@requires(Permission.BOOK_APPOINTMENT)
def types(request: PersonRequest, practice_id: int) -> HttpResponse:
    """List the visit types under the keys 1 to 9."""
    return strip.types(request, get_object_or_404(Practice, pk=practice_id))


@require_http_methods(["GET", "POST"])
@requires(Permission.BOOK_APPOINTMENT)
def slots(request: PersonRequest, practice_id: int) -> HttpResponse:
    """List the first suitable slots under the keys 1 to 9; posted where the criteria say anything of a person."""
    practice = get_object_or_404(Practice, pk=practice_id)
    values = request.POST if request.method == "POST" else request.GET
    return strip.listing(request, Listing(practice, values))


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def pick(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Hold the slot that was picked, in the list or in the grid; or move the appointment in hand there."""
    slot = asked.slot(request.POST)
    if slot is None:
        return strip.rest(request, get_object_or_404(Practice, pk=practice_id))
    practice, practitioner, site, kind = asked.wanted_at(slot, request.POST, practice_id)
    if practice is None or practitioner is None or site is None:
        raise Http404
    return take(request, practice, practitioner, site, slot.starts_at, chosen=kind)


def take(
    request: PersonRequest,
    practice: Practice,
    practitioner: Practitioner,
    site: Site,
    starts_at: datetime,
    *,
    chosen: VisitType | None = None,
) -> HttpResponse:
    """Hold one time, or move the appointment in hand to it; a refusal lists what comes after, with its sentence.

    `chosen` is the visit type asked for, where it has been read already.
    """
    moving = asked.number(request.POST, "moving")
    kind = None if moving is not None else chosen or _visit_type(request, practice, practitioner)
    known = strip.patient_asked(practice, request.POST, None)
    try:
        if kind is None:
            return _move(request, practice, practitioner, site, starts_at, moving or 0)
        held = hold_slot(
            practitioner=practitioner,
            site=site,
            visit_type=kind,
            starts_at=starts_at,
            held_by=request.user,
            now=clock_now(),
            asker=strip.asker_for(Choice.read(request.POST, practice, clock_now()), known, practitioner),
            call_id=asked.uuid(request.POST, "call_id"),
            replaces=asked.number(request.POST, "hold"),
            idempotency_key=asked.retry_key(request),
        )
    except Refusal as refusal:
        sentence = refusal_sentence(refusal)
        wish = Listing(practice, request.POST, kind=kind, sentence=sentence, around=starts_at, known=known)
        return strip.listing(request, wish)
    held.practice = practice
    return strip.holding(request, held)


def _move(
    request: PersonRequest,
    practice: Practice,
    practitioner: Practitioner,
    site: Site,
    starts_at: datetime,
    moving: int,
) -> HttpResponse:
    appointment = get_object_or_404(Appointment, pk=moving, practice=practice)
    moved = move_appointment(
        appointment_id=appointment.pk,
        practitioner=practitioner,
        site=site,
        starts_at=starts_at,
        version=asked.number(request.POST, "version"),
        by=request.user,
        now=clock_now(),
    )
    request.log_write("appointment", [moved.pk], practice_id=practice.pk)
    text = _("Rendez-vous déplacé : %(when)s, %(who)s.") % {
        "when": when(moved),
        "who": practitioner.display_name,
    }
    return strip.done(request, moved, text, event="appointment-moved")


def _visit_type(request: PersonRequest, practice: Practice, practitioner: Practitioner) -> VisitType:
    """Give the chosen visit type; a cell picked without one is for the first that the practitioner receives."""
    chosen = strip.asked_type(practice, request.POST)
    if chosen is not None:
        return chosen
    kinds = VisitType.objects.filter(practice=practice, is_active=True, emergency=False)
    offered: VisitType | None = kinds.filter(offers__practitioner=practitioner).first()
    return offered or get_object_or_404(kinds[:1])
