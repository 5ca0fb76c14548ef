"""Let a practitioner say whether calls may reach him now, and put his last word back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from decroche.accounts.models import User
from decroche.calls.models import Reach, Reachability
from decroche.foundation.live import hint
from decroche.practices.models import Practitioner


class WordChanged(Exception):
    """The practitioner, or somebody for him, has said something else since."""


@dataclass(frozen=True, slots=True)
class WordKept:
    """Hold what was said before (plain, for a session), and when the new word was given."""

    before: dict[str, Any]
    changed_at: datetime


def set_reachability(
    *, practitioner: Practitioner, state: Reach, until: datetime | None, by: User, now: datetime
) -> WordKept:
    """Say what a practitioner wants of calls, until when; transfers obey it at once, secretaries see it."""
    with transaction.atomic():
        row = Reachability.objects.select_for_update().filter(practitioner=practitioner).first()
        before = _plain(row)
        _write(practitioner, state=state, until=until, by=by, now=now)
    return WordKept(before, now)


def put_back_reachability(
    *, practitioner: Practitioner, kept: Mapping[str, Any], since: datetime, by: User, now: datetime
) -> None:
    """Put a practitioner's last word back, if nobody said anything since.

    Raises:
        WordChanged: somebody did; nothing is written.

    """
    until = datetime.fromisoformat(kept["until"]) if kept["until"] else None
    with transaction.atomic():
        row = Reachability.objects.select_for_update().filter(practitioner=practitioner).first()
        if row is None or row.changed_at != since:
            raise WordChanged
        _write(practitioner, state=Reach(kept["state"]), until=until, by=by, now=now)


def _plain(row: Reachability | None) -> dict[str, Any]:
    if row is None:
        return {"state": Reach.FREE.value, "until": None}
    return {"state": row.state, "until": row.until.isoformat() if row.until else None}


def _write(
    practitioner: Practitioner, *, state: Reach, until: datetime | None, by: User, now: datetime
) -> None:
    Reachability.objects.update_or_create(
        practitioner=practitioner,
        defaults={"state": state, "until": until, "changed_at": now, "changed_by": by},
    )
    hint("reach", practice_id=practitioner.practice_id, practitioner_id=practitioner.pk)
