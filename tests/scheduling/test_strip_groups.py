"""Several visits at once: a series proposed and accepted whole, brothers and sisters, a pathway."""

from datetime import timedelta

import pytest

from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import Appointment, AppointmentGroup, Pathway, PathwayStep, PatientBlock
from tests.factories import make_practice_person
from tests.scheduling.doors import HTMX, events, url
from tests.scheduling.factories import (
    NOW,
    make_appointment,
    make_patient,
    make_visit_type,
    paris,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "on_that_tuesday")]


@pytest.fixture
def rehabilitation(agenda):
    """Six sessions, two a week."""
    return make_visit_type(practice=agenda[0], series_sessions=6, series_per_week=2, duration_minutes=30)


def proposed(client, practice, kind, **more):
    answer = client.post(url("series", practice.pk), {"visit_type": kind.pk, **more}, **HTMX)
    return answer, [each["key"] for each in answer.context["shown"]]


# --- a series --------------------------------------------------------------------------------------------------------


def test_a_series_is_proposed_whole_and_taken_with_one_key(agenda, awa, client, rehabilitation) -> None:
    practice = agenda[0]
    patient = make_patient(practice=practice)
    answer, keys = proposed(client, practice, rehabilitation, patient_id=patient.pk)
    assert len(keys) == 6
    weeks = [each["starts_at"].isocalendar().week for each in answer.context["shown"]]
    assert max(weeks.count(week) for week in weeks) == 2
    assert "Prendre les 6 séances" in answer.content.decode()
    taken = {"visit_type": rehabilitation.pk, "session": keys, "patient_id": patient.pk}
    done = client.post(url("take_series", practice.pk), taken, **HTMX)
    booked = Appointment.objects.filter(status=Status.BOOKED)
    assert booked.count() == 6
    assert {(each.patient, each.group.kind) for each in booked} == {(patient, "series")}
    assert events(done)["toast"]["text"].startswith("6 rendez-vous pris")
    undone = client.post(events(done)["toast"]["undo"], **HTMX)
    assert "6 rendez-vous" in events(undone)["toast"]["text"]
    assert not Appointment.objects.filter(status=Status.BOOKED).exists()
    again = client.post(events(done)["toast"]["undo"], **HTMX)
    assert again.status_code == 204


def test_one_session_is_swapped_for_another(agenda, awa, client, rehabilitation) -> None:
    practice = agenda[0]
    _answer, keys = proposed(client, practice, rehabilitation)
    asked = {"visit_type": rehabilitation.pk, "session": keys, "swap": "2"}
    others = client.post(url("series", practice.pk), asked, **HTMX)
    assert others.context["number"] == 2
    other = others.context["slots"][0][1]
    assert other not in keys
    kept = [*keys[:1], *keys[2:], other]
    again = client.post(
        url("series", practice.pk), {"visit_type": rehabilitation.pk, "session": kept}, **HTMX
    )
    assert {each["key"] for each in again.context["shown"]} == set(kept)
    shown = [each["starts_at"] for each in again.context["shown"]]
    assert shown == sorted(shown)


def test_another_number_of_sessions_is_planned_again(agenda, awa, client, rehabilitation) -> None:
    _answer, keys = proposed(client, agenda[0], rehabilitation, sessions="3", per_week="1")
    assert len(keys) == 3


def test_without_a_patient_a_series_is_held_until_one_is_chosen(agenda, awa, client, rehabilitation) -> None:
    practice = agenda[0]
    _answer, keys = proposed(client, practice, rehabilitation)
    held = client.post(
        url("take_series", practice.pk), {"visit_type": rehabilitation.pk, "session": keys}, **HTMX
    )
    group = AppointmentGroup.objects.get()
    assert Appointment.objects.filter(status=Status.HELD, group=group).count() == 6
    assert "Choisissez le patient" in held.content.decode()
    silent = client.post(url("confirm_group", group.pk), {}, **HTMX)
    assert silent.status_code == 422
    patient = make_patient(practice=practice)
    shown = client.post(url("group", group.pk), {"patient_id": patient.pk}, **HTMX)
    assert patient.last_name.upper() in shown.content.decode()
    client.post(url("confirm_group", group.pk), {"person": patient.pk}, **HTMX)
    assert Appointment.objects.filter(status=Status.BOOKED, patient=patient).count() == 6


def test_a_session_taken_meanwhile_takes_nothing_and_proposes_again(
    agenda, awa, client, rehabilitation
) -> None:
    practice, people, _kind = agenda
    _answer, keys = proposed(client, practice, rehabilitation, **{"with": people[0].pk})
    minute = int(keys[2].split(".")[2])
    make_appointment(
        practitioner=people[0],
        visit_type=rehabilitation,
        starts_at=NOW + timedelta(minutes=minute - int(NOW.timestamp()) // 60),
    )
    asked = {"visit_type": rehabilitation.pk, "session": keys, "with": people[0].pk, "asked": "1"}
    answer = client.post(url("take_series", practice.pk), asked, **HTMX)
    assert answer.status_code == 409
    assert "3 sur 6 n’est plus possible" in answer.content.decode()
    assert not Appointment.objects.filter(status=Status.HELD).exists()
    assert len(answer.context["shown"]) == 6


def test_the_rest_of_a_series_is_cancelled_and_comes_back_whole(agenda, awa, client, rehabilitation) -> None:
    practice = agenda[0]
    patient = make_patient(practice=practice)
    _answer, keys = proposed(client, practice, rehabilitation, patient_id=patient.pk)
    taken = {"visit_type": rehabilitation.pk, "session": keys, "patient_id": patient.pk}
    client.post(url("take_series", practice.pk), taken, **HTMX)
    first = Appointment.objects.order_by("starts_at").first()
    card = client.get(url("appointment", first.pk), **HTMX).content.decode()
    assert "Annuler aussi les 5 autres du groupe" in card
    done = client.post(url("cancel", first.pk), {"version": 2, "reason": "en voyage", "rest": "1"}, **HTMX)
    assert Appointment.objects.filter(status=Status.CANCELLED).count() == 6
    client.post(events(done)["toast"]["undo"], **HTMX)
    assert Appointment.objects.filter(status=Status.BOOKED).count() == 6


# --- brothers and sisters, pathways ----------------------------------------------------------------------------------


def test_brothers_and_sisters_come_one_after_the_other(agenda, awa, client) -> None:
    practice, _people, kind = agenda
    lea, tom = make_patient(practice=practice), make_patient(practice=practice)
    listed = client.post(url("family", practice.pk), {"visit_type": kind.pk}, **HTMX)
    chain, key = listed.context["chains"][0]
    assert chain[1].starts_at == chain[0].ends_at
    picked = {"visit_type": kind.pk, "chain": key, "patient_id": lea.pk}
    held = client.post(url("take_chain", practice.pk), picked, **HTMX)
    group = held.context["group"]
    one = client.post(url("confirm_group", group.pk), {"person": [lea.pk]}, **HTMX)
    assert one.status_code == 422
    assert "Il manque encore 1 patient" in one.content.decode()
    shown = client.post(url("group", group.pk), {"person": [lea.pk], "patient_id": tom.pk}, **HTMX)
    assert [patient for _hold, patient in shown.context["rows"]] == [lea, tom]
    client.post(url("confirm_group", group.pk), {"person": [lea.pk, tom.pk]}, **HTMX)
    assert list(
        Appointment.objects.filter(status=Status.BOOKED)
        .order_by("starts_at")
        .values_list("patient", flat=True)
    ) == [lea.pk, tom.pk]


def test_three_brothers_and_sisters(agenda, awa, client) -> None:
    listed = client.post(url("family", agenda[0].pk), {"visit_type": agenda[2].pk, "count": "3"}, **HTMX)
    assert {len(chain) for chain, _key in listed.context["chains"]} == {3}


def test_a_pathway_links_its_practitioners(agenda, awa, client) -> None:
    practice, people, kind = agenda
    scan = make_visit_type(practice=practice, name="Échographie", duration_minutes=30)
    pathway = Pathway.objects.create(practice=practice, name="Écho puis consultation")
    PathwayStep.objects.create(pathway=pathway, position=0, visit_type=scan, practitioner=people[1])
    PathwayStep.objects.create(
        pathway=pathway, position=1, visit_type=kind, practitioner=people[0], wait_minutes=30
    )
    assert pathway.name in client.get(url("types", practice.pk), **HTMX).content.decode()
    listed = client.post(url("pathway", pathway.pk), **HTMX)
    _chain, key = listed.context["chains"][0]
    held = client.post(url("take_chain", practice.pk), {"pathway": pathway.pk, "chain": key}, **HTMX)
    group = held.context["group"]
    patient = make_patient(practice=practice)
    client.post(url("confirm_group", group.pk), {"patient_id": patient.pk}, **HTMX)
    booked = list(Appointment.objects.filter(status=Status.BOOKED).order_by("starts_at"))
    assert [each.practitioner for each in booked] == [people[1], people[0]]
    assert [each.visit_type for each in booked] == [scan, kind]


def test_a_group_is_renewed_and_given_back(agenda, awa, client) -> None:
    practice, _people, kind = agenda
    listed = client.post(url("family", practice.pk), {"visit_type": kind.pk}, **HTMX)
    chosen = {"visit_type": kind.pk, "chain": listed.context["chains"][0][1]}
    group = client.post(url("take_chain", practice.pk), chosen, **HTMX).context["group"]
    assert client.post(url("renew_group", group.pk), **HTMX).status_code == 200
    client.post(url("release_group", group.pk), **HTMX)
    assert not Appointment.objects.filter(status=Status.HELD).exists()
    assert client.post(url("renew_group", group.pk), **HTMX).status_code == 204


@pytest.mark.parametrize("chain", ["", "1.2.3", "a_b", "9.9.29000000_9.9.29000100"])
def test_an_absurd_chain_changes_nothing(agenda, awa, client, chain) -> None:
    asked = {"visit_type": agenda[2].pk, "chain": chain}
    assert client.post(url("take_chain", agenda[0].pk), asked, **HTMX).status_code == 200
    assert not Appointment.objects.exists()


# --- the appointment's own dialog ------------------------------------------------------------------------------------


def test_the_dialog_changes_the_length_and_undo_takes_it_back(agenda, awa, client) -> None:
    appointment = make_appointment(practitioner=agenda[1][0], visit_type=agenda[2], starts_at=paris(9))
    wrong = client.post(url("resize", appointment.pk), {"version": 1, "minutes": "7"}, **HTMX)
    assert wrong.status_code == 422
    done = client.post(url("resize", appointment.pk), {"version": 1, "minutes": "30"}, **HTMX)
    appointment.refresh_from_db()
    assert appointment.ends_at == paris(9, 30)
    client.post(events(done)["toast"]["undo"], **HTMX)
    appointment.refresh_from_db()
    assert appointment.ends_at == paris(9, 15)


def test_only_the_practitioner_refuses_a_patient(agenda, awa, client) -> None:
    practice, people, kind = agenda
    doctor = make_practice_person(practice=practice)
    people[0].user = doctor
    people[0].save()
    patient = make_patient(practice=practice)
    appointment = make_appointment(
        practitioner=people[0], visit_type=kind, starts_at=paris(9), patient=patient, status=Status.NO_SHOW
    )
    asked = url("block", patient.pk, people[0].pk)
    assert client.post(asked, {"reason": "trois absences"}, **HTMX).status_code == 404
    assert "Ne plus donner" not in client.get(url("appointment", appointment.pk), **HTMX).content.decode()
    client.force_login(doctor)
    assert "Ne plus donner" in client.get(url("appointment", appointment.pk), **HTMX).content.decode()
    client.post(asked, {"reason": "trois absences"}, **HTMX)
    assert PatientBlock.objects.get().reason == "trois absences"
    card = client.get(url("appointment", appointment.pk), **HTMX).content.decode()
    assert "ne donne plus de rendez-vous" in card
    client.post(url("unblock", patient.pk, people[0].pk), **HTMX)
    assert PatientBlock.objects.get().ended_at is not None
    other = client.post(url("block", patient.pk, people[1].pk), {"reason": "x"}, **HTMX)
    assert "Seul le praticien" in events(other)["toast"]["text"]
