from datetime import date
from html import unescape

import pytest
from django.urls import reverse

from decroche.accounts.models import AccessLogEntry
from decroche.foundation.clock import now
from decroche.patients.actions.register_patient import register_patient
from tests.factories import make_practice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def ask(client, text: str, **headers: str) -> str:
    answer = client.post(reverse("desk:palette"), {"text": text}, headers={"HX-Request": "true", **headers})
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def register(practice, by, **fields):
    known = {"birth_name": "Kervella", "used_name": "", "first_names": "Louane", "birth_date": date(1998, 3, 30), "sex": "F", "phone": "", "email": ""}  # fmt: skip
    return register_patient(practice=practice, created_by=by, now=now(), **known | fields)


def test_nothing_typed_shows_her_practices(sign_in, awa) -> None:
    found = ask(sign_in(awa), "")

    assert "Cabinet médical des Tilleuls" in found
    assert "Cabinet de l’Anse Madame" in found


def test_a_name_finds_practice_practitioner_and_patient(sign_in, awa, tilleuls) -> None:
    register(tilleuls, awa)
    client = sign_in(awa)

    assert "Cabinet médical des Tilleuls" in ask(client, "till")
    assert "Vauquelin" in ask(client, "vauq")
    assert "KERVELLA Louane" in ask(client, "kerv")
    assert "KERVELLA Louane" in ask(client, "30/03/1998")


def test_what_is_found_opens_on_the_desk_without_leaving_the_page(sign_in, awa, tilleuls) -> None:
    patient = register(tilleuls, awa)
    address = f"{reverse('desk:practice', args=[tilleuls.pk])}?patient={patient.pk}"
    client = sign_in(awa)

    on_desk = ask(client, "kerv", **{"HX-Current-URL": "http://testserver/desk/"})
    elsewhere = ask(client, "kerv", **{"HX-Current-URL": "http://testserver/calls/"})

    assert f'hx-get="{address}"' in on_desk
    assert f'href="{address}"' in elsewhere
    assert "hx-get" not in elsewhere


def test_patients_of_other_practices_are_not_found(sign_in, awa) -> None:
    register(make_practice(), awa)

    assert "KERVELLA" not in ask(sign_in(awa), "kervella")


def test_seeing_patients_is_written_down(sign_in, awa, tilleuls) -> None:
    patient = register(tilleuls, awa)

    ask(sign_in(awa), "kerv")

    entry = AccessLogEntry.objects.filter(kind="patient").latest("pk")
    assert (entry.user_id, entry.practice_id) == (awa.pk, tilleuls.pk)
    assert entry.object_ids == [str(patient.pk)]


def test_nothing_found_says_how_to_search(sign_in, awa) -> None:
    assert "date de naissance" in ask(sign_in(awa), "zzzzzz")


def test_an_absurd_search_is_cut_and_harmless(sign_in, awa) -> None:
    assert "<script" not in ask(sign_in(awa), "<script>" * 4000)


def test_the_search_never_stands_in_an_address(sign_in, awa) -> None:
    assert sign_in(awa).get(reverse("desk:palette"), {"text": "kervella"}).status_code == 405
