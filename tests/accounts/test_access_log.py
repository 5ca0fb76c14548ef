"""Who saw what: written once, kept by months, never changed."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from decroche.accounts.actions.keep_access_log import drop_old_months, make_months_ahead, month_after
from decroche.accounts.actions.write_access_log import Seen, write_access_log
from decroche.accounts.models import AccessLogEntry

pytestmark = [pytest.mark.django_db, pytest.mark.data]
NOW = datetime.now(tz=UTC)
READ, WRITE = AccessLogEntry.Action.READ, AccessLogEntry.Action.WRITE


def write(at: datetime = NOW, *, ids: tuple[str, ...] = ("12",), practice_id: int = 3) -> None:
    write_access_log(
        seen=[Seen(READ, "patient", ids, practice_id)],
        user_id=7,
        view_name="patients:card",
        address="127.0.0.1",
        at=at,
    )


def months() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid"
            " WHERE inhparent = 'accounts_accesslog'::regclass ORDER BY 1"
        )
        return [name for (name,) in cursor.fetchall()]


def test_a_request_with_several_looks_costs_one_insert(django_assert_num_queries):
    seen = [Seen(READ, "patient", ("1", "2"), 3), Seen(WRITE, "appointment", ("9",), 3)]
    with django_assert_num_queries(3):  # savepoint, insert, release
        write_access_log(seen=seen, user_id=7, view_name="agenda:panel", address=None, at=NOW)
    assert list(AccessLogEntry.objects.order_by("id").values_list("action", "kind", "object_ids")) == [
        ("read", "patient", ["1", "2"]),
        ("write", "appointment", ["9"]),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_accesslog SET user_id = 8",
        "DELETE FROM accounts_accesslog",
        "TRUNCATE accounts_accesslog",
        "UPDATE {month} SET user_id = 8",
        "DELETE FROM {month}",
        "TRUNCATE {month}",
    ],
)
def test_nothing_written_can_be_changed(statement):
    write()
    month = f"accounts_accesslog_{NOW:%Y%m}"
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(month=month))
    assert AccessLogEntry.objects.filter(user_id=7).count() == 1


def test_a_month_that_nobody_made_ahead_is_made_on_the_spot():
    write(datetime(2031, 5, 31, 23, 59, tzinfo=UTC))
    assert "accounts_accesslog_203105" in months()
    assert AccessLogEntry.objects.count() == 1


def test_months_are_made_ahead_once():
    make_months_ahead(now=datetime(2032, 11, 15, tzinfo=UTC))
    make_months_ahead(now=datetime(2032, 11, 15, tzinfo=UTC))
    assert [m for m in months() if m.startswith("accounts_accesslog_203")] == [
        "accounts_accesslog_203211",
        "accounts_accesslog_203212",
        "accounts_accesslog_203301",
        "accounts_accesslog_203302",
    ]


def test_retention_drops_whole_months_and_only_old_ones():
    write(datetime(2023, 1, 31, tzinfo=UTC))
    write(datetime(2023, 2, 1, tzinfo=UTC), ids=("13",))
    assert drop_old_months(now=datetime(2024, 2, 10, tzinfo=UTC), keep_months=12) == [
        "accounts_accesslog_202301"
    ]
    assert AccessLogEntry.objects.get().object_ids == ["13"]


def test_months_roll_over_the_year():
    assert month_after(datetime(2026, 11, 22, tzinfo=UTC).date(), 2).isoformat() == "2027-01-01"
    assert month_after(datetime(2026, 1, 5, tzinfo=UTC).date(), -1).isoformat() == "2025-12-01"
