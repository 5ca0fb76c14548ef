"""Where a row could stand within its time: the whole practitioner, a free seat, beside another, with which room."""

from datetime import datetime, timedelta
from typing import Any

from decroche.practices.models import Practitioner, Site
from decroche.scheduling.actions._judge import Terms, judge
from decroche.scheduling.actions._rows import rooms_left, rows_in_the_way, sweep_expired_holds
from decroche.scheduling.domain.asking import Asker
from decroche.scheduling.domain.lanes import FORCED, first_forced_lane, free_seats
from decroche.scheduling.domain.refusals import ResourceTaken, SeatsTaken, SlotClosed
from decroche.scheduling.models import Appointment, Resource


def places_for(
    appointment: Appointment,
    *,
    practitioner: Practitioner,
    starts_at: datetime,
    terms: Terms,
    now: datetime,
) -> list[dict[str, Any]]:
    """List where the engine's terms let the row stand, best first, after sweeping lapsed holds away.

    The practitioner is locked by the caller, the rooms here: two practitioners who move into one room never wait in a
    ring. Raises `SeatsTaken` when a group session is full, or `ResourceTaken` when its rooms are.
    """
    period: dict[str, Any] = {
        "practitioner_id": practitioner.pk,
        "busy_from": starts_at - timedelta(minutes=terms.buffer_before),
        "busy_until": terms.ends_at + timedelta(minutes=terms.buffer_after),
    }
    sweep_expired_holds(**period, resources=terms.resources, now=now)
    own = appointment.resource_id
    rooms: list[int | None] = sorted(terms.resources, key=lambda pk: pk != own) or [None]  # its own first
    left = rooms_left(terms.resources, **period) if terms.resources else []
    if terms.capacity == 1:
        return [{"lane": None, "resource_id": room} for room in rooms]
    rooms = [room for room in rooms if room in left] if terms.resources else rooms
    if not rooms:
        names = Resource.objects.filter(pk__in=terms.resources).values_list("name", flat=True)
        raise ResourceTaken(tuple(names))
    rows = list(rows_in_the_way(**period, but=appointment.pk).values_list("lane", "resource_id"))
    shared = next((room for _, room in rows if room in left), rooms[0])
    seats = free_seats((lane for lane, _ in rows), terms.capacity)
    if not seats and all(lane is not None for lane, _ in rows):
        raise SeatsTaken(terms.capacity)
    seats.sort(key=lambda seat: seat != appointment.lane)
    offered: list[int | None] = [*seats] or [None]
    return [{"lane": seat, "resource_id": shared} for seat in offered]


def places_again(
    appointment: Appointment,
    *,
    now: datetime,
    practitioner: Practitioner | None = None,
    site: Site | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> list[dict[str, Any]]:
    """List where a row that once stood there can stand again, whatever the rules have become since.

    What was forced may stand beside whoever has the time now; the practitioner is locked by the caller.
    """
    who, starts = practitioner or appointment.practitioner, starts_at or appointment.starts_at
    terms = _terms_or_its_own(appointment, who, site or appointment.site, starts, ends_at, now)
    places = places_for(appointment, practitioner=who, starts_at=starts, terms=terms, now=now)
    if appointment.force_reason:
        places.append(
            {
                "lane": beside(appointment, who, starts, terms),
                "resource_id": None,
                "is_forced": True,
            }
        )
    return places


def beside(appointment: Appointment, practitioner: Practitioner, starts_at: datetime, terms: Terms) -> int:
    """Give the first lane beside everyone who has a part of that time."""
    rows = rows_in_the_way(
        practitioner_id=practitioner.pk,
        busy_from=starts_at - timedelta(minutes=terms.buffer_before),
        busy_until=terms.ends_at + timedelta(minutes=terms.buffer_after),
        but=appointment.pk,
    )
    return first_forced_lane(rows.values_list("lane", flat=True))


def _terms_or_its_own(
    appointment: Appointment,
    practitioner: Practitioner,
    site: Site,
    starts_at: datetime,
    ends_at: datetime | None,
    now: datetime,
) -> Terms:
    """Ask the engine; where it is closed now, the row keeps what it has."""
    ends = ends_at or starts_at + (appointment.ends_at - appointment.starts_at)
    try:
        return judge(
            practitioner=practitioner,
            site=site,
            visit_type=appointment.visit_type,
            starts_at=starts_at,
            ends_at=ends,
            now=min(now, appointment.created_at),
            asker=Asker(),
            but=appointment.pk,
        )
    except SlotClosed:
        own = appointment.resource_id
        # A seat of a session that is no more: at worst its own number is free.
        seats = appointment.lane + 1 if appointment.lane is not None and appointment.lane < FORCED else 0
        return Terms(
            ends_at=ends,
            buffer_before=appointment.buffer_before_minutes,
            buffer_after=appointment.buffer_after_minutes,
            capacity=max(seats, 2) if seats else 1,
            resources=(own,) if own is not None else (),
        )
