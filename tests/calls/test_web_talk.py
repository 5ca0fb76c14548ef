"""In the call: consulting, parking, calling out, notes, abuse, a supervisor's ear, the mobile, what each may do."""

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from decroche.accounts.models import User
from decroche.calls.actions import give_order as giving
from decroche.calls.actions.write_note import LONGEST
from decroche.calls.models import (
    AbuseReport,
    Call,
    CallNote,
    KnownCaller,
    MobilePhone,
    NumberConsent,
    OutgoingRules,
    Post,
    Reachability,
    RecordingRule,
    SwitchboardOrder,
)
from decroche.calls.web import phone as phone_door
from decroche.foundation.clock import now
from tests.calls.factories import CALLER, add_steps, make_call, make_post, switchboard_lives
from tests.factories import (
    make_line,
    make_mandate,
    make_practice,
    make_practitioner,
    make_secretariat,
    make_secretary,
    make_supervisor,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Return a practice, a secretary in conversation, a colleague, their supervisor, and a switchboard that obeys."""
    practice = make_practice(name="Cabinet des Lilas", phone="")
    make_line(practice=practice)
    secretariat = make_secretariat()
    awa = make_secretary(secretariat=secretariat, practices=(practice,))
    lea = make_secretary(secretariat=secretariat)
    boss = make_supervisor(secretariat=secretariat)
    call = make_call(practice=practice, secretary=awa, state="talking")
    make_post(user=awa, secretariat=secretariat, state="on_call", call_id=call.pk)
    switchboard_lives(at=now() + timedelta(minutes=2))  # a slow machine must not make it look silent
    real = giving.give_order
    refusals: list[str] = []

    def give(**order: Any) -> SwitchboardOrder:
        row = real(**order)
        SwitchboardOrder.objects.filter(pk=row.pk).update(
            done_at=now(), refusal=refusals[0] if refusals else ""
        )
        return row

    monkeypatch.setattr(giving, "give_order", give)
    monkeypatch.setattr(phone_door, "PATIENCE_SECONDS", 5)
    return SimpleNamespace(
        practice=practice, secretariat=secretariat, awa=awa, lea=lea, boss=boss, call=call,
        browser=signed_in(awa), refusals=refusals,
    )  # fmt: skip


def order_of(desk: SimpleNamespace) -> tuple[str, Any, dict[str, Any]]:
    row = SwitchboardOrder.objects.latest("pk")
    return row.kind, row.call_id, row.payload


def press(desk: SimpleNamespace, name: str, *args: Any, browser: Client | None = None, **data: Any) -> Any:
    return (browser or desk.browser).post(reverse(f"calls:{name}", args=[desk.call.pk, *args]), data)


def toast(answer: Any) -> str:
    return str(json.loads(answer["HX-Trigger"])["toast"]["text"])


def bar(browser: Client) -> str:
    return browser.get(reverse("calls:phone_bar")).content.decode()


@pytest.mark.parametrize(
    ("pressed", "kind", "payload"),
    [
        ("mute", "mute", {"muted": True}),
        ("unmute", "mute", {"muted": False}),
        ("park", "park", {}),
        ("to-party", "mix", {"how": "consult"}),
        ("to-caller", "mix", {"how": "caller"}),
        ("all", "mix", {"how": "all"}),
        ("give", "mix", {"how": "give"}),
        ("drop", "drop_party", {}),
        ("urgent", "set_urgency", {"urgency": 2}),
        ("record", "record", {"on": True}),
    ],
)
def test_one_press_is_one_order(
    desk: SimpleNamespace, pressed: str, kind: str, payload: dict[str, Any]
) -> None:
    assert press(desk, "call_order", pressed).status_code == 200
    assert order_of(desk) == (kind, desk.call.pk, payload)


def test_a_practitioner_who_may_not_be_disturbed_is_said_so_and_not_offered(desk: SimpleNamespace) -> None:
    busy = make_practitioner(practice=desk.practice, last_name="Roussel", phone="+33639980001")
    Reachability.objects.create(
        practitioner=busy,
        state="consulting",
        until=now() + timedelta(hours=1),
        changed_at=now(),
        changed_by=desk.awa,
    )
    page = desk.browser.get(reverse("calls:transfer_dialog", args=[desk.call.pk])).content.decode()
    assert "En consultation" in page
    assert "jusqu’à" in page
    assert f"practitioner:{busy.pk}" not in page
    Call.objects.filter(pk=desk.call.pk).update(urgency=2)
    page = desk.browser.get(reverse("calls:transfer_dialog", args=[desk.call.pk])).content.decode()
    assert f"practitioner:{busy.pk}" in page, "an emergency always passes"


def test_a_known_laboratory_may_reach_who_does_not_take_calls(desk: SimpleNamespace) -> None:
    busy = make_practitioner(practice=desk.practice, phone="+33639980001")
    Reachability.objects.create(practitioner=busy, state="consulting", changed_at=now(), changed_by=desk.awa)
    KnownCaller.objects.create(
        practice=desk.practice,
        number=CALLER,
        label="Laboratoire Biolys",
        kind="laboratory",
        is_put_through=True,
    )
    page = desk.browser.get(reverse("calls:transfer_dialog", args=[desk.call.pk])).content.decode()
    assert "Laboratoire Biolys" in page
    assert f"practitioner:{busy.pk}" in page


def test_the_dialog_shows_colleagues_with_their_state(desk: SimpleNamespace) -> None:
    make_post(user=desk.lea, secretariat=desk.secretariat, state="paused")
    make_post(user=desk.boss, secretariat=desk.secretariat, state="on_call")
    page = desk.browser.get(reverse("calls:transfer_dialog", args=[desk.call.pk])).content.decode()
    assert f"colleague:{desk.lea.pk}" in page
    assert desk.boss.display_name in page
    assert f"colleague:{desk.boss.pk}" not in page, "she is in a conversation"
    answer = press(desk, "pass_on", to=f"colleague:{desk.lea.pk}", how="ask")
    assert "l’appelant patiente" in toast(answer)
    assert order_of(desk) == ("ring_party", desk.call.pk, {"user_id": desk.lea.pk})


def test_a_colleague_of_another_house_is_not_found(desk: SimpleNamespace) -> None:
    elsewhere = make_secretariat()
    stranger = make_secretary(secretariat=elsewhere)
    make_post(user=stranger, secretariat=elsewhere)
    assert press(desk, "pass_on", to=f"colleague:{stranger.pk}").status_code == 404
    assert not SwitchboardOrder.objects.exists()


def test_a_number_is_read_as_it_is_dialled_from_there(desk: SimpleNamespace) -> None:
    press(desk, "pass_on", number="01 99 00 12 34", how="at-once")
    assert order_of(desk) == ("transfer_to", desk.call.pk, {"number": "+33199001234"})
    assert press(desk, "pass_on", number="").status_code == 409


def test_a_third_person_is_drawn_and_named(desk: SimpleNamespace) -> None:
    make_practitioner(practice=desk.practice, last_name="Roussel", phone="06 39 98 00 01")
    Call.objects.filter(pk=desk.call.pk).update(
        party_number="+33639980001", party_state="consulted", state="on_hold"
    )
    page = bar(desk.browser)
    assert "Roussel" in page
    assert "Basculer" in page
    assert "Passer l’appel" in page
    assert page.count("hears-line is-heard") == 1
    Call.objects.filter(pk=desk.call.pk).update(party_state="joined", state="talking")
    page = bar(desk.browser)
    assert page.count("hears-line is-heard") == 3, "the three of them hear each other"
    panel = desk.browser.get(reverse("calls:current")).content.decode()
    assert "tous les trois en ligne" in panel


def test_who_is_consulted_sees_by_whom_and_can_only_leave(desk: SimpleNamespace) -> None:
    Call.objects.filter(pk=desk.call.pk).update(party_user=desk.lea, party_state="consulted", state="on_hold")
    make_post(user=desk.lea, secretariat=desk.secretariat, state="on_call", call_id=desk.call.pk)
    page = bar(signed_in(desk.lea))
    assert f"{desk.awa.display_name} vous consulte" in page
    assert 'data-softphone="leave"' in page
    assert "Transférer" not in page


def test_recording_is_offered_only_where_a_rule_allows_it(desk: SimpleNamespace) -> None:
    assert "Enregistrer" not in bar(desk.browser)
    today = timezone.localdate()
    RecordingRule.objects.create(
        line=desk.call.line, reason="training", detail="Formation", announcement="…",
        starts_on=today - timedelta(days=1), ends_on=today + timedelta(days=2), created_by=desk.boss, created_at=now(),
    )  # fmt: skip
    assert "Enregistrer, avec son accord" in bar(desk.browser)
    Call.objects.filter(pk=desk.call.pk).update(is_recorded=True)
    assert "Arrêter l’enregistrement" in bar(desk.browser)


def test_parked_callers_are_shown_to_colleagues_who_may_take_them(desk: SimpleNamespace) -> None:
    parked = make_call(practice=desk.practice, state="parked", parked_by=desk.awa)
    make_post(user=desk.lea, secretariat=desk.secretariat)
    browser = signed_in(desk.lea)
    page = bar(browser)
    assert f"Garé par {desk.awa.display_name}" in page
    assert reverse("calls:unpark", args=[parked.pk]) in page
    assert browser.post(reverse("calls:unpark", args=[parked.pk])).status_code == 200
    assert order_of(desk) == ("unpark", parked.pk, {"call_id": str(parked.pk)})


def test_a_waiting_caller_is_shown_discreetly_while_she_talks(desk: SimpleNamespace) -> None:
    make_call(practice=desk.practice, state="waiting", caller_number="+33639985555", urgency=2)
    page = bar(desk.browser)
    assert "06 39 98 55 55" in page
    assert "Urgence" in page


def test_keys_are_sent_to_the_other_end(desk: SimpleNamespace) -> None:
    assert 'value="#"' in desk.browser.get(reverse("calls:keypad", args=[desk.call.pk])).content.decode()
    press(desk, "digits", digits="42#")
    assert order_of(desk) == ("digits", desk.call.pk, {"digits": "42#"})


# --- calling out -----------------------------------------------------------------------------------


def dialled(desk: SimpleNamespace, number: str, name: str = "dial_check", **more: Any) -> Any:
    return desk.browser.post(
        reverse(f"calls:{name}"), {"number": number, "practice_id": desk.practice.pk, **more}
    )


def test_the_number_shown_is_said_before_dialling(desk: SimpleNamespace) -> None:
    OutgoingRules.objects.create(secretariat=desk.secretariat, number="+33199000001")
    page = dialled(desk, "06 39 98 00 01").content.decode()
    assert "01 99 00 00 01, numéro du secrétariat" in page
    NumberConsent.objects.create(
        line=desk.call.line, given_by_name="Dr Roussel", given_at=now(), recorded_by=desk.boss
    )
    page = dialled(desk, "06 39 98 00 01").content.decode()
    assert "numéro de Cabinet des Lilas" in page
    dialled(desk, "06 39 98 00 01", "dial_call", follow_up_id="12")
    kind, call_id, payload = order_of(desk)
    assert (kind, call_id) == ("call_out", None)
    assert payload["practice_id"] == desk.practice.pk
    assert payload["follow_up_id"] == 12


def test_the_practices_own_numbers_are_one_press_away(desk: SimpleNamespace) -> None:
    doctor = make_practitioner(practice=desk.practice, phone="06 39 98 00 01")
    page = desk.browser.get(reverse("calls:dial"), {"practice_id": desk.practice.pk}).content.decode()
    assert doctor.display_name in page
    assert 'value="+33639980001"' in page
    page = dialled(desk, "+33639980001", "dial").content.decode()
    assert 'value="06 39 98 00 01"' in page


@pytest.mark.parametrize("number", ["15", "17", "18", "112", "1 1 2"])
def test_emergency_numbers_are_never_dialled_by_us(desk: SimpleNamespace, number: str) -> None:
    page = dialled(desk, number).content.decode()
    assert "composez-le depuis votre propre téléphone" in page
    assert "strip-emergency" in page


def test_what_may_not_be_called_is_said(desk: SimpleNamespace) -> None:
    assert "l’étranger" in dialled(desk, "+44 20 7946 0000").content.decode()
    OutgoingRules.objects.create(secretariat=desk.secretariat, monthly_cap_cents=0)
    assert "plafond" in dialled(desk, "06 39 98 00 01").content.decode()
    desk.refusals.append("cap_reached")
    answer = dialled(desk, "06 39 98 00 01", "dial_call")
    assert answer.status_code == 409
    assert "plafond" in toast(answer)


def test_nobody_calls_for_a_practice_that_is_not_hers(desk: SimpleNamespace) -> None:
    foreign = make_practice()
    answer = desk.browser.post(
        reverse("calls:dial_call"), {"number": "0639980001", "practice_id": foreign.pk}
    )
    assert answer.status_code == 404
    assert not SwitchboardOrder.objects.exists()


# --- notes and abuse -------------------------------------------------------------------------------


def test_a_note_is_kept_once_and_can_be_taken_back(desk: SimpleNamespace) -> None:
    answer = press(desk, "note_write", text="  Rappeler après 18 h ")
    assert "Rappeler après 18 h" in answer.content.decode()
    press(desk, "note_write", text="Rappeler après 18 h")
    note = CallNote.objects.get()
    undo = json.loads(answer["HX-Trigger"])["toast"]["undo"]
    assert signed_in(desk.lea).post(undo).status_code == 200
    assert CallNote.objects.filter(pk=note.pk).exists(), "only who wrote it takes it back"
    desk.browser.post(undo)
    assert not CallNote.objects.exists()


def test_a_note_that_is_refused_comes_back_as_typed(desk: SimpleNamespace) -> None:
    typed = "x" * (LONGEST + 1)
    answer = press(desk, "note_write", text=typed)
    assert answer.status_code == 422
    assert typed in answer.content.decode()
    assert press(desk, "note_write", text="   ").status_code == 422


def test_an_abusive_call_is_noted_with_kind_words_and_a_pause(desk: SimpleNamespace) -> None:
    page = press(desk, "abuse").content.decode()
    assert order_of(desk)[:2] == ("abuse", desk.call.pk)
    assert "vous avez bien fait" in page
    assert "Prendre une pause" in page
    AbuseReport.objects.create(
        call=desk.call, by=desk.awa, at=now(), protected_until=now() + timedelta(hours=1)
    )
    press(desk, "abuse_undo", browser=signed_in(desk.lea))
    assert AbuseReport.objects.get().withdrawn_at is None, "only she takes it back"
    press(desk, "abuse_undo")
    assert AbuseReport.objects.get().withdrawn_at is not None


def test_an_abuse_refused_changes_nothing_on_screen(desk: SimpleNamespace) -> None:
    desk.refusals.append("not_your_call")
    answer = press(desk, "abuse")
    assert answer.status_code == 204
    assert "collègue" in toast(answer)


# --- supervising -----------------------------------------------------------------------------------


def test_a_supervisor_listens_to_her_secretariat_and_the_secretary_sees_it(desk: SimpleNamespace) -> None:
    browser = signed_in(desk.boss)
    make_post(user=desk.boss, secretariat=desk.secretariat)
    assert desk.awa.display_name in browser.get(reverse("calls:live_calls")).content.decode()
    assert press(desk, "lend_ear", "whisper", browser=browser).status_code == 200
    assert order_of(desk) == ("lend_ear", desk.call.pk, {"call_id": str(desk.call.pk), "how": "whisper"})
    Call.objects.filter(pk=desk.call.pk).update(listener=desk.boss, listening="listen")
    add_steps(desk.call, ("listening", 20, {"how": "listen"}), secretary=desk.awa)
    assert f"{desk.boss.display_name} écoute" in bar(desk.browser)
    why = desk.browser.get(reverse("calls:why_listening", args=[desk.call.pk])).content.decode()
    assert "personne ne l’entend" in why
    Post.objects.filter(user=desk.boss).update(state="on_call", call_id=desk.call.pk)
    page = bar(browser)
    assert f"Conversation de {desk.awa.display_name}" in page
    assert "Ne plus écouter" in page
    assert "Transférer" not in page


def test_nobody_else_listens(desk: SimpleNamespace) -> None:
    assert press(desk, "lend_ear", "listen").status_code == 404, "a secretary"
    other = make_secretariat()
    make_mandate(secretariat=other, practice=desk.practice)
    rival = make_supervisor(secretariat=other)
    assert press(desk, "lend_ear", "listen", browser=signed_in(rival)).status_code == 404, "another house"
    assert desk.browser.get(reverse("calls:live_calls")).status_code == 404
    assert press(desk, "lend_ear", "shout", browser=signed_in(desk.boss)).status_code == 404
    assert not SwitchboardOrder.objects.exists()


# --- the mobile ------------------------------------------------------------------------------------


def test_calls_ring_on_her_mobile_and_come_back(desk: SimpleNamespace) -> None:
    door = reverse("calls:mobile_route")
    page = desk.browser.post(door, {"on": "1", "number": "06 39 98 77 66"}).content.decode()
    assert "06 39 98 77 66" in page
    assert order_of(desk)[0::2] == ("route_phone", {"number": "+33639987766"})
    row = MobilePhone.objects.get(user=desk.awa)
    assert row.rings_until is not None
    assert 'data-elsewhere="yes"' in bar(desk.browser)
    desk.browser.post(door, {"on": "0"})
    row.refresh_from_db()
    assert row.rings_until is None
    assert order_of(desk)[2] == {"number": ""}


def test_a_mobile_that_is_refused_is_said_and_kept_as_typed(desk: SimpleNamespace) -> None:
    door = reverse("calls:mobile_route")
    answer = desk.browser.post(door, {"on": "1", "number": "bonjour"})
    assert answer.status_code == 422
    assert 'value="bonjour"' in answer.content.decode()
    desk.refusals.append("not_allowed_number")
    assert desk.browser.post(door, {"on": "1", "number": "06 39 98 77 66"}).status_code == 422
    assert not MobilePhone.objects.exists()


def test_the_page_for_a_mobile_follows_the_call_and_obeys(desk: SimpleNamespace) -> None:
    page = desk.browser.get(reverse("calls:mobile")).content.decode()
    assert "Cabinet des Lilas" in page
    assert desk.call.line.greeting in page
    assert reverse("agenda:page", args=[desk.practice.pk]) in page
    answer = desk.browser.post(
        reverse("calls:call_order", args=[desk.call.pk, "hold"]),
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/calls/mobile/"},
    )
    assert "mobile-talk" in answer.content.decode(), "the answer is the page that asked"


# --- what all share ----------------------------------------------------------------------------------


def test_somebody_elses_call_is_not_found_anywhere(desk: SimpleNamespace) -> None:
    stranger = make_practice()
    make_line(practice=stranger)
    foreign = make_call(practice=stranger, state="talking")
    own, desk.call = desk.call, foreign
    for name in ("transfer_dialog", "keypad", "why_listening", "notes"):
        assert desk.browser.get(reverse(f"calls:{name}", args=[foreign.pk])).status_code == 404, name
    for name in ("pass_on", "unpark", "digits", "note_write", "abuse", "abuse_undo"):
        assert press(desk, name, text="x", digits="1", number="0639980001").status_code == 404, name
    assert press(desk, "lend_ear", "listen", browser=signed_in(desk.boss)).status_code == 404
    assert own.pk != foreign.pk
    assert not SwitchboardOrder.objects.exists()


def test_the_number_of_queries_does_not_grow_with_who_waits(desk: SimpleNamespace) -> None:
    def asked(name: str, *args: Any) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.browser.get(reverse(f"calls:{name}", args=args)).status_code == 200
        return len(queries)

    asked("phone_bar")
    before = {name: asked(name, *args) for name, args in _doors(desk)}
    for number in range(5):
        make_call(practice=desk.practice, state="waiting", caller_number=f"+3363998000{number}")
        make_call(practice=desk.practice, state="parked", parked_by=desk.lea)
        make_practitioner(practice=desk.practice, phone=f"+3363998001{number}")
        make_post(user=make_secretary(secretariat=desk.secretariat), secretariat=desk.secretariat)
    after = {name: asked(name, *args) for name, args in _doors(desk)}
    assert after == before


def _doors(desk: SimpleNamespace) -> list[tuple[str, list[Any]]]:
    return [("phone_bar", []), ("transfer_dialog", [desk.call.pk]), ("mobile", []), ("my_phone", [])]


def test_who_listens_does_not_note_the_outcome_of_a_colleague_s_call(desk: SimpleNamespace) -> None:
    Call.objects.filter(pk=desk.call.pk).update(listener=desk.boss, listening="listen")
    browser = signed_in(desk.boss)
    page = press(desk, "outcome", browser=browser, outcome="booked").content.decode()
    assert f"{desk.awa.display_name} note l’issue" in page
    assert 'name="outcome"' not in page
    desk.call.refresh_from_db()
    assert desk.call.outcome == ""
    assert 'name="outcome"' in press(desk, "outcome", outcome="booked").content.decode()
    desk.call.refresh_from_db()
    assert desk.call.outcome == "booked"
