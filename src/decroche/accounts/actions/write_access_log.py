"""Write down who saw or changed what of patients' data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.utils import IntegrityError

from decroche.accounts.models import AccessLogEntry


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
    rows = [
        AccessLogEntry(
            at=at,
            user_id=user_id,
            action=each.action,
            kind=each.kind,
            object_ids=list(each.object_ids),
            practice_id=each.practice_id,
            view_name=view_name,
            address=address,
        )
        for each in seen
    ]
    try:
        with transaction.atomic():
            AccessLogEntry.objects.bulk_create(rows)
    except IntegrityError:  # "no partition of relation … found for row"
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT accounts_accesslog_make_month(%s::date)", [at.date()])
            AccessLogEntry.objects.bulk_create(rows)
