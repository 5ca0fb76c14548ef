"""Invent the whole world in memory, before anything is written."""

import datetime as dt

from decroche.demo.agendas import WEEKS_AFTER, WEEKS_BEFORE, Agenda
from decroche.demo.calendars import window
from decroche.demo.calls import week_of_calls
from decroche.demo.catalogue import CABINETS
from decroche.demo.dice import dice_for
from decroche.demo.loading.stage import Stage
from decroche.demo.openings import openings, time_off
from decroche.demo.people import Registry
from decroche.demo.phones import PhoneBook
from decroche.demo.plan import Cabinet
from decroche.demo.timelines import enrich
from decroche.demo.weave import Weaver


def invent_people(stage: Stage, patients: int) -> None:
    """Share ``patients`` among the practices."""
    book = PhoneBook(dice_for("phones"))
    total = sum(cabinet.share for cabinet in CABINETS)
    left = patients
    for number, cabinet in enumerate(CABINETS, start=1):
        count = round(patients * cabinet.share / total) if number < len(CABINETS) else left
        left -= count
        # Anchored to the month, so that a birth date does not change from one day of demo to the next.
        anchor = stage.today(cabinet).replace(day=1)
        stage.people[cabinet.key] = Registry(cabinet, anchor, book).people(count)


def fill_agendas(stage: Stage) -> None:
    """Fill every practitioner's agenda, and note how much of it is open and taken."""
    for cabinet in CABINETS:
        _fill(stage, cabinet)


def _fill(stage: Stage, cabinet: Cabinet) -> None:
    key, today = cabinet.key, stage.today(cabinet)
    first, last = window(today, weeks_before=WEEKS_BEFORE, weeks_after=WEEKS_AFTER)
    rules, stage.off[key] = openings(cabinet, today), time_off(cabinet, first, last, today)
    stage.bookings[key] = []
    known: dict[int, dt.date] = {}
    met: set[tuple[int, dt.date]] = set()
    for rank in range(len(cabinet.doctors)):
        agenda = Agenda(cabinet, rank, rules, stage.off[key], stage.people[key], stage.now, met)
        stage.bookings[key] += agenda.bookings(first, last)
        stage.open_minutes += agenda.open_minutes
        stage.taken_minutes += agenda.taken_minutes
        for patient, day in agenda.crowd.first_seen.items():
            known[patient] = min(day, known.get(patient, day))
    stage.known_since[key] = known


def ring(stage: Stage) -> None:
    """Play a week of calls, and tie each to what came of it."""
    for cabinet in CABINETS:
        stage.calls[cabinet.key] = []
    for call in week_of_calls(CABINETS, stage.people, stage.now):
        stage.calls[call.cabinet].append(call)
    for cabinet in CABINETS:
        key = cabinet.key
        enrich(stage.calls[key])
        weaver = Weaver(
            cabinet, stage.people[key], stage.bookings[key], stage.calls[key], stage.now, stage.today(cabinet)
        )
        weaver.weave()
        stage.memos[key] = weaver.memos
