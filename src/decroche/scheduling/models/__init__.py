"""The tables of the agenda, by subject."""

from decroche.scheduling.models.appointments import (
    LONGEST,
    OCCUPYING_STATES,
    Appointment,
    AppointmentAnswer,
    AppointmentChange,
    AppointmentGroup,
    HomeVisit,
)
from decroche.scheduling.models.mass_moves import MassMove, MassMoveItem
from decroche.scheduling.models.openings import (
    Absence,
    AgendaSettings,
    AgendaVersion,
    HolidayDecision,
    OpeningRule,
    Wish,
)
from decroche.scheduling.models.patients import PatientBlock, PatientPreference
from decroche.scheduling.models.ranges import (  # the first migration names them here
    _Period,
    _PractitionerRange,
)
from decroche.scheduling.models.visit_types import (
    LONGEST_BUFFER_MINUTES,
    NewPatients,
    Pathway,
    PathwayStep,
    Place,
    Resource,
    VisitOffer,
    VisitQuestion,
    VisitType,
)
from decroche.scheduling.models.waiting_list import WaitingListEntry, WaitingListOffer

__all__ = [
    "LONGEST",
    "LONGEST_BUFFER_MINUTES",
    "OCCUPYING_STATES",
    "Absence",
    "AgendaSettings",
    "AgendaVersion",
    "Appointment",
    "AppointmentAnswer",
    "AppointmentChange",
    "AppointmentGroup",
    "HolidayDecision",
    "HomeVisit",
    "MassMove",
    "MassMoveItem",
    "NewPatients",
    "OpeningRule",
    "Pathway",
    "PathwayStep",
    "PatientBlock",
    "PatientPreference",
    "Place",
    "Resource",
    "VisitOffer",
    "VisitQuestion",
    "VisitType",
    "WaitingListEntry",
    "WaitingListOffer",
    "Wish",
    "_Period",
    "_PractitionerRange",
]
