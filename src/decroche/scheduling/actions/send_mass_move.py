"""Do what was decided for each appointment, and tell everybody; one at a time, so that one failure stops nothing."""

from datetime import datetime, timedelta

from django.db import transaction

from decroche.accounts.models import User
from decroche.foundation.events import publish
from decroche.foundation.live import hint
from decroche.scheduling import notices
from decroche.scheduling.actions._lists import tell_lists
from decroche.scheduling.actions.cancel_appointment import cancel_appointment
from decroche.scheduling.actions.move_appointment import move_appointment
from decroche.scheduling.domain.appointment import IllegalMove
from decroche.scheduling.domain.refusals import (
    NothingToUndo,
    Refusal,
    SlotClosed,
    SlotTaken,
    StaleVersion,
)
from decroche.scheduling.events import MassMoveSent
from decroche.scheduling.models import Appointment, MassMove, MassMoveItem
from decroche.ui.formats import clock, duration

_PLANS, _STATES, _TOLD = MassMoveItem.Plan, MassMoveItem.State, MassMoveItem.Told
#: What a refusal is kept as, to be worded when it is read.
_PROBLEMS = (
    (SlotTaken, "taken"),
    (SlotClosed, "closed"),
    (StaleVersion, "changed"),
    (IllegalMove, "changed"),
)
#: Stored, so in the language of the data: why a mass move cancelled or moved an appointment.
AWAY = "Praticien absent"


def send_mass_move(*, mass_move_id: int, by: User, now: datetime) -> MassMove:
    """Let a worker carry it out; asked twice, it is sent once. Raises `NothingToUndo` (undone) or `MassMove.DoesNotExist`."""
    with transaction.atomic():
        move: MassMove = MassMove.objects.select_for_update().get(pk=mass_move_id)
        if move.state == MassMove.State.SENT:
            return move
        if move.state == MassMove.State.UNDONE:
            raise NothingToUndo
        move.state, move.sent_at, move.sent_by = MassMove.State.SENT, now, by
        move.save(update_fields=["state", "sent_at", "sent_by"])
        _order(move, by, now)
        return move


def retry_line(*, item_id: int, by: User, now: datetime) -> MassMoveItem:
    """Try a line again that failed, as it now stands; asked twice, it is tried once."""
    with transaction.atomic():
        MassMoveItem.objects.select_for_update().only("pk").get(pk=item_id)
        item: MassMoveItem = MassMoveItem.objects.select_related("mass_move", "appointment").get(pk=item_id)
        if item.state == _STATES.FAILED and item.mass_move.state == MassMove.State.SENT:
            item.state, item.problem, item.version = _STATES.PROPOSED, "", item.appointment.version
            item.save(update_fields=["state", "problem", "version"])
            _order(item.mass_move, by, now)
        return item


def _order(move: MassMove, by: User, now: datetime) -> None:
    publish(
        MassMoveSent(
            mass_move_id=move.pk,
            practice_id=move.practice_id,
            practitioner_id=move.practitioner_id,
            by_id=by.pk,
            at=now,
        )
    )
    tell_lists(move.practice_id)


def carry_out_mass_move(*, mass_move_id: int, now: datetime) -> int:
    """Do every line that is still to be done, each in a transaction of its own; give how many.

    Run twice, killed half-way or beside itself, each line is done once.
    """
    todo = MassMoveItem.objects.filter(
        mass_move_id=mass_move_id, mass_move__state=MassMove.State.SENT, state=_STATES.PROPOSED
    ).order_by("old_starts_at", "pk")
    return sum(_carry_out(item_id, now) for item_id in list(todo.values_list("pk", flat=True)))


def _carry_out(item_id: int, now: datetime) -> bool:
    with transaction.atomic():
        mine = MassMoveItem.objects.select_for_update(skip_locked=True).filter(
            pk=item_id, state=_STATES.PROPOSED
        )
        if not mine.values_list("pk", flat=True):
            return False  # another worker has it, or had it
        item = MassMoveItem.objects.select_related(
            "mass_move__practitioner", "mass_move__sent_by", "new_practitioner", "new_site"
        ).get(pk=item_id)
        try:
            with transaction.atomic():
                appointment = _decide(item, now)
        except (Refusal, Appointment.DoesNotExist) as refusal:
            item.state = _STATES.FAILED
            item.problem = next((word for kind, word in _PROBLEMS if isinstance(refusal, kind)), "refused")
        else:
            item.state, item.problem = _STATES.DONE, ""
            _tell(item, appointment, now)
        item.save(update_fields=["state", "problem", "told", "told_at"])
        hint("lists", practice_id=item.mass_move.practice_id, mass_move_id=item.mass_move_id)
        return True


def _decide(item: MassMoveItem, now: datetime) -> Appointment:
    """Move, cancel or leave; a line about an appointment that changed meanwhile is refused."""
    move = item.mass_move
    by = move.sent_by or move.created_by
    if item.plan == _PLANS.MOVE and item.new_starts_at and item.new_practitioner and item.new_site:
        return move_appointment(
            appointment_id=item.appointment_id,
            practitioner=item.new_practitioner,
            site=item.new_site,
            starts_at=item.new_starts_at,
            version=item.version,
            by=by,
            now=now,
            reason=move.reason or AWAY,
        )
    if item.plan == _PLANS.CANCEL:
        return cancel_appointment(
            appointment_id=item.appointment_id,
            version=item.version,
            reason=move.reason or AWAY,
            by=by,
            now=now,
        )
    appointment: Appointment = Appointment.objects.select_related("practice", "practitioner", "site").get(
        pk=item.appointment_id
    )
    if appointment.version != item.version:
        raise StaleVersion(shown=item.version, current=appointment.version)
    return appointment


def _tell(item: MassMoveItem, appointment: Appointment, now: datetime) -> None:
    """Write to the patient, or leave a call to make."""
    is_late = item.mass_move.kind == MassMove.Kind.LATE
    if item.plan == _PLANS.KEEP and not is_late:
        return
    if item.plan == _PLANS.CALL:
        item.told = _TOLD.TO_CALL
        return
    written = _write_late(item, appointment, now) if is_late else _write_away(item, appointment, now)
    item.told, item.told_at = (_TOLD.TEXT, now) if written else (_TOLD.TO_CALL, None)


def _write_away(item: MassMoveItem, appointment: Appointment, now: datetime) -> bool:
    """Say in one text that the practitioner is away and where the appointment went.

    It has the fact and the kind of the agenda's own text about that change, which therefore does not leave as well.
    """
    old = item.old_starts_at or appointment.starts_at
    moved = item.plan == _PLANS.MOVE
    return notices.write_or_call(
        appointment,
        text=notices.AWAY_MOVED if moved else notices.AWAY_CANCELLED,
        fact=f"appointment:{appointment.pk}:{appointment.version}",
        kind="moved" if moved else "cancelled",
        now=now,
        absent=item.mass_move.practitioner.display_name,
        old=notices.at_words(old.astimezone(appointment.zone), now=now),
    )


def _write_late(item: MassMoveItem, appointment: Appointment, now: datetime) -> bool:
    minutes = item.mass_move.delay_minutes or 0
    with notices.in_french():
        words = {
            "delay": duration(minutes),
            "at": clock(appointment.local_start),
            "later": clock(appointment.local_start + timedelta(minutes=minutes)),
        }
    return notices.write_or_call(
        appointment,
        text=notices.LATE,
        fact=f"mass-move:{item.mass_move_id}:{appointment.pk}",
        kind="late",
        now=now,
        is_awaited=True,  # news of today: the morning would be too late
        **words,
    )


def mark_line_called(*, item_id: int, by: User, now: datetime, undo: bool = False) -> MassMoveItem:
    """Write that the patient was told by telephone, or (undo) that they are still to be called."""
    with transaction.atomic():
        MassMoveItem.objects.select_for_update().only("pk").get(pk=item_id)
        item: MassMoveItem = MassMoveItem.objects.select_related(
            "mass_move", "appointment__patient", "appointment__practice"
        ).get(pk=item_id)
        if undo and item.told == _TOLD.CALLED:
            item.told, item.told_at, item.told_by = _TOLD.TO_CALL, None, None
        elif not undo and item.told == _TOLD.TO_CALL:
            item.told, item.told_at, item.told_by = _TOLD.CALLED, now, by
        item.save(update_fields=["told", "told_at", "told_by"])
        tell_lists(item.mass_move.practice_id)
        return item
