"""Reads of the agenda, each with a bounded number of queries. All need a practice scope."""

from decroche.scheduling.queries.appointments import (
    AppointmentView,
    appointment_card,
    appointments_of_call,
    appointments_of_patient,
    day_list,
    views_of,
)
from decroche.scheduling.queries.slots import Slot, earliest_slot, is_open, open_slots
from decroche.scheduling.queries.views import AgendaView, Column, day_view, week_view

__all__ = [
    "AgendaView",
    "AppointmentView",
    "Column",
    "Slot",
    "appointment_card",
    "appointments_of_call",
    "appointments_of_patient",
    "day_list",
    "day_view",
    "earliest_slot",
    "is_open",
    "open_slots",
    "views_of",
    "week_view",
]
