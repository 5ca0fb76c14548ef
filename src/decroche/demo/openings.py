"""Opening rules with their dates of validity, and the days off that practices have declared."""

import datetime as dt
from dataclasses import dataclass

from decroche.demo.calendars import holidays
from decroche.demo.dice import dice_for
from decroche.demo.plan import Cabinet, Hours, hours
from decroche.demo.texts.instructions import ORDERS
from decroche.demo.texts.shapes import working_day
from decroche.demo.texts.titles import ABSENCE_REASONS
from decroche.demo.typography import typeset


@dataclass(frozen=True, slots=True)
class Opening:
    """A weekly opening of one practitioner, valid from a day to a day (both included)."""

    doctor: int
    hours: Hours
    valid_from: dt.date
    valid_until: dt.date | None


@dataclass(frozen=True, slots=True)
class Away:
    """Time off in local wall-clock time, half-open; ``order`` is the rank of the instruction that says so."""

    doctor: int
    starts: dt.datetime
    ends: dt.datetime
    reason: str
    declared: dt.date
    order: int | None = None


def openings(cabinet: Cabinet, today: dt.date) -> list[Opening]:
    """Return the rules of a practice; some timetables change in the months ahead."""
    since = today.replace(day=1) - dt.timedelta(days=300)
    since -= dt.timedelta(days=since.weekday())
    found: list[Opening] = []
    for rank, doctor in enumerate(cabinet.doctors):
        change = _first_monday(today, months=3) if doctor.later_hours else None
        until = change - dt.timedelta(days=1) if change else None
        found += [Opening(rank, each, since, until) for each in hours(doctor.hours)]
        if change:
            found += [Opening(rank, each, change, None) for each in hours(doctor.later_hours)]
    return found


def _first_monday(today: dt.date, *, months: int) -> dt.date:
    month = today.month - 1 + months
    first = dt.date(today.year + month // 12, month % 12 + 1, 1)
    return first + dt.timedelta(days=-first.weekday() % 7)


def time_off(cabinet: Cabinet, first: dt.date, last: dt.date, today: dt.date) -> list[Away]:
    """Return the time off declared between two days (``last`` excluded): holidays, leave, and what instructions say."""
    return sorted(
        [
            *_declared_holidays(cabinet, first, last, today),
            *_leave(cabinet, first, today),
            *_from_orders(cabinet, today),
        ],
        key=lambda away: (away.doctor, away.starts),
    )


def _declared_holidays(cabinet: Cabinet, first: dt.date, last: dt.date, today: dt.date) -> list[Away]:
    if cabinet.works_holidays:
        return []
    found = []
    for year in range(first.year, last.year + 1):
        for date, name in holidays(year, cabinet.region).items():
            # Past ones were all declared; of those ahead, some practices have not said anything yet.
            said = date <= today or dice_for("holiday", cabinet.key, date).random() < 0.75
            if first <= date < last and said:
                found += [
                    _whole_days(rank, date, 1, typeset(f"Férié : {name}"), date - dt.timedelta(days=60))
                    for rank in range(len(cabinet.doctors))
                ]
    return found


def _leave(cabinet: Cabinet, first: dt.date, today: dt.date) -> list[Away]:
    """Give every practitioner about two weeks off in the past months, and a day of training here and there."""
    found = []
    for rank, doctor in enumerate(cabinet.doctors):
        dice = dice_for("leave", cabinet.key, doctor.last)
        monday = first + dt.timedelta(weeks=dice.randint(1, 12))
        for _ in range(2):
            if monday + dt.timedelta(days=7) < today:
                found.append(_whole_days(rank, monday, 7, "Congés", monday - dt.timedelta(days=50)))
            monday += dt.timedelta(weeks=dice.choice((1, 4)))
        for _ in range(2):
            date = first + dt.timedelta(days=dice.randint(0, 150))
            if date < today:
                reason = dice.choice(ABSENCE_REASONS[1:])
                found.append(_whole_days(rank, date, 1, reason, date - dt.timedelta(days=25)))
    return found


def _from_orders(cabinet: Cabinet, today: dt.date) -> list[Away]:
    found = []
    for number, order in enumerate(ORDERS[cabinet.key]):
        declared = today - dt.timedelta(days=int(order.since))
        doctors = range(len(cabinet.doctors)) if order.doctor is None else (order.doctor,)
        for rank in doctors:
            if order.away:
                start, length = order.away
                first = working_day(today, start)
                end = working_day(first, length - 1) + dt.timedelta(days=1)
                starts = dt.datetime.combine(first, dt.time.fromisoformat(order.from_hour or "00:00"))
                found.append(
                    Away(rank, starts, dt.datetime.combine(end, dt.time()), "Absence", declared, number)
                )
            elif order.from_hour:
                date = working_day(today, order.on)
                starts = dt.datetime.combine(date, dt.time.fromisoformat(order.from_hour))
                midnight = dt.datetime.combine(date + dt.timedelta(days=1), dt.time())
                found.append(Away(rank, starts, midnight, "Fin de journée", declared, number))
    return found


def _whole_days(rank: int, date: dt.date, days: int, reason: str, declared: dt.date) -> Away:
    start = dt.datetime.combine(date, dt.time())
    return Away(rank, start, start + dt.timedelta(days=days), reason, declared)
