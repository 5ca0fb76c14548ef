"""The grid and the month as they are laid out: what stands where, in how many queries."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import Absence, OpeningRule, Place
from decroche.scheduling.queries.month import month_view
from decroche.scheduling.queries.views import Again, day_view, week_view
from tests.factories import make_user
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

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_day_takes_four_queries_once_the_rules_are_known(rows, django_assert_num_queries) -> None:
    practice, people, visit_type = make_agenda(practitioners=rows)
    for person in people:
        make_appointment(practitioner=person, visit_type=visit_type, starts_at=paris(9))
        Absence.objects.create(practice=practice, practitioner=person, starts_at=paris(11), ends_at=paris(12))
    day_view(practice=practice, day=TUESDAY, now=NOW, visit_type=visit_type)
    with django_assert_num_queries(4):
        view = day_view(practice=practice, day=TUESDAY, now=NOW, visit_type=visit_type)
    assert [len(column.appointments) for column in view.columns] == [1] * rows


@pytest.mark.parametrize("rows", [1, 3])
def test_a_week_takes_three_queries_once_the_rules_are_known(rows, django_assert_num_queries) -> None:
    _, people, visit_type = make_agenda()
    for n in range(rows):
        make_appointment(
            practitioner=people[0], visit_type=visit_type, starts_at=paris(9, day=TUESDAY + timedelta(days=n))
        )
    week_view(practitioner=people[0], day=TUESDAY, now=NOW, visit_type=visit_type)
    with django_assert_num_queries(3):
        view = week_view(practitioner=people[0], day=TUESDAY, now=NOW, visit_type=visit_type)
    assert sum(len(column.appointments) for column in view.columns) == rows


def test_a_day_is_laid_out_in_rows_of_five_minutes() -> None:
    practice, people, visit_type = make_agenda()
    make_appointment(practitioner=people[0], visit_type=visit_type, starts_at=paris(9))
    Absence.objects.create(practice=practice, practitioner=people[0], starts_at=paris(11), ends_at=paris(18))
    view = day_view(practice=practice, day=TUESDAY, now=paris(9, 7), visit_type=visit_type)
    column = view.columns[0]
    assert (view.rows, view.hours[0], view.now_row) == (132, (0, 8), 13)  # 8:00 to 19:00
    assert [(band.row, band.rows) for band in column.open] == [(12, 36)]
    assert [(band.row, band.rows) for band in column.absences] == [(36, 84)]
    assert [(item.row, item.rows) for item in column.appointments] == [(12, 3)]
    assert [cell.row for cell in column.free] == [15, 18, 21, 24, 27, 30, 33]
    assert [(band.first, band.last) for band in column.closed] == [(8 * 60, 9 * 60), (18 * 60, 19 * 60)]


def test_a_view_grows_for_what_lies_outside_usual_hours() -> None:
    practice, people, visit_type = make_agenda()
    make_appointment(practitioner=people[0], visit_type=visit_type, starts_at=paris(6, 50))
    make_rule(practitioner=people[0], weekday=1, starts=time(20), ends=time(22, 30))
    view = day_view(practice=practice, day=TUESDAY, now=NOW)
    assert (view.hours[0][1], view.hours[-1][1]) == (6, 22)


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2028, 2, 29)])
def test_days_when_the_hour_changes_are_laid_out_on_the_wall_clock(day) -> None:
    practice, people, visit_type = make_agenda()
    make_rule(
        practitioner=people[0],
        weekday=day.weekday(),
        starts=time(9) if day.weekday() == 6 else time(14),
        ends=time(15),
    )
    make_appointment(practitioner=people[0], visit_type=visit_type, starts_at=paris(14, day=day))
    view = day_view(practice=practice, day=day, now=paris(6, day=day))
    assert (view.columns[0].appointments[0].row, view.hours[0][1]) == ((14 - 8) * 12, 8)


def test_martiniques_day_is_read_on_its_own_clock() -> None:
    practice, people, visit_type = make_agenda(timezone="America/Martinique")
    nine = paris(14)  # in winter five hours later in Paris
    make_appointment(practitioner=people[0], visit_type=visit_type, starts_at=nine)
    view = day_view(practice=practice, day=TUESDAY, now=nine)
    placed = view.columns[0].appointments[0]
    assert (placed.row, placed.first, view.now_row) == (12, 9 * 60, 12)


def test_names_are_worded_as_everywhere_else() -> None:
    practice, people, visit_type = make_agenda()
    patient = make_patient(
        practice=practice, used_name="Le Goff", birth_name="Éluard", first_names="Zoé Anne"
    )
    awa = make_user()
    make_appointment(practitioner=people[0], visit_type=visit_type, starts_at=paris(9), patient=patient)
    make_hold(practitioner=people[0], visit_type=visit_type, starts_at=paris(10), by=awa)
    first, second = day_view(practice=practice, day=TUESDAY, now=NOW).columns[0].appointments
    assert first.appointment.patient_name == patient.display_name
    assert second.appointment.held_by == awa.display_name


def test_a_forced_appointment_stands_beside_the_other() -> None:
    practice, people, visit_type = make_agenda()
    make_appointment(practitioner=people[0], visit_type=visit_type, starts_at=paris(9))
    make_appointment(practitioner=people[0], visit_type=visit_type, starts_at=paris(10))
    make_appointment(
        practitioner=people[0],
        visit_type=visit_type,
        starts_at=paris(9, 5),
        lane=1000,
        is_forced=True,
        force_reason="douleur",
    )
    placed = day_view(practice=practice, day=TUESDAY, now=NOW).columns[0].appointments
    assert sorted((item.first, item.lane, item.lanes) for item in placed) == [
        (540, 1, 2),
        (545, 2, 2),
        (600, 1, 1),
    ]


def test_a_group_session_counts_its_seats() -> None:
    practice, people, visit_type = make_agenda()
    OpeningRule.objects.filter(weekday=1).update(capacity=8)
    for lane in range(4):
        make_appointment(practitioner=people[0], visit_type=visit_type, starts_at=paris(9), lane=lane)
    column = day_view(practice=practice, day=TUESDAY, now=NOW).columns[0]
    assert [(session.first, len(session.seats), session.capacity) for session in column.sessions] == [
        (540, 4, 8)
    ]
    assert column.appointments == []
    assert column.booked == 4


def test_what_is_kept_free_around_a_visit_is_drawn() -> None:
    practice, people, visit_type = make_agenda()
    make_appointment(
        practitioner=people[0], visit_type=visit_type, starts_at=paris(10), buffer_after_minutes=10
    )
    assert day_view(practice=practice, day=TUESDAY, now=NOW).columns[0].buffers == [(27, 2)]


def test_a_screen_can_ask_for_one_column_within_the_edges_it_has() -> None:
    practice, people, visit_type = make_agenda(practitioners=3)
    make_rule(practitioner=people[0], weekday=1, starts=time(20), ends=time(22))
    whole = day_view(practice=practice, day=TUESDAY, now=NOW)
    wanted = whole.columns[1]
    again = Again(whole.first_minute, whole.rows, frozenset({wanted.key}))
    part = day_view(practice=practice, day=TUESDAY, now=NOW, again=again)
    assert [(column.key, column.index) for column in part.columns] == [(wanted.key, 2)]
    assert part.frame == whole.frame
    make_appointment(practitioner=people[1], visit_type=visit_type, starts_at=paris(6))
    assert day_view(practice=practice, day=TUESDAY, now=NOW, again=again).frame != whole.frame


# --- the month ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_a_month_takes_three_queries_once_the_rules_are_known(rows, django_assert_num_queries) -> None:
    _, people, visit_type = make_agenda(practitioners=rows)
    for person in people:
        make_appointment(practitioner=person, visit_type=visit_type, starts_at=paris(9))
    month_view(people=people, day=TUESDAY, now=NOW, zone=PARIS)
    with django_assert_num_queries(3):
        month_view(people=people, day=TUESDAY, now=NOW, zone=PARIS)


def test_a_month_says_how_full_each_day_is_and_who_is_away() -> None:
    practice, people, visit_type = make_agenda(practitioners=2)
    for quarter in range(6):
        make_appointment(
            practitioner=people[0], visit_type=visit_type, starts_at=paris(9 + quarter // 4, quarter % 4 * 15)
        )
    make_appointment(
        practitioner=people[0], visit_type=visit_type, starts_at=paris(11), status=Status.CANCELLED
    )
    day = TUESDAY + timedelta(days=1)
    for person in people:
        Absence.objects.create(
            practice=practice,
            practitioner=person,
            starts_at=paris(0, day=day),
            ends_at=paris(0, day=day + timedelta(days=1)),
            reason="Congrès",
        )
    month = month_view(people=people, day=TUESDAY, now=NOW, zone=PARIS, visit_type=visit_type)
    days = {each.day: each for each in month.days}
    assert (days[TUESDAY].booked, days[TUESDAY].percent, days[TUESDAY].free) == (6, 25, 18)
    assert (days[day].is_open, days[day].closures) == (False, ("Congrès",))
    assert (month.weeks[0][0].day, month.weeks[-1][-1].day) == (date(2026, 10, 26), date(2026, 12, 6))


def test_a_visit_at_home_says_where() -> None:
    from decroche.scheduling.models import HomeVisit

    practice, people, _ = make_agenda()
    home = make_visit_type(practice=practice, place=Place.HOME)
    visit = make_appointment(practitioner=people[0], visit_type=home, starts_at=paris(9))
    HomeVisit.objects.create(appointment=visit, address_line="3 rue Haute", postcode="69005", city="Lyon")
    placed = day_view(practice=practice, day=TUESDAY, now=NOW).columns[0].appointments[0]
    assert (placed.appointment.place, placed.appointment.city) == ("home", "Lyon")


def test_another_zone_than_the_practices_changes_nothing() -> None:
    practice, people, visit_type = make_agenda()
    site = practice.sites.get()
    site.timezone = "Europe/Brussels"
    site.save()
    make_appointment(practitioner=people[0], visit_type=visit_type, starts_at=paris(9))
    view = day_view(practice=practice, day=TUESDAY, now=NOW)
    assert view.columns[0].appointments[0].first == 540
    assert ZoneInfo(view.timezone) == PARIS
