"""The sealed fortnight: what it holds, when it is made again, who may have it."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from decroche.accounts.permissions import Role
from decroche.continuity.actions import set_phrase as phrases
from decroche.continuity.actions.refresh_snapshot import refresh_snapshot
from decroche.continuity.actions.set_phrase import set_phrase
from decroche.continuity.domain import sealing
from decroche.continuity.domain.sealing import LockedPair, Sealed, unseal
from decroche.continuity.jobs import seal_again, seal_soon
from decroche.continuity.models import Snapshot, Vault
from decroche.continuity.queries.fortnight import fortnight_of
from decroche.foundation import clock
from decroche.scheduling.actions.cancel_appointment import cancel_appointment
from tests.factories import make_practice_person, make_user
from tests.scheduling.factories import NOW, make_agenda, make_appointment, make_patient, paris

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
PHRASE = "le chat dort sous la table"


@pytest.fixture(autouse=True)
def quick_locks(monkeypatch):
    monkeypatch.setattr(phrases, "make_pair", lambda phrase: sealing.make_pair(phrase, iterations=1000))


@pytest.fixture
def place():
    practice, (roussel,), kind = make_agenda()
    return practice, roussel, kind


def opened(practice):
    snapshot = Snapshot.objects.select_related("vault").get(practice=practice)
    vault = snapshot.vault
    pair = LockedPair(
        bytes(vault.public_key),
        bytes(vault.locked_private_key),
        bytes(vault.salt),
        bytes(vault.nonce),
        vault.iterations,
    )
    box = Sealed(bytes(snapshot.locked_key), bytes(snapshot.nonce), bytes(snapshot.sealed))
    return json.loads(unseal(pair, PHRASE, box))


def test_the_phrase_opens_the_next_fourteen_days(place):
    practice, roussel, kind = place
    berthelot = make_patient(practice=practice, birth_name="Berthelot")
    make_appointment(practitioner=roussel, visit_type=kind, starts_at=paris(9), patient=berthelot)
    make_appointment(practitioner=roussel, visit_type=kind, starts_at=paris(9) + timedelta(days=13))
    make_appointment(practitioner=roussel, visit_type=kind, starts_at=paris(9) + timedelta(days=14))
    set_phrase(practice=practice, phrase=PHRASE, by=make_user(), now=NOW)
    refresh_snapshot(practice_id=practice.pk, now=NOW)
    page = opened(practice)
    assert [line["start"] for line in page["appointments"]] == [
        "2026-11-24T09:00:00+01:00",
        "2026-12-07T09:00:00+01:00",
    ]
    assert page["appointments"][0]["patient"] == "BERTHELOT Jeanne"


def test_nothing_readable_is_kept_by_the_server(place):
    practice, roussel, kind = place
    patient = make_patient(practice=practice, birth_name="Xanthoulis")
    make_appointment(practitioner=roussel, visit_type=kind, starts_at=paris(9), patient=patient)
    set_phrase(practice=practice, phrase=PHRASE, by=make_user(), now=NOW)
    snapshot = refresh_snapshot(practice_id=practice.pk, now=NOW)
    assert "xanthoulis" not in repr(bytes(snapshot.sealed)).lower()
    vault = Vault.objects.get(practice=practice)
    assert PHRASE.encode() not in bytes(vault.locked_private_key) + bytes(vault.salt)


def test_a_cancellation_is_sealed_again_once_for_all_that_changes_meanwhile(place, deliver):
    practice, roussel, kind = place
    first, second = (
        make_appointment(practitioner=roussel, visit_type=kind, starts_at=paris(hour)) for hour in (9, 10)
    )
    by = make_user()
    set_phrase(practice=practice, phrase=PHRASE, by=by, now=NOW)
    refresh_snapshot(practice_id=practice.pk, now=NOW)
    for each in (first, second):
        cancel_appointment(appointment_id=each.pk, version=1, reason="", by=by, now=NOW)
    seal_soon(practice.pk)
    seal_soon(practice.pk)
    deliver()
    # The seal reads the real clock's fortnight; what matters here is that a job was there and ran.
    assert Snapshot.objects.get(practice=practice).made_at > NOW - timedelta(days=365)


def test_a_practice_without_a_phrase_seals_nothing(place):
    practice, *_ = place
    seal_soon(practice.pk)
    seal_again(practice.pk)
    assert not Snapshot.objects.exists()


def test_a_new_phrase_forgets_what_the_old_one_sealed(place):
    practice, *_ = place
    by = make_user()
    set_phrase(practice=practice, phrase="une tout autre phrase", by=by, now=NOW)
    refresh_snapshot(practice_id=practice.pk, now=NOW)
    set_phrase(practice=practice, phrase=PHRASE, by=by, now=NOW)
    assert not Snapshot.objects.exists()
    refresh_snapshot(practice_id=practice.pk, now=NOW)
    assert opened(practice)["practice"]["name"] == practice.name


@pytest.mark.parametrize("rows", [1, 3])
def test_the_fortnight_costs_the_same_queries_however_full(place, rows, django_assert_num_queries):
    practice, roussel, kind = place
    for n in range(rows):
        make_appointment(practitioner=roussel, visit_type=kind, starts_at=paris(9 + n))
    with django_assert_num_queries(6):
        assert fortnight_of(practice, now=NOW).appointments == rows


def test_in_martinique_the_fortnight_begins_on_their_own_day():
    practice, (person,), kind = make_agenda(timezone="America/Martinique", department="972")
    late = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)  # still the 24th in Fort-de-France
    make_appointment(
        practitioner=person, visit_type=kind, starts_at=datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
    )
    found = fortnight_of(practice, now=late)
    assert found.first_day.isoformat() == "2026-11-24"
    assert found.content["appointments"][0]["start"] == "2026-11-24T18:00:00-04:00"


def test_on_site_staff_set_the_phrase_and_carry_the_page_away(place, client):
    practice, *_ = place
    client.force_login(make_practice_person(practice=practice, role=Role.STAFF))
    home = reverse("continuity:home", args=[practice.pk])
    assert "Choisir la phrase" in client.get(home).content.decode()
    short = client.post(
        reverse("continuity:phrase", args=[practice.pk]), {"phrase": "court", "again": "court"}
    )
    assert short.status_code == 422
    assert "devinerait" in short.content.decode()
    differs = client.post(
        reverse("continuity:phrase", args=[practice.pk]), {"phrase": PHRASE, "again": "autre chose"}
    )
    assert "pas les mêmes" in differs.content.decode()
    client.post(reverse("continuity:phrase", args=[practice.pk]), {"phrase": PHRASE, "again": PHRASE})
    assert "scellés" in client.get(home).content.decode().lower()
    box = client.get(reverse("continuity:sealed", args=[practice.pk]))
    again = client.get(
        reverse("continuity:sealed", args=[practice.pk]), headers={"If-None-Match": box["ETag"]}
    )
    assert again.status_code == 304
    whole = client.get(reverse("continuity:download", args=[practice.pk])).content.decode()
    assert box.json()["snapshot"]["sealed"] in whole.replace("\\u003c", "<")
    assert "<script src" not in whole


def test_the_paper_lists_a_day_a_practitioner(place, client):
    practice, roussel, kind = place
    make_appointment(practitioner=roussel, visit_type=kind, starts_at=clock.now() + timedelta(days=1))
    client.force_login(make_practice_person(practice=practice, role=Role.STAFF))
    answer = client.get(reverse("continuity:pdf", args=[practice.pk]))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
