"""What an answer does to what was kept for someone of the waiting list, and how it is taken back."""

from datetime import date, timedelta

import pytest

from decroche.notifications.models import OutgoingNotice
from decroche.scheduling import jobs
from decroche.scheduling.actions.answer_offer import accept_offer, decline_offer, mark_called, undo_answer
from decroche.scheduling.actions.leave_waiting_list import leave_waiting_list, rejoin_waiting_list
from decroche.scheduling.actions.release_expired_holds import release_expired_holds
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.refusals import NothingToUndo, SlotTaken
from decroche.scheduling.domain.waiting import OfferClosed
from decroche.scheduling.models import Appointment, WaitingListEntry, WaitingListOffer
from decroche.scheduling.queries.waiting import history_of, ranks_of
from tests.factories import make_line, make_user
from tests.scheduling.factories import NOW, TUESDAY, make_agenda, make_appointment, paris
from tests.scheduling.test_waiting_list import FRIDAY, cancel, full_morning, waits

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
States = WaitingListOffer.State


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """A clock that a story can turn."""
    hands = {"now": NOW}
    monkeypatch.setattr("decroche.foundation.clock.now", lambda: hands["now"])
    return hands


@pytest.fixture
def agenda():
    practice, people, kind = make_agenda(practitioners=2)
    make_line(practice=practice, number="+33199000001")
    return practice, people, kind


@pytest.fixture
def awa():
    return make_user()


@pytest.fixture
def offered(agenda, awa, deliver):
    """Two wait; the first, who has an appointment in a fortnight, is asked about Friday, half past nine."""
    _, people, kind = agenda
    morning = full_morning(people[0], kind)
    own = make_appointment(practitioner=people[1], visit_type=kind, starts_at=paris(9, day=date(2026, 12, 8)))
    waits(kind, awa, patient=own.patient, instead_of=own)
    waits(kind, awa, since=NOW + timedelta(minutes=1))
    cancel(morning[2], awa)
    deliver()
    return WaitingListOffer.objects.get()


def test_who_accepts_is_booked_and_gives_up_the_later_one(offered, awa) -> None:
    old = offered.entry.instead_of
    booked = accept_offer(offer_id=offered.pk, by=awa, now=NOW)
    old.refresh_from_db()
    offered.refresh_from_db()
    assert (booked.status, booked.patient, booked.starts_at) == (
        Status.BOOKED, offered.entry.patient, paris(9, 30, day=FRIDAY),
    )  # fmt: skip
    assert old.status == Status.CANCELLED
    assert (offered.state, offered.answered_to, offered.entry.state) == (States.ACCEPTED, awa, "booked")


def test_the_time_given_up_is_proposed_in_its_turn(offered, awa, deliver) -> None:
    second = WaitingListEntry.objects.exclude(pk=offered.entry_id).get()
    accept_offer(offer_id=offered.pk, by=awa, now=NOW)
    deliver()
    assert WaitingListOffer.objects.get(entry=second).hold.starts_at == paris(9, day=date(2026, 12, 8))


def test_one_text_says_both_that_it_is_booked_and_that_the_other_is_not(offered, awa, deliver) -> None:
    accept_offer(offer_id=offered.pk, by=awa, now=NOW)
    deliver()
    bodies = OutgoingNotice.objects.filter(
        kind__in=["booked", "cancelled"], fact__contains=f":{offered.hold_id}:"
    )
    assert "avancé le ven. 27 nov." in bodies.get().body
    assert "prévu le mar. 8 déc." in bodies.get().body
    assert not OutgoingNotice.objects.filter(fact__contains=f":{offered.entry.instead_of_id}:").exists()


def test_accepting_twice_gives_the_same_appointment(offered, awa) -> None:
    first = accept_offer(offer_id=offered.pk, by=awa, now=NOW)
    assert accept_offer(offer_id=offered.pk, by=make_user(), now=NOW).pk == first.pk
    assert Appointment.objects.filter(patient=offered.entry.patient, status=Status.BOOKED).count() == 1


def test_who_declines_lets_the_next_one_be_asked_and_is_not_asked_again(offered, awa, deliver) -> None:
    decline_offer(offer_id=offered.pk, by=awa, now=NOW)
    decline_offer(offer_id=offered.pk, by=awa, now=NOW)
    deliver()
    offered.entry.refresh_from_db()
    assert offered.entry.state == "waiting"
    following = WaitingListOffer.objects.get(state=States.OPEN)
    assert following.hold.starts_at == offered.hold.starts_at
    assert (following.rank, following.passed_over) == (2, [[offered.entry_id, "asked"]])


def test_who_does_not_answer_lets_the_next_one_be_asked(offered, awa, deliver, clock) -> None:
    clock["now"] = offered.expires_at
    jobs.sweep_holds(timestamp=0)
    deliver()
    offered.refresh_from_db()
    assert offered.state == States.LAPSED
    assert WaitingListOffer.objects.get(state=States.OPEN).entry_id != offered.entry_id
    jobs.sweep_holds(timestamp=0)
    deliver()
    assert WaitingListOffer.objects.count() == 2


def test_who_answers_late_has_the_slot_while_nobody_else_does(offered, awa) -> None:
    late = offered.expires_at + timedelta(minutes=1)
    release_expired_holds(now=late)
    booked = accept_offer(offer_id=offered.pk, by=awa, now=late)
    assert booked.status == Status.BOOKED


def test_who_answers_after_the_next_one_was_asked_comes_too_late(offered, awa, deliver, clock) -> None:
    clock["now"] = offered.expires_at
    jobs.sweep_holds(timestamp=0)
    deliver()
    with pytest.raises(SlotTaken):
        accept_offer(offer_id=offered.pk, by=awa, now=clock["now"])
    offered.refresh_from_db()
    offered.entry.instead_of.refresh_from_db()
    assert (offered.state, offered.entry.instead_of.status) == (States.LAPSED, Status.BOOKED)


def test_an_answered_offer_takes_no_other_answer(offered, awa) -> None:
    accept_offer(offer_id=offered.pk, by=awa, now=NOW)
    with pytest.raises(OfferClosed):
        decline_offer(offer_id=offered.pk, by=awa, now=NOW)
    with pytest.raises(OfferClosed):
        mark_called(offer_id=offered.pk, by=awa, now=NOW)


# --- undoing --------------------------------------------------------------------------------------------------------


def test_an_acceptance_taken_back_keeps_the_slot_and_brings_the_old_one_back(offered, awa, deliver) -> None:
    accept_offer(offer_id=offered.pk, by=awa, now=NOW)
    again = undo_answer(offer_id=offered.pk, by=awa, now=NOW)
    deliver()
    entry = WaitingListEntry.objects.get(pk=offered.entry_id)
    assert entry.instead_of.status == Status.BOOKED
    assert (entry.state, again.state, again.expires_at) == ("offered", States.OPEN, offered.expires_at)
    assert (again.hold.status, again.hold.starts_at) == (Status.HELD, offered.hold.starts_at)
    assert OutgoingNotice.objects.filter(kind="offer").count() == 1  # not told twice


def test_a_refusal_taken_back_keeps_the_slot(offered, awa, deliver) -> None:
    decline_offer(offer_id=offered.pk, by=awa, now=NOW)
    again = undo_answer(offer_id=offered.pk, by=awa, now=NOW)
    deliver()
    assert WaitingListOffer.objects.get(state=States.OPEN) == again


def test_a_refusal_cannot_be_taken_back_once_the_next_one_has_it(offered, awa, deliver) -> None:
    decline_offer(offer_id=offered.pk, by=awa, now=NOW)
    deliver()
    with pytest.raises(SlotTaken):
        undo_answer(offer_id=offered.pk, by=awa, now=NOW)
    offered.refresh_from_db()
    assert offered.state == States.DECLINED


def test_what_was_never_answered_cannot_be_taken_back(offered, awa) -> None:
    with pytest.raises(NothingToUndo):
        undo_answer(offer_id=offered.pk, by=awa, now=NOW)


def test_who_leaves_lets_the_next_one_be_asked_and_may_come_back(offered, awa, deliver) -> None:
    leave_waiting_list(entry_id=offered.entry_id, by=awa, now=NOW)
    leave_waiting_list(entry_id=offered.entry_id, by=awa, now=NOW)
    deliver()
    offered.refresh_from_db()
    assert (offered.state, offered.entry.state) == (States.TAKEN_BACK, "left")
    assert WaitingListOffer.objects.get(state=States.OPEN).rank == 1
    rejoin_waiting_list(entry_id=offered.entry_id, by=awa, now=NOW)
    assert ranks_of(offered.entry.practice_id, today=TUESDAY)[offered.entry_id] == 1


def test_the_history_keeps_everything_that_was_proposed(offered, awa, deliver) -> None:
    decline_offer(offer_id=offered.pk, by=awa, now=NOW)
    [line] = history_of(offered.entry_id)
    assert (line.offer.state, line.offer.answered_to, line.slot.starts_at) == (
        States.DECLINED, awa, paris(9, 30, day=FRIDAY),
    )  # fmt: skip
