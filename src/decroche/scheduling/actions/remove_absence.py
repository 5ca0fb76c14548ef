"""Open a practitioner's agenda again."""

from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.foundation.events import publish
from decroche.foundation.live import hint
from decroche.scheduling.events import AbsenceRemoved
from decroche.scheduling.models import Absence


def remove_absence(
    *, by: User | None, now: datetime, absence_id: int | None = None, instruction_id: int | None = None
) -> int:
    """Remove one absence, or all those that an instruction made; give how many there were.

    Exactly one of both ids is named; asked twice, nothing more happens.
    """
    if (absence_id is None) == (instruction_id is None):
        raise ValueError("name an absence or an instruction")
    wanted = {"pk": absence_id} if absence_id is not None else {"instruction_id": instruction_id}
    with transaction.atomic():
        absences = list(Absence.objects.select_for_update().filter(**wanted))
        for absence in absences:
            publish(
                AbsenceRemoved(
                    absence_id=absence.pk,
                    practice_id=absence.practice_id,
                    practitioner_id=absence.practitioner_id,
                    by_id=by.pk if by else None,
                    at=now,
                    starts_at=absence.starts_at,
                    ends_at=absence.ends_at,
                )
            )
            hint("agenda", practice_id=absence.practice_id, practitioner_id=absence.practitioner_id)
        Absence.objects.filter(pk__in=[absence.pk for absence in absences]).delete()
    return len(absences)
