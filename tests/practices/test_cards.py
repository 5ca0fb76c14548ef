"""Practices: found from the palette, their card, the way to their door."""

import pytest
from django.urls import reverse

from decroche.practices.actions.update_access_card import update_access_card
from decroche.practices.queries import find, find_practitioners, spoken_directions, written_directions
from tests.factories import make_line, make_practice, make_practice_person, make_practitioner, make_secretary

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def test_a_practice_is_found_by_name_town_or_practitioner(django_assert_num_queries):
    rivers = make_practice(name="Maison de santé des Deux Rivières")
    other = make_practice(name="Cabinet Ducros")
    make_practitioner(practice=other, last_name="N’Guessan")
    ids = [rivers.pk, other.pk]
    for typed, expected in (
        ("riv deux", [rivers]),
        ("nguessan", []),
        ("n'gue", [other]),
        ("lyon", [other, rivers]),
        ("", [other, rivers]),
    ):
        assert [hit.practice_id for hit in find(typed, ids)] == [practice.pk for practice in expected], typed
    with django_assert_num_queries(3):
        find("", ids)
    assert find("", []) == []
    assert [hit.name for hit in find_practitioners("guess", ids)] == ["Dr Claire N’Guessan"]
    assert find_practitioners("  ", ids) == []


def test_directions_are_said_in_one_breath_and_fit_one_sms():
    site = make_practice().sites.get()
    assert " ".join(spoken_directions(site)) == (
        "Le cabinet est au 12 rue des Lilas, à Lyon. Repère\u202f: en face de la boulangerie. "
        "Le code de la porte est 12B45. C’est au 1er étage."
    )
    assert len(written_directions(site)) < 160


def test_the_card_and_the_list_show_only_ones_own(client):
    practice, foreign = make_practice(), make_practice(name="Cabinet étranger")
    make_line(practice=practice, number="+33199001234")
    make_practitioner(practice=practice, last_name="Roussel")
    client.force_login(make_secretary(practices=(practice,)))
    assert "Cabinet étranger" not in client.get(reverse("practices:home")).content.decode()
    page = client.get(reverse("practices:detail", args=[practice.pk])).content.decode()
    for shown in ("01 99 00 12 34", "ROUSSEL", "12 rue des Lilas"):
        assert shown in page
    for name in ("detail", "access_card"):
        assert client.get(reverse(f"practices:{name}", args=[foreign.pk])).status_code == 404


def test_the_practice_corrects_its_own_door_and_the_desk_may_not(client):
    practice = make_practice()
    site = practice.sites.get()
    url = reverse("practices:edit_access_card", args=[site.pk])
    client.force_login(make_secretary(practices=(practice,)))
    assert client.get(url).status_code == 404
    client.force_login(make_practice_person(practice=practice))
    assert client.post(url, {"door_code": "99A", "floor": "rez-de-chaussée"}).status_code == 302
    assert "Le code de la porte est 99A." in spoken_directions(type(site).objects.get())
    wrong = client.post(url, {"door_code": "9" * 10_000, "floor": "2e"})
    assert wrong.status_code == 422
    assert "40 caractères au plus" in wrong.content.decode()


def test_a_site_without_a_card_still_has_an_address():
    site = make_practice().sites.get()
    site.access_card.delete()
    assert len(spoken_directions(type(site).objects.select_related("access_card").get())) == 1
    assert update_access_card(site=site, values={"landmark": "la mairie"}).landmark == "la mairie"
