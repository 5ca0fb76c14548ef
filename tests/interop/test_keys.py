"""A program's key is made and taken away on a screen; its secret is shown once."""

import pytest
from django.test import Client
from django.urls import reverse

from decroche.accounts.permissions import Permission
from decroche.interop.models import AccessKey
from tests.factories import (
    make_mandate,
    make_practice,
    make_practice_person,
    make_secretariat,
    make_supervisor,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


@pytest.fixture
def practice():
    return make_practice()


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def ask(client: Client, practice, *others, permissions=("see-practice",)):
    return client.post(
        reverse("interop:keys", args=[practice.pk]),
        {
            "label": "site",
            "practices": [practice.pk, *(o.pk for o in others)],
            "permissions": permissions,
            "days": 90,
        },
    )


def test_the_key_is_shown_once_and_opens_the_door(practice):
    client = signed_in(make_practice_person(practice=practice))
    answer = ask(client, practice)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    token = answer.content.decode().partition('readonly value="')[2].partition('"')[0]
    called = Client().get("/api/v1/practices", headers={"authorization": f"Bearer {token}"})
    assert [row["id"] for row in called.json()["items"]] == [practice.pk]
    later = client.get(reverse("interop:keys", args=[practice.pk])).content.decode()
    assert token not in later
    assert token[:10] in later


def test_one_gives_neither_another_s_practice_nor_more_than_one_s_rights(practice):
    elsewhere = make_practice()
    client = signed_in(make_practice_person(practice=practice))
    assert ask(client, practice, elsewhere).status_code == 422
    assert ask(client, practice, permissions=("manage-people",)).status_code == 422
    assert not AccessKey.objects.exists()


def test_closing_one_s_own_key_closes_it_everywhere_another_s_only_here(practice):
    elsewhere, secretariat = make_practice(), make_secretariat()
    for each in (practice, elsewhere):
        make_mandate(secretariat=secretariat, practice=each)
    supervisor = make_supervisor(secretariat=secretariat)
    ask(signed_in(supervisor), practice, elsewhere)
    key = AccessKey.objects.get()
    address = reverse("interop:revoke_key", args=[practice.pk, key.pk])
    signed_in(make_practice_person(practice=practice)).post(address)
    key.refresh_from_db()
    assert (key.practice_ids, key.revoked_at) == ([elsewhere.pk], None)
    signed_in(supervisor).post(reverse("interop:revoke_key", args=[elsewhere.pk, key.pk]))
    key.refresh_from_db()
    assert key.revoked_at is not None
    assert Permission.SEE_PRACTICE.value in key.permissions
