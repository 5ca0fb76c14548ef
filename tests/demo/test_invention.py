"""The invented world is believable: how many, how full, who speaks to whom. No database."""

import datetime as dt
import itertools
from collections import Counter, defaultdict
from zoneinfo import ZoneInfo

import pytest

from decroche.demo.agendas import Agenda
from decroche.demo.calendars import easter, holidays
from decroche.demo.catalogue import CABINETS
from decroche.demo.dice import dice_for
from decroche.demo.loading.stage import Stage
from decroche.demo.openings import openings
from decroche.demo.people import Registry
from decroche.demo.phones import LANDLINES, MOBILES, PhoneBook
from decroche.demo.plan import hours
from decroche.demo.team import FIRM
from tests.demo.conftest import TUESDAY

OCCUPYING = {"booked", "arrived", "in_consultation", "done", "no_show"}


def test_fifteen_practices_thirty_practitioners_two_in_martinique() -> None:
    assert len(CABINETS) == 15
    assert sum(len(cabinet.doctors) for cabinet in CABINETS) == 30
    assert [cabinet.region for cabinet in CABINETS].count("MQ") == 2
    assert len(FIRM) == 8


def test_the_same_day_gives_the_same_world(invented: Stage) -> None:
    cabinet = CABINETS[3]
    again = Stage(TUESDAY)
    book = PhoneBook(dice_for("phones"))
    anchor = again.today(cabinet).replace(day=1)
    for earlier in CABINETS[:3]:
        Registry(earlier, anchor, book).people(len(invented.people[earlier.key]))
    people = Registry(cabinet, anchor, book).people(len(invented.people[cabinet.key]))
    assert people == invented.people[cabinet.key]
    first, last = dt.date(2026, 11, 16), dt.date(2026, 11, 30)
    rules = openings(cabinet, again.today(cabinet))

    def fortnight() -> list[tuple[dt.datetime, int]]:
        agenda = Agenda(cabinet, 0, rules, invented.off[cabinet.key], people, TUESDAY)
        return [(booking.starts, booking.patient) for booking in agenda.bookings(first, last)]

    assert fortnight() == fortnight() != []


def test_twenty_thousand_patients(invented: Stage) -> None:
    assert sum(map(len, invented.people.values())) == 20_000


def test_agendas_are_about_85_percent_full(invented: Stage) -> None:
    assert 0.80 <= invented.taken_minutes / invented.open_minutes <= 0.90
    assert sum(map(len, invented.bookings.values())) > 45_000


def test_no_practitioner_is_twice_at_once(invented: Stage) -> None:
    for cabinet in CABINETS:
        by_doctor = defaultdict(list)
        for booking in invented.bookings[cabinet.key]:
            if booking.status in OCCUPYING:
                by_doctor[booking.doctor].append((booking.starts, booking.ends))
        for spans in by_doctor.values():
            spans.sort()
            assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))


def test_every_appointment_stands_inside_an_opening_rule_and_outside_absences(invented: Stage) -> None:
    for cabinet in CABINETS:
        zone = ZoneInfo(cabinet.zone)
        rules = openings(cabinet, invented.today(cabinet))
        for booking in invented.bookings[cabinet.key]:
            starts, ends = (at.astimezone(zone).replace(tzinfo=None) for at in (booking.starts, booking.ends))
            name = cabinet.visits[booking.visit].name
            assert any(
                rule.doctor == booking.doctor
                and rule.hours.weekday == starts.weekday()
                and rule.hours.site == booking.site
                and rule.hours.starts <= starts.time()
                and ends.time() <= rule.hours.ends
                and rule.valid_from <= starts.date()
                and (rule.valid_until is None or starts.date() <= rule.valid_until)
                and (not rule.hours.only or name in rule.hours.only)
                for rule in rules
            ), (cabinet.key, starts)
            assert not any(
                away.doctor == booking.doctor and away.starts < ends and starts < away.ends
                for away in invented.off[cabinet.key]
            ), (cabinet.key, starts)


def test_six_to_ten_percent_do_not_come(invented: Stage) -> None:
    statuses = Counter(booking.status for each in invented.bookings.values() for booking in each)
    assert 0.06 <= statuses["no_show"] / (statuses["no_show"] + statuses["done"]) <= 0.10
    assert statuses["cancelled"] > 1_000
    assert statuses["in_consultation"]
    assert statuses["arrived"]
    assert statuses["booked"] > 8_000


def test_nothing_past_is_still_ahead_and_nothing_ahead_is_past(invented: Stage) -> None:
    for each in invented.bookings.values():
        for booking in each:
            if booking.status in {"done", "no_show"}:
                assert booking.ends <= TUESDAY
            if booking.status in {"booked", "arrived"}:
                assert booking.starts > TUESDAY
            assert booking.created < min(booking.starts, TUESDAY)
            assert booking.changed is None or booking.created <= booking.changed <= TUESDAY


def test_nobody_has_two_appointments_at_the_same_moment(invented: Stage) -> None:
    for each in invented.bookings.values():
        moments = Counter(
            (booking.patient, booking.starts) for booking in each if booking.status in OCCUPYING
        )
        assert max(moments.values()) == 1


@pytest.mark.parametrize("cabinet", CABINETS, ids=lambda cabinet: cabinet.key)
def test_patients_look_like_people(invented: Stage, cabinet) -> None:
    people = invented.people[cabinet.key]
    today = invented.today(cabinet)
    assert all(0 <= person.age(today) < 105 for person in people)
    assert (
        any(person.used_name and person.used_name != person.birth_name for person in people)
        or cabinet.ages == "children"
    )
    assert {person.identity for person in people} == {"qualified", "retrieved", "provisional"}
    assert len({(p.birth_name, p.first_names, p.birth_date) for p in people}) > 0.99 * len(people)
    assert all(person.birth_date <= today for person in people)


def test_there_are_twins_parents_and_overseas_names(invented: Stage) -> None:
    children = invented.people["coquelicots"]
    twins = Counter((p.birth_name, p.birth_date, p.phones) for p in children)
    assert sum(count == 2 for count in twins.values()) > 5
    assert all(p.phones[0][1] in {"Maman", "Papa", "Grand-mère"} for p in children)
    assert {p.birth_name for p in invented.people["anse"]} & {"Jean-Baptiste", "Sainte-Rose"}
    everyone = {p.birth_name for people in invented.people.values() for p in people}
    assert {"Le Goff", "N’Guessan", "d’Ornano"} <= everyone


def test_no_number_belongs_to_anybody_real(invented: Stage) -> None:
    fiction = tuple(LANDLINES.values()) + tuple(block for blocks in MOBILES.values() for block in blocks)
    for people in invented.people.values():
        for person in people:
            for number, _ in person.phones:
                assert number.startswith(fiction)
                assert len(number) in {12, 13}
    for calls in invented.calls.values():
        assert all(call.caller == "" or call.caller.startswith(fiction) for call in calls)


def test_a_week_of_calls_has_its_waves_and_its_outcomes(invented: Stage) -> None:
    calls = [call for each in invented.calls.values() for call in each]
    assert 3_500 < len(calls) < 6_000
    answered = [call for call in calls if call.answered]
    waits = [(call.answered - call.arrived).total_seconds() for call in answered]
    assert 0.75 < sum(wait <= 20 for wait in waits) / len(waits) < 0.95
    talks = [(call.ended - call.answered).total_seconds() for call in answered]
    assert 100 < sum(talks) / len(talks) < 170
    mondays = sum(call.arrived.weekday() == 0 for call in calls)
    wednesdays = sum(call.arrived.weekday() == 2 for call in calls)
    assert mondays > wednesdays
    outcomes = Counter(call.outcome for call in answered)
    assert outcomes["booked"] > 400
    assert outcomes["message"] > 400
    assert outcomes["emergency"] > 10


def test_nobody_answers_two_calls_at_once(invented: Stage) -> None:
    busy = defaultdict(list)
    for each in invented.calls.values():
        for call in each:
            if call.answered:
                busy[call.secretary].append((call.answered, call.ended))
    for spans in busy.values():
        spans.sort()
        assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))


def test_every_timeline_begins_with_the_arrival_and_runs_forward(invented: Stage) -> None:
    for each in invented.calls.values():
        for call in each:
            assert call.steps[0].kind == "arrived"
            times = [step.at for step in call.steps]
            assert times == sorted(times)
            assert call.ended
            assert call.ended <= TUESDAY


def test_calls_that_booked_open_onto_their_appointment(invented: Stage) -> None:
    for key, calls in invented.calls.items():
        booked = {id(call) for call in calls if call.outcome == "booked"}
        linked = [booking for booking in invented.bookings[key] if booking.call is not None]
        assert {id(booking.call) for booking in linked} == booked
        for booking in linked:
            assert booking.call.answered <= booking.created <= booking.call.ended
            assert booking.call.patient == booking.patient


def test_secretaries_know_different_practices(invented: Stage) -> None:
    taken = Counter(
        (call.secretary, key) for key, calls in invented.calls.items() for call in calls if call.answered
    )
    assert taken["diallo", "tilleuls"] > 3 * max(1, taken["roussel", "tilleuls"])
    assert taken["ferreira", "anse"] + taken["marie-sainte", "anse"] > 0.6 * sum(
        count for (_, key), count in taken.items() if key == "anse"
    )


def test_messages_are_in_every_state(invented: Stage) -> None:
    memos = [memo for each in invented.memos.values() for memo in each]
    assert any(memo.done for memo in memos)
    assert any(memo.read and not memo.done for memo in memos)
    assert any(not memo.read for memo in memos)
    assert any(memo.urgent and not memo.done for memo in memos)
    assert any(not memo.done and TUESDAY - memo.sent > dt.timedelta(hours=26) for memo in memos)
    for memo in memos:
        assert memo.sent <= TUESDAY
        assert memo.done is None or (memo.read is not None and memo.sent <= memo.read <= memo.done <= TUESDAY)


def test_holidays_are_computed() -> None:
    assert easter(2026) == dt.date(2026, 4, 5)
    assert easter(2027) == dt.date(2027, 3, 28)
    assert dt.date(2026, 5, 22) in holidays(2026, "MQ")
    assert dt.date(2026, 5, 22) not in holidays(2026, "FR")


def test_opening_notation() -> None:
    read = hours("lun,mer-jeu 8:30-12:00 @1 [Bilan|Suivi]; sam 9:00-11:00")
    assert [(each.weekday, each.site) for each in read] == [(0, 1), (2, 1), (3, 1), (5, 0)]
    assert read[0].only == ("Bilan", "Suivi")
    assert read[3].ends == dt.time(11)
    with pytest.raises(ValueError, match="midi"):
        hours("lun midi-14:00")
