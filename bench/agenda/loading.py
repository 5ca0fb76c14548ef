"""Load appointments by the million: bare rows first, then every rule of the table again, each checked on every row.

The indexes, the exclusion constraints and the foreign keys are taken away while rows come in and put back after, as the
migrations make them: PostgreSQL looks each row up among all others before `one_slot_one_owner` stands, which proves that
nothing overlaps, and validates each key by a join. Triggers and checks stay on. The table is compared with what it was.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

TABLE = "scheduling_appointment"
_MEMORY = "1GB"  # for building an index; the server's own 64 MB would sort on disk
_KNOBS = ("maintenance_work_mem", "work_mem")

_KEYS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = %s::regclass AND contype = 'f' ORDER BY conname
"""
_OTHERS = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = %s::regclass AND NOT indisprimary ORDER BY 1
"""
_SHAPE = """
SELECT array(SELECT conname || ' ' || convalidated || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
             WHERE conrelid = %(table)s::regclass ORDER BY conname),
       array(SELECT pg_get_indexdef(indexrelid) || ' ' || indisvalid FROM pg_index
             WHERE indrelid = %(table)s::regclass ORDER BY 1)
"""


@contextmanager
def said(what: str) -> Iterator[None]:
    """Say how long it took, when it took long enough to doubt it."""
    began = time.perf_counter()
    yield
    if (took := time.perf_counter() - began) > 1:
        print(f"  {what} ({took:.1f} s)", flush=True)


@contextmanager
def bare() -> Iterator[None]:
    """Take away what a row is checked against, and put it all back."""
    with connection.cursor() as cursor:
        for knob in _KNOBS:
            cursor.execute(f"SET {knob} = '{_MEMORY}'")
        cursor.execute(_SHAPE, {"table": TABLE})
        before = cursor.fetchone()
        put_back = _take_away(cursor)
        yield
        for name, again in put_back:
            with said(f"{name} stands again"):
                again()
        cursor.execute(_SHAPE, {"table": TABLE})
        if sorted(map(sorted, cursor.fetchone())) != sorted(map(sorted, before)):
            raise RuntimeError("the loaded table is not what it was before")
        for knob in _KNOBS:
            cursor.execute(f"RESET {knob}")


def _take_away(cursor: Any) -> list[tuple[str, Callable[[], None]]]:
    """Drop; give what makes each again: the model's own words for what it declares, the database's for the rest."""
    from django.contrib.postgres.constraints import ExclusionConstraint
    from django.db.models import UniqueConstraint

    from decroche.scheduling.models import Appointment

    again: list[tuple[str, Callable[[], None]]] = []

    def text(name: str, sql: str) -> None:
        again.append((name, lambda: cursor.execute(sql)))

    def declared(what: Any, kind: str) -> None:
        with connection.schema_editor() as editor:
            getattr(editor, f"remove_{kind}")(Appointment, what)

        def add() -> None:
            with connection.schema_editor() as editor:
                getattr(editor, f"add_{kind}")(Appointment, what)

        again.append((what.name, add))

    about = Appointment._meta  # noqa: SLF001 — where Django keeps what a model declares
    for index in about.indexes:
        declared(index, "index")
    for constraint in about.constraints:
        if isinstance(constraint, ExclusionConstraint | UniqueConstraint):
            declared(constraint, "constraint")
    cursor.execute(_OTHERS, [TABLE])
    for name, sql in cursor.fetchall():
        cursor.execute(f"DROP INDEX {name}")
        text(name, sql)
    cursor.execute(_KEYS, [TABLE])
    for name, sql in cursor.fetchall():
        cursor.execute(f'ALTER TABLE {TABLE} DROP CONSTRAINT "{name}"')
        text(name, f'ALTER TABLE {TABLE} ADD CONSTRAINT "{name}" {sql}')
    return again
