from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse

from decroche.foundation.clock import now
from decroche.instructions.models import Instruction
from decroche.messaging.models import FollowUp
from decroche.scheduling.models import Absence
from tests.desk.factories import RINGING, TALKING, let_go, put_call_in_hand
from tests.factories import (
    make_mandate,
    make_practice,
    make_practice_person,
    make_practitioner,
    make_secretary,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]

HTMX = {"HX-Request": "true"}


def page_of(answer) -> str:
    return unescape(answer.content.decode())


def test_between_calls_she_sees_her_practices_and_their_day(sign_in, awa, tilleuls) -> None:
    doctor = tilleuls.practitioners.first()
    Instruction.objects.create(practice=tilleuls, practitioner=doctor, body="Je finis à 17 h.", kind="end_of_day", created_by=awa, created_at=now(), starts_at=now())  # fmt: skip
    Absence.objects.create(practice=tilleuls, practitioner=doctor, starts_at=now() - timedelta(hours=1), ends_at=now() + timedelta(hours=5), reason="formation")  # fmt: skip
    FollowUp.objects.create(practice=tilleuls, caller_number="+33639980001", due_at=now(), created_at=now())

    page = page_of(sign_in(awa).get(reverse("desk:home")))

    for words in (
        "Mes cabinets",
        "Cabinet médical des Tilleuls",
        "Je finis à 17 h.",
        "formation",
        "suivis à faire",
    ):
        assert words in page
    assert reverse("messages:follow_ups") in page


def test_a_day_without_anything_teaches_what_will_come(sign_in, awa) -> None:
    page = page_of(sign_in(awa).get(reverse("desk:between")))

    assert "Vous avez tout lu" in page
    assert "Tout le monde reçoit" in page


def test_while_it_rings_the_practice_is_on_screen_before_she_answers(sign_in, awa, tilleuls) -> None:
    call = put_call_in_hand(user=awa, practice=tilleuls, **RINGING)

    page = page_of(sign_in(awa).get(reverse("desk:home")))

    assert f'data-call="{call.pk}"' in page
    assert '<h2 id="practice-name" class="practice-name">Cabinet médical des Tilleuls</h2>' in page
    for panel in (
        reverse("calls:current"),
        reverse("instructions:panel", args=[tilleuls.pk]),
        reverse("agenda:panel", args=[tilleuls.pk]),
        reverse("patients:panel", args=[tilleuls.pk]) + f"?call={call.pk}",
        reverse("calls:outcome", args=[call.pk]),
        reverse("instructions:emergency", args=[tilleuls.pk]),
    ):
        assert f'hx-get="{panel}"' in page


def test_the_frame_is_the_same_in_every_state(sign_in, awa, tilleuls) -> None:
    client = sign_in(awa)
    between = page_of(client.get(reverse("desk:between"), headers=HTMX))
    chosen = page_of(client.get(reverse("desk:practice", args=[tilleuls.pk]), headers=HTMX))
    call = put_call_in_hand(user=awa, practice=tilleuls, **TALKING)
    talking = page_of(client.get(reverse("desk:call", args=[call.pk]), headers=HTMX))

    for page in (between, chosen, talking):
        assert "<html" not in page
        assert [page.count(f'id="{zone}"') for zone in ("zone-call", "zone-agenda", "zone-patient")] == [
            1,
            1,
            1,
        ]


def test_the_hour_over_there_is_said_when_it_is_not_hers(sign_in, awa, schoelcher, tilleuls) -> None:
    client = sign_in(awa)

    assert "là-bas" in page_of(client.get(reverse("desk:practice", args=[schoelcher.pk])))
    assert "là-bas" not in page_of(client.get(reverse("desk:practice", args=[tilleuls.pk])))


def test_without_a_call_what_to_say_is_there_at_once(sign_in, awa, tilleuls) -> None:
    page = page_of(sign_in(awa).get(reverse("desk:practice", args=[tilleuls.pk])))

    assert "Cabinet médical des Tilleuls, bonjour." in page
    assert "15" in page
    assert "112" in page


def test_looking_elsewhere_during_a_call_keeps_the_way_back(sign_in, awa, tilleuls, schoelcher) -> None:
    call = put_call_in_hand(user=awa, practice=tilleuls)

    page = page_of(sign_in(awa).get(reverse("desk:practice", args=[schoelcher.pk])))

    assert "Vous avez un appel en main pour un autre cabinet." in page
    assert reverse("desk:call", args=[call.pk]) in page


def test_a_patient_chosen_by_ctrl_k_is_asked_for_by_id_only(sign_in, awa, tilleuls) -> None:
    page = page_of(sign_in(awa).get(reverse("desk:practice", args=[tilleuls.pk]), {"patient": "77"}))
    strange = page_of(sign_in(awa).get(reverse("desk:practice", args=[tilleuls.pk]), {"patient": '7"><b>'}))

    assert reverse("patients:panel", args=[tilleuls.pk]) + "?patient=77" in page
    assert "<b>" not in strange.split("slot-patient")[1]


def test_a_call_in_a_colleagues_hand_is_not_shown(sign_in, awa, tilleuls) -> None:
    colleague = make_secretary(secretariat=awa.secretariats.get(), practices=(tilleuls,))
    call = put_call_in_hand(user=colleague, practice=tilleuls)

    assert sign_in(awa).get(reverse("desk:call", args=[call.pk])).status_code == 404
    assert sign_in(awa).get(reverse("desk:call", args=[uuid4()])).status_code == 404


def test_a_practice_without_her_mandate_does_not_exist(sign_in, awa) -> None:
    elsewhere = make_practice()

    assert sign_in(awa).get(reverse("desk:practice", args=[elsewhere.pk])).status_code == 404
    assert elsewhere.name not in page_of(sign_in(awa).get(reverse("desk:home")))


def test_practice_people_have_no_desk(sign_in, tilleuls) -> None:
    doctor = make_practice_person(practice=tilleuls)

    for name in ("desk:home", "desk:between", "desk:now"):
        assert sign_in(doctor).get(reverse(name)).status_code == 404


def test_the_screen_asks_what_is_in_hand_and_hears_ids_only(sign_in, awa, tilleuls) -> None:
    client = sign_in(awa)
    let_go(user=awa)
    nothing = client.get(reverse("desk:now")).json()
    call = put_call_in_hand(user=awa, practice=tilleuls, **RINGING)

    assert nothing == {"state": "", "call": None, "practice": None}
    assert client.get(reverse("desk:now")).json() == {
        "state": "ringing",
        "call": str(call.pk),
        "practice": tilleuls.pk,
    }


def test_nothing_of_the_desk_is_kept_in_a_cache(sign_in, awa, tilleuls) -> None:
    for address in (reverse("desk:home"), reverse("desk:practice", args=[tilleuls.pk]), reverse("desk:now")):
        assert sign_in(awa).get(address)["Cache-Control"] == "no-store"


def test_a_practice_opens_with_as_many_queries_whatever_its_size(
    sign_in, awa, tilleuls, django_assert_num_queries
) -> None:
    client = sign_in(awa)
    address = reverse("desk:practice", args=[tilleuls.pk])
    client.get(address)

    with django_assert_num_queries(6):  # who comes, post; practice, sites, practitioners, lines
        client.get(address, headers=HTMX)
    for _ in range(5):
        make_practitioner(practice=tilleuls)
    with django_assert_num_queries(6):
        client.get(address, headers=HTMX)


def test_the_day_costs_the_same_for_two_practices_and_for_forty(
    sign_in, awa, django_assert_max_num_queries
) -> None:
    client = sign_in(awa)
    client.get(reverse("desk:between"))
    with django_assert_max_num_queries(12) as few:
        client.get(reverse("desk:between"), headers=HTMX)

    for _ in range(38):
        make_mandate(secretariat=awa.secretariats.get(), practice=make_practice())

    with django_assert_max_num_queries(len(few.captured_queries)):
        page = page_of(client.get(reverse("desk:between"), headers=HTMX))
    assert page.count('class="row-link"') == 40


def test_the_whole_answer_is_bounded(sign_in, awa, tilleuls, django_assert_max_num_queries) -> None:
    call = put_call_in_hand(user=awa, practice=tilleuls)
    client = sign_in(awa)
    panels = {
        reverse("desk:call", args=[call.pk]): 9,
        reverse("calls:current"): 9,
        reverse("instructions:panel", args=[tilleuls.pk]): 8,
        reverse("agenda:panel", args=[tilleuls.pk]): 16,
        reverse("patients:panel", args=[tilleuls.pk]) + f"?call={call.pk}": 8,
        reverse("calls:outcome", args=[call.pk]): 10,
        reverse("calls:phone_bar"): 10,
    }
    for address in panels:
        client.get(address, headers=HTMX)

    for address, most in panels.items():
        with django_assert_max_num_queries(most, info=address):
            assert client.get(address, headers=HTMX).status_code == 200
