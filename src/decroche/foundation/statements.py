"""Ask PostgreSQL what is asked at every request: written as SQL, prepared once on each connection.

The ORM builds a statement anew each time, which costs more than its answer; and a cursor costs more than asking. Hot
paths write their SQL by hand here and speak to the server through `foundation.prepared`; all else stays with the ORM.
A statement that names a practice's rows takes its practices from `tenancy.scope_ids`.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connection, connections
from django.db.models import Model
from django.db.models import signals as model_signals
from django.db.models.base import ModelState
from psycopg.errors import DeadlockDetected

from decroche.foundation.prepared import prepared_on

Row = tuple[Any, ...]
Values = Mapping[str, Any] | Sequence[Any]


def rows(sql: str, values: Values) -> list[Row]:
    """Run one statement in the present transaction, or by itself outside of one, and give its rows."""
    here: Any = connections[DEFAULT_DB_ALIAS]  # `connection` would look it up again at each word
    if here.queries_logged or here.execute_wrappers:  # somebody counts them, or reads them
        with here.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description is not None else []
    here.close_if_health_check_failed()
    here.ensure_connection()
    here.validate_no_broken_transaction()
    with here.wrap_database_errors:
        return prepared_on(here).rows(sql, values)


def row(sql: str, values: Values) -> Row | None:
    """Run one statement and give its first row."""
    found = rows(sql, values)
    return found[0] if found else None


def is_deadlock(error: BaseException) -> bool:
    """Tell whether the server ended this statement because another waited for it as it waited for the other."""
    return isinstance(error.__cause__, DeadlockDetected)


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
    """Make the instance that these columns describe, as the ORM would have; None where there is no row.

    Straight into its dictionary: a model's constructor looks at each field in turn, for defaults and keywords that a row
    read whole does not have.
    """
    if values[0] is None:
        return None
    instance = model.__new__(model)
    instance.__dict__.update(zip(_names(model), values, strict=True))
    instance._state = state = ModelState()  # noqa: SLF001 — the row exists; this is how Django knows
    state.adding, state.db = False, connection.alias
    return instance


@cache
def _names(model: type[Model]) -> tuple[str, ...]:
    if model_signals.post_init.has_listeners(model) or model_signals.pre_init.has_listeners(model):
        raise TypeError(f"{model.__name__} wants its constructor called")  # as images and generic keys do
    return tuple(field.attname for field in model._meta.concrete_fields)  # noqa: SLF001


def split(values: Row, *models: type[Model]) -> list[Any]:
    """Make one instance of each model from columns that stand side by side."""
    found, start = [], 0
    for model in models:
        end = start + width(model)
        found.append(made(model, values[start:end]))
        start = end
    return found
