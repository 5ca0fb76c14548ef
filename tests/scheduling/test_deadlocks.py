"""An INSERT that queues nowhere meets an UPDATE into the same time, and the server ends one of the two.

Each must have written before it looks for the other, which no story can bring about at will: here the server says so
itself, as it would, at the moment of writing.
"""

import pytest
from django.db import OperationalError, connection, transaction

from decroche.scheduling.actions import _claim
from decroche.scheduling.actions.cancel_appointment import cancel_appointment
from decroche.scheduling.actions.hold_slot import hold_slot
from decroche.scheduling.actions.restore_appointment import restore_appointment
from decroche.scheduling.domain.refusals import SlotTaken
from decroche.scheduling.models import Appointment
from tests.factories import make_user
from tests.scheduling.factories import NOW, make_agenda, make_appointment, paris

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("everywhere"),
    pytest.mark.data,
]


def end_us(code: str = "40P01") -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'ended' USING ERRCODE = '{code}'; END $$")


def hold(code: str, monkeypatch):
    """Hold nine o'clock; the server ends the first INSERT."""
    practice, (person, *_), visit_type = make_agenda()
    real, ended = _claim.row, []

    def once(sql, values):
        if not ended:
            ended.append(sql)
            end_us(code)
        return real(sql, values)

    monkeypatch.setattr(_claim, "row", once)

    def work(by):
        return hold_slot(
            practitioner=person,
            site=practice.sites.get(),
            visit_type=visit_type,
            starts_at=paris(9),
            held_by=by,
            now=NOW,
        )

    return person, visit_type, work


def test_a_hold_that_the_server_ended_is_tried_again_when_nobody_has_the_time(monkeypatch) -> None:
    _person, _visit_type, work = hold("40P01", monkeypatch)
    assert work(make_user()).starts_at == paris(9)
    assert Appointment.objects.count() == 1


def test_a_hold_that_the_server_ended_says_who_has_the_time(monkeypatch) -> None:
    person, visit_type, work = hold("40P01", monkeypatch)
    awa = make_user()

    real = _claim._values

    def values(claim):
        found = real(claim)
        make_appointment(practitioner=person, visit_type=visit_type, starts_at=paris(9), created_by=awa)
        return found

    monkeypatch.setattr(_claim, "_values", values)
    with pytest.raises(SlotTaken) as refused:
        work(make_user())
    assert refused.value.by == awa.display_name
    assert Appointment.objects.count() == 1


def test_another_error_of_the_server_stays_one(monkeypatch) -> None:
    *_, work = hold("53200", monkeypatch)  # out of memory
    with pytest.raises(OperationalError):
        work(make_user())


@pytest.mark.parametrize(("code", "ends_as"), [("40P01", SlotTaken), ("53200", OperationalError)])
def test_what_comes_back_as_its_time_is_taken_is_refused_and_stays_cancelled(
    code, ends_as, monkeypatch
) -> None:
    _, (person, *_), visit_type = make_agenda()
    by = make_user()
    booked = make_appointment(practitioner=person, visit_type=visit_type, starts_at=paris(9))
    gone = cancel_appointment(appointment_id=booked.pk, version=None, reason="", by=by, now=NOW)
    monkeypatch.setattr(Appointment, "save", lambda *_values, **_named: end_us(code))
    with transaction.atomic():
        with pytest.raises(ends_as):
            restore_appointment(appointment_id=gone.pk, version=gone.version, by=by, now=NOW)
        assert Appointment.objects.get().status == "cancelled"  # the transaction is usable
