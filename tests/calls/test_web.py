"""What people see and press: the phone bar, the call in hand, its outcome, the log."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import logout
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from decroche.accounts.models import User
from decroche.calls.actions import give_order as giving
from decroche.calls.adapters.asterisk.configuration import Connection
from decroche.calls.models import Call, PhoneCredential, SwitchboardOrder, SwitchboardPulse
from decroche.calls.web import phone as phone_door
from decroche.foundation.clock import now
from decroche.patients.actions.register_patient import register_patient
from tests.calls.factories import CALLER, add_steps, make_call, make_post, switchboard_lives
from tests.factories import (
    make_line,
    make_practice,
    make_practice_person,
    make_practitioner,
    make_secretariat,
    make_secretary,
    make_supervisor,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


@pytest.fixture
def desk() -> SimpleNamespace:
    """Return a practice, a secretary at her post and her browser."""
    practice = make_practice(name="Cabinet des Lilas")
    make_line(practice=practice, greeting="Cabinet du docteur Roussel, bonjour.")
    secretariat = make_secretariat()
    awa = make_secretary(secretariat=secretariat, practices=(practice,))
    switchboard_lives()
    return SimpleNamespace(practice=practice, secretariat=secretariat, awa=awa, browser=signed_in(awa))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody obeys in these tests unless told: do not wait for it."""
    monkeypatch.setattr(phone_door, "PATIENCE_SECONDS", 0)
    monkeypatch.setattr(giving, "PATIENCE_SECONDS", 0)


@pytest.fixture
def obeying(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let the switchboard answer every order at once, with a refusal when one is given."""

    def answer(refusal: str = "") -> None:
        real = giving.give_order

        def give(**order: Any) -> SwitchboardOrder:
            row = real(**order)
            SwitchboardOrder.objects.filter(pk=row.pk).update(done_at=now(), refusal=refusal)
            return row

        monkeypatch.setattr(giving, "give_order", give)
        monkeypatch.setattr(phone_door, "PATIENCE_SECONDS", 1)

    return answer


def talking(desk: SimpleNamespace, **fields: Any) -> Call:
    call = make_call(practice=desk.practice, secretary=desk.awa, state="talking", **fields)
    make_post(user=desk.awa, secretariat=desk.secretariat, state="on_call", call_id=call.pk)
    return call


def test_a_newcomer_is_invited_to_take_her_post(desk: SimpleNamespace) -> None:
    page = desk.browser.get(reverse("calls:phone_bar")).content.decode()
    assert "Prendre mon poste" in page
    assert "Simuler un appel" in page


def test_a_silent_switchboard_is_said_in_a_sentence(desk: SimpleNamespace) -> None:
    switchboard_lives(at=now() - timedelta(seconds=30))
    page = desk.browser.get(reverse("calls:phone_bar")).content.decode()
    assert "La téléphonie ne répond pas" in page
    answer = desk.browser.post(reverse("calls:set_state", args=["available"]))
    assert answer.status_code == 409
    assert "ne répond pas" in json.loads(answer["HX-Trigger"])["toast"]["text"]
    assert not SwitchboardOrder.objects.exists(), "nothing is ordered from nobody"


def test_a_ringing_call_shows_the_practice_what_to_say_and_who_it_may_be(desk: SimpleNamespace) -> None:
    register_patient(
        practice=desk.practice,
        birth_name="Martin",
        first_names="Sophie",
        birth_date=date(1978, 3, 14),
        phone=CALLER,
        created_by=desk.awa,
        now=now(),
    )
    call = make_call(practice=desk.practice, state="offered")
    make_post(user=desk.awa, secretariat=desk.secretariat, state="ringing", call_id=call.pk)
    bar = desk.browser.get(reverse("calls:phone_bar")).content.decode()
    assert "Décrocher" in bar
    assert "Cabinet des Lilas" in bar
    panel = desk.browser.get(reverse("calls:current")).content.decode()
    assert "Cabinet du docteur Roussel, bonjour." in panel
    assert "06 39 98 12 34" in panel
    assert "MARTIN Sophie" in panel
    assert f'name="caller_number" value="{CALLER}"' in panel


def test_a_hidden_number_is_said_so(desk: SimpleNamespace) -> None:
    talking(desk, caller_number="", caller_name="<b>Jean</b>")
    panel = desk.browser.get(reverse("calls:current")).content.decode()
    assert "Numéro masqué" in panel
    assert "<b>Jean" not in panel


def test_hold_is_ordered_for_the_call_in_hand(desk: SimpleNamespace, obeying: Callable[[], None]) -> None:
    obeying()
    call = talking(desk)
    answer = desk.browser.post(reverse("calls:call_order", args=[call.pk, "hold"]))
    assert answer.status_code == 200
    order = SwitchboardOrder.objects.get()
    assert (order.kind, order.call_id, order.user) == ("hold", call.pk, desk.awa)


def test_a_stale_second_tab_gets_a_sentence_and_the_true_bar(
    desk: SimpleNamespace, obeying: Callable[[str], None]
) -> None:
    obeying("call_over")
    call = talking(desk)
    answer = desk.browser.post(reverse("calls:call_order", args=[call.pk, "hang-up"]))
    assert answer.status_code == 409
    assert json.loads(answer["HX-Trigger"])["toast"]["text"] == "Cet appel est déjà terminé."
    assert 'id="phone-bar"' in answer.content.decode()


def test_somebody_elses_call_is_not_found(desk: SimpleNamespace) -> None:
    stranger = make_practice()
    make_line(practice=stranger)
    call = make_call(practice=stranger, state="talking")
    for name, args in [
        ("call_order", [call.pk, "hold"]),
        ("pass_on", [call.pk]),
        ("outcome", [call.pk]),
    ]:
        assert desk.browser.post(reverse(f"calls:{name}", args=args)).status_code == 404
    for name in ("detail", "transfer_dialog", "voicemail"):
        assert desk.browser.get(reverse(f"calls:{name}", args=[call.pk])).status_code == 404


def test_a_transfer_reaches_only_the_practices_own_practitioners(
    desk: SimpleNamespace, obeying: Callable[[], None]
) -> None:
    obeying()
    call = talking(desk)
    roussel = make_practitioner(practice=desk.practice, phone="+33639980001")
    foreign = make_practitioner(practice=make_practice(), phone="+33639980002")
    dialog = desk.browser.get(reverse("calls:transfer_dialog", args=[call.pk])).content.decode()
    assert roussel.display_name in dialog
    assert foreign.display_name not in dialog
    door = reverse("calls:pass_on", args=[call.pk])
    assert desk.browser.post(door, {"to": f"practitioner:{foreign.pk}"}).status_code == 404
    answer = desk.browser.post(door, {"to": f"practitioner:{roussel.pk}", "how": "at-once"})
    assert answer.status_code == 200
    order = SwitchboardOrder.objects.get()
    assert (order.kind, order.payload) == ("transfer_to", {"number": "+33639980001"})


def test_pause_needs_a_known_reason(desk: SimpleNamespace, obeying: Callable[[], None]) -> None:
    obeying()
    desk.browser.post(reverse("calls:set_state", args=["paused"]), {"reason": "lunch"})
    desk.browser.post(reverse("calls:set_state", args=["paused"]), {"reason": "<script>"})
    assert [order.payload["reason"] for order in SwitchboardOrder.objects.order_by("pk")] == ["lunch", ""]
    assert desk.browser.post(reverse("calls:set_state", args=["asleep"])).status_code == 404


def test_a_simulated_call_goes_to_one_of_my_practices(
    desk: SimpleNamespace, obeying: Callable[[], None]
) -> None:
    obeying()
    make_line(practice=make_practice())
    assert desk.browser.post(reverse("calls:simulate")).status_code == 200
    assert SwitchboardOrder.objects.get().payload["called_number"] == desk.practice.lines.get().number


def test_nobody_simulates_in_production(desk: SimpleNamespace, settings: Any) -> None:
    settings.PRODUCTION = True
    assert desk.browser.post(reverse("calls:simulate")).status_code == 404


def test_the_outcome_is_one_press_and_keeps_the_chosen_patient_of_this_practice_only(
    desk: SimpleNamespace,
) -> None:
    call = talking(desk)
    url = reverse("calls:outcome", args=[call.pk])
    assert desk.browser.post(url, {"outcome": "information", "patient_id": "999999"}).status_code == 200
    call.refresh_from_db()
    assert (call.outcome, call.patient_id) == ("information", None)
    assert desk.browser.post(url, {"outcome": "nonsense"}).status_code == 422
    assert desk.browser.post(url, {"outcome": "booked"}).status_code == 200
    call.refresh_from_db()
    assert call.outcome == "booked"


def test_wrap_up_shows_a_countdown_and_ends_by_a_key(
    desk: SimpleNamespace, obeying: Callable[[], None]
) -> None:
    obeying()
    call = make_call(practice=desk.practice, secretary=desk.awa, outcome="booked")
    make_post(
        user=desk.awa,
        secretariat=desk.secretariat,
        state="wrap_up",
        call_id=call.pk,
        wrap_up_until=now() + timedelta(seconds=40),
    )
    panel = desk.browser.get(reverse("calls:outcome", args=[call.pk])).content.decode()
    assert "data-until" in panel
    assert 'data-key="F8"' in panel
    answer = desk.browser.post(reverse("calls:post_order", args=["end-wrap-up"]))
    assert "call-finished" in answer["HX-Trigger"]


def test_the_phone_gets_fresh_credentials_and_the_old_ones_are_revoked(
    desk: SimpleNamespace, obeying: Callable[[], None], settings: Any
) -> None:
    obeying()
    switchboard_lives(at=now() + timedelta(minutes=2), is_simulated=False)  # however slow the machine
    settings.ASTERISK_WS_URL = "ws://127.0.0.1:8088/ws"
    first = desk.browser.post(reverse("calls:phone_account")).json()
    second = desk.browser.post(reverse("calls:phone_account")).json()
    assert first["username"] == second["username"] == f"s{desk.awa.pk}"
    assert first["password"] != second["password"]
    assert len(second["password"]) == 40
    assert PhoneCredential.objects.filter(user=desk.awa, revoked_at=None).count() == 1
    assert desk.browser.get(reverse("calls:phone_account")).status_code == 405
    order = SwitchboardOrder.objects.latest("pk")
    assert second["password"] not in json.dumps(order.payload), "the password is stored nowhere"


def test_each_phone_is_told_where_its_own_exchange_is(
    desk: SimpleNamespace,
    obeying: Callable[[], None],
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    obeying()
    make_post(user=desk.awa, secretariat=desk.secretariat, exchange="nord")
    SwitchboardPulse.objects.create(
        pk=2, exchange="nord", beat_at=now() + timedelta(minutes=2), started_at=now(), exchange_up=True
    )
    settings.ASTERISK_WS_URL, settings.DATA_DIR = "wss://main.example/ws", tmp_path
    assert desk.browser.post(reverse("calls:phone_account")).status_code == 503, "not the other exchange’s"
    folder = tmp_path / "telephony-nord"
    folder.mkdir()
    Connection("http://x", "u", "s", softphone_url="ws://10.0.0.7:8088/ws", state_dir=folder).write()
    assert desk.browser.post(reverse("calls:phone_account")).json()["address"] == "ws://10.0.0.7:8088/ws"
    monkeypatch.setenv("DECROCHE_SOFTPHONE_URL_NORD", "wss://nord.example/ws")
    assert desk.browser.post(reverse("calls:phone_account")).json()["address"] == "wss://nord.example/ws"


def test_signing_out_revokes_the_phone(desk: SimpleNamespace) -> None:
    make_post(user=desk.awa, secretariat=desk.secretariat)
    PhoneCredential.objects.create(
        user=desk.awa, nonce="n", created_at=now(), expires_at=now() + timedelta(hours=1)
    )
    request = RequestFactory().get("/")
    request.user = desk.awa
    request.session = desk.browser.session
    logout(request)
    assert not PhoneCredential.objects.filter(revoked_at=None).exists()
    assert SwitchboardOrder.objects.get().kind == "leave"


def test_the_log_lists_my_practices_calls_and_filters_them(desk: SimpleNamespace) -> None:
    make_call(practice=desk.practice, secretary=desk.awa)
    make_call(practice=desk.practice, caller_number="+33639980077")
    stranger = make_practice(name="Ailleurs")
    make_line(practice=stranger)
    make_call(practice=stranger)
    page = desk.browser.get(reverse("calls:log")).content.decode()
    assert page.count('<tr data-href="') == 2
    assert "Ailleurs" not in page
    missed = desk.browser.get(reverse("calls:log"), {"kind": "missed"}).content.decode()
    assert missed.count('<tr data-href="') == 1
    assert "06 39 98 00 77" in missed
    for absurd in ({"kind": "x", "practice": "9" * 40, "day": "hier", "page": "-3"}, {"practice": "²"}):
        assert desk.browser.get(reverse("calls:log"), absurd).status_code == 200


def test_the_log_asks_the_same_number_of_queries_for_one_call_and_for_three(
    desk: SimpleNamespace,
) -> None:
    counted = []
    desk.browser.get(reverse("calls:log"))  # what a session's first page alone asks
    for _ in range(2):
        make_call(practice=desk.practice, secretary=desk.awa)
        with CaptureQueriesContext(connection) as queries:
            desk.browser.get(reverse("calls:log"))
        counted.append(len(queries))
        make_call(practice=desk.practice, secretary=desk.awa)
    assert counted[0] == counted[1]


def test_the_bar_and_the_panel_ask_a_bounded_number_of_queries(desk: SimpleNamespace) -> None:
    talking(desk)
    counted = {}
    for name in ("phone_bar", "current"):
        with CaptureQueriesContext(connection) as queries:
            desk.browser.get(reverse(f"calls:{name}"))
        counted[name] = len(queries)
    assert counted["phone_bar"] <= 10, counted
    assert counted["current"] <= 9, counted


def test_the_detail_tells_the_way_of_the_call_with_reasons(desk: SimpleNamespace) -> None:
    call = make_call(practice=desk.practice, secretary=desk.awa)
    add_steps(
        call,
        ("arrived", 0, {}),
        ("offered", 0, {"reasons": [["knows", 4], ["idle_for", 180]]}),
        ("talking", 6, {}),
        ("ended", 126, {"reason": "completed"}),
        secretary=desk.awa,
    )
    page = desk.browser.get(reverse("calls:detail", args=[call.pk])).content.decode()
    assert f"Offert à {desk.awa.display_name}\u202f: connaît le cabinet, libre depuis" in page
    assert 'class="stretch-talking"' in page
    assert "2:00" in page


def test_a_practitioner_sees_her_own_practices_calls(desk: SimpleNamespace) -> None:
    doctor = make_practice_person(practice=desk.practice)
    call = make_call(practice=desk.practice, secretary=desk.awa)
    browser = signed_in(doctor)
    assert browser.get(reverse("calls:detail", args=[call.pk])).status_code == 200
    assert browser.get(reverse("calls:phone_bar")).status_code == 404


def test_supervisors_are_told_of_calls_to_numbers_of_nobody(desk: SimpleNamespace) -> None:
    make_call(practice=None, end_reason="unknown_number")
    assert "n’appartient à aucun cabinet" not in desk.browser.get(reverse("calls:log")).content.decode()
    boss = signed_in(make_supervisor(secretariat=desk.secretariat))
    assert "n’appartient à aucun cabinet" in boss.get(reverse("calls:log")).content.decode()
    assert boss.post(reverse("calls:see_unknown")).status_code == 302
    assert "n’appartient à aucun cabinet" not in boss.get(reverse("calls:log")).content.decode()
    assert desk.browser.post(reverse("calls:see_unknown")).status_code == 404


def test_an_unknown_order_is_not_found(desk: SimpleNamespace) -> None:
    call = talking(desk)
    assert desk.browser.post(reverse("calls:call_order", args=[call.pk, "explode"])).status_code == 404
    assert desk.browser.post(reverse("calls:post_order", args=["explode"])).status_code == 404
    assert desk.browser.post(reverse("calls:call_order", args=[uuid4(), "hold"])).status_code == 404
