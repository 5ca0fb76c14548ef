"""When could this be booked? Pure: plain values in, plain values out; no clock, no database.

Two pictures of time are used. Outside, aware `datetime`s and `timedelta`s. Inside, whole **epoch minutes** (minutes
since 1970-01-01T00:00Z) as plain `int`s in half-open pairs `(start, end)`: a sweep over integers is some fifty times
faster than over datetimes, and the database can hand them over as arrays.

The words:

*free*    what the opening rules open, expanded to real time by `expand_rules`;
*busy*    appointments, holds and absences;
*gap*     a maximal stretch of free time without busy time. Adjacent periods touch and merge: `[9, 10)` and `[10, 11)`
          make `[9, 11)`, and an appointment that ends at 10:00 leaves 10:00 free;
*slot*    a start from which `duration` fits inside one gap.

`find_slots` is the whole of it for plain values, and the place to begin; the rest serves the engine.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any, Literal
from zoneinfo import ZoneInfo

Minutes = tuple[int, int]  # a half-open period of epoch minutes
Anchor = Literal["gap", "opening"]  # where a grid of steps begins

MINUTE = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_DAY = 24 * 60
_TICK = timedelta.resolution
_TICKS = MINUTE // _TICK  # in a minute


@dataclass(frozen=True, slots=True)
class WeeklyRule:
    """Open every `weekday` (0 = Monday) from `starts` to `ends` on the site's wall clock.

    `ends <= starts` crosses midnight into the next day (`ends == starts` is a full turn of 24 hours of wall clock).
    The rule belongs to the day on which it starts; `valid_from` and `valid_until` (both included) bound that day.
    """

    weekday: int
    starts: time
    ends: time
    valid_from: date = date.min
    valid_until: date | None = None


# --- epoch minutes ------------------------------------------------------------------------------------------------


def floor_minute(moment: datetime) -> int:
    """Give the epoch minute in which an aware `moment` lies."""
    return (moment - _EPOCH) // MINUTE


def ceil_minute(moment: datetime) -> int:
    """Give the first epoch minute that is not before an aware `moment`."""
    return -((_EPOCH - moment) // MINUTE)


def to_datetime(minute: int) -> datetime:
    """Give the aware UTC moment at which an epoch minute begins."""
    return _EPOCH + timedelta(minutes=minute)


def merge(periods: Iterable[Minutes]) -> list[Minutes]:
    """Sort periods and join those that overlap or touch; drop the empty ones. O(n log n)."""
    merged: list[Minutes] = []
    last_end: int | None = None
    for start, end in sorted(periods):
        if end <= start:
            continue
        if last_end is not None and start <= last_end:
            if end > last_end:
                merged[-1] = (merged[-1][0], end)
                last_end = end
        else:
            merged.append((start, end))
            last_end = end
    return merged


def gaps(free: Iterable[Minutes], busy: Iterable[Minutes]) -> Iterator[Minutes]:
    """Yield, in order, the maximal periods that are free and not busy.

    Takes periods in any order, overlapping or not. Lazy after the sorts, which cost next to nothing on periods that
    come in order: who wants the first slot of six months pays for the first gap.
    """
    return carve(merge(free), sorted(busy))


def carve(merged: Iterable[Minutes], blocks: Sequence[Sequence[Any]]) -> Iterator[Minutes]:
    """Yield what is left of ascending, disjoint periods without the blocks: `gaps` for what is in order already.

    `blocks` ascend by their first item; only the first two items of each are read, so rows that carry more will do.
    """
    count, index = len(blocks), 0
    reach = blocks[0][0] if blocks else 0  # how far the blocks met so far extend
    for opening, closing in merged:
        cursor = reach if index and reach > opening else opening
        while index < count and blocks[index][0] < closing:
            block = blocks[index]
            start, end = block[0], block[1]
            index += 1
            if end <= start:
                continue
            if start > cursor:
                yield cursor, start
            # Comparisons, not max(): this loop is the whole cost of a search.
            if end > reach:  # noqa: PLR1730
                reach = end
            if end > cursor:  # noqa: PLR1730
                cursor = end
        if cursor < closing:
            yield cursor, closing


# --- the wall clock of a site --------------------------------------------------------------------------------------


@lru_cache(maxsize=20_000)
def _steady_offset(zone: ZoneInfo, ordinal: int) -> int | None:
    """Give the zone's offset in minutes where it is the same from the day before `ordinal` to three days after.

    None near a change of hour. Only asked at both ends: no zone of the tz database goes forth and back in four days.
    """
    midnight = (ordinal - _EPOCH_ORDINAL) * _DAY
    left, right = _offset_at(zone, midnight - _DAY), _offset_at(zone, midnight + 3 * _DAY)
    return left if left == right else None


def _offset_at(zone: ZoneInfo, minute: int) -> int:
    """Give the zone's offset from UTC, in minutes, at an epoch minute."""
    offset = to_datetime(minute).astimezone(zone).utcoffset()
    return (offset or timedelta()) // MINUTE


def wall_to_minutes(zone: ZoneInfo, wall_start: int, wall_end: int) -> list[Minutes]:
    """Give the real periods during which the wall clock of `zone` reads within `[wall_start, wall_end)`.

    Wall minutes are counted like epoch minutes, as if the zone were UTC. A time that the spring change skips never
    happens; a time that the autumn change repeats happens twice. At most 48 hours long.
    """
    ordinal = _EPOCH_ORDINAL + wall_start // _DAY
    steady = _steady_offset(zone, ordinal)
    if steady is not None:
        return [(wall_start - steady, wall_end - steady)]
    # Near a change of hour: cut real time where the offset changes, and read each side with its own offset.
    low, high = wall_start - 2 * _DAY, wall_end + 2 * _DAY
    first, last = _offset_at(zone, low), _offset_at(zone, high)
    change = low + bisect_right(
        range(low, high), 0, key=lambda minute: int(_offset_at(zone, minute) != first)
    )
    return merge(
        [
            (wall_start - first, min(wall_end - first, change)),
            (max(wall_start - last, change), wall_end - last),
        ]
    )


def wall_reading(zone: ZoneInfo, minute: int) -> int:
    """Read the wall clock of `zone` at an epoch minute: wall minutes, counted as if the zone were UTC."""
    offset = _steady_offset(zone, _EPOCH_ORDINAL + minute // _DAY)
    return minute + (_offset_at(zone, minute) if offset is None else offset)


def wall_instant(zone: ZoneInfo, wall: int) -> int:
    """Give the first epoch minute at which the wall clock of `zone` reads `wall` or later."""
    steady = _steady_offset(zone, _EPOCH_ORDINAL + wall // _DAY)
    if steady is not None:
        return wall - steady
    return next(
        minute for minute in range(wall - _DAY, wall + _DAY) if minute + _offset_at(zone, minute) >= wall
    )


def local_ordinal(zone: ZoneInfo, minute: int) -> int:
    """Give the civil day of `zone` in which an epoch minute lies, as an ordinal."""
    return _EPOCH_ORDINAL + wall_reading(zone, minute) // _DAY


def expand_rules(
    rules: Iterable[WeeklyRule], *, first_day: date, last_day: date, zone: ZoneInfo
) -> list[Minutes]:
    """Turn weekly rules into the real periods that start on `first_day`…`last_day` (both included), merged.

    Exact over both nights of the year when the hour changes: the site is open exactly when its wall clock says so
    (see `wall_to_minutes`). O(days × rules of one weekday).
    """
    by_weekday: list[list[WeeklyRule]] = [[] for _ in range(7)]
    for rule in rules:
        by_weekday[rule.weekday].append(rule)
    periods: list[Minutes] = []
    for ordinal in range(first_day.toordinal(), last_day.toordinal() + 1):
        todays = by_weekday[(ordinal - 1) % 7]  # ordinal 1 is Monday 0001-01-01
        midnight = (ordinal - _EPOCH_ORDINAL) * _DAY
        for rule in todays:
            if ordinal < rule.valid_from.toordinal():
                continue
            if rule.valid_until is not None and ordinal > rule.valid_until.toordinal():
                continue
            start = midnight + rule.starts.hour * 60 + rule.starts.minute
            end = midnight + rule.ends.hour * 60 + rule.ends.minute
            periods += wall_to_minutes(zone, start, end if end > start else end + _DAY)
    return merge(periods)


# --- slots ---------------------------------------------------------------------------------------------------------


def sweep(
    free: Iterable[Minutes],
    blocks: Sequence[Minutes],
    *,
    duration: int,
    step: int,
    earliest: int,
    zone: ZoneInfo,
    align: int,
    anchor: Anchor,
) -> Iterator[int]:
    """Yield every slot's start in ascending order: `find_slots` on epoch minutes, lazily; `blocks` are sorted."""
    periods = merge(free)
    period = iter(periods)
    origin, until = 0, None  # of the free period in which the gap lies
    for opening, closing in carve(periods, blocks):
        while until is None or closing > until:
            origin, until = next(period)
        first = max(opening, earliest)
        if first + duration > closing:
            continue
        if anchor == "opening":
            origin = aligned(origin, zone, align)
            start = origin + max(0, -((origin - first) // step)) * step
        else:
            start = aligned(first, zone, align)
        while start + duration <= closing:
            yield start
            start += step
            if anchor == "gap":
                start = aligned(start, zone, align)


def crowded(busy: Iterable[Minutes], capacity: int) -> list[Minutes]:
    """Give, in order, the periods in which at least `capacity` of the busy ones run together. O(n log n)."""
    if capacity == 1:
        return sorted(busy)
    turns = sorted(turn for start, end in busy for turn in ((start, 1), (end, -1)))  # ends before starts
    full: list[Minutes] = []
    running, since = 0, 0
    for minute, turn in turns:
        running += turn
        if turn == 1 and running == capacity:
            since = minute
        elif turn == -1 and running == capacity - 1:
            full.append((since, minute))
    return full


def aligned(minute: int, zone: ZoneInfo, align: int) -> int:
    """Give the first epoch minute from `minute` on where the wall clock of `zone` reads a multiple of `align`."""
    offset = _steady_offset(zone, _EPOCH_ORDINAL + minute // _DAY)
    if offset is None:  # the hour changes nearby: look minute by minute
        while (minute + _offset_at(zone, minute)) % align:
            minute += 1
        return minute
    return minute + (-(minute + offset)) % align


def find_slots(
    *,
    free: Iterable[tuple[datetime, datetime]],
    busy: Iterable[tuple[datetime, datetime]],
    duration: timedelta,
    step: timedelta | None = None,
    notice: timedelta = timedelta(0),
    now: datetime,
    zone: ZoneInfo,
    align: timedelta = MINUTE,
    anchor: Anchor = "gap",
    limit: int | None = None,
    before: timedelta = timedelta(0),
    after: timedelta = timedelta(0),
    capacity: int = 1,
) -> list[datetime]:
    """List the starts at which something of `duration` can be booked, ascending, each once, aware in `zone`.

    free, busy     half-open periods of aware datetimes of any zone, in any order, repeated, nested, overlapping or
                   adjacent, from any iterable; those that are empty or end before they start are ignored. What is
                   neither free nor busy is closed. Free periods that touch are one, over midnight too.
    duration       whole minutes, positive. It must fit in one gap, ending at the latest when the gap ends.
    step           distance between two proposals of one gap; by default `before + duration + after`, shoulder to
                   shoulder, so that all of them could be booked together. May be shorter or longer than `duration`.
    notice, now    nothing is proposed before `now + notice`; `notice` is elapsed time, whatever the clocks do meanwhile.
    zone, align    starts fall where the wall clock of `zone` reads a multiple of `align` after midnight: every minute
                   unless told otherwise, so that a gap of exactly `duration` always has its slot.
    anchor         where the steps are counted from. "gap": from the first moment of each gap that `now + notice` leaves,
                   so that proposals lose no time beside what is booked. "opening": from the beginning of the free period,
                   so that they keep to one grid whatever is booked. For a grid of the clock: `align` equal to `step`.
    limit          at most so many starts; None for all.
    before, after  whole minutes kept free of what is busy around the visit; they may lie outside of what is free.
    capacity       how many may be busy at once before a minute is full (a group's seats).

    Steps and durations are elapsed time: in the night when an hour is repeated, an opening from midnight to six has seven
    slots of an hour. Seconds are rounded inwards for free periods and outwards for busy ones. O(n log n) of the periods.

    Raises `ValueError` for a naive datetime, for a duration, step or align that is not a positive number of whole
    minutes, for an `align` that does not divide a day, for a notice, a limit, a `before` or an `after` below zero, for a
    capacity below one and for an unknown anchor.

    >>> paris = ZoneInfo("Europe/Paris")
    >>> at = lambda hour, minute=0: datetime(2026, 11, 24, hour, minute, tzinfo=paris)
    >>> question = {"free": [(at(9), at(11))], "duration": timedelta(minutes=30), "now": at(8), "zone": paris}
    >>> [f"{start:%H:%M}" for start in find_slots(busy=[(at(9, 30), at(9, 50))], **question)]
    ['09:00', '09:50', '10:20']
    >>> [f"{start:%H:%M}" for start in find_slots(busy=[(at(9, 30), at(9, 50))], anchor="opening", **question)]
    ['09:00', '10:00', '10:30']
    """
    if notice < timedelta(0) or (limit is not None and limit < 0):
        raise ValueError("notice and limit are never negative")
    if capacity < 1 or anchor not in {"gap", "opening"}:
        raise ValueError("capacity is at least one, anchor is gap or opening")
    kept_before, length, kept_after = _buffer(before), _whole_minutes(duration), _buffer(after)
    grid = _whole_minutes(align)
    if _DAY % grid:
        raise ValueError("align divides a day")
    taken = [(start // _TICKS, -(-end // _TICKS)) for start, end in _ticks(busy)]
    starts = sweep(
        [(-(-start // _TICKS), end // _TICKS) for start, end in merge(_ticks(free))],
        crowded(((start - kept_after, end + kept_before) for start, end in taken), capacity),
        duration=length,
        step=kept_before + length + kept_after if step is None else _whole_minutes(step),
        earliest=-(-((_aware(now) - _EPOCH) // _TICK + notice // _TICK) // _TICKS),
        zone=zone,
        align=grid,
        anchor=anchor,
    )
    return [to_datetime(start).astimezone(zone) for start in islice(starts, limit)]


def _ticks(periods: Iterable[tuple[datetime, datetime]]) -> Iterator[Minutes]:
    """Give the periods that are not empty in microseconds of the epoch: elapsed time, which no zone's clock bends."""
    for start, end in periods:
        first, last = (_aware(start) - _EPOCH) // _TICK, (_aware(end) - _EPOCH) // _TICK
        if first < last:
            yield first, last


def is_bookable(free: Sequence[Minutes], busy: Iterable[Minutes], *, start: int, end: int) -> bool:
    """Tell whether `[start, end)` lies inside one gap, whatever the grid."""
    return end > start and any(opening <= start and end <= closing for opening, closing in gaps(free, busy))


def _whole_minutes(length: timedelta) -> int:
    if length <= timedelta(0) or length % MINUTE:
        raise ValueError(f"not a positive number of whole minutes: {length}")
    return length // MINUTE


def _buffer(length: timedelta) -> int:
    if length < timedelta(0) or length % MINUTE:
        raise ValueError(f"not a number of whole minutes: {length}")
    return length // MINUTE


def _aware(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError(f"a naive datetime says nothing without its zone: {moment}")
    return moment
