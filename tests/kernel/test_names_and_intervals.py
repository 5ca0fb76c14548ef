"""Names compare without accents; periods are half-open and know their zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decroche.kernel.interval import Interval, local_day
from decroche.kernel.names import normalised, written

PARIS, FORT_DE_FRANCE = ZoneInfo("Europe/Paris"), ZoneInfo("America/Martinique")
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Œuvrard-N’Guessan", "oeuvrard n guessan"),
        ("  d'Ornano ", "d ornano"),
        ("JEAN-BAPTISTE", "jean baptiste"),
        ("Lætitia", "laetitia"),
        ("℠ Ｍartin", "sm martin"),
    ],
)
def test_a_name_is_searched_without_accents_or_dashes(typed: str, key: str) -> None:
    assert normalised(typed) == key


@given(st.text(max_size=80))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)


def test_a_person_is_written_family_name_first() -> None:
    assert written("Le Goff", "Maël") == "LE GOFF Maël"


def test_neighbours_touch_without_overlapping() -> None:
    first, second = Interval(NOON, NOON + HOUR), Interval(NOON + HOUR, NOON + 2 * HOUR)
    assert not first.overlaps(second)
    assert not first.contains(NOON + HOUR)
    assert second.contains(NOON + HOUR)


def test_an_interval_is_aware_and_lasts() -> None:
    with pytest.raises(ValueError, match="aware"):
        Interval(datetime(2026, 1, 1), NOON)  # noqa: DTZ001
    with pytest.raises(ValueError, match="ends after"):
        Interval(NOON, NOON)


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2026, 3, 29), PARIS, 23),
        (date(2026, 10, 25), PARIS, 25),
        (date(2026, 10, 25), FORT_DE_FRANCE, 24),
        (date(2028, 2, 29), PARIS, 24),
    ],
)
def test_a_civil_day_lasts_what_its_zone_says(day: date, zone: ZoneInfo, hours: int) -> None:
    period = local_day(day, zone)
    elapsed = period.end.astimezone(UTC) - period.start.astimezone(UTC)
    assert elapsed == timedelta(hours=hours)
