"""Chains and series, from plain values: what they promise, whatever they are given."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decroche.scheduling.domain.chains import Link, chains
from decroche.scheduling.domain.lanes import FORCED, first_forced_lane, free_seats
from decroche.scheduling.domain.series import plan

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


# --- chains ----------------------------------------------------------------------------------------------------------

links = st.builds(
    lambda start, length, who, where: Link(start * 5, (start + length) * 5, who, where),
    st.integers(0, 30),
    st.integers(1, 6),
    st.integers(1, 2),
    st.integers(1, 2),
)
steps = st.lists(
    st.lists(links, max_size=8).map(lambda some: sorted(some, key=lambda one: one.start)),
    min_size=1,
    max_size=3,
)


def every_chain(steps, waits, *, same_person) -> set[tuple[Link, ...]]:
    """The oracle: try everything."""
    return {
        chain
        for chain in product(*steps)
        if all(
            before.end <= after.start <= before.end + wait
            and before.where == after.where
            and (not same_person or before.who == after.who)
            for before, after, wait in zip(chain, chain[1:], waits, strict=False)
        )
    }


@given(steps, st.integers(0, 60), st.booleans())
def test_a_chain_is_found_for_every_first_visit_that_has_one(some, wait, same_person) -> None:
    waits = [wait] * (len(some) - 1)
    right = every_chain(some, waits, same_person=same_person)
    found = chains(some, waits, limit=1000, same_person=same_person)
    assert set(found) <= right
    assert {chain[0] for chain in found} == {chain[0] for chain in right}
    assert [chain[0].start for chain in found] == sorted(chain[0].start for chain in found)


def test_a_chain_waits_longer_rather_than_not_at_all() -> None:
    first = [Link(0, 15, 1, 1)]
    second = [Link(15, 30, 2, 1), Link(40, 55, 2, 1)]
    third = [Link(60, 75, 3, 1)]
    assert chains([first, second, third], [30, 10], limit=9) == [(first[0], second[1], third[0])]


def test_brothers_and_sisters_come_back_to_back() -> None:
    quarter = [Link(start, start + 15, who, 1) for start in (0, 15, 45, 60, 75) for who in (1, 2)]
    found = chains([quarter] * 3, [0, 0], limit=9, same_person=True)
    assert [[link.start for link in chain] for chain in found] == [[45, 60, 75], [45, 60, 75]]
    assert all(len({link.who for link in chain}) == 1 for chain in found)


def test_a_chain_needs_a_wait_between_each_two() -> None:
    with pytest.raises(ValueError, match="one wait"):
        chains([[], []], [], limit=1)


# --- series ----------------------------------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(8, 18), st.sampled_from([0, 15, 30])), max_size=60),
    st.integers(1, 12),
    st.integers(1, 7),
)
def test_a_series_never_asks_too_much_of_a_week(moments, sessions, per_week) -> None:
    starts = [at(*moment) for moment in moments]
    found = plan(starts, sessions=sessions, per_week=per_week)
    assert set(found) <= set(starts)
    assert found == sorted(found)
    assert len({start.date() for start in found}) == len(found) <= sessions
    weeks = [start.isocalendar()[:2] for start in found]
    assert all(weeks.count(week) <= per_week for week in weeks)
    # It is as long as weeks and days allow: each week gives what it can, the earliest first.
    days_of = {}
    for start in starts:
        days_of.setdefault(start.isocalendar()[:2], set()).add(start.date())
    assert len(found) == min(sessions, sum(min(per_week, len(days)) for days in days_of.values()))


def test_six_sessions_two_a_week_keep_their_distance_and_their_hour() -> None:
    starts = [at(day, hour) for day in range(40) if day % 7 < 5 for hour in (9, 11, 16)]
    found = plan(starts, sessions=6, per_week=2)
    assert [(start.weekday(), start.hour) for start in found] == [(0, 9), (3, 9)] * 3
    assert min(after - before for before, after in pairwise(found)) >= timedelta(days=3)


def test_a_full_day_makes_the_series_step_aside_not_give_up() -> None:
    starts = [at(day, 9) for day in range(21) if day % 7 in {0, 1, 3}]
    starts.remove(at(7, 9))
    found = plan(starts, sessions=4, per_week=2)
    assert [start.day for start in found] == [at(day, 9).day for day in (0, 3, 8, 10)]


def test_sessions_are_at_least_one_and_a_week_has_seven_days() -> None:
    for sessions, per_week in ((0, 1), (1, 0), (1, 8)):
        with pytest.raises(ValueError, match="one to seven"):
            plan([], sessions=sessions, per_week=per_week)


# --- lanes -----------------------------------------------------------------------------------------------------------


@given(st.lists(st.one_of(st.none(), st.integers(0, 5), st.integers(1000, 1003))), st.integers(1, 6))
def test_a_seat_is_free_when_nobody_has_it_or_the_whole_practitioner(taken, capacity) -> None:
    seats = free_seats(taken, capacity)
    assert set(seats).isdisjoint(taken)
    assert seats == [] if None in taken else len(seats) >= capacity - len(set(taken))
    beside = first_forced_lane(taken)
    assert beside >= FORCED
    assert beside not in taken
