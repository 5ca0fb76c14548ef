"""Tell the time. Only doors (views, jobs, the switchboard) ask; everything below is told."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(tz=UTC)
