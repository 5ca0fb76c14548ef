"""Files of other agendas, in the dialects in which they really come, are read as a person would read them."""

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decroche.interop.domain.calendar_feed import FeedEvent, write_calendar
from decroche.interop.domain.ics import read_ics
from decroche.interop.domain.lines import FileFlaw, Flaw, Unreadable
from decroche.interop.domain.table import Layout, Role, guess_layout, read_csv, sample
from decroche.interop.domain.wording import (
    day_of,
    length_of,
    moment_of,
    person_of,
    says_away,
    split_name,
    status_of,
    time_of,
)

FILES = Path(__file__).parent / "files"
PARIS, MARTINIQUE = ZoneInfo("Europe/Paris"), ZoneInfo("America/Martinique")
TODAY = date(2026, 11, 22)
PERIOD = {"first": date(2026, 9, 1), "last": date(2027, 3, 31), "today": TODAY}


def ics(text: str | bytes, zone=PARIS, **period):
    data = text if isinstance(text, bytes) else _wrapped(text)
    return read_ics(data, zone=zone, **PERIOD | period)


def _wrapped(events: str) -> bytes:
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{events.strip()}\r\nEND:VCALENDAR\r\n".encode()


def event(start: str, *lines: str, uid: str = "u") -> str:
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", f"DTSTART{start}", *lines, "END:VEVENT"])


# --- calendars ---------------------------------------------------------------------------------


def test_google_s_calendar_with_a_series_an_exception_and_a_moved_date():
    lines = ics((FILES / "google.ics").read_bytes())
    martin = [line for line in lines if "Martin" in line.title]
    assert [line.starts_at.astimezone(PARIS).strftime("%d/%m %H:%M") for line in martin] == [
        "05/10 09:00", "12/10 09:00", "27/10 14:00", "02/11 09:00", "09/11 09:00",
    ]  # fmt: skip
    assert {line.starts_at.tzinfo.key for line in martin} == {"Europe/Paris"}
    berthelot = next(line for line in lines if "BERTHELOT" in line.title)
    assert (berthelot.person.last_name, berthelot.person.first_names) == ("BERTHELOT", "Clotilde")
    assert berthelot.person.birth_date == date(1984, 3, 12)
    assert berthelot.person.phone == "06 39 98 12 34"
    assert berthelot.visit_type == "Suivi"
    assert berthelot.starts_at == datetime(2026, 11, 24, 9, 30, tzinfo=PARIS)


def test_whole_days_free_time_and_cancellations_say_what_they_are():
    by_title = {line.title: line for line in ics((FILES / "google.ics").read_bytes())}
    holidays = by_title["Congés de Noël"]
    assert holidays.is_all_day
    assert holidays.person is None
    assert holidays.starts_at == datetime(2026, 12, 21, tzinfo=PARIS)
    assert holidays.ends_at == datetime(2027, 1, 4, tzinfo=PARIS)
    assert by_title["Anniversaire de Paul"].is_free
    assert by_title["DURAND Paul"].status == "cancelled"


def test_outlook_s_windows_zone_names_over_the_night_of_the_change():
    lines = ics((FILES / "outlook.ics").read_bytes())
    vasseur = [line for line in lines if "Vasseur" in line.title]
    assert [line.starts_at.astimezone(UTC).hour for line in vasseur] == [7, 7, 8, 8, 8]
    assert (vasseur[0].person.last_name, vasseur[0].person.first_names) == ("Vasseur", "Hélène")
    assert "Bilan" in vasseur[0].visit_type
    assert next(line for line in lines if line.title == "Déjeuner").is_free


def test_floating_times_are_the_place_s_wall_clock():
    in_martinique = ics((FILES / "outlook.ics").read_bytes(), zone=MARTINIQUE)
    marie = next(line for line in in_martinique if "Marie" in line.title)
    assert marie.starts_at == datetime(2026, 11, 28, 9, tzinfo=MARTINIQUE)
    assert marie.ends_at - marie.starts_at == timedelta(minutes=45)


def test_an_unknown_zone_name_is_taken_as_the_place_s_own():
    line = next(line for line in ics((FILES / "outlook.ics").read_bytes()) if "Floating" in line.title)
    assert line.starts_at == datetime(2026, 11, 27, 9, tzinfo=PARIS)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=1",
        "FREQ=HOURLY",
        f"FREQ=DAILY;BYHOUR={','.join(map(str, range(24)))};BYMINUTE=0,10,20,30",
    ],
)
def test_a_rule_that_would_never_end_is_one_line_that_says_so(rule):
    (line,) = ics(event(":20261124T090000Z", f"RRULE:{rule}", "SUMMARY:bombe"))
    assert line.flaw is Flaw.TOO_FINE


def test_an_endless_daily_rule_stops_at_the_period():
    lines = ics(event(":20200101T090000Z", "DTEND:20200101T093000Z", "RRULE:FREQ=DAILY"))
    assert len(lines) == (date(2027, 3, 31) - date(2026, 9, 1)).days + 1


def test_too_many_lines_is_refused_whole():
    many = "\r\n".join(event(":20200101T090000Z", "RRULE:FREQ=DAILY", uid=f"u{n}") for n in range(30))
    with pytest.raises(Unreadable) as refused:
        ics(many)
    assert refused.value.flaw is FileFlaw.TOO_MANY


@pytest.mark.parametrize("data", [b"", b"bonjour", b"BEGIN:VCARD\nEND:VCARD", b"\xff\xfe\x00", b"\x00" * 50])
def test_what_is_no_calendar_is_refused(data):
    with pytest.raises(Unreadable):
        ics(data)


def test_an_event_without_a_date_or_with_a_nonsense_one_is_kept_to_be_seen():
    broken = "BEGIN:VEVENT\r\nUID:a\r\nSUMMARY:sans date\r\nEND:VEVENT\r\n" + event(
        ":nimportequoi", "SUMMARY:b", uid="b"
    )
    broken += "\r\n" + event(
        ":20261124T090000Z", "DTEND:bof", "RRULE:bof", "CATEGORIES:", "SUMMARY:c", uid="c"
    )
    assert [line.flaw for line in ics(broken)] == [Flaw.NO_DATE, Flaw.NO_DATE, None]


def test_an_old_file_in_windows_letters_is_read():
    data = _wrapped(event(":20261124T090000Z", "SUMMARY:DUPONT Éric")).decode().encode("cp1252")
    assert ics(data)[0].person.first_names == "Éric"


@given(
    st.lists(
        st.datetimes(datetime(2026, 9, 3), datetime(2027, 3, 29), timezones=st.just(UTC)),  # noqa: DTZ001
        min_size=1,
        max_size=8,
    ),
    st.sampled_from([PARIS, MARTINIQUE]),
)
def test_our_own_feed_can_be_brought_back_in(moments, zone):
    written = [
        FeedEvent(f"e{n}", at, at + timedelta(minutes=15), "DUPONT Éric", 1, at)
        for n, at in enumerate(m.replace(microsecond=0).astimezone(zone) for m in moments)
    ]
    file = write_calendar(
        name="x", events=written, first=date(2026, 9, 1), last=date(2027, 3, 31), zone=zone.key
    )
    lines = ics(file, zone=zone)
    assert sorted(line.starts_at for line in lines) == sorted(each.starts_at for each in written)
    assert all(line.ends_at - line.starts_at == timedelta(minutes=15) for line in lines)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reading(data):
    for read in (lambda: ics(b"BEGIN:VCALENDAR\n" + data), lambda: guess_layout(data)):
        with suppress(Unreadable):
            read()


# --- tables ------------------------------------------------------------------------------------


def table(name: str, **period):
    data = (FILES / name).read_bytes()
    layout = guess_layout(data)
    return layout, read_csv(data, layout, zone=PARIS, **PERIOD | period)


def test_a_french_export_in_windows_letters_is_guessed_whole():
    layout, lines = table("export.csv")
    assert (layout.encoding, layout.delimiter, layout.has_heads) == ("cp1252", ";", True)
    assert layout.roles == (
        Role.START, Role.START_TIME, Role.LENGTH, Role.NOTHING, Role.LAST_NAME, Role.FIRST_NAMES, Role.BIRTH_DATE,
        Role.PHONE, Role.VISIT_TYPE, Role.PRACTITIONER, Role.STATUS, Role.NOTHING,
    )  # fmt: skip
    first, second, third, last = lines
    assert first.starts_at == datetime(2026, 11, 24, 9, 30, tzinfo=PARIS)
    assert first.ends_at - first.starts_at == timedelta(minutes=15)
    assert first.person.birth_date == date(1984, 3, 12)
    assert first.visit_type == "Consultation de suivi"
    assert first.practitioner == "Dr Roussel"
    assert (second.status, second.person.first_names) == ("no_show", "Éric")
    assert third.status == "cancelled"
    assert last.flaw is Flaw.BAD_DATE


def test_american_dates_are_told_from_french_ones():
    layout, lines = table("google.csv")
    assert layout.month_first
    assert [line.starts_at for line in lines] == [
        datetime(2026, 11, 24, 9, 30, tzinfo=PARIS),
        datetime(2026, 12, 21, tzinfo=PARIS),
        datetime(2026, 12, 3, 14, 15, tzinfo=PARIS),
    ]
    assert [line.is_all_day for line in lines] == [False, True, False]
    assert lines[1].ends_at == datetime(2026, 12, 23, tzinfo=PARIS)


def test_a_table_without_heads_is_read_by_what_it_holds():
    data = "24/11/2026,09:00,09:15,DUPONT Éric\n25/11/2026,09:00,09:15,MARTIN Jeanne\n".encode()
    layout = guess_layout(data)
    assert not layout.has_heads
    assert layout.roles == (Role.START, Role.START_TIME, Role.END_TIME, Role.FULL_NAME)
    assert read_csv(data, layout, zone=PARIS, **PERIOD)[1].person.last_name == "MARTIN"


def test_a_corrected_layout_survives_storage_and_changes_the_reading():
    data = "Jour;Quand;Qui\n24/11/2026;09:00;DUPONT Éric\n".encode()
    layout = guess_layout(data)
    corrected = Layout(layout.encoding, ";", True, (Role.START, Role.START_TIME, Role.FULL_NAME))
    assert Layout.from_json(corrected.as_json()) == corrected
    assert read_csv(data, corrected, zone=PARIS, **PERIOD)[0].person.last_name == "DUPONT"
    assert sample(data, corrected) == (["Jour", "Quand", "Qui"], [["24/11/2026", "09:00", "DUPONT Éric"]])


@pytest.mark.parametrize("data", [b"", b"   \n", b"un seul mot", b"a\nb\nc\n"])
def test_what_is_no_table_is_refused(data):
    with pytest.raises(Unreadable):
        guess_layout(data)


# --- words -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("24/11/2026", date(2026, 11, 24)), ("24-11-26", date(2026, 11, 24)), ("2026-11-24", date(2026, 11, 24)),
        ("mardi 24 novembre 2026", date(2026, 11, 24)), ("24 nov. 2026", date(2026, 11, 24)), ("1er août 2026", date(2026, 8, 1)),
        ("31/02/2026", None), ("06 12 34 56 78", None), ("", None),
    ],
)  # fmt: skip
def test_dates(text, day):
    assert day_of(text) == day


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("9h30", time(9, 30)), ("09:30", time(9, 30)), ("14 h", time(14)), ("9:30 PM", time(21, 30)), ("12:15 AM", time(0, 15)),
        ("0930", time(9, 30)), ("09:30:00", time(9, 30)), ("14\u202fh\u202f30", time(14, 30)), ("25:00", None), ("", None), ("midi", None),
    ],
)  # fmt: skip
def test_times(text, found):
    assert time_of(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("24/11/2026 09:30", datetime(2026, 11, 24, 9, 30, tzinfo=PARIS)),
        ("24/11/2026 à 9h30", datetime(2026, 11, 24, 9, 30, tzinfo=PARIS)),
        ("2026-11-24T09:30:00+01:00", datetime(2026, 11, 24, 9, 30, tzinfo=PARIS)),
        ("2026-11-24T08:30:00Z", datetime(2026, 11, 24, 9, 30, tzinfo=PARIS)),
        ("2026-11-24 09:30:00", datetime(2026, 11, 24, 9, 30, tzinfo=PARIS)),
        ("mar. 24 nov. 2026, 14 h 30", datetime(2026, 11, 24, 14, 30, tzinfo=PARIS)),
        ("24/11/2026", date(2026, 11, 24)),
        ("bientôt", None),
    ],
)
def test_moments(text, found):
    assert moment_of(text, zone=PARIS) == found


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("30", 30),
        ("30 min", 30),
        ("1h", 60),
        ("1h30", 90),
        ("0:45", 45),
        ("00:30:00", 30),
        ("0", None),
        ("long", None),
    ],
)
def test_lengths(text, minutes):
    assert length_of(text) == (timedelta(minutes=minutes) if minutes else None)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("DUPONT Éric", ("DUPONT", "Éric")), ("Éric DUPONT", ("DUPONT", "Éric")), ("Dupont, Éric", ("Dupont", "Éric")),
        ("Mme Vasseur Hélène", ("Vasseur", "Hélène")), ("LE GOFF Anne-Marie", ("LE GOFF", "Anne-Marie")),
        ("de La Tour Paul", ("de La Tour", "Paul")), ("Réunion équipe", None), ("Congés", None), ("Déjeuner avec Paul", None),
        ("Dupont", None), ("appeler le labo", None),
    ],
)  # fmt: skip
def test_names(text, names):
    assert split_name(text) == names


def test_a_title_gives_the_person_and_leaves_the_rest():
    person, rest = person_of("Mme DUPONT Anne (12/03/1984) 06 39 98 12 34 - Bilan annuel", today=TODAY)
    assert (person.last_name, person.first_names, person.birth_date) == ("DUPONT", "Anne", date(1984, 3, 12))
    assert rest == "Bilan annuel"
    assert person_of("Réunion de service", today=TODAY) == (None, "Réunion de service")


def test_statuses():
    assert [status_of(text) for text in ("Annulé", "Absent", "Honoré", "À venir", "Non venu", "")] == [
        "cancelled", "no_show", "done", "", "no_show", "",
    ]  # fmt: skip
    assert says_away("Congés d’été")
    assert not says_away("DUPONT Éric")
