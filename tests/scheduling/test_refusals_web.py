"""Every refusal has its own sentence, said where the person was working; nobody meets a blank "no"."""

from datetime import timedelta

import pytest

from decroche.scheduling.actions.hold_slot import hold_slot
from decroche.scheduling.domain import refusals
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import Appointment, OpeningRule, PatientBlock, Resource
from decroche.scheduling.web.words import change_sentence, refusal_sentence
from tests.factories import make_secretary
from tests.scheduling.doors import HTMX, events, key, toast, url
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
KINDS = [
    (refusals.SeatsTaken(8), "La dernière des 8 places de cette séance vient d’être prise."),
    (refusals.SeatsTaken(1), "La dernière place de cette séance vient d’être prise."),
    (refusals.ResourceTaken(("Échographe",)), "Déjà en service à cette heure-là\u202f: Échographe."),
    (
        refusals.PatientBlocked(practitioner="Dr Morel", reason="trois absences."),
        "Dr Morel ne donne plus de rendez-vous à ce patient\u202f: trois absences.",
    ),
    (
        refusals.NotOfThisPractice(),
        "Le patient, le praticien, le lieu et le motif doivent être du même cabinet.",
    ),
    (
        refusals.GroupIncomplete(position=2, count=6, cause=refusals.SeatsTaken(4)),
        (
            "Le rendez-vous 2 sur 6 n’est plus possible\u202f; aucun n’a été pris."
            " La dernière des 4 places de cette séance vient d’être prise."
        ),
    ),
    (
        refusals.ForcedQuotaReached(count=2, quota=2),
        "Les 2 rendez-vous forcés de ce jour sont déjà pris.",
    ),
]


@pytest.mark.parametrize(("refusal", "sentence"), KINDS, ids=lambda each: type(each).__name__)
def test_each_refusal_says_what_stands_in_the_way(refusal, sentence) -> None:
    assert refusal_sentence(refusal).startswith(sentence)
    assert change_sentence(refusal) == f"{sentence} Le rendez-vous est resté tel quel."


def test_every_refusal_that_the_agenda_knows_has_words_of_its_own() -> None:
    wordless = refusal_sentence(refusals.Refusal())
    made = [refusal for refusal, _sentence in KINDS] + [
        refusals.SlotTaken(),
        refusals.SlotClosed(),
        refusals.HoldExpired(),
        refusals.StaleVersion(shown=1, current=2),
        refusals.ReasonMissing(),
        refusals.NotTheirDecision(),
        refusals.NothingToUndo(),
    ]
    named = {type(refusal) for refusal in made}
    assert named == {
        each
        for each in vars(refusals).values()
        if isinstance(each, type) and issubclass(each, refusals.Refusal) and each != refusals.Refusal
    }
    assert all(refusal_sentence(refusal) != wordless for refusal in made)


# --- a group session ------------------------------------------------------------------------------------------------


@pytest.fixture
def last_seat(agenda):
    """A session of two, in which one seat is taken."""
    _practice, people, kind = agenda
    OpeningRule.objects.filter(practitioner=people[0], weekday=1).update(
        capacity=2, starts="09:00", ends="09:15"
    )
    make_appointment(practitioner=people[0], visit_type=kind, starts_at=paris(9), lane=0)
    return people[0]


def taken_by_lea(agenda, person) -> None:
    lea = make_secretary(practices=(agenda[0],), last_name="Petit")
    site = agenda[0].sites.get()
    hold_slot(practitioner=person, site=site, visit_type=agenda[2], starts_at=paris(9), held_by=lea, now=NOW)


def test_the_last_seat_taken_meanwhile_is_said_in_the_strip(agenda, awa, client, last_seat) -> None:
    taken_by_lea(agenda, last_seat)
    wish = {"slot": key(last_seat, paris(9)), "visit_type": agenda[2].pk}
    answer = client.post(url("pick", agenda[0].pk), wish, **HTMX)
    assert answer.status_code == 409
    assert "La dernière des 2 places de cette séance vient d’être prise. Voici les suivants." in said(answer)


def test_the_last_seat_taken_meanwhile_leaves_a_moved_appointment_where_it_was(
    agenda, awa, client, last_seat
) -> None:
    visit = make_appointment(
        practitioner=last_seat, visit_type=agenda[2], starts_at=paris(9, day=TUESDAY + timedelta(days=1))
    )
    taken_by_lea(agenda, last_seat)
    there = {"practitioner": last_seat.pk, "day": "2026-11-24", "minute": 540, "version": 1}
    answer = client.post(url("drop", visit.pk), there)
    assert answer.status_code == 409
    assert toast(answer)["text"] == (
        "La dernière des 2 places de cette séance vient d’être prise. Le rendez-vous est resté tel quel."
    )


# --- rooms and machines ---------------------------------------------------------------------------------------------


def test_a_machine_in_use_is_named(agenda, awa, client) -> None:
    practice, people, _kind = agenda
    machine = Resource.objects.create(practice=practice, site=practice.sites.get(), name="Échographe")
    scan = make_visit_type(practice=practice, name="Échographie")
    scan.resources.add(machine)
    make_appointment(practitioner=people[1], visit_type=scan, starts_at=paris(9), resource=machine)
    wish = {"slot": key(people[0], paris(9)), "visit_type": scan.pk}
    answer = client.post(url("pick", practice.pk), wish, **HTMX)
    assert "Déjà en service à cette heure-là\u202f: Échographe. Voici les créneaux suivants." in said(answer)


# --- a patient whom a practitioner refuses --------------------------------------------------------------------------


@pytest.fixture
def refused(agenda, awa):
    """A patient with an appointment at the first practitioner's, whom the second does not receive any more."""
    _practice, people, kind = agenda
    visit = make_appointment(practitioner=people[0], visit_type=kind, starts_at=paris(9))
    PatientBlock.objects.create(
        patient=visit.patient, practitioner=people[1], reason="trois absences", since=NOW, decided_by=awa
    )
    return visit


def test_a_refused_patient_cannot_be_moved_there_and_the_strip_says_why(agenda, awa, client, refused) -> None:
    wish = {"slot": key(agenda[1][1], paris(10)), "moving": refused.pk, "version": 1}
    answer = client.post(url("pick", agenda[0].pk), wish, **HTMX)
    who = agenda[1][1].display_name
    assert answer.status_code == 409
    sentence = f"{who} ne donne plus de rendez-vous à ce patient\u202f: trois absences. Voici les suivants."
    assert sentence in said(answer)


def test_a_refused_patient_dragged_there_is_refused_before_and_after_the_drop(
    agenda, awa, client, refused
) -> None:
    second = agenda[1][1]
    there = {"practitioner": second.pk, "day": "2026-11-24", "minute": 600, "version": 1}
    asked = client.get(url("check", refused.pk), there).json()
    sentence = f"{second.display_name} ne donne plus de rendez-vous à ce patient\u202f: trois absences."
    assert asked == {"free": False, "said": sentence}
    dropped = client.post(url("drop", refused.pk), there)
    assert toast(dropped)["text"] == f"{sentence} Le rendez-vous est resté tel quel."
    refused.refresh_from_db()
    assert (refused.practitioner, refused.starts_at) == (agenda[1][0], paris(9))


def test_a_refused_patient_is_named_where_the_hold_is_confirmed(agenda, awa, client, refused) -> None:
    hold = make_hold(practitioner=agenda[1][1], visit_type=agenda[2], starts_at=paris(10), by=awa)
    answer = client.post(url("confirm", hold.pk), {"patient_id": refused.patient_id}, **HTMX)
    assert answer.status_code == 409
    assert "trois absences" in said(answer)
    hold.refresh_from_db()
    assert hold.status == Status.HELD


def test_a_family_with_a_refused_child_is_told_which_visit_and_why(agenda, awa, client, refused) -> None:
    other = make_patient(practice=agenda[0])
    second = agenda[1][1]
    listed = client.post(
        url("family", agenda[0].pk), {"visit_type": agenda[2].pk, "with": second.pk, "asked": "1"}, **HTMX
    )
    chain = {"visit_type": agenda[2].pk, "chain": listed.context["chains"][0][1]}
    group = client.post(url("take_chain", agenda[0].pk), chain, **HTMX).context["group"]
    answer = client.post(url("confirm_group", group.pk), {"person": [other.pk, refused.patient_id]}, **HTMX)
    assert answer.status_code == 409
    assert (
        "Le rendez-vous 2 sur 2 n’est plus possible\u202f; aucun n’a été pris."
        f" {second.display_name} ne donne plus de rendez-vous à ce patient\u202f: trois absences."
    ) in said(answer)
    assert not Appointment.objects.filter(group=group, status=Status.BOOKED).exists()


# --- another practice's -----------------------------------------------------------------------------------------------


def test_what_belongs_to_another_practice_is_said_at_its_field(agenda, doctor, client) -> None:
    elsewhere = make_agenda()
    form = {
        "weekday": "5",
        "starts": "08:30",
        "ends": "12:00",
        "site": elsewhere[0].sites.get().pk,
        "valid_from": "2026-11-24",
    }
    answer = client.post(url("save_rule", agenda[1][0].pk), form, **HTMX)
    assert answer.status_code == 422
    assert answer.context["rule_form"].errors["site"] == [
        "Choisissez dans la liste\u202f: ce que vous demandez n’est pas, ou n’est plus, de ce cabinet."
    ]


def test_a_hold_is_not_booked_for_a_patient_of_another_of_her_practices(agenda, client) -> None:
    other = make_agenda()[0]
    awa = make_secretary(practices=(agenda[0], other))
    client.force_login(awa)
    hold = make_hold(practitioner=agenda[1][0], visit_type=agenda[2], starts_at=paris(9), by=awa)
    stranger = make_patient(practice=other)
    answer = client.post(url("plain_book", hold.pk), {"patient_id": stranger.pk})
    assert (answer.status_code, answer.json()["sentence"]) == (
        409,
        "Le patient, le praticien, le lieu et le motif doivent être du même cabinet.",
    )


def said(answer) -> str:
    """Give the page as it is read."""
    assert events(answer) is not None
    return answer.content.decode().replace("&#x27;", "'")
