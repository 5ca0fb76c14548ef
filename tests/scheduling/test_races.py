"""Many people want the same time at once. Real connections, real commits."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from decroche.foundation.tenancy import every_practice
from decroche.scheduling.actions.cancel_appointment import cancel_appointment
from decroche.scheduling.actions.cancel_group import cancel_group
from decroche.scheduling.actions.confirm_group import confirm_group
from decroche.scheduling.actions.confirm_hold import confirm_hold
from decroche.scheduling.actions.force_appointment import force_appointment
from decroche.scheduling.actions.hold_group import Wanted, hold_group
from decroche.scheduling.actions.hold_slot import hold_slot
from decroche.scheduling.actions.move_appointment import move_appointment
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.lanes import FORCED
from decroche.scheduling.domain.refusals import ForcedQuotaReached, Refusal, SlotTaken
from decroche.scheduling.models import Appointment, OpeningRule, Resource
from tests.factories import make_user
from tests.scheduling.factories import (
    NOW,
    make_agenda,
    make_appointment,
    make_patient,
    make_visit_type,
    paris,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data, pytest.mark.timeout(180)]
CLIENTS, SLOTS = 64, 100


def at_once(work, count: int) -> list:
    """Run `work(n)` in `count` threads that start together, each with a connection of its own."""
    gate = threading.Barrier(count)

    def one(n: int):
        try:
            with every_practice():
                connection.ensure_connection()
                gate.wait()
                return work(n)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_sixty_four_people_race_for_a_hundred_slots() -> None:
    with every_practice():
        practice, people, visit_type = make_agenda(practitioners=9)
        site = practice.sites.get()
        patient = make_patient(practice=practice)
        users = [make_user() for _ in range(8)]
    # 9 practitioners × 12 quarters of an hour, cut to 100
    slots = [(person, paris(9) + timedelta(minutes=15 * n)) for person in people for n in range(12)][:SLOTS]
    slowest = []

    def race(n: int) -> int:
        """Ask for sixteen neighbouring slots: each of the hundred is wanted by ten people at once."""
        won, first = 0, n * SLOTS // CLIENTS
        for person, start in (slots[(first + step) % SLOTS] for step in range(16)):
            began = time.monotonic()
            try:
                held = hold_slot(
                    practitioner=person,
                    site=site,
                    visit_type=visit_type,
                    starts_at=start,
                    held_by=users[n % 8],
                    now=NOW,
                )
                confirm_hold(hold_id=held.pk, patient=patient, confirmed_by=users[n % 8], now=NOW)
                won += 1
            except SlotTaken:
                pass
            slowest.append(time.monotonic() - began)
        return won

    wins = at_once(race, CLIENTS)
    with every_practice():
        owned = Appointment.objects.filter(status=Status.BOOKED).values_list("practitioner_id", "starts_at")
        assert sum(wins) == SLOTS
        assert len(owned) == len(set(owned)) == SLOTS
        assert Appointment.objects.count() == SLOTS  # nobody left a trace of losing
    assert max(slowest) < 10


def test_people_who_swap_appointments_all_the_time_never_deadlock() -> None:
    with every_practice():
        practice, people, visit_type = make_agenda(practitioners=2)
        site, awa = practice.sites.get(), make_user()
        ids = [
            make_appointment(practitioner=person, visit_type=visit_type, starts_at=paris(9, 15 * n)).pk
            for person in people
            for n in range(3)
        ]

    def shuffle(n: int) -> int:
        dice, moved = random.Random(n), 0
        for _ in range(12):
            try:
                move_appointment(
                    appointment_id=dice.choice(ids),
                    practitioner=dice.choice(people),
                    site=site,
                    starts_at=paris(9, 15 * dice.randrange(4)),
                    version=None,
                    by=awa,
                    now=NOW,
                )
                moved += 1
            except SlotTaken:
                pass
        return moved

    assert sum(at_once(shuffle, 16)) > 0
    with every_practice():
        assert Appointment.objects.filter(status=Status.BOOKED).count() == 6


def test_two_people_who_swap_their_holds_never_deadlock() -> None:
    with every_practice():
        practice, people, visit_type = make_agenda()
        site, users = practice.sites.get(), [make_user(), make_user()]

    def swap(n: int) -> None:
        mine = None
        for turn in range(20):
            try:
                mine = hold_slot(
                    practitioner=people[0],
                    site=site,
                    visit_type=visit_type,
                    starts_at=paris(9, 15 * ((n + turn) % 2)),
                    held_by=users[n],
                    now=NOW,
                    replaces=mine.pk if mine else None,
                )
            except SlotTaken:
                continue

    at_once(swap, 2)
    with every_practice():
        assert OpeningRule.objects.exists()
        assert Appointment.objects.filter(status=Status.HELD).count() <= 2


def doubles() -> list[tuple[int, int]]:
    """Pairs of people who own one time of one practitioner; forced ones and seats apart, as is meant."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT a.id, b.id FROM scheduling_appointment a JOIN scheduling_appointment b
              ON a.practitioner_id = b.practitioner_id AND a.id < b.id
             AND a.busy_from < b.busy_until AND b.busy_from < a.busy_until
            WHERE a.status IN ('held', 'booked', 'arrived') AND b.status IN ('held', 'booked', 'arrived')
              AND coalesce(a.lane, 0) < 1000 AND coalesce(b.lane, 0) < 1000
              AND (a.lane IS NULL OR b.lane IS NULL OR a.lane = b.lane)
        """)
        return cursor.fetchall()


class Somebody:
    """One of many who do anything at any time to one morning of two people."""

    def __init__(self, seed: int, people, kind, site, by, patient) -> None:
        self.dice = random.Random(seed)
        self.people, self.kind, self.site, self.by, self.patient = people, kind, site, by, patient

    def anything(self) -> None:
        verbs = (self.book, self.book, self.shift, self.cancel, self.force, self.family)
        self.dice.choice(verbs)()

    def moment(self):
        return paris(9) + timedelta(minutes=15 * self.dice.randrange(12))

    def any_row(self) -> int:
        ids = Appointment.objects.filter(status=Status.BOOKED).values_list("pk", flat=True)
        return self.dice.choice([*ids, 0])

    def slot(self) -> dict:
        who = self.dice.choice(self.people)
        return {"practitioner": who, "site": self.site, "visit_type": self.kind, "starts_at": self.moment()}

    def book(self) -> None:
        held = hold_slot(held_by=self.by, now=NOW, **self.slot())
        confirm_hold(hold_id=held.pk, patient=self.patient, confirmed_by=self.by, now=NOW)

    def shift(self) -> None:
        start = self.moment()
        move_appointment(
            appointment_id=self.any_row(),
            practitioner=self.dice.choice(self.people),
            site=self.site,
            starts_at=start,
            ends_at=start + timedelta(minutes=self.dice.choice([15, 30])),
            version=None,
            by=self.by,
            now=NOW,
        )

    def cancel(self) -> None:
        cancel_appointment(appointment_id=self.any_row(), version=None, reason="", by=self.by, now=NOW)

    def force(self) -> None:
        force_appointment(patient=self.patient, reason="douleur", by=self.by, now=NOW, **self.slot())

    def family(self) -> None:
        start = self.moment()
        wanted = [
            Wanted(each, self.site, self.kind, start)
            for each in self.dice.sample(self.people, len(self.people))
        ]
        group = hold_group(kind="pathway", wanted=wanted, held_by=self.by, now=NOW).group
        confirm_group(group_id=group.pk, patients=[self.patient], confirmed_by=self.by, now=NOW)
        if self.dice.random() < 0.5:
            cancel_group(group_id=group.pk, reason="", by=self.by, now=NOW)


def test_everything_at_once_and_nobody_shares_a_slot() -> None:
    """Holds, confirmations, moves, resizes, cancellations, forced ones and groups."""
    with every_practice():
        practice, people, kind = make_agenda(practitioners=2)
        site, awa, patient = practice.sites.get(), make_user(), make_patient(practice=practice)
    surprises: list[BaseException] = []

    def many_things(n: int) -> int:
        me, done = Somebody(n, people, kind, site, awa, patient), 0
        for _ in range(12):
            try:
                me.anything()
                done += 1
            except (Refusal, Appointment.DoesNotExist):  # told no, or nothing was booked yet
                pass
            except BaseException as error:  # noqa: BLE001 — a deadlock, an IntegrityError: what must never be
                surprises.append(error)
        return done

    assert sum(at_once(many_things, 12)) > 0
    assert surprises == []
    with every_practice():
        assert doubles() == []
        for person in people:  # the quota held, whoever raced for it
            forced = Appointment.objects.filter(practitioner=person, is_forced=True, status=Status.BOOKED)
            assert forced.count() <= 3
            assert all(each.lane is None or each.lane >= FORCED for each in forced)


def test_the_last_seats_and_the_last_room_have_one_owner_each() -> None:
    with every_practice():
        practice, people, kind = make_agenda(practitioners=8)
        site, users = practice.sites.get(), [make_user() for _ in range(8)]
        OpeningRule.objects.filter(practitioner=people[0]).update(capacity=5)
        room = Resource.objects.create(practice=practice, site=site, name="Échographe")
        scan = make_visit_type(practice=practice)
        scan.resources.add(room)

    def want(n: int) -> tuple[bool, bool]:
        got = []
        for person, what, start in ((people[0], kind, paris(9)), (people[n % 7 + 1], scan, paris(10))):
            try:
                hold_slot(
                    practitioner=person,
                    site=site,
                    visit_type=what,
                    starts_at=start,
                    held_by=users[n % 8],
                    now=NOW,
                )
                got.append(True)
            except Refusal:
                got.append(False)
        return got[0], got[1]

    won = at_once(want, 16)
    assert (sum(seat for seat, _ in won), sum(machine for _, machine in won)) == (5, 1)
    with every_practice():
        lanes = Appointment.objects.filter(practitioner=people[0]).values_list("lane", flat=True)
        assert sorted(lanes) == [0, 1, 2, 3, 4]


def test_the_last_of_the_day_and_the_last_forced_one_are_given_once() -> None:
    """Limits that the constraint cannot know: so many a day of one kind, so many forced."""
    with every_practice():
        practice, people, _ = make_agenda()
        kind = make_visit_type(practice=practice, max_per_day=3)
        site, awa, patient = practice.sites.get(), make_user(), make_patient(practice=practice)

    def want(n: int) -> tuple[bool, bool]:
        question = {"practitioner": people[0], "site": site, "visit_type": kind, "now": NOW}
        got = []
        try:
            hold_slot(starts_at=paris(9) + timedelta(minutes=15 * n), held_by=awa, **question)
            got.append(True)
        except Refusal:
            got.append(False)
        try:
            force_appointment(starts_at=paris(11), patient=patient, reason="fièvre", by=awa, **question)
            got.append(True)
        except ForcedQuotaReached:
            got.append(False)
        return got[0], got[1]

    won = at_once(want, 8)
    # Forced ones of this kind count in the day's limit too: at most three held, exactly three forced.
    assert sum(forced for _, forced in won) == 3
    assert sum(held for held, _ in won) <= 3
    with every_practice():
        assert doubles() == []


def test_one_question_asked_by_many_at_once_has_one_answer() -> None:
    with every_practice():
        practice, people, kind = make_agenda()
        site, awa = practice.sites.get(), make_user()

    def ask(n: int) -> int:
        del n
        return hold_slot(
            practitioner=people[0],
            site=site,
            visit_type=kind,
            starts_at=paris(9),
            held_by=awa,
            now=NOW,
            idempotency_key="same",
        ).pk

    assert len(set(at_once(ask, 12))) == 1
