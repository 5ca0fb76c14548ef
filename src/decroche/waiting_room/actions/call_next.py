"""Call the next patient: one key ends the consultation in hand and puts the next number on the wall."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.practices.models import Practitioner
from decroche.scheduling.actions.undo_change import undo_change
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import Appointment
from decroche.waiting_room.actions.say_status import say_status
from decroche.waiting_room.queries.board import next_of

Step = tuple[int, int]  # an appointment's id and the version that the step made


class NotNext(Exception):
    """Somebody else is next by now: a colleague pressed first, or someone came in between."""


@dataclass(frozen=True, slots=True)
class Called:
    """Who was called (nobody when the room is empty), and what was done, for undo in the reverse order."""

    appointment: Appointment | None
    steps: tuple[Step, ...]


def call_next(*, practitioner: Practitioner, shown_id: int | None, by: User, now: datetime) -> Called:
    """End what is in hand and call who is next, if that is who the screen showed (`shown_id`, null for nobody).

    Seats of the session that the next one belongs to stay in. Raises `NotNext`, and what `set_status` raises.
    """
    with transaction.atomic():
        Practitioner.objects.select_for_update(of=("self",), no_key=True).get(pk=practitioner.pk)
        column = next_of(practitioner, now=now)
        following = column.next.entry if column.next else None
        if (following.id if following else None) != shown_id:
            raise NotNext
        steps: list[Step] = []
        for entry in (inside.entry for inside in column.inside):
            if following and entry.session and entry.session == following.session:
                continue
            ended = say_status(
                appointment_id=entry.id, status=Status.DONE, version=entry.version, by=by, now=now
            )
            steps.append((ended.pk, ended.version))
        if following is None:
            return Called(None, tuple(steps))
        called = say_status(
            appointment_id=following.id, status=Status.CALLED, version=following.version, by=by, now=now
        )
        return Called(called, (*steps, (called.pk, called.version)))


def undo_call(*, steps: list[Step], by: User, now: datetime) -> None:
    """Take back a call: who was called waits again, who was in is in again. All of it, or what `undo_change` raises."""
    with transaction.atomic():
        for appointment_id, version in reversed(steps):
            undo_change(appointment_id=appointment_id, version=version, by=by, now=now)
