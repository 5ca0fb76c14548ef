"""The list of call-backs as a secretary works it off: who is next, one key to call, one key to say what came of it."""

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from decroche.accounts.models import User
from decroche.calls.actions import give_order as giving
from decroche.calls.models import Call, Post, SwitchboardOrder
from decroche.calls.web import call_backs as door
from decroche.foundation.clock import now
from decroche.messaging.actions.open_follow_up import open_follow_up
from decroche.messaging.models import FollowUp, FollowUpKind
from tests.calls.factories import make_call, make_post, switchboard_lives
from tests.factories import make_line, make_practice, make_secretariat, make_secretary

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
HOUR = timedelta(hours=1)
HTMX = {"HX-Request": "true"}


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Return a practice, two secretaries at their posts, and a switchboard that obeys."""
    practice = make_practice(name="Cabinet des Lilas")
    make_line(practice=practice)
    secretariat = make_secretariat()
    awa = make_secretary(secretariat=secretariat, practices=(practice,), last_name="Diallo")
    lea = make_secretary(secretariat=secretariat, last_name="Roche")
    make_post(user=awa, secretariat=secretariat)
    make_post(user=lea, secretariat=secretariat)
    switchboard_lives()
    refusals: list[str] = []
    real = giving.give_order

    def give(**order: Any) -> SwitchboardOrder:
        row = real(**order)
        SwitchboardOrder.objects.filter(pk=row.pk).update(
            done_at=now(), refusal=refusals[0] if refusals else ""
        )
        return row

    monkeypatch.setattr(giving, "give_order", give)
    monkeypatch.setattr(door, "PATIENCE_SECONDS", 1)
    return SimpleNamespace(
        practice=practice,
        secretariat=secretariat,
        awa=browser(awa),
        lea=browser(lea),
        people=(awa, lea),
        refusals=refusals,
    )


def lost(practice: Any, number: str, *, ago: timedelta = HOUR, **fields: Any) -> FollowUp:
    # Urgent ones are called at any hour, so that these stories do not depend on the time of day.
    return open_follow_up(
        practice=practice,
        call_id=uuid4(),
        caller_number=number,
        now=now() - ago,
        is_urgent=fields.pop("is_urgent", True),
        **fields,
    )


def post(client: Client, name: str, row: FollowUp, **data: str) -> Any:
    return client.post(reverse(f"calls:{name}", args=[row.pk]), data, headers=HTMX)


def page(client: Client) -> str:
    return client.get(reverse("calls:call_backs")).content.decode()


def test_the_urgent_come_first_then_who_waits_longest(desk: SimpleNamespace) -> None:
    lost(desk.practice, "+33639980001", ago=3 * HOUR, is_urgent=False)
    lost(desk.practice, "+33639980002", ago=HOUR)
    lost(desk.practice, "+33639980003", ago=2 * HOUR)
    lost(make_practice(), "+33639980009")
    shown = page(desk.awa)
    places = [shown.index(number) for number in ("06 39 98 00 03", "06 39 98 00 02", "06 39 98 00 01")]
    assert places == sorted(places)
    assert "06 39 98 00 09" not in shown, "another secretariat's"


def test_one_key_rings_both_phones_and_keeps_him_from_the_colleague(desk: SimpleNamespace) -> None:
    row = lost(desk.practice, "+33639980001")
    answer = post(desk.awa, "call_back_place", row)
    assert answer.status_code == 200
    order = SwitchboardOrder.objects.get()
    assert (order.kind, order.payload["number"], order.payload["follow_up_id"]) == (
        "call_out",
        "+33639980001",
        row.pk,
    )
    assert order.payload["practice_id"] == desk.practice.pk
    refused = post(desk.lea, "call_back_place", row)
    assert refused.status_code == 409
    assert "Mme Diallo l’appelle déjà" in refused.content.decode()
    assert "Mme Diallo l’appelle" in page(desk.lea)
    assert SwitchboardOrder.objects.count() == 1, "nobody rang him twice"


@pytest.mark.parametrize("fails", ["refused", "silent"])
def test_a_call_that_cannot_be_placed_gives_him_back(desk: SimpleNamespace, fails: str) -> None:
    row = lost(desk.practice, "+33639980001")
    if fails == "refused":
        desk.refusals.append("phone_away")
    else:
        switchboard_lives(at=now() - timedelta(minutes=1))
    answer = post(desk.awa, "call_back_place", row)
    assert answer.status_code == 409
    wanted = "téléphone n’est pas joignable" if fails == "refused" else "téléphonie ne répond pas"
    assert wanted in answer.content.decode()
    desk.refusals.clear()
    switchboard_lives()
    assert post(desk.lea, "call_back_place", row).status_code == 200, "a colleague may try at once"


def test_what_came_of_it_is_one_key_and_can_be_undone(desk: SimpleNamespace) -> None:
    row = lost(desk.practice, "+33639980001")
    post(desk.awa, "call_back_place", row)
    assert 'data-key="1"' in page(desk.awa)
    toast = json.loads(post(desk.awa, "call_back_noted", row, result="reached")["HX-Trigger"])["toast"]
    row.refresh_from_db()
    assert (row.result, row.tries) == ("reached", 1)
    assert desk.lea.post(toast["undo"], headers=HTMX).status_code == 204
    row.refresh_from_db()
    assert row.done_at is not None, "a colleague does not undo it"
    desk.awa.post(toast["undo"], headers=HTMX)
    row.refresh_from_db()
    assert (row.done_at, row.tries) == (None, 0)
    assert 'data-key="1"' in page(desk.awa), "he is in her hand again"


def test_nobody_answered_so_he_rests_before_the_next_try(desk: SimpleNamespace) -> None:
    row = lost(desk.practice, "+33639980001")
    post(desk.awa, "call_back_place", row)
    answer = post(desk.awa, "call_back_noted", row, result="no_answer")
    assert "prochain essai" in json.loads(answer["HX-Trigger"])["toast"]["text"]
    row.refresh_from_db()
    assert row.due_at > now()
    assert row.assigned_to is None
    shown = page(desk.lea)
    assert "Pas de réponse" in shown
    assert "Mme Diallo" in shown, "who tried is said"
    assert "Prochain essai" in shown
    for _ in range(3):
        post(desk.awa, "call_back_noted", row, result="no_answer")
    assert "Assez essayé" in page(desk.lea)


def test_he_may_say_when_he_wants_to_be_called(desk: SimpleNamespace) -> None:
    row = lost(desk.practice, "+33639980001")
    assert post(desk.awa, "call_back_later", row, at="bientôt").status_code == 422
    post(desk.awa, "call_back_later", row, at="15:30")
    row.refresh_from_db()
    local = row.wished_at.astimezone(desk.practice.zone)
    assert (local.hour, local.minute, row.due_at) == (15, 30, row.wished_at)
    assert now() < row.wished_at <= now() + timedelta(days=1)
    assert "demande à être rappelé à" in page(desk.awa)


def test_hidden_numbers_are_counted_and_never_called(desk: SimpleNamespace) -> None:
    make_call(practice=desk.practice, caller_number="", arrived_at=now())
    open_follow_up(practice=desk.practice, call_id=uuid4(), caller_number="", now=now())
    shown = page(desk.awa)
    assert "1 numéro masqué perdu aujourd’hui" in shown
    assert "Rappeler" not in shown


def test_a_voicemail_plays_in_the_list_with_its_length(desk: SimpleNamespace) -> None:
    row = lost(desk.practice, "+33639980001", kind=FollowUpKind.VOICEMAIL, voicemail_path="a.wav", seconds=83)
    shown = page(desk.awa)
    assert reverse("messages:voicemail", args=[row.pk]) in shown
    assert "1:23" in shown


def test_somebody_elses_caller_is_not_found(desk: SimpleNamespace) -> None:
    row = lost(make_practice(), "+33639980001")
    for name in ("place", "noted", "later", "undo"):
        assert post(desk.awa, f"call_back_{name}", row).status_code == 404


def test_twenty_callers_cost_as_many_queries_as_one(desk: SimpleNamespace) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            page(desk.awa)
        return len(queries)

    lost(desk.practice, "+33639980000")
    cost()
    one = cost()
    for n in range(1, 20):
        row = lost(desk.practice, f"+336399800{n:02d}")
        post(desk.awa, "call_back_noted", row, result="no_answer")
    assert cost() == one + 1, "one more, for who tried"


# --- who rings again by himself -----------------------------------------------------------------


def rings_again(desk: SimpleNamespace, row: FollowUp, **fields: Any) -> Call:
    """Let the number of a call-back speak with Mme Diallo."""
    call = make_call(
        practice=desk.practice,
        secretary=desk.people[0],
        caller_number=row.caller_number,
        state="talking",
        ended_at=None,
        answered_at=now(),
        **fields,
    )
    Post.objects.filter(user=desk.people[0]).update(call_id=call.pk, state="on_call")
    return call


def answers(client: Client, call: Call, word: str) -> Any:
    return client.post(reverse("calls:answers_call_back", args=[call.pk]), {"answers": word}, headers=HTMX)


def test_his_number_sets_him_aside_and_closes_nothing_by_itself(desk: SimpleNamespace) -> None:
    row = lost(desk.practice, "+33639980001")
    call = rings_again(desk, row)
    assert "Ce numéro est en ligne avec Mme Diallo" in page(desk.lea)
    refused = post(desk.lea, "call_back_place", row)
    assert (refused.status_code, SwitchboardOrder.objects.count()) == (409, 0)
    Call.objects.filter(pk=call.pk).update(state="ended", ended_at=now())
    assert "est en ligne" not in page(desk.lea), "she said nothing: he is back in his place"
    assert FollowUp.objects.filter(done_at=None).count() == 1
    assert post(desk.lea, "call_back_place", row).status_code == 200


def test_she_is_asked_whether_it_is_he_and_one_key_closes_what_was_owed(desk: SimpleNamespace) -> None:
    row = lost(desk.practice, "+33639980001")
    call = rings_again(desk, row)
    panel = desk.awa.get(reverse("calls:current")).content.decode()
    assert "Cet appel répond-il au rappel" in panel
    assert 'data-key="Alt+c"' in panel
    assert answers(desk.lea, call, "yes").status_code == 409, "she does not speak with him"
    answer = answers(desk.awa, call, "yes")
    row.refresh_from_db()
    assert (row.result, row.done_by) == ("called_again", desk.people[0])
    assert "répond-il" not in answer.content.decode()
    undo = json.loads(answer["HX-Trigger"])["toast"]["undo"]
    assert desk.awa.post(undo, headers=HTMX).status_code == 204
    row.refresh_from_db()
    assert row.done_at is None


@pytest.mark.parametrize(
    ("word", "outcome", "is_closed"),
    [("", "booked", True), ("", "wrong_number", False), ("no", "booked", False)],
)
def test_what_came_of_the_call_says_it_too_unless_she_said_no(
    desk: SimpleNamespace, word: str, outcome: str, is_closed: bool
) -> None:
    row = lost(desk.practice, "+33639980001")
    call = rings_again(desk, row)
    if word:
        assert "répond-il" not in answers(desk.awa, call, word).content.decode()
    assert desk.awa.post(reverse("calls:outcome", args=[call.pk]), {"outcome": outcome}).status_code == 200
    row.refresh_from_db()
    assert (row.done_at is not None) is is_closed


def test_what_a_colleague_has_in_hand_is_not_asked_about(desk: SimpleNamespace) -> None:
    row = lost(desk.practice, "+33639980001")
    assert post(desk.lea, "call_back_place", row).status_code == 200
    rings_again(desk, row)
    assert "répond-il" not in desk.awa.get(reverse("calls:current")).content.decode()
