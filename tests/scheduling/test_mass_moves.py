"""Ill today, forty minutes late, closed for a week: what is touched, what is done, who is told."""

from datetime import timedelta

import pytest

from decroche.notifications.models import OutgoingNotice
from decroche.patients.models import PatientPhone
from decroche.scheduling.actions.record_absence import record_absence
from decroche.scheduling.actions.send_mass_move import (
    send_mass_move,
)
from decroche.scheduling.actions.start_mass_move import (
    NothingTouched,
    Spot,
    change_line,
    start_away,
    start_from_absence,
    start_late,
    undo_mass_move,
)
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.refusals import NothingToUndo, NotOfThisPractice
from decroche.scheduling.models import (
    Absence,
    Appointment,
    MassMoveItem,
    PatientPreference,
)
from decroche.scheduling.queries.mass_moves import (
    alternatives,
    calls_to_make,
    in_hand,
    lines_of,
    measured_delays,
    to_report,
)
from tests.factories import make_line, make_user
from tests.scheduling.factories import (
    NOW,
    TUESDAY,
    make_agenda,
    make_appointment,
    make_patient,
    make_visit_type,
    paris,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
WEDNESDAY = TUESDAY + timedelta(days=1)
Told = MassMoveItem.Told


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr("decroche.foundation.clock.now", lambda: NOW)


@pytest.fixture
def agenda():
    practice, people, kind = make_agenda(practitioners=2)
    make_line(practice=practice, number="+33199000001")
    return practice, people, kind


@pytest.fixture
def awa():
    return make_user()


def comes(person, kind, start, *, mobile=True, **fields) -> Appointment:
    patient = make_patient(practice=kind.practice)
    number = f"+3363998{patient.pk % 10000:04d}" if mobile else f"+3319900{patient.pk % 10000:04d}"
    PatientPhone.objects.create(patient=patient, number=number, position=0)
    return make_appointment(practitioner=person, visit_type=kind, starts_at=start, patient=patient, **fields)


def ill_today(person, by, **fields):
    known = {"practitioner": person, "starts_at": paris(8), "ends_at": paris(20), "by": by, "now": NOW}
    return start_away(**known | fields)


def send(move, by, deliver) -> None:
    send_mass_move(mass_move_id=move.pk, by=by, now=NOW)
    deliver()


# --- ill today ------------------------------------------------------------------------------------------------------


def test_an_illness_closes_the_day_and_proposes_a_place_to_each(agenda, awa) -> None:
    _, people, kind = agenda
    first, second = (comes(people[0], kind, paris(9, minute)) for minute in (0, 15))
    comes(people[1], kind, paris(9))  # a colleague's patient is none of it
    move = ill_today(people[0], awa, reason="Malade")
    lines = list(move.items.order_by("old_starts_at"))
    assert [line.appointment for line in lines] == [first, second]
    assert [(line.plan, line.new_starts_at) for line in lines] == [
        ("move", paris(9, day=WEDNESDAY)), ("move", paris(9, 15, day=WEDNESDAY)),
    ]  # fmt: skip
    assert Absence.objects.get() == move.absence
    first.refresh_from_db()
    assert first.starts_at == paris(9)  # nothing has moved yet


def test_the_morning_s_patients_stay_morning_s_patients_unless_they_prefer_otherwise(agenda, awa) -> None:
    _, people, kind = agenda
    appointment = comes(people[0], kind, paris(9))
    PatientPreference.objects.create(patient=appointment.patient, weekdays=[4])
    move = ill_today(people[0], awa)
    assert move.items.get().new_starts_at == paris(
        9, day=WEDNESDAY
    )  # two days' wait weighs more than the weekday


def test_the_locum_takes_them_at_the_same_time(agenda, awa) -> None:
    _, people, kind = agenda
    free, taken = (comes(people[0], kind, paris(10, minute)) for minute in (0, 15))
    comes(people[1], kind, paris(10, 15))
    move = ill_today(people[0], awa, locum=people[1])
    lines = {line.appointment_id: line for line in move.items.all()}
    assert (lines[free.pk].new_practitioner, lines[free.pk].new_starts_at) == (people[1], paris(10))
    assert lines[taken.pk].new_starts_at != paris(10, 15)


def test_two_absences_prepared_at_once_never_promise_the_same_place(agenda, awa) -> None:
    _, people, kind = agenda
    for person in people:
        for n in range(3):
            comes(person, kind, paris(9, 15 * n))
    moves = [ill_today(person, awa) for person in people]
    spots = [(i.new_practitioner_id, i.new_starts_at) for move in moves for i in move.items.all()]
    assert len(set(spots)) == 6


def test_who_finds_no_place_is_to_be_called(agenda, awa) -> None:
    practice, people, _ = agenda
    rare = make_visit_type(practice=practice, duration_minutes=240)
    comes(people[0], rare, paris(8, 30))
    assert ill_today(people[0], awa).items.get().plan == "call"


def test_a_long_visit_is_not_squeezed_in_where_visits_are_short(agenda, awa) -> None:
    _, people, kind = agenda
    comes(people[0], kind, paris(9), ends_at=paris(9, 20))  # a quarter of an hour is usual
    item = ill_today(people[0], awa).items.get()
    assert item.plan == "call"
    assert alternatives(item, now=NOW) == []


def test_an_emergency_chooses_first(agenda, awa) -> None:
    practice, people, kind = agenda
    urgent = make_visit_type(practice=practice, emergency=True)
    comes(people[0], kind, paris(9))
    comes(people[0], urgent, paris(11))
    lines = {line.appointment.visit_type_id: line for line in ill_today(people[0], awa).items.all()}
    assert lines[urgent.pk].new_starts_at <= lines[kind.pk].new_starts_at + timedelta(hours=2)


# --- one changes one's mind -----------------------------------------------------------------------------------------


def test_a_line_is_moved_elsewhere_cancelled_kept_or_called(agenda, awa) -> None:
    practice, people, kind = agenda
    comes(people[0], kind, paris(9))
    item = ill_today(people[0], awa).items.get()
    for plan in ("cancel", "keep", "call"):
        assert change_line(item_id=item.pk, plan=plan, by=awa, now=NOW).plan == plan
    spot = Spot(people[1], practice.sites.get(), paris(11, day=WEDNESDAY))
    changed = change_line(item_id=item.pk, plan="move", by=awa, now=NOW, spot=spot)
    assert (changed.new_practitioner, changed.new_starts_at) == (people[1], paris(11, day=WEDNESDAY))
    with pytest.raises(NotOfThisPractice):
        stranger = make_agenda()
        change_line(
            item_id=item.pk,
            plan="move",
            by=awa,
            now=NOW,
            spot=Spot(stranger[1][0], stranger[0].sites.get(), paris(11, day=WEDNESDAY)),
        )


def test_other_places_leave_out_those_promised_to_others(agenda, awa) -> None:
    _, people, kind = agenda
    for n in range(2):
        comes(people[0], kind, paris(9, 15 * n))
    first, second = ill_today(people[0], awa).items.order_by("old_starts_at")
    starts = [(slot.practitioner_id, slot.starts_at) for slot in alternatives(first, now=NOW)]
    assert (people[0].pk, first.new_starts_at) in starts
    assert (people[0].pk, second.new_starts_at) not in starts
    assert any(who == people[1].pk for who, _ in starts)


def test_until_it_is_sent_all_is_undone_with_the_absence(agenda, awa) -> None:
    _, people, kind = agenda
    comes(people[0], kind, paris(9))
    move = ill_today(people[0], awa)
    undo_mass_move(mass_move_id=move.pk, by=awa, now=NOW)
    undo_mass_move(mass_move_id=move.pk, by=awa, now=NOW)
    move.refresh_from_db()
    assert move.state == "undone"
    assert not Absence.objects.exists()
    with pytest.raises(NothingToUndo):
        send_mass_move(mass_move_id=move.pk, by=awa, now=NOW)


def test_an_absence_recorded_elsewhere_outlives_its_mass_move(agenda, awa) -> None:
    _, people, kind = agenda
    comes(people[0], kind, paris(9))
    absence = record_absence(
        practitioner=people[0], starts_at=paris(8), ends_at=paris(20), by=awa, now=NOW
    ).absence
    [found] = to_report([agenda[0].pk], now=NOW)
    assert (found.absence, found.count) == (absence, 1)
    move = start_from_absence(absence_id=absence.pk, by=awa, now=NOW)
    assert start_from_absence(absence_id=absence.pk, by=awa, now=NOW) == move
    assert to_report([agenda[0].pk], now=NOW) == []
    undo_mass_move(mass_move_id=move.pk, by=awa, now=NOW)
    assert Absence.objects.get() == absence
    assert len(to_report([agenda[0].pk], now=NOW)) == 1


def test_an_absence_in_nobody_s_way_has_nothing_to_report(agenda, awa) -> None:
    absence = record_absence(
        practitioner=agenda[1][0], starts_at=paris(8), ends_at=paris(20), by=awa, now=NOW
    ).absence
    assert to_report([agenda[0].pk], now=NOW) == []
    with pytest.raises(NothingTouched):
        start_from_absence(absence_id=absence.pk, by=awa, now=NOW)


# --- forty minutes late ---------------------------------------------------------------------------------------------


def test_a_delay_tells_the_rest_of_the_day_and_moves_nobody(agenda, awa, deliver) -> None:
    _, people, kind = agenda
    comes(people[0], kind, paris(6, 30))  # before now: has been
    after = comes(people[0], kind, paris(9))
    comes(people[0], kind, paris(9, day=WEDNESDAY))
    move = start_late(practitioner=people[0], minutes=40, until=paris(23), by=awa, now=NOW)
    assert [line.appointment for line in move.items.all()] == [after]
    send(move, awa, deliver)
    after.refresh_from_db()
    assert (after.starts_at, move.items.get().told) == (paris(9), Told.TEXT)
    text = OutgoingNotice.objects.get()
    assert "a environ 40\u202fmin de retard aujourd’hui" in text.body
    assert "comptez 9\u202fh\u202f40" in text.body
    assert text.not_before == NOW  # seven in the morning, but it cannot wait


def test_a_delay_that_concerns_nobody_is_said(agenda, awa) -> None:
    with pytest.raises(NothingTouched):
        start_late(practitioner=agenda[1][0], minutes=40, until=paris(23), by=awa, now=NOW)


def test_the_delay_is_measured_from_who_went_in_and_who_waits(agenda) -> None:
    practice, people, kind = agenda
    assert measured_delays(practice=practice, now=paris(10)) == {}
    comes(people[0], kind, paris(9), status=Status.DONE, seen_at=paris(9, 22))
    assert measured_delays(practice=practice, now=paris(10)) == {people[0].pk: 20}
    comes(people[0], kind, paris(9, 15), status=Status.ARRIVED, arrived_at=paris(9, 10))
    assert measured_delays(practice=practice, now=paris(10)) == {people[0].pk: 45}


# --- how much is read -----------------------------------------------------------------------------------------------


def _starting(agenda, awa, count) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for n in range(count):
        comes(agenda[1][0], agenda[2], paris(9, 15 * n))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        ill_today(agenda[1][0], awa)
    return len(queries)


def test_preparing_reads_the_same_for_one_and_for_three(agenda, awa) -> None:
    other = make_agenda(practitioners=2)
    assert _starting(agenda, awa, 1) >= _starting(other, awa, 3) - 1


@pytest.mark.parametrize("count", [1, 3])
def test_lines_and_calls_are_read_in_two_queries(
    agenda, awa, deliver, django_assert_num_queries, count
) -> None:
    for n in range(count):
        comes(agenda[1][0], agenda[2], paris(9, 15 * n), mobile=False)
    move = ill_today(agenda[1][0], awa)
    send(move, awa, deliver)
    with django_assert_num_queries(2):
        assert len(lines_of(move)) == count
    with django_assert_num_queries(2):
        assert len(calls_to_make([agenda[0].pk])) == count
    with django_assert_num_queries(1):
        assert in_hand([agenda[0].pk], since=NOW - timedelta(days=1))[0].to_call == count
