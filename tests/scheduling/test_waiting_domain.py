"""Whom a freed slot goes to, and how long they may think: the pure part, thrown dice at."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from decroche.notifications.domain.quiet_hours import CLOSES, OPENS, not_before
from decroche.scheduling.domain.waiting import (
    ANSWER_AT_LEAST,
    Opening,
    Wanting,
    Why,
    answer_by,
    in_order,
    match,
    time_to_answer,
    why_not,
)

PARIS = ZoneInfo("Europe/Paris")
MARTINIQUE = ZoneInfo("America/Martinique")
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=PARIS)
MONDAY = date(2026, 11, 30)


def at(hour: int, minute: int = 0, *, day: date = MONDAY, zone: ZoneInfo = PARIS) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=zone)


def opening(start: datetime, minutes: int = 15, practitioner_id: int = 1) -> Opening:
    return Opening(practitioner_id, 1, start, start + timedelta(minutes=minutes))


def wanting(id_: int = 1, **fields) -> Wanting:
    known = {
        "visit_type_id": 1,
        "since": NOW - timedelta(days=10) + timedelta(minutes=id_),
        "first_day": date(2026, 11, 20),
        "last_day": date(2026, 12, 20),
    }
    return Wanting(id_, **known | fields)


TEN = at(10)


def reason(start: datetime = TEN, *, now: datetime = NOW, **fields) -> Why | None:
    return why_not(wanting(**fields), opening(start), now=now, zone=PARIS)


def test_a_slot_suits_who_asked_for_nothing_special() -> None:
    assert reason() is None


def test_each_wish_is_a_reason_of_its_own() -> None:
    assert reason(practitioner_id=2) == Why.PRACTITIONER
    assert reason(practitioner_id=1) is None
    assert reason(first_day=date(2026, 12, 1)) == Why.TOO_EARLY
    assert reason(last_day=date(2026, 11, 29)) == Why.TOO_LATE
    assert reason(half_day="pm") == Why.HALF_DAY
    assert reason(half_day="am") is None
    assert reason(at(13), half_day="am") == Why.HALF_DAY
    assert reason(at(12), half_day="am") is None
    assert reason(weekdays=frozenset({1, 3})) == Why.WEEKDAY
    assert reason(has_until=at(10)) == Why.NOT_EARLIER
    assert reason(has_until=at(10, 5)) is None
    assert reason(is_settled=True) == Why.SETTLED
    assert reason(is_thinking=True) == Why.THINKING
    assert reason(asked=frozenset({(1, at(10).astimezone(UTC))})) == Why.ASKED
    assert reason(asked=frozenset({(2, at(10))})) is None


def test_nobody_is_asked_about_what_they_could_not_reach_in_time() -> None:
    near = NOW + timedelta(hours=2)
    assert reason(near, notice=timedelta(hours=2)) == Why.NOTICE
    assert reason(near, notice=timedelta(minutes=110)) is None
    assert reason(near, notice=timedelta(minutes=111)) == Why.NOTICE


def test_the_third_is_asked_when_the_first_two_cannot() -> None:
    first, second, third = wanting(1, half_day="pm"), wanting(2, practitioner_id=9), wanting(3)
    [found] = match([third, first, second], {1: [opening(at(10))]}, now=NOW, zone=PARIS)
    assert (found.entry_id, found.rank) == (3, 3)
    assert found.passed_over == ((1, Why.HALF_DAY), (2, Why.PRACTITIONER))


def test_who_is_urgent_goes_in_front_and_the_rest_by_inscription() -> None:
    assert [one.id for one in in_order([wanting(2), wanting(1), wanting(3, is_urgent=True)])] == [3, 1, 2]


def test_an_hour_freed_at_once_is_shared() -> None:
    openings = [opening(at(10, 15 * n)) for n in range(4)]
    found = match([wanting(1), wanting(2)], {1: openings}, now=NOW, zone=PARIS)
    assert [(one.entry_id, one.opening.starts_at) for one in found] == [(1, at(10)), (2, at(10, 15))]
    assert found[1].passed_over == ((1, Why.SERVED),)


def test_the_nearer_the_slot_the_shorter_the_wait() -> None:
    aheads = [timedelta(minutes=minutes) for minutes in range(0, 12 * 24 * 60, 30)]
    waits = [time_to_answer(ahead) for ahead in aheads]
    assert waits == sorted(waits)
    assert waits[0] == ANSWER_AT_LEAST
    assert waits[-1] == timedelta(hours=24)


def test_a_slot_freed_in_the_evening_lets_one_answer_in_the_morning() -> None:
    evening = at(20, 0, day=date(2026, 11, 24))
    # four hours: half an hour before the night, three and a half after it
    assert answer_by(starts_at=at(10), notice=timedelta(0), now=evening, zone=PARIS) == at(
        11, 30, day=date(2026, 11, 25)
    )


def test_a_slot_freed_at_night_for_the_early_morning_goes_to_nobody() -> None:
    night = at(23, 0, day=date(2026, 11, 29))
    assert answer_by(starts_at=at(8, 15), notice=timedelta(hours=2), now=night, zone=PARIS) is None


def test_an_answer_is_not_awaited_through_the_night_before_an_early_slot() -> None:
    evening = at(20, 0, day=date(2026, 11, 29))
    assert answer_by(starts_at=at(8, 15), notice=timedelta(hours=2), now=evening, zone=PARIS) == at(
        20, 30, day=date(2026, 11, 29)
    )


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 3, 31)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=UTC)
)
zones = st.sampled_from([PARIS, MARTINIQUE])


@given(
    now=moments,
    ahead=st.timedeltas(timedelta(0), timedelta(days=60)),
    notice=st.timedeltas(timedelta(0), timedelta(days=3)),
    zone=zones,
)
def test_whoever_is_asked_has_time_by_day_and_is_warned_in_time(now, ahead, notice, zone) -> None:
    starts_at = now + ahead
    until = answer_by(starts_at=starts_at, notice=notice, now=now, zone=zone)
    if until is None:
        return
    told = not_before(now, zone)
    assert told + ANSWER_AT_LEAST <= until <= starts_at - notice
    assert OPENS <= until.astimezone(zone).time() <= CLOSES


entries = st.builds(
    wanting,
    st.integers(1, 40),
    is_urgent=st.booleans(),
    practitioner_id=st.sampled_from([None, 1, 2]),
    visit_type_id=st.sampled_from([1, 2]),
    half_day=st.sampled_from(["", "am", "pm"]),
    weekdays=st.frozensets(st.integers(0, 6), max_size=3),
    has_until=st.sampled_from([None, at(11), at(10, day=date(2026, 12, 8))]),
)
openings = st.builds(
    opening,
    st.integers(0, 200).map(lambda n: at(8) + timedelta(minutes=15 * n)),
    st.sampled_from([15, 30, 60]),
    st.sampled_from([1, 2]),
)


@given(
    people=st.lists(entries, max_size=12, unique_by=lambda one: one.id),
    first=st.lists(openings, max_size=8),
    second=st.lists(openings, max_size=8),
)
def test_nothing_is_proposed_twice_and_the_order_holds(people, first, second) -> None:
    offered = {1: first, 2: second}
    found = match(people, offered, now=NOW, zone=PARIS)
    times = [one.opening for one in found]
    assert not any(a.meets(b) for n, a in enumerate(times) for b in times[:n])
    assert len({one.entry_id for one in found}) == len(found)
    order = {one.id: n for n, one in enumerate(in_order(people), start=1)}
    ranks = [one.rank for one in found]
    assert ranks == sorted(ranks)
    assert all(order[one.entry_id] == one.rank for one in found)
    served = {one.entry_id: one for one in found}
    for person in people:
        if person.id in served:
            assert why_not(person, served[person.id].opening, now=NOW, zone=PARIS) is None
            continue
        # Whoever is left out was suited by nothing that those before had left.
        before = [one.opening for one in found if one.rank < order[person.id]]
        for each in offered[person.visit_type_id]:
            suits = why_not(person, each, now=NOW, zone=PARIS) is None
            assert not suits or any(each.meets(other) for other in before)
    for one in found:
        assert [id_ for id_, _ in one.passed_over] == [each.id for each in in_order(people)[: one.rank - 1]]
