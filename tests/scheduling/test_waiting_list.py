"""The waiting list, verb by verb: who is asked, what is kept for them, what their answer does."""

from datetime import timedelta

import pytest

from decroche.notifications.models import OutgoingNotice
from decroche.patients.models import PatientPhone
from decroche.scheduling import jobs
from decroche.scheduling.actions.answer_offer import mark_called
from decroche.scheduling.actions.cancel_appointment import cancel_appointment
from decroche.scheduling.actions.hold_slot import hold_slot
from decroche.scheduling.actions.join_waiting_list import (
    DaysReversed,
    Wants,
    change_waiting_entry,
    join_waiting_list,
)
from decroche.scheduling.actions.move_appointment import move_appointment
from decroche.scheduling.actions.propose_freed_time import propose_freed_time
from decroche.scheduling.actions.record_absence import record_absence
from decroche.scheduling.actions.remove_absence import remove_absence
from decroche.scheduling.actions.restore_appointment import restore_appointment
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.refusals import NotOfThisPractice, SlotTaken
from decroche.scheduling.domain.waiting import AlreadyWaiting, Why
from decroche.scheduling.models import Appointment, WaitingListEntry, WaitingListOffer
from decroche.scheduling.queries import open_slots
from decroche.scheduling.queries.waiting import open_offers, ranks_of
from tests.factories import make_line, make_user
from tests.scheduling.factories import (
    NOW,
    TUESDAY,
    make_agenda,
    make_appointment,
    make_patient,
    make_visit_type,
    paris,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
FRIDAY = TUESDAY + timedelta(days=3)
NEXT_TUESDAY = TUESDAY + timedelta(days=7)
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


def waits(kind, by, *, patient=None, since=NOW, mobile=True, **fields) -> WaitingListEntry:
    patient = patient or make_patient(practice=kind.practice)
    if mobile:
        PatientPhone.objects.create(patient=patient, number=f"+3363998{patient.pk % 10000:04d}", position=0)
    known = {"visit_type": kind, "first_day": TUESDAY, "last_day": TUESDAY + timedelta(days=20)}
    return join_waiting_list(patient=patient, wants=Wants(**known | fields), by=by, now=since)


def full_morning(person, kind, day=FRIDAY) -> list[Appointment]:
    """Twelve quarters of an hour, all taken."""
    return [
        make_appointment(
            practitioner=person, visit_type=kind, starts_at=paris(9, day=day) + timedelta(minutes=15 * n)
        )
        for n in range(12)
    ]


def cancel(appointment, by, **fields) -> None:
    known = {"version": None, "reason": "à la demande du patient", "by": by, "now": NOW}
    cancel_appointment(appointment_id=appointment.pk, **known | fields)


def text_of(offer) -> str:
    return OutgoingNotice.objects.get(fact=f"waiting-offer:{offer.pk}").body


# --- joining --------------------------------------------------------------------------------------------------------


def test_someone_who_has_nothing_waits_for_any_practitioner(agenda, awa) -> None:
    entry = waits(agenda[2], awa)
    assert (entry.state, entry.practitioner, entry.instead_of) == ("waiting", None, None)
    assert ranks_of(agenda[0].pk, today=TUESDAY) == {entry.pk: 1}


def test_nobody_waits_twice_for_the_same_thing(agenda, awa) -> None:
    entry = waits(agenda[2], awa)
    with pytest.raises(AlreadyWaiting):
        waits(agenda[2], awa, patient=entry.patient, mobile=False)
    other = waits(make_visit_type(practice=agenda[0]), awa, patient=entry.patient, mobile=False)
    assert other.pk != entry.pk


def test_days_in_the_wrong_order_are_refused(agenda, awa) -> None:
    with pytest.raises(DaysReversed):
        waits(agenda[2], awa, first_day=FRIDAY, last_day=TUESDAY)


def test_nothing_of_another_practice_is_waited_for(agenda, awa) -> None:
    other = make_agenda()
    with pytest.raises(NotOfThisPractice):
        waits(other[2], awa, patient=make_patient(practice=agenda[0]))
    appointment = make_appointment(practitioner=agenda[1][0], visit_type=agenda[2], starts_at=paris(9))
    with pytest.raises(NotOfThisPractice):  # another patient's appointment
        waits(agenda[2], awa, instead_of=appointment)


def test_a_change_keeps_the_place_in_the_list(agenda, awa) -> None:
    first, second = waits(agenda[2], awa), waits(agenda[2], awa, since=NOW + timedelta(hours=1))
    change_waiting_entry(
        entry_id=first.pk,
        wants=Wants(
            visit_type=agenda[2], first_day=TUESDAY, last_day=FRIDAY, half_day="am", weekdays=[3, 1, 1]
        ),
        by=awa,
        now=NOW + timedelta(hours=2),
    )
    first.refresh_from_db()
    assert (first.half_day, first.weekdays, first.last_day) == ("am", [1, 3], FRIDAY)
    assert ranks_of(agenda[0].pk, today=TUESDAY) == {first.pk: 1, second.pk: 2}


# --- a slot is freed ------------------------------------------------------------------------------------------------


def test_a_cancellation_is_proposed_to_the_first_of_the_list_and_kept_for_them(agenda, awa, deliver) -> None:
    _, people, kind = agenda
    morning = full_morning(people[0], kind)
    first, second = waits(kind, awa), waits(kind, awa, since=NOW + timedelta(minutes=1))
    cancel(morning[2], awa)
    deliver()
    [offer] = WaitingListOffer.objects.all()
    hold = offer.hold
    assert (offer.entry, offer.rank, offer.freed_by) == (first, 1, morning[2])
    assert (hold.status, hold.starts_at, hold.waiting_entry, hold.held_by) == (
        Status.HELD, paris(9, 30, day=FRIDAY), first, None,
    )  # fmt: skip
    assert hold.hold_expires_at == offer.expires_at
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("offered", "waiting")


def test_the_text_says_when_with_whom_until_when_and_nothing_of_why(agenda, awa, deliver) -> None:
    _, people, kind = agenda
    kind.name = "Dépistage de mélanome"
    kind.save()
    morning = full_morning(people[0], kind)
    waits(kind, awa)
    cancel(morning[2], awa)
    deliver()
    offer = WaitingListOffer.objects.get()
    body = text_of(offer)
    # seven in the morning: told at eight, four hours to think
    assert "le ven. 27 nov. à 9\u202fh\u202f30 avec Dr Roussel" in body
    assert "avant 12\u202fh." in body
    assert "01 99 00 00 01" in body
    assert "mélanome" not in body
    assert offer.told == WaitingListOffer.Told.TEXT


def test_who_has_no_mobile_is_to_be_called(agenda, awa, deliver) -> None:
    _, people, kind = agenda
    morning = full_morning(people[0], kind)
    entry = waits(kind, awa, mobile=False)
    PatientPhone.objects.create(patient=entry.patient, number="+33199000077", position=0)
    cancel(morning[2], awa)
    deliver()
    [view] = open_offers([agenda[0].pk])
    assert view.is_to_call
    assert view.numbers == ("+33199000077",)
    mark_called(offer_id=view.offer.pk, by=awa, now=NOW)
    [view] = open_offers([agenda[0].pk])
    assert (view.is_to_call, view.offer.told_by) == (False, awa)


def test_the_third_of_the_list_is_asked_when_the_others_cannot_and_one_is_told_why(
    agenda, awa, deliver
) -> None:
    _, people, kind = agenda
    morning = full_morning(people[0], kind)
    waits(kind, awa, half_day="pm")
    waits(kind, awa, practitioner=people[1], since=NOW + timedelta(minutes=1))
    third = waits(kind, awa, since=NOW + timedelta(minutes=2))
    cancel(morning[2], awa)
    deliver()
    [view] = open_offers([agenda[0].pk])
    assert (view.offer.entry_id, view.offer.rank) == (third.pk, 3)
    assert [why for _, why in view.passed_over] == [Why.HALF_DAY, Why.PRACTITIONER]


def test_an_urgent_one_goes_in_front(agenda, awa, deliver) -> None:
    _, people, kind = agenda
    morning = full_morning(people[0], kind)
    waits(kind, awa)
    urgent = waits(kind, awa, since=NOW + timedelta(hours=1), is_urgent=True)
    cancel(morning[2], awa)
    deliver()
    assert WaitingListOffer.objects.get().entry == urgent


def test_a_visit_that_does_not_fit_into_the_gap_is_not_proposed(agenda, awa, deliver) -> None:
    practice, people, kind = agenda
    morning = full_morning(people[0], kind)
    long = make_visit_type(practice=practice, duration_minutes=30)
    waits(long, awa)
    cancel(morning[2], awa)
    deliver()
    assert not WaitingListOffer.objects.exists()
    cancel(morning[3], awa)  # its neighbour goes too: now there is half an hour
    deliver()
    hold = WaitingListOffer.objects.get().hold
    assert (hold.starts_at, hold.ends_at) == (paris(9, 30, day=FRIDAY), paris(10, day=FRIDAY))


def test_who_has_an_appointment_is_asked_about_earlier_ones_only(agenda, awa, deliver) -> None:
    _, people, kind = agenda
    morning = full_morning(people[0], kind)
    own = make_appointment(practitioner=people[1], visit_type=kind, starts_at=paris(9, day=FRIDAY))
    waits(kind, awa, patient=own.patient, instead_of=own)
    cancel(morning[2], awa)
    deliver()
    assert not WaitingListOffer.objects.exists()


def test_the_place_that_a_moved_appointment_leaves_is_proposed(agenda, awa, deliver) -> None:
    practice, people, kind = agenda
    morning = full_morning(people[0], kind)
    waits(kind, awa, last_day=FRIDAY)
    move_appointment(
        appointment_id=morning[5].pk,
        practitioner=people[0],
        site=practice.sites.get(),
        starts_at=paris(9, day=NEXT_TUESDAY),
        version=None,
        by=awa,
        now=NOW,
    )
    deliver()
    assert WaitingListOffer.objects.get().hold.starts_at == paris(10, 15, day=FRIDAY)


def test_a_day_that_opens_again_is_shared_among_the_list(agenda, awa, deliver) -> None:
    _, people, kind = agenda
    absence = record_absence(
        practitioner=people[0],
        starts_at=paris(0, day=FRIDAY),
        ends_at=paris(23, day=FRIDAY),
        by=awa,
        now=NOW,
    ).absence
    entries = [
        waits(kind, awa, practitioner=people[0], first_day=FRIDAY, since=NOW + timedelta(minutes=n))
        for n in range(3)
    ]
    remove_absence(absence_id=absence.pk, by=awa, now=NOW)
    deliver()
    offers = WaitingListOffer.objects.order_by("hold__starts_at")
    assert [offer.entry for offer in offers] == entries
    assert [offer.hold.starts_at for offer in offers] == [
        paris(9, day=FRIDAY), paris(9, 15, day=FRIDAY), paris(9, 30, day=FRIDAY),
    ]  # fmt: skip


def test_what_is_cancelled_for_an_absence_is_proposed_to_nobody(agenda, awa, deliver) -> None:
    _, people, kind = agenda
    morning = full_morning(people[0], kind)
    waits(kind, awa)
    record_absence(
        practitioner=people[0], starts_at=paris(8, day=FRIDAY), ends_at=paris(20, day=FRIDAY), by=awa, now=NOW
    )
    cancel(morning[2], awa)
    deliver()
    assert not WaitingListOffer.objects.exists()


def test_a_cancellation_undone_in_time_is_proposed_to_nobody(agenda, awa, deliver) -> None:
    _, people, kind = agenda
    morning = full_morning(people[0], kind)
    waits(kind, awa)
    cancel(morning[2], awa)
    restore_appointment(appointment_id=morning[2].pk, version=None, by=awa, now=NOW)
    deliver()
    assert not WaitingListOffer.objects.exists()


def test_the_job_run_twice_asks_nobody_twice(agenda, awa) -> None:
    _, people, kind = agenda
    morning = full_morning(people[0], kind)
    waits(kind, awa)
    waits(kind, awa, since=NOW + timedelta(minutes=1))
    cancel(morning[2], awa)
    for _ in range(3):
        jobs.propose(
            practitioner_id=people[0].pk,
            starts_at=morning[2].starts_at.isoformat(),
            ends_at=morning[2].ends_at.isoformat(),
            freed_by=morning[2].pk,
        )
    assert WaitingListOffer.objects.count() == 1
    assert OutgoingNotice.objects.filter(kind="offer").count() == 1


def test_a_slot_that_a_caller_has_meanwhile_is_left_to_the_caller(agenda, awa) -> None:
    practice, people, kind = agenda
    morning = full_morning(people[0], kind)
    entry = waits(kind, awa)
    cancel(morning[2], awa)
    hold_slot(
        practitioner=people[0],
        site=practice.sites.get(),
        visit_type=kind,
        starts_at=morning[2].starts_at,
        held_by=awa,
        now=NOW,
    )
    assert (
        propose_freed_time(
            practitioner=people[0], starts_at=morning[2].starts_at, ends_at=morning[2].ends_at, now=NOW
        )
        == []
    )
    entry.refresh_from_db()
    assert entry.state == "waiting"


def test_a_caller_cannot_take_what_is_kept_for_someone(agenda, awa, deliver) -> None:
    practice, people, kind = agenda
    morning = full_morning(people[0], kind)
    waits(kind, awa)
    cancel(morning[2], awa)
    deliver()
    with pytest.raises(SlotTaken):
        hold_slot(
            practitioner=people[0],
            site=practice.sites.get(),
            visit_type=kind,
            starts_at=morning[2].starts_at,
            held_by=awa,
            now=NOW,
        )
    assert not open_slots(
        practitioners=people[:1], visit_type=kind, start=paris(9, day=FRIDAY), now=NOW, horizon_days=1
    )


# --- how much is read -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_offers_are_read_in_four_queries_however_many(
    agenda, awa, deliver, django_assert_num_queries, count
) -> None:
    _, people, kind = agenda
    morning = full_morning(people[0], kind)
    for n in range(count):
        waits(kind, awa, since=NOW + timedelta(minutes=n))
    for appointment in morning[:count]:
        cancel(appointment, awa)
    deliver()
    with django_assert_num_queries(4 if count > 1 else 3):
        assert len(open_offers([agenda[0].pk])) == count


@pytest.mark.parametrize("count", [1, 3])
def test_asking_reads_the_same_however_long_the_list(agenda, awa, django_assert_num_queries, count) -> None:
    from decroche.scheduling.queries.waiting import wantings

    for n in range(count):
        waits(agenda[2], awa, since=NOW + timedelta(minutes=n))
    with django_assert_num_queries(2):
        assert len(wantings(practice_id=agenda[0].pk, now=NOW, zone=agenda[0].zone)) == count
