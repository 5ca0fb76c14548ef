"""What remains to be done for callers: nobody forgotten, nobody called twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from decroche.foundation.tenancy import every_practice
from decroche.messaging import queries
from decroche.messaging.actions.claim_follow_up import AlreadyClaimed, claim_follow_up, release_follow_up
from decroche.messaging.actions.close_follow_up import (
    TRY_AGAIN_IN,
    InColleaguesHand,
    close_follow_up,
    note_try,
)
from decroche.messaging.actions.open_follow_up import open_follow_up
from decroche.messaging.models import FollowUp, FollowUpKind, FollowUpResult
from tests.factories import make_practice, make_user

pytestmark = [pytest.mark.data, pytest.mark.usefixtures("everywhere")]
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def opened(practice=None, **fields):
    return open_follow_up(practice=practice or make_practice(), now=NOW, **fields)


@pytest.mark.django_db
def test_a_call_leaves_one_call_back_however_often_its_end_is_told():
    practice, call = make_practice(), uuid4()
    assert opened(practice, call_id=call) == opened(practice, call_id=call)
    voicemail = opened(practice, call_id=call, kind=FollowUpKind.VOICEMAIL, voicemail_path="a/b.wav")
    assert FollowUp.objects.count() == 2
    assert queries.follow_up_counts([practice.pk], now=NOW) == {
        "callbacks": 1,
        "voicemails": 1,
        "all": 2,
        "late": 2,
    }
    assert voicemail in queries.follow_ups_of_call(call)


@pytest.mark.django_db
def test_one_in_hand_is_nobody_elses_until_given_back():
    follow_up, mme_diallo, mme_petit = opened(), make_user(last_name="Diallo"), make_user()
    claim_follow_up(follow_up=follow_up, by=mme_diallo, now=NOW)
    claim_follow_up(follow_up=follow_up, by=mme_diallo, now=NOW)
    with pytest.raises(AlreadyClaimed) as refusal:
        claim_follow_up(follow_up=follow_up, by=mme_petit, now=NOW)
    assert refusal.value.by == "Mme Diallo"
    with pytest.raises(InColleaguesHand):
        close_follow_up(follow_up=follow_up, by=mme_petit, now=NOW)
    assert not release_follow_up(follow_up=follow_up, by=mme_petit)
    assert release_follow_up(follow_up=follow_up, by=mme_diallo)
    claim_follow_up(follow_up=follow_up, by=mme_petit, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_reach_for_it_at_once_one_has_it():
    follow_up = opened()
    people = [make_user() for _ in range(8)]

    def reach(person):
        try:
            with every_practice():
                claim_follow_up(follow_up=FollowUp.objects.get(pk=follow_up.pk), by=person, now=NOW)
        except AlreadyClaimed:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(reach, people)) == 1


@pytest.mark.django_db
def test_closed_once_with_what_came_of_it():
    follow_up, secretary = opened(), make_user()
    claim_follow_up(follow_up=follow_up, by=secretary, now=NOW)
    assert close_follow_up(
        follow_up=follow_up, result=FollowUpResult.LEFT_MESSAGE, note="Répondeur", by=secretary, now=NOW
    )
    assert not close_follow_up(follow_up=follow_up, by=secretary, now=NOW)
    (done,) = queries.follow_ups_done([follow_up.practice_id])
    assert (done.result, done.result_note, done.done_by) == (
        FollowUpResult.LEFT_MESSAGE,
        "Répondeur",
        secretary,
    )
    with pytest.raises(AlreadyClaimed):
        claim_follow_up(follow_up=follow_up, by=make_user(), now=NOW)


@pytest.mark.django_db
def test_nobody_answered_so_it_is_tried_again_later_by_anyone():
    follow_up, secretary = opened(), make_user()
    claim_follow_up(follow_up=follow_up, by=secretary, now=NOW)
    note_try(follow_up=follow_up, by=secretary, now=NOW)
    (again,) = queries.follow_ups_due([follow_up.practice_id])
    assert (again.tries, again.assigned_to, again.due_at) == (1, None, NOW + TRY_AGAIN_IN)


@pytest.mark.django_db
def test_the_longest_due_comes_first_and_other_practices_stay_out(django_assert_num_queries):
    practice = make_practice()
    late = opened(practice, due_at=NOW - timedelta(hours=1))
    opened()
    with django_assert_num_queries(1):
        assert queries.follow_ups_due([practice.pk]) == [late]
    soon = opened(practice, caller_name="<b>" * 9_000 + "\x00", caller_number="x" * 9_000, body="y" * 90_000)
    assert queries.follow_ups_due([practice.pk]) == [late, soon]
    with django_assert_num_queries(1):
        [str(f.practice) for f in queries.follow_ups_due([practice.pk])]
