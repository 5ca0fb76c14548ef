"""Seats, rooms, buffers, forced appointments, refused patients, the day's states: what each verb leaves behind."""

from datetime import timedelta

import pytest

from decroche.scheduling.actions.block_patient import block_patient
from decroche.scheduling.actions.cancel_appointment import cancel_appointment
from decroche.scheduling.actions.confirm_hold import confirm_hold
from decroche.scheduling.actions.force_appointment import force_appointment
from decroche.scheduling.actions.hold_slot import hold_slot
from decroche.scheduling.actions.mark_arrived import mark_arrived
from decroche.scheduling.actions.mark_called import mark_called
from decroche.scheduling.actions.mark_done import mark_done
from decroche.scheduling.actions.mark_left import mark_left
from decroche.scheduling.actions.move_appointment import move_appointment
from decroche.scheduling.actions.release_hold import release_hold
from decroche.scheduling.actions.restore_appointment import restore_appointment
from decroche.scheduling.actions.set_preference import set_preference
from decroche.scheduling.actions.set_status import set_status
from decroche.scheduling.actions.start_consultation import start_consultation
from decroche.scheduling.actions.unblock_patient import unblock_patient
from decroche.scheduling.actions.undo_change import undo_change
from decroche.scheduling.domain.appointment import IllegalMove, Status
from decroche.scheduling.domain.asking import Asker, Channel
from decroche.scheduling.domain.home import HomeAddress
from decroche.scheduling.domain.refusals import (
    ForcedQuotaReached,
    HoldExpired,
    NotTheirDecision,
    PatientBlocked,
    ReasonMissing,
    ResourceTaken,
    SeatsTaken,
    SlotClosed,
    SlotTaken,
    StaleVersion,
)
from decroche.scheduling.events import AppointmentForced
from decroche.scheduling.models import (
    AgendaSettings,
    Appointment,
    AppointmentChange,
    OpeningRule,
    Resource,
    Wish,
)
from tests.factories import make_user
from tests.scheduling.factories import NOW, TUESDAY, make_agenda, make_patient, make_visit_type, paris

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere"), pytest.mark.data]


@pytest.fixture
def agenda():
    return make_agenda(practitioners=3)


@pytest.fixture
def awa():
    return make_user(last_name="Diallo")


@pytest.fixture
def lea():
    return make_user(last_name="Petit")


def hold(agenda, by, hour=9, minute=0, **more):
    practice, people, visit_type = agenda
    question = {"practitioner": people[0], "site": practice.sites.get(), "visit_type": visit_type, "now": NOW}
    return hold_slot(starts_at=paris(hour, minute), held_by=by, **question | more)


def booked(agenda, by, hour=9, minute=0, patient=None, **more):
    return confirm_hold(
        hold_id=hold(agenda, by, hour, minute, **more).pk,
        patient=patient or make_patient(practice=agenda[0]),
        confirmed_by=by,
        now=NOW,
    )


def force(agenda, by, hour=9, minute=0, **more):
    practice, people, visit_type = agenda
    question = {
        "practitioner": people[0],
        "site": practice.sites.get(),
        "visit_type": visit_type,
        "patient": more.pop("patient", None) or make_patient(practice=practice),
        "reason": "souffre beaucoup",
        "now": NOW,
    }
    return force_appointment(starts_at=paris(hour, minute), by=by, **question | more)


def move(agenda, appointment, by, hour, minute=0, *, to=0, **more):
    practice, people, _ = agenda
    return move_appointment(
        appointment_id=appointment.pk,
        practitioner=people[to],
        site=practice.sites.get(),
        starts_at=paris(hour, minute),
        by=by,
        now=NOW,
        **{"version": appointment.version} | more,
    )


# --- the same question twice ------------------------------------------------------------------------------------------


def test_a_question_asked_twice_has_one_answer_all_the_way(agenda, awa) -> None:
    patient = make_patient(practice=agenda[0])
    first = hold(agenda, awa, idempotency_key="k")
    assert hold(agenda, awa, idempotency_key="k").pk == first.pk
    done = [
        confirm_hold(hold_id=first.pk, patient=patient, confirmed_by=awa, now=NOW).version for _ in range(2)
    ]
    assert done[0] == done[1]
    assert hold(agenda, awa, idempotency_key="k").status == Status.BOOKED
    assert Appointment.objects.count() == 1


def test_what_a_key_made_and_gave_up_is_over(agenda, awa) -> None:
    release_hold(hold_id=hold(agenda, awa, idempotency_key="k").pk, by=awa, now=NOW)
    with pytest.raises(HoldExpired):
        hold(agenda, awa, idempotency_key="k")


def test_confirming_again_after_the_patient_came_changes_nothing(agenda, awa) -> None:
    appointment = booked(agenda, awa)
    mark_arrived(appointment_id=appointment.pk, by=awa, now=NOW)
    again = confirm_hold(hold_id=appointment.pk, patient=appointment.patient, confirmed_by=awa, now=NOW)
    assert again.status == Status.ARRIVED


def test_a_move_asked_twice_moves_once(agenda, awa) -> None:
    appointment = booked(agenda, awa)
    for _ in range(2):
        move(agenda, appointment, awa, 11, version=None)
    assert AppointmentChange.objects.filter(appointment=appointment, kind="moved").count() == 1


def test_a_forced_appointment_asked_twice_is_forced_once(agenda, awa) -> None:
    assert len({force(agenda, awa, idempotency_key="f").pk for _ in range(2)}) == 1


# --- what is kept at confirmation ---------------------------------------------------------------------------------------


def test_a_confirmation_keeps_the_address_the_answers_and_who_comes_along(agenda, awa) -> None:
    held = hold(agenda, awa, asker=Asker(referred=True))
    appointment = confirm_hold(
        hold_id=held.pk,
        patient=make_patient(practice=agenda[0]),
        confirmed_by=awa,
        now=NOW,
        home=HomeAddress("3 rue des Acacias", "69003", "Lyon", "code 12A"),
        answers=[("Avez-vous une ordonnance ?", "oui"), ("Ascenseur ?", "")],
        accompanied_by="sa mère",
    )
    appointment.refresh_from_db()
    assert (appointment.home_visit.city, appointment.accompanied_by, appointment.referred) == (
        "Lyon",
        "sa mère",
        True,
    )
    assert [each.answer for each in appointment.answers.all()] == ["oui"]


def test_a_hold_for_someone_on_the_list_is_confirmed_by_whoever_has_them_on_the_telephone(
    agenda, awa, lea
) -> None:
    from decroche.scheduling.models import WaitingListEntry

    patient = make_patient(practice=agenda[0])
    entry = WaitingListEntry.objects.create(
        practice=agenda[0],
        patient=patient,
        visit_type=agenda[2],
        first_day=TUESDAY,
        last_day=TUESDAY,
        created_at=NOW,
    )
    held = hold(agenda, None, waiting_entry_id=entry.pk, lasts=timedelta(hours=2))
    assert held.hold_expires_at == NOW + timedelta(hours=2)
    assert confirm_hold(hold_id=held.pk, patient=patient, confirmed_by=lea, now=NOW).status == Status.BOOKED


# --- limits, known only once the patient is -------------------------------------------------------------------------------


def test_a_newcomer_is_refused_when_it_turns_out_that_they_are_one(agenda, awa) -> None:
    Wish.objects.create(practice=agenda[0], practitioner=agenda[1][0], kind="no_new", valid_from=TUESDAY)
    with pytest.raises(SlotClosed) as refusal:
        booked(agenda, awa)
    assert refusal.value.answer.why == "no_new_patients"


def test_so_many_a_day_and_no_more_whoever_holds_them(agenda, awa, lea) -> None:
    kind = make_visit_type(practice=agenda[0], max_per_day=2)
    hold(agenda, awa, visit_type=kind)
    booked(agenda, lea, 10, visit_type=kind)
    with pytest.raises(SlotClosed) as refusal:
        hold(agenda, awa, 11, visit_type=kind)
    assert (refusal.value.answer.why, refusal.value.answer.count) == ("day_full", 2)
    assert hold(agenda, awa, 11).status == Status.HELD


def test_buffers_keep_the_neighbours_away(agenda, awa, lea) -> None:
    kind = make_visit_type(practice=agenda[0], buffer_before_minutes=5, buffer_after_minutes=10)
    held = hold(agenda, awa, 10, visit_type=kind)
    held.refresh_from_db()
    assert (held.busy_from, held.busy_until) == (paris(9, 55), paris(10, 25))
    for minute in (15, 20):
        with pytest.raises(SlotTaken) as refusal:
            hold(agenda, lea, 10, minute)
        assert refusal.value.by == "Mme Diallo"
    assert hold(agenda, lea, 10, 25).status == Status.HELD


# --- seats and rooms --------------------------------------------------------------------------------------------------


def test_a_group_session_has_a_seat_for_each_until_it_is_full(agenda, awa, lea) -> None:
    OpeningRule.objects.filter(practitioner=agenda[1][0], weekday=1).update(capacity=3)
    seats = [booked(agenda, awa).lane for _ in range(3)]
    assert sorted(seats) == [0, 1, 2]
    with pytest.raises(SeatsTaken) as refusal:
        hold(agenda, lea)
    assert refusal.value.capacity == 3
    gone = Appointment.objects.filter(lane=1).get()
    cancel_appointment(appointment_id=gone.pk, version=None, reason="", by=awa, now=NOW)
    assert hold(agenda, lea).lane == 1
    with pytest.raises(SlotTaken):
        restore_appointment(appointment_id=gone.pk, version=None, by=awa, now=NOW)


def test_a_room_is_for_one_visit_at_a_time_and_the_next_free_one_is_taken(agenda, awa, lea) -> None:
    practice, people, _ = agenda
    site = practice.sites.get()
    rooms = [
        Resource.objects.create(practice=practice, site=site, name=name) for name in ("Écho 1", "Écho 2")
    ]
    kind = make_visit_type(practice=practice)
    kind.resources.set(rooms)
    first = booked(agenda, awa, visit_type=kind)
    second = booked(agenda, awa, visit_type=kind, practitioner=people[1])
    assert {first.resource, second.resource} == set(rooms)
    with pytest.raises((ResourceTaken, SlotClosed)):
        hold(agenda, lea, visit_type=kind, practitioner=people[2])
    cancel_appointment(appointment_id=first.pk, version=None, reason="", by=awa, now=NOW)
    assert hold(agenda, lea, visit_type=kind, practitioner=people[2]).resource == first.resource
    with pytest.raises(ResourceTaken) as refusal:
        restore_appointment(appointment_id=first.pk, version=None, by=awa, now=NOW)
    assert refusal.value.names == (first.resource.name,)


# --- forced -----------------------------------------------------------------------------------------------------------


def test_a_forced_appointment_stands_in_the_open_when_nobody_has_the_time(agenda, awa, lea) -> None:
    appointment = force(agenda, awa, 13)  # closed then
    assert (appointment.status, appointment.lane, appointment.is_forced) == (Status.BOOKED, None, True)
    assert AppointmentChange.objects.get(appointment=appointment).reason == "souffre beaucoup"
    assert force(agenda, lea, 13).lane == 1000


def test_forced_appointments_stand_beside_one_another_as_far_as_the_day_allows(agenda, awa) -> None:
    booked(agenda, awa)
    assert [force(agenda, awa).lane for _ in range(3)] == [1000, 1001, 1002]
    with pytest.raises(ForcedQuotaReached) as refusal:
        force(agenda, awa, 10)
    assert (refusal.value.count, refusal.value.quota) == (3, 3)
    practice, people, kind = agenda
    tomorrow = force_appointment(
        practitioner=people[0],
        site=practice.sites.get(),
        visit_type=kind,
        starts_at=paris(9, day=TUESDAY + timedelta(days=1)),
        patient=make_patient(practice=practice),
        reason="fièvre",
        by=awa,
        now=NOW,
    )
    assert tomorrow.lane is None  # another day, another quota


def test_a_practitioner_may_allow_none(agenda, awa) -> None:
    AgendaSettings.objects.create(practitioner=agenda[1][0], forced_per_day=0)
    with pytest.raises(ForcedQuotaReached):
        force(agenda, awa)


def test_nobody_forces_without_saying_why(agenda, awa) -> None:
    with pytest.raises(ReasonMissing):
        force(agenda, awa, reason="  ")


def test_nobody_forces_into_the_past(agenda, awa) -> None:
    with pytest.raises(SlotClosed):
        force(agenda, awa, now=paris(9, 15))


def test_the_practitioner_is_told_of_a_forced_appointment(agenda, awa, monkeypatch) -> None:
    from decroche.scheduling.actions import force_appointment as module

    told = []
    monkeypatch.setattr(module, "publish", told.append)
    appointment = force(agenda, awa)
    assert [(type(each), each.count, each.quota, each.reason) for each in told] == [
        (AppointmentForced, 1, 3, "souffre beaucoup")
    ]
    assert told[0].appointment_id == appointment.pk


def test_forced_comes_undone_and_moved_it_is_forced_no_more(agenda, awa) -> None:
    booked(agenda, awa)
    appointment = force(agenda, awa)
    moved = move(agenda, appointment, awa, 11)
    assert (moved.lane, moved.is_forced) == (None, False)
    back = undo_change(appointment_id=moved.pk, version=moved.version, by=awa, now=NOW)
    assert (back.starts_at, back.lane, back.is_forced) == (paris(9), 1000, True)
    other = force(agenda, awa, 10)
    assert (
        undo_change(appointment_id=other.pk, version=other.version, by=awa, now=NOW).status
        == Status.CANCELLED
    )


# --- resize -------------------------------------------------------------------------------------------------------------


def test_an_appointment_grows_until_its_neighbour(agenda, awa) -> None:
    appointment = booked(agenda, awa)
    booked(agenda, awa, 9, 30)
    longer = move(agenda, appointment, awa, 9, ends_at=paris(9, 30))
    assert longer.ends_at == paris(9, 30)
    with pytest.raises(SlotTaken):
        move(agenda, longer, awa, 9, ends_at=paris(9, 45))
    longer.refresh_from_db()
    back = undo_change(appointment_id=longer.pk, version=longer.version, by=awa, now=NOW)
    assert back.ends_at == paris(9, 15)


def test_a_resize_from_an_old_screen_is_refused(agenda, awa) -> None:
    appointment = booked(agenda, awa)
    shown = appointment.version
    move(agenda, appointment, awa, 9, ends_at=paris(9, 30))
    with pytest.raises(StaleVersion):
        move(agenda, appointment, awa, 9, ends_at=paris(9, 45), version=shown)


# --- refused patients, preferences -----------------------------------------------------------------------------------------


@pytest.fixture
def doctor(agenda):
    user = make_user(last_name="Roussel")
    agenda[1][0].user = user
    agenda[1][0].save()
    return user


def test_only_the_practitioner_refuses_a_patient_and_every_channel_obeys(agenda, awa, doctor) -> None:
    patient = make_patient(practice=agenda[0])
    decision = {"patient": patient, "practitioner": agenda[1][0], "now": NOW}
    with pytest.raises(NotTheirDecision):
        block_patient(reason="trois absences", by=awa, **decision)
    with pytest.raises(ReasonMissing):
        block_patient(reason=" ", by=doctor, **decision)
    blocks = [block_patient(reason="trois absences", by=doctor, **decision).pk for _ in range(2)]
    assert blocks[0] == blocks[1]
    with pytest.raises(PatientBlocked) as refusal:
        booked(agenda, awa, patient=patient)
    assert refusal.value.reason == "trois absences"
    with pytest.raises(PatientBlocked):
        force(agenda, awa, 10, patient=patient)
    elsewhere = booked(agenda, awa, 11, patient=patient, practitioner=agenda[1][1])
    with pytest.raises(PatientBlocked):
        move(agenda, elsewhere, awa, 11)
    with pytest.raises(NotTheirDecision):
        unblock_patient(by=awa, **decision)
    assert [unblock_patient(by=doctor, **decision) for _ in range(2)] == [True, False]
    assert booked(agenda, awa, 10, patient=patient).status == Status.BOOKED


def test_a_preference_replaces_the_one_before(agenda, awa) -> None:
    patient = make_patient(practice=agenda[0])
    set_preference(patient=patient, by=awa, now=NOW, half_day="am", weekdays=[4, 1, 1])
    kept = set_preference(patient=patient, by=awa, now=NOW, weekdays=[2], accompanied_by=" sa  mère ")
    assert (kept.half_day, kept.weekdays, kept.accompanied_by) == ("", [2], "sa mère")
    with pytest.raises(ValueError, match="no such"):
        set_preference(patient=patient, by=awa, now=NOW, weekdays=[7])


# --- the day ------------------------------------------------------------------------------------------------------------


def test_each_step_of_the_visit_leaves_its_moment(agenda, awa) -> None:
    appointment = booked(agenda, awa)
    minutes = iter(range(1, 100))

    def go(verb, **more):
        return verb(appointment_id=appointment.pk, by=awa, now=NOW + timedelta(minutes=next(minutes)), **more)

    def stamps(row):
        return tuple(
            None if each is None else int((each - NOW).total_seconds() // 60)
            for each in (row.arrived_at, row.called_at, row.seen_at, row.left_at)
        )

    assert stamps(go(mark_arrived)) == (1, None, None, None)
    assert stamps(go(mark_called)) == (1, 2, None, None)
    assert stamps(go(mark_left)) == (1, 2, None, 3)
    assert stamps(go(mark_called)) == (1, 4, None, None)  # a second call
    assert stamps(go(start_consultation)) == (1, 4, 5, None)
    assert stamps(go(mark_done)) == (1, 4, 5, 6)
    back = go(set_status, status=Status.IN_CONSULTATION, version=None)
    assert stamps(back) == (1, 4, 5, None)
    with pytest.raises(IllegalMove):
        go(mark_left)


def test_a_channel_is_asked_about(agenda, awa) -> None:
    kind = make_visit_type(practice=agenda[0], secretary_may_book=False)
    with pytest.raises(SlotClosed) as refusal:
        hold(agenda, awa, visit_type=kind)
    assert refusal.value.answer.why == "not_this_channel"
    assert hold(agenda, awa, visit_type=kind, asker=Asker(channel=Channel.PRACTITIONER)).status == Status.HELD
