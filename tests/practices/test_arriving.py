"""Session, person and rights in one question; and nothing opens that Django's own way would keep shut."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from decroche.accounts.models import User
from decroche.practices import arriving
from decroche.practices.models import Mandate, SecretariatMember
from tests.factories import make_practice, make_secretary

pytestmark = [pytest.mark.django_db, pytest.mark.data, pytest.mark.usefixtures("everywhere")]


@pytest.fixture(autouse=True)
def whose(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Begin with a process that remembers nobody."""
    monkeypatch.setattr(arriving, "_whose", {})
    return arriving._whose


@pytest.fixture
def awa(client: Client, whose: dict[str, int]) -> User:
    """A secretary whose session this process remembers."""
    user = make_secretary(practices=(make_practice(),))
    client.force_login(user)
    assert _status(client) == IN
    assert list(whose.values()) == [user.pk]
    return user


#: What is asked is incomplete, but one is in.
IN, SIGN_IN, NOTHING_THERE = 422, 302, 404


def _status(client: Client) -> int:
    practice_id = Mandate.objects.values_list("practice_id", flat=True).first()
    return client.get(reverse("agenda:free", args=[practice_id]), {"visit_type": 1}).status_code


def test_one_question_says_who_comes_and_what_they_may_do(awa, client, django_assert_num_queries) -> None:
    practice_id = Mandate.objects.get().practice_id
    with django_assert_num_queries(2):  # the arrival, and what the page itself asks
        assert client.get(reverse("agenda:free", args=[practice_id])).status_code == IN


def test_a_changed_password_ends_the_session_elsewhere(awa, client) -> None:
    awa.set_password("une-autre-phrase-de-passe")
    awa.save()
    assert _status(client) == SIGN_IN
    assert not Session.objects.exists()


def test_a_closed_account_is_out_at_once(awa, client) -> None:
    User.objects.filter(pk=awa.pk).update(is_active=False)
    assert _status(client) == SIGN_IN


def test_an_expired_session_is_no_session(awa, client) -> None:
    Session.objects.update(expire_date=datetime.now(UTC) - timedelta(seconds=1))
    assert _status(client) == SIGN_IN


def test_a_session_that_was_ended_is_no_session(awa, client) -> None:
    Session.objects.all().delete()
    assert _status(client) == SIGN_IN


def test_a_forged_session_row_is_an_empty_session(awa, client) -> None:
    Session.objects.update(session_data="forged:data:here")
    assert _status(client) == SIGN_IN


def test_a_mandate_that_ended_closes_the_door_at_the_next_request(awa, client) -> None:
    Mandate.objects.update(ends_on=datetime.now(UTC).date() - timedelta(days=1))
    assert _status(client) == NOTHING_THERE


def test_a_secretary_who_left_the_firm_is_out_at_the_next_request(awa, client) -> None:
    SecretariatMember.objects.all().delete()
    assert _status(client) == NOTHING_THERE


def test_whoever_was_remembered_wrongly_gets_nothing_of_it(awa, client, whose) -> None:
    stranger = make_secretary(practices=(make_practice(),))
    whose.update(dict.fromkeys(whose, stranger.pk))
    assert _status(client) == IN  # as herself
    assert list(whose.values()) == [awa.pk]


def test_what_a_page_writes_in_the_session_is_kept(awa, client, settings) -> None:
    settings.MFA_REQUIRED = True  # whoever has no second factor is sent to set one up
    assert _status(client) == SIGN_IN
    session = client.session
    session["two_factor_of"] = awa.pk
    session.save()
    assert _status(client) == IN
