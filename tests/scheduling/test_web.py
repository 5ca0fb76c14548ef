"""The agenda through its doors, as a secretary uses it."""

from datetime import timedelta

import pytest

from decroche.scheduling.actions.hold_slot import hold_slot
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import Absence, Appointment, OpeningRule
from tests.factories import make_secretary
from tests.scheduling.doors import HTMX, events, key, url
from tests.scheduling.factories import (
    NOW,
    TUESDAY,
    make_agenda,
    make_appointment,
    make_hold,
    make_patient,
    make_rule,
    make_visit_type,
    paris,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "on_that_tuesday")]
FRIDAY = TUESDAY + timedelta(days=3)


# --- looking -------------------------------------------------------------------------------------------------------


def test_the_day_shows_who_comes_who_holds_and_what_is_free(agenda, awa, client) -> None:
    practice, people, kind = agenda
    booked = make_appointment(practitioner=people[0], visit_type=kind, starts_at=paris(9))
    lea = make_secretary(last_name="Petit")
    make_hold(practitioner=people[1], visit_type=kind, starts_at=paris(9), by=lea)
    page = client.get(url("panel", practice.pk)).content.decode()
    assert booked.patient.display_name in page
    assert "Mme Petit" in page
    assert f'id="slot-{key(people[0], paris(9, 15))}"' in page
    assert f'id="slot-{key(people[0], paris(9))}"' not in page


def test_the_week_shows_one_practitioners_seven_days(agenda, awa, client) -> None:
    answer = client.get(url("view", agenda[0].pk), {"mode": "week", "practitioner": agenda[1][1].pk}, **HTMX)
    assert [column.day.day for column in answer.context["agenda"].columns] == [23, 24, 25, 26, 27, 28, 29]
    assert {column.practitioner for column in answer.context["agenda"].columns} == {agenda[1][1]}


@pytest.mark.parametrize(
    "date", ["", "hier", "2026-02-30", "0001-01-01", "99999-01-01", "2026-11-24' OR 1=1"]
)
def test_an_absurd_date_shows_today(agenda, awa, client, date) -> None:
    answer = client.get(
        url("view", agenda[0].pk), {"date": date, "practitioner": "9" * 30, "filter": "x"}, **HTMX
    )
    assert answer.context["agenda"].day == TUESDAY


# --- the day shown when none is asked for ---------------------------------------------------------------------------

NOBODY = "Personne ne reçoit aujourd’hui\u202f; voici vendredi 27 novembre."


@pytest.fixture
def closed_until_friday(agenda):
    """Nobody receives on that Tuesday; the second practitioner does on Friday, the first on the Tuesday after."""
    OpeningRule.objects.all().delete()
    make_rule(practitioner=agenda[1][0], weekday=1, valid_from=TUESDAY + timedelta(days=7))
    make_rule(practitioner=agenda[1][1], weekday=4)


@pytest.mark.parametrize("door", ["page", "panel", "view"])
@pytest.mark.parametrize("date", [None, "", "hier"])
def test_where_nobody_receives_the_next_day_that_does_is_shown(
    agenda, awa, client, closed_until_friday, door, date
) -> None:
    shown = client.get(url(door, agenda[0].pk), {} if date is None else {"date": date})
    assert shown.context["agenda"].day == FRIDAY
    assert NOBODY in shown.content.decode()


def test_a_day_that_is_asked_for_is_shown_even_closed(agenda, awa, client, closed_until_friday) -> None:
    shown = client.get(url("panel", agenda[0].pk), {"date": TUESDAY.isoformat()})
    assert shown.context["agenda"].day == TUESDAY
    assert "voici" not in shown.content.decode()
    today = client.get(f"{url('view', agenda[0].pk)}?{shown.context['state_today']}")
    assert today.context["agenda"].day == TUESDAY


def test_the_sentence_speaks_of_the_practitioner_shown(agenda, awa, client, closed_until_friday) -> None:
    first = agenda[1][0]
    shown = client.get(url("panel", agenda[0].pk), {"practitioner": first.pk})
    assert shown.context["agenda"].day == TUESDAY + timedelta(days=7)
    words = f"{first.display_name} ne reçoit pas aujourd’hui\u202f; voici mardi 1er décembre."
    assert words in shown.content.decode()


def test_a_live_refresh_keeps_the_day_and_the_sentence_while_it_is_true(
    agenda, awa, client, closed_until_friday
) -> None:
    again = f"{url('view', agenda[0].pk)}?{client.get(url('panel', agenda[0].pk)).context['state'].here}"
    refreshed = client.get(again, **HTMX)
    assert refreshed.context["agenda"].day == FRIDAY
    assert NOBODY in refreshed.content.decode()
    make_rule(practitioner=agenda[1][0], weekday=1)
    opened = client.get(again, **HTMX)
    assert opened.context["agenda"].day == FRIDAY, "the screen never leaves a day by itself"
    assert "voici" not in opened.content.decode()


def test_stepping_from_that_day_leaves_the_sentence_behind(agenda, awa, client, closed_until_friday) -> None:
    state = client.get(url("panel", agenda[0].pk)).context["state"]
    for link, day in ((state.after, FRIDAY + timedelta(days=1)), (state.before, FRIDAY - timedelta(days=1))):
        stepped = client.get(f"{url('view', agenda[0].pk)}?{link}", **HTMX)
        assert stepped.context["agenda"].day == day
        assert "voici" not in stepped.content.decode()


def test_an_appointment_on_a_closed_day_is_shown_too(agenda, awa, client, closed_until_friday) -> None:
    make_appointment(practitioner=agenda[1][0], visit_type=agenda[2], starts_at=paris(18))
    assert client.get(url("panel", agenda[0].pk)).context["agenda"].day == TUESDAY


def test_an_absence_that_covers_the_opening_closes_the_day(agenda, awa, client, closed_until_friday) -> None:
    friday = {"practice": agenda[0], "practitioner": agenda[1][1], "starts_at": paris(0, day=FRIDAY)}
    away = Absence.objects.create(**friday, ends_at=paris(11, day=FRIDAY))
    assert client.get(url("panel", agenda[0].pk)).context["agenda"].day == FRIDAY
    Absence.objects.filter(pk=away.pk).update(ends_at=paris(12, day=FRIDAY))
    assert client.get(url("panel", agenda[0].pk)).context["agenda"].day == TUESDAY + timedelta(days=7)


def test_after_a_fortnight_of_nothing_today_is_shown(agenda, awa, client) -> None:
    OpeningRule.objects.all().delete()
    make_rule(practitioner=agenda[1][0], weekday=2, valid_from=TUESDAY + timedelta(days=15))
    shown = client.get(url("panel", agenda[0].pk))
    assert shown.context["agenda"].day == TUESDAY
    assert "voici" not in shown.content.decode()


def test_the_week_moves_on_only_when_nothing_is_left_of_it(agenda, awa, client, closed_until_friday) -> None:
    first, second = agenda[1]
    this_week = client.get(url("view", agenda[0].pk), {"mode": "week", "practitioner": second.pk})
    assert this_week.context["agenda"].days[0] == TUESDAY - timedelta(days=1)
    assert "voici" not in this_week.content.decode()
    next_week = client.get(url("view", agenda[0].pk), {"mode": "week", "practitioner": first.pk})
    assert next_week.context["agenda"].days[0] == TUESDAY + timedelta(days=6)
    assert "voici mardi 1er décembre" in next_week.content.decode()


def test_the_sentence_is_said_in_english_too(agenda, awa, client, closed_until_friday) -> None:
    awa.language = "en"
    awa.save()
    page = client.get(url("panel", agenda[0].pk)).content.decode()
    assert "Nobody receives today; here is Friday 27 November." in page


def test_another_zone_is_named(client) -> None:
    practice, _, _ = make_agenda(timezone="America/Martinique")
    client.force_login(make_secretary(practices=(practice,)))
    page = client.get(url("page", practice.pk)).content.decode()
    assert "Heure de Martinique\u202f: 5 heures de moins que chez vous" in page


def test_a_patients_name_cannot_carry_markup(agenda, awa, client) -> None:
    practice, people, kind = agenda
    patient = make_patient(practice=practice, birth_name="<script>alert(1)</script>")
    make_appointment(practitioner=people[0], visit_type=kind, starts_at=paris(9), patient=patient)
    assert "<script>alert" not in client.get(url("panel", practice.pk)).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_panel_takes_the_same_queries_whatever_the_rows(rows, client, django_assert_num_queries) -> None:
    practice, people, kind = make_agenda(practitioners=rows)
    for person in people:
        make_appointment(practitioner=person, visit_type=kind, starts_at=paris(9))
    client.force_login(make_secretary(practices=(practice,)))
    client.get(url("panel", practice.pk))
    # session, person, rights; practice, people, types; four for the view; the access log in its savepoint
    with django_assert_num_queries(10):
        client.get(url("panel", practice.pk), {"date": TUESDAY.isoformat()})
    # with no day asked for, two more find the one to show, whether it is today or not
    with django_assert_num_queries(12):
        client.get(url("panel", practice.pk))
    OpeningRule.objects.update(weekday=4)
    Appointment.objects.update(status=Status.CANCELLED)
    # the rules have changed: six more to compile them anew
    with django_assert_num_queries(18):
        shown = client.get(url("panel", practice.pk))
    assert shown.context["agenda"].day == FRIDAY


def test_strangers_find_nothing(agenda, client) -> None:
    practice, people, kind = agenda
    appointment = make_appointment(practitioner=people[0], visit_type=kind, starts_at=paris(9))
    client.force_login(make_secretary(practices=(make_agenda()[0],)))
    assert client.get(url("panel", practice.pk)).status_code == 404
    assert client.get(url("appointment", appointment.pk)).status_code == 404
    assert client.post(url("cancel", appointment.pk), {"reason": "x"}).status_code == 404
    assert client.post(url("pick", practice.pk), {"slot": key(people[0], paris(10))}).status_code == 404


# --- booking -------------------------------------------------------------------------------------------------------


def test_booking_from_the_type_to_the_appointment(agenda, awa, client) -> None:
    practice, _people, kind = agenda
    patient = make_patient(practice=practice)
    listed = client.get(url("slots", practice.pk), {"visit_type": kind.pk}, **HTMX)
    assert len(listed.context["slots"]) == 9
    _, first = listed.context["slots"][0]
    held = client.post(
        url("pick", practice.pk), {"slot": first, "visit_type": kind.pk, "patient_id": patient.pk}, **HTMX
    )
    hold = held.context["hold"]
    assert patient.display_name in held.content.decode()
    done = client.post(url("confirm", hold.pk), {"patient_id": patient.pk}, **HTMX)
    hold.refresh_from_db()
    assert (hold.status, hold.patient, hold.starts_at) == (Status.BOOKED, patient, paris(9))
    toast = events(done)["toast"]
    assert toast["text"].startswith("Rendez-vous pris\u202f: mar. 24 nov., 9")
    client.post(toast["undo"], **HTMX)
    hold.refresh_from_db()
    assert hold.status == Status.CANCELLED


def test_confirming_without_a_patient_asks_for_one_and_loses_nothing(agenda, awa, client) -> None:
    _practice, people, kind = agenda
    hold = make_hold(practitioner=people[0], visit_type=kind, starts_at=paris(9), by=awa)
    answer = client.post(url("confirm", hold.pk), **HTMX)
    assert answer.status_code == 422
    assert "Choisissez d’abord le patient" in answer.content.decode()
    assert answer.context["hold"].pk == hold.pk


@pytest.mark.parametrize("chosen", [True, False])
def test_a_slot_taken_between_display_and_enter_says_by_whom_and_lists_the_next(
    agenda, awa, client, chosen
) -> None:
    practice, people, kind = agenda
    lea = make_secretary(last_name="Petit")
    make_hold(practitioner=people[0], visit_type=kind, starts_at=paris(9), by=lea)
    wish = {"slot": key(people[0], paris(9)), "with": people[0].pk} | (
        {"visit_type": kind.pk} if chosen else {}
    )
    answer = client.post(url("pick", practice.pk), wish, **HTMX)
    assert answer.status_code == 409
    assert "Créneau pris à l’instant par Mme Petit. Voici les suivants." in answer.content.decode()
    assert answer.context["slots"][0][0].starts_at == paris(9, 15)


def test_a_hold_that_was_taken_over_says_so_at_confirmation(agenda, awa, client) -> None:
    practice, people, kind = agenda
    hold = make_hold(
        practitioner=people[0],
        visit_type=kind,
        starts_at=paris(9),
        by=awa,
        hold_expires_at=NOW - timedelta(minutes=1),
    )
    lea = make_secretary(last_name="Petit")
    hold_slot(
        practitioner=people[0],
        site=practice.sites.get(),
        visit_type=kind,
        starts_at=paris(9),
        held_by=lea,
        now=NOW,
    )
    answer = client.post(url("confirm", hold.pk), {"patient_id": make_patient(practice=practice).pk}, **HTMX)
    assert (answer.status_code, answer.context["kind"]) == (409, kind)
    assert "par Mme Petit" in answer.content.decode()


def test_a_free_cell_proposes_that_time_for_the_first_type(agenda, awa, client) -> None:
    practice, people, kind = agenda
    client.post(url("pick", practice.pk), {"slot": key(people[1], paris(10, 30))}, **HTMX)
    hold = Appointment.objects.get()
    assert (hold.practitioner, hold.visit_type, hold.starts_at, hold.held_by) == (
        people[1],
        kind,
        paris(10, 30),
        awa,
    )


@pytest.mark.parametrize("slot", ["", "1", "a.b.c", "1.2.3", "9999999999999999999.1.29000000", "1.1.-5"])
def test_an_absurd_slot_changes_nothing(agenda, awa, client, slot) -> None:
    answer = client.post(url("pick", agenda[0].pk), {"slot": slot}, **HTMX)
    assert answer.status_code in {200, 404}
    assert not Appointment.objects.exists()


def test_another_type_holds_the_same_time_in_its_own_length(agenda, awa, client) -> None:
    practice, people, kind = agenda
    longer = make_visit_type(practice=practice, duration_minutes=30)
    hold = make_hold(practitioner=people[0], visit_type=kind, starts_at=paris(9), by=awa)
    answer = client.post(url("change_type", hold.pk), {"visit_type": longer.pk}, **HTMX)
    again = answer.context["hold"]
    assert (again.starts_at, again.ends_at, again.visit_type) == (paris(9), paris(9, 30), longer)
    assert Appointment.objects.filter(status=Status.HELD).count() == 1


def test_half_days_days_and_practitioners_narrow_the_list(agenda, awa, client) -> None:
    practice, people, kind = agenda
    make_rule(practitioner=people[1], weekday=3, starts=paris(14).time(), ends=paris(15).time())
    wish = {"visit_type": kind.pk, "half": "pm", "from": "2026-11-25", "with": people[1].pk}
    found = client.get(url("slots", practice.pk), wish, **HTMX).context["slots"]
    assert {(slot.practitioner_id, slot.starts_at.hour) for slot, _ in found} == {(people[1].pk, 14)}
    assert found[0][0].starts_at.date().day == 26


def test_releasing_gives_the_slot_back(agenda, awa, client) -> None:
    hold = make_hold(practitioner=agenda[1][0], visit_type=agenda[2], starts_at=paris(9), by=awa)
    client.post(url("release", hold.pk), **HTMX)
    hold.refresh_from_db()
    assert hold.status == Status.RELEASED


# --- changing ------------------------------------------------------------------------------------------------------


def test_cancelling_needs_a_reason_and_can_be_undone(agenda, awa, client) -> None:
    appointment = make_appointment(practitioner=agenda[1][0], visit_type=agenda[2], starts_at=paris(9))
    silent = client.post(url("cancel", appointment.pk), {"version": 1, "reason": "", "other": " "}, **HTMX)
    assert silent.status_code == 422
    done = client.post(
        url("cancel", appointment.pk), {"version": 1, "reason": "", "other": "en voyage"}, **HTMX
    )
    appointment.refresh_from_db()
    assert (appointment.status, appointment.cancel_reason) == (Status.CANCELLED, "en voyage")
    client.post(events(done)["toast"]["undo"], **HTMX)
    appointment.refresh_from_db()
    assert appointment.status == Status.BOOKED


def test_a_stale_tab_is_shown_what_is_true_now(agenda, awa, client) -> None:
    appointment = make_appointment(practitioner=agenda[1][0], visit_type=agenda[2], starts_at=paris(9))
    client.post(url("status", appointment.pk), {"version": 1, "status": "arrived"}, **HTMX)
    stale = client.post(url("cancel", appointment.pk), {"version": 1, "reason": "x"}, **HTMX)
    assert stale.status_code == 409
    assert "a changé depuis que vous l’avez ouvert" in stale.content.decode()
    assert 'name="version" value="2"' in stale.content.decode()


def test_moving_lists_slots_then_moves_where_one_picks(agenda, awa, client) -> None:
    practice, people, kind = agenda
    appointment = make_appointment(practitioner=people[0], visit_type=kind, starts_at=paris(9))
    listed = client.get(url("move", appointment.pk), **HTMX)
    assert appointment.patient.display_name in listed.content.decode()
    answer = client.post(
        url("pick", practice.pk),
        {"slot": key(people[1], paris(11)), "moving": appointment.pk, "version": 1, "visit_type": kind.pk},
        **HTMX,
    )
    appointment.refresh_from_db()
    assert (appointment.practitioner, appointment.starts_at) == (people[1], paris(11))
    client.post(events(answer)["toast"]["undo"], **HTMX)
    appointment.refresh_from_db()
    assert (appointment.practitioner, appointment.starts_at) == (people[0], paris(9))


def test_an_undo_that_comes_too_late_says_so(agenda, awa, client) -> None:
    appointment = make_appointment(practitioner=agenda[1][0], visit_type=agenda[2], starts_at=paris(9))
    answer = client.post(url("undo", appointment.pk, 7), **HTMX)
    assert answer.status_code == 204
    assert "plus rien à défaire" in events(answer)["toast"]["text"]


def test_the_card_lists_what_comes_and_opens_as_a_page_too(agenda, awa, client) -> None:
    appointment = make_appointment(practitioner=agenda[1][0], visit_type=agenda[2], starts_at=paris(9))
    found = client.get(url("patient_appointments", appointment.patient_id), **HTMX).content.decode()
    assert url("appointment", appointment.pk) in found
    assert "<html" in client.get(url("appointment", appointment.pk)).content.decode()
    assert "<html" not in client.get(url("appointment", appointment.pk), **HTMX).content.decode()
