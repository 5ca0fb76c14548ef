"""Who passes next: the rule said aloud, then held against any waiting room."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from decroche.waiting_room.domain.passage import Kind, Present, is_late, order_of_passage

NINE = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
TEN_MINUTES = timedelta(minutes=10)


def at(minutes: int) -> datetime:
    return NINE + timedelta(minutes=minutes)


def ids(*present: Present) -> list[int]:
    return [each.id for each in order_of_passage(present, tolerance=TEN_MINUTES)]


def test_those_in_time_pass_at_their_hour_whoever_came_first() -> None:
    assert ids(Present(1, at(30), at(-20)), Present(2, at(0), at(-5)), Present(3, at(15), at(15))) == [
        2,
        3,
        1,
    ]


def test_a_few_minutes_late_are_forgiven() -> None:
    assert ids(Present(1, at(0), at(9)), Present(2, at(5), at(0))) == [1, 2]


def test_who_comes_late_goes_behind_those_whose_hour_has_come_and_before_the_others() -> None:
    late = Present(1, at(0), at(32))
    assert ids(late, Present(2, at(15), at(10)), Present(3, at(30), at(20)), Present(4, at(45), at(25))) == [
        2,
        3,
        1,
        4,
    ]


def test_an_emergency_passes_first_and_a_walk_in_last() -> None:
    walk_in, emergency = Present(1, at(0), at(0), Kind.WALK_IN), Present(2, at(20), at(18), Kind.EMERGENCY)
    assert ids(walk_in, Present(3, at(0), at(-3)), Present(4, at(45), at(17)), emergency) == [2, 3, 4, 1]


def test_a_forced_appointment_passes_at_its_hour_after_the_ordinary_one() -> None:
    forced, ordinary = Present(1, at(15), at(0), Kind.FORCED), Present(2, at(15), at(12))
    assert ids(forced, ordinary, Present(3, at(30), at(0))) == [2, 1, 3]


minutes = st.integers(-90, 240)
people = st.lists(
    st.builds(Present, st.integers(1, 10_000), minutes.map(at), minutes.map(at), st.sampled_from(Kind)),
    unique_by=lambda each: each.id,
    max_size=12,
)
tolerances = st.integers(0, 30).map(lambda each: timedelta(minutes=each))


@given(people, tolerances, st.randoms())
def test_the_order_does_not_depend_on_who_was_asked_first(present, tolerance, dice) -> None:  # type: ignore[no-untyped-def]
    once = order_of_passage(present, tolerance=tolerance)
    shuffled = list(present)
    dice.shuffle(shuffled)
    assert order_of_passage(shuffled, tolerance=tolerance) == once
    assert sorted(each.id for each in once) == sorted(each.id for each in present)


@given(people, tolerances)
def test_someone_more_changes_nothing_between_the_others(present, tolerance) -> None:  # type: ignore[no-untyped-def]
    if not present:
        return
    whole = order_of_passage(present, tolerance=tolerance)
    fewer = order_of_passage(present[1:], tolerance=tolerance)
    assert [each for each in whole if each.id != present[0].id] == fewer


@given(people, tolerances)
def test_nobody_loses_their_place_to_somebody_late(present, tolerance) -> None:  # type: ignore[no-untyped-def]
    order = order_of_passage(present, tolerance=tolerance)
    place = {each.id: n for n, each in enumerate(order)}
    with_an_hour = [each for each in present if each.kind in {Kind.APPOINTMENT, Kind.FORCED}]
    in_time = [each for each in with_an_hour if not is_late(each, tolerance)]
    for one in in_time:
        for other in with_an_hour:
            if is_late(other, tolerance) and one.due <= other.arrived:
                assert place[one.id] < place[other.id]
        for other in in_time:
            if one.due < other.due:
                assert place[one.id] < place[other.id]
    kinds = [each.kind for each in order]
    emergencies, walk_ins = kinds.count(Kind.EMERGENCY), kinds.count(Kind.WALK_IN)
    assert all(kind is Kind.EMERGENCY for kind in kinds[:emergencies])
    assert all(kind is Kind.WALK_IN for kind in kinds[len(kinds) - walk_ins :])
