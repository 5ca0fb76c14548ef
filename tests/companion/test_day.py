"""Who is inside, who is next: pure sentences about a day."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from decroche.companion.domain.asking import Until, end_of, usual_hours
from decroche.companion.domain.day import Look, is_past, look

DAY = datetime(2026, 11, 24, tzinfo=UTC)
PARIS, MARTINIQUE = ZoneInfo("Europe/Paris"), ZoneInfo("America/Martinique")


@dataclass(frozen=True)
class Visit:
    id: int
    hour: float
    status: str = "booked"

    @property
    def starts_at(self):
        return DAY + timedelta(hours=self.hour)

    @property
    def ends_at(self):
        return self.starts_at + timedelta(minutes=15)


def at(hour):
    return DAY + timedelta(hours=hour)


def test_an_empty_day_has_nobody():
    assert look([], at(9)) == Look(None, None)


def test_without_any_mark_the_clock_decides():
    visits = [Visit(1, 9), Visit(2, 9.25), Visit(3, 9.5)]
    assert look(visits, at(8)) == Look(None, 1)
    assert look(visits, at(9.1)) == Look(1, 2)
    assert look(visits, at(9.25)) == Look(2, 3), "periods are half-open"
    assert look(visits, at(12)) == Look(None, None)


def test_a_consultation_that_overruns_keeps_the_next_one_next():
    visits = [Visit(1, 9, "in_consultation"), Visit(2, 9.25, "arrived"), Visit(3, 9.5)]
    assert look(visits, at(9.4)) == Look(1, 2)


def test_whoever_is_here_comes_before_whoever_is_late():
    visits = [Visit(1, 9, "done"), Visit(2, 9.25), Visit(3, 9.5, "arrived")]
    assert look(visits, at(9.6)) == Look(3, None)
    assert look([Visit(0, 9, "in_consultation"), *visits[1:]], at(9.2)) == Look(0, 3)


def test_the_absent_and_the_seen_are_past():
    assert is_past(Visit(1, 9, "no_show"), at(8))
    assert is_past(Visit(1, 9, "done"), at(8))
    assert is_past(Visit(1, 9), at(9.25))
    assert not is_past(Visit(1, 9, "arrived"), at(11)), "someone who waits is not past"


@pytest.mark.parametrize(
    ("until", "end"),
    [
        (Until.TONIGHT, datetime(2026, 11, 25, tzinfo=PARIS)),
        (Until.WEEK, datetime(2026, 11, 30, tzinfo=PARIS)),
        (Until.MONTH, datetime(2026, 12, 1, tzinfo=PARIS)),
        (Until.OPEN, None),
    ],
)
def test_until_when(until, end):
    assert end_of(until, now=at(9), zone=PARIS) == end


def test_tonight_is_the_practice_s_own_night():
    late = datetime(2026, 11, 25, 2, tzinfo=UTC)  # still 22:00 on the 24th in Fort-de-France
    assert end_of(Until.TONIGHT, now=late, zone=MARTINIQUE) == datetime(2026, 11, 25, tzinfo=MARTINIQUE)


def test_a_week_asked_on_sunday_ends_that_night():
    assert end_of(Until.WEEK, now=datetime(2026, 11, 29, 9, tzinfo=UTC), zone=PARIS) == datetime(
        2026, 11, 30, tzinfo=PARIS
    )


def test_december_ends_with_the_year():
    assert end_of(Until.MONTH, now=datetime(2026, 12, 31, 9, tzinfo=UTC), zone=PARIS) == datetime(
        2027, 1, 1, tzinfo=PARIS
    )


@pytest.mark.parametrize(
    ("hour", "offered"),
    [(8, [16, 17, 18]), (15.9, [17, 18, 19]), (17.5, [18, 19, 20]), (18.9, [20]), (22, [])],
)
def test_the_hours_offered_are_ahead_and_around_five(hour, offered):
    local = datetime(2026, 11, 24, tzinfo=PARIS) + timedelta(hours=hour)
    assert usual_hours(local, PARIS) == [time(each) for each in offered]
