"""A private calendar says exactly what its maker chose, to whoever knows its address, until it is closed."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from decroche.accounts.models import AccessLogEntry
from decroche.accounts.permissions import Role
from decroche.interop.domain.calendar_feed import FeedEvent, write_calendar
from decroche.interop.models import CalendarFeed
from decroche.interop.web import calendar as calendar_view
from decroche.practices.models import Mandate, PracticeMember
from decroche.scheduling.actions.cancel_appointment import cancel_appointment
from decroche.scheduling.actions.move_appointment import move_appointment
from decroche.scheduling.actions.record_absence import record_absence
from tests.factories import make_mandate, make_practice_person, make_secretariat, make_supervisor
from tests.interop.factories import open_feed
from tests.scheduling.factories import NOW, make_agenda, make_appointment, make_patient, paris

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
PARIS, MARTINIQUE = ZoneInfo("Europe/Paris"), ZoneInfo("America/Martinique")


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch):
    monkeypatch.setattr(calendar_view, "clock_now", lambda: NOW)


@pytest.fixture
def agenda():
    practice, (practitioner,), visit_type = make_agenda()
    patient = make_patient(practice=practice, birth_name="Berthelot", first_names="Clotilde")
    appointment = make_appointment(
        practitioner=practitioner, visit_type=visit_type, starts_at=paris(9), patient=patient
    )
    person = make_practice_person(practice=practice)
    return practice, practitioner, visit_type, appointment, person


def read(token: str, **headers: str):
    return Client().get(reverse("interop:feed", args=[token]), headers=headers)


def events(answer):
    return Calendar.from_ical(answer.content).walk("VEVENT")


def test_busy_says_busy_and_nothing_else(agenda):
    _practice, practitioner, _type, appointment, person = agenda
    made = open_feed(practitioner=practitioner, by=person)
    answer = read(made.token)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    (event,) = events(answer)
    assert event["SUMMARY"] == "Occupé"
    assert event["DTSTART"].dt == appointment.starts_at
    assert "LOCATION" not in event
    assert "URL" not in event
    for word in ("Berthelot", "Clotilde", "Consultation", "Lyon"):
        assert word.casefold() not in answer.content.decode().casefold()
    assert not AccessLogEntry.objects.filter(kind="feed").exists()


@pytest.mark.parametrize(
    ("detail", "with_type", "summary"),
    [
        ("initials", False, "B. C."),
        ("names", False, "BERTHELOT Clotilde"),
        ("names", True, "BERTHELOT Clotilde – {type}"),
    ],
)
def test_a_detailed_calendar_says_what_was_chosen_and_the_log_knows(agenda, detail, with_type, summary):
    _practice, practitioner, visit_type, _appointment, person = agenda
    made = open_feed(practitioner=practitioner, by=person, detail=detail, shows_visit_type=with_type)
    (event,) = events(read(made.token))
    assert event["SUMMARY"] == summary.format(type=visit_type.name)
    line = AccessLogEntry.objects.get(kind="feed")
    assert (line.user_id, line.object_ids) == (person.pk, [str(made.feed.pk)])


def test_a_busy_calendar_never_shows_the_visit_type_even_when_asked(agenda):
    *_rest, person = agenda
    made = open_feed(practitioner=agenda[1], by=person, shows_visit_type=True)
    assert made.feed.shows_visit_type is False


def test_moves_keep_the_identity_and_grow_the_sequence(agenda):
    _practice, practitioner, _type, appointment, person = agenda
    made = open_feed(practitioner=practitioner, by=person)
    (before,) = events(read(made.token))
    move_appointment(
        appointment_id=appointment.pk,
        practitioner=practitioner,
        site=appointment.site,
        starts_at=paris(10),
        version=1,
        by=person,
        now=NOW,
    )
    (after,) = events(read(made.token))
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["DTSTART"].dt == paris(10)
    assert after["LAST-MODIFIED"].dt == NOW


def test_a_cancelled_appointment_is_struck_out_for_a_fortnight_then_gone(agenda, monkeypatch):
    _practice, practitioner, _type, appointment, person = agenda
    made = open_feed(practitioner=practitioner, by=person)
    cancel_appointment(appointment_id=appointment.pk, version=1, reason="patient", by=person, now=NOW)
    (event,) = events(read(made.token))
    assert event["STATUS"] == "CANCELLED"
    assert event["TRANSP"] == "TRANSPARENT"
    monkeypatch.setattr(calendar_view, "clock_now", lambda: NOW + timedelta(days=15))
    assert events(read(made.token)) == []


def test_absences_are_there_and_the_window_is_bounded(agenda):
    _practice, practitioner, visit_type, _appointment, person = agenda
    record_absence(
        practitioner=practitioner,
        starts_at=paris(14),
        ends_at=paris(18),
        by=person,
        now=NOW,
        reason="formation",
    )
    for days in (-40, 200):
        make_appointment(
            practitioner=practitioner, visit_type=visit_type, starts_at=paris(9) + timedelta(days=days)
        )
    busy = open_feed(practitioner=practitioner, by=person)
    assert [event["SUMMARY"] for event in events(read(busy.token))] == ["Occupé", "Occupé"]
    detailed = open_feed(practitioner=practitioner, by=person, detail="initials")
    assert "Absence – formation" in [event["SUMMARY"] for event in events(read(detailed.token))]


def test_nothing_new_is_answered_in_one_word_until_something_is(agenda):
    _practice, practitioner, _visit_type, _appointment, person = agenda
    made = open_feed(practitioner=practitioner, by=person, detail="names")
    first = read(made.token)
    tag, date_ = first.headers["ETag"], first.headers["Last-Modified"]
    assert read(made.token, if_none_match=tag).status_code == 304
    assert read(made.token, if_none_match=f'W/{tag}, "other"').status_code == 304
    assert read(made.token, if_modified_since=date_).status_code == 304
    patient = _appointment.patient
    patient.used_name = "Vasseur"
    patient.save()
    again = read(made.token, if_none_match=tag)
    assert again.status_code == 200
    assert again.headers["ETag"] != tag


def test_a_closed_calendar_and_an_unknown_address_do_not_exist(agenda):
    _practice, practitioner, _type, _appointment, person = agenda
    made = open_feed(practitioner=practitioner, by=person)
    client = Client()
    client.force_login(person)
    client.post(reverse("interop:revoke_feed", args=[made.feed.pk]))
    assert read(made.token).status_code == 404
    assert read("x" * 43).status_code == 404
    assert read("no-such-token").status_code == 404


def test_the_calendar_dies_with_the_right_of_who_opened_it(agenda):
    practice, practitioner, _type, _appointment, person = agenda
    secretariat = make_secretariat()
    make_mandate(secretariat=secretariat, practice=practice)
    supervisor = make_supervisor(secretariat=secretariat)
    theirs = open_feed(practitioner=practitioner, by=supervisor, detail="names")
    mine = open_feed(practitioner=practitioner, by=person, detail="names")
    assert read(theirs.token).status_code == 200
    Mandate.objects.filter(practice=practice).update(ends_on=date(2026, 11, 1))
    assert read(theirs.token).status_code == 404
    PracticeMember.objects.filter(user=person).update(role=Role.STAFF)
    assert read(mine.token).status_code == 404


def test_an_application_that_asks_without_end_is_told_to_wait(agenda, monkeypatch):
    monkeypatch.setattr(calendar_view, "MOST_AN_HOUR", 3)
    made = open_feed(practitioner=agenda[1], by=agenda[-1])
    assert [read(made.token).status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    assert int(read(made.token).headers["Retry-After"]) > 0
    monkeypatch.setattr(calendar_view, "clock_now", lambda: NOW + timedelta(hours=2))
    assert read(made.token).status_code == 200


def test_reading_costs_the_same_whatever_the_agenda_holds(agenda, django_assert_max_num_queries):
    _practice, practitioner, visit_type, _appointment, person = agenda
    made = open_feed(practitioner=practitioner, by=person, detail="names")
    for day in range(1, 15):
        for quarter in range(4):
            make_appointment(
                practitioner=practitioner,
                visit_type=visit_type,
                starts_at=paris(9, 15 * quarter) + timedelta(days=day),
            )
    with django_assert_max_num_queries(10):
        assert len(events(read(made.token))) == 57


def test_the_address_is_shown_once_with_its_code(agenda):
    practice, practitioner, _type, _appointment, person = agenda
    client = Client()
    client.force_login(person)
    page = reverse("interop:feeds", args=[practice.pk])
    answer = client.post(page, {"practitioner": practitioner.pk, "label": "mon téléphone", "detail": "busy"})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    text = answer.content.decode()
    assert "webcal://" in text
    assert "data:image/svg+xml" in text
    link = text.partition('readonly value="http://testserver')[2].partition('"')[0]
    assert Client().get(link).status_code == 200
    assert CalendarFeed.objects.get().digest not in link
    later = client.get(page).content.decode()
    assert "mon téléphone" in later
    assert link not in later


@pytest.mark.parametrize(
    ("zone", "before", "after"),
    [(PARIS, timedelta(hours=2), timedelta(hours=1)), (MARTINIQUE, timedelta(hours=-4), timedelta(hours=-4))],
)
def test_the_zone_is_defined_as_it_is_on_both_sides_of_the_change(zone, before, after):
    """Read the VTIMEZONE alone, as an application does that knows no zone by its name."""
    days = [datetime(2026, 10, 24, 9, tzinfo=zone), datetime(2026, 10, 25, 9, tzinfo=zone)]
    text = write_calendar(
        name="x",
        events=[_event(str(n), day) for n, day in enumerate(days)],
        first=date(2026, 10, 1),
        last=date(2027, 4, 1),
        zone=zone.key,
    ).decode()
    renamed = text.replace(zone.key, f"Zone-{zone.key[-4:]}")
    read_back = [event["DTSTART"].dt for event in Calendar.from_ical(renamed).walk("VEVENT")]
    assert [moment.utcoffset() for moment in read_back] == [before, after]
    assert [moment.astimezone(UTC) for moment in read_back] == [day.astimezone(UTC) for day in days]


def _event(uid: str, start: datetime, **fields) -> FeedEvent:
    known = {"summary": "Occupé", "sequence": 1, "modified_at": datetime(2026, 1, 1, tzinfo=UTC)}
    return FeedEvent(uid=uid, starts_at=start, ends_at=start + timedelta(minutes=15), **known | fields)


@given(
    moments=st.lists(
        st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001, max_size=8
    ),
    words=st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=90),
    zone=st.sampled_from([PARIS, MARTINIQUE, ZoneInfo("Indian/Reunion")]),
)
def test_what_is_written_is_read_back(moments, words, zone):
    written = [
        _event(f"e{n}", moment.replace(microsecond=0).astimezone(zone), summary=words, sequence=n)
        for n, moment in enumerate(moments)
    ]
    file = write_calendar(
        name=words, events=written, first=date(2026, 1, 1), last=date(2027, 12, 31), zone=zone.key
    )
    back = {str(event["UID"]): event for event in Calendar.from_ical(file).walk("VEVENT")}
    assert set(back) == {event.uid for event in written}
    for event in written:
        assert back[event.uid]["DTSTART"].dt == event.starts_at
        assert back[event.uid]["DTEND"].dt == event.ends_at
        assert back[event.uid]["SUMMARY"] == words
        assert back[event.uid]["SEQUENCE"] == event.sequence
