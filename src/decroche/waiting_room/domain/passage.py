"""The order of passage of those who are here. Pure, and the same whatever the hour at which one looks.

The rule, as a practice would say it:

1. An emergency passes before everybody, the first arrived first.
2. Who has an appointment and arrived in time (the practice's tolerance included) passes at the hour of the appointment.
3. Who arrived later than that goes behind those who were here and whose hour had come, but before those whose hour was
   still to come: the turn is the moment of arrival. Nobody loses their place to somebody late.
4. A forced appointment passes at its hour too, after the ordinary one of the same hour.
5. Who came without an appointment passes last, in order of arrival.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum


class Kind(IntEnum):
    """How somebody came to be here."""

    EMERGENCY = 0
    APPOINTMENT = 1
    FORCED = 2
    WALK_IN = 3


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody in the waiting room: when they were expected and when they came."""

    id: int
    due: datetime
    arrived: datetime
    kind: Kind = Kind.APPOINTMENT


def is_late(present: Present, tolerance: timedelta) -> bool:
    """Tell whether somebody with an hour came after it by more than the tolerance."""
    has_an_hour = present.kind in {Kind.APPOINTMENT, Kind.FORCED}
    return has_an_hour and present.arrived > present.due + tolerance


def order_of_passage(present: Iterable[Present], *, tolerance: timedelta) -> list[Present]:
    """Put those who are here in the order in which they will be called."""
    return sorted(present, key=lambda each: _rank(each, tolerance))


def _rank(each: Present, tolerance: timedelta) -> tuple[int, datetime, bool, bool, datetime, int]:
    late = is_late(each, tolerance)
    if each.kind is Kind.EMERGENCY:
        group, turn = 0, each.arrived
    elif each.kind is Kind.WALK_IN:
        group, turn = 2, each.arrived
    else:
        group, turn = 1, each.arrived if late else each.due
    return group, turn, late, each.kind is Kind.FORCED, each.arrived, each.id
