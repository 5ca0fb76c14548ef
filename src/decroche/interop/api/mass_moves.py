"""Deal at once with all that an absence or a delay touches: prepare, decide line by line, send, follow."""

from datetime import timedelta
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Router, Status

from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.interop.api import schemas_mass_moves as s
from decroche.interop.api.access import KeyRequest, needs
from decroche.interop.api.booking import slot
from decroche.interop.api.fields import Id, Page
from decroche.interop.api.paging import Asked, narrowed, page_of
from decroche.interop.api.problems import SENSELESS, Problem
from decroche.interop.api.schemas import SlotOut
from decroche.kernel.interval import local_day
from decroche.practices.models import Practitioner, Site
from decroche.scheduling.actions.send_mass_move import mark_line_called, retry_line, send_mass_move
from decroche.scheduling.actions.start_mass_move import (
    Spot,
    change_line,
    start_away,
    start_from_absence,
    start_late,
    undo_mass_move,
)
from decroche.scheduling.models import Absence, MassMove, MassMoveItem
from decroche.scheduling.queries.mass_moves import Line, alternatives, lines_of, tally

router = Router(tags=["Reports groupés"])
MANY = Permission.MOVE_MANY
_LONGEST = timedelta(days=366)


# --- preparing -------------------------------------------------------------------------------


@router.get("/mass-moves", response=Page[s.MassMoveOut])
@needs(MANY)
def list_mass_moves(
    request: KeyRequest,  # noqa: ARG001
    paging: Asked,
    practice_id: Id | None = None,
    practitioner_id: Id | None = None,
) -> Any:
    """List what was prepared, sent or taken back, the latest first."""
    rows = MassMove.objects.order_by("-created_at", "-pk")
    return page_of(narrowed(rows, practice_id=practice_id, practitioner_id=practitioner_id), paging, _plain)


@router.post("/mass-moves/away", response={201: s.MassMoveLinesOut})
@needs(MANY)
def away(request: KeyRequest, sent: s.AwayIn) -> Any:
    """Close an agenda at once and propose a place for each appointment in the way; nobody is told until it is sent."""
    practitioner = get_object_or_404(Practitioner.objects.select_related("practice"), pk=sent.practitioner_id)
    locum = None if sent.locum_id is None else get_object_or_404(Practitioner, pk=sent.locum_id)
    now = clock_now()
    if sent.ends_at - sent.starts_at > _LONGEST:
        raise Problem(SENSELESS, "span-too-long", _("Un an au plus."))
    if sent.ends_at <= now:
        raise Problem(SENSELESS, "past", _("La fin vient avant le début, ou elle est passée."))
    move = start_away(
        practitioner=practitioner,
        starts_at=sent.starts_at,
        ends_at=sent.ends_at,
        locum=locum,
        reason=sent.reason,
        by=request.user,
        now=now,
    )
    return Status(201, _whole(request, move.pk))


@router.post("/mass-moves/late", response={201: s.MassMoveLinesOut})
@needs(MANY)
def late(request: KeyRequest, sent: s.LateIn) -> Any:
    """List who is still to come (today, unless `until` says otherwise), to be told of the delay; nothing is moved."""
    practitioner = get_object_or_404(Practitioner.objects.select_related("practice"), pk=sent.practitioner_id)
    now, zone = clock_now(), practitioner.practice.zone
    until = sent.until or local_day(now.astimezone(zone).date(), zone).end
    if not now < until <= now + timedelta(days=1):
        raise Problem(SENSELESS, "past", _("Un retard se dit pour les prochaines heures."))
    move = start_late(practitioner=practitioner, minutes=sent.minutes, until=until, by=request.user, now=now)
    return Status(201, _whole(request, move.pk))


@router.post("/absences/{absence_id}/mass-move", response={201: s.MassMoveLinesOut})
@needs(MANY)
def of_absence(request: KeyRequest, absence_id: Id) -> Any:
    """Deal with an absence recorded before; asked twice, give the one in preparation."""
    absence = get_object_or_404(Absence, pk=absence_id)
    move = start_from_absence(absence_id=absence.pk, by=request.user, now=clock_now())
    return Status(201, _whole(request, move.pk))


@router.get("/mass-moves/{mass_move_id}", response=s.MassMoveLinesOut)
@needs(MANY)
def read_mass_move(request: KeyRequest, mass_move_id: Id) -> Any:
    """Read the lines: to be decided, on their way, done, failed, to be called; names only where the key may see patients."""
    return _whole(request, get_object_or_404(MassMove, pk=mass_move_id).pk)


# --- line by line ----------------------------------------------------------------------------


@router.get("/mass-moves/lines/{line_id}/places", response=list[SlotOut])
@needs(MANY)
def list_places(request: KeyRequest, line_id: Id) -> Any:  # noqa: ARG001
    """List other places for one appointment: with those who know the patient first, then with their colleagues."""
    line = get_object_or_404(
        MassMoveItem.objects.select_related(
            "mass_move__practitioner", "mass_move__absence__locum", "appointment__visit_type"
        ),
        pk=line_id,
    )
    return [slot(each) for each in alternatives(line, now=clock_now())]


@router.put("/mass-moves/lines/{line_id}", response=s.MassMoveLinesOut)
@needs(MANY)
def decide_line(request: KeyRequest, line_id: Id, sent: s.LineIn) -> Any:
    """Decide otherwise for one appointment: move it (there), cancel, keep, or call to agree."""
    line = get_object_or_404(MassMoveItem, pk=line_id)
    spot = None
    if sent.practitioner_id is not None and sent.site_id is not None and sent.starts_at is not None:
        spot = Spot(
            get_object_or_404(Practitioner, pk=sent.practitioner_id),
            get_object_or_404(Site, pk=sent.site_id),
            sent.starts_at,
        )
    change_line(item_id=line.pk, plan=sent.plan, spot=spot, by=request.user, now=clock_now())
    return _whole(request, line.mass_move_id)


@router.post("/mass-moves/lines/{line_id}/retry", response=s.MassMoveLinesOut)
@needs(MANY)
def retry(request: KeyRequest, line_id: Id) -> Any:
    """Try a line again that failed, as it now stands."""
    line = get_object_or_404(MassMoveItem, pk=line_id)
    retry_line(item_id=line.pk, by=request.user, now=clock_now())
    return _whole(request, line.mass_move_id)


@router.post("/mass-moves/lines/{line_id}/called", response=s.MassMoveLinesOut)
@needs(MANY)
def called(request: KeyRequest, line_id: Id, sent: s.CalledIn) -> Any:
    """Note that the patient was told by telephone, or, with `undo`, that they are still to be called."""
    line = get_object_or_404(MassMoveItem, pk=line_id)
    mark_line_called(item_id=line.pk, by=request.user, now=clock_now(), undo=sent.undo)
    return _whole(request, line.mass_move_id)


# --- sending ---------------------------------------------------------------------------------


@router.post("/mass-moves/{mass_move_id}/send", response=s.MassMoveLinesOut)
@needs(MANY)
def send(request: KeyRequest, mass_move_id: Id) -> Any:
    """Let it be carried out, line by line, and everybody told; asked twice, it is sent once."""
    move = get_object_or_404(MassMove, pk=mass_move_id)
    send_mass_move(mass_move_id=move.pk, by=request.user, now=clock_now())
    return _whole(request, move.pk)


@router.delete("/mass-moves/{mass_move_id}", response={204: None})
@needs(MANY)
def undo(request: KeyRequest, mass_move_id: Id) -> Any:
    """Forget it before it is sent, with the absence recorded for it; 409 once it is sent."""
    move = get_object_or_404(MassMove, pk=mass_move_id)
    undo_mass_move(mass_move_id=move.pk, by=request.user, now=clock_now())
    return Status(204, None)


def _plain(move: MassMove) -> dict[str, Any]:
    return {name: getattr(move, "pk" if name == "id" else name) for name in s.MassMoveOut.model_fields}


def _whole(request: KeyRequest, mass_move_id: int) -> dict[str, Any]:
    """Write a mass move with its lines; the log knows whose appointments were read."""
    move = MassMove.objects.get(pk=mass_move_id)
    lines = lines_of(move)
    count = tally(lines)
    is_named = move.practice_id in request.reach.practices_for(Permission.SEE_PATIENT)
    request.log_read("appointment", [line.item.appointment_id for line in lines], move.practice_id)
    return _plain(move) | {
        "lines": [_line(line, is_named=is_named) for line in lines],
        "to_call": count.to_call,
        "is_finished": count.is_finished,
    }


def _line(line: Line, *, is_named: bool) -> dict[str, Any]:
    item, appointment = line.item, line.item.appointment
    patient = appointment.patient if is_named else None
    return {
        "id": item.pk,
        "appointment_id": item.appointment_id,
        "patient_id": patient.pk if patient else None,
        "patient_name": patient.display_name if patient else None,
        "starts_at": item.old_starts_at or appointment.starts_at,
        "plan": item.plan,
        "practitioner_id": item.new_practitioner_id,
        "site_id": item.new_site_id,
        "new_starts_at": item.new_starts_at,
        "state": item.state,
        "told": item.told,
        "problem": item.problem,
        "is_reachable_by_text": line.is_reachable,
    }
