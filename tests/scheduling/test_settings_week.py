"""A practitioner's week is set up on screen, changed from a date, and a change is undone."""

from datetime import date, time, timedelta

import pytest

from decroche.scheduling.domain.week_words import WeekNotUnderstood, WeekSpan, read_hours, read_week
from decroche.scheduling.models import OpeningRule
from tests.factories import make_practitioner, make_secretary, make_site
from tests.scheduling.doors import HTMX, toast, url
from tests.scheduling.factories import (
    TUESDAY,
    make_agenda,
    make_rule,
    make_visit_type,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "on_that_tuesday")]
MONDAY_4_JANUARY = date(2027, 1, 4)


def week_of(practitioner, on=TUESDAY) -> list[tuple]:
    """List (weekday, from, to) of what is open on every week, on a day."""
    rules = OpeningRule.objects.filter(practitioner=practitioner, valid_from__lte=on)
    return sorted(
        (rule.weekday, f"{rule.starts:%H:%M}", f"{rule.ends:%H:%M}")
        for rule in rules
        if rule.valid_until is None or rule.valid_until >= on
    )


def rule_fields(practice, **changes) -> dict:
    known = {
        "weekday": "5",
        "starts": "08:30",
        "ends": "12:00",
        "site": practice.sites.get(is_main=True).pk,
        "valid_from": "2026-11-24",
        "valid_until": "",
    }
    return known | changes


# --- a week in words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("lun 9-12", [(0, "9:00", "12:00")]),
        ("lun mer 9h-12h30", [(0, "9:00", "12:30"), (2, "9:00", "12:30")]),
        ("ven-lun 9-12", [(day, "9:00", "12:00") for day in (0, 4, 5, 6)]),
        ("lundi de 9 h à 12 h et de 14 h à 19 h", [(0, "9:00", "12:00"), (0, "14:00", "19:00")]),
        ("sam 22h-2h", [(5, "22:00", "2:00")]),
        ("dimanche 20-24", [(6, "20:00", "0:00")]),
        ("mon-tue 9:15-10", [(0, "9:15", "10:00"), (1, "9:15", "10:00")]),
        ("lun 9-12, lun 9-12", [(0, "9:00", "12:00")]),
    ],
)
def test_a_week_is_read_as_it_is_said(text, spans) -> None:
    expected = [WeekSpan(day, *(time(*map(int, hour.split(":"))) for hour in hours)) for day, *hours in spans]
    assert read_week(text) == expected


@pytest.mark.parametrize(
    "text", ["lundu 9-12", "lun", "9-12", "lun 9-12-14", "lun 25-26", "", "lun 9h02-12", "lun 9-9"]
)
def test_what_is_not_a_week_is_refused_with_the_word_that_is_not(text) -> None:
    with pytest.raises(WeekNotUnderstood):
        read_week(text)


def test_the_hours_of_one_day_are_read_alone() -> None:
    assert read_hours("9h-12h / 14h-17h30") == [(time(9), time(12)), (time(14), time(17, 30))]


def test_a_whole_week_is_opened_with_one_line(agenda, doctor, client) -> None:
    practice, _people, _kind = agenda
    newcomer = make_practitioner(practice=practice)
    fields = {
        "week": "lun-ven 9h-12h / 14h-19h, sam 9-12",
        "site": practice.sites.get().pk,
        "on": TUESDAY.isoformat(),
    }
    answer = client.post(url("open_week", newcomer.pk), fields, **HTMX)
    assert toast(answer)["text"] == "11 plages ouvertes."
    assert len(week_of(newcomer)) == 11
    client.post(toast(answer)["undo"], **HTMX)
    assert week_of(newcomer) == []


def test_a_line_that_makes_no_sense_keeps_its_words(agenda, doctor, client) -> None:
    practice, people, _ = agenda
    fields = {"week": "lundu 9-12", "site": practice.sites.get().pk, "on": TUESDAY.isoformat()}
    for headers in (HTMX, {}):
        answer = client.post(url("open_week", people[0].pk), fields, **headers)
        assert answer.status_code == 422
        assert "«\u202flundu\u202f» n’est ni un jour ni une heure" in answer.content.decode()
        assert 'value="lundu 9-12"' in answer.content.decode()


def test_what_is_already_open_stays_and_what_overlaps_is_refused(agenda, doctor, client) -> None:
    practice, people, _ = agenda
    fields = {"site": practice.sites.get().pk, "on": TUESDAY.isoformat()}
    client.post(url("open_week", people[0].pk), fields | {"week": "lun 9-12 14-18"}, **HTMX)
    assert week_of(people[0])[:2] == [(0, "09:00", "12:00"), (0, "14:00", "18:00")]
    answer = client.post(url("open_week", people[0].pk), fields | {"week": "mer 8-10, sam 9-12"}, **HTMX)
    assert "chevauche une autre\u202f: mercredi de 9" in answer.content.decode()
    assert (5, "09:00", "12:00") not in week_of(people[0])


def test_replacing_ends_the_old_week_on_the_eve(agenda, doctor, client) -> None:
    practice, people, _ = agenda
    fields = {
        "week": "jeu 8-20",
        "site": practice.sites.get().pk,
        "on": MONDAY_4_JANUARY.isoformat(),
        "replace": "on",
    }
    client.post(url("open_week", people[0].pk), fields, **HTMX)
    assert len(week_of(people[0], MONDAY_4_JANUARY - timedelta(days=1))) == 5
    assert week_of(people[0], MONDAY_4_JANUARY) == [(3, "08:00", "20:00")]


def test_a_day_is_copied_onto_others(agenda, doctor, client) -> None:
    _practice, people, kind = agenda
    make_rule(practitioner=people[0], weekday=0, starts=time(14), ends=time(18)).visit_types.add(kind)
    fields = {"weekday": "0", "onto": ["1", "5"], "on": TUESDAY.isoformat()}
    answer = client.post(url("copy_day", people[0].pk), fields, **HTMX)
    monday = [span[1:] for span in week_of(people[0]) if span[0] == 0]
    for day in (1, 5):
        assert [span[1:] for span in week_of(people[0]) if span[0] == day] == monday
    copied = OpeningRule.objects.get(practitioner=people[0], weekday=5, starts=time(14))
    assert list(copied.visit_types.all()) == [kind]
    client.post(toast(answer)["undo"], **HTMX)
    assert (5, "14:00", "18:00") not in week_of(people[0])
    assert (1, "09:00", "12:00") in week_of(people[0])


def test_an_empty_day_is_not_copied(agenda, doctor, client) -> None:
    answer = client.post(
        url("copy_day", agenda[1][0].pk), {"weekday": "6", "onto": ["1"], "on": TUESDAY.isoformat()}, **HTMX
    )
    assert "rien à recopier" in toast(answer)["text"]
    assert len(week_of(agenda[1][0])) == 5


def test_a_colleague_s_week_is_taken_over(agenda, doctor, client) -> None:
    _practice, people, _ = agenda
    make_rule(practitioner=people[1], weekday=5, starts=time(8), ends=time(11))
    client.post(url("copy_week", people[0].pk), {"like": people[1].pk, "on": TUESDAY.isoformat()}, **HTMX)
    assert week_of(people[0]) == week_of(people[1])


def test_another_practice_s_week_cannot_be_copied(agenda, doctor, client) -> None:
    stranger = make_agenda()[1][0]
    before = week_of(agenda[1][0])
    client.post(url("copy_week", agenda[1][0].pk), {"like": stranger.pk, "on": TUESDAY.isoformat()}, **HTMX)
    assert week_of(agenda[1][0]) == before


# --- a timetable from a date ----------------------------------------------------------------------------------------


def test_new_hours_from_january_leave_december_alone(agenda, doctor, client) -> None:
    _practice, people, _ = agenda
    answer = client.post(
        url("change_timetable", people[0].pk), {"on": MONDAY_4_JANUARY.isoformat(), "keep": "1"}, **HTMX
    )
    assert week_of(people[0], MONDAY_4_JANUARY) == week_of(people[0], TUESDAY)
    later = OpeningRule.objects.get(practitioner=people[0], weekday=0, valid_from=MONDAY_4_JANUARY)
    client.post(
        url("change_rule", later.pk),
        rule_fields(agenda[0], weekday="0", starts="14:00", ends="18:00", valid_from="2027-01-04"),
        **HTMX,
    )
    assert (0, "09:00", "12:00") in week_of(people[0], date(2027, 1, 3))
    assert (0, "14:00", "18:00") in week_of(people[0], MONDAY_4_JANUARY)
    undone = client.post(toast(answer)["undo"], **HTMX)
    assert "changé depuis" in toast(undone)["text"]  # the Monday has been changed since


def test_the_week_can_be_read_on_any_day(agenda, doctor, client) -> None:
    practice, people, _ = agenda
    make_rule(practitioner=people[0], weekday=6, starts=time(7), ends=time(8), valid_from=MONDAY_4_JANUARY)
    now = client.get(url("settings", practice.pk), {"practitioner": people[0].pk}).content.decode()
    then = client.get(
        url("settings", practice.pk), {"practitioner": people[0].pk, "on": "2027-01-04"}
    ).content.decode()
    assert "dimanche 7\u202fh – 8\u202fh" not in now
    assert "dimanche 7\u202fh – 8\u202fh" in then
    assert "on=2027-01-04" in now  # the change to come is one click away


# --- one rule -------------------------------------------------------------------------------------------------------


def test_a_secretary_does_not_change_the_rules(agenda, client) -> None:
    client.force_login(make_secretary(practices=(agenda[0],)))
    for name in ("settings", "settings_year", "settings_types", "settings_wishes", "preview"):
        assert client.get(url(name, agenda[0].pk)).status_code == 404


def test_a_practitioner_opens_saturday_mornings(agenda, doctor, client) -> None:
    practice, people, kind = agenda
    answer = client.post(
        url("save_rule", people[0].pk), rule_fields(practice, visit_types=[kind.pk]), follow=True
    )
    rule = OpeningRule.objects.get(practitioner=people[0], weekday=5)
    assert list(rule.visit_types.all()) == [kind]
    assert "Samedi" in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"weekday": "1", "starts": "11:00"}, "Cette plage en chevauche une autre\u202f: mardi de 9"),
        ({"starts": ""}, "Ce champ est nécessaire."),
        ({"starts": "9:02"}, "à 5 minutes près"),
        ({"valid_until": "2026-11-01"}, "Le dernier jour vient avant le premier."),
        ({"every": "n_weeks", "every_n": ""}, "Ce champ est nécessaire."),
        ({"release": "time", "release_time": ""}, "Ce champ est nécessaire."),
        ({"capacity": "61"}, "Un nombre de 1 à 60."),
    ],
)
@pytest.mark.parametrize("headers", [HTMX, {}], ids=["panel", "page"])
def test_wrong_rules_are_explained_and_nothing_typed_is_lost(
    agenda, doctor, client, changes, sentence, headers
) -> None:
    answer = client.post(url("save_rule", agenda[1][0].pk), rule_fields(agenda[0], **changes), **headers)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert 'value="12:00"' in answer.content.decode()


def test_everything_about_a_rule_is_written_and_shown_again(agenda, doctor, client) -> None:
    practice, people, kind = agenda
    fields = rule_fields(
        practice,
        every="nth",
        nth="-1",
        capacity="6",
        reserved_for="video",
        release="time",
        release_days="2",
        release_time="08:00",
        visit_types=[kind.pk],
        valid_until="2027-06-30",
    )
    client.post(url("save_rule", people[0].pk), fields, **HTMX)
    rule = OpeningRule.objects.get(weekday=5)
    assert (rule.every, rule.nth, rule.capacity, rule.reserved_for) == ("nth", -1, 6, "video")
    assert (rule.release, rule.release_days, rule.release_time) == ("time", 2, time(8))
    page = client.get(url("settings", practice.pk), {"practitioner": people[0].pk}).content.decode()
    for words in ("le dernier du mois", "6 places", "téléconsultations", "s’ouvre 2 jours avant à 8\u202fh"):
        assert words in page
    form = client.get(url("change_rule", rule.pk), **HTMX).content.decode()
    assert 'name="every" value="nth" checked' in form
    assert 'value="2027-06-30"' in form


def test_odd_and_even_weeks_share_the_same_hours(agenda, doctor, client) -> None:
    practice, people, _ = agenda
    for every in ("odd", "even"):
        answer = client.post(url("save_rule", people[0].pk), rule_fields(practice, every=every), **HTMX)
        assert answer.status_code == 200
    clash = client.post(url("save_rule", people[0].pk), rule_fields(practice, every="nth", nth="1"), **HTMX)
    assert clash.status_code == 422
    board = client.get(url("settings", practice.pk), {"practitioner": people[0].pk}, **HTMX).content.decode()
    assert "lane-1-of-2" in board
    assert "lane-2-of-2" in board


def test_a_change_from_today_keeps_the_old_rule_until_yesterday(agenda, doctor, client) -> None:
    _practice, people, _ = agenda
    rule = OpeningRule.objects.get(practitioner=people[0], weekday=1)
    form = client.get(url("change_rule", rule.pk)).content.decode()
    assert 'value="09:00"' in form
    assert (
        'value="2026-11-24"' in form
    )  # a rule that has begun changes from today on, unless she says otherwise
    client.post(url("change_rule", rule.pk), rule_fields(agenda[0], weekday="1", starts="10:00"))
    rule.refresh_from_db()
    assert (rule.starts, rule.valid_until) == (time(9), TUESDAY - timedelta(days=1))
    assert (1, "10:00", "12:00") in week_of(people[0])


def test_a_rule_is_corrected_since_its_beginning_then_stopped(agenda, doctor, client) -> None:
    rule = OpeningRule.objects.get(practitioner=agenda[1][0], weekday=1)
    client.post(
        url("change_rule", rule.pk),
        rule_fields(agenda[0], weekday="1", starts="10:00", valid_from="2020-01-01"),
    )
    rule.refresh_from_db()
    assert rule.starts == time(10)
    client.post(url("end_rule", rule.pk))
    rule.refresh_from_db()
    assert rule.valid_until == TUESDAY - timedelta(days=1)


def test_a_block_is_drawn_dragged_closed_and_brought_back(agenda, doctor, client) -> None:
    _practice, people, _ = agenda
    drawn = {"weekday": "5", "starts": "09:00", "ends": "11:00", "on": TUESDAY.isoformat()}
    answer = client.post(url("draw_rule", people[0].pk), drawn, **HTMX)
    rule = OpeningRule.objects.get(practitioner=people[0], weekday=5)
    assert url("change_rule", rule.pk) in answer.content.decode()  # its form is open beside it
    client.post(url("span_rule", rule.pk), drawn | {"starts": "10:00", "weekday": "6"}, **HTMX)
    assert (6, "10:00", "11:00") in week_of(people[0])
    closed = client.post(url("end_rule", rule.pk), {"on": TUESDAY.isoformat()}, **HTMX)
    assert (6, "10:00", "11:00") not in week_of(people[0])
    client.post(toast(closed)["undo"], **HTMX)
    assert (6, "10:00", "11:00") in week_of(people[0])
    again = client.post(toast(closed)["undo"], **HTMX)
    assert toast(again)["text"] == "Il n’y a plus rien à défaire."


def test_dragging_onto_another_block_leaves_both(agenda, doctor, client) -> None:
    _practice, people, _ = agenda
    rule = OpeningRule.objects.get(practitioner=people[0], weekday=1)
    answer = client.post(
        url("span_rule", rule.pk),
        {"weekday": "2", "starts": "10:00", "ends": "13:00", "on": TUESDAY.isoformat()},
        **HTMX,
    )
    assert "chevauche" in toast(answer)["text"]
    assert (1, "09:00", "12:00") in week_of(people[0])


def test_another_site_may_be_chosen_but_not_another_practices(agenda, doctor, client) -> None:
    practice, people, _ = agenda
    annexe = make_site(practice=practice, name="Annexe")
    client.post(url("save_rule", people[0].pk), rule_fields(practice, site=annexe.pk))
    assert OpeningRule.objects.get(weekday=5).site == annexe
    foreign = make_agenda()[0].sites.get()
    answer = client.post(url("save_rule", people[0].pk), rule_fields(practice, weekday="6", site=foreign.pk))
    assert answer.status_code == 422


# --- what patients will see ------------------------------------------------------------------------------------------


def test_the_preview_says_what_a_patient_would_be_offered(agenda, doctor, client) -> None:
    practice, people, kind = agenda
    ask = {"practitioner": people[0].pk, "type": kind.pk}
    shut = client.get(url("preview", practice.pk), ask | {"seen_by": "online"}, **HTMX).content.decode()
    assert "ne se prend pas en ligne" in shut
    kind.online_may_book = True
    kind.save()
    seen = client.get(url("preview", practice.pk), ask, **HTMX).content.decode()
    assert "mar. 24 nov." in seen
    assert "<li>9\u202fh</li>" in seen
    told = client.get(url("preview", practice.pk), ask | {"seen_by": "secretary"}, **HTMX).content.decode()
    assert "Ce que verra le secrétariat" in told
    assert "le premier" in told
    client.post(url("set_wish", people[0].pk), {"kind": "no_new", "span": "always"}, **HTMX)
    refused = client.get(url("preview", practice.pk), ask | {"patient": "new"}, **HTMX).content.decode()
    assert "Aucun créneau dans les six mois." in refused


def test_the_page_costs_the_same_with_one_rule_and_with_many(
    agenda, doctor, client, django_assert_max_num_queries
) -> None:
    practice, people, _ = agenda
    client.get(url("settings", practice.pk))  # who asks is known from then on
    costs = []
    for count in (1, 3):
        for n in range(count):
            make_visit_type(practice=practice)
            make_rule(
                practitioner=people[0],
                weekday=5 + n % 2,
                starts=time(6 + n),
                ends=time(7 + n),
                valid_from=date(2020 + count, 1, 1),
            )
        with django_assert_max_num_queries(40) as captured:
            client.get(url("settings", practice.pk), {"practitioner": people[0].pk})
        costs.append(len(captured))
    assert costs[0] == costs[1], costs
