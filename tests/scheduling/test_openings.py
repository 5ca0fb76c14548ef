"""What is open, day by day, as the screens draw it."""

from datetime import time, timedelta

import pytest

from decroche.scheduling.domain.asking import Asker
from decroche.scheduling.models import Absence, OpeningRule, Wish
from decroche.scheduling.queries import openings_of
from decroche.scheduling.queries.openings import rules_collide
from tests.scheduling.factories import (
    NOW,
    TUESDAY,
    make_agenda,
    make_appointment,
    make_rule,
    make_visit_type,
    paris,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere"), pytest.mark.data]


def day_of(person, visit_type=None, day=TUESDAY, **more):
    return openings_of([person.pk], day, day, NOW, visit_type, **more)[person.pk, day]


def hours(openings) -> list[str]:
    return [f"{one.starts_at:%H:%M}-{one.ends_at:%H:%M}" for one in openings]


def test_an_open_morning_with_an_appointment_and_an_absence() -> None:
    practice, people, visit_type = make_agenda()
    make_appointment(practitioner=people[0], visit_type=visit_type, starts_at=paris(9))
    Absence.objects.create(
        practice=practice, practitioner=people[0], starts_at=paris(10), ends_at=paris(11, 30), reason="Ordre"
    )
    day = day_of(people[0], visit_type)
    assert hours(day.openings) == ["09:00-12:00"]
    assert [absence.reason for absence in day.absences] == ["Ordre"]
    assert hours(day.free) == [
        "09:15-09:30",
        "09:30-09:45",
        "09:45-10:00",
        "11:30-11:45",
        "11:45-12:00",
    ]


def test_what_is_not_released_or_reserved_is_shown_but_not_free() -> None:
    _, people, visit_type = make_agenda()
    OpeningRule.objects.all().delete()
    make_rule(
        practitioner=people[0],
        starts=time(9),
        ends=time(10),
        release=OpeningRule.Release.HOURS_BEFORE,
        release_hours=1,
    )
    make_rule(practitioner=people[0], starts=time(10), ends=time(11), reserved_for="new")
    day = day_of(people[0], visit_type)
    assert [(one.is_released, one.reserved_for, one.suits) for one in day.openings] == [
        (False, "", False),
        (True, "new", False),
    ]
    assert day.openings[0].released_at == paris(8)
    assert day.free == ()
    newcomer = day_of(people[0], visit_type, asker=Asker(is_new_patient=True))
    assert hours(newcomer.free)[0] == "10:00-10:15"


def test_without_a_visit_type_every_opening_is_cut_in_quarters() -> None:
    practice, people, _ = make_agenda()
    vaccination = make_visit_type(practice=practice)
    make_rule(practitioner=people[0], starts=time(14), ends=time(14, 30)).visit_types.set([vaccination])
    assert hours(day_of(people[0]).free)[-2:] == ["14:00-14:15", "14:15-14:30"]


def test_a_night_duty_shows_on_both_days_and_its_slots_on_their_own() -> None:
    _, people, visit_type = make_agenda()
    OpeningRule.objects.all().delete()
    make_rule(practitioner=people[0], starts=time(23), ends=time(1))
    today, tomorrow = (day_of(people[0], visit_type, day=TUESDAY + timedelta(days=n)) for n in range(2))
    assert len(today.openings) == len(tomorrow.openings) == 1
    assert (hours(today.free)[0], hours(tomorrow.free)[0]) == ("23:00-23:15", "00:00-00:15")


def test_a_wish_to_end_early_cuts_the_day() -> None:
    practice, people, visit_type = make_agenda()
    Wish.objects.create(
        practice=practice, practitioner=people[0], kind="end_at", at=time(10), valid_from=TUESDAY
    )
    assert hours(day_of(people[0], visit_type).openings) == ["09:00-10:00"]
    assert hours(day_of(people[0], visit_type, day=TUESDAY - timedelta(days=1)).openings) == ["09:00-12:00"]


def test_a_locum_holds_what_the_absent_practitioner_opens() -> None:
    practice, people, visit_type = make_agenda(practitioners=2)
    absent, locum = people
    OpeningRule.objects.filter(practitioner=locum).delete()
    Absence.objects.create(
        practice=practice, practitioner=absent, starts_at=paris(10), ends_at=paris(19), locum=locum
    )
    day = day_of(locum, visit_type)
    assert [(hours([one]), one.in_place_of) for one in day.openings] == [(["10:00-12:00"], absent.pk)]
    assert hours(day.free)[0] == "10:00-10:15"
    assert hours(day_of(absent, visit_type).free)[-1] == "09:45-10:00"


@pytest.mark.parametrize("count", [1, 4])
def test_any_number_of_agendas_and_days_take_two_questions(count, django_assert_num_queries) -> None:
    _, people, visit_type = make_agenda(practitioners=count)
    ids = [person.pk for person in people]
    openings_of(ids, TUESDAY, TUESDAY, NOW, visit_type)  # rules get warm
    with django_assert_num_queries(2):
        found = openings_of(ids, TUESDAY, TUESDAY + timedelta(days=6), NOW, visit_type)
    assert len(found) == 7 * count


def test_rules_collide_when_some_day_has_both() -> None:
    _, people, _ = make_agenda()
    known = {"practitioner": people[0], "starts": time(14), "ends": time(16)}
    odd, even = (make_rule(**known, every=every) for every in ("odd", "even"))
    every_other = make_rule(**known, every="n_weeks", every_n=2, anchor=TUESDAY)
    first = make_rule(**known, every="nth", nth=1)
    night = make_rule(practitioner=people[0], weekday=0, starts=time(22), ends=time(15))
    assert not rules_collide(odd, even)
    assert rules_collide(odd, every_other) or rules_collide(even, every_other)
    assert rules_collide(first, odd)
    assert rules_collide(night, odd)
