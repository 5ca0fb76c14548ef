"""Reading free time and agendas from the database, with a bounded number of queries."""

from datetime import date, time, timedelta
from itertools import pairwise

import pytest
from django.test.utils import CaptureQueriesContext

from decroche.scheduling.actions.mark_no_show import mark_no_show
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import Absence, OpeningRule, VisitOffer
from decroche.scheduling.queries import (
    appointment_card,
    appointments_of_call,
    appointments_of_patient,
    day_list,
    earliest_slot,
    open_slots,
)
from tests.factories import make_site, make_user
from tests.scheduling.factories import (
    NOW,
    PARIS,
    TUESDAY,
    make_agenda,
    make_appointment,
    make_hold,
    make_patient,
    make_rule,
    make_visit_type,
    paris,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere"), pytest.mark.data]


def ask(people, visit_type, **more):
    return open_slots(
        practitioners=people, visit_type=visit_type, **({"start": NOW, "now": NOW, "limit": 5} | more)
    )


def times(slots) -> list[str]:
    return [f"{slot.starts_at:%a %H:%M}" for slot in slots]


def fill(person, visit_type, *days: date) -> None:
    """Book the whole morning of these days in one piece."""
    for day in days:
        make_appointment(
            practitioner=person,
            visit_type=visit_type,
            starts_at=paris(9, day=day),
            ends_at=paris(12, day=day),
        )


def test_the_first_slots_of_an_empty_morning() -> None:
    _, people, visit_type = make_agenda()
    assert times(ask(people, visit_type)) == ["Tue 09:00", "Tue 09:15", "Tue 09:30", "Tue 09:45", "Tue 10:00"]


def test_booked_held_and_absent_times_are_not_proposed_but_lapsed_holds_are() -> None:
    _, people, visit_type = make_agenda()
    person, awa = people[0], make_user()
    make_appointment(practitioner=person, visit_type=visit_type, starts_at=paris(9))
    make_appointment(
        practitioner=person, visit_type=visit_type, starts_at=paris(9, 15), status=Status.CANCELLED
    )
    make_hold(practitioner=person, visit_type=visit_type, starts_at=paris(9, 30), by=awa)
    make_hold(practitioner=person, visit_type=visit_type, starts_at=paris(9, 45), by=awa, hold_expires_at=NOW)
    Absence.objects.create(
        practice_id=person.practice_id, practitioner=person, starts_at=paris(10), ends_at=paris(11, 50)
    )
    assert times(ask(people, visit_type, limit=3)) == ["Tue 09:15", "Tue 09:45", "Wed 09:00"]


def test_several_practitioners_are_merged_by_time_then_by_rank() -> None:
    _, people, visit_type = make_agenda(practitioners=2)
    make_appointment(practitioner=people[0], visit_type=visit_type, starts_at=paris(9))
    found = ask(people, visit_type, limit=4)
    assert [
        (f"{slot.starts_at:%H:%M}", people.index(p))
        for slot in found
        for p in people
        if p.pk == slot.practitioner_id
    ] == [
        ("09:00", 1),
        ("09:15", 0),
        ("09:15", 1),
        ("09:30", 0),
    ]


def test_the_earliest_among_many_is_the_first_of_all() -> None:
    _, people, visit_type = make_agenda(practitioners=3)
    for person in people[:2]:
        fill(person, visit_type, TUESDAY)
    found = earliest_slot(practitioners=people, visit_type=visit_type, start=NOW, now=NOW)
    assert (found.practitioner_id, found.starts_at) == (people[2].pk, paris(9))


def test_a_full_month_is_searched_until_something_is_free() -> None:
    _, people, visit_type = make_agenda()
    fill(people[0], visit_type, *(TUESDAY + timedelta(days=n) for n in range(40)))
    assert ask(people, visit_type, limit=1)[0].starts_at == paris(9, day=TUESDAY + timedelta(days=41))


def test_every_slot_found_lies_behind_the_one_before_and_no_window_shows() -> None:
    _, people, visit_type = make_agenda()
    slots = ask(people, visit_type, limit=400)
    assert len(slots) == 400
    assert all(a.ends_at <= b.starts_at for a, b in pairwise(slots))
    assert len({slot.starts_at.date() for slot in slots}) == 34  # 12 a morning


def test_a_duty_around_the_clock_is_not_cut_by_the_windows() -> None:
    _, people, _ = make_agenda()
    OpeningRule.objects.all().delete()
    for weekday in range(7):
        make_rule(practitioner=people[0], weekday=weekday, starts=time(0), ends=time(0))
    odd = make_visit_type(practice=people[0].practice, duration_minutes=35)
    slots = ask(people, odd, limit=150)
    assert {b.starts_at - a.starts_at for a, b in pairwise(slots)} == {timedelta(minutes=35)}


def test_a_rule_may_be_for_some_visit_types_only() -> None:
    practice, people, visit_type = make_agenda()
    vaccination = make_visit_type(practice=practice, duration_minutes=10)
    make_rule(practitioner=people[0], weekday=1, starts=time(14), ends=time(14, 20)).visit_types.set(
        [vaccination]
    )
    afternoon = {"start": paris(13), "limit": 3}
    assert times(ask(people, vaccination, **afternoon)) == ["Tue 14:00", "Tue 14:10", "Wed 09:00"]
    assert times(ask(people, visit_type, **afternoon))[0] == "Wed 09:00"


def test_a_practitioner_may_take_longer_or_not_receive_at_all() -> None:
    practice, people, visit_type = make_agenda(practitioners=2)
    other = make_visit_type(practice=practice)
    VisitOffer.objects.create(practitioner=people[0], visit_type=visit_type, duration_minutes=40)
    VisitOffer.objects.create(practitioner=people[1], visit_type=other)
    found = ask(people, visit_type, limit=2)
    assert [slot.practitioner_id for slot in found] == [people[0].pk] * 2
    assert found[0].ends_at - found[0].starts_at == timedelta(minutes=40)


def test_validity_dates_and_sites_are_respected() -> None:
    practice, people, visit_type = make_agenda()
    OpeningRule.objects.all().delete()
    annexe = make_site(practice=practice, name="Annexe", timezone="America/Martinique")
    make_rule(
        practitioner=people[0],
        site=annexe,
        weekday=1,
        valid_from=date(2026, 12, 1),
        valid_until=date(2026, 12, 1),
    )
    slots = ask(people, visit_type, limit=100)
    assert len(slots) == 12
    assert (slots[0].site_name, f"{slots[0].starts_at:%d/%m %H:%M %z}") == ("Annexe", "01/12 09:00 -0400")


def test_only_what_suits_is_listed() -> None:
    _, people, visit_type = make_agenda()
    late = ask(people, visit_type, limit=2, suits=lambda start: start.hour >= 11)
    assert times(late) == ["Tue 11:00", "Tue 11:15"]


def test_nobody_open_means_no_slot() -> None:
    _, people, visit_type = make_agenda()
    OpeningRule.objects.all().delete()
    assert ask(people, visit_type) == []
    assert ask([], visit_type) == []


@pytest.mark.parametrize("rows", [1, 3, 12])
def test_a_warm_search_asks_two_questions_whatever_the_rows(rows, django_assert_num_queries) -> None:
    _, people, visit_type = make_agenda(practitioners=rows)
    for n in range(rows):
        make_appointment(practitioner=people[n], visit_type=visit_type, starts_at=paris(9 + n % 3))
    ask(people, visit_type)  # rules get warm
    with django_assert_num_queries(2):  # the versions, the first window
        assert len(ask(people, visit_type)) == 5


@pytest.mark.parametrize("rows", [1, 12])
def test_cold_rules_cost_the_same_for_any_number_of_agendas(rows, django_assert_num_queries) -> None:
    _, people, visit_type = make_agenda(practitioners=rows)
    with django_assert_num_queries(
        8
    ):  # versions, absences, rules, types, practices, offers, wishes; the window
        ask(people, visit_type)


@pytest.mark.parametrize(("rows", "questions"), [(1, 4), (5, 6)])
def test_a_fruitless_search_ends_after_a_few_windows(rows, questions, django_assert_num_queries) -> None:
    _, people, _ = make_agenda(practitioners=rows)
    endless = make_visit_type(practice=people[0].practice, duration_minutes=300)
    assert ask(people, endless) == []
    with django_assert_num_queries(questions):
        assert ask(people, endless) == []


# --- agendas ---------------------------------------------------------------------------------------------------------


def test_a_patients_card_shows_what_comes_and_what_was() -> None:
    practice, people, visit_type = make_agenda()
    patient = make_patient(practice=practice)
    for day, status in ((-7, Status.DONE), (0, Status.BOOKED), (7, Status.CANCELLED), (14, Status.BOOKED)):
        make_appointment(
            practitioner=people[0],
            visit_type=visit_type,
            starts_at=paris(9, day=TUESDAY + timedelta(days=day)),
            status=status,
            patient=patient,
        )
    found = appointments_of_patient(patient_id=patient.pk, now=NOW)
    assert [view.status for view in found.upcoming] == ["booked", "booked"]
    assert [view.status for view in found.past] == ["cancelled", "done"]


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_take_one_query(rows, django_assert_num_queries) -> None:
    _practice, people, visit_type = make_agenda()
    call = "7f3d2f0e-6b0a-4c59-9d2c-0d8f0e2f4b11"
    awa = make_user()
    for n in range(rows):
        appointment = make_appointment(
            practitioner=people[0], visit_type=visit_type, starts_at=paris(9 + n), call_id=call
        )
        mark_no_show(appointment_id=appointment.pk, by=awa, now=NOW)
    with django_assert_num_queries(1):
        assert len(day_list(practitioner_ids=[people[0].pk], day=TUESDAY, zone=PARIS)) == rows
    with django_assert_num_queries(1):
        assert len(appointments_of_call(call_id=call)) == rows
    with django_assert_num_queries(2):
        card = appointment_card(appointment_id=appointment.pk)
    assert [(line.kind, line.by) for line in card.history] == [("status", awa.display_name)]


def test_the_search_reads_the_covering_index(django_assert_num_queries) -> None:
    from django.db import connection

    _, people, visit_type = make_agenda()
    fill(people[0], visit_type, *(TUESDAY + timedelta(days=n) for n in range(60)))
    with CaptureQueriesContext(connection) as captured:
        ask(people, visit_type, limit=1)
    sql = next(
        query["sql"] for query in captured.captured_queries if "scheduling_appointment" in query["sql"]
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE scheduling_appointment"
        )  # not what another story's rows left in the statistics
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")  # sixty rows would not be worth an index
        cursor.execute("EXPLAIN " + sql)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "appointment_busy_time" in plan
