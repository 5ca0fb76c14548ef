"""Sequences by which two people might come to own one slot or one room: told one by one, and then all at once."""

import random
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection

from decroche.foundation.tenancy import every_practice
from decroche.scheduling.actions import _claim
from decroche.scheduling.actions.cancel_appointment import cancel_appointment
from decroche.scheduling.actions.confirm_group import confirm_group
from decroche.scheduling.actions.confirm_hold import confirm_hold
from decroche.scheduling.actions.force_appointment import force_appointment
from decroche.scheduling.actions.hold_group import Wanted, hold_group
from decroche.scheduling.actions.hold_slot import hold_slot
from decroche.scheduling.actions.import_appointments import ImportedAppointment, import_appointments
from decroche.scheduling.actions.mark_arrived import mark_arrived
from decroche.scheduling.actions.mark_no_show import mark_no_show
from decroche.scheduling.actions.move_appointment import move_appointment
from decroche.scheduling.actions.restore_appointment import restore_appointment
from decroche.scheduling.actions.undo_change import undo_change
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.refusals import Refusal, ResourceTaken, SeatsTaken, SlotClosed, SlotTaken
from decroche.scheduling.models import OCCUPYING_STATES, Absence, Appointment, OpeningRule, Resource
from tests.factories import make_user
from tests.scheduling.factories import (
    NOW,
    make_agenda,
    make_appointment,
    make_hold,
    make_patient,
    make_visit_type,
    paris,
)
from tests.scheduling.test_races import at_once, doubles

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data, pytest.mark.timeout(180)]
LATER = NOW + timedelta(minutes=6)  # every hold of NOW has lapsed


class World:
    """A practice, its people, one visit type and one secretary."""

    def __init__(self, practitioners: int = 2, **kind) -> None:
        with every_practice():
            self.practice, self.people, self.kind = make_agenda(practitioners=practitioners)
            if kind:
                self.kind = make_visit_type(practice=self.practice, **kind)
            self.site, self.awa = self.practice.sites.get(), make_user()
            self.patients = [make_patient(practice=self.practice) for _ in range(4)]

    def visit(self, who: int = 0, hour: int = 9, minute: int = 0) -> dict:
        return {
            "practitioner": self.people[who],
            "site": self.site,
            "visit_type": self.kind,
            "starts_at": paris(hour, minute),
        }

    def hold(self, who: int = 0, hour: int = 9, minute: int = 0, *, now=NOW, **more) -> Appointment:
        return hold_slot(held_by=self.awa, now=now, **self.visit(who, hour, minute), **more)

    def confirm(self, hold: Appointment, *, now=NOW, patient: int = 0) -> Appointment:
        return confirm_hold(hold_id=hold.pk, patient=self.patients[patient], confirmed_by=self.awa, now=now)

    def move(self, pk: int, who: int = 0, hour: int = 9, minute: int = 0, **more) -> Appointment:
        return move_appointment(
            appointment_id=pk,
            practitioner=self.people[who],
            site=self.site,
            starts_at=paris(hour, minute),
            version=None,
            by=self.awa,
            now=NOW,
            **more,
        )

    def room(self, name: str = "Salle") -> Resource:
        with every_practice():
            made = Resource.objects.create(practice=self.practice, site=self.site, name=name)
            self.kind.resources.add(made)
        return made

    def seats(self, count: int, *who: int) -> None:
        with every_practice():
            for each in who:
                OpeningRule.objects.filter(practitioner=self.people[each]).update(capacity=count)


def owners(**of) -> list[tuple]:
    with every_practice():
        rows = Appointment.objects.filter(status__in=OCCUPYING_STATES, **of)
        return sorted(rows.values_list("practitioner_id", "lane", "resource_id"), key=str)


def shared_rooms() -> list[tuple[int, int]]:
    """Pairs of visits of two practitioners in one room at one time."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT a.id, b.id FROM scheduling_appointment a JOIN scheduling_appointment b
              ON a.resource_id = b.resource_id AND a.id < b.id AND a.practitioner_id <> b.practitioner_id
             AND a.busy_from < b.busy_until AND b.busy_from < a.busy_until
            WHERE a.status NOT IN ('cancelled', 'released') AND b.status NOT IN ('cancelled', 'released')
        """)
        return cursor.fetchall()


def outcome(work) -> str:
    """Do it, and say how it ended."""
    try:
        work()
    except Refusal as refusal:
        return type(refusal).__name__
    return "won"


@contextmanager
def judged_together(monkeypatch, count: int = 2):
    """Let everybody be told that the time is free before anybody takes it: the worst moment of a race."""
    gate, insert = threading.Barrier(count), _claim._insert
    seen = threading.local()

    def late(claim):
        if not getattr(seen, "waited", False):
            seen.waited = True
            gate.wait(20)
        return insert(claim)

    with monkeypatch.context() as patch:
        patch.setattr(_claim, "_insert", late)
        yield


# --- rooms -----------------------------------------------------------------------------------------------------------


def test_a_group_session_and_a_visit_never_share_a_room(monkeypatch) -> None:
    world = World()
    world.room()
    world.seats(5, 0)
    with judged_together(monkeypatch):
        ends = at_once(lambda n: outcome(lambda: world.hold(n)), 2)
    assert sorted(ends) == ["ResourceTaken", "won"]
    assert shared_rooms() == []


def test_two_group_sessions_never_share_a_room() -> None:
    world = World(practitioners=4)
    world.room()
    world.seats(5, 0, 1, 2, 3)
    ends = at_once(lambda n: outcome(lambda: world.hold(n % 4)), 16)
    assert ends.count("won") == 4, ends  # everybody of the one session that has the room
    assert shared_rooms() == []
    assert len({who for who, _lane, _room in owners()}) == 1


def test_a_session_takes_the_other_room_when_the_first_is_anothers() -> None:
    world = World()
    rooms = [world.room(name) for name in ("Grande salle", "Petite salle")]
    world.seats(3, 1)
    with every_practice():
        first = world.hold(0)
        seats = [world.hold(1) for _ in range(3)]
        assert first.resource_id == rooms[0].pk
        assert {seat.resource_id for seat in seats} == {rooms[1].pk}
        with pytest.raises(SeatsTaken):
            world.hold(1)


def test_a_session_that_comes_back_does_not_sit_down_in_anothers_room() -> None:
    world = World()
    world.room()
    world.seats(3, 0)
    with every_practice():
        seat = world.confirm(world.hold(0))
        cancel_appointment(appointment_id=seat.pk, version=None, reason="", by=world.awa, now=NOW)
        world.confirm(world.hold(1), patient=1)
        for back in (restore_appointment, undo_change):
            seat.refresh_from_db()
            with pytest.raises((ResourceTaken, SlotTaken)):
                back(appointment_id=seat.pk, version=seat.version, by=world.awa, now=NOW)
    assert shared_rooms() == []


def test_a_lapsed_seat_is_not_revived_in_a_room_that_another_has_taken() -> None:
    world = World()
    world.room()
    world.seats(3, 0)
    with every_practice():
        seat = world.hold(0)
        other = world.hold(1, now=LATER)  # sweeps the lapsed one away
        assert other.resource_id == seat.resource_id
        with pytest.raises((ResourceTaken, SlotTaken, SlotClosed)):
            world.confirm(seat, now=LATER)
    assert shared_rooms() == []


def test_practitioners_who_move_into_one_room_have_it_once_and_never_deadlock() -> None:
    world = World(practitioners=4)
    world.room()
    with every_practice():
        ids = [
            make_appointment(
                practitioner=who, visit_type=world.kind, starts_at=paris(9 + n // 2, 30 * (n % 2))
            ).pk
            for n, who in enumerate(world.people)
        ]

    def shuffle(n: int) -> list[str]:
        dice = random.Random(n)
        return [
            outcome(lambda: world.move(ids[n], n, 9 + dice.randrange(3), 15 * dice.randrange(4)))
            for _ in range(12)
        ]

    ends = [end for each in at_once(shuffle, 4) for end in each]
    assert set(ends) <= {"won", "ResourceTaken", "SlotTaken", "SlotClosed"}
    assert "won" in ends
    assert shared_rooms() == []


# --- seats -----------------------------------------------------------------------------------------------------------


def test_fewer_seats_between_the_holds_and_the_confirmations_seat_no_more_than_there_are() -> None:
    world = World(practitioners=1)
    world.seats(5, 0)
    with every_practice():
        holds = [world.hold() for _ in range(5)]
    world.seats(3, 0)
    ends = at_once(lambda n: outcome(lambda: world.confirm(holds[n], patient=n % 4)), 5)
    with every_practice():
        booked = Appointment.objects.filter(status=Status.BOOKED)
        assert all(each.lane < 3 for each in booked)
        assert booked.count() == ends.count("won") <= 3
        assert set(ends) <= {"won", "SeatsTaken"}


def test_one_seat_where_there_were_five_is_one_person() -> None:
    world = World(practitioners=1)
    world.seats(5, 0)
    with every_practice():
        holds = [world.hold() for _ in range(3)]
    world.seats(1, 0)
    ends = at_once(lambda n: outcome(lambda: world.confirm(holds[n], patient=n)), 3)
    assert ends.count("won") <= 1, ends
    assert set(ends) <= {"won", "SlotTaken", "SeatsTaken"}


def test_lapsed_seats_come_back_only_as_far_as_there_are_seats() -> None:
    world = World(practitioners=1)
    world.seats(2, 0)
    with every_practice():
        old = [world.hold() for _ in range(2)]
        new = world.hold(now=LATER)
    ends = at_once(lambda n: outcome(lambda: world.confirm([*old, new][n], now=LATER, patient=n)), 3)
    assert ends.count("won") == 2, ends
    assert [lane for _who, lane, _room in owners(status=Status.BOOKED)] == [0, 1]


def test_a_whole_visit_and_a_seat_want_the_same_time(monkeypatch) -> None:
    """The rule becomes a group's between one judgement and the other: whoever is first keeps the time to their sort."""
    world = World(practitioners=1)
    with every_practice():
        whole = world.confirm(world.hold())
    world.seats(4, 0)
    with every_practice(), pytest.raises(SlotTaken):
        world.hold()
    assert owners() == [(world.people[0].pk, None, None)]
    assert whole.lane is None


# --- rules that change, holds that lapse ---------------------------------------------------------------------------


def test_what_closes_between_the_hold_and_the_confirmation_is_not_booked() -> None:
    world = World(practitioners=1)
    with every_practice():
        holds = [world.hold(minute=15 * n) for n in range(4)]

    def race(n: int) -> str:
        if n == 4:
            OpeningRule.objects.filter(practitioner=world.people[0]).delete()
            return "closed"
        return outcome(lambda: world.confirm(holds[n]))

    ends = at_once(race, 5)
    assert set(ends) <= {"closed", "won", "SlotClosed"}
    with every_practice(), pytest.raises(SlotClosed):
        world.confirm(world_hold_left(holds, ends) or make_closed_hold(world))
    assert doubles() == []


def world_hold_left(holds: list[Appointment], ends: list[str]) -> Appointment | None:
    """Give a hold that was refused, to be refused again."""
    return next((hold for hold, end in zip(holds, ends, strict=False) if end == "SlotClosed"), None)


def make_closed_hold(world: World) -> Appointment:
    return make_hold(practitioner=world.people[0], visit_type=world.kind, starts_at=paris(11), by=world.awa)


def test_a_lapsed_hold_is_confirmed_as_another_takes_its_time() -> None:
    world = World(practitioners=1)
    with every_practice():
        holds = [world.hold(minute=15 * n) for n in range(4)]

    def race(n: int) -> str:
        slot = n % 4
        if n < 4:
            return outcome(lambda: world.confirm(holds[slot], now=LATER))
        return outcome(lambda: world.confirm(world.hold(minute=15 * slot, now=LATER), now=LATER, patient=1))

    ends = at_once(race, 8)
    for slot in range(4):
        assert [ends[slot], ends[slot + 4]].count("won") == 1, ends
    assert len(owners(status=Status.BOOKED)) == 4


# --- coming back, growing, being imported --------------------------------------------------------------------------


def test_a_cancellation_is_undone_as_its_time_is_taken_again() -> None:
    world = World(practitioners=1)
    with every_practice():
        rows = [world.confirm(world.hold(minute=15 * n)) for n in range(4)]
        gone = [
            cancel_appointment(appointment_id=row.pk, version=None, reason="", by=world.awa, now=NOW)
            for row in rows
        ]

    def race(n: int) -> str:
        row = gone[n % 4]
        if n < 4:
            back = undo_change if n % 2 else restore_appointment
            return outcome(lambda: back(appointment_id=row.pk, version=row.version, by=world.awa, now=NOW))
        return outcome(lambda: world.confirm(world.hold(minute=15 * (n % 4)), patient=1))

    ends = at_once(race, 8)
    for slot in range(4):
        assert [ends[slot], ends[slot + 4]].count("won") == 1, ends
    assert doubles() == []


def test_an_appointment_grows_as_the_next_quarter_is_taken() -> None:
    world = World(practitioners=2)
    with every_practice():
        rows = [world.confirm(world.hold(n)) for n in range(2)]

    def race(n: int) -> str:
        who = n % 2
        if n < 2:
            return outcome(lambda: world.move(rows[who].pk, who, ends_at=paris(9, 30)))
        return outcome(lambda: world.hold(who, minute=15))

    ends = at_once(race, 4)
    for who in range(2):
        assert [ends[who], ends[who + 2]].count("won") == 1, ends
    assert doubles() == []


def test_buffers_that_would_overlap_let_one_in(monkeypatch) -> None:
    world = World(practitioners=1, duration_minutes=15, buffer_after_minutes=10)
    with judged_together(monkeypatch):
        ends = at_once(lambda n: outcome(lambda: world.hold(minute=20 * n)), 2)
    assert sorted(ends) == ["SlotTaken", "won"]


def test_what_is_imported_or_was_written_offline_meets_who_books_and_who_moves_in() -> None:
    world = World(practitioners=1)
    with every_practice():
        mover = world.confirm(world.hold(hour=11, minute=45))

    def imported(source: str) -> str:
        key = f"{source}:1"
        rows = [
            ImportedAppointment(
                key=f"{source}:{n}",
                practitioner_id=world.people[0].pk,
                site_id=world.site.pk,
                visit_type_id=world.kind.pk,
                patient_id=world.patients[2].pk,
                starts_at=paris(9, 15 * n),
                ends_at=paris(9, 15 * n) + timedelta(minutes=15),
            )
            for n in range(4)
        ]
        done = import_appointments(practice=world.practice, rows=rows, by=world.awa, now=NOW, source=source)
        return f"{len(done)}" if key else ""

    def race(n: int) -> str:
        if n == 0:
            return imported("import")
        if n == 1:
            return imported("offline")
        if n == 2:
            return outcome(lambda: world.move(mover.pk, 0, 9, 30))
        return outcome(lambda: world.confirm(world.hold(minute=15 * (n % 4)), patient=1))

    ends = at_once(race, 8)
    took = int(ends[0]) + int(ends[1]) + ends.count("won")
    with every_practice():
        quarter = Appointment.objects.filter(starts_at__lt=paris(10), status__in=OCCUPYING_STATES)
        assert took == quarter.count() == 4, ends
    assert doubles() == []


def test_two_families_want_the_same_two_chairs_in_opposite_order() -> None:
    world = World(practitioners=2)

    def family(n: int) -> str:
        order = (0, 1) if n % 2 else (1, 0)
        wanted = [
            Wanted(world.people[who], world.site, world.kind, paris(9, 15 * place))
            for place, who in enumerate(order * 2)
        ]

        def book() -> None:
            group = hold_group(kind="siblings", wanted=wanted, held_by=world.awa, now=NOW).group
            confirm_group(group_id=group.pk, patients=world.patients, confirmed_by=world.awa, now=NOW)

        return outcome(book)

    ends = at_once(family, 6)
    assert ends.count("won") == 2, ends  # one of each order: they do not meet
    assert len(owners(status=Status.BOOKED)) == 8
    assert doubles() == []


def test_a_forced_one_is_moved_into_the_open_as_somebody_books_it() -> None:
    world = World(practitioners=1)
    with every_practice():
        world.confirm(world.hold())
        beside = force_appointment(
            patient=world.patients[1], reason="douleur", by=world.awa, now=NOW, **world.visit()
        )
        assert beside.lane is not None

    def race(n: int) -> str:
        if n == 0:
            return outcome(lambda: world.move(beside.pk, 0, 10))
        return outcome(lambda: world.hold(hour=10))

    assert at_once(race, 3).count("won") == 1
    assert doubles() == []


# --- everything ------------------------------------------------------------------------------------------------------


class Anybody:
    """One of many who do anything, at any time of the hold's life, to a morning whose rules change under their hands."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.dice = world, random.Random(seed)

    def anything(self) -> None:
        self.dice.choice(
            [self.book, self.book, self.late, self.shift, self.cancel, self.back, self.undo, self.missed,
             self.bring, self.force, self.reshape, self.away]
        )()  # fmt: skip

    def slot(self) -> tuple[int, int, int]:
        return self.dice.randrange(2), 9 + self.dice.randrange(2), 15 * self.dice.randrange(4)

    def any_row(self, *states: str) -> Appointment:
        rows = list(Appointment.objects.filter(status__in=states)[:40])
        if not rows:
            raise Appointment.DoesNotExist
        return self.dice.choice(rows)

    def book(self) -> None:
        self.world.confirm(self.world.hold(*self.slot()), patient=self.dice.randrange(4))

    def late(self) -> None:
        """Hold, think too long, and confirm none the less."""
        held = self.world.hold(*self.slot())
        self.world.confirm(held, now=LATER, patient=self.dice.randrange(4))

    def shift(self) -> None:
        who, hour, minute = self.slot()
        length = timedelta(minutes=self.dice.choice([15, 30]))
        row = self.any_row(Status.BOOKED, Status.NO_SHOW)
        self.world.move(row.pk, who, hour, minute, ends_at=paris(hour, minute) + length)

    def cancel(self) -> None:
        row = self.any_row(Status.BOOKED)
        cancel_appointment(appointment_id=row.pk, version=None, reason="", by=self.world.awa, now=NOW)

    def back(self) -> None:
        row = self.any_row(Status.CANCELLED)
        restore_appointment(appointment_id=row.pk, version=None, by=self.world.awa, now=NOW)

    def undo(self) -> None:
        row = self.any_row(Status.BOOKED, Status.CANCELLED, Status.NO_SHOW)
        undo_change(appointment_id=row.pk, version=row.version, by=self.world.awa, now=NOW)

    def missed(self) -> None:
        row = self.any_row(Status.BOOKED, Status.NO_SHOW)
        mark = mark_no_show if row.status == Status.BOOKED else mark_arrived
        mark(appointment_id=row.pk, by=self.world.awa, now=NOW)

    def bring(self) -> None:
        who, hour, minute = self.slot()
        start = paris(hour, minute)
        import_appointments(
            practice=self.world.practice,
            rows=[
                ImportedAppointment(
                    key=f"offline:{self.dice.randrange(10**9)}",
                    practitioner_id=self.world.people[who].pk,
                    site_id=self.world.site.pk,
                    visit_type_id=self.world.kind.pk,
                    patient_id=self.world.patients[0].pk,
                    starts_at=start,
                    ends_at=start + timedelta(minutes=15),
                )
            ],
            by=self.world.awa,
            now=NOW,
            source=Appointment.Source.OFFLINE,
        )

    def force(self) -> None:
        patient = self.dice.choice(self.world.patients)
        force_appointment(
            patient=patient, reason="fièvre", by=self.world.awa, now=NOW, **self.world.visit(*self.slot())
        )

    def reshape(self) -> None:
        """Make the second practitioner's morning a group's, of more or fewer seats, or nobody's but one at a time."""
        self.world.seats(self.dice.choice([1, 2, 4]), 1)

    def away(self) -> None:
        """Be away for a quarter of an hour, and not after all."""
        start = paris(self.dice.choice([9, 10]), 15 * self.dice.randrange(4))
        absence = Absence.objects.create(
            practice=self.world.practice,
            practitioner=self.world.people[0],
            starts_at=start,
            ends_at=start + timedelta(minutes=15),
        )
        absence.delete()


def test_anything_at_any_time_and_nobody_shares_a_slot_or_a_room() -> None:
    world = World()
    world.room("Grande salle")
    world.room("Petite salle")
    surprises: list[str] = []

    def many_things(n: int) -> int:
        me, done = Anybody(world, n), 0
        for _ in range(15):
            try:
                me.anything()
                done += 1
            except (Refusal, Appointment.DoesNotExist):
                pass
            except BaseException as error:  # noqa: BLE001 — a deadlock, an IntegrityError: what must never be
                surprises.append(repr(error))
        return done

    assert sum(at_once(many_things, 10)) > 20
    assert surprises == []
    assert doubles() == []
    assert shared_rooms() == []
