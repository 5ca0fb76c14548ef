"""What others may ask of the waiting room."""

from decroche.waiting_room.queries.board import Board, Column, Entry, board_of, next_of
from decroche.waiting_room.queries.codes import appointment_of_code, code_for
from decroche.waiting_room.queries.devices import (
    device_of,
    device_of_poster,
    devices_of,
    digest_of,
    poster_token,
)
from decroche.waiting_room.queries.wall import WallView, wall_of

__all__ = [
    "Board",
    "Column",
    "Entry",
    "WallView",
    "appointment_of_code",
    "board_of",
    "code_for",
    "device_of",
    "device_of_poster",
    "devices_of",
    "digest_of",
    "next_of",
    "poster_token",
    "wall_of",
]
