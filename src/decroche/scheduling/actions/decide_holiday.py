"""Answer a proposed public holiday: closed or worked; nothing is ever closed without this answer."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from decroche.accounts.models import User
from decroche.foundation.live import hint
from decroche.kernel.interval import local_day
from decroche.practices.models import Practitioner
from decroche.scheduling.actions._rows import lock_practitioners
from decroche.scheduling.actions.record_absence import record_absence
from decroche.scheduling.actions.remove_absence import remove_absence
from decroche.scheduling.models import Absence, Appointment, HolidayDecision


@dataclass(frozen=True, slots=True)
class DecidedHoliday:
    """The answer, and the appointments that stand on a day now closed."""

    decision: HolidayDecision
    touched: tuple[Appointment, ...]


def decide_holiday(
    *,
    practitioner: Practitioner,
    day: date,
    name: str,
    is_worked: bool,
    zone: ZoneInfo,
    by: User,
    now: datetime,
) -> DecidedHoliday:
    """Write the answer for one day, in place of an earlier one; closing closes the whole day of the site's clock."""
    with transaction.atomic():
        lock_practitioners(practitioner.pk)
        take_back_holiday(practitioner=practitioner, day=day, by=by, now=now)
        absence: Absence | None = None
        touched: tuple[Appointment, ...] = ()
        if not is_worked:
            closed = local_day(day, zone)
            recorded = record_absence(
                practitioner=practitioner,
                starts_at=closed.start,
                ends_at=closed.end,
                reason=name,
                kind=Absence.Kind.HOLIDAY,
                by=by,
                now=now,
            )
            absence, touched = recorded.absence, recorded.touched
        decision = HolidayDecision.objects.create(
            practitioner=practitioner,
            day=day,
            is_worked=is_worked,
            absence=absence,
            decided_by=by,
            decided_at=now,
        )
        hint("agenda", practice_id=practitioner.practice_id, practitioner_id=practitioner.pk)
    return DecidedHoliday(decision, touched)


def take_back_holiday(*, practitioner: Practitioner, day: date, by: User, now: datetime) -> bool:
    """Let the holiday be proposed again, and the day open as usual; give whether there was an answer."""
    with transaction.atomic():
        decision = (
            HolidayDecision.objects.select_for_update().filter(practitioner=practitioner, day=day).first()
        )
        if decision is None:
            return False
        if decision.absence_id is not None:
            remove_absence(absence_id=decision.absence_id, by=by, now=now)
        decision.delete()
        hint("agenda", practice_id=practitioner.practice_id, practitioner_id=practitioner.pk)
    return True
