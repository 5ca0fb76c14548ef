"""The booking strip through its doors: what a caller may ask, and what the screen answers."""

from datetime import time, timedelta

import pytest

from decroche.practices.models import Practitioner
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.wishes import NOON
from decroche.scheduling.models import (
    AgendaSettings,
    Appointment,
    HomeVisit,
    OpeningRule,
    PatientBlock,
    PatientPreference,
    Place,
    VisitQuestion,
)
from tests.factories import make_secretary
from tests.scheduling.doors import HTMX, events, url
from tests.scheduling.factories import (
    NOW,
    TUESDAY,
    make_agenda,
    make_appointment,
    make_hold,
    make_patient,
    make_visit_type,
    paris,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "on_that_tuesday")]
THURSDAY = TUESDAY + timedelta(days=2)


def starts(answer) -> list:
    return [slot.starts_at for slot, _key in answer.context["slots"]]


def ask(client, agenda, text, **more):
    values = {"q": text, "visit_type": agenda[2].pk, **more}
    return client.post(url("ask", agenda[0].pk), values, **HTMX)


# --- asking more -----------------------------------------------------------------------------------------------------


def test_days_and_hours_narrow_the_list(agenda, awa, client) -> None:
    asked = {"visit_type": agenda[2].pk, "day": ["3", "4"], "after": "10:00", "before": "10:30", "asked": "1"}
    found = client.post(url("slots", agenda[0].pk), asked, **HTMX)
    assert {(start.weekday(), start.hour) for start in starts(found)} <= {(3, 10), (4, 10)}
    assert len(starts(found)) == 9
    page = found.content.decode()
    assert "jeudi, vendredi" in page
    assert "entre 10\u202fh et 10\u202fh\u202f30" in page


def test_the_afternoon_begins_where_the_engine_says(agenda, awa, client) -> None:
    practice, people, kind = agenda
    OpeningRule.objects.filter(practitioner=people[0]).update(starts=time(11), ends=time(15))
    asked = {"visit_type": kind.pk, "with": people[0].pk, "asked": "1"}
    morning = client.get(url("slots", practice.pk), asked | {"half": "am"}, **HTMX)
    assert max(start.time() for start in starts(morning)) == time(12, 45)
    afternoon = client.get(url("slots", practice.pk), asked | {"half": "pm"}, **HTMX)
    assert min(start.time() for start in starts(afternoon)) == time(*divmod(NOON, 60))


def test_a_last_day_bounds_the_search(agenda, awa, client) -> None:
    OpeningRule.objects.filter(practitioner=agenda[1][0]).exclude(weekday=1).delete()
    asked = {"visit_type": agenda[2].pk, "with": agenda[1][0].pk, "until": "2026-11-30", "from": "2026-11-25"}
    found = client.get(url("slots", agenda[0].pk), asked, **HTMX)
    assert starts(found) == []
    assert "Enlevez un critère" in found.content.decode()


def test_several_practitioners_may_be_asked(client) -> None:
    practice, people, kind = make_agenda(practitioners=3)
    client.force_login(make_secretary(practices=(practice,)))
    asked = {"visit_type": kind.pk, "with": [people[0].pk, people[2].pk]}
    found = client.get(url("slots", practice.pk), asked, **HTMX)
    assert {slot.practitioner_id for slot, _key in found.context["slots"]} == {people[0].pk, people[2].pk}
    assert "2 praticiens" in found.content.decode()


def test_a_patients_preferences_are_taken_until_somebody_chooses(agenda, awa, client) -> None:
    practice, people, kind = agenda
    patient = make_patient(practice=practice)
    PatientPreference.objects.create(patient=patient, practitioner=people[1], weekdays=[3])
    wish = {"visit_type": kind.pk, "patient_id": patient.pk}
    found = client.get(url("slots", practice.pk), wish, **HTMX)
    assert {(slot.practitioner_id, slot.starts_at.weekday()) for slot, _ in found.context["slots"]} == {
        (people[1].pk, 3)
    }
    assert "Ses préférences" in found.content.decode()
    anything = client.get(url("slots", practice.pk), wish | {"asked": "1"}, **HTMX)
    assert {slot.starts_at.date() for slot, _ in anything.context["slots"]} == {TUESDAY}


def test_the_criteria_on_screen_become_the_patients_preferences(agenda, awa, client) -> None:
    practice, people, _kind = agenda
    patient = make_patient(practice=practice)
    criteria = {"with": people[0].pk, "half": "am", "day": ["0", "2"], "asked": "1"}
    answer = client.post(url("keep_habits", patient.pk), criteria, **HTMX)
    kept = PatientPreference.objects.get(patient=patient)
    assert (kept.practitioner, kept.half_day, kept.weekdays) == (people[0], "am", [0, 2])
    assert "Préférences retenues" in events(answer)["toast"]["text"]


def test_whoever_refuses_the_patient_is_not_proposed_and_the_reason_can_be_said(agenda, awa, client) -> None:
    practice, people, kind = agenda
    patient = make_patient(practice=practice)
    PatientBlock.objects.create(
        patient=patient, practitioner=people[0], reason="trois absences", since=NOW, decided_by=awa
    )
    wish = {"visit_type": kind.pk, "patient_id": patient.pk}
    found = client.get(url("slots", practice.pk), wish, **HTMX)
    assert {slot.practitioner_id for slot, _ in found.context["slots"]} == {people[1].pk}
    alone = client.get(url("slots", practice.pk), wish | {"with": people[0].pk}, **HTMX)
    sentence = f"{people[0].display_name} ne donne plus de rendez-vous à ce patient"
    assert sentence in alone.content.decode()
    assert "trois absences" in alone.content.decode()
    assert alone.context["slots"] == []


@pytest.mark.parametrize("rows", [1, 4])
def test_listing_takes_the_same_queries_whatever_the_rows(rows, client, django_assert_num_queries) -> None:
    practice, people, kind = make_agenda(practitioners=rows)
    client.force_login(make_secretary(practices=(practice,)))
    patient = make_patient(practice=practice)
    for person in people:
        make_appointment(practitioner=person, visit_type=kind, starts_at=paris(9), patient=patient)
    client.get(url("slots", practice.pk), {"visit_type": kind.pk}, **HTMX)
    with django_assert_num_queries(LISTING):
        client.get(url("slots", practice.pk), {"visit_type": kind.pk}, **HTMX)
    # what the agenda knows of the patient: preferences with them, who has seen them, who refuses them
    with django_assert_num_queries(LISTING + 2):
        client.get(url("slots", practice.pk), {"visit_type": kind.pk, "patient_id": patient.pk}, **HTMX)


#: session, person, rights; practice, people, visit type; the engine's own.
LISTING = 6


# --- "mardi 10 h 30 ?" -----------------------------------------------------------------------------------------------


def test_a_free_time_that_is_typed_is_held_at_once(agenda, awa, client) -> None:
    answer = ask(client, agenda, "jeudi 10h30")
    hold = Appointment.objects.get()
    assert (hold.status, hold.starts_at) == (Status.HELD, paris(10, 30, day=THURSDAY))
    assert answer.context["hold"] == hold


def test_a_practitioner_may_be_named_with_the_time(agenda, awa, client) -> None:
    second = agenda[1][1]
    Practitioner.objects.filter(pk=second.pk).update(last_name="Vasseur-Petit")
    ask(client, agenda, "jeudi 10h30 avec vass")
    assert Appointment.objects.get().practitioner == second


def test_a_time_that_is_taken_is_explained_with_the_nearest_before_and_after(agenda, awa, client) -> None:
    _practice, people, kind = agenda
    make_appointment(practitioner=people[0], visit_type=kind, starts_at=paris(10, 30))
    answer = ask(client, agenda, "aujourd’hui 10h30", **{"with": people[0].pk})
    assert answer.status_code == 409
    assert Appointment.objects.filter(status=Status.HELD).count() == 0
    assert paris(10, 15) in starts(answer)
    assert paris(10, 45) in starts(answer)
    assert starts(answer) == sorted(starts(answer))
    page = answer.content.decode()
    assert 'value="aujourd’hui 10h30"' in page, "nothing typed is lost"
    assert "15\u202fmin plus tôt" in page
    assert "Forcer" in page


def test_another_practitioner_is_taken_when_the_first_is_not_free(agenda, awa, client) -> None:
    _practice, people, kind = agenda
    make_appointment(practitioner=people[0], visit_type=kind, starts_at=paris(10, 30))
    ask(client, agenda, "mardi 10h30")
    assert Appointment.objects.get(status=Status.HELD).practitioner == people[1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("bonjour", "je n’y lis ni jour ni heure"),
        ("31/02 9h", "n’est ni un jour ni une heure"),
        ("mercredi 24/11 9h", "n’est pas un mercredi"),
    ],
)
def test_what_cannot_be_read_is_said_and_kept(agenda, awa, client, text, words) -> None:
    answer = ask(client, agenda, text)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert f'value="{text}"' in answer.content.decode()
    assert answer.context["slots"]


def test_a_day_without_an_hour_narrows_the_list(agenda, awa, client) -> None:
    answer = ask(client, agenda, "jeudi après 11h")
    assert answer.status_code == 200
    assert {(start.weekday(), start.hour) for start in starts(answer)} == {(3, 11)}
    assert "après 11\u202fh" in answer.content.decode()


def test_an_hour_on_several_days_looks_around_it(agenda, awa, client) -> None:
    found = starts(ask(client, agenda, "lundi ou vendredi 10h"))
    assert {(start.weekday(), start.hour) for start in found} == {(0, 10), (4, 10)}


def test_the_past_is_not_forced(agenda, awa, client) -> None:
    answer = ask(client, agenda, "24/11 6h")
    assert answer.status_code == 409
    assert "Forcer" not in answer.content.decode()


def test_moving_answers_a_typed_time_too(agenda, awa, client) -> None:
    _practice, people, kind = agenda
    appointment = make_appointment(practitioner=people[0], visit_type=kind, starts_at=paris(9))
    ask(client, agenda, "jeudi 11h", moving=appointment.pk, version=appointment.version)
    appointment.refresh_from_db()
    assert (appointment.starts_at, appointment.practitioner) == (paris(11, day=THURSDAY), people[0])


# --- forcing ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def refused(agenda):
    """The first practitioner has someone at half past ten; the cell's key of that time."""
    practice, people, kind = agenda
    make_appointment(practitioner=people[0], visit_type=kind, starts_at=paris(10, 30))
    minute = int(paris(10, 30).timestamp()) // 60
    return {"slot": f"{people[0].pk}.{practice.sites.get().pk}.{minute}", "visit_type": kind.pk}


def test_forcing_needs_a_patient_and_a_reason(agenda, awa, client, refused) -> None:
    practice, people, _kind = agenda
    form = client.post(url("prepare_force", practice.pk), refused, **HTMX)
    assert "0 sur 3" in form.content.decode()
    patient = make_patient(practice=practice)
    nobody = client.post(url("force", practice.pk), refused | {"reason": "Ne peut pas attendre"}, **HTMX)
    silent = client.post(
        url("force", practice.pk), refused | {"patient_id": patient.pk, "other": " "}, **HTMX
    )
    assert (nobody.status_code, silent.status_code) == (422, 422)
    assert "Ne peut pas attendre" in nobody.content.decode()
    done = client.post(
        url("force", practice.pk), refused | {"patient_id": patient.pk, "other": "pansement"}, **HTMX
    )
    forced = Appointment.objects.get(is_forced=True)
    assert (forced.patient, forced.force_reason, forced.practitioner) == (patient, "pansement", people[0])
    assert "qui en est averti" in events(done)["toast"]["text"]
    client.post(events(done)["toast"]["undo"], **HTMX)
    forced.refresh_from_db()
    assert forced.status == Status.CANCELLED


def test_the_quota_is_shown_and_kept(agenda, awa, client, refused) -> None:
    practice, people, _kind = agenda
    AgendaSettings.objects.create(practitioner=people[0], forced_per_day=1)
    asked = refused | {"patient_id": make_patient(practice=practice).pk, "reason": "Ne peut pas attendre"}
    client.post(url("force", practice.pk), asked, **HTMX)
    again = asked | {"patient_id": make_patient(practice=practice).pk}
    full = client.post(url("force", practice.pk), again, **HTMX)
    assert full.status_code == 409
    assert "1 sur 1" in full.content.decode()
    assert "n’accepte pas d’autre rendez-vous forcé" in full.content.decode()


# --- confirming ------------------------------------------------------------------------------------------------------


def test_what_to_say_and_to_ask_is_on_the_hold(agenda, awa, client) -> None:
    practice, people, _kind = agenda
    kind = make_visit_type(practice=practice, preparation="Venir à jeun.")
    question = VisitQuestion.objects.create(visit_type=kind, text="Prend-il un anticoagulant ?")
    patient = make_patient(practice=practice)
    hold = make_hold(practitioner=people[0], visit_type=kind, starts_at=paris(9), by=awa)
    page = client.get(url("hold", hold.pk), {"patient_id": patient.pk}, **HTMX).content.decode()
    assert "Venir à jeun." in page
    assert question.text in page
    assert "nouveau" in page
    answers = {f"answer-{question.pk}": "non", "accompanied_by": "sa mère", "patient_id": patient.pk}
    client.post(url("confirm", hold.pk), answers, **HTMX)
    hold.refresh_from_db()
    assert (hold.status, hold.accompanied_by) == (Status.BOOKED, "sa mère")
    assert [(each.question, each.answer) for each in hold.answers.all()] == [(question.text, "non")]


def test_a_visit_at_home_needs_its_address_once(agenda, awa, client) -> None:
    practice, people, _kind = agenda
    kind = make_visit_type(practice=practice, place=Place.HOME)
    patient = make_patient(practice=practice)
    hold = make_hold(practitioner=people[0], visit_type=kind, starts_at=paris(9), by=awa)
    asked = {"patient_id": patient.pk, "address_line": "3 rue Haute", "postcode": "69005"}
    half = client.post(url("confirm", hold.pk), asked, **HTMX)
    assert half.status_code == 422
    assert "Il manque l’adresse" in half.content.decode()
    assert 'value="3 rue Haute"' in half.content.decode(), "nothing typed is lost"
    client.post(url("confirm", hold.pk), asked | {"city": "Lyon", "access": "code 12"}, **HTMX)
    home = HomeVisit.objects.get(appointment=hold)
    assert (home.address_line, home.city, home.access) == ("3 rue Haute", "Lyon", "code 12")
    again = make_hold(practitioner=people[0], visit_type=kind, starts_at=paris(10), by=awa)
    page = client.get(url("hold", again.pk), {"patient_id": patient.pk}, **HTMX).content.decode()
    assert 'value="3 rue Haute"' in page


def test_a_refused_patient_cannot_be_confirmed(agenda, awa, client) -> None:
    practice, people, kind = agenda
    patient = make_patient(practice=practice)
    PatientBlock.objects.create(
        patient=patient, practitioner=people[0], reason="absences", since=NOW, decided_by=awa
    )
    hold = make_hold(practitioner=people[0], visit_type=kind, starts_at=paris(9), by=awa)
    page = client.get(url("hold", hold.pk), {"patient_id": patient.pk}, **HTMX).content.decode()
    assert "ne donne plus de rendez-vous" in page
    assert "Confirmer le rendez-vous" not in page
    answer = client.post(url("confirm", hold.pk), {"patient_id": patient.pk}, **HTMX)
    assert answer.status_code == 409
    hold.refresh_from_db()
    assert hold.status == Status.HELD


def test_missed_appointments_are_told_from_the_threshold_on(agenda, awa, client) -> None:
    practice, people, kind = agenda
    patient = make_patient(practice=practice)
    for days in (1, 8):
        make_appointment(
            practitioner=people[0],
            visit_type=kind,
            starts_at=paris(9) - timedelta(days=days),
            patient=patient,
            status=Status.NO_SHOW,
        )
    hold = make_hold(practitioner=people[0], visit_type=kind, starts_at=paris(9), by=awa)
    strip = url("hold", hold.pk)
    assert "manqués" not in client.get(strip, {"patient_id": patient.pk}, **HTMX).content.decode()
    AgendaSettings.objects.create(practitioner=people[0], no_show_threshold=2)
    assert "2 rendez-vous manqués" in client.get(strip, {"patient_id": patient.pk}, **HTMX).content.decode()


def test_an_hour_without_seconds_is_read(agenda, awa, client) -> None:
    found = client.get(
        url("slots", agenda[0].pk), {"visit_type": agenda[2].pk, "after": "25:99", "day": "9"}, **HTMX
    )
    assert found.context["choice"].after is None
    assert found.context["choice"].weekdays == ()
    assert time(9) == starts(found)[0].time()
