"""Tell whether practitioners may be disturbed now: for a card, a transfer, a practitioner's own screen."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from decroche.calls.models import Reach, Reachability
from decroche.ui import formats


@dataclass(frozen=True, slots=True)
class ReachNow:
    """Hold what a practitioner wants of calls at one moment; past its end a word no longer counts."""

    practitioner_id: int
    state: Reach = Reach.FREE
    until: datetime | None = None

    @property
    def is_free(self) -> bool:
        return self.state == Reach.FREE

    @property
    def label(self) -> str:
        """Return the state in words, without its end."""
        return str(self.state.label)

    @property
    def sentence(self) -> str:
        """Return the state and its end on the reader's clock: « En consultation jusqu’à 12 h 30 »."""
        if self.until is None:
            return self.label
        local = timezone.localtime(self.until)
        if (local.hour, local.minute) == (0, 0):
            return _("%(state)s jusqu’à ce soir") % {"state": self.label}
        return _("%(state)s jusqu’à %(clock)s") % {"state": self.label, "clock": formats.clock(local)}


def reachability_of(practitioner_ids: Collection[int], now: datetime) -> dict[int, ReachNow]:
    """Return what each practitioner wants of calls now, free when nothing was said (one query)."""
    rows = Reachability.objects.filter(practitioner_id__in=practitioner_ids)
    said = {
        row.practitioner_id: ReachNow(row.practitioner_id, Reach(row.state), row.until)
        for row in rows
        if row.until is None or now < row.until
    }
    return {id_: said.get(id_) or ReachNow(id_) for id_ in practitioner_ids}
