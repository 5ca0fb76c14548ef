"""The pure search, told as stories and then checked against a slow oracle."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decroche.scheduling.domain.availability import (
    WeeklyRule,
    expand_rules,
    find_slots,
    gaps,
    is_bookable,
    merge,
    to_datetime,
)
from tests.scheduling import oracle

PARIS = ZoneInfo("Europe/Paris")
MARTINIQUE = ZoneInfo("America/Martinique")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # changes by half an hour
KATHMANDU = ZoneInfo("Asia/Kathmandu")  # +5:45
ZONES = [PARIS, MARTINIQUE, LORD_HOWE, KATHMANDU]
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def at(hour: int, minute: int = 0, *, day: int = 24, month: int = 11, zone: ZoneInfo = PARIS) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=zone)


def clock(moments: list[datetime]) -> list[str]:
    return [f"{moment:%H:%M}" for moment in moments]


def slots(free, busy=(), minutes=15, **more):
    more.setdefault("now", LONG_AGO)
    more.setdefault("zone", PARIS)
    return clock(find_slots(free=free, busy=busy, duration=timedelta(minutes=minutes), **more))


# --- slots ---------------------------------------------------------------------------------------------------------


def test_a_free_morning_is_cut_shoulder_to_shoulder() -> None:
    assert slots([(at(9), at(10))]) == ["09:00", "09:15", "09:30", "09:45"]


def test_the_last_slot_ends_with_the_period() -> None:
    assert slots([(at(9), at(9, 50))], minutes=20) == ["09:00", "09:20"]


def test_a_slot_may_begin_when_another_ends_and_end_when_another_begins() -> None:
    busy = [(at(9), at(9, 20)), (at(9, 35), at(9, 45))]
    assert slots([(at(9), at(10))], busy) == ["09:20", "09:45"]


def test_adjacent_periods_make_one_in_which_a_long_appointment_fits() -> None:
    assert slots([(at(9), at(9, 30)), (at(9, 30), at(10))], minutes=60) == ["09:00"]


def test_overlapping_periods_do_not_propose_twice() -> None:
    assert slots([(at(9), at(10)), (at(9, 30), at(10, 30))], minutes=30) == ["09:00", "09:30", "10:00"]


def test_an_appointment_longer_than_every_gap_has_no_slot() -> None:
    assert slots([(at(9), at(10))], [(at(9, 30), at(9, 35))], minutes=31) == []


def test_notice_pushes_the_first_slot_to_the_next_five_minutes() -> None:
    soon = {"now": at(9, 2), "notice": timedelta(minutes=20)}
    assert slots([(at(9), at(10))], align=timedelta(minutes=5), **soon) == ["09:25", "09:40"]
    assert slots([(at(9), at(10))], **soon) == ["09:22", "09:37"]


def test_buffers_are_kept_from_what_is_busy_and_may_lie_outside_of_what_is_free() -> None:
    around = {"before": timedelta(minutes=10), "after": timedelta(minutes=5)}
    assert slots([(at(9), at(11))], [(at(10), at(10, 15))], **around) == ["09:00", "09:30", "10:25"]
    assert slots([(at(9), at(9, 15))], **around) == ["09:00"]


def test_limit_zero_lists_nothing_and_a_notice_beyond_the_free_time_neither() -> None:
    assert slots([(at(9), at(10))], limit=0) == []
    assert slots([(at(9), at(10))], now=at(8), notice=timedelta(days=3)) == []


def test_reversed_repeated_and_empty_periods_change_nothing() -> None:
    free = [(at(9), at(10)), (at(9), at(10)), (at(12), at(11)), (at(9, 30), at(9, 30))]
    busy = [(at(9, 30), at(9, 30)), (at(10), at(9)), (at(9, 15), at(9, 30)), (at(9, 15), at(9, 30))]
    assert slots(free, busy) == ["09:00", "09:30", "09:45"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"notice": timedelta(minutes=-1)},
        {"limit": -1},
        {"before": timedelta(minutes=-5)},
        {"after": timedelta(seconds=30)},
        {"step": timedelta(0)},
        {"align": timedelta(minutes=7)},
    ],
)
def test_what_makes_no_sense_is_refused(wrong) -> None:
    with pytest.raises(ValueError, match=r"."):
        slots([(at(9), at(10))], **wrong)


def test_seconds_of_a_busy_period_are_rounded_outwards() -> None:
    busy = [(at(9), at(9, 15) + timedelta(seconds=1))]
    assert slots([(at(9), at(10))], busy, align=timedelta(minutes=1))[0] == "09:16"


def test_a_smaller_step_proposes_overlapping_choices() -> None:
    assert slots([(at(9), at(10))], minutes=30, step=timedelta(minutes=15)) == ["09:00", "09:15", "09:30"]


def test_limit_is_the_most_that_comes_back() -> None:
    assert slots([(at(9), at(12))], limit=2) == ["09:00", "09:15"]
    assert slots([(at(9), at(12))], limit=0) == []


def test_empty_and_inverted_periods_are_nothing() -> None:
    assert slots([(at(9), at(9)), (at(11), at(10))]) == []
    assert slots([(at(9), at(9, 15))], [(at(9, 5), at(9, 5))]) == ["09:00"]


def test_a_busy_period_that_covers_everything_leaves_nothing() -> None:
    assert slots([(at(9), at(10))], [(at(0), at(23))]) == []


def test_a_busy_period_over_two_openings_shortens_both() -> None:
    free = [(at(9), at(12)), (at(14), at(16))]
    assert slots(free, [(at(11), at(15))], minutes=60) == ["09:00", "10:00", "15:00"]


def test_answers_are_in_the_sites_zone_whatever_the_zone_of_the_question() -> None:
    free = [(at(14).astimezone(UTC), at(15).astimezone(MARTINIQUE))]
    assert slots(free, minutes=30) == ["14:00", "14:30"]


def test_alignment_follows_the_wall_clock_not_the_epoch() -> None:
    start = datetime(2026, 11, 24, 9, 0, tzinfo=KATHMANDU)
    assert slots(
        [(start, start + timedelta(hours=2))], minutes=60, zone=KATHMANDU, align=timedelta(hours=1)
    ) == [
        "09:00",
        "10:00",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"duration": timedelta(0)},
        {"duration": timedelta(minutes=-5)},
        {"duration": timedelta(seconds=90)},
        {"step": timedelta(0)},
        {"align": timedelta(minutes=7)},
        {"now": datetime(2026, 11, 24)},  # noqa: DTZ001
    ],
)
def test_nonsense_is_refused(wrong) -> None:
    question = {"duration": timedelta(minutes=15), "now": LONG_AGO} | wrong
    with pytest.raises(ValueError):  # noqa: PT011
        find_slots(free=[(at(9), at(10))], busy=[], zone=PARIS, **question)


# --- rules ---------------------------------------------------------------------------------------------------------


def spans(rules: list[WeeklyRule], first: date, last: date, zone: ZoneInfo = PARIS) -> list[tuple[str, str]]:
    periods = expand_rules(rules, first_day=first, last_day=last, zone=zone)
    return [tuple(f"{to_datetime(m):%d %H:%M}" for m in period) for period in periods]


def test_a_rule_opens_its_weekday_only() -> None:
    tuesdays = WeeklyRule(1, time(9), time(12))
    assert spans([tuesdays], date(2026, 11, 23), date(2026, 11, 30)) == [("24 08:00", "24 11:00")]


def test_validity_dates_are_both_included() -> None:
    rule = WeeklyRule(1, time(9), time(10), date(2026, 11, 10), date(2026, 11, 17))
    assert [start for start, _ in spans([rule], date(2026, 11, 1), date(2026, 11, 30))] == [
        "10 08:00",
        "17 08:00",
    ]


def test_a_night_duty_crosses_midnight_and_belongs_to_the_evening() -> None:
    duty = WeeklyRule(4, time(22), time(6), valid_until=date(2026, 11, 27))
    assert spans([duty], date(2026, 11, 27), date(2026, 12, 5)) == [("27 21:00", "28 05:00")]


def test_midnight_to_midnight_is_a_whole_day() -> None:
    assert spans([WeeklyRule(5, time(0), time(0))], date(2026, 11, 28), date(2026, 11, 28)) == [
        ("27 23:00", "28 23:00")
    ]


def test_the_spring_night_is_one_hour_shorter() -> None:
    duty = WeeklyRule(5, time(22), time(6))
    assert spans([duty], date(2026, 3, 28), date(2026, 3, 28)) == [("28 21:00", "29 04:00")]


def test_the_autumn_night_is_one_hour_longer() -> None:
    duty = WeeklyRule(5, time(22), time(6))
    assert spans([duty], date(2026, 10, 24), date(2026, 10, 24)) == [("24 20:00", "25 05:00")]


def test_an_hour_that_spring_skips_never_opens() -> None:
    assert spans([WeeklyRule(6, time(2), time(3))], date(2026, 3, 29), date(2026, 3, 29)) == []


def test_a_period_that_begins_in_the_skipped_hour_begins_when_the_clock_jumps() -> None:
    assert spans([WeeklyRule(6, time(2, 30), time(4))], date(2026, 3, 29), date(2026, 3, 29)) == [
        ("29 01:00", "29 02:00")
    ]


def test_an_hour_that_autumn_repeats_opens_twice() -> None:
    assert spans([WeeklyRule(6, time(2), time(3))], date(2026, 10, 25), date(2026, 10, 25)) == [
        ("25 00:00", "25 02:00")
    ]
    assert spans([WeeklyRule(6, time(2, 15), time(2, 30))], date(2026, 10, 25), date(2026, 10, 25)) == [
        ("25 00:15", "25 00:30"),
        ("25 01:15", "25 01:30"),
    ]


def test_the_day_after_a_change_opens_at_its_usual_wall_time() -> None:
    rule = WeeklyRule(0, time(9), time(12))
    assert spans([rule], date(2026, 3, 23), date(2026, 3, 30)) == [
        ("23 08:00", "23 11:00"),
        ("30 07:00", "30 10:00"),
    ]


def test_martinique_has_no_summer_time() -> None:
    rule = WeeklyRule(0, time(9), time(12))
    assert spans([rule], date(2026, 3, 23), date(2026, 3, 30), MARTINIQUE) == [
        ("23 13:00", "23 16:00"),
        ("30 13:00", "30 16:00"),
    ]


def test_a_leap_day_is_a_day() -> None:
    assert spans([WeeklyRule(1, time(9), time(10))], date(2028, 2, 28), date(2028, 3, 1)) == [
        ("29 08:00", "29 09:00")
    ]


def test_two_rules_that_touch_make_one_period() -> None:
    rules = [WeeklyRule(1, time(9), time(10)), WeeklyRule(1, time(10), time(11))]
    assert spans(rules, date(2026, 11, 24), date(2026, 11, 24)) == [("24 08:00", "24 10:00")]


def test_a_time_is_bookable_only_inside_one_gap() -> None:
    free, busy = [(0, 60), (60, 120)], [(30, 40)]
    assert is_bookable(free, busy, start=40, end=120)
    assert not is_bookable(free, busy, start=25, end=31)
    assert not is_bookable(free, busy, start=100, end=121)
    assert not is_bookable(free, busy, start=50, end=50)


# --- against the oracle ---------------------------------------------------------------------------------------------

wall_times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
changing_days = st.sampled_from(
    [date(2026, 3, 29), date(2026, 10, 25), date(2026, 4, 5), date(2026, 10, 4), date(2028, 2, 29)]
)


@st.composite
def rules_near(draw, day: date) -> list[WeeklyRule]:
    def rule() -> WeeklyRule:
        since = draw(st.sampled_from([date.min, day - timedelta(days=1), day, day + timedelta(days=1)]))
        until = draw(st.sampled_from([None, day - timedelta(days=1), day, day + timedelta(days=1)]))
        weekday = (day + timedelta(days=draw(st.integers(-1, 1)))).weekday()
        return WeeklyRule(weekday, draw(wall_times), draw(wall_times), since, until)

    return [rule() for _ in range(draw(st.integers(1, 3)))]


@settings(max_examples=40, deadline=None)
@given(st.data(), changing_days, st.sampled_from(ZONES))
def test_expansion_opens_exactly_the_minutes_that_the_wall_clock_says(
    data, day: date, zone: ZoneInfo
) -> None:
    rules = data.draw(rules_near(day))
    first, last = day - timedelta(days=1), day + timedelta(days=1)
    periods = expand_rules(rules, first_day=first, last_day=last, zone=zone)
    ours = {to_datetime(m) for start, end in periods for m in range(start, end)}
    assert ours == oracle.open_minutes(rules, first, last, zone)
    assert periods == merge(periods)


@st.composite
def periods_of_a_day(draw, day: date, zone: ZoneInfo, most: int) -> list[tuple[datetime, datetime]]:
    """Periods to the minute, and some to the second, worded in any zone; a few are empty or reversed."""
    midnight = datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC)
    seconds = st.sampled_from([0, 0, 0, 1, 30, 59])
    found = []
    for _ in range(draw(st.integers(0, most))):
        start = midnight + timedelta(minutes=draw(st.integers(0, 8 * 60)), seconds=draw(seconds))
        end = start + timedelta(minutes=draw(st.integers(-5, 150)), seconds=draw(seconds))
        words = draw(st.sampled_from([UTC, *ZONES]))
        found.append((start.astimezone(words), end.astimezone(words)))
    return found


@settings(max_examples=300, deadline=None)
@given(
    st.data(),
    changing_days,
    st.sampled_from(ZONES),
    st.tuples(st.integers(1, 90), st.integers(1, 45)),
    st.sampled_from([1, 5, 10, 15, 60]),
    st.integers(-60, 600),
    st.sampled_from(["gap", "opening"]),
    st.integers(1, 3),
)
def test_slots_agree_with_a_walk_minute_by_minute(
    data, day, zone, lengths, align, earliest, anchor, capacity
) -> None:
    free = data.draw(periods_of_a_day(day, zone, 3))
    busy = data.draw(periods_of_a_day(day, zone, 4 + capacity))
    midnight = datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC)
    now, notice = midnight + timedelta(minutes=earliest), timedelta(minutes=7, seconds=12)
    duration, step = (timedelta(minutes=n) for n in lengths)
    grid = {"zone": zone, "align": timedelta(minutes=align), "anchor": anchor, "capacity": capacity}
    ours = find_slots(
        free=free,
        busy=busy,
        duration=duration,
        step=step,
        notice=notice,
        now=now.astimezone(data.draw(st.sampled_from([UTC, *ZONES]))),
        **grid,
    )
    theirs = oracle.slots(free, busy, duration, step, earliest=now + notice, **grid)
    assert [slot.astimezone(UTC) for slot in ours] == theirs


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200))),
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200))),
)
def test_gaps_are_the_free_minutes_that_are_not_busy_and_never_touch(free, busy) -> None:
    found = list(gaps(free, busy))
    minutes = {m for start, end in free for m in range(start, end)} - {
        m for s, e in busy for m in range(s, e)
    }
    assert {m for start, end in found for m in range(start, end)} == minutes
    assert all(a[1] < b[0] for a, b in pairwise(found))
