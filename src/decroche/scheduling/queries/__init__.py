"""Reads of the agenda, each with a bounded number of queries. All need a practice scope."""

from decroche.scheduling.queries.appointments import (
    AppointmentView,
    appointment_card,
    appointments_of_call,
    appointments_of_patient,
    day_list,
    views_of,
)
from decroche.scheduling.queries.cells import Column
from decroche.scheduling.queries.days import BookedDay, next_booked_day, receiving_day
from decroche.scheduling.queries.explain import explain
from decroche.scheduling.queries.openings import DayOpenings, openings_of
from decroche.scheduling.queries.slots import Slot, earliest_slot, open_slots
from decroche.scheduling.queries.views import AgendaView, day_view, week_view

__all__ = [
    "AgendaView",
    "AppointmentView",
    "BookedDay",
    "Column",
    "DayOpenings",
    "Slot",
    "appointment_card",
    "appointments_of_call",
    "appointments_of_patient",
    "day_list",
    "day_view",
    "earliest_slot",
    "explain",
    "next_booked_day",
    "open_slots",
    "openings_of",
    "receiving_day",
    "views_of",
    "week_view",
]
