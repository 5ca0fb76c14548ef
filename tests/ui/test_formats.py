from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from decroche.ui import formats

MARTINIQUE = "America/Martinique"


def test_a_secretary_reads_dates_and_hours_in_french() -> None:
    day = date(2026, 11, 24)

    assert formats.short_date(day, this_year=2026) == "mar. 24 nov."
    assert formats.short_date(day, this_year=2027) == "mar. 24 nov. 2026"
    assert formats.long_date(date(2026, 3, 1)) == "dimanche 1er mars 2026"
    assert formats.clock(time(14, 30)) == "14\u202fh\u202f30"
    assert formats.clock(time(9)) == "9\u202fh"
    assert (
        formats.short_datetime(datetime(2026, 11, 24, 8, 5, tzinfo=UTC), this_year=2026)
        == "mar. 24 nov., 8\u202fh\u202f05"
    )


def test_and_in_english_when_that_is_her_language() -> None:
    with translation.override("en"):
        assert formats.short_date(date(2026, 3, 1), this_year=2026) == "Sun 1 Mar"
        assert formats.clock(time(9, 5)) == "09:05"
        assert formats.long_date(date(2026, 11, 24)) == "Tuesday 24 November 2026"


@pytest.mark.parametrize(
    ("length", "shown"),
    [
        (timedelta(seconds=40), "40\u202fs"),
        (15, "15\u202fmin"),
        (60, "1\u202fh"),
        (80, "1\u202fh\u202f20"),
        (timedelta(hours=2, minutes=5), "2\u202fh\u202f05"),
    ],
)
def test_durations_are_short(length: timedelta | int, shown: str) -> None:
    assert formats.duration(length) == shown


def test_a_stopwatch_keeps_seconds_and_never_goes_below_zero() -> None:
    assert formats.stopwatch(65) == "1:05"
    assert formats.stopwatch(timedelta(hours=1, seconds=7)) == "1:00:07"
    assert formats.stopwatch(-3) == "0:00"


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+33123456789", "01 23 45 67 89"),
        ("+596596123456", "0596 12 34 56"),
        ("+596696123456", "0696 12 34 56"),
        ("+262262123456", "0262 12 34 56"),
        ("+3225111111", "+32 2 511 11 11"),
        ("", "Numéro masqué"),
        (None, "Numéro masqué"),
        ("<b>anonyme</b>" * 40, ("<b>anonyme</b>" * 40)[:32]),
        ("12", "12"),
    ],
)
def test_numbers_are_shown_as_they_are_dialled(number: str | None, shown: str) -> None:
    assert formats.phone(number) == shown


def test_what_is_long_ago_is_said_in_larger_words() -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)

    said = [formats.ago(now - timedelta(**past), now=now) for past in ({"seconds": 9}, {"minutes": 5}, {"hours": 3}, {"days": 1}, {"days": 4})]  # fmt: skip

    assert said == ["à l’instant", "il y a 5\u202fmin", "il y a 3\u202fh", "il y a 1 jour", "il y a 4 jours"]


def test_days_around_today_have_names() -> None:
    today = date(2026, 11, 24)

    said = [formats.relative_day(today + timedelta(days=n), today=today) for n in (0, 1, -1, 3)]

    assert said == ["aujourd’hui", "demain", "hier", "ven. 27 nov."]


def test_babies_are_counted_in_months() -> None:
    today = date(2026, 11, 24)

    assert formats.age(date(2026, 1, 30), today=today) == "9 mois"
    assert formats.age(date(1983, 11, 25), today=today) == "42 ans"
    assert formats.age(date(2026, 11, 24), today=today) == "0 mois"


def test_names_are_family_name_first_and_tell_the_birth_name() -> None:
    patient = SimpleNamespace(used_name="Le Goff", birth_name="N’Guessan", first_names="Marie, Anne", sex="F")

    assert formats.person(patient) == "LE GOFF Marie"
    assert formats.person_full(patient) == "LE GOFF Marie (née N’GUESSAN)"
    assert formats.person(SimpleNamespace(last_name="Diallo", first_name="Awa")) == "DIALLO Awa"
    assert formats.initials("Mme Awa Diallo") == "AD"
    assert formats.initials("") == "?"


def render(source: str, **context: object) -> str:
    return Template("{% load french %}" + source).render(Context(context))


def test_a_zone_is_named_when_it_is_not_the_readers() -> None:
    moment = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
    source = "{% zoned moment zone 'Fort-de-France' %}"

    with timezone.override("Europe/Paris"):
        there = render(source, moment=moment, zone=MARTINIQUE)
        same = render(source, moment=moment, zone="Europe/Brussels")

    assert there == "14\u202fh\u202f30 à Fort-de-France, 19\u202fh\u202f30 chez vous"
    assert same == "19\u202fh\u202f30"


def test_and_the_day_too_when_it_differs() -> None:
    moment = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)

    with timezone.override("Europe/Paris"):
        shown = render("{% zoned moment zone %}", moment=moment, zone=MARTINIQUE)

    assert shown.startswith("21\u202fh\u202f30 à Martinique, mar. 24 nov.")


def test_in_zone_shows_the_sites_hour_and_plain_filters_the_readers() -> None:
    moment = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)

    with timezone.override("Europe/Paris"):
        shown = render(
            "{{ m|clock }} {{ m|in_zone:zone|clock }} {{ m|in_zone:zone|short_datetime }}",
            m=moment,
            zone=MARTINIQUE,
        )

    assert shown == "14\u202fh 8\u202fh mer. 1er juil., 8\u202fh"


def test_filters_stay_silent_about_nothing() -> None:
    nothing = "{{ x|short_date }}{{ x|clock }}{{ x|duration }}{{ x|ago }}{{ x|person }}{{ x|in_zone:'UTC'|clock }}{{ x|age }}"

    assert render(nothing, x=None) == ""
