"""Close a private calendar address."""

from datetime import datetime

from decroche.accounts.models import User
from decroche.interop.models import CalendarFeed


def revoke_feed(*, feed_id: int, by: User, now: datetime) -> bool:
    """Make the address worthless at once; False when it already was."""
    closed = CalendarFeed.objects.filter(pk=feed_id, revoked_at=None).update(revoked_at=now, revoked_by=by)
    return bool(closed)
