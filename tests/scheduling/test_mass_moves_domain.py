"""Where the patients of a closed day go: the pure part, thrown dice at."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from decroche.scheduling.domain.mass_moves import Place, Touched, assign, cost

PARIS = ZoneInfo("Europe/Paris")
MONDAY = datetime(2026, 11, 30, tzinfo=PARIS)


def at(hour: int, minute: int = 0, day: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


def place(start: datetime, practitioner_id: int = 1, minutes: int = 15) -> Place:
    return Place(practitioner_id, 1, start, start + timedelta(minutes=minutes))


def test_the_first_of_the_day_has_the_soonest_place_and_nobody_has_the_same() -> None:
    places = [place(at(9, day=1)), place(at(9, 15, day=1)), place(at(9, 30, day=1))]
    found = assign([Touched(2, 1, at(9, 15)), Touched(1, 1, at(9))], {1: places, 2: places})
    assert found == {1: places[0], 2: places[1]}


def test_who_is_urgent_chooses_first() -> None:
    places = [place(at(9, day=1))]
    found = assign([Touched(1, 1, at(9)), Touched(2, 1, at(11), is_urgent=True)], {1: places, 2: places})
    assert found == {2: places[0]}


def test_a_morning_patient_waits_a_day_more_rather_than_come_in_the_afternoon() -> None:
    afternoon, morning = place(at(15, day=1)), place(at(9, day=2))
    assert assign([Touched(1, 1, at(9))], {1: [afternoon, morning]}) == {1: morning}
    # but not a week
    assert assign([Touched(1, 1, at(9))], {1: [afternoon, place(at(9, day=7))]}) == {1: afternoon}


def test_what_the_patient_prefers_comes_before_what_the_appointment_was() -> None:
    afternoon, morning = place(at(15, day=1)), place(at(9, day=1))
    assert assign([Touched(1, 1, at(9), half_day="pm")], {1: [morning, afternoon]}) == {1: afternoon}


def test_the_same_hour_at_the_locum_is_best_of_all() -> None:
    own, there = place(at(9, day=1)), place(at(9), practitioner_id=7)
    found = assign([Touched(1, 1, at(9))], {1: [own, there]}, locum_id=7)
    assert found == {1: there}


def test_one_waits_some_days_for_one_s_own_practitioner() -> None:
    colleague, own = place(at(9, day=1), practitioner_id=2), place(at(9, day=5))
    assert assign([Touched(1, 1, at(9))], {1: [colleague, own]}) == {1: own}
    assert assign([Touched(1, 1, at(9), prefers=2)], {1: [colleague, own]}) == {1: colleague}


def test_nobody_is_called_in_the_day_before_when_there_is_room_the_days_after() -> None:
    before, after = place(at(9, day=-1)), place(at(9, day=3))
    assert assign([Touched(1, 1, at(9))], {1: [before, after]}) == {1: after}


def test_what_is_promised_already_is_not_given_again() -> None:
    only = place(at(9, day=1))
    assert assign([Touched(1, 1, at(9))], {1: [only]}, taken=[only]) == {}


people = st.builds(
    Touched,
    st.integers(1, 60),
    st.just(1),
    st.integers(0, 40).map(lambda n: at(8) + timedelta(minutes=15 * n)),
    is_urgent=st.booleans(),
    half_day=st.sampled_from(["", "am", "pm"]),
)
free = st.builds(
    place,
    st.integers(0, 400).map(lambda n: at(8, day=1) + timedelta(minutes=15 * n)),
    st.sampled_from([1, 2, 3]),
    st.sampled_from([15, 30]),
)


@given(
    touched=st.lists(people, max_size=15, unique_by=lambda one: one.id), places=st.lists(free, max_size=20)
)
def test_no_place_is_given_twice_and_nobody_envies_who_chose_later(touched, places) -> None:
    found = assign(touched, {one.id: places for one in touched}, locum_id=3)
    given_places = list(found.values())
    assert not any(a.meets(b) for n, a in enumerate(given_places) for b in given_places[:n])
    order = sorted(touched, key=lambda one: (not one.is_urgent, one.starts_at, one.id))
    for n, one in enumerate(order):
        before = [found[each.id] for each in order[:n] if each.id in found]
        left = [each for each in places if not any(each.meets(other) for other in before)]
        if one.id not in found:
            assert not left
            continue
        assert cost(one, found[one.id], locum_id=3) == min(cost(one, each, locum_id=3) for each in left)
