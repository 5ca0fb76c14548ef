"""Lost callers: once on the list however often they ring, in one hand at a time, every try written down."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection

from decroche.foundation.tenancy import every_practice
from decroche.messaging import queries
from decroche.messaging.actions.claim_follow_up import AlreadyClaimed, claim_follow_up
from decroche.messaging.actions.close_follow_up import close_follow_up, note_try, take_back_try
from decroche.messaging.actions.open_follow_up import open_follow_up
from decroche.messaging.models import FollowUp, FollowUpKind, FollowUpResult, FollowUpTry, TryResult
from tests.factories import make_practice, make_user

pytestmark = [pytest.mark.data, pytest.mark.usefixtures("everywhere")]
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
CALLER = "+33639981234"
MINUTE = timedelta(minutes=1)


def lost(practice, *, at=NOW, number=CALLER, kind=FollowUpKind.CALLBACK, **fields):
    return open_follow_up(
        practice=practice,
        kind=kind,
        call_id=fields.pop("call_id", uuid4()),
        caller_number=number,
        now=at,
        **fields,
    )


@pytest.mark.django_db
def test_who_rings_three_times_in_a_row_is_owed_one_call_since_the_first():
    practice, last = make_practice(), uuid4()
    first = lost(practice)
    lost(practice, at=NOW + 2 * MINUTE)
    for _ in range(2):  # the end of a call may be told twice
        lost(practice, at=NOW + 5 * MINUTE, call_id=last, is_urgent=True)
    (owed,) = queries.callers_owed([practice.pk])
    assert (owed, owed.rang, owed.due_at, owed.is_urgent) == (first, 3, NOW, True)
    assert owed.last_rang_at == NOW + 5 * MINUTE
    assert queries.follow_ups_of_call(last) == [first], "each of his calls leads to it"


@pytest.mark.django_db
def test_two_strangers_two_practices_and_hidden_numbers_are_not_mixed_up():
    here, there = make_practice(), make_practice()
    lost(here)
    lost(there)
    lost(here, number="+33639985678")
    lost(here, number="")
    lost(here, number="")
    assert FollowUp.objects.count() == 5
    assert {row.rang for row in FollowUp.objects.all()} == {1}


@pytest.mark.django_db
def test_who_leaves_a_message_in_the_end_keeps_his_place():
    practice, spoken = make_practice(), uuid4()
    first = lost(practice)
    for _ in range(2):
        lost(
            practice,
            at=NOW + MINUTE,
            kind=FollowUpKind.VOICEMAIL,
            call_id=spoken,
            voicemail_path="a.wav",
            seconds=21,
        )
    lost(practice, at=NOW + 3 * MINUTE)
    (owed,) = queries.callers_owed([practice.pk])
    assert (owed.pk, owed.kind, owed.voicemail_path, owed.seconds) == (first.pk, "voicemail", "a.wav", 21)
    assert (owed.rang, owed.due_at) == (3, NOW)


@pytest.mark.django_db(transaction=True)
def test_one_number_lost_by_two_exchanges_at_once_is_one_call_back():
    practice, together = make_practice(), Barrier(4)

    def lose(_):
        together.wait(10)
        try:
            with every_practice():
                return lost(practice).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lose, range(4)))) == 1
    assert FollowUp.objects.get().rang == 4


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_reach_for_a_lapsed_claim_at_once_one_has_it():
    follow_up, late = lost(make_practice()), NOW + 4 * MINUTE
    claim_follow_up(follow_up=follow_up, by=make_user(), now=NOW, lasts=3 * MINUTE)
    people, together = [make_user() for _ in range(8)], Barrier(8)

    def reach(person):
        together.wait(10)
        try:
            with every_practice():
                claim_follow_up(follow_up=FollowUp.objects.get(pk=follow_up.pk), by=person, now=late)
        except AlreadyClaimed:
            return None
        finally:
            connection.close()
        return person.pk

    with ThreadPoolExecutor(8) as pool:
        winners = [pk for pk in pool.map(reach, people) if pk]
    assert winners == [FollowUp.objects.get().assigned_to_id]


@pytest.mark.django_db
def test_a_claim_holds_until_it_lapses():
    follow_up, awa, lea = lost(make_practice()), make_user(), make_user()
    claim_follow_up(follow_up=follow_up, by=awa, now=NOW, lasts=3 * MINUTE)
    with pytest.raises(AlreadyClaimed):
        claim_follow_up(follow_up=follow_up, by=lea, now=NOW + 2 * MINUTE)
    claim_follow_up(follow_up=follow_up, by=lea, now=NOW + 3 * MINUTE)
    assert follow_up.assigned_to == lea


@pytest.mark.django_db
def test_each_try_is_kept_with_its_result_and_the_last_can_be_taken_back():
    follow_up, awa = lost(make_practice()), make_user()
    note_try(follow_up=follow_up, by=awa, now=NOW, again_at=NOW + 15 * MINUTE)
    close_follow_up(follow_up=follow_up, result=FollowUpResult.REACHED, by=awa, now=NOW + 16 * MINUTE)
    assert [t.result for t in FollowUpTry.objects.all()] == [TryResult.NO_ANSWER, TryResult.REACHED]
    assert not take_back_try(follow_up=follow_up, by=make_user(), now=NOW + 16 * MINUTE), "hers alone"
    assert take_back_try(follow_up=follow_up, by=awa, now=NOW + 17 * MINUTE)
    row = FollowUp.objects.get()
    assert (row.done_at, row.result, row.tries, row.due_at) == (None, "", 1, NOW + 15 * MINUTE)
    assert row.assigned_to == awa, "it is in her hand again"
    assert not take_back_try(follow_up=follow_up, by=awa, now=NOW + 60 * MINUTE), "only a moment ago"


@pytest.mark.django_db
def test_what_is_owed_to_a_number_is_closed_on_somebody_s_word_and_can_be_taken_back():
    practice, awa = make_practice(), make_user()
    follow_up = lost(practice)
    spoken = lost(practice, kind=FollowUpKind.VOICEMAIL, number="+33639985678")
    assert queries.call_backs_of(practice.pk, spoken.caller_number, until=NOW) == [], "it is to be heard"
    assert queries.call_backs_of(practice.pk, "", until=NOW) == []
    assert queries.call_backs_of(make_practice().pk, CALLER, until=NOW) == []
    assert queries.call_backs_of(practice.pk, CALLER, until=NOW - MINUTE) == [], "owed only later"
    assert queries.call_backs_of(practice.pk, CALLER, until=NOW) == [follow_up]
    assert close_follow_up(follow_up=follow_up, result=FollowUpResult.CALLED_AGAIN, by=awa, now=NOW + MINUTE)
    assert queries.call_backs_of(practice.pk, CALLER, until=NOW + MINUTE) == []
    assert take_back_try(follow_up=follow_up, by=awa, now=NOW + 2 * MINUTE)
    assert queries.call_backs_of(practice.pk, CALLER, until=NOW) == [follow_up]
