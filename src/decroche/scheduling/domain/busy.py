"""What is booked, and what the rules that count have to know of it. Pure."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from decroche.scheduling.domain.availability import Minutes, wall_reading
from decroche.scheduling.domain.openings import DAY, EPOCH_ORDINAL
from decroche.scheduling.domain.wishes import NOON

#: Lanes below are seats of a group session; from there on, appointments forced beside another's time.
FIRST_FORCED_LANE = 1000


class Taken(NamedTuple):
    """A row of the agenda in epoch minutes; `busy_from` and `busy_until` include its own buffers."""

    busy_from: int
    busy_until: int
    start: int
    end: int
    visit_type_id: int
    lane: int | None = None
    is_hold: bool = False

    @property
    def is_seat(self) -> bool:
        return self.lane is not None and self.lane < FIRST_FORCED_LANE


_busy_from = itemgetter(0)


class Using(NamedTuple):
    """A resource in use; a seat of a group session shares it with the session's other seats."""

    busy_from: int
    busy_until: int
    practitioner_id: int
    start: int
    is_seat: bool


def half_day_of(zone: ZoneInfo, minute: int) -> tuple[int, int]:
    """Give the day (an ordinal) and its half (0 morning, 1 afternoon) on the wall clock of `zone`."""
    wall = wall_reading(zone, minute)
    return EPOCH_ORDINAL + wall // DAY, int(wall % DAY >= NOON)


class Busy:
    """The appointments and holds of one practitioner around the time looked at, in order of `busy_from`.

    What the rules that count need is worked out when first asked for: O(rows), then O(log rows) a question.
    """

    def __init__(self, rows: Iterable[Taken] = ()) -> None:
        """Sort the rows; they come sorted or nearly so."""
        self.rows: list[Taken] = sorted(rows, key=_busy_from)
        self._padded: dict[tuple[int, int], list[Minutes]] = {}
        self._chains: dict[int, tuple[list[int], list[int], list[int]]] = {}
        self._counts: dict[tuple[ZoneInfo, Collection[int]], Counter[tuple[int, int]]] = {}
        self._visits: set[Minutes] | None = None
        self._longest: int | None = None

    def padded(self, before: int, after: int) -> Sequence[Sequence[Any]]:
        """Give the time in which a visit with these buffers cannot stand, ascending.

        A visit keeps `before` and `after` free of its neighbours' own time, their buffers included: so between two visits
        stands the sum of what one keeps after and the other before.
        """
        if not before and not after:
            return self.rows
        found = self._padded.get((before, after))
        if found is None:
            found = [(row[0] - after, row[1] + before) for row in self.rows if row[1] > row[0]]
            self._padded[before, after] = found
        return found

    def touching(self, start: int, end: int) -> Iterator[Taken]:
        """Yield the rows whose busy time shares a minute with `[start, end)`; O(log rows + those near)."""
        if self._longest is None:
            self._longest = max((row.busy_until - row.busy_from for row in self.rows), default=0)
        index = bisect_left(self.rows, start - self._longest, key=_busy_from)
        while index < len(self.rows) and self.rows[index].busy_from < end:
            row = self.rows[index]
            if row.busy_until > start and row.busy_until > row.busy_from:
                yield row
            index += 1

    def count(self, zone: ZoneInfo, kinds: Collection[int], day: int, half: int | None = None) -> int:
        """Count the rows of these visit types that start on a day, or in one half of it."""
        key = (zone, kinds)
        found = self._counts.get(key)
        if found is None:
            found = Counter(half_day_of(zone, row.start) for row in self.rows if row.visit_type_id in kinds)
            self._counts[key] = found
        return found[day, half] if half is not None else found[day, 0] + found[day, 1]

    def row_length(self, start: int, end: int, pause: int) -> int:
        """Count the visits that would follow one another with less than `pause` in between, `[start, end)` included.

        The seats of one session are one visit; joining a session that stands makes no row longer.
        """
        if self._visits is None:
            self._visits = {(row.start, row.end) for row in self.rows}
        if (start, end) in self._visits:
            return 0
        starts, ends, counts = self._chain(pause)
        first, last = bisect_right(ends, start - pause), bisect_left(starts, end + pause)
        return sum(counts[first:last]) + 1

    def _chain(self, pause: int) -> tuple[list[int], list[int], list[int]]:
        """Give the rows of visits that stand less than `pause` apart: starts, ends, how many."""
        found = self._chains.get(pause)
        if found is None:
            starts: list[int] = []
            ends: list[int] = []
            counts: list[int] = []
            for start, end in sorted(self._visits or ()):
                if ends and start - ends[-1] < pause:
                    ends[-1] = max(ends[-1], end)
                    counts[-1] += 1
                else:
                    starts.append(start)
                    ends.append(end)
                    counts.append(1)
            found = self._chains[pause] = (starts, ends, counts)
        return found

    def without_holds(self) -> "Busy":
        """Give the picture as if every hold had lapsed."""
        if not any(row.is_hold for row in self.rows):
            return self
        return Busy(row for row in self.rows if not row.is_hold)


NOTHING_USED: Mapping[int, Sequence[Using]] = {}
