"""Keep instructions, wishes and the agenda in step, whichever of the three was changed first."""

from datetime import datetime, timedelta
from uuid import NAMESPACE_OID, uuid5
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import translation

from decroche.accounts.models import User
from decroche.companion.actions.ask_wish import instruction_kind
from decroche.companion.actions.finish_early import REASON
from decroche.companion.domain.asking import midnight_after
from decroche.companion.domain.wording import wish_words, with_dates
from decroche.foundation.events import listener
from decroche.foundation.tenancy import every_practice
from decroche.instructions.actions.add_instruction import add_instruction
from decroche.instructions.actions.end_instruction import end_instruction
from decroche.instructions.events import InstructionAdded, InstructionEnded
from decroche.instructions.models import Instruction
from decroche.messaging.actions.send_message import send_message
from decroche.messaging.models import Category
from decroche.scheduling.actions.end_wish import bring_back_wish, end_wish
from decroche.scheduling.actions.record_absence import record_absence
from decroche.scheduling.actions.remove_absence import remove_absence
from decroche.scheduling.events import AppointmentForced, WishEnded, WishSet
from decroche.scheduling.models import Absence, Appointment, Wish
from decroche.ui.formats import clock, short_date


@listener(InstructionEnded)
def open_the_agenda_again(event: InstructionEnded) -> None:
    """Take back what an instruction did to the agenda, unless its ending was itself taken back meanwhile."""
    with every_practice(), transaction.atomic():
        if not Instruction.objects.filter(pk=event.instruction_id, ended_at__isnull=False).exists():
            return
        by = User.objects.filter(pk=event.by_id).first()
        remove_absence(instruction_id=event.instruction_id, by=by, now=event.at)
        end_wish(instruction_id=event.instruction_id, by=by, now=event.at)


@listener(InstructionAdded)
def close_the_agenda_again(event: InstructionAdded) -> None:
    """Do again to the agenda what an instruction had done, when its ending was taken back.

    A new instruction finds nothing to do here: what it asks of the agenda was written with it.
    """
    with every_practice(), transaction.atomic():
        if not Instruction.objects.filter(pk=event.instruction_id, ended_at__isnull=True).exists():
            return
        by = User.objects.get(pk=event.by_id)
        ended = Wish.objects.filter(instruction_id=event.instruction_id, ended_at__isnull=False)
        for wish in ended.select_related("practitioner__practice"):
            bring_back_wish(wish_id=wish.pk, by=by, now=event.at)
            if wish.kind == Wish.Kind.END_AT:
                _close_the_day_again(wish, by, event.at)


@listener(WishSet)
def tell_the_desk(event: WishSet) -> None:
    """Let the desk read a wish that was set in the agenda itself; once, whatever happens to this job."""
    with every_practice(), transaction.atomic():
        wish = (
            Wish.objects.select_for_update(of=("self",))
            .select_related("practitioner__practice", "created_by")
            .filter(pk=event.wish_id, instruction_id__isnull=True, ended_at__isnull=True)
            .first()
        )
        if wish is None or wish.created_by is None:
            return
        zone = ZoneInfo(wish.practitioner.practice.timezone)
        words = wish_words(wish.kind, at=wish.at, count=wish.count, pause_minutes=wish.pause_minutes)
        today = event.at.astimezone(zone).date()
        instruction = add_instruction(
            practice=wish.practitioner.practice,
            practitioner=wish.practitioner,
            kind=instruction_kind(wish.kind),
            body=with_dates(words, first=wish.valid_from, last=wish.valid_until, today=today),
            ends_at=None if wish.valid_until is None else midnight_after(wish.valid_until, zone),
            by=wish.created_by,
            now=event.at,
        )
        wish.instruction_id = instruction.pk
        wish.save(update_fields=["instruction_id"])


@listener(WishEnded)
def tell_the_desk_it_is_over(event: WishEnded) -> None:
    """End the instruction of a wish that was ended in the agenda, once none of its wishes holds."""
    with every_practice(), transaction.atomic():
        wish = Wish.objects.filter(pk=event.wish_id, ended_at__isnull=False).first()
        by = User.objects.filter(pk=event.by_id or 0).first()
        if wish is None or wish.instruction_id is None or by is None:
            return
        if Wish.objects.filter(instruction_id=wish.instruction_id, ended_at__isnull=True).exists():
            return
        instruction = Instruction.objects.filter(pk=wish.instruction_id, ended_at__isnull=True).first()
        if instruction is not None:
            end_instruction(instruction=instruction, by=by, now=event.at)


@listener(AppointmentForced)
def tell_the_practitioner(event: AppointmentForced) -> None:
    """Write to the practitioner about an appointment forced into the day, once; whoever forces their own knows."""
    with every_practice():
        row = (
            Appointment.objects.select_related("practice", "practitioner", "patient", "site")
            .filter(pk=event.appointment_id, is_forced=True)
            .first()
        )
        by = User.objects.filter(pk=event.by_id or 0).first()
        if row is None or by is None or row.practitioner.user_id == by.pk:
            return
        with translation.override("fr"):
            when = f"{short_date(row.local_start.date(), this_year=event.at.year)} à {clock(row.local_start)}"
        send_message(
            practice=row.practice,
            practitioner=row.practitioner,
            patient=row.patient,
            author=by,
            category=Category.APPOINTMENT,
            body=f"Rendez-vous forcé {when} ({event.count} sur {event.quota} ce jour-là). Raison\u202f: {event.reason}",
            idempotency_key=uuid5(NAMESPACE_OID, f"forced:{event.appointment_id}:{event.version}"),
            now=event.at,
        )


def _close_the_day_again(wish: Wish, by: User, now: datetime) -> None:
    """Close the end of the day once more, if it is still ahead and nothing closes it already."""
    zone = ZoneInfo(wish.practitioner.practice.timezone)
    if wish.at is None or Absence.objects.filter(instruction_id=wish.instruction_id).exists():
        return
    starts_at = datetime.combine(wish.valid_from, wish.at, tzinfo=zone)
    ends_at = midnight_after(wish.valid_from, zone)
    if wish.valid_until == wish.valid_from and ends_at - now > timedelta(0):
        record_absence(
            practitioner=wish.practitioner,
            starts_at=starts_at,
            ends_at=ends_at,
            by=by,
            now=now,
            reason=REASON,
            instruction_id=wish.instruction_id,
        )
