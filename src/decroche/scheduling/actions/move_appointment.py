"""Give an appointment another time, practitioner, place or length."""

from datetime import datetime
from typing import Any

from django.db import transaction

from decroche.accounts.models import User
from decroche.practices.models import Practitioner, Site
from decroche.scheduling.actions import _story
from decroche.scheduling.actions._judge import is_newcomer, judge
from decroche.scheduling.actions._places import places_again, places_for
from decroche.scheduling.actions._rows import open_for_change, write_change
from decroche.scheduling.domain.appointment import IllegalMove, Status, is_movable
from decroche.scheduling.domain.asking import Asker, Channel
from decroche.scheduling.domain.refusals import NotOfThisPractice
from decroche.scheduling.models import Appointment, AppointmentChange


def move_appointment(
    *,
    appointment_id: int,
    practitioner: Practitioner,
    site: Site,
    starts_at: datetime,
    version: int | None,
    by: User | None,
    now: datetime,
    ends_at: datetime | None = None,
    reason: str = "",
    even_closed: bool = False,
    channel: Channel = Channel.SECRETARY,
) -> Appointment:
    """Move or resize it, keep the history, tell both places; `ends_at` defaults to the same length.

    What is forced stops being so where its new time is simply free. `even_closed` puts it back where it stood,
    whatever the rules say now (undo). Asked twice, it is moved once.

    Raises `SlotTaken`, `SlotClosed`, `PatientBlocked` (by the other practitioner), `StaleVersion`, `IllegalMove` (not
    in a state that can move), `NotOfThisPractice` or `Appointment.DoesNotExist`.
    """
    with transaction.atomic():
        appointment = open_for_change(practitioner.pk, appointment_id=appointment_id, version=version)
        if len({practitioner.practice_id, site.practice_id, appointment.practice_id}) != 1:
            raise NotOfThisPractice
        if not is_movable(Status(appointment.status)):
            raise IllegalMove(Status(appointment.status), Status.BOOKED)
        target: dict[str, Any] = {
            "practitioner": practitioner,
            "site": site,
            "starts_at": starts_at,
            "ends_at": ends_at or starts_at + (appointment.ends_at - appointment.starts_at),
        }
        if version is None and _stands_there(appointment, target):
            return appointment
        if even_closed:
            becomes: dict[str, Any] = {}
            places = places_again(appointment, now=now, **target)
        else:
            becomes, places = _judged(appointment, target, channel, now)
        old_starts_at, old_practitioner_id = appointment.starts_at, appointment.practitioner_id
        write_change(
            appointment,
            kind=AppointmentChange.Kind.MOVED,
            by=by,
            now=now,
            reason=reason,
            places=places,
            status=Status.BOOKED,
            moved_from=old_starts_at,
            **target,
            **becomes,
        )
        _story.moved(
            appointment, old_practitioner_id=old_practitioner_id, old_starts_at=old_starts_at, by=by, now=now
        )
        return appointment


def _stands_there(appointment: Appointment, target: dict[str, Any]) -> bool:
    return appointment.status == Status.BOOKED and all(
        getattr(appointment, name) == value for name, value in target.items()
    )


def _judged(
    appointment: Appointment, target: dict[str, Any], channel: Channel, now: datetime
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Let the engine judge the target; give what the row becomes there, and where it could stand."""
    is_new = False
    if appointment.patient_id is not None and target["practitioner"].pk != appointment.practitioner_id:
        is_new = is_newcomer(patient_id=appointment.patient_id, practitioner=target["practitioner"])
    terms = judge(
        visit_type=appointment.visit_type,
        now=now,
        asker=Asker(channel=channel, is_new_patient=is_new, referred=appointment.referred),
        but=appointment.pk,
        **target,
    )
    places = places_for(
        appointment,
        practitioner=target["practitioner"],
        starts_at=target["starts_at"],
        terms=terms,
        now=now,
    )
    becomes = {
        "buffer_before_minutes": terms.buffer_before,
        "buffer_after_minutes": terms.buffer_after,
        "is_forced": False,
    }
    return becomes, places
