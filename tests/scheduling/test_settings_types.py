"""Visit types, who receives for them on which terms, rooms and machines, pathways."""

from datetime import date, timedelta

import pytest

from decroche.scheduling.models import Pathway, Resource, VisitOffer, VisitType
from tests.factories import make_practitioner
from tests.scheduling.doors import HTMX, toast, url
from tests.scheduling.factories import TUESDAY, make_agenda, make_visit_type

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "on_that_tuesday")]


def type_fields(**changes) -> dict:
    known = {
        "name": "Suivi",
        "duration_minutes": "20",
        "colour": "4",
        "is_active": "on",
        "booked_by": ["secretary"],
    }
    return known | changes


def test_visit_types_are_added_and_changed(agenda, doctor, client) -> None:
    practice = agenda[0]
    client.post(url("save_type", practice.pk), type_fields())
    again = client.post(url("save_type", practice.pk), type_fields())
    assert "déjà un motif de ce nom" in again.content.decode()
    kind = VisitType.objects.get(practice=practice, name="Suivi")
    client.post(url("change_visit_type", practice.pk, kind.pk), type_fields(duration_minutes="25"))
    kind.refresh_from_db()
    assert (kind.duration_minutes, kind.short_name) == (25, "Suivi")


def test_everything_about_a_visit_type_is_written_and_shown_again(agenda, doctor, client) -> None:
    practice = agenda[0]
    room = Resource.objects.create(practice=practice, site=practice.sites.get(), name="Échographe")
    fields = type_fields(
        buffer_before_minutes="5",
        buffer_after_minutes="10",
        booked_by=["online"],
        new_patients="only_known",
        notice="2",
        notice_unit="1440",
        horizon_days="90",
        max_per_day="6",
        max_per_half_day="3",
        place="video",
        preparation="Venez à jeun.",
        questions="Avez-vous votre carte Vitale ?\n\nQui vous accompagne ?",
        series_sessions="6",
        series_per_week="2",
        resources=[room.pk],
    )
    answer = client.post(url("save_type", practice.pk), fields, **HTMX)
    kind = VisitType.objects.get(practice=practice, name="Suivi")
    assert (kind.secretary_may_book, kind.online_may_book) == (False, True)
    assert (kind.notice_minutes, kind.horizon_days, kind.place) == (2880, 90, "video")
    assert (kind.series_sessions, kind.series_per_week) == (6, 2)
    assert list(kind.resources.all()) == [room]
    assert [question.text for question in kind.questions.all()] == [
        "Avez-vous votre carte Vitale ?",
        "Qui vous accompagne ?",
    ]
    for shown in ("Venez à jeun.", "Qui vous accompagne ?", 'value="1440" selected', "Échographe"):
        assert shown in answer.content.decode()
    listed = client.get(url("settings_types", practice.pk), **HTMX).content.decode()
    assert "6 séances, 2 par semaine" in listed
    assert "48\u202fh à l’avance" in listed


def test_an_unchanged_question_keeps_its_row(agenda, doctor, client) -> None:
    practice = agenda[0]
    client.post(url("save_type", practice.pk), type_fields(questions="Un ?\nDeux ?"), **HTMX)
    kind = VisitType.objects.get(practice=practice, name="Suivi")
    kept = kind.questions.get(text="Deux ?").pk
    client.post(
        url("change_visit_type", practice.pk, kind.pk), type_fields(questions="Deux ?\nTrois ?"), **HTMX
    )
    assert [question.text for question in kind.questions.all()] == ["Deux ?", "Trois ?"]
    assert kind.questions.get(text="Deux ?").pk == kept


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"duration_minutes": "7"}, "Un multiple de 5 minutes."),
        ({"duration_minutes": ""}, "Ce champ est nécessaire."),
        ({"series_sessions": "6"}, "Une série a un nombre de séances et un rythme."),
        ({"buffer_after_minutes": "500"}, "Un nombre de 0 à 120."),
        ({"questions": "\n".join(f"Question {n} ?" for n in range(11))}, "Au plus dix questions"),
    ],
)
@pytest.mark.parametrize("headers", [HTMX, {}], ids=["panel", "page"])
def test_what_cannot_be_is_explained_and_nothing_typed_is_lost(
    agenda, doctor, client, changes, sentence, headers
) -> None:
    answer = client.post(
        url("save_type", agenda[0].pk), type_fields(preparation="À jeun.", **changes), **headers
    )
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "À jeun." in answer.content.decode()


# --- a practitioner's own terms -------------------------------------------------------------------------------------


def test_own_terms_are_shown_as_what_differs(agenda, doctor, client) -> None:
    practice, people, kind = agenda
    other = make_visit_type(practice=practice)
    answer = client.post(
        url("save_offer", people[0].pk, kind.pk), {"duration_minutes": "30", "online_may_book": "1"}, **HTMX
    )
    assert "30\u202fmin au lieu de 15\u202fmin" in answer.content.decode()
    assert "pris en ligne" in answer.content.decode()
    # Naming one type closes none of the others: they are named too.
    assert set(VisitOffer.objects.filter(practitioner=people[0]).values_list("visit_type", flat=True)) == {
        kind.pk,
        other.pk,
    }
    assert not VisitOffer.objects.filter(practitioner=people[1]).exists()


def test_terms_from_a_date_leave_the_old_ones_until_the_eve(agenda, doctor, client) -> None:
    _practice, people, kind = agenda
    client.post(url("save_offer", people[0].pk, kind.pk), {"duration_minutes": "30"}, **HTMX)
    client.post(
        url("save_offer", people[0].pk, kind.pk),
        {"duration_minutes": "20", "valid_from": "2027-01-04"},
        **HTMX,
    )
    old, new = VisitOffer.objects.filter(practitioner=people[0], visit_type=kind).order_by("pk")
    assert (old.valid_until, new.valid_from) == (date(2027, 1, 3), date(2027, 1, 4))
    clash = client.post(
        url("save_offer", people[0].pk, kind.pk),
        {"valid_from": "2027-01-04", "valid_until": "2027-02-01"},
        **HTMX,
    )
    assert clash.status_code == 422
    assert "D’autres conditions valent déjà ces jours-là" in clash.content.decode()
    client.post(url("end_offer", new.pk), **HTMX)
    assert not VisitOffer.objects.filter(pk=new.pk).exists()  # it had not begun
    client.post(url("end_offer", old.pk), **HTMX)
    old.refresh_from_db()
    assert old.valid_until == TUESDAY - timedelta(days=1)


def test_a_practitioner_stops_receiving_for_a_type_but_not_for_the_last_one(agenda, doctor, client) -> None:
    practice, people, kind = agenda
    other = make_visit_type(practice=practice)
    answer = client.post(url("receive", people[0].pk, kind.pk), {"receives": "0"}, **HTMX)
    assert "ne reçoit plus pour" in toast(answer)["text"]
    assert [offer.visit_type for offer in VisitOffer.objects.filter(practitioner=people[0])] == [other]
    answer = client.post(url("receive", people[0].pk, other.pk), {"receives": "0"}, **HTMX)
    assert "dernier motif" in toast(answer)["text"]
    client.post(url("receive", people[0].pk, kind.pk), {"receives": "1"}, **HTMX)
    assert VisitOffer.objects.filter(practitioner=people[0]).count() == 2


def test_a_new_type_is_received_by_those_who_name_theirs_too(agenda, doctor, client) -> None:
    practice, people, kind = agenda
    client.post(url("save_offer", people[0].pk, kind.pk), {"duration_minutes": "30"}, **HTMX)
    client.post(url("save_type", practice.pk), type_fields(), **HTMX)
    new = VisitType.objects.get(practice=practice, name="Suivi")
    assert VisitOffer.objects.filter(practitioner=people[0], visit_type=new).exists()


# --- rooms, machines, pathways --------------------------------------------------------------------------------------


def test_a_room_is_added_renamed_and_put_out_of_service(agenda, doctor, client) -> None:
    practice = agenda[0]
    site = practice.sites.get().pk
    client.post(
        url("save_resource", practice.pk), {"name": "Salle 2", "site": site, "is_active": "on"}, **HTMX
    )
    again = client.post(url("save_resource", practice.pk), {"name": "Salle 2", "site": site}, **HTMX)
    assert again.status_code == 422
    assert "déjà une ressource de ce nom" in again.content.decode()
    room = Resource.objects.get()
    form = client.get(url("save_resource", practice.pk), {"resource": room.pk}, **HTMX).content.decode()
    assert 'value="Salle 2"' in form
    client.post(
        url("save_resource", practice.pk), {"name": "Salle bleue", "site": site, "resource": room.pk}, **HTMX
    )
    room.refresh_from_db()
    assert (room.name, room.is_active) == ("Salle bleue", False)


def test_an_ultrasound_then_the_consultation_make_a_pathway(agenda, doctor, client) -> None:
    practice, people, kind = agenda
    scan = make_visit_type(practice=practice, name="Échographie")
    fields = {
        "name": "Écho puis consultation",
        "is_active": "on",
        "visit_type_0": scan.pk,
        "practitioner_0": people[1].pk,
        "visit_type_1": kind.pk,
        "wait_1": "30",
    }
    client.post(url("save_pathway", practice.pk), fields, **HTMX)
    pathway = Pathway.objects.get()
    steps = [(step.visit_type, step.practitioner, step.wait_minutes) for step in pathway.steps.all()]
    assert steps == [(scan, people[1], 60), (kind, None, 30)]
    short = client.post(url("save_pathway", practice.pk), {"name": "Seul", "visit_type_0": kind.pk}, **HTMX)
    assert short.status_code == 422
    assert "au moins deux visites" in short.content.decode()
    form = client.get(url("save_pathway", practice.pk), {"pathway": pathway.pk}).content.decode()
    assert "Écho puis consultation" in form
    assert 'value="30"' in form


@pytest.mark.parametrize("name", ["save_resource", "save_pathway"])
def test_another_practice_s_rows_do_not_exist(agenda, doctor, client, name) -> None:
    stranger = make_agenda()[0]
    field = name.removeprefix("save_")
    row = (
        Resource.objects.create(practice=stranger, site=stranger.sites.get(), name="Salle")
        if field == "resource"
        else Pathway.objects.create(practice=stranger, name="Parcours")
    )
    assert client.get(url(name, agenda[0].pk), {field: row.pk}).status_code == 404
    assert client.post(url(name, agenda[0].pk), {field: row.pk, "name": "x"}).status_code == 404


def test_the_page_costs_the_same_with_one_type_and_with_many(
    agenda, doctor, client, django_assert_max_num_queries
) -> None:
    practice, _people, kind = agenda
    client.get(url("settings_types", practice.pk))  # who asks is known from then on
    costs = []
    for count in (1, 3):
        for n in range(count):
            room = Resource.objects.create(
                practice=practice, site=practice.sites.get(), name=f"Salle {count} {n}"
            )
            made = make_visit_type(practice=practice)
            made.resources.add(room)
            VisitOffer.objects.create(practitioner=make_practitioner(practice=practice), visit_type=kind)
            pathway = Pathway.objects.create(practice=practice, name=f"Parcours {count} {n}")
            pathway.steps.create(position=0, visit_type=made)
        for address in (url("settings_types", practice.pk), url("change_visit_type", practice.pk, kind.pk)):
            with django_assert_max_num_queries(40) as captured:
                client.get(address)
            costs.append(len(captured))
    assert costs[:2] == costs[2:], costs
