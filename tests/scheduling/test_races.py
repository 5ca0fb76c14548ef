"""Many people want the same time at once. Real connections, real commits."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from decroche.foundation.tenancy import every_practice
from decroche.scheduling.actions.confirm_hold import confirm_hold
from decroche.scheduling.actions.hold_slot import hold_slot
from decroche.scheduling.actions.move_appointment import move_appointment
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.refusals import SlotTaken
from decroche.scheduling.models import Appointment, OpeningRule
from tests.factories import make_user
from tests.scheduling.factories import NOW, make_agenda, make_appointment, make_patient, paris

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
