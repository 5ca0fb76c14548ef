"""Remember that a feed was read, and since when what it says stands."""

from datetime import datetime

from decroche.interop.models import CalendarFeed


def note_reading(*, feed: CalendarFeed, fingerprint: str, now: datetime) -> datetime:
    """Keep the moment, and the fingerprint of what is served; give since when that has not changed."""
    feed.last_read_at = now
    if feed.fingerprint != fingerprint or feed.changed_at is None:
        feed.fingerprint, feed.changed_at = fingerprint, now.replace(microsecond=0)
    feed.save(update_fields=["last_read_at", "fingerprint", "changed_at"])
    return feed.changed_at
