"""Take back that a call was abusive: a mistaken press spares nobody that number."""

from datetime import datetime
from uuid import UUID

from decroche.accounts.models import User
from decroche.calls.models import AbuseReport


def withdraw_abuse(*, call_id: UUID, by: User, now: datetime) -> bool:
    """Withdraw one's own report; the switchboard hears of it from the table. Say whether there was one."""
    rows = AbuseReport.objects.filter(call_id=call_id, by=by, withdrawn_at=None)
    return rows.update(withdrawn_at=now) > 0
