"""Begin to deal with all that an absence or a delay touches; change one's mind about a line, or about everything."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.practices.models import Practitioner, Site
from decroche.scheduling.actions._lists import tell_lists
from decroche.scheduling.actions._rows import lock_practitioners
from decroche.scheduling.actions.record_absence import record_absence
from decroche.scheduling.actions.remove_absence import remove_absence
from decroche.scheduling.domain.refusals import NothingToUndo, NotOfThisPractice, Refusal
from decroche.scheduling.domain.waiting import Opening
from decroche.scheduling.models import Absence, Appointment, MassMove, MassMoveItem
from decroche.scheduling.queries.mass_moves import touched_by
from decroche.scheduling.queries.mass_places import places_for

_PLANS = MassMoveItem.Plan


class NothingTouched(Refusal):
    """Nobody has an appointment then: nothing to move, nobody to tell."""


class AlreadySent(Refusal):
    """The mass move is on its way; only lines that failed can be changed."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a line goes instead."""

    practitioner: Practitioner
    site: Site
    starts_at: datetime


def start_away(
    *,
    practitioner: Practitioner,
    starts_at: datetime,
    ends_at: datetime,
    by: User,
    now: datetime,
    locum: Practitioner | None = None,
    reason: str = "",
) -> MassMove:
    """Close the agenda at once, list what stands in the way, propose where each could go.

    Nothing is moved and nobody told until it is sent; until then `undo_mass_move` opens the agenda again. Nobody may be
    touched: then there is nothing to send. Raises `AbsenceEndsBeforeItStarts`, `NotOfThisPractice` or `OwnLocum`.
    """
    with transaction.atomic():
        lock_practitioners(practitioner.pk)
        absence = record_absence(
            practitioner=practitioner,
            starts_at=starts_at,
            ends_at=ends_at,
            by=by,
            now=now,
            reason=reason,
            locum=locum,
        ).absence
        return _from_absence(absence, by=by, now=now, made_absence=True)


def start_from_absence(*, absence_id: int, by: User, now: datetime) -> MassMove:
    """Deal with an absence recorded before; asked twice, give the one in preparation.

    Raises `NothingTouched` or `Absence.DoesNotExist`.
    """
    with transaction.atomic():
        absence: Absence = (
            Absence.objects.select_for_update(of=("self",))
            .select_related("practitioner__practice", "locum")
            .get(pk=absence_id)
        )
        begun: MassMove | None = absence.mass_moves.filter(state=MassMove.State.DRAFT).first()
        if begun is not None:
            return begun
        move = _from_absence(absence, by=by, now=now, made_absence=False)
        if not move.items.exists():
            raise NothingTouched
        return move


def start_late(
    *, practitioner: Practitioner, minutes: int, until: datetime, by: User, now: datetime
) -> MassMove:
    """List who comes until `until`, to be told of the delay; their appointments stay. Raises `NothingTouched`."""
    with transaction.atomic():
        touched = list(
            touched_by(practitioner_id=practitioner.pk, starts_at=now, ends_at=until, now=now).filter(
                starts_at__gt=now, status=Appointment.State.BOOKED
            )
        )
        if not touched:
            raise NothingTouched
        move = MassMove.objects.create(
            practice_id=practitioner.practice_id,
            practitioner=practitioner,
            kind=MassMove.Kind.LATE,
            starts_at=now,
            ends_at=until,
            delay_minutes=minutes,
            created_by=by,
            created_at=now,
        )
        _write_lines(move, touched, {})
        tell_lists(move.practice_id)
        return move


def _from_absence(absence: Absence, *, by: User, now: datetime, made_absence: bool) -> MassMove:
    touched = list(
        touched_by(
            practitioner_id=absence.practitioner_id,
            starts_at=absence.starts_at,
            ends_at=absence.ends_at,
            now=now,
        ).select_related("visit_type", "site", "patient")
    )
    move = MassMove.objects.create(
        practice_id=absence.practice_id,
        practitioner_id=absence.practitioner_id,
        kind=MassMove.Kind.AWAY,
        starts_at=absence.starts_at,
        ends_at=absence.ends_at,
        absence=absence,
        made_absence=made_absence,
        reason=absence.reason,
        created_by=by,
        created_at=now,
    )
    places = places_for(touched, practitioner=absence.practitioner, locum=absence.locum, now=now)
    _write_lines(move, touched, places)
    tell_lists(move.practice_id)
    return move


def _write_lines(move: MassMove, touched: list[Appointment], places: Mapping[int, Opening]) -> None:
    """Write a line for each: to its place, to be called when none was found, to be told where it stays."""
    is_late = move.kind == MassMove.Kind.LATE
    items = []
    for one in touched:
        place = places.get(one.pk)
        items.append(
            MassMoveItem(
                mass_move=move,
                appointment=one,
                version=one.version,
                old_starts_at=one.starts_at,
                plan=_PLANS.KEEP if is_late else _PLANS.MOVE if place else _PLANS.CALL,
                new_practitioner_id=place.practitioner_id if place else None,
                new_site_id=place.site_id if place else None,
                new_starts_at=place.starts_at if place else None,
            )
        )
    MassMoveItem.objects.bulk_create(items)


def change_line(
    *, item_id: int, plan: str, by: User, now: datetime, spot: Spot | None = None
) -> MassMoveItem:
    """Decide otherwise for one appointment: move it (there), cancel, keep, or call to agree.

    Once sent, only a line that failed can be changed; it is then read anew. Raises `AlreadySent`,
    `NotOfThisPractice` or `MassMoveItem.DoesNotExist`.
    """
    del by, now
    with transaction.atomic():
        item = _lock_line(item_id)
        if item.mass_move.state == MassMove.State.UNDONE or (
            item.mass_move.state == MassMove.State.SENT and item.state != MassMoveItem.State.FAILED
        ):
            raise AlreadySent
        if spot is not None:
            if {spot.practitioner.practice_id, spot.site.practice_id} != {item.mass_move.practice_id}:
                raise NotOfThisPractice
            item.new_practitioner, item.new_site, item.new_starts_at = (
                spot.practitioner,
                spot.site,
                spot.starts_at,
            )
        item.plan = _PLANS.CALL if plan == _PLANS.MOVE and item.new_starts_at is None else _PLANS(plan)
        item.version = item.appointment.version
        item.save()
        tell_lists(item.mass_move.practice_id)
        return item


def _lock_line(item_id: int) -> MassMoveItem:
    MassMoveItem.objects.select_for_update().only("pk").get(pk=item_id)
    item: MassMoveItem = MassMoveItem.objects.select_related("mass_move", "appointment").get(pk=item_id)
    return item


def undo_mass_move(*, mass_move_id: int, by: User, now: datetime) -> MassMove:
    """Forget it before it is sent; the absence that was recorded for it goes too. Asked twice, nothing more happens.

    Raises `NothingToUndo` (it is sent) or `MassMove.DoesNotExist`.
    """
    with transaction.atomic():
        move: MassMove = MassMove.objects.select_for_update().get(pk=mass_move_id)
        if move.state == MassMove.State.UNDONE:
            return move
        if move.state == MassMove.State.SENT:
            raise NothingToUndo
        move.state = MassMove.State.UNDONE
        move.save(update_fields=["state"])
        if move.made_absence and move.absence_id is not None:
            remove_absence(absence_id=move.absence_id, by=by, now=now)
        tell_lists(move.practice_id)
        return move
