"""Arrivals, numbers, calls: what changes hands in a waiting room."""

from datetime import date, timedelta

import pytest

from decroche.notifications.models import OutgoingNotice
from decroche.practices.models import Practitioner
from decroche.scheduling.actions.mark_arrived import mark_arrived
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.refusals import Refusal
from decroche.scheduling.models import Appointment
from decroche.waiting_room.actions.call_next import NotNext, call_next, undo_call
from decroche.waiting_room.actions.check_in import MOST_MISSES, WITHIN, Identity, check_in
from decroche.waiting_room.actions.give_ticket import give_ticket
from decroche.waiting_room.actions.say_status import say_status
from decroche.waiting_room.actions.set_up_device import revoke_device
from decroche.waiting_room.domain.delay import Began
from decroche.waiting_room.models import Device, Ticket
from decroche.waiting_room.queries import (
    board_of,
    code_for,
    device_of,
    device_of_poster,
    poster_token,
    wall_of,
)
from tests.factories import make_site, make_user
from tests.patients.factories import make_patient
from tests.scheduling.factories import make_appointment, make_visit_type, paris
from tests.waiting_room.factories import TEN_PAST_NINE as NOW
from tests.waiting_room.factories import arrive, make_device, make_morning

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
BORN = date(1984, 3, 12)


def kiosk_of(appointment: Appointment) -> Device:
    return make_device(practice=appointment.practice, kind=Device.Kind.CHECK_IN).device


def typed(name: str, birth_date: date = BORN) -> Identity:
    return Identity(name=name, birth_date=birth_date)


# --- numbers ---------------------------------------------------------------------------------


def test_numbers_follow_one_another_and_are_given_once() -> None:
    _, (first, second, _) = make_morning()
    assert str(give_ticket(appointment=first, now=NOW)) == "A\u00a01"
    assert str(give_ticket(appointment=second, now=NOW)) == "A\u00a02"
    assert str(give_ticket(appointment=first, now=NOW)) == "A\u00a01"


def test_each_practitioner_has_a_letter() -> None:
    practice, (first, *_) = make_morning()
    colleague = Practitioner.objects.create(
        practice=practice, title="Dr", first_name="Paul", last_name="Nord", position=9
    )
    other = make_appointment(
        practitioner=colleague, visit_type=first.visit_type, starts_at=paris(9), patient=first.patient
    )
    assert str(give_ticket(appointment=other, now=NOW)) == "B\u00a01"


def test_who_arrives_by_the_desk_gets_a_number_too(deliver) -> None:  # type: ignore[no-untyped-def]
    _, (first, *_) = make_morning()
    mark_arrived(appointment_id=first.pk, by=None, now=NOW)
    deliver()
    assert Ticket.objects.get().appointment_id == first.pk


# --- calling ---------------------------------------------------------------------------------


def test_one_key_ends_the_consultation_and_calls_the_next() -> None:
    _, (first, second, third) = make_morning()
    doctor, by = first.practitioner, make_user()
    for each in (first, second):
        arrive(each, NOW - timedelta(minutes=15))
    called = call_next(practitioner=doctor, shown_id=first.pk, by=by, now=NOW)
    assert called.appointment
    assert called.appointment.pk == first.pk
    later = NOW + timedelta(minutes=14)
    call_next(practitioner=doctor, shown_id=second.pk, by=by, now=later)
    states = dict(Appointment.objects.values_list("pk", "status"))
    assert states == {first.pk: Status.DONE, second.pk: Status.CALLED, third.pk: Status.BOOKED}
    assert Appointment.objects.get(pk=second.pk).called_at == later
    last = call_next(practitioner=doctor, shown_id=None, by=by, now=later)
    assert last.appointment is None
    assert Appointment.objects.get(pk=second.pk).status == Status.DONE


def test_a_call_can_be_taken_back_whole() -> None:
    _, (first, second, _) = make_morning()
    doctor, by = first.practitioner, make_user()
    arrive(first, NOW)
    arrive(second, NOW)
    say_status(appointment_id=first.pk, status=Status.IN_CONSULTATION, version=None, by=by, now=NOW)
    called = call_next(practitioner=doctor, shown_id=second.pk, by=by, now=NOW + timedelta(minutes=9))
    undo_call(steps=list(called.steps), by=by, now=NOW + timedelta(minutes=10))
    one, two = Appointment.objects.get(pk=first.pk), Appointment.objects.get(pk=second.pk)
    assert (one.status, one.seen_at) == (Status.IN_CONSULTATION, NOW)
    assert (two.status, two.called_at) == (Status.ARRIVED, None)


def test_two_people_who_press_at_once_call_one_patient() -> None:
    _, (first, second, _) = make_morning()
    arrive(first, NOW)
    arrive(second, NOW)
    call_next(practitioner=first.practitioner, shown_id=first.pk, by=make_user(), now=NOW)
    with pytest.raises(NotNext):
        call_next(practitioner=first.practitioner, shown_id=first.pk, by=make_user(), now=NOW)
    assert Appointment.objects.filter(status=Status.CALLED).count() == 1


def test_a_call_undone_after_someone_changed_it_is_refused_whole() -> None:
    _, (first, *_) = make_morning()
    arrive(first, NOW)
    by = make_user()
    called = call_next(practitioner=first.practitioner, shown_id=first.pk, by=by, now=NOW)
    say_status(appointment_id=first.pk, status=Status.IN_CONSULTATION, version=None, by=by, now=NOW)
    with pytest.raises(Refusal):
        undo_call(steps=list(called.steps), by=by, now=NOW)


def test_a_session_s_seats_stay_in_while_their_neighbours_are_called() -> None:
    practice, (first, *_) = make_morning()
    group = make_visit_type(practice=practice, duration_minutes=60)
    seats = [
        make_appointment(practitioner=first.practitioner, visit_type=group, starts_at=paris(11), lane=lane)
        for lane in range(2)
    ]
    at_eleven = paris(11)
    for seat in seats:
        arrive(seat, at_eleven)
    for seat in seats:
        call_next(practitioner=first.practitioner, shown_id=seat.pk, by=make_user(), now=at_eleven)
    assert {each.status for each in Appointment.objects.filter(lane__isnull=False)} == {Status.CALLED}


# --- the board -------------------------------------------------------------------------------


def test_the_board_says_who_is_next_who_is_late_and_when_each_may_pass(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    practice, (first, second, third, fourth) = make_morning(4)
    say_status(appointment_id=first.pk, status=Status.IN_CONSULTATION, version=None, by=None, now=paris(9, 5))
    arrive(third, paris(9, 10))
    arrive(fourth, paris(9, 12))
    with django_assert_num_queries(4):
        board = board_of(practice, now=paris(9, 30))
    (column,) = board.columns
    assert [inside.entry.id for inside in column.inside] == [first.pk]
    assert [place.entry.id for place in column.waiting] == [third.pk, fourth.pk]
    assert [coming.is_late for coming in column.coming] == [True]
    assert column.next
    assert [place.expected for place in column.waiting] == [paris(9, 30), paris(9, 45)]
    assert column.delay == 0
    arrive(second, paris(9, 31))
    (column,) = board_of(practice, now=paris(9, 50)).columns
    assert [place.entry.id for place in column.waiting] == [third.pk, second.pk, fourth.pk]
    assert [place.is_late for place in column.waiting] == [False, True, False]
    assert column.delay == 20


def test_someone_never_called_weighs_nothing_on_the_delay() -> None:
    assert Began(due=NOW, began=NOW).late == timedelta()
    practice, (first, *_) = make_morning()
    arrive(first, paris(9))
    call_next(practitioner=first.practitioner, shown_id=first.pk, by=make_user(), now=paris(9, 40))
    say_status(appointment_id=first.pk, status=Status.NO_SHOW, version=None, by=None, now=paris(9, 41))
    assert board_of(practice, now=paris(9, 42)).columns[0].delay == 0


def test_who_made_an_appointment_at_the_counter_passes_last() -> None:
    practice, (first, second, _) = make_morning()
    make_appointment(
        practitioner=first.practitioner,
        visit_type=first.visit_type,
        starts_at=paris(9),
        status=Status.ARRIVED,
        arrived_at=paris(8, 59),
        created_at=paris(8, 55),
        lane=1000,
        is_forced=True,
        force_reason="s’est présenté",
    )
    arrive(second, paris(9, 10))
    (column,) = board_of(practice, now=paris(9, 12)).columns
    assert column.next
    assert column.next.entry.id == second.pk
    assert column.waiting[-1].entry.kind.name == "WALK_IN"


# --- check-in --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["Lefèvre-N’Guessan", "lefevre nguessan", "  LEFEVRE-N'GUESSAN ", "Lefevre N Guessan"]
)
def test_one_checks_in_by_name_however_it_is_typed(name: str) -> None:
    _, (*_, third) = make_morning()
    ticket = check_in(device=kiosk_of(third), identity=typed(name), now=NOW)
    assert str(ticket) == "A\u00a01"
    assert Appointment.objects.get(pk=third.pk).arrived_at == NOW


def test_one_checks_in_by_code_and_a_second_time_gets_the_same_number() -> None:
    _, (first, *_) = make_morning()
    kiosk = kiosk_of(first)
    for _ in range(2):
        ticket = check_in(device=kiosk, identity=Identity(code=code_for(first).lower()), now=NOW)
        assert str(ticket) == "A\u00a01"


def test_a_used_name_is_known_too_and_an_empty_one_is_nobody_s() -> None:
    _, (first, *_) = make_morning()
    kiosk = kiosk_of(first)
    assert check_in(device=kiosk, identity=typed("?"), now=NOW) is None
    first.patient.used_name = "Roux"
    first.patient.save()
    assert check_in(device=kiosk, identity=typed("ROUX"), now=NOW)


def test_whoever_is_not_expected_here_about_now_is_sent_to_the_desk_without_a_reason() -> None:
    practice, (first, second, third) = make_morning()
    kiosk = kiosk_of(first)
    elsewhere = make_site(practice=practice, name="Annexe")
    Appointment.objects.filter(pk=second.pk).update(site=elsewhere)
    Appointment.objects.filter(pk=third.pk).update(status=Status.CANCELLED)
    afternoon = make_appointment(
        practitioner=first.practitioner,
        visit_type=first.visit_type,
        starts_at=paris(16),
        patient=make_patient(practice=practice, birth_name="Tard"),
    )
    stranger, (theirs, *_) = make_morning()
    nothing = [
        typed("Inconnu"), typed("Martin", date(1984, 3, 13)), typed("Bernard"), typed(third.patient.birth_name), typed("Tard"),
        Identity(code=code_for(afternoon)), Identity(code=code_for(theirs)), Identity(code="AAAA-AAAA-AAAA-AAAA"), Identity(),
    ]  # fmt: skip
    assert [check_in(device=kiosk, identity=identity, now=NOW) for identity in nothing] == [None] * 9
    assert not Ticket.objects.exists()
    assert stranger.pk != practice.pk


def test_two_people_alike_are_told_apart_by_the_front_desk_only() -> None:
    practice, (first, *_) = make_morning()
    twin = make_patient(practice=practice, birth_name="Martin", first_names="Paul")
    make_appointment(
        practitioner=first.practitioner, visit_type=first.visit_type, starts_at=paris(10), patient=twin
    )
    kiosk = kiosk_of(first)
    assert check_in(device=kiosk, identity=typed("Martin"), now=NOW) is None
    assert check_in(device=kiosk, identity=Identity(code=code_for(first)), now=NOW)


def test_after_too_many_misses_the_page_falls_silent_for_a_while() -> None:
    _, (first, *_) = make_morning()
    kiosk = kiosk_of(first)
    for n in range(MOST_MISSES):
        assert check_in(device=kiosk, identity=typed(f"Essai {n}"), now=NOW) is None
    assert check_in(device=kiosk, identity=typed("Martin"), now=NOW) is None
    assert check_in(device=kiosk, identity=typed("Martin"), now=NOW + WITHIN) is not None


def remind(appointment: Appointment, *, body: str, sent: bool = True) -> OutgoingNotice:
    """Let a reminder have left."""
    return OutgoingNotice.objects.create(
        practice=appointment.practice,
        fact=f"appointment:{appointment.pk}:{appointment.version}",
        kind="reminder",
        channel="sms",
        sender="Cabinet",
        to="+33612345678",
        body=body,
        status="sent" if sent else "queued",
        queued_at=NOW,
        not_before=NOW,
        sent_at=NOW if sent else None,
    )


def test_on_a_telephone_a_name_says_nothing_of_whoever_was_sent_a_code() -> None:
    _, (first, second, third) = make_morning()
    kiosk = kiosk_of(first)
    remind(first, body=f"Rendez-vous demain. Votre code : {code_for(first)}.")
    remind(second, body="Rendez-vous demain.")  # no page was open then: it says no code
    remind(third, body=f"Votre code : {code_for(third)}.", sent=False)
    own = {"device": kiosk, "now": NOW, "own_phone": True}
    assert check_in(identity=typed("Martin"), **own) is None
    assert not Ticket.objects.exists()
    assert Appointment.objects.get(pk=first.pk).status == Status.BOOKED  # and nothing was noted
    assert check_in(
        identity=Identity(code=code_for(first)), **own
    )  # with the code in their hand, they are in
    assert check_in(identity=typed("Martin"), **own) is None  # still: their being here is nobody's to learn
    assert check_in(identity=typed("Bernard"), **own)
    assert check_in(identity=typed("Lefèvre-N’Guessan"), **own)
    assert check_in(device=kiosk, identity=typed("Martin"), now=NOW)  # at the practice's own tablet, as ever


# --- screens that nobody signs in on ---------------------------------------------------------


def test_the_poster_s_secret_opens_the_poster_s_page_alone() -> None:
    practice, _ = make_morning()
    made = make_device(practice=practice, kind=Device.Kind.CHECK_IN)
    poster = poster_token(made.device)
    assert device_of_poster(poster) == made.device
    assert device_of(poster, kind="check_in") is None  # a photograph of it is no tablet
    for wrong in (
        made.token,
        f"{poster}x",
        f"0{poster}",
        "",
        "1",
        "1.",
        f"{made.device.pk + 1}.{poster.partition('.')[2]}",
        "9" * 40,
    ):
        assert device_of_poster(wrong) is None
    revoke_device(device=made.device, now=NOW)
    assert device_of_poster(poster) is None


def test_only_a_digest_of_the_secret_is_kept_and_a_revoked_one_opens_nothing() -> None:
    practice, _ = make_morning()
    made = make_device(practice=practice)
    assert made.token not in str(vars(made.device))
    assert device_of(made.token, kind="wall") == made.device
    assert device_of(made.token, kind="check_in") is None
    assert device_of(made.token + "x", kind="wall") is None
    revoke_device(device=made.device, now=NOW)
    assert device_of(made.token, kind="wall") is None


@pytest.mark.parametrize(
    ("shows", "who"), [("ticket", "A\u00a01"), ("initials", "J. M."), ("first_name", "Jeanne M.")]
)
def test_the_wall_says_who_is_called_and_where_to(shows: str, who: str, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    practice, (first, *_) = make_morning()
    wall = make_device(practice=practice, shows=shows).device
    arrive(first, NOW)
    assert wall_of(wall, now=NOW).calls == ()
    call_next(practitioner=first.practitioner, shown_id=first.pk, by=make_user(), now=NOW)
    with django_assert_num_queries(4):
        view = wall_of(wall, now=NOW)
    (call,) = view.calls
    assert (call.who, call.is_fresh) == (who, True)
    assert [delay.minutes for delay in view.delays] == [0]
    say_status(appointment_id=first.pk, status=Status.IN_CONSULTATION, version=None, by=None, now=NOW)
    assert wall_of(wall, now=NOW + timedelta(minutes=11)).calls == ()
