"""A year at a glance: exceptions, absences with a locum, public holidays that wait for an answer."""

from datetime import date, time, timedelta

import pytest

from decroche.scheduling.domain.public_holidays import department_of, public_holidays
from decroche.scheduling.models import Absence, HolidayDecision, OpeningRule
from tests.scheduling.doors import HTMX, toast, url
from tests.scheduling.factories import (
    TUESDAY,
    make_agenda,
    make_appointment,
    make_rule,
    paris,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "on_that_tuesday")]
CHRISTMAS = date(2026, 12, 25)  # a Friday


def state_of(client, practitioner, day) -> set[str]:
    """Read from the page what a day is."""
    page = client.get(
        url("settings_year", practitioner.practice_id),
        {"practitioner": practitioner.pk, "from": day.isoformat()},
        **HTMX,
    ).content.decode()
    cell = page.partition(f'id="yd-{day:%Y-%m-%d}"')[0].rpartition("<a class=")[2]
    return set(cell.strip(' "').split()) - {"yd"}


# --- public holidays ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("postcode", "name", "is_one"),
    [
        ("69003", "Abolition de l’esclavage", False),
        ("97200", "Abolition de l’esclavage", True),
        ("97420", "Abolition de l’esclavage", True),
        ("57000", "Vendredi saint", True),
        ("67000", "Saint-Étienne", True),
        ("68100", "Vendredi saint", True),
        ("75011", "Vendredi saint", False),
        ("20000", "Vendredi saint", False),
        ("", "Noël", True),
    ],
)
def test_the_holidays_are_those_of_the_site_s_department(postcode, name, is_one) -> None:
    found = public_holidays(first=date(2027, 1, 1), last=date(2027, 12, 31), postcode=postcode)
    assert (name in {each.name for each in found}) is is_one
    assert date(2027, 7, 14) in {each.day for each in found}


def test_a_department_is_two_digits_or_three_overseas() -> None:
    assert [department_of(code) for code in ("69003", "97200", "98800")] == ["69", "972", "988"]
    assert department_of("", "972") == "972"


def test_a_holiday_is_proposed_and_closes_nothing_by_itself(agenda, doctor, client) -> None:
    practice, people, _ = agenda
    page = client.get(url("settings_year", practice.pk), {"practitioner": people[0].pk}).content.decode()
    assert "Jours fériés à décider" in page
    assert "Noël" in page
    assert not Absence.objects.exists()
    assert state_of(client, people[0], CHRISTMAS) == {"is-open", "is-proposed"}


def test_closing_on_christmas_names_whom_it_touches_and_is_undone(agenda, doctor, client) -> None:
    _practice, people, kind = agenda
    booked = make_appointment(practitioner=people[0], visit_type=kind, starts_at=paris(10, day=CHRISTMAS))
    answer = client.post(
        url("holidays", people[0].pk), {"day": CHRISTMAS.isoformat(), "answer": "close"}, **HTMX
    )
    assert booked.patient.display_name in answer.content.decode()
    absence = Absence.objects.get()
    assert (absence.kind, absence.reason) == ("holiday", "Noël")
    assert absence.starts_at == paris(0, day=CHRISTMAS)
    assert absence.ends_at == paris(0, day=CHRISTMAS + timedelta(days=1))
    assert state_of(client, people[0], CHRISTMAS) == {"is-holiday"}
    client.post(toast(answer)["undo"], **HTMX)
    assert not Absence.objects.exists()
    assert not HolidayDecision.objects.exists()


def test_a_worked_holiday_is_asked_no_more_and_one_may_change_one_s_mind(agenda, doctor, client) -> None:
    practitioner = agenda[1][0]
    ask = {"day": CHRISTMAS.isoformat()}
    client.post(url("holidays", practitioner.pk), ask | {"answer": "work"}, **HTMX)
    assert state_of(client, practitioner, CHRISTMAS) == {"is-open"}
    client.post(url("holidays", practitioner.pk), ask | {"answer": "close"}, **HTMX)
    client.post(url("holidays", practitioner.pk), ask | {"answer": "work"}, **HTMX)
    assert not Absence.objects.exists()
    assert HolidayDecision.objects.get().is_worked


def test_a_day_that_is_no_holiday_is_not_closed_that_way(agenda, doctor, client) -> None:
    answer = client.post(url("holidays", agenda[1][0].pk), {"day": "2026-12-23", "answer": "close"}, **HTMX)
    assert "pas de jour férié" in toast(answer)["text"]
    assert not Absence.objects.exists()


# --- absences -------------------------------------------------------------------------------------------------------


def test_an_absence_names_whom_it_touches(agenda, doctor, client) -> None:
    _practice, people, kind = agenda
    appointment = make_appointment(practitioner=people[0], visit_type=kind, starts_at=paris(11))
    answer = client.post(
        url("save_absence", people[0].pk),
        {"first_day": "2026-11-24", "starts": "10:00", "last_day": "2026-11-25"},
    )
    assert appointment.patient.display_name in answer.content.decode()
    absence = Absence.objects.get()
    assert (absence.starts_at, absence.ends_at) == (paris(10), paris(0, day=TUESDAY + timedelta(days=2)))
    assert state_of(client, people[0], TUESDAY) == {"is-part", "is-today"}
    assert state_of(client, people[0], TUESDAY + timedelta(days=1)) == {"is-absent"}
    client.post(url("drop_absence", absence.pk))
    assert not Absence.objects.exists()


def test_an_absence_that_ends_before_it_starts_is_explained(agenda, doctor, client) -> None:
    for headers in (HTMX, {}):
        answer = client.post(
            url("save_absence", agenda[1][0].pk),
            {"first_day": "2026-11-24", "last_day": "2026-11-20", "reason": "congrès"},
            **headers,
        )
        assert answer.status_code == 422
        assert "L’absence doit finir après avoir commencé." in answer.content.decode()
        assert 'value="congrès"' in answer.content.decode()


def test_a_locum_takes_the_agenda_and_both_years_say_so(agenda, doctor, client) -> None:
    _practice, people, _ = agenda
    OpeningRule.objects.filter(practitioner=people[1]).delete()
    answer = client.post(
        url("save_absence", people[0].pk),
        {"first_day": "2026-12-01", "last_day": "2026-12-01", "locum": people[1].pk},
        **HTMX,
    )
    assert f"remplacé par {people[1].display_name}" in answer.content.decode()
    assert state_of(client, people[0], date(2026, 12, 1)) == {"is-locum"}
    assert "is-standing-in" in state_of(client, people[1], date(2026, 12, 1))
    client.post(toast(answer)["undo"], **HTMX)
    assert not Absence.objects.exists()


def test_nobody_from_elsewhere_and_not_oneself_stands_in(agenda, doctor, client) -> None:
    _practice, people, _ = agenda
    stranger = make_agenda()[1][0]
    for locum in (stranger, people[0]):
        answer = client.post(
            url("save_absence", people[0].pk),
            {"first_day": "2026-12-01", "last_day": "2026-12-01", "locum": locum.pk},
            **HTMX,
        )
        assert answer.status_code == 422
    assert not Absence.objects.exists()


def test_a_closure_is_a_closure(agenda, doctor, client) -> None:
    practitioner = agenda[1][0]
    client.post(
        url("save_absence", practitioner.pk),
        {"first_day": "2026-12-02", "last_day": "2026-12-04", "kind": "closure", "reason": "travaux"},
        **HTMX,
    )
    assert state_of(client, practitioner, date(2026, 12, 3)) == {"is-closure"}
    day = client.get(url("settings_day", practitioner.pk), {"day": "2026-12-03"}, **HTMX).content.decode()
    assert "Fermeture" in day
    assert "travaux" in day


# --- other hours ----------------------------------------------------------------------------------------------------


def test_changed_hours_stand_for_the_usual_ones_that_day(agenda, doctor, client) -> None:
    practitioner = agenda[1][0]
    answer = client.post(
        url("save_hours", practitioner.pk),
        {
            "what": "changed",
            "first_day": "2026-12-02",
            "last_day": "2026-12-02",
            "hours": "14h-16h / 17h-18h",
            "site": practitioner.practice.sites.get().pk,
        },
        **HTMX,
    )
    shown = answer.content.decode()
    assert "14\u202fh – 16\u202fh" in shown
    assert "horaires changés" in shown
    assert "9\u202fh – 12\u202fh" not in shown
    assert state_of(client, practitioner, date(2026, 12, 2)) == {"is-changed"}
    assert state_of(client, practitioner, date(2026, 12, 9)) == {"is-open"}
    client.post(toast(answer)["undo"], **HTMX)
    assert state_of(client, practitioner, date(2026, 12, 2)) == {"is-open"}


def test_a_fortnight_of_summer_hours_leaves_the_weekends_alone(agenda, doctor, client) -> None:
    practitioner = agenda[1][0]
    client.post(
        url("save_hours", practitioner.pk),
        {
            "what": "changed",
            "first_day": "2026-12-21",
            "last_day": "2027-01-03",
            "hours": "9h-11h",
            "site": practitioner.practice.sites.get().pk,
        },
        **HTMX,
    )
    assert state_of(client, practitioner, date(2026, 12, 22)) == {"is-changed"}
    assert state_of(client, practitioner, date(2026, 12, 26)) == {"is-closed"}
    assert state_of(client, practitioner, date(2027, 1, 5)) == {"is-open"}


def test_an_extra_saturday_is_opened_and_taken_back(agenda, doctor, client) -> None:
    practitioner = agenda[1][0]
    fields = {
        "what": "extra",
        "first_day": "2026-11-28",
        "last_day": "2026-11-28",
        "hours": "9h-12h",
        "site": practitioner.practice.sites.get().pk,
    }
    client.post(url("save_hours", practitioner.pk), fields, **HTMX)
    assert state_of(client, practitioner, date(2026, 11, 28)) == {"is-changed"}
    rule = OpeningRule.objects.get(valid_from=date(2026, 11, 28))
    client.post(url("end_rule", rule.pk), {"on": "2026-11-28"}, **HTMX)
    assert state_of(client, practitioner, date(2026, 11, 28)) == {"is-closed"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"hours": "toute la journée"}, "Donnez des heures"),
        ({"last_day": "2026-11-01"}, "Le dernier jour vient après le premier"),
        ({"what": "extra", "hours": "11h-13h"}, "chevauche une autre"),
        ({"first_day": "2026-11-28", "last_day": "2026-11-29"}, "Rien n’est ouvert d’habitude"),
    ],
)
def test_other_hours_that_cannot_be_are_explained(agenda, doctor, client, changes, sentence) -> None:
    practitioner = agenda[1][0]
    fields = {
        "what": "changed",
        "first_day": "2026-11-25",
        "last_day": "2026-11-25",
        "hours": "9h-12h",
        "site": practitioner.practice.sites.get().pk,
    } | changes
    for headers in (HTMX, {}):
        answer = client.post(url("save_hours", practitioner.pk), fields, **headers)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()


# --- the page -------------------------------------------------------------------------------------------------------


def test_the_same_year_is_told_by_a_table(agenda, doctor, client) -> None:
    practice, people, _ = agenda
    page = client.get(
        url("settings_year", practice.pk), {"practitioner": people[0].pk, "view": "table"}
    ).content.decode()
    assert page.count('<td class="nowrap">') == 365
    assert "mar. 24 nov." in page
    assert "9\u202fh – 12\u202fh" in page


def test_a_day_says_what_is_open_and_why(agenda, doctor, client) -> None:
    practitioner = agenda[1][0]
    day = client.get(url("settings_day", practitioner.pk), {"day": "2026-11-24"}, **HTMX).content.decode()
    assert "horaires habituels" in day
    sunday = client.get(url("settings_day", practitioner.pk), {"day": "2026-11-29"}, **HTMX).content.decode()
    assert "Rien n’est ouvert ce jour-là." in sunday


def test_the_year_costs_the_same_with_one_exception_and_with_many(
    agenda, doctor, client, django_assert_max_num_queries
) -> None:
    practice, people, _ = agenda
    client.get(url("settings_year", practice.pk))  # who asks is known from then on
    costs = []
    for count in (1, 3):
        for n in range(count):
            day = date(2026, 12, 1 + n + 4 * count)
            make_rule(
                practitioner=people[0],
                weekday=day.weekday(),
                starts=time(6),
                ends=time(7),
                valid_from=day,
                valid_until=day,
            )
            Absence.objects.create(
                practice=practice,
                practitioner=people[0],
                starts_at=paris(9, day=day),
                ends_at=paris(10, day=day),
            )
        with django_assert_max_num_queries(40) as captured:
            client.get(url("settings_year", practice.pk), {"practitioner": people[0].pk})
        costs.append(len(captured))
    assert costs[0] == costs[1], costs
