"""Gather, for one seat, what the other rooms know; every board costs the same whatever its length."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.http import Http404

from decroche.accounts.models import User
from decroche.companion.domain.day import is_past, look
from decroche.instructions.queries import InstructionView
from decroche.instructions.queries import board as instruction_board
from decroche.kernel.interval import local_day
from decroche.messaging import queries as messaging
from decroche.messaging.models import Message
from decroche.patients.models import PatientPhone
from decroche.practices.models import Practice, Practitioner
from decroche.scheduling.domain.appointment import AHEAD, MOVES, Status
from decroche.scheduling.queries import AppointmentView, BookedDay, day_list, next_booked_day
from decroche.scheduling.queries.absences import AbsenceView, away


@dataclass(frozen=True, slots=True)
class Seat:
    """A practice, and whose day is shown: ``mine`` for a practitioner, everybody's for on-site staff."""

    practice: Practice
    practices: tuple[Practice, ...]
    practitioners: tuple[Practitioner, ...]
    mine: Practitioner | None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.practice.timezone)

    @property
    def shown(self) -> tuple[Practitioner, ...]:
        return (self.mine,) if self.mine else self.practitioners


@dataclass(frozen=True, slots=True)
class Line:
    """One appointment of the day as the list shows it."""

    visit: AppointmentView
    numbers: tuple[str, ...]
    is_current: bool
    is_next: bool
    is_past: bool
    is_standing: bool  # booked, in time that has since been closed

    @property
    def moves(self) -> list[Status]:
        """Return what may be said of the visit next, the likeliest first."""
        order = [Status.ARRIVED, Status.IN_CONSULTATION, Status.DONE, Status.NO_SHOW, Status.BOOKED]
        return [status for status in order if status in MOVES[Status(self.visit.status)]]


@dataclass(frozen=True, slots=True)
class DayBoard:
    """A day of the seat."""

    day: date
    is_today: bool
    lines: tuple[Line, ...]
    absences: tuple[AbsenceView, ...]
    coming: BookedDay | None = None  # the next day with appointments, looked for when today has none

    @property
    def current(self) -> Line | None:
        return next((line for line in self.lines if line.is_current), None)

    @property
    def next(self) -> Line | None:
        return next((line for line in self.lines if line.is_next), None)

    @property
    def has_standing(self) -> bool:
        """Tell whether appointments stand in an absence, for someone to deal with."""
        return any(line.is_standing for line in self.lines)

    @property
    def left(self) -> int:
        return sum(not line.is_past for line in self.lines)

    @property
    def patient_ids(self) -> list[int]:
        return [line.visit.patient_id for line in self.lines if line.visit.patient_id]


@dataclass(frozen=True, slots=True)
class MessageBoard:
    """What waits for the seat."""

    messages: tuple[Message, ...]

    @property
    def unread(self) -> int:
        return sum(message.read_at is None for message in self.messages)

    @property
    def urgent(self) -> tuple[Message, ...]:
        return tuple(message for message in self.messages if message.is_urgent)

    @property
    def patient_ids(self) -> list[int]:
        return [message.patient_id for message in self.messages if message.patient_id]


@dataclass(frozen=True, slots=True)
class AskedBoard:
    """What the seat has asked of the desk: what holds, and what will."""

    valid: tuple[InstructionView, ...]
    upcoming: tuple[InstructionView, ...]


def seat_of(user: User, practice_id: int | None = None) -> Seat:
    """Return where the person sits, in the practices in scope; their own agenda's first when none is named (2 queries).

    Raises:
        Http404: the practice is none of theirs.

    """
    practices = tuple(Practice.objects.order_by("name"))
    cards = list(
        Practitioner.objects.filter(practice__in=practices, is_active=True).order_by(
            "position", "last_name", "pk"
        )
    )
    own = [card for card in cards if card.user_id == user.pk]
    if practice_id is None:
        practice_id = own[0].practice_id if own else (practices[0].pk if practices else None)
    practice = next((each for each in practices if each.pk == practice_id), None)
    if practice is None:
        raise Http404
    here = tuple(card for card in cards if card.practice_id == practice.pk)
    mine = next((card for card in here if card.user_id == user.pk), None)
    return Seat(practice=practice, practices=practices, practitioners=here, mine=mine)


def day_board(seat: Seat, *, day: date, now: datetime) -> DayBoard:
    """Return a civil day of the practice (3 queries, one more when today is empty)."""
    shown = [practitioner.pk for practitioner in seat.shown]
    visits = day_list(practitioner_ids=shown, day=day, zone=seat.zone)
    numbers = _numbers([visit.patient_id for visit in visits if visit.patient_id])
    civil = local_day(day, seat.zone)
    absences = [
        each
        for each in away([seat.practice.pk], start=civil.start, end=civil.end)
        if each.practitioner_id in shown
    ]
    is_today = now.astimezone(seat.zone).date() == day
    found = [look([v for v in visits if v.practitioner_id == id_], now) for id_ in shown] if is_today else []
    currents, nexts = {each.current_id for each in found}, {each.next_id for each in found}
    return DayBoard(
        day=day,
        is_today=is_today,
        lines=tuple(
            Line(
                visit=visit,
                numbers=numbers.get(visit.patient_id or 0, ()),
                is_current=visit.id in currents,
                is_next=visit.id in nexts,
                is_past=is_past(visit, now),
                is_standing=visit.status in AHEAD
                and visit.ends_at > now
                and any(_covers(each, visit) for each in absences),
            )
            for visit in visits
        ),
        absences=tuple(absences),
        coming=next_booked_day(practitioner_ids=shown, after=day, zone=seat.zone)
        if is_today and not visits
        else None,
    )


def message_board(seat: Seat) -> MessageBoard:
    """Return the messages that wait, urgent first (1 query)."""
    if seat.mine:
        return MessageBoard(tuple(messaging.for_practitioner(seat.mine.pk)))
    return MessageBoard(tuple(messaging.waiting([seat.practice.pk])))


def asked_board(seat: Seat, *, now: datetime, reader: User) -> AskedBoard:
    """Return what holds for the seat: its own instructions and the whole practice's (3 queries)."""
    everything = instruction_board(seat.practice.pk, now, reader)
    return AskedBoard(
        valid=tuple(view for view in everything.valid if _concerns(view, seat)),
        upcoming=tuple(view for view in everything.upcoming if _concerns(view, seat)),
    )


def _concerns(view: InstructionView, seat: Seat) -> bool:
    return seat.mine is None or view.practitioner_id in {None, seat.mine.pk}


def _covers(absence: AbsenceView, visit: AppointmentView) -> bool:
    return (
        absence.practitioner_id == visit.practitioner_id
        and absence.starts_at < visit.ends_at
        and visit.starts_at < absence.ends_at
    )


def _numbers(patient_ids: list[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = PatientPhone.objects.filter(patient_id__in=patient_ids).order_by("patient_id", "position")
    for patient_id, number in rows.values_list("patient_id", "number"):
        found[patient_id].append(number)
    return {patient_id: tuple(numbers) for patient_id, numbers in found.items()}
