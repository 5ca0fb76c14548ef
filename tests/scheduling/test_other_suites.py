"""What the suites of other agendas ask of theirs, asked of `find_slots` in our own words.

The questions come from what is known of Cal.com's slots and date ranges, Easy!Appointments' availabilities, Nylas' and
Google's free and busy times, RFC 5545's recurrences and django-scheduler's periods; the answers are what a caller who has
read the docstring and nothing else would expect.
"""

import doctest
import random
import time as stopwatch
from collections import deque
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from decroche.scheduling.domain import availability
from decroche.scheduling.domain.availability import WeeklyRule, expand_rules, find_slots, to_datetime
from decroche.scheduling.domain.patterns import falls_on

PARIS = ZoneInfo("Europe/Paris")
MARTINIQUE = ZoneInfo("America/Martinique")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
APIA = ZoneInfo("Pacific/Apia")
DAY = date(2026, 11, 24)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def p(span: str, day: date = DAY, zone: ZoneInfo = PARIS) -> tuple[datetime, datetime]:
    """Read "9:00-9:30", on the wall clock; an end before its start is the next day's."""
    starts, ends = (time.fromisoformat(word.zfill(5)) for word in span.split("-"))
    turn = timedelta(days=1) if ends < starts else timedelta(0)
    return (
        datetime.combine(day, starts, tzinfo=zone),
        datetime.combine(day + turn, ends, tzinfo=zone),
    )


def ask(free: str, busy: str = "", minutes: int = 30, *, now: str = "0:00", **more) -> str:
    """Ask in short words and hear the starts in short words."""
    for name in ("step", "notice", "align", "before", "after"):
        if name in more:
            more[name] = timedelta(minutes=more[name])
    found = find_slots(
        free=[p(span) for span in free.split()],
        busy=[p(span) for span in busy.split()],
        duration=timedelta(minutes=minutes),
        now=p(f"{now}-{now}")[0],
        zone=PARIS,
        **more,
    )
    return " ".join(f"{start:%-H:%M}" for start in found)


# --- what is free and what is busy --------------------------------------------------------------------------------

MERGING = {
    "nothing is free": ("", "", ""),
    "nothing is busy": ("9:00-10:30", "", "9:00 9:30 10:00"),
    "an exact fit": ("9:00-9:30", "", "9:00"),
    "an exact fit at an odd minute": ("9:07-9:37", "", "9:07"),
    "one minute short": ("9:00-9:29", "", ""),
    "an exact fit between two that are busy": ("8:00-12:00", "8:00-9:13 9:43-12:00", "9:13"),
    "busy before the opening, up to it": ("9:00-10:00", "8:00-9:00", "9:00 9:30"),
    "busy after the closing, from it": ("9:00-10:00", "10:00-11:00", "9:00 9:30"),
    "busy far away on both sides": ("9:00-10:00", "1:00-2:00 20:00-21:00", "9:00 9:30"),
    "busy over the opening": ("9:00-10:30", "8:30-9:20", "9:20 9:50"),
    "busy over the closing": ("9:00-10:30", "10:00-11:30", "9:00 9:30"),
    "busy all along, to the minute": ("9:00-10:30", "9:00-10:30", ""),
    "busy all along and more": ("9:00-10:30", "8:00-12:00", ""),
    "busy in the middle": ("9:00-11:00", "9:45-10:15", "9:00 10:15"),
    "two busy that touch": ("9:00-11:00", "9:30-10:00 10:00-10:30", "9:00 10:30"),
    "two busy that overlap": ("9:00-11:00", "9:30-10:10 10:00-10:30", "9:00 10:30"),
    "one busy inside another": ("9:00-11:00", "9:30-10:30 9:40-9:50", "9:00 10:30"),
    "a short one after a long one that covers it and ends later": (
        "9:00-12:00",
        "9:00-11:00 9:10-9:20 9:30-9:40",
        "11:00 11:30",
    ),
    "the same busy thrice": ("9:00-10:30", "9:30-10:00 9:30-10:00 9:30-10:00", "9:00 10:00"),
    "busy in no order": ("9:00-12:00", "11:00-11:30 9:00-9:30 10:00-10:30", "9:30 10:30 11:30"),
    "a busy moment without length": ("9:00-10:00", "9:15-9:15", "9:00 9:30"),
    "a minute is enough to be in the way": ("9:00-10:00", "9:15-9:16", "9:16"),
    "two free that touch": ("9:00-9:15 9:15-9:30", "", "9:00"),
    "two free that overlap": ("9:00-9:45 9:30-10:00", "", "9:00 9:30"),
    "one free inside another": ("9:00-10:00 9:10-9:20", "", "9:00 9:30"),
    "free in no order": ("14:00-14:30 9:00-9:30", "", "9:00 14:00"),
    "a lunch break": ("9:00-10:00 14:00-15:00", "", "9:00 9:30 14:00 14:30"),
    "two free pieces, each too short": ("9:00-9:20 9:30-9:50", "", ""),
    "busy over the lunch break": ("9:00-12:00 14:00-15:00", "10:00-14:30", "9:00 9:30 14:30"),
    "a free period without length": ("9:00-9:00", "", ""),
}


@pytest.mark.parametrize(("free", "busy", "expected"), MERGING.values(), ids=MERGING)
def test_free_less_busy(free: str, busy: str, expected: str) -> None:
    assert ask(free, busy) == expected


# --- the grid --------------------------------------------------------------------------------------------------------

GRIDS = {
    "a step that does not divide the duration": ({"step": 20}, "", "9:00 9:20 9:40 10:00"),
    "a step longer than the duration": ({"step": 45}, "", "9:00 9:45"),
    "a step longer than the opening": ({"step": 600}, "", "9:00"),
    "each minute": ({"step": 1, "limit": 3}, "", "9:00 9:01 9:02"),
    "from each gap, by default": ({"step": 30}, "9:00-9:10", "9:10 9:40"),
    "from the opening, when asked": ({"step": 30, "anchor": "opening"}, "9:00-9:10", "9:30 10:00"),
    "of the clock, when asked": ({"step": 30, "align": 30}, "9:00-9:10", "9:30 10:00"),
    "notice within a step": ({"step": 30, "now": "8:50", "notice": 25}, "", "9:15 9:45"),
    "notice within a step of the opening's grid": (
        {"step": 30, "now": "8:50", "notice": 25, "anchor": "opening"},
        "",
        "9:30 10:00",
    ),
    "notice upon a line of the grid": (
        {"step": 30, "now": "9:00", "notice": 30, "anchor": "opening"},
        "",
        "9:30 10:00",
    ),
    "notice before the opening changes nothing": (
        {"step": 30, "now": "6:00", "notice": 60, "anchor": "opening"},
        "",
        "9:00 9:30 10:00",
    ),
    "quarters while it takes half an hour": ({"step": 15}, "", "9:00 9:15 9:30 9:45 10:00"),
}


@pytest.mark.parametrize(("more", "busy", "expected"), GRIDS.values(), ids=GRIDS)
def test_the_grid(more: dict, busy: str, expected: str) -> None:
    assert ask("9:00-10:30", busy, **more) == expected


def test_a_grid_of_the_opening_begins_where_the_opening_does() -> None:
    assert ask("9:10-11:00", "9:45-9:50", step=30, anchor="opening") == "9:10 10:10"
    assert ask("9:10-11:00", "9:45-9:50", step=30) == "9:10 9:50 10:20"
    assert ask("9:10-11:00", "9:45-9:50", step=30, align=30) == "10:00 10:30"


def test_each_opening_has_a_grid_of_its_own() -> None:
    assert ask("9:05-10:05 14:20-15:20", "14:20-14:30", step=30, anchor="opening") == "9:05 9:35 14:50"


def test_what_is_longer_than_every_opening_is_nowhere() -> None:
    assert ask("9:00-12:00 14:00-18:00", minutes=241) == ""
    assert ask("9:00-12:00 14:00-18:00", minutes=240) == "14:00"


def test_shoulder_to_shoulder_all_of_them_can_be_booked() -> None:
    found = find_slots(
        free=[p("9:00-18:00")],
        busy=[p("10:07-10:31"), p("13:00-14:02")],
        duration=25 * MINUTE,
        before=5 * MINUTE,
        after=3 * MINUTE,
        now=p("0:00-0:00")[0],
        zone=PARIS,
    )
    assert all(later - sooner >= 33 * MINUTE for sooner, later in pairwise(found))


# --- now and notice -------------------------------------------------------------------------------------------------

MOMENTS = {
    "now before everything": ({"now": "0:00"}, "9:00 9:30 10:00"),
    "now at the opening": ({"now": "9:00"}, "9:00 9:30 10:00"),
    "now a minute later": ({"now": "9:01"}, "9:01 9:31"),
    "now when the last one would just fit": ({"now": "10:00"}, "10:00"),
    "now too late for the last one": ({"now": "10:01"}, ""),
    "now after the closing": ({"now": "12:00"}, ""),
    "notice that ends with the last one": ({"now": "9:00", "notice": 60}, "10:00"),
    "notice of a day": ({"now": "9:00", "notice": 24 * 60}, ""),
}


@pytest.mark.parametrize(("more", "expected"), MOMENTS.values(), ids=MOMENTS)
def test_nothing_is_proposed_before_now_and_its_notice(more: dict, expected: str) -> None:
    assert ask("9:00-10:30", **more) == expected


def test_notice_is_elapsed_time_whatever_zone_now_is_worded_in() -> None:
    """A day's notice given at noon on the eve of the longer day ends at eleven: twenty-four hours are twenty-four hours."""
    noon = datetime(2026, 10, 24, 12, tzinfo=PARIS)
    for words in (noon, noon.astimezone(UTC), noon.astimezone(MARTINIQUE)):
        found = find_slots(
            free=[p("8:00-18:00", AUTUMN)],
            busy=[],
            duration=HOUR,
            notice=24 * HOUR,
            now=words,
            zone=PARIS,
            limit=1,
        )
        assert [f"{start:%H:%M}" for start in found] == ["11:00"]


def test_a_second_after_the_minute_is_the_next_minute() -> None:
    for late in (timedelta(seconds=1), timedelta(microseconds=1)):
        first = find_slots(
            free=[p("9:00-10:00")],
            busy=[],
            duration=30 * MINUTE,
            now=p("9:00-9:00")[0] + late,
            zone=PARIS,
            limit=1,
        )
        assert [f"{start:%H:%M:%S}" for start in first] == ["09:01:00"]


def test_a_notice_of_many_centuries_is_only_a_long_notice() -> None:
    assert (
        find_slots(
            free=[p("9:00-10:00")],
            busy=[],
            duration=HOUR,
            notice=timedelta.max,
            now=p("8:00-8:00")[0],
            zone=PARIS,
        )
        == []
    )


# --- seconds --------------------------------------------------------------------------------------------------------


def seconds(free, busy=(), minutes: int = 15) -> list[str]:
    def moment(word: str) -> datetime:
        return datetime.combine(DAY, time.fromisoformat(word), tzinfo=PARIS)

    found = find_slots(
        free=[(moment(start), moment(end)) for start, end in free],
        busy=[(moment(start), moment(end)) for start, end in busy],
        duration=minutes * MINUTE,
        now=moment("00:00"),
        zone=PARIS,
    )
    return [f"{start:%H:%M:%S}" for start in found]


def test_an_opening_begins_and_ends_with_whole_minutes_of_its_own() -> None:
    assert seconds([("09:00:01", "09:16:59")]) == ["09:01:00"]
    assert seconds([("09:00:01", "09:15:59")]) == []


def test_busy_seconds_take_their_minutes() -> None:
    assert seconds([("09:00", "09:40")], [("09:15:00.000001", "09:15:59.999999")]) == ["09:00:00", "09:16:00"]


def test_an_empty_or_reversed_busy_period_takes_nothing_not_even_the_minute_that_it_lies_in() -> None:
    nothing = [("09:07:30", "09:07:30"), ("09:20:50", "09:20:10")]
    assert seconds([("09:00", "09:30")], nothing) == ["09:00:00", "09:15:00"]


def test_openings_that_touch_between_two_minutes_are_one() -> None:
    assert seconds([("09:00", "09:07:30"), ("09:07:30", "09:15")]) == ["09:00:00"]


# --- the nights when the clocks change ---------------------------------------------------------------------------


def night(zone: ZoneInfo, starts: datetime, ends: datetime, **more) -> list[str]:
    known = {"duration": HOUR, "busy": [], "now": datetime(2000, 1, 1, tzinfo=UTC)}
    found = find_slots(free=[(starts, ends)], zone=zone, **known | more)
    return [f"{start:%H:%M%z}" for start in found]


def test_the_longer_night_has_one_slot_more_and_each_has_a_name_of_its_own() -> None:
    found = night(PARIS, datetime(2026, 10, 25, tzinfo=PARIS), datetime(2026, 10, 25, 6, tzinfo=PARIS))
    assert found == [
        "00:00+0200",
        "01:00+0200",
        "02:00+0200",
        "02:00+0100",
        "03:00+0100",
        "04:00+0100",
        "05:00+0100",
    ]


def test_the_shorter_night_has_one_slot_less_and_none_at_a_time_that_never_was() -> None:
    found = night(PARIS, datetime(2026, 3, 29, tzinfo=PARIS), datetime(2026, 3, 29, 6, tzinfo=PARIS))
    assert found == ["00:00+0100", "01:00+0100", "03:00+0200", "04:00+0200", "05:00+0200"]


def test_busy_during_the_second_two_o_clock_only() -> None:
    first, second = (datetime(2026, 10, 25, 2, tzinfo=PARIS, fold=fold) for fold in (0, 1))
    until = datetime(2026, 10, 25, 3, tzinfo=PARIS)
    assert night(PARIS, first, until, busy=[(second, until)]) == ["02:00+0200"]
    assert night(PARIS, first, until, busy=[(first, second)]) == ["02:00+0100"]


def test_busy_from_the_first_half_past_two_to_the_second_ten_past_is_not_reversed() -> None:
    """The hands go back; time does not."""
    busy = (
        datetime(2026, 10, 25, 2, 30, tzinfo=PARIS),
        datetime(2026, 10, 25, 2, 10, tzinfo=PARIS, fold=1),
    )
    start, end = datetime(2026, 10, 25, 2, tzinfo=PARIS), datetime(2026, 10, 25, 3, tzinfo=PARIS)
    assert night(PARIS, start, end, busy=[busy], duration=30 * MINUTE) == ["02:00+0200", "02:10+0100"]


def test_free_from_the_first_half_past_two_to_the_second_ten_past_is_forty_minutes() -> None:
    start = datetime(2026, 10, 25, 2, 30, tzinfo=PARIS)
    end = datetime(2026, 10, 25, 2, 10, tzinfo=PARIS, fold=1)
    assert night(PARIS, start, end, duration=40 * MINUTE) == ["02:30+0200"]
    assert night(PARIS, start, end, duration=41 * MINUTE) == []


def test_a_grid_of_the_clock_stays_on_the_clock_after_half_an_hour_was_gained() -> None:
    start, end = datetime(2026, 4, 5, tzinfo=LORD_HOWE), datetime(2026, 4, 5, 5, tzinfo=LORD_HOWE)
    assert night(LORD_HOWE, start, end, align=HOUR) == [
        "00:00+1100",
        "01:00+1100",
        "02:00+1030",
        "03:00+1030",
        "04:00+1030",
    ]
    assert len(night(LORD_HOWE, start, end, duration=30 * MINUTE)) == 11


def test_martinique_sleeps_through_both_nights() -> None:
    for day in (SPRING, AUTUMN):
        free = [p("0:00-6:00", day, MARTINIQUE)]
        found = find_slots(free=free, busy=[], duration=HOUR, now=free[0][0], zone=MARTINIQUE)
        assert [start.hour for start in found] == [0, 1, 2, 3, 4, 5]


def test_a_day_that_apia_never_had_has_no_slots() -> None:
    rules = [WeeklyRule(weekday, time(9), time(12)) for weekday in range(7)]
    periods = expand_rules(rules, first_day=date(2011, 12, 29), last_day=date(2011, 12, 31), zone=APIA)
    days = [to_datetime(start).astimezone(APIA).date() for start, _ in periods]
    assert days == [date(2011, 12, 29), date(2011, 12, 31)]
    duty = expand_rules(
        [WeeklyRule(3, time(22), time(6))],
        first_day=date(2011, 12, 29),
        last_day=date(2011, 12, 29),
        zone=APIA,
    )
    assert [end - start for start, end in duty] == [120]  # until the midnight after which nothing came


def test_the_eve_of_a_change_and_its_morrow_keep_their_wall_times() -> None:
    rule = WeeklyRule(5, time(23), time(3, 30))  # Saturday night
    for first, minutes in ((date(2026, 3, 28), 210), (date(2026, 10, 24), 330), (date(2026, 11, 21), 270)):
        ((start, end),) = expand_rules([rule], first_day=first, last_day=first, zone=PARIS)
        assert end - start == minutes
        assert f"{to_datetime(end).astimezone(PARIS):%a %H:%M}" == "Sun 03:30"


# --- days, months and years ---------------------------------------------------------------------------------------


def test_an_opening_across_midnight_goes_on() -> None:
    free = [p("22:00-0:00"), p("0:00-2:00", DAY + timedelta(days=1))]
    found = find_slots(free=free, busy=[], duration=3 * HOUR, step=HOUR, now=free[0][0], zone=PARIS)
    assert [f"{start:%d %H}" for start in found] == ["24 22", "24 23"]


def test_the_year_ends_between_two_slots() -> None:
    found = find_slots(
        free=[p("23:00-1:00", date(2026, 12, 31))],
        busy=[],
        duration=HOUR,
        now=datetime(2026, 12, 31, tzinfo=PARIS),
        zone=PARIS,
    )
    assert [f"{start:%Y-%m-%d %H}" for start in found] == ["2026-12-31 23", "2027-01-01 00"]


def test_the_twenty_ninth_of_february_is_there_when_it_is() -> None:
    rules = [WeeklyRule(weekday, time(9), time(10)) for weekday in range(7)]
    for year, days in ((2028, 3), (2026, 2), (2100, 2)):
        found = expand_rules(rules, first_day=date(year, 2, 28), last_day=date(year, 3, 1), zone=PARIS)
        assert len(found) == days


def test_a_visit_longer_than_a_day_fits_where_it_is_open_for_days() -> None:
    always = (p("0:00-0:00")[0], p("0:00-0:00", DAY + timedelta(days=3))[0])
    found = find_slots(free=[always], busy=[], duration=36 * HOUR, step=12 * HOUR, now=always[0], zone=PARIS)
    assert [f"{start:%d %H}" for start in found] == ["24 00", "24 12", "25 00", "25 12"]


def test_open_since_ever_and_for_ever_is_searched_from_now() -> None:
    ever = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
    now = p("9:00-9:00")[0]
    found = find_slots(free=[ever], busy=[(ever[0], now)], duration=HOUR, now=now, zone=PARIS, limit=2)
    assert [f"{start:%d %H:%M}" for start in found] == ["24 09:00", "24 10:00"]


# --- recurrences, as RFC 5545 words them ---------------------------------------------------------------------------


def days_of(year: int, month: int, **pattern) -> list[int]:
    first = date(year, month, 1).toordinal()
    days = (date.fromordinal(first + n) for n in range(31))
    return [day.day for day in days if day.month == month and falls_on(day.toordinal(), **pattern)]


RECURRENCES = {
    "the first Monday": ((2026, 6), {"weekday": 0, "every": "nth", "nth": 1}, [1]),
    "the first Friday of a month that begins on one": (
        (2026, 5),
        {"weekday": 4, "every": "nth", "nth": 1},
        [1],
    ),
    "the last Friday": ((2026, 5), {"weekday": 4, "every": "nth", "nth": -1}, [29]),
    "the last day of a leap February": ((2028, 2), {"weekday": 1, "every": "nth", "nth": -1}, [29]),
    "a fifth Tuesday that is": ((2026, 12), {"weekday": 1, "every": "nth", "nth": 5}, [29]),
    "a fifth Tuesday that is not": ((2026, 11), {"weekday": 1, "every": "nth", "nth": 5}, []),
    "every other Thursday": (
        (2026, 1),
        {"weekday": 3, "every": "n_weeks", "every_n": 2, "anchor": date(2025, 12, 25).toordinal()},
        [8, 22],
    ),
    "every third week, counted backwards": (
        (2026, 1),
        {"weekday": 3, "every": "n_weeks", "every_n": 3, "anchor": date(2026, 3, 5).toordinal()},
        [1, 22],
    ),
    "odd weeks around a year of fifty-three": ((2027, 1), {"weekday": 3, "every": "odd"}, [7, 21]),
    "even weeks": ((2026, 1), {"weekday": 3, "every": "even"}, [8, 22]),
}


@pytest.mark.parametrize(("month", "pattern", "expected"), RECURRENCES.values(), ids=RECURRENCES)
def test_recurrences(month: tuple[int, int], pattern: dict, expected: list[int]) -> None:
    assert days_of(*month, **pattern) == expected


def test_after_the_fifty_third_week_two_odd_weeks_follow_each_other() -> None:
    assert days_of(2026, 12, weekday=3, every="odd")[-1] == 31  # week 53
    assert days_of(2027, 1, weekday=3, every="odd")[0] == 7  # week 1


# --- zones, forms and what is refused ------------------------------------------------------------------------------


def test_zones_may_be_mixed_in_one_question() -> None:
    start, end = p("9:00-11:00")
    busy = [(start.astimezone(UTC), (start + 30 * MINUTE).astimezone(MARTINIQUE))]
    found = find_slots(
        free=[(start.astimezone(LORD_HOWE), end.astimezone(timezone(timedelta(hours=-3, minutes=-30))))],
        busy=busy,
        duration=HOUR,
        now=(start - HOUR).astimezone(APIA),
        zone=PARIS,
    )
    assert found == [start + 30 * MINUTE]
    assert found[0].tzinfo is PARIS


def test_a_zone_may_be_utc_itself() -> None:
    found = find_slots(free=[p("9:00-10:00")], busy=[], duration=HOUR, now=p("8:00-8:00")[0], zone=UTC)
    assert [f"{start:%H:%M%z}" for start in found] == ["08:00+0000"]


def test_periods_come_from_any_iterable_and_are_left_as_they_were() -> None:
    free, busy = [p("10:00-11:00"), p("9:00-9:30")], deque([p("10:30-11:00"), p("10:00-10:15")])
    kept = list(free), deque(busy)
    question = {"duration": 15 * MINUTE, "now": p("8:00-8:00")[0], "zone": PARIS}
    once = find_slots(free=free, busy=busy, **question)
    assert (free, busy) == kept
    assert (
        find_slots(free=(each for each in free), busy=iter(busy), **question)
        == find_slots(free=set(free), busy=frozenset(busy), **question)
        == once
    )


def test_answers_and_rules_can_be_kept_in_sets() -> None:
    found = find_slots(free=[p("9:00-10:00")], busy=[], duration=HOUR, now=p("8:00-8:00")[0], zone=PARIS)
    rule = WeeklyRule(0, time(9), time(12))
    assert (len({*found, *found}), len({rule, WeeklyRule(0, time(9), time(12))})) == (1, 1)
    with pytest.raises(AttributeError):
        rule.weekday = 3  # type: ignore[misc]


NAIVE = datetime(2026, 11, 24, 9, 30)  # noqa: DTZ001
AWARE = p("9:00-10:00")


@pytest.mark.parametrize(
    "wrong",
    [
        {"now": NAIVE},
        {"free": [(NAIVE, AWARE[1])]},
        {"free": [(AWARE[0], NAIVE)]},
        {"busy": [(NAIVE, AWARE[1])]},
        {"busy": [(AWARE[0], NAIVE)]},
    ],
)
def test_a_naive_moment_is_refused_by_name(wrong: dict) -> None:
    question = {"free": [AWARE], "busy": [], "now": AWARE[0], "duration": 15 * MINUTE, "zone": PARIS}
    with pytest.raises(ValueError, match=r"naive.*2026-11-24 09:30"):
        find_slots(**question | wrong)


@pytest.mark.parametrize("wrong", [{"capacity": 0}, {"anchor": "hour"}, {"duration": MINUTE / 2}])
def test_what_has_no_meaning_is_refused(wrong: dict) -> None:
    question = {"free": [AWARE], "busy": [], "now": AWARE[0], "duration": 15 * MINUTE, "zone": PARIS}
    with pytest.raises(ValueError, match=r"."):
        find_slots(**question | wrong)


# --- several at once, and what is kept free around -----------------------------------------------------------------

SEATS = {
    "a seat is left": (2, "9:00-10:00", "9:00 9:30"),
    "both are taken": (2, "9:00-10:00 9:00-10:00", ""),
    "full for a while": (2, "9:00-10:00 9:20-9:30", "9:30"),
    "one ends as another begins": (2, "9:00-9:30 9:00-10:00 9:30-10:00", ""),
    "three of three, and then two": (3, "9:00-9:30 9:00-9:30 9:00-10:00 9:30-10:00", "9:30"),
    "more than there were seats": (2, "9:00-9:30 9:00-9:30 9:00-9:30", "9:30"),
    "a seat for everybody": (9, "9:00-9:30 9:10-9:20", "9:00 9:30"),
}


@pytest.mark.parametrize(("capacity", "busy", "expected"), SEATS.values(), ids=SEATS)
def test_seats(capacity: int, busy: str, expected: str) -> None:
    assert ask("9:00-10:00", busy, capacity=capacity) == expected


BUFFERS = {
    "before": ({"before": 10}, "9:40 10:10"),
    "after": ({"after": 10}, "9:30 10:10"),
    "both, and the step leaves room for them": ({"before": 5, "after": 5}, "9:35 10:15"),
    "longer than the gap": ({"before": 90}, ""),
}


@pytest.mark.parametrize(("more", "expected"), BUFFERS.values(), ids=BUFFERS)
def test_buffers(more: dict, expected: str) -> None:
    step = {"step": 30} if more == {"before": 10} else {}
    assert ask("9:00-11:00", "9:00-9:30 10:50-11:00", **more, **step) == expected


# --- many ------------------------------------------------------------------------------------------------------------


def many(count: int) -> float:
    """Give the seconds that a search takes beside `count` busy periods in no order, the best of three."""
    dice = random.Random(count)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    busy = []
    for n in range(count):
        begins = start + timedelta(minutes=20 * n + dice.randrange(5))
        busy.append((begins, begins + timedelta(minutes=dice.randrange(1, 30))))
    dice.shuffle(busy)
    free, best = [(start, start + timedelta(minutes=20 * count + 60))], float("inf")
    for _ in range(3):
        began = stopwatch.process_time()
        find_slots(free=free, busy=busy, duration=15 * MINUTE, now=start, zone=PARIS)
        best = min(best, stopwatch.process_time() - began)
    return best


def test_ten_times_as_many_take_about_ten_times_as_long() -> None:
    assert many(100_000) < 25 * many(10_000)


def test_the_docstrings_example_is_true() -> None:
    told = doctest.testmod(availability)
    assert (told.attempted > 0, told.failed) == (True, 0)
