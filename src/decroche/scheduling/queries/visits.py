"""Read what stands in an agenda for the grid: a thousand rows at a time, so in plain values, without instances."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection

from decroche.accounts.models import User
from decroche.scheduling.domain.appointment import Status, is_movable
from decroche.scheduling.models import LONGEST, OCCUPYING_STATES, Appointment

_HELD = Status.HELD.value
_MOVABLE = frozenset(status.value for status in Status if is_movable(status))
#: The first lane of a forced appointment; those below are seats in a group session.
FIRST_FORCED_LANE = 1000


class Visit(NamedTuple):
    """An appointment or a hold as the grid shows it: a row as it was read; `first` and `last` are epoch minutes."""

    id: int
    practitioner_id: int
    site_id: int
    visit_type_id: int
    first: int
    last: int
    status: str
    version: int
    lane: int | None
    is_forced: bool
    before: int  # minutes kept free before and after
    after: int
    visit_type_name: str
    visit_type_short: str
    colour: int
    place: str
    patient_id: int | None
    patient_name: str | None
    held_by_id: int | None
    civility: str | None
    first_name: str | None
    last_name: str | None
    hold_expires_at: datetime | None
    is_offered: bool  # held for someone of the waiting list
    city: str  # of a visit at home
    in_group: bool  # one of a series, of siblings, of a pathway

    @property
    def held_by(self) -> str:
        return _person(self.civility, self.first_name, self.last_name)

    @property
    def is_held(self) -> bool:
        return self.status == _HELD

    @property
    def is_seat(self) -> bool:
        """Tell whether it is one place in a group session."""
        return self.lane is not None and self.lane < FIRST_FORCED_LANE

    @property
    def is_movable(self) -> bool:
        return self.status in _MOVABLE

    @property
    def status_label(self) -> str:
        return str(Appointment.State(self.status).label)


_VISITS = f"""
SELECT a.id, a.practitioner_id, a.site_id, a.visit_type_id,
       floor(date_part('epoch', a.starts_at) / 60)::int4, ceil(date_part('epoch', a.ends_at) / 60)::int4,
       a.status, a.version, a.lane, a.is_forced, a.buffer_before_minutes, a.buffer_after_minutes,
       t.name, t.short_name, t.colour, t.place,
       a.patient_id, upper(coalesce(nullif(p.used_name, ''), p.birth_name)) || ' ' || p.first_names,
       a.held_by_id, u.civility, u.first_name, u.last_name, a.hold_expires_at,
       a.waiting_entry_id IS NOT NULL, coalesce(h.city, ''), a.group_id IS NOT NULL
FROM scheduling_appointment a
JOIN scheduling_visittype t ON t.id = a.visit_type_id
LEFT JOIN patients_patient p ON p.id = a.patient_id
LEFT JOIN accounts_user u ON u.id = a.held_by_id AND a.status = 'held'
LEFT JOIN scheduling_homevisit h ON h.appointment_id = a.id
WHERE a.practitioner_id = ANY(%(practitioners)s)
  AND a.status IN ({", ".join(f"'{state}'" for state in OCCUPYING_STATES)})
  AND a.starts_at > %(low)s AND a.starts_at < %(end)s AND a.ends_at > %(start)s
  AND (a.hold_expires_at IS NULL OR a.hold_expires_at > %(now)s)
ORDER BY a.starts_at, a.id
"""  # noqa: S608 — the states are our own constants; literal, so that the partial index is chosen


def visits_between(
    *, practitioner_ids: Sequence[int], start: datetime, end: datetime, now: datetime
) -> dict[int, list[Visit]]:
    """Give each practitioner's visits that touch `[start, end)`, in order of time; 1 query.

    The practitioners must come from a scoped query: their rows are read by id. A lapsed hold is left out.
    """
    found: dict[int, list[Visit]] = {id_: [] for id_ in practitioner_ids}
    values: dict[str, Any] = {
        "practitioners": list(found),
        "low": start - LONGEST,
        "start": start,
        "end": end,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_VISITS, values)
        for visit in map(Visit._make, cursor.fetchall()):
            found[visit.practitioner_id].append(visit)
    return found


@lru_cache(maxsize=1024)
def _person(civility: str | None, first_name: str | None, last_name: str | None) -> str:
    if last_name is None:
        return ""
    return User(civility=civility or "", first_name=first_name or "", last_name=last_name).display_name
