"""Write down who saw or changed what of patients' data."""

import json
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.utils import IntegrityError

from decroche.accounts.models import AccessLogEntry
from decroche.foundation.statements import rows

_INSERT = """
INSERT INTO accounts_accesslog (at, user_id, action, kind, object_ids, practice_id, view_name, address)
SELECT %(at)s, %(user)s, x.action, x.kind, x.object_ids, x.practice, %(view)s, %(address)s::inet
FROM json_to_recordset(%(lines)s::json) x(action text, kind text, object_ids varchar[], practice bigint)
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at, or one change to, some rows of one kind."""

    action: AccessLogEntry.Action
    kind: str
    object_ids: tuple[str, ...]
    practice_id: int | None


def write_access_log(
    *, seen: Sequence[Seen], user_id: int, view_name: str, address: str | None, at: datetime
) -> None:
    """Store the lines in one INSERT.

    A month whose partition nobody made ahead is made on the spot: a look at a patient is never
    lost for want of a table.
    """
    values = {
        "at": at,
        "user": user_id,
        "view": view_name,
        "address": address,
        "lines": json.dumps(
            [
                {
                    "action": each.action,
                    "kind": each.kind,
                    "object_ids": each.object_ids,
                    "practice": each.practice_id,
                }
                for each in seen
            ]
        ),
    }
    try:
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            rows(_INSERT, values)
    except IntegrityError:  # "no partition of relation … found for row"
        with transaction.atomic():
            rows("SELECT accounts_accesslog_make_month(%(at)s::date)", {"at": at.date()})
            rows(_INSERT, values)
