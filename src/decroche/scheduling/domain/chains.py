"""Visits that follow one another: find when each could begin, so that nobody waits long in between. Pure.

Times are epoch minutes, half-open. O(first links × links of a step within the wait); a dead end is walked once.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """One visit that could be: when, with whom, where; `index` names it for the caller."""

    start: int
    end: int
    who: int
    where: int
    index: int = 0


def chains(
    steps: Sequence[Sequence[Link]],
    waits: Sequence[int],
    *,
    limit: int,
    same_person: bool = False,
) -> list[tuple[Link, ...]]:
    """List up to `limit` chains, by the time of their first visit; one for each first visit.

    steps        what each visit could be, ascending by start.
    waits        `waits[n]` is the longest wait in minutes between the end of visit n and the start of visit n + 1.
    same_person  all with one practitioner (brothers and sisters); otherwise only the place stays the same.

    Each visit begins as soon as it can after the one before that still lets the rest follow.
    """
    if len(waits) != len(steps) - 1:
        raise ValueError("one wait between each two visits")
    walk = _Walk(steps, waits, same_person=same_person)
    found: list[tuple[Link, ...]] = []
    for first in steps[0] if steps else ():
        if len(found) == limit:
            break
        rest = walk.follow(0, first)
        if rest is not None:
            found.append((first, *rest))
    return found


class _Walk:
    """A search in depth that remembers its dead ends."""

    def __init__(self, steps: Sequence[Sequence[Link]], waits: Sequence[int], *, same_person: bool) -> None:
        self._steps = steps
        self._waits = waits
        self._same_person = same_person
        self._starts = [[link.start for link in step] for step in steps]
        self._dead: set[tuple[int, Link]] = set()

    def follow(self, depth: int, last: Link) -> tuple[Link, ...] | None:
        """Give the rest of the chain after `last`, which is the visit `depth`; None for a dead end."""
        if depth == len(self._steps) - 1:
            return ()
        if (depth, last) in self._dead:
            return None
        for link in self._next(depth, last):
            rest = self.follow(depth + 1, link)
            if rest is not None:
                return (link, *rest)
        self._dead.add((depth, last))
        return None

    def _next(self, depth: int, last: Link) -> Iterator[Link]:
        """Yield what may follow `last` within the wait, soonest first."""
        following = self._steps[depth + 1]
        latest = last.end + self._waits[depth]
        for index in range(bisect_left(self._starts[depth + 1], last.end), len(following)):
            link = following[index]
            if link.start > latest:
                return
            if link.where == last.where and (not self._same_person or link.who == last.who):
                yield link
