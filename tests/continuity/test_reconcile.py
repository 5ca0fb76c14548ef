"""What a line written offline becomes, from plain values."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decroche.continuity.domain.reconcile import Line, Standing, Verdict, judge

NINE = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
BEFORE, AFTER = NINE - timedelta(hours=2), NINE + timedelta(hours=9)
QUARTER = timedelta(minutes=15)


def line(kind="book", *, start=NINE, patient=7, version=3):
    return Line(kind, start, start and start + QUARTER, patient, version)


def standing(*, start=NINE, patient=9, status="booked", version=3):
    return Standing(1, patient, start, start + QUARTER, status, version)


def verdict(of, *, about=None, others=(), is_open=True, now=BEFORE):
    return judge(of, about=about, others=others, is_open=is_open, now=now)


def test_a_booking_in_free_open_time_asks_nothing():
    assert verdict(line()) == Verdict.CLEAR


def test_time_given_to_another_meanwhile_is_a_conflict():
    assert verdict(line(), others=[standing()]) == Verdict.TAKEN


def test_an_appointment_that_ends_when_the_line_begins_is_none():
    assert verdict(line(), others=[standing(start=NINE - QUARTER)]) == Verdict.CLEAR


def test_the_same_patient_at_the_same_time_is_already_there():
    assert verdict(line(), others=[standing(patient=7)]) == Verdict.ALREADY


def test_a_closed_time_ahead_is_refused_and_a_past_one_took_place():
    assert verdict(line(), is_open=False) == Verdict.CLOSED
    assert verdict(line(), is_open=False, now=AFTER) == Verdict.CLEAR


def test_a_patient_who_could_be_several_is_asked_about():
    assert verdict(line(patient=None)) == Verdict.WHO


def test_a_note_is_to_be_read():
    assert verdict(line("note", start=None)) == Verdict.READ


@pytest.mark.parametrize(
    ("kind", "about", "expected"),
    [
        ("cancel", standing(), Verdict.CLEAR),
        ("cancel", standing(version=4), Verdict.CHANGED),
        ("cancel", standing(status="cancelled", version=4), Verdict.ALREADY),
        ("cancel", None, Verdict.GONE),
        ("arrived", standing(), Verdict.CLEAR),
        ("arrived", standing(status="done", version=5), Verdict.ALREADY),
        ("arrived", standing(status="cancelled"), Verdict.CHANGED),
    ],
)
def test_a_change_holds_only_for_the_appointment_that_the_page_showed(kind, about, expected):
    assert verdict(line(kind), about=about) == expected


@given(starts=st.lists(st.integers(-40, 40), max_size=6), own=st.integers(-40, 40))
def test_no_line_is_clear_where_somebody_else_has_a_minute_of_its_time(starts, own):
    minute = timedelta(minutes=1)
    others = [standing(start=NINE + start * minute) for start in starts]
    mine = line(start=NINE + own * minute)
    overlaps = any(abs(own - start) < 15 for start in starts)
    assert (verdict(mine, others=others) == Verdict.CLEAR) == (not overlaps)
