"""Count the uses of a feed or a key, and refuse one too many."""

from datetime import datetime, timedelta

from django.db.models import Case, F, Value, When

from decroche.interop.models import AccessKey, CalendarFeed


class TooOften(Exception):
    """Asked too often; `wait_seconds` until it may ask again."""

    def __init__(self, wait_seconds: int) -> None:
        """Keep how long to wait."""
        super().__init__(f"{wait_seconds} s")
        self.wait_seconds = wait_seconds


def count_use(*, of: CalendarFeed | AccessKey, most: int, within: timedelta, now: datetime) -> None:
    """Add one to the count of the present period, in one UPDATE that racing requests cannot both slip through.

    Raises `TooOften`.
    """
    since = now - within
    is_over = When(counted_from__gt=since, then=F("count") + 1)
    table = CalendarFeed.objects if isinstance(of, CalendarFeed) else AccessKey.objects
    table.filter(pk=of.pk).update(
        count=Case(is_over, default=Value(1)),
        counted_from=Case(When(counted_from__gt=since, then=F("counted_from")), default=Value(now)),
    )
    counted_from, count = table.values_list("counted_from", "count").get(pk=of.pk)
    if count > most and counted_from is not None:
        raise TooOften(max(1, int((counted_from + within - now).total_seconds())))
