"""What the desk tells the practitioners: sent once, read, done, overdue; drafts are kept."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from decroche.messaging import queries
from decroche.messaging.actions.keep_draft import keep_draft
from decroche.messaging.actions.mark_done import mark_done, reopen
from decroche.messaging.actions.mark_read import mark_read
from decroche.messaging.actions.send_message import EmptyMessage, send_message
from decroche.messaging.models import FollowUp, FollowUpKind, Message
from tests.factories import make_practice, make_practitioner, make_user
from tests.patients.factories import make_patient

pytestmark = [pytest.mark.django_db, pytest.mark.data, pytest.mark.usefixtures("everywhere")]
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def send(practice, author, **fields):
    return send_message(
        **{"practice": practice, "author": author, "body": "Rappeler M. Morel", "now": NOW} | fields
    )


def test_sent_twice_with_one_key_it_is_one_message():
    practice, author, key = make_practice(), make_user(), uuid4()
    first = send(practice, author, idempotency_key=key)
    assert send(practice, author, idempotency_key=key, body="Autre") == first
    assert Message.objects.count() == 1


def test_the_inbox_holds_mine_and_what_nobody_in_particular_was_told():
    practice, author = make_practice(), make_user()
    mine, other = make_practitioner(practice=practice), make_practitioner(practice=practice)
    old = send(practice, author, practitioner=mine, now=NOW - timedelta(hours=1))
    everyone = send(practice, author)
    urgent = send(practice, author, practitioner=mine, is_urgent=True)
    send(practice, author, practitioner=other)
    send(make_practice(), author)
    assert queries.for_practitioner(mine.pk) == [urgent, old, everyone]
    assert queries.unread_count(mine.pk) == 3


def test_read_by_the_first_and_done_with_an_answer_that_comes_back_to_the_desk():
    practice, author, doctor, colleague = make_practice(), make_user(), make_user(), make_user()
    patient = make_patient(practice=practice)
    message = send(practice, author, patient=patient, caller_number="06 39 98 12 34")
    assert mark_read(message=message, by=doctor, now=NOW)
    assert not mark_read(message=message, by=colleague, now=NOW)
    assert mark_done(message=message, by=doctor, now=NOW, answer="L’ordonnance est prête")
    assert not mark_done(message=message, by=doctor, now=NOW, answer="encore")
    (follow_up,) = queries.follow_ups_due([practice.pk])
    assert (follow_up.kind, follow_up.body, follow_up.patient, follow_up.caller_number) == (
        FollowUpKind.MESSAGE, "L’ordonnance est prête", patient, "+33639981234"
    )  # fmt: skip
    assert message.read_by == doctor
    assert queries.waiting([practice.pk]) == []


def test_two_answers_from_one_call_are_two_things_to_pass_on():
    practice, author, call = make_practice(), make_user(), uuid4()
    for _ in range(2):
        mark_done(message=send(practice, author, call_id=call), by=author, now=NOW, answer="Oui")
    assert FollowUp.objects.count() == 2


def test_done_by_mistake_is_taken_back():
    practice, author = make_practice(), make_user()
    message = send(practice, author)
    mark_done(message=message, by=author, now=NOW)
    assert reopen(message=message, now=NOW)
    assert queries.waiting([practice.pk]) == [message]


@pytest.mark.parametrize(
    ("is_urgent", "hours", "late"),
    [(True, 0.4, False), (True, 0.5, True), (False, 23, False), (False, 24, True)],
)
def test_an_urgent_message_is_overdue_after_half_an_hour_another_after_a_day(is_urgent, hours, late):
    message = send(make_practice(), make_user(), is_urgent=is_urgent)
    assert queries.is_overdue(message, NOW + timedelta(hours=hours)) is late


def test_an_empty_message_is_not_sent_and_absurd_ones_are_cut():
    practice, author = make_practice(), make_user()
    with pytest.raises(EmptyMessage):
        send(practice, author, body=" \n")
    message = send(
        practice, author, body="x" * 10_000, caller_name="<b>" * 5_000, caller_number="anonymous" * 900
    )
    assert (len(message.body), len(message.caller_name), len(message.caller_number)) == (2000, 120, 16)


def test_a_draft_is_kept_until_it_is_sent_each_secretary_and_each_call_its_own():
    practice, author, colleague, call = make_practice(), make_user(), make_user(), uuid4()
    keep_draft(practice=practice, author=author, content={"body": "Il dem"}, now=NOW)
    keep_draft(practice=practice, author=author, call_id=call, content={"body": "Autre appel"}, now=NOW)
    keep_draft(practice=practice, author=author, content={"body": "Il demande"}, now=NOW)
    assert queries.drafts_of(practice.pk, author) == {
        None: {"body": "Il demande"},
        call: {"body": "Autre appel"},
    }
    assert queries.drafts_of(practice.pk, colleague) == {}
    send(practice, author)
    assert list(queries.drafts_of(practice.pk, author)) == [call]
    keep_draft(practice=practice, author=author, call_id=call, content={"body": " "}, now=NOW)
    assert queries.drafts_of(practice.pk, author) == {}


def test_messages_are_found_by_patient_and_by_call():
    practice, author, call = make_practice(), make_user(), uuid4()
    patient = make_patient(practice=practice)
    message = send(practice, author, patient=patient, call_id=call)
    send(practice, author)
    assert queries.of_patient(patient.pk) == queries.of_call(call) == [message]


def test_one_message_or_three_cost_one_query(django_assert_num_queries):
    practice, author = make_practice(), make_user()
    practitioner = make_practitioner(practice=practice)
    for count in (1, 2):
        for _ in range(count):
            send(practice, author, practitioner=practitioner, patient=make_patient(practice=practice))
        with django_assert_num_queries(1):
            [
                (str(m.practice), str(m.practitioner), str(m.patient))
                for m in queries.for_practitioner(practitioner.pk)
            ]
