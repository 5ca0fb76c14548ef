"""Make the access log's months ahead, and let go of those past their retention."""

from datetime import date, datetime
from typing import Final

from django.db import connection

MONTHS_AHEAD: Final = 3
_PARTITIONS = """
SELECT child.relname FROM pg_inherits
JOIN pg_class parent ON parent.oid = inhparent
JOIN pg_class child ON child.oid = inhrelid
WHERE parent.relname = 'accounts_accesslog' ORDER BY 1
"""


def month_after(day: date, months: int) -> date:
    """Return the first day of the month ``months`` after the one of ``day`` (negative: before)."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def make_months_ahead(*, now: datetime) -> None:
    """Make the partitions of this month and the next three; those that exist stay as they are."""
    with connection.cursor() as cursor:
        for months in range(MONTHS_AHEAD + 1):
            cursor.execute("SELECT accounts_accesslog_make_month(%s)", [month_after(now.date(), months)])


def drop_old_months(*, now: datetime, keep_months: int) -> list[str]:
    """Drop every partition that ended more than ``keep_months`` months ago; return their names."""
    oldest_kept = month_after(now.date(), -keep_months)
    dropped = []
    with connection.cursor() as cursor:
        cursor.execute(_PARTITIONS)
        for (name,) in cursor.fetchall():
            month = date(int(name[-6:-2]), int(name[-2:]), 1)
            if month < oldest_kept:
                cursor.execute(f'DROP TABLE "{name}"')  # the name comes from the catalogue
                dropped.append(name)
    return dropped
