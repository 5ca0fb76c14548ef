"""Make the agendas that stories need."""

from datetime import UTC, date, datetime, time, timedelta
from importlib import import_module
from itertools import count
from pkgutil import walk_packages
from typing import Any
from zoneinfo import ZoneInfo

from decroche.accounts.models import User
from decroche.patients.models import Patient
from decroche.practices.models import Practice, Practitioner
from decroche.scheduling import web
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import Appointment, OpeningRule, VisitType
from tests.factories import make_practice, make_practitioner

_number = count(1)
PARIS = ZoneInfo("Europe/Paris")
#: A Tuesday morning before opening time; every story of the room happens on that day unless it says otherwise.
NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
TUESDAY = date(2026, 11, 24)


def stop_the_doors_clock(monkeypatch: Any, now: datetime = NOW) -> None:
    """Let every door of the room, whatever its module, see one moment."""
    for found in walk_packages(web.__path__, f"{web.__name__}."):
        door = import_module(found.name)
        if hasattr(door, "clock_now"):
            monkeypatch.setattr(door, "clock_now", lambda: now)


def paris(hour: int, minute: int = 0, *, day: date = TUESDAY) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=PARIS)


def make_visit_type(*, practice: Practice, **fields: Any) -> VisitType:
    known = {"name": f"Consultation {next(_number)}", "short_name": "Consult.", "duration_minutes": 15}
    return VisitType.objects.create(practice=practice, **known | fields)


def make_rule(*, practitioner: Practitioner, **fields: Any) -> OpeningRule:
    known = {
        "practice_id": practitioner.practice_id,
        "site": practitioner.practice.sites.get(is_main=True),
        "weekday": 1,
        "starts": time(9),
        "ends": time(12),
        "valid_from": date(2020, 1, 1),
    }
    return OpeningRule.objects.create(practitioner=practitioner, **known | fields)


def make_patient(*, practice: Practice, **fields: Any) -> Patient:
    known = {"birth_name": f"Martin{next(_number)}", "first_names": "Jeanne", "birth_date": date(1980, 5, 17)}
    return Patient.objects.create(practice=practice, **known | fields)


def make_agenda(
    *, practitioners: int = 1, **practice_fields: Any
) -> tuple[Practice, list[Practitioner], VisitType]:
    """A practice open on weekdays from 9 to 12, with a visit type of a quarter of an hour."""
    practice = make_practice(**practice_fields)
    people = [make_practitioner(practice=practice, position=n) for n in range(practitioners)]
    for person in people:
        for weekday in range(5):
            make_rule(practitioner=person, weekday=weekday)
    return practice, people, make_visit_type(practice=practice)


def make_appointment(
    *, practitioner: Practitioner, visit_type: VisitType, starts_at: datetime, **fields: Any
) -> Appointment:
    known = {
        "practice_id": practitioner.practice_id,
        "site": practitioner.practice.sites.get(is_main=True),
        "ends_at": starts_at + timedelta(minutes=visit_type.duration_minutes),
        "status": Status.BOOKED,
    }
    if fields.get("status") not in {Status.HELD, Status.RELEASED} and "patient" not in fields:
        known["patient"] = make_patient(practice=practitioner.practice)
    return Appointment.objects.create(
        practitioner=practitioner, visit_type=visit_type, starts_at=starts_at, **known | fields
    )


def make_hold(
    *, practitioner: Practitioner, visit_type: VisitType, starts_at: datetime, by: User, **fields: Any
) -> Appointment:
    known = {
        "status": Status.HELD,
        "held_by": by,
        "hold_expires_at": NOW + timedelta(minutes=5),
        "created_at": NOW,
    }
    return make_appointment(
        practitioner=practitioner, visit_type=visit_type, starts_at=starts_at, **known | fields
    )
