"""Let a practitioner say "I finish at 17:00 today", and make it so at once, at the desk and in the agenda."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import translation

from decroche.accounts.models import User
from decroche.companion.actions.take_back import take_back
from decroche.companion.domain.asking import midnight_after
from decroche.instructions.actions.add_instruction import add_instruction
from decroche.instructions.models import Instruction, InstructionKind
from decroche.instructions.queries import valid_now
from decroche.practices.models import Practitioner
from decroche.scheduling.actions.record_absence import record_absence
from decroche.scheduling.actions.set_wish import set_wish
from decroche.scheduling.domain.appointment import AHEAD
from decroche.scheduling.models import Absence, Wish
from decroche.scheduling.queries import AppointmentView, day_list
from decroche.ui.formats import clock

REASON = "Fin de journée"  # stored, so in the language of the data


class TooLateToFinish(Exception):
    """That hour has passed, or it is not today's."""


@dataclass(frozen=True, slots=True)
class FinishedEarly:
    """What was asked of the desk, the closed end of the day, and the appointments that stand in it."""

    instruction: Instruction
    absence: Absence
    standing: tuple[AppointmentView, ...]


def finish_early(
    *, practitioner: Practitioner, at: datetime, now: datetime, by: User, fill_gaps: bool = False
) -> FinishedEarly:
    """Close the practitioner's day from ``at`` (aware, today on the practice's clock) and tell the desk.

    With ``fill_gaps``, what is left of the day is filled between its appointments first.

    Appointments already booked stay, and the instruction says how many the desk has to move. Said
    twice in a day, the last word counts.

    Raises:
        TooLateToFinish: ``at`` is past, or on another day.

    """
    zone = ZoneInfo(practitioner.practice.timezone)
    today = now.astimezone(zone).date()
    if at <= now or at.astimezone(zone).date() != today:
        raise TooLateToFinish
    with transaction.atomic():
        for earlier in _said_before(practitioner, now):
            take_back(instruction=earlier, by=by, now=now)
        standing = tuple(
            visit
            for visit in day_list(practitioner_ids=[practitioner.pk], day=today, zone=zone)
            if visit.ends_at > at and visit.status in AHEAD
        )
        end = midnight_after(today, zone)
        instruction = add_instruction(
            practice=practitioner.practice,
            practitioner=practitioner,
            kind=InstructionKind.END_OF_DAY,
            body=_wording(at.astimezone(zone), len(standing), fill_gaps),
            ends_at=end,
            by=by,
            now=now,
        )
        recorded = record_absence(
            practitioner=practitioner,
            starts_at=at,
            ends_at=end,
            by=by,
            now=now,
            reason=REASON,
            instruction_id=instruction.pk,
        )
        _wish(practitioner, at.astimezone(zone), instruction, now, by, fill_gaps=fill_gaps)
    return FinishedEarly(instruction, recorded.absence, standing)


def _wish(
    practitioner: Practitioner,
    local: datetime,
    instruction: Instruction,
    now: datetime,
    by: User,
    *,
    fill_gaps: bool,
) -> None:
    """Write what the instruction wishes of the agenda today; restoring it later finds its hour there."""
    for kind in (Wish.Kind.END_AT, Wish.Kind.FILL_GAPS) if fill_gaps else (Wish.Kind.END_AT,):
        set_wish(
            practitioner=practitioner,
            kind=kind,
            at=local.time(),
            valid_from=local.date(),
            valid_until=local.date(),
            instruction_id=instruction.pk,
            by=by,
            now=now,
        )


def _said_before(practitioner: Practitioner, now: datetime) -> list[Instruction]:
    """Return today's earlier words of the same practitioner about the end of the day."""
    ids = [
        view.id
        for view in valid_now(practitioner.practice_id, now, None)
        if view.kind == InstructionKind.END_OF_DAY and view.practitioner_id == practitioner.pk
    ]
    return list(Instruction.objects.filter(pk__in=ids))


def _wording(local: datetime, count: int, fill_gaps: bool) -> str:
    """Write what the desk reads: French, the language of what people write here, whatever the screen speaks."""
    with translation.override("fr"):
        hour = clock(local)
    asked = f"Finit à {hour} aujourd’hui\u202f: plus de rendez-vous après."
    if fill_gaps:
        asked = f"{asked} D’ici là, combler d’abord les trous."
    return f"{asked} {count} rendez-vous déjà pris à déplacer." if count else asked
