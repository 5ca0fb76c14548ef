"""What the loaders share: the moment, the ids given so far, and the invented world itself."""

import datetime as dt
from dataclasses import dataclass, field
from typing import NamedTuple
from zoneinfo import ZoneInfo

from decroche.demo.agendas import Booking
from decroche.demo.calls import PastCall
from decroche.demo.copying import Ids
from decroche.demo.openings import Away
from decroche.demo.people import Person
from decroche.demo.plan import Cabinet
from decroche.demo.weave import Memo


class Spot(NamedTuple):
    """The rank of something in its practice."""

    cabinet: str
    rank: int


@dataclass
class Stage:
    """Holds the world while it is being loaded."""

    now: dt.datetime
    ids: Ids = field(default_factory=Ids)
    users: dict[str, int] = field(default_factory=dict)
    secretariats: dict[str, int] = field(default_factory=dict)
    practices: dict[str, int] = field(default_factory=dict)
    sites: dict[Spot, int] = field(default_factory=dict)
    doctors: dict[Spot, int] = field(default_factory=dict)
    mobiles: dict[Spot, str] = field(default_factory=dict)
    visits: dict[Spot, int] = field(default_factory=dict)
    lines: dict[Spot, tuple[int, str]] = field(default_factory=dict)
    orders: dict[Spot, int] = field(default_factory=dict)
    first_patient: dict[str, int] = field(default_factory=dict)
    staff: dict[str, list[str]] = field(default_factory=dict)
    people: dict[str, list[Person]] = field(default_factory=dict)
    bookings: dict[str, list[Booking]] = field(default_factory=dict)
    off: dict[str, list[Away]] = field(default_factory=dict)
    calls: dict[str, list[PastCall]] = field(default_factory=dict)
    memos: dict[str, list[Memo]] = field(default_factory=dict)
    known_since: dict[str, dict[int, dt.date]] = field(default_factory=dict)
    open_minutes: int = 0
    taken_minutes: int = 0

    def today(self, cabinet: Cabinet) -> dt.date:
        """Return the day it is where the practice is."""
        return self.now.astimezone(ZoneInfo(cabinet.zone)).date()

    def patient(self, cabinet: str, rank: int) -> int:
        """Return the id of a patient."""
        return self.first_patient[cabinet] + rank

    def doctor_user(self, cabinet: Cabinet, rank: int) -> int:
        """Return the user of a practitioner."""
        return self.users[f"{cabinet.key}/{rank}"]
