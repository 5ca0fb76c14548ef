"""Read what is booked around the times looked at: one query for any number of practitioners."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from itertools import starmap
from typing import Any, NamedTuple

from decroche.foundation.statements import rows
from decroche.scheduling.domain.availability import to_datetime
from decroche.scheduling.domain.busy import FIRST_FORCED_LANE, Taken, Using
from decroche.scheduling.models import OCCUPYING_STATES

_STATES = ", ".join(f"'{state}'" for state in OCCUPYING_STATES)


def _minute(column: str, rounding: str) -> str:
    return f"{rounding}(date_part('epoch', {column}) / 60)::int4"


# The states are our own constants; literal, so that the partial index is chosen and answers alone.
_BUSY = f"""
SELECT w.id, x.* FROM unnest(%(ids)s::bigint[], %(lows)s::int4[], %(highs)s::int4[]) w(id, low, high)
CROSS JOIN LATERAL (
    SELECT array_agg({_minute("busy_from", "floor")}), array_agg({_minute("busy_until", "ceil")}),
           array_agg({_minute("starts_at", "floor")}), array_agg({_minute("ends_at", "ceil")}),
           array_agg(visit_type_id), array_agg(lane), array_agg(hold_expires_at IS NOT NULL)
    FROM scheduling_appointment
    WHERE practitioner_id = w.id AND status IN ({_STATES}) AND starts_at >= to_timestamp(w.low * 60::float8)
      AND starts_at < to_timestamp(w.high * 60::float8) AND (hold_expires_at IS NULL OR hold_expires_at > %(now)s) {{but}}
) x
"""  # noqa: S608
_BUT = "AND id <> %(but)s"

_USED = f"""
SELECT resource_id, {_minute("busy_from", "floor")}, {_minute("busy_until", "ceil")}, practitioner_id,
       {_minute("starts_at", "floor")}, lane IS NOT NULL AND lane < {FIRST_FORCED_LANE}
FROM scheduling_appointment
WHERE resource_id = ANY(%(ids)s) AND status IN ({_STATES}) AND starts_at >= %(low)s AND starts_at < %(high)s
  AND (hold_expires_at IS NULL OR hold_expires_at > %(now)s) AND id <> %(but)s
"""  # noqa: S608

_HOMES = f"""
SELECT a.practitioner_id, {_minute("a.starts_at", "floor")}, h.postcode
FROM scheduling_homevisit h JOIN scheduling_appointment a ON a.id = h.appointment_id
WHERE a.practitioner_id = ANY(%(ids)s) AND a.status IN ({_STATES}) AND a.starts_at >= %(low)s AND a.starts_at < %(high)s
  AND (a.hold_expires_at IS NULL OR a.hold_expires_at > %(now)s)
"""  # noqa: S608


class Window(NamedTuple):
    """What to read of one practitioner: the rows that start within, in epoch minutes."""

    practitioner_id: int
    low: int
    high: int


def read_busy(windows: Iterable[Window], *, now: datetime, but: int | None = None) -> dict[int, list[Taken]]:
    """Read what occupies these practitioners; a lapsed hold is free. 1 query, 0.3 µs a row."""
    ids, lows, highs = zip(*windows, strict=True)
    values: dict[str, Any] = {
        "ids": list(ids),
        "lows": list(lows),
        "highs": list(highs),
        "now": now,
        "but": but,
    }
    return {
        row[0]: list(starmap(Taken, zip(*row[1:], strict=True))) if row[1] else []
        for row in rows(_BUSY.format(but="" if but is None else _BUT), values)
    }


def read_used(
    resource_ids: Collection[int], low: int, high: int, *, now: datetime, but: int | None = None
) -> Mapping[int, list[Using]]:
    """Read when these resources are in use, whoever uses them; 1 query, none without resources."""
    found: dict[int, list[Using]] = {one: [] for one in resource_ids}
    if found:
        values: dict[str, Any] = {
            "ids": list(found),
            "low": to_datetime(low),
            "high": to_datetime(high),
            "now": now,
            "but": but or 0,
        }
        for resource_id, *row in rows(_USED, values):
            found[resource_id].append(Using(*row))
    return found


def read_homes(
    practitioner_ids: Collection[int], low: int, high: int, *, now: datetime
) -> dict[int, list[tuple[int, str]]]:
    """Read where these practitioners' visits at home take place: (start, postcode); 1 query."""
    found: dict[int, list[tuple[int, str]]] = {one: [] for one in practitioner_ids}
    values: dict[str, Any] = {
        "ids": list(found),
        "low": to_datetime(low),
        "high": to_datetime(high),
        "now": now,
    }
    for one, start, postcode in rows(_HOMES, values):
        found[one].append((start, postcode))
    return found
