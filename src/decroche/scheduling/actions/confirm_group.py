"""Turn the holds of a group into appointments: all of them, or none."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from decroche.accounts.models import User
from decroche.patients.models import Patient
from decroche.scheduling.actions._groups import lock_group
from decroche.scheduling.actions.confirm_hold import confirm_hold
from decroche.scheduling.domain.asking import Channel
from decroche.scheduling.domain.refusals import GroupIncomplete, HoldExpired, NotOfThisPractice, Refusal
from decroche.scheduling.models import Appointment


def confirm_group(
    *,
    group_id: int,
    patients: Sequence[Patient],
    confirmed_by: User,
    now: datetime,
    call_id: UUID | None = None,
    channel: Channel = Channel.SECRETARY,
    accompanied_by: str = "",
) -> tuple[Appointment, ...]:
    """Book every visit in one transaction; asked twice, give the same appointments.

    One patient comes to all of them; brothers and sisters are named one each, in the order of the holds.

    Raises `GroupIncomplete` (which, and why; nothing is booked), `HoldExpired` (nothing is left of the group),
    `NotOfThisPractice`, `ValueError` (neither one patient nor one each) or `AppointmentGroup.DoesNotExist`.
    """
    with transaction.atomic():
        holds = lock_group(group_id)
        if not holds:
            raise HoldExpired
        if len(patients) not in {1, len(holds)}:
            raise ValueError("one patient for all, or one each")
        people = list(patients) * (len(holds) if len(patients) == 1 else 1)
        done = []
        for position, (hold, patient) in enumerate(zip(holds, people, strict=True), start=1):
            try:
                done.append(
                    confirm_hold(
                        hold_id=hold.pk,
                        patient=patient,
                        confirmed_by=confirmed_by,
                        now=now,
                        call_id=call_id,
                        channel=channel,
                        accompanied_by=accompanied_by,
                    )
                )
            except NotOfThisPractice:
                raise
            except Refusal as refusal:
                raise GroupIncomplete(position=position, count=len(holds), cause=refusal) from refusal
        return tuple(done)
