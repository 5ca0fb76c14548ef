"""Hold, confirm, move, cancel, undo: what the database finally keeps."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from decroche.scheduling.actions.cancel_appointment import cancel_appointment
from decroche.scheduling.actions.confirm_hold import confirm_hold
from decroche.scheduling.actions.hold_slot import hold_slot
from decroche.scheduling.actions.mark_arrived import mark_arrived
from decroche.scheduling.actions.mark_done import mark_done
from decroche.scheduling.actions.mark_no_show import mark_no_show
from decroche.scheduling.actions.move_appointment import move_appointment
from decroche.scheduling.actions.record_absence import AbsenceEndsBeforeItStarts, record_absence
from decroche.scheduling.actions.release_hold import release_hold
from decroche.scheduling.actions.remove_absence import remove_absence
from decroche.scheduling.actions.renew_hold import renew_hold
from decroche.scheduling.actions.restore_appointment import restore_appointment
from decroche.scheduling.actions.undo_change import undo_change
from decroche.scheduling.domain.appointment import IllegalMove, Status
from decroche.scheduling.domain.refusals import (
    HoldExpired,
    NothingToUndo,
    NotOfThisPractice,
    SlotClosed,
    SlotTaken,
    StaleVersion,
)
from decroche.scheduling.models import Absence, Appointment, AppointmentChange
from tests.factories import make_user
from tests.scheduling.factories import (
    NOW,
    make_agenda,
    make_appointment,
    make_hold,
    make_patient,
    paris,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere"), pytest.mark.data]
LATER = NOW + timedelta(minutes=6)


@pytest.fixture
def agenda():
    return make_agenda(practitioners=2)


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


def booked(agenda, by, hour=9, minute=0):
    return confirm_hold(
        hold_id=hold(agenda, by, hour, minute).pk,
        patient=make_patient(practice=agenda[0]),
        confirmed_by=by,
        now=NOW,
    )


def kinds(appointment) -> list[str]:
    return list(AppointmentChange.objects.filter(appointment=appointment).values_list("kind", flat=True))


# --- hold ----------------------------------------------------------------------------------------------------------


def test_a_hold_owns_its_time_for_five_minutes(agenda, awa) -> None:
    held = hold(agenda, awa)
    assert (held.status, held.held_by, held.ends_at - held.starts_at) == (
        Status.HELD,
        awa,
        timedelta(minutes=15),
    )
    assert held.hold_expires_at == NOW + timedelta(minutes=5)


def test_the_second_to_want_a_slot_is_told_who_was_first(agenda, awa, lea) -> None:
    hold(agenda, awa)
    with pytest.raises(SlotTaken) as refusal:
        hold(agenda, lea, minute=10)
    assert refusal.value.by == "Mme Diallo"


def test_slots_that_touch_are_not_in_each_others_way(agenda, awa, lea) -> None:
    hold(agenda, awa)
    assert hold(agenda, lea, minute=15).status == Status.HELD


def test_the_same_time_with_another_practitioner_is_free(agenda, awa, lea) -> None:
    hold(agenda, awa)
    assert hold(agenda, lea, practitioner=agenda[1][1]).status == Status.HELD


def test_a_lapsed_hold_is_swept_away_by_the_next_person(agenda, awa, lea) -> None:
    first = hold(agenda, awa)
    assert hold(agenda, lea, now=LATER).held_by == lea
    first.refresh_from_db()
    assert first.status == Status.RELEASED


def test_a_new_choice_gives_the_old_hold_back(agenda, awa, lea) -> None:
    first = hold(agenda, awa)
    hold(agenda, awa, minute=15, replaces=first.pk)
    assert hold(agenda, lea).held_by == lea


def test_a_longer_choice_may_cover_the_hold_that_it_replaces(agenda, awa) -> None:
    first = hold(agenda, awa)
    second = hold(agenda, awa, ends_at=paris(9, 30), replaces=first.pk)
    first.refresh_from_db()
    assert (first.status, second.status) == (Status.RELEASED, Status.HELD)


def test_a_refused_choice_leaves_the_old_hold_in_place(agenda, awa, lea) -> None:
    first = hold(agenda, awa)
    hold(agenda, lea, minute=15)
    with pytest.raises(SlotTaken):
        hold(agenda, awa, minute=15, replaces=first.pk)
    first.refresh_from_db()
    assert first.status == Status.HELD


def test_nobody_gives_back_someone_elses_hold(agenda, awa, lea) -> None:
    first = hold(agenda, awa)
    assert release_hold(hold_id=first.pk, by=lea, now=NOW) is False
    assert release_hold(hold_id=first.pk, by=awa, now=NOW) is True
    assert release_hold(hold_id=first.pk, by=awa, now=NOW) is False


def test_the_same_question_asked_twice_holds_once(agenda, awa) -> None:
    key = uuid4().hex
    assert hold(agenda, awa, idempotency_key=key).pk == hold(agenda, awa, idempotency_key=key).pk


@pytest.mark.parametrize("hour", [8, 12, 11.9])
def test_closed_hours_cannot_be_held(agenda, awa, hour) -> None:
    with pytest.raises(SlotClosed):
        hold(agenda, awa, int(hour), round(hour % 1 * 60))


def test_the_past_cannot_be_held(agenda, awa) -> None:
    with pytest.raises(SlotClosed):
        hold(agenda, awa, now=paris(10))


def test_an_absence_closes_the_slot(agenda, awa) -> None:
    record_absence(practitioner=agenda[1][0], starts_at=paris(9), ends_at=paris(10), by=awa, now=NOW)
    with pytest.raises(SlotClosed):
        hold(agenda, awa, 9, 50)
    assert hold(agenda, awa, 10).status == Status.HELD


def test_a_site_of_another_practice_is_refused(agenda, awa) -> None:
    other = make_agenda()[0]
    with pytest.raises(NotOfThisPractice):
        hold(agenda, awa, site=other.sites.get())


def test_a_hold_on_screen_is_renewed_but_not_for_ever(agenda, awa) -> None:
    held = hold(agenda, awa)
    assert renew_hold(hold_id=held.pk, by=awa, now=NOW + timedelta(minutes=4)) == NOW + timedelta(minutes=9)
    assert renew_hold(hold_id=held.pk, by=awa, now=NOW + timedelta(minutes=18)) == NOW + timedelta(minutes=20)
    with pytest.raises(HoldExpired):
        renew_hold(hold_id=held.pk, by=awa, now=NOW + timedelta(minutes=21))


# --- confirm -------------------------------------------------------------------------------------------------------


def test_confirming_books_and_keeps_the_story(agenda, awa) -> None:
    patient, call = make_patient(practice=agenda[0]), uuid4()
    appointment = confirm_hold(
        hold_id=hold(agenda, awa).pk, patient=patient, confirmed_by=awa, now=NOW, call_id=call
    )
    appointment.refresh_from_db()
    assert (appointment.status, appointment.patient, appointment.call_id) == (Status.BOOKED, patient, call)
    assert appointment.hold_expires_at is None
    assert kinds(appointment) == ["booked"]


def test_confirming_twice_books_once(agenda, awa) -> None:
    held, patient = hold(agenda, awa), make_patient(practice=agenda[0])
    for _ in range(2):
        confirm_hold(hold_id=held.pk, patient=patient, confirmed_by=awa, now=NOW)
    assert kinds(held) == ["booked"]


def test_a_lapsed_hold_that_nobody_took_is_still_confirmed(agenda, awa) -> None:
    held = hold(agenda, awa)
    patient = make_patient(practice=agenda[0])
    assert confirm_hold(hold_id=held.pk, patient=patient, confirmed_by=awa, now=LATER).status == Status.BOOKED


def test_a_swept_hold_is_taken_up_again_when_its_time_is_free(agenda, awa, lea) -> None:
    held = hold(agenda, awa)
    release_hold(hold_id=hold(agenda, lea, now=LATER).pk, by=lea, now=LATER)
    patient = make_patient(practice=agenda[0])
    assert confirm_hold(hold_id=held.pk, patient=patient, confirmed_by=awa, now=LATER).status == Status.BOOKED


def test_a_lapsed_hold_whose_time_was_taken_says_by_whom(agenda, awa, lea) -> None:
    held = hold(agenda, awa)
    hold(agenda, lea, now=LATER)
    with pytest.raises(SlotTaken) as refusal:
        confirm_hold(hold_id=held.pk, patient=make_patient(practice=agenda[0]), confirmed_by=awa, now=LATER)
    assert refusal.value.by == "Mme Petit"


def test_nobody_confirms_someone_elses_hold(agenda, awa, lea) -> None:
    with pytest.raises(HoldExpired):
        confirm_hold(
            hold_id=hold(agenda, awa).pk, patient=make_patient(practice=agenda[0]), confirmed_by=lea, now=NOW
        )


def test_a_patient_of_another_practice_is_refused(agenda, awa) -> None:
    stranger = make_patient(practice=make_agenda()[0])
    with pytest.raises(NotOfThisPractice):
        confirm_hold(hold_id=hold(agenda, awa).pk, patient=stranger, confirmed_by=awa, now=NOW)


def test_an_absence_recorded_meanwhile_stops_the_confirmation(agenda, awa) -> None:
    held = hold(agenda, awa)
    record_absence(practitioner=agenda[1][0], starts_at=paris(9), ends_at=paris(12), by=awa, now=NOW)
    with pytest.raises(SlotClosed):
        confirm_hold(hold_id=held.pk, patient=make_patient(practice=agenda[0]), confirmed_by=awa, now=NOW)


# --- change --------------------------------------------------------------------------------------------------------


def move(agenda, appointment, by, hour, minute=0, *, to=0, version=None):
    practice, people, _ = agenda
    return move_appointment(
        appointment_id=appointment.pk,
        practitioner=people[to],
        site=practice.sites.get(),
        starts_at=paris(hour, minute),
        version=version or appointment.version,
        by=by,
        now=NOW,
    )


def test_a_move_keeps_where_it_came_from(agenda, awa) -> None:
    appointment = booked(agenda, awa)
    moved = move(agenda, appointment, awa, 11, to=1)
    change = AppointmentChange.objects.get(appointment=appointment, kind="moved")
    assert (moved.starts_at, moved.practitioner, moved.moved_from) == (paris(11), agenda[1][1], paris(9))
    assert (change.old_starts_at, change.old_practitioner, change.by) == (paris(9), agenda[1][0], awa)


def test_a_move_into_taken_time_changes_nothing(agenda, awa, lea) -> None:
    appointment = booked(agenda, awa)
    booked(agenda, lea, 10)
    with pytest.raises(SlotTaken) as refusal:
        move(agenda, appointment, awa, 10, 10)
    appointment.refresh_from_db()
    assert (refusal.value.by, appointment.starts_at) == ("Mme Petit", paris(9))


def test_a_small_move_over_its_own_old_time_is_fine(agenda, awa) -> None:
    assert move(agenda, booked(agenda, awa), awa, 9, 10).starts_at == paris(9, 10)


def test_a_screen_that_shows_an_older_version_is_refused(agenda, awa) -> None:
    appointment = booked(agenda, awa)
    shown = appointment.version
    move(agenda, appointment, awa, 10)
    with pytest.raises(StaleVersion):
        move(agenda, appointment, awa, 11, version=shown)
    with pytest.raises(StaleVersion):
        cancel_appointment(appointment_id=appointment.pk, version=shown, reason="", by=awa, now=NOW)


def test_cancelling_frees_the_time_and_keeps_why(agenda, awa, lea) -> None:
    appointment = booked(agenda, awa)
    cancel_appointment(
        appointment_id=appointment.pk, version=appointment.version, reason="empêchement", by=awa, now=NOW
    )
    appointment.refresh_from_db()
    assert (appointment.status, appointment.cancel_reason) == (Status.CANCELLED, "empêchement")
    assert hold(agenda, lea).status == Status.HELD


def test_a_cancelled_appointment_comes_back_unless_its_time_is_taken(agenda, awa, lea) -> None:
    appointment = booked(agenda, awa)
    gone = cancel_appointment(appointment_id=appointment.pk, version=None, reason="", by=awa, now=NOW)
    back = restore_appointment(appointment_id=appointment.pk, version=gone.version, by=awa, now=NOW)
    assert back.status == Status.BOOKED
    cancel_appointment(appointment_id=appointment.pk, version=None, reason="", by=awa, now=NOW)
    hold(agenda, lea)
    with pytest.raises(SlotTaken) as refusal:
        restore_appointment(appointment_id=appointment.pk, version=None, by=awa, now=NOW)
    assert refusal.value.by == "Mme Petit"


def test_the_day_goes_forward_and_back(agenda, awa) -> None:
    appointment = booked(agenda, awa)
    arrived = mark_arrived(appointment_id=appointment.pk, by=awa, now=NOW)
    assert (arrived.status, arrived.arrived_at) == (Status.ARRIVED, NOW)
    done = mark_done(appointment_id=appointment.pk, by=awa, now=NOW)
    assert done.status == Status.DONE
    with pytest.raises(IllegalMove):
        mark_no_show(appointment_id=appointment.pk, by=awa, now=NOW)
    assert (
        undo_change(appointment_id=appointment.pk, version=done.version, by=awa, now=NOW).status
        == Status.ARRIVED
    )


def test_marking_twice_is_marking_once(agenda, awa) -> None:
    appointment = booked(agenda, awa)
    for _ in range(2):
        mark_no_show(appointment_id=appointment.pk, by=awa, now=NOW)
    assert kinds(appointment) == ["booked", "status"]


def test_undo_takes_back_a_booking_a_move_and_a_cancellation(agenda, awa) -> None:
    appointment = booked(agenda, awa)
    moved = move(agenda, appointment, awa, 11, to=1)
    back = undo_change(appointment_id=appointment.pk, version=moved.version, by=awa, now=NOW)
    assert (back.starts_at, back.practitioner) == (paris(9), agenda[1][0])
    gone = cancel_appointment(appointment_id=appointment.pk, version=back.version, reason="", by=awa, now=NOW)
    again = undo_change(appointment_id=appointment.pk, version=gone.version, by=awa, now=NOW)
    assert again.status == Status.BOOKED
    other = booked(agenda, awa, 10)
    assert (
        undo_change(appointment_id=other.pk, version=other.version, by=awa, now=NOW).status
        == Status.CANCELLED
    )


def test_undo_refuses_once_something_else_happened(agenda, awa, lea) -> None:
    appointment = booked(agenda, awa)
    shown = appointment.version
    move(agenda, appointment, lea, 10)
    with pytest.raises(StaleVersion):
        undo_change(appointment_id=appointment.pk, version=shown, by=awa, now=NOW)
    with pytest.raises(NothingToUndo):
        undo_change(appointment_id=appointment.pk, version=99, by=awa, now=NOW)


# --- absences ------------------------------------------------------------------------------------------------------


def test_an_absence_gives_back_whom_it_touches(agenda, awa) -> None:
    early, late = booked(agenda, awa, 9), booked(agenda, awa, 11)
    recorded = record_absence(
        practitioner=agenda[1][0], starts_at=paris(10), ends_at=paris(18), by=awa, now=NOW, instruction_id=7
    )
    assert [appointment.pk for appointment in recorded.touched] == [late.pk]
    assert early.status == Status.BOOKED
    assert remove_absence(instruction_id=7, by=awa, now=NOW) == 1
    assert remove_absence(absence_id=recorded.absence.pk, by=awa, now=NOW) == 0
    assert not Absence.objects.exists()


def test_an_absence_ends_after_it_starts(agenda, awa) -> None:
    with pytest.raises(AbsenceEndsBeforeItStarts):
        record_absence(practitioner=agenda[1][0], starts_at=paris(10), ends_at=paris(10), by=awa, now=NOW)


# --- the database's own word -----------------------------------------------------------------------------------------


def test_the_database_itself_refuses_a_double_booking(agenda) -> None:
    _, people, visit_type = agenda
    make_appointment(practitioner=people[0], visit_type=visit_type, starts_at=paris(9))
    with pytest.raises(IntegrityError), transaction.atomic():
        make_appointment(practitioner=people[0], visit_type=visit_type, starts_at=paris(9, 14))
    make_appointment(
        practitioner=people[0], visit_type=visit_type, starts_at=paris(9, 5), status=Status.CANCELLED
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"patient": None},
        {"ends_at": paris(9)},
        {"ends_at": paris(9) + timedelta(hours=13)},
        {"hold_expires_at": NOW},
        {"status": Status.HELD, "hold_expires_at": None},
    ],
)
def test_the_database_refuses_nonsense(agenda, wrong) -> None:
    _, people, visit_type = agenda
    with pytest.raises(IntegrityError), transaction.atomic():
        make_appointment(practitioner=people[0], visit_type=visit_type, starts_at=paris(9), **wrong)


def test_history_cannot_be_rewritten(agenda, awa) -> None:
    appointment = booked(agenda, awa)
    with pytest.raises(ProgrammingError), transaction.atomic():
        AppointmentChange.objects.filter(appointment=appointment).update(reason="autre")
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM scheduling_appointmentchange")


def test_a_practice_asks_with_one_key_once(agenda, awa) -> None:
    _, people, visit_type = agenda
    for minute, allowed in ((0, True), (30, False)):
        with transaction.atomic():
            if allowed:
                make_hold(
                    practitioner=people[0],
                    visit_type=visit_type,
                    starts_at=paris(9, minute),
                    by=awa,
                    idempotency_key="a",
                )
            else:
                with pytest.raises(IntegrityError), transaction.atomic():
                    make_hold(
                        practitioner=people[0],
                        visit_type=visit_type,
                        starts_at=paris(9, minute),
                        by=awa,
                        idempotency_key="a",
                    )
    assert Appointment.objects.count() == 1
