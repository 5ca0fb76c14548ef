"""Pour rows into tables by COPY, with ids that we choose, and leave the sequences right."""

import json
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

from django.apps import apps
from django.db import connection, models


class Ids:
    """Gives the next id of each model; every table starts empty."""

    def __init__(self) -> None:
        self._counters: dict[type[models.Model], count[int]] = {}

    def next(self, model: type[models.Model]) -> int:
        """Return 1, 2, 3…."""
        return next(self._counters.setdefault(model, count(1)))


def copy_rows(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write the rows, given in the order of ``fields`` (attribute names); return how many."""
    known = {f.attname: f for f in model._meta.concrete_fields}  # noqa: SLF001
    # A column that we do not speak of takes its model's default, which COPY knows nothing of.
    others = [f for name, f in known.items() if name not in fields and _needs_a_value(f)]
    defaults = [_plain(f.get_default()) for f in others]
    columns = ", ".join(f'"{f.column}"' for f in (*(known[name] for name in fields), *others))
    written = 0
    with (
        connection.cursor() as cursor,
        cursor.copy(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN') as copy,  # noqa: SLF001
    ):
        for row in rows:
            copy.write_row([*row, *defaults])
            written += 1
    return written


def copy_models(instances: Sequence[models.Model]) -> None:
    """Write unsaved instances that already bear their ids; for the small tables."""
    if not instances:
        return
    model = type(instances[0])
    fields = [f for f in model._meta.concrete_fields if not f.generated]  # noqa: SLF001
    for instance in instances:
        for each in fields:
            each.pre_save(instance, add=True)
    copy_rows(
        model,
        [f.attname for f in fields],
        ([_plain(getattr(instance, f.attname)) for f in fields] for instance in instances),
    )


def _needs_a_value(field: "models.Field[Any, Any]") -> bool:
    return not (field.null or field.generated or field.primary_key or field.has_db_default())


def _plain(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict) else value


def trust_references() -> None:
    """Skip the checks of references until the end of the transaction, where we may (a superuser's right).

    Deferred, they would take half of the load; a test checks every reference instead. Constraints held by an
    index, the exclusion of double bookings first, are checked all the same.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT usesuper FROM pg_user WHERE usename = current_user")
        row = cursor.fetchone()
        if row and row[0]:
            cursor.execute("SET LOCAL session_replication_role = replica")


def empty_everything() -> None:
    """Empty every table of the house, and what hangs on them."""
    tables = sorted(
        f'"{model._meta.db_table}"'  # noqa: SLF001
        for model in _house_models()
        if model._meta.managed  # noqa: SLF001
    )
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")


def reset_sequences() -> None:
    """Let the next row of each table follow the ones that were poured in."""
    with connection.cursor() as cursor:
        for model in _house_models():
            meta = model._meta  # noqa: SLF001
            if isinstance(meta.auto_field, models.AutoField | models.BigAutoField):
                column = meta.auto_field.column
                cursor.execute(
                    f'SELECT setval(pg_get_serial_sequence(%s, %s), max("{column}")) FROM "{meta.db_table}" '  # noqa: S608
                    f'HAVING max("{column}") IS NOT NULL',
                    [f'"{meta.db_table}"', column],
                )


def _house_models() -> list[type[models.Model]]:
    return [
        model
        for config in apps.get_app_configs()
        if config.name.startswith("decroche.")
        for model in config.get_models(include_auto_created=True)
        if not model._meta.proxy  # noqa: SLF001
    ]
