"""Keep each practice's names in memory, for comparing misspelt ones; a stamp says when to read them again."""

from collections import OrderedDict, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from time import monotonic

from django.db.models import OuterRef, Subquery

from decroche.kernel.names import normalised
from decroche.patients.domain.likeness import Names
from decroche.patients.models import Patient
from decroche.practices.models import Practice

MOST_PRACTICES = 256
"""Practices whose names one process keeps; the least lately asked goes first."""
TRUSTED_SECONDS = 60
"""A record committed late may carry an earlier stamp than one already seen; a minute bounds that."""


@dataclass(frozen=True, slots=True)
class _Kept:
    stamp: datetime | None
    read_at: float
    names: Names


_kept: "OrderedDict[int, _Kept]" = OrderedDict()
_lock = Lock()


def names_of_practices(practice_ids: Collection[int]) -> list[Names]:
    """Return each practice's names, current (one query, and one more when some changed)."""
    latest = Patient.objects.filter(practice=OuterRef("pk")).order_by("-updated_at").values("updated_at")[:1]
    stamps: dict[int, datetime | None] = dict(
        Practice.objects.filter(pk__in=list(practice_ids)).values_list("pk", Subquery(latest))
    )
    oldest = monotonic() - TRUSTED_SECONDS
    with _lock:
        found = {pk: _kept[pk] for pk in stamps if pk in _kept}
    stale = [pk for pk, stamp in stamps.items() if pk not in found or _is_stale(found[pk], stamp, oldest)]
    if stale:
        found |= _read(stale, stamps)
        with _lock:
            _kept.update(found)
            for pk in found:
                _kept.move_to_end(pk)
            while len(_kept) > MOST_PRACTICES:
                _kept.popitem(last=False)
    return [kept.names for kept in found.values()]


def _is_stale(kept: _Kept, stamp: datetime | None, oldest: float) -> bool:
    return kept.stamp != stamp or kept.read_at < oldest


def _read(practice_ids: list[int], stamps: dict[int, datetime | None]) -> dict[int, _Kept]:
    read_at = monotonic()
    rows = Patient.objects.filter(practice_id__in=practice_ids)
    words: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for practice_id, pk, key, birth_name in rows.values_list(
        "practice_id", "pk", "name_key", "birth_name"
    ).iterator():
        words[practice_id].append((pk, f"{key} {normalised(birth_name)}"))
    return {pk: _Kept(stamps[pk], read_at, Names(words[pk])) for pk in practice_ids}
