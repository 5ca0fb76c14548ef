"""What a line is at a moment: by the practice's clock, also on the nights when clocks jump."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decroche.calls.domain.hours import (
    LineHours,
    LineMoment,
    Moment,
    WeeklyHours,
    moment_at,
    next_opening,
)
from decroche.kernel.interval import Interval

PARIS, MARTINIQUE = ZoneInfo("Europe/Paris"), ZoneInfo("America/Martinique")
WEEK = tuple(WeeklyHours(day, time(8), time(19)) for day in range(5))
NOON = tuple(WeeklyHours(day, time(12, 30), time(13, 30)) for day in range(5))


def at(*when: int, zone: ZoneInfo = PARIS) -> datetime:
    return datetime(*when, tzinfo=zone)  # type: ignore[misc, arg-type]


def test_a_day_at_the_practice() -> None:
    hours = LineHours(PARIS, WEEK, NOON)
    assert moment_at(hours, at(2026, 11, 24, 7, 59)) == Moment(LineMoment.CLOSED, at(2026, 11, 24, 8))
    assert moment_at(hours, at(2026, 11, 24, 8)) == Moment(LineMoment.OPEN, at(2026, 11, 24, 12, 30))
    assert moment_at(hours, at(2026, 11, 24, 12, 30)) == Moment(LineMoment.LUNCH, at(2026, 11, 24, 13, 30))
    assert moment_at(hours, at(2026, 11, 24, 19)) == Moment(LineMoment.CLOSED, at(2026, 11, 25, 8))
    friday_evening = at(2026, 11, 27, 20)
    assert next_opening(hours, friday_evening) == at(2026, 11, 30, 8)


def test_the_practice_s_clock_counts_wherever_the_secretary_sits() -> None:
    hours = LineHours(MARTINIQUE, WEEK)
    assert moment_at(hours, at(2026, 11, 24, 12, 30)).what is LineMoment.CLOSED  # 7.30 in Fort-de-France
    assert moment_at(hours, at(2026, 11, 24, 13)).what is LineMoment.OPEN


def test_no_hours_at_all_is_open_round_the_clock() -> None:
    assert moment_at(LineHours(PARIS), at(2026, 11, 22, 3)) == Moment(LineMoment.OPEN, None)


def test_leave_covers_holidays_which_cover_closures() -> None:
    tuesday = date(2026, 11, 24)
    closure = Interval(at(2026, 11, 24, 9), at(2026, 11, 24, 11))
    closed = LineHours(PARIS, WEEK, closures=(closure,))
    assert moment_at(closed, at(2026, 11, 24, 9)) == Moment(LineMoment.CLOSED, at(2026, 11, 24, 11))
    holiday = LineHours(PARIS, WEEK, closures=(closure,), holidays=frozenset({tuesday}))
    assert moment_at(holiday, at(2026, 11, 24, 9)) == Moment(LineMoment.HOLIDAY, at(2026, 11, 25))
    on_leave = LineHours(
        PARIS, WEEK, holidays=frozenset({tuesday}), leaves=(Interval(at(2026, 11, 20), at(2026, 12, 1, 9)),)
    )
    assert moment_at(on_leave, at(2026, 11, 24, 9)) == Moment(LineMoment.LEAVE, at(2026, 12, 1, 9))
    works = LineHours(PARIS, WEEK, holidays=frozenset({tuesday}), open_on_holidays=True)
    assert moment_at(works, at(2026, 11, 24, 9)).what is LineMoment.OPEN


def test_hours_that_pass_midnight_belong_to_the_day_they_begin_on() -> None:
    night = LineHours(PARIS, (WeeklyHours(5, time(20), time(8)),))  # Saturday night
    assert moment_at(night, at(2026, 11, 29, 7, 59)) == Moment(LineMoment.OPEN, at(2026, 11, 29, 8))
    assert moment_at(night, at(2026, 11, 30, 7, 59)).what is LineMoment.CLOSED
    whole_day = LineHours(PARIS, (WeeklyHours(5, time(), time()),))
    assert moment_at(whole_day, at(2026, 11, 28, 23, 59)) == Moment(LineMoment.OPEN, at(2026, 11, 29))


@pytest.mark.parametrize(("day", "hours_open"), [(date(2026, 3, 28), 11), (date(2026, 10, 24), 13)])
def test_a_night_duty_lasts_an_hour_less_or_more_when_the_clocks_jump(day: date, hours_open: int) -> None:
    night = LineHours(PARIS, (WeeklyHours(5, time(20), time(8)),))
    began = datetime.combine(day, time(20), tzinfo=PARIS)
    until = moment_at(night, began).until
    assert until is not None
    assert until.astimezone(UTC) - began.astimezone(UTC) == timedelta(hours=hours_open)


def test_a_line_that_never_opens_again_says_so() -> None:
    hours = LineHours(PARIS, (WeeklyHours(0, time(2, 30), time(2, 30, 1)),), lunch=())
    assert next_opening(hours, at(2026, 11, 24, 9)) == at(2026, 11, 30, 2, 30)
    never = LineHours(PARIS, WEEK, lunch=tuple(WeeklyHours(d, time(), time()) for d in range(7)))
    assert next_opening(never, at(2026, 11, 24, 9)) is None
    assert moment_at(never, at(2026, 11, 24, 9)) == Moment(LineMoment.LUNCH, None)


times = st.times().map(lambda t: t.replace(second=0, microsecond=0))
weekly = st.lists(st.builds(WeeklyHours, st.integers(0, 6), times, times), max_size=6).map(tuple)
instants = st.datetimes(datetime(2026, 3, 20), datetime(2026, 11, 20), timezones=st.just(UTC))  # noqa: DTZ001
calendars = st.builds(
    LineHours,
    st.sampled_from([PARIS, MARTINIQUE]),
    weekly,
    weekly,
    st.lists(
        st.builds(
            lambda start, hours: Interval(start, start + timedelta(hours=hours)), instants, st.integers(1, 90)
        ),
        max_size=2,
    ).map(tuple),
    st.frozensets(st.dates(date(2026, 3, 20), date(2026, 11, 20)), max_size=3),
)


@given(calendars, instants, st.floats(0, 1, exclude_max=True))
@settings(max_examples=150, deadline=None)
def test_nothing_changes_before_until_and_something_does_then(
    hours: LineHours, now: datetime, part: float
) -> None:
    moment = moment_at(hours, now)
    until = moment.until
    if until is None:
        assert moment_at(hours, now + timedelta(days=9 * part)).what is moment.what
        return
    assert until > now
    between = now + (until - now) * part
    if between < until:  # a fraction may round up to the very end
        assert moment_at(hours, between).what is moment.what
    assert moment_at(hours, until).what is not moment.what
