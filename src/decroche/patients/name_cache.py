"""Keep each practice's names in memory, for comparing misspelt ones; a stamp says when to read them again."""

from collections import OrderedDict
from collections.abc import Collection, Iterator
from datetime import datetime
from threading import Lock

from django.db.models import Count, Max

from decroche.kernel.names import normalised
from decroche.patients.domain.likeness import Names
from decroche.patients.models import Patient

MOST_PRACTICES = 64
"""Practices whose names one process keeps; the least lately asked goes first."""

Stamp = tuple[datetime | None, int]

_kept: "OrderedDict[int, tuple[Stamp, Names]]" = OrderedDict()
_lock = Lock()


def names_of_practice(practice_ids: Collection[int]) -> Iterator[Names]:
    """Yield each practice's names, current (one query for the stamps, one for each practice that changed)."""
    stamps: dict[int, Stamp] = {
        practice_id: (changed, count)
        for practice_id, changed, count in Patient.objects.filter(practice_id__in=list(practice_ids))
        .order_by()
        .values_list("practice_id")
        .annotate(Max("updated_at"), Count("pk"))
    }
    for practice_id, stamp in stamps.items():
        with _lock:
            kept = _kept.get(practice_id)
        if kept is None or kept[0] != stamp:
            kept = (stamp, _read(practice_id))
            with _lock:
                _kept[practice_id] = kept
        with _lock:
            if practice_id in _kept:
                _kept.move_to_end(practice_id)
            while len(_kept) > MOST_PRACTICES:
                _kept.popitem(last=False)
        yield kept[1]


def _read(practice_id: int) -> Names:
    rows = Patient.objects.filter(practice_id=practice_id).values_list("pk", "name_key", "birth_name")
    return Names((pk, f"{name_key} {normalised(birth_name)}") for pk, name_key, birth_name in rows.iterator())
