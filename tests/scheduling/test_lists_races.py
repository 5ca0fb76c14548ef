"""Several people at the lists at once: real connections, real commits."""

from datetime import timedelta

import pytest

from decroche.foundation.tenancy import every_practice
from decroche.scheduling.actions.answer_offer import accept_offer, decline_offer
from decroche.scheduling.actions.cancel_appointment import cancel_appointment
from decroche.scheduling.actions.confirm_hold import confirm_hold
from decroche.scheduling.actions.hold_slot import hold_slot
from decroche.scheduling.actions.lapse_offers import lapse_offers
from decroche.scheduling.actions.propose_freed_time import propose_freed_time
from decroche.scheduling.actions.send_mass_move import carry_out_mass_move, send_mass_move
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.refusals import Refusal, SlotTaken
from decroche.scheduling.models import Appointment, AppointmentChange, MassMoveItem, WaitingListOffer
from tests.factories import make_user
from tests.scheduling.factories import NOW, make_agenda, make_patient, paris
from tests.scheduling.test_mass_moves import comes, ill_today
from tests.scheduling.test_races import at_once
from tests.scheduling.test_waiting_list import FRIDAY, full_morning, waits

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data, pytest.mark.timeout(180)]


@pytest.fixture
def freed():
    """A full morning with one slot just freed, and three people who would have it."""
    with every_practice():
        practice, people, kind = make_agenda()
        awa = make_user()
        gap = full_morning(people[0], kind)[2]
        for n in range(3):
            waits(kind, awa, mobile=False, since=NOW + timedelta(minutes=n))
        cancel_appointment(appointment_id=gap.pk, version=None, reason="il a appelé", by=awa, now=NOW)
    return practice, people[0], kind, awa, gap


def propose(person, gap) -> int:
    return len(propose_freed_time(practitioner=person, starts_at=gap.starts_at, ends_at=gap.ends_at, now=NOW))


def owners(person) -> list:
    rows = Appointment.objects.filter(practitioner=person, status__in=[Status.HELD, Status.BOOKED])
    return list(rows.filter(starts_at=paris(9, 30, day=FRIDAY)).values_list("status", flat=True))


def test_eight_workers_with_the_same_job_ask_one_person(freed) -> None:
    _, person, _, _, gap = freed
    assert sum(at_once(lambda _: propose(person, gap), 8)) == 1
    with every_practice():
        assert WaitingListOffer.objects.count() == 1
        assert owners(person) == [Status.HELD]


def test_a_caller_and_the_list_want_the_same_slot_and_one_has_it(freed) -> None:
    practice, person, kind, awa, gap = freed
    with every_practice():
        site, caller = practice.sites.get(), make_patient(practice=practice)

    def want(n: int) -> str:
        if n % 2:
            return "list" if propose(person, gap) else ""
        try:
            hold = hold_slot(
                practitioner=person,
                site=site,
                visit_type=kind,
                starts_at=gap.starts_at,
                held_by=awa,
                now=NOW,
                idempotency_key=f"caller-{n}",
            )
            confirm_hold(hold_id=hold.pk, patient=caller, confirmed_by=awa, now=NOW)
        except Refusal:
            return ""
        return "caller"

    winners = [who for who in at_once(want, 8) if who]
    with every_practice():
        assert len(winners) == 1
        assert owners(person) == [Status.BOOKED if winners == ["caller"] else Status.HELD]
        assert WaitingListOffer.objects.count() == (winners == ["list"])


def test_two_secretaries_take_the_answer_at_once(freed) -> None:
    _, person, _, _, gap = freed
    with every_practice():
        propose(person, gap)
        offer = WaitingListOffer.objects.get()
        users = [make_user() for _ in range(6)]

    def answer(n: int) -> str:
        try:
            if n % 2:
                decline_offer(offer_id=offer.pk, by=users[n], now=NOW)
                return "no"
            accept_offer(offer_id=offer.pk, by=users[n], now=NOW)
        except Refusal:
            return ""
        return "yes"

    said = {word for word in at_once(answer, 6) if word}
    assert len(said) == 1  # one answer, however often it was given
    with every_practice():
        offer.refresh_from_db()
        assert offer.state == ("accepted" if said == {"yes"} else "declined")
        assert AppointmentChange.objects.filter(kind="booked").count() == (said == {"yes"})


def test_an_answer_that_comes_as_the_time_runs_out_is_taken_or_not_never_half(freed) -> None:
    _, person, _, awa, gap = freed
    with every_practice():
        propose(person, gap)
        offer = WaitingListOffer.objects.get()

    def at_the_last_moment(n: int) -> str:
        if n % 2:
            lapse_offers(now=offer.expires_at)
            return ""
        try:
            accept_offer(offer_id=offer.pk, by=awa, now=offer.expires_at)
        except Refusal:
            return ""
        return "booked"

    at_once(at_the_last_moment, 6)
    with every_practice():
        offer.refresh_from_db()
        assert (offer.state, owners(person)) in (("accepted", [Status.BOOKED]), ("lapsed", []))


def test_four_workers_carry_out_a_mass_move_once(freed) -> None:
    del freed
    with every_practice():
        _, people, kind = make_agenda(practitioners=2)
        awa = make_user()
        for n in range(8):
            comes(people[0], kind, paris(9, 0) + timedelta(minutes=15 * n), mobile=False)
        move = ill_today(people[0], awa)
        send_mass_move(mass_move_id=move.pk, by=awa, now=NOW)
    done = at_once(lambda _: carry_out_mass_move(mass_move_id=move.pk, now=NOW), 4)
    assert sum(done) == 8
    with every_practice():
        assert set(MassMoveItem.objects.values_list("state", flat=True)) == {"done"}
        assert AppointmentChange.objects.filter(kind="moved").count() == 8


def test_callers_who_take_the_proposed_places_make_lines_fail_and_nothing_else() -> None:
    with every_practice():
        practice, people, kind = make_agenda()
        awa, site = make_user(), practice.sites.get()
        for n in range(6):
            comes(people[0], kind, paris(9, 0) + timedelta(minutes=15 * n), mobile=False)
        move = ill_today(people[0], awa)
        spots = list(move.items.values_list("new_starts_at", flat=True))
        send_mass_move(mass_move_id=move.pk, by=awa, now=NOW)

    def work(n: int) -> int:
        if n == 0:
            return carry_out_mass_move(mass_move_id=move.pk, now=NOW)
        try:
            hold_slot(
                practitioner=people[0],
                site=site,
                visit_type=kind,
                starts_at=spots[n - 1],
                held_by=awa,
                now=NOW,
                idempotency_key=f"caller-{n}",
            )
        except SlotTaken:
            return 0
        return 100

    won = sum(at_once(work, 7)) // 100
    with every_practice():
        failed = MassMoveItem.objects.filter(state="failed")
        assert failed.count() == won
        assert set(failed.values_list("problem", flat=True)) <= {"taken"}
        assert Appointment.objects.filter(status=Status.HELD).count() == won
