"""The life of an appointment: its states and the legal moves between them. Pure."""

from enum import StrEnum

from decroche.scheduling.domain.refusals import Refusal


class Status(StrEnum):
    """Where an appointment is in its life."""

    HELD = "held"
    BOOKED = "booked"
    ARRIVED = "arrived"
    IN_CONSULTATION = "in_consultation"
    DONE = "done"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    CALLED = "called"
    LEFT = "left"
    RELEASED = "released"


#: States that own their time: the exclusion constraint and every search agree on this set.
#: A missed appointment keeps its time: it was taken, and undoing the mark must always be possible.
OCCUPYING = frozenset(
    {
        Status.HELD,
        Status.BOOKED,
        Status.ARRIVED,
        Status.CALLED,
        Status.IN_CONSULTATION,
        Status.DONE,
        Status.NO_SHOW,
        Status.LEFT,
    }
)

#: States in which there is a patient to tell when something changes.
AHEAD = frozenset({Status.BOOKED, Status.ARRIVED})

MOVES: dict[Status, frozenset[Status]] = {
    Status.HELD: frozenset({Status.BOOKED, Status.RELEASED}),
    Status.BOOKED: frozenset(
        {Status.ARRIVED, Status.IN_CONSULTATION, Status.DONE, Status.NO_SHOW, Status.CANCELLED}
    ),
    Status.ARRIVED: frozenset(
        {
            Status.CALLED,
            Status.IN_CONSULTATION,
            Status.DONE,
            Status.NO_SHOW,
            Status.LEFT,
            Status.CANCELLED,
            Status.BOOKED,
        }
    ),
    Status.CALLED: frozenset(
        {Status.ARRIVED, Status.IN_CONSULTATION, Status.DONE, Status.LEFT, Status.NO_SHOW}
    ),
    Status.IN_CONSULTATION: frozenset({Status.DONE, Status.CALLED, Status.ARRIVED}),
    Status.LEFT: frozenset({Status.ARRIVED, Status.CALLED}),
    Status.DONE: frozenset({Status.IN_CONSULTATION, Status.CALLED, Status.ARRIVED, Status.BOOKED}),
    Status.NO_SHOW: frozenset({Status.BOOKED, Status.ARRIVED}),
    Status.CANCELLED: frozenset({Status.BOOKED}),
    Status.RELEASED: frozenset(),
}


class IllegalMove(Refusal):
    """The appointment cannot go from its state to the one asked for."""

    def __init__(self, current: Status, wanted: Status) -> None:
        """Keep both states, for the sentence that the door will say."""
        super().__init__(f"{current} -> {wanted}")
        self.current = current
        self.wanted = wanted


def check_move(current: Status, wanted: Status) -> None:
    """Let a legal move pass; raises `IllegalMove`."""
    if wanted not in MOVES[current]:
        raise IllegalMove(current, wanted)


def is_movable(status: Status) -> bool:
    """Tell whether the appointment may still be given another time or practitioner."""
    return status in {Status.BOOKED, Status.NO_SHOW}
