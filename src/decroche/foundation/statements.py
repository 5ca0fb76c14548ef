"""Ask PostgreSQL what is asked at every request: written as SQL, prepared once on each connection.

The ORM builds a statement anew each time, which costs more than its answer. Hot paths write theirs by hand here; all
else stays with the ORM. A statement that names a practice's rows takes its practices from `tenancy.scope_ids`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.db import InterfaceError, OperationalError, connection
from django.db.models import Model

Row = tuple[Any, ...]
Values = Mapping[str, Any] | Sequence[Any]

#: The same statement is planned by the server from its second use on.
PREPARED_AFTER = 1


def rows(sql: str, values: Values) -> list[Row]:
    """Run one statement in the present transaction, or by itself outside of one, and give its rows."""
    if connection.queries_logged:  # somebody will read them: written out with their values
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description is not None else []
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    if connection.connection.prepare_threshold != PREPARED_AFTER:
        connection.connection.prepare_threshold = PREPARED_AFTER
    plain: Any = psycopg.Cursor(connection.connection)  # Django's own cursors never prepare
    with connection.make_cursor(plain) as cursor:
        cursor.execute(sql, values)
        # Not `description`, which costs as much as the rows.
        return plain.fetchall() if plain.pgresult is not None and plain.pgresult.nfields else []


def row(sql: str, values: Values) -> Row | None:
    """Run one statement and give its first row."""
    found = rows(sql, values)
    return found[0] if found else None


def first_row(sql: str, values: Values) -> Row | None:
    """Ask the first question of a request, a mere reading: where the connection is lost it is asked on a new one.

    So it stands in for the question that would only have tested the connection.
    """
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        return row(sql, values)
    except (InterfaceError, OperationalError):
        if connection.in_atomic_block or connection.is_usable():
            raise
        connection.close()
        return row(sql, values)


def columns(model: type[Model], alias: str) -> str:
    """List a model's columns for a SELECT, in the order in which `made` wants them."""
    quote = connection.ops.quote_name
    return ", ".join(f"{alias}.{quote(str(field.column))}" for field in model._meta.concrete_fields)  # noqa: SLF001


def width(model: type[Model]) -> int:
    return len(model._meta.concrete_fields)  # noqa: SLF001


def made(model: type[Model], values: Row) -> Any:
    """Make the instance that these columns describe, as the ORM would have; None where there is no row."""
    if values[0] is None:
        return None
    instance = model(*values)
    instance._state.adding = False  # noqa: SLF001 — the row exists; this is how Django knows
    instance._state.db = connection.alias  # noqa: SLF001
    return instance


def split(values: Row, *models: type[Model]) -> list[Any]:
    """Make one instance of each model from columns that stand side by side."""
    found, start = [], 0
    for model in models:
        end = start + width(model)
        found.append(made(model, values[start:end]))
        start = end
    return found
