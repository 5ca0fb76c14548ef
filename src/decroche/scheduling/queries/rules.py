"""The compiled agendas, kept in this process as long as their version stands.

A version is read before anything that it covers, so that what is kept under it is never older than it says; values come
from a sequence and are never given twice, so that what a rolled-back transaction saw is never met again. A locum's
agenda also stands under the versions of those whose rules it takes over.

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
    """An agenda, the versions under which it holds, and what searches learned under them."""

    agenda: Agenda
    stamps: Mapping[int, int]
    since: date  # the first day for which everything was read
    hints: dict[object, Hint] = field(default_factory=dict)

    def holds(self, versions: Mapping[int, int], first_day: date) -> bool:
        """Tell whether nothing changed, and nothing older is asked for."""
        if first_day < self.since:
            return False
        if len(self.stamps) == 1:  # nearly always; this is asked a thousand times a search
            return versions.get(self.agenda.practitioner_id) == self.stamps.get(
                self.agenda.practitioner_id, -1
            )
        return all(versions.get(who) == version for who, version in self.stamps.items())


_kept: OrderedDict[tuple[str, int], Kept] = OrderedDict()
_lock = Lock()


def agendas_of(practitioner_ids: Collection[int], *, first_day: date, now: datetime) -> dict[int, Kept]:
    """Give the agendas of these practitioners, whole from `first_day` on; 1 query when all are warm.

    What is not versioned yet (no rule was ever written) is read each time.
    """
    floor = now.date() - _BACK
    since = min(first_day, floor)
    name = str(connection.settings_dict["NAME"])
    known = {one: found for one in practitioner_ids if (found := _kept.get((name, one))) is not None}
    asked = {*practitioner_ids, *(who for kept in known.values() for who in kept.stamps)}
    versions = _rows.versions(asked)
    warm = {one: kept for one, kept in known.items() if kept.holds(versions, first_day)}
    cold = [one for one in practitioner_ids if one not in warm]
    if cold:
        warm |= _read(cold, versions, since)
        if since == floor:
            _keep(name, {one: warm[one] for one in cold if one in versions})
    elif len(_kept) > KEPT // 2:
        _touch(name, warm)
    return warm


def forget() -> None:
    """Forget everything kept: for whoever swaps the database under a running process."""
    with _lock:
        _kept.clear()


def _keep(name: str, found: Mapping[int, Kept]) -> None:
    with _lock:
        for one, kept in found.items():
            _kept[name, one] = kept
            _kept.move_to_end((name, one))
        while len(_kept) > KEPT:
            _kept.popitem(last=False)


def _touch(name: str, used: Iterable[int]) -> None:
    with _lock:
        for one in used:
            if (name, one) in _kept:
                _kept.move_to_end((name, one))


def _read(ids: Collection[int], versions: Mapping[int, int], since: date) -> dict[int, Kept]:
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
        found[one] = Kept(agenda, {who: stamps[who] for who in whose if who in stamps}, since)
    return found
