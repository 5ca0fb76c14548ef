"""How late it is: what the wall says is measured, calm about one long visit, and never below what people live."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decroche.waiting_room.domain.delay import (
    Began,
    Running,
    Waiting,
    announced,
    delay_minutes,
    expected_times,
)

NINE = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def began(*pairs: tuple[int, int]) -> list[Began]:
    return [Began(at(due), at(start)) for due, start in pairs]


def test_a_morning_that_begins_is_on_time() -> None:
    assert delay_minutes([], [], now=at(0)) == 0


def test_the_delay_is_that_of_the_last_three_which_began() -> None:
    assert delay_minutes(began((0, 0), (15, 35), (30, 52), (45, 70)), [], now=at(75)) == 20


def test_one_long_visit_is_forgotten_when_the_next_ones_begin_on_time() -> None:
    assert delay_minutes(began((0, 0), (15, 60), (60, 62)), [], now=at(70)) == 0


def test_who_waits_for_long_never_reads_on_time() -> None:
    """A first visit runs over: nothing was late yet, and yet somebody has been here for 25 minutes past the hour."""
    waiting = [Waiting(7, at(15), QUARTER)]
    assert delay_minutes(began((0, 0)), waiting, now=at(40)) == 25


def test_a_patient_s_own_lateness_is_not_the_practitioner_s() -> None:
    one = Began(due=at(0), began=at(40), arrived=at(39))
    assert delay_minutes([one], [], now=at(45)) == 0


@pytest.mark.parametrize(
    ("minutes", "said"), [(0, 0), (7.4, 0), (7.5, 10), (9, 10), (12.4, 10), (12.5, 15), (58, 60)]
)
def test_it_is_rounded_to_five_and_on_time_under_ten(minutes: float, said: int) -> None:
    assert announced(timedelta(minutes=minutes)) == said


def test_each_passes_after_those_before_and_never_before_their_hour() -> None:
    waiting = [Waiting(1, at(15), QUARTER), Waiting(2, at(30), QUARTER), Waiting(3, at(90), QUARTER)]
    running = Running(since=at(20), planned=QUARTER)
    assert expected_times(waiting, running, now=at(25)) == {1: at(35), 2: at(50), 3: at(90)}


def test_a_visit_that_runs_over_may_end_any_minute() -> None:
    assert expected_times([Waiting(1, at(15), QUARTER)], Running(at(0), QUARTER), now=at(40)) == {1: at(40)}


minutes = st.integers(0, 600)
durations = st.integers(5, 60).map(lambda each: timedelta(minutes=each))


@given(
    st.lists(st.builds(Began, minutes.map(at), minutes.map(at), st.none() | minutes.map(at)), max_size=9),
    st.lists(st.builds(Waiting, st.integers(1, 99), minutes.map(at), durations), max_size=6),
    minutes.map(at),
)
def test_what_is_said_is_sane(started: list[Began], waiting: list[Waiting], now: datetime) -> None:
    said = delay_minutes(started, waiting, now=now)
    assert said % 5 == 0
    assert said == 0 or said >= 10
    longest = max((now - each.due for each in waiting), default=timedelta())
    assert said >= longest / timedelta(minutes=1) - 7.5


@given(
    st.lists(
        st.builds(Waiting, st.integers(1, 99), minutes.map(at), durations),
        max_size=8,
        unique_by=lambda w: w.id,
    ),
    st.none() | st.builds(Running, minutes.map(at), durations),
    minutes.map(at),
)
def test_expected_times_follow_one_another(
    waiting: list[Waiting], running: Running | None, now: datetime
) -> None:
    expected = expected_times(waiting, running, now=now)
    free = now
    for each in waiting:
        assert expected[each.id] >= max(free, each.due)
        free = expected[each.id] + each.planned
