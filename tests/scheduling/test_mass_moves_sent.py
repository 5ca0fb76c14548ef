"""A mass move on its way: everybody moved or cancelled once, everybody told, failures said."""

import pytest

from decroche.notifications.models import OutgoingNotice
from decroche.scheduling import listeners
from decroche.scheduling.actions import send_mass_move as sending
from decroche.scheduling.actions.cancel_appointment import cancel_appointment
from decroche.scheduling.actions.send_mass_move import (
    carry_out_mass_move,
    mark_line_called,
    retry_line,
    send_mass_move,
)
from decroche.scheduling.actions.start_mass_move import AlreadySent, Spot, change_line, undo_mass_move
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.refusals import NothingToUndo
from decroche.scheduling.events import MassMoveSent
from decroche.scheduling.models import Absence, AppointmentChange
from decroche.scheduling.queries.mass_moves import calls_to_make, lines_of, tally
from tests.factories import make_line, make_user
from tests.scheduling.factories import NOW, make_agenda, make_appointment, paris
from tests.scheduling.test_mass_moves import WEDNESDAY, Told, comes, ill_today, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr("decroche.foundation.clock.now", lambda: NOW)


@pytest.fixture
def agenda():
    practice, people, kind = make_agenda(practitioners=2)
    make_line(practice=practice, number="+33199000001")
    return practice, people, kind


@pytest.fixture
def awa():
    return make_user()


def test_sent_everyone_is_moved_with_history_and_told(agenda, awa, deliver) -> None:
    _, people, kind = agenda
    with_mobile, without = (
        comes(people[0], kind, paris(9)),
        comes(people[0], kind, paris(9, 15), mobile=False),
    )
    move = ill_today(people[0], awa, reason="Malade")
    send(move, awa, deliver)
    for appointment, start in (
        (with_mobile, paris(9, day=WEDNESDAY)),
        (without, paris(9, 15, day=WEDNESDAY)),
    ):
        appointment.refresh_from_db()
        assert (appointment.starts_at, appointment.status) == (start, Status.BOOKED)
        change = AppointmentChange.objects.get(appointment=appointment)
        assert (change.kind, change.by, change.reason) == ("moved", awa, "Malade")
    told = dict(move.items.values_list("appointment_id", "told"))
    assert told == {with_mobile.pk: Told.TEXT, without.pk: Told.TO_CALL}
    text = OutgoingNotice.objects.get()  # one text, not the agenda's own as well
    assert "ne pourra pas vous recevoir le mar. 24 nov. à 9\u202fh." in text.body
    assert "déplacé le mer. 25 nov. à 9\u202fh avec" in text.body


def test_each_plan_does_what_it_says(agenda, awa, deliver) -> None:
    _, people, kind = agenda
    for n in range(3):
        comes(people[0], kind, paris(9, 15 * n))
    move = ill_today(people[0], awa)
    lines = list(move.items.order_by("old_starts_at"))
    for line, plan in zip(lines, ("cancel", "keep", "call"), strict=True):
        change_line(item_id=line.pk, plan=plan, by=awa, now=NOW)
    send(move, awa, deliver)
    lines = list(move.items.order_by("old_starts_at").select_related("appointment"))
    assert [line.state for line in lines] == ["done"] * 3
    assert [line.appointment.status for line in lines] == [Status.CANCELLED, Status.BOOKED, Status.BOOKED]
    assert [line.told for line in lines] == [Told.TEXT, Told.NOT_YET, Told.TO_CALL]
    assert "votre rendez-vous est annulé" in OutgoingNotice.objects.get().body


def test_a_failure_stops_nothing_and_says_why(agenda, awa, deliver) -> None:
    _, people, kind = agenda
    gone, taken, fine = (comes(people[0], kind, paris(9, 15 * n)) for n in range(3))
    move = ill_today(people[0], awa)
    lines = {line.appointment_id: line for line in move.items.all()}
    make_appointment(practitioner=people[0], visit_type=kind, starts_at=lines[taken.pk].new_starts_at)
    cancel_appointment(appointment_id=gone.pk, version=None, reason="il a appelé", by=awa, now=NOW)
    send(move, awa, deliver)
    found = {line.appointment_id: (line.state, line.problem) for line in move.items.all()}
    assert found == {gone.pk: ("failed", "changed"), taken.pk: ("failed", "taken"), fine.pk: ("done", "")}
    taken.refresh_from_db()
    assert taken.starts_at == paris(9, 15)


def test_a_line_that_failed_is_tried_again_elsewhere(agenda, awa, deliver) -> None:
    practice, people, kind = agenda
    appointment = comes(people[0], kind, paris(9))
    move = ill_today(people[0], awa)
    item = move.items.get()
    make_appointment(practitioner=people[0], visit_type=kind, starts_at=item.new_starts_at)
    send(move, awa, deliver)
    change_line(
        item_id=item.pk,
        plan="move",
        by=awa,
        now=NOW,
        spot=Spot(people[0], practice.sites.get(), paris(10, day=WEDNESDAY)),
    )
    retry_line(item_id=item.pk, by=awa, now=NOW)
    retry_line(item_id=item.pk, by=awa, now=NOW)
    deliver()
    appointment.refresh_from_db()
    item.refresh_from_db()
    assert (appointment.starts_at, item.state) == (paris(10, day=WEDNESDAY), "done")
    with pytest.raises(AlreadySent):
        change_line(item_id=item.pk, plan="cancel", by=awa, now=NOW)


def test_sent_twice_carried_out_three_times_it_is_done_once(agenda, awa, deliver) -> None:
    _, people, kind = agenda
    for n in range(3):
        comes(people[0], kind, paris(9, 15 * n))
    move = ill_today(people[0], awa)
    for _ in range(2):
        send_mass_move(mass_move_id=move.pk, by=awa, now=NOW)
    event = MassMoveSent(
        mass_move_id=move.pk, practice_id=move.practice_id, practitioner_id=people[0].pk, by_id=awa.pk, at=NOW
    )
    for _ in range(2):
        listeners.carry_out(event)
    deliver()
    assert carry_out_mass_move(mass_move_id=move.pk, now=NOW) == 0
    assert AppointmentChange.objects.filter(kind="moved").count() == 3
    assert OutgoingNotice.objects.count() == 3


def test_killed_half_way_the_rest_is_done_by_the_next_try(agenda, awa, monkeypatch) -> None:
    _, people, kind = agenda
    for n in range(3):
        comes(people[0], kind, paris(9, 15 * n))
    move = ill_today(people[0], awa)
    send_mass_move(mass_move_id=move.pk, by=awa, now=NOW)
    real, count = sending._carry_out, iter(range(9))

    def dies(item_id, now):
        if next(count) == 1:
            raise SystemExit
        return real(item_id, now)

    monkeypatch.setattr(sending, "_carry_out", dies)
    with pytest.raises(SystemExit):
        carry_out_mass_move(mass_move_id=move.pk, now=NOW)
    assert tally(lines_of(move)).percent == 33
    assert carry_out_mass_move(mass_move_id=move.pk, now=NOW) == 2
    assert tally(lines_of(move)).is_finished


def test_once_sent_it_is_not_undone_as_a_whole(agenda, awa, deliver) -> None:
    _, people, kind = agenda
    comes(people[0], kind, paris(9))
    move = ill_today(people[0], awa)
    send(move, awa, deliver)
    with pytest.raises(NothingToUndo):
        undo_mass_move(mass_move_id=move.pk, by=awa, now=NOW)
    assert Absence.objects.exists()


def test_the_calls_to_make_are_a_list_that_empties(agenda, awa, deliver) -> None:
    _, people, kind = agenda
    comes(people[0], kind, paris(9), mobile=False)
    move = ill_today(people[0], awa)
    send(move, awa, deliver)
    [line] = calls_to_make([agenda[0].pk])
    assert line.numbers[0].startswith("+331990")
    mark_line_called(item_id=line.item.pk, by=awa, now=NOW)
    assert calls_to_make([agenda[0].pk]) == []
    mark_line_called(item_id=line.item.pk, by=awa, now=NOW, undo=True)
    assert len(calls_to_make([agenda[0].pk])) == 1
