"""How much of a practitioner an appointment takes: all of it, a seat in a group session, or a place beside. Pure.

See `Appointment.lane`: null is the whole practitioner, 0 to 59 a seat, 1000 and up a forced appointment.
"""

from collections.abc import Iterable

#: Where forced appointments begin; the exclusion constraint gives the whole practitioner lanes 0 to 999.
FORCED = 1000


def free_seats(taken: Iterable[int | None], capacity: int) -> list[int]:
    """List the seats that nobody has, in order; none when someone has the whole practitioner."""
    owned = set(taken)
    return [] if None in owned else [seat for seat in range(capacity) if seat not in owned]


def first_forced_lane(taken: Iterable[int | None]) -> int:
    """Give the first lane beside everyone that is free."""
    owned = set(taken)
    lane = FORCED
    while lane in owned:
        lane += 1
    return lane
