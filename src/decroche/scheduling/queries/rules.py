"""The compiled agendas, kept in this process as long as the version of their rules stands.

A version is read before anything that it covers, so that what is kept under it is never older than it says; values come
from a sequence and are never given twice, so that what a rolled-back transaction saw is never met again. A locum's
agenda also stands under the versions of those whose rules it takes over. What searches learned (`hints`) stands under
the version of the time besides: a cancellation ends it, and leaves the rules compiled.

A warm agenda costs its share of one query for the versions of all. A cold one is read with the others that are cold,
in at most nine queries for any number of practitioners.
"""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from threading import Lock

from django.db import connection

from decroche.scheduling.domain.agenda import Agenda
from decroche.scheduling.queries import _rows

#: Agendas kept at most; the one unused for longest goes first.
KEPT = 5_000
#: How far back kept agendas reach; whoever looks at older days reads without keeping.
_BACK = timedelta(days=40)

Hint = tuple[int, int]  # nothing can be booked in between: from an epoch minute to another


@dataclass(slots=True, eq=False)
class Kept:
    """An agenda, the versions of the rules under which it holds, and what searches learned under its time's version."""

    agenda: Agenda
    stamps: Mapping[int, int]
    since: date  # the first day for which everything was read
    time: int = 0
    others: tuple[int, ...] = ()  # whose rules a locum takes over
    hints: dict[object, Hint] = field(default_factory=dict)

    def holds(self, versions: Mapping[int, _rows.Version], first_day: date) -> bool:
        """Tell whether no rule changed, and nothing older is asked for."""
        if first_day < self.since:
            return False
        own = self.agenda.practitioner_id
        if self.stamps.get(own, -1) != versions[own].rules:
            return False
        return not self.others or all(versions[who].rules == self.stamps.get(who, -1) for who in self.others)

    def at(self, time: int) -> "Kept":
        """Give the same agenda without what was learned before some of its time was given back."""
        return Kept(self.agenda, self.stamps, self.since, time, self.others)


_kept: dict[str, OrderedDict[int, Kept]] = {}  # by the name of the database
_lock = Lock()


def agendas_of(practitioner_ids: Collection[int], *, first_day: date, now: datetime) -> dict[int, Kept]:
    """Give the agendas of these practitioners, whole from `first_day` on; 1 query when all are warm."""
    floor = now.date() - _BACK
    since = min(first_day, floor)
    shelf = _kept.setdefault(str(connection.settings_dict["NAME"]), OrderedDict())
    known = {one: found for one in practitioner_ids if (found := shelf.get(one)) is not None}
    asked = [*practitioner_ids]
    for kept in known.values():
        if kept.others:
            asked += kept.others
    versions = _rows.versions(asked)
    warm = {one: kept for one, kept in known.items() if kept.holds(versions, first_day)}
    opened = {
        one: kept.at(versions[one].time) for one, kept in warm.items() if kept.time != versions[one].time
    }
    cold = [one for one in practitioner_ids if one not in warm]
    if opened:
        warm |= opened
        _keep(shelf, opened)
    if cold:
        warm |= _read(cold, versions, since)
        if since == floor:
            _keep(shelf, {one: warm[one] for one in cold})
    elif len(shelf) > KEPT // 2:
        _touch(shelf, warm)
    return warm


def forget() -> None:
    """Forget everything kept: for whoever swaps the database under a running process."""
    with _lock:
        _kept.clear()


def _keep(shelf: OrderedDict[int, Kept], found: Mapping[int, Kept]) -> None:
    with _lock:
        for one, kept in found.items():
            shelf[one] = kept
            shelf.move_to_end(one)
        while len(shelf) > KEPT:
            shelf.popitem(last=False)


def _touch(shelf: OrderedDict[int, Kept], used: Iterable[int]) -> None:
    with _lock:
        for one in used:
            if one in shelf:
                shelf.move_to_end(one)


def _read(ids: Collection[int], versions: Mapping[int, _rows.Version], since: date) -> dict[int, Kept]:
    """Read and compile the agendas of all these practitioners."""
    absences = _rows.absences(ids, since)
    absent = {span.practitioner_id for span in absences if span.locum_id in set(ids)}
    further = absent - set(versions)
    stamps = {**versions, **(_rows.versions(further) if further else {})}
    everyone = {*ids, *absent}
    closures = _rows.absences(absent, since) if absent else []
    facts = _rows.Facts(
        rules=_rows.rules(everyone, since),
        absences=absences,
        closures=closures,
        usual=_rows.usual_terms(ids),
        offers=_rows.offers(ids),
        wishes=_rows.wishes(ids, since),
    )
    found = {}
    for one in ids:
        agenda = facts.compile(one)
        whose = {one, *(stand_in.practitioner_id for stand_in in agenda.stand_ins)}
        stamped = {who: stamps[who].rules for who in whose if who in stamps}
        found[one] = Kept(agenda, stamped, since, versions[one].time, tuple(whose - {one}))
    return found
