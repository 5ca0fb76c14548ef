"""Speak to PostgreSQL with as little as may be between: one prepared statement, one turn there and back.

psycopg's cursor costs several times what the answer does: a cursor, a generator, a poll and a lock for each statement.
Here psycopg's own adapters write the values and read the rows, and libpq asks and waits, with the interpreter's lock
given up meanwhile. Transactions stay Django's: this only opens the one that it has asked for.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

Row = tuple[Any, ...]
Values = Mapping[str, Any] | Sequence[Any]

#: A connection that has prepared more is told to forget them all: statements are few, their values' types may vary.
_MOST = 400
_PLACE = re.compile(r"%(?:\((\w+)\)s|s|%)")


class _Statement:
    """One text as the server wants it, and how to put its values in order."""

    __slots__ = ("formats", "in_order", "names", "text")

    def __init__(self, sql: str) -> None:
        found: list[str | None] = []

        def place(match: re.Match[str]) -> str:
            if match[0] == "%%":
                return "%"
            name = match[1]
            if name is None or name not in found:
                found.append(name)
                return f"${len(found)}"
            return f"${found.index(name) + 1}"

        self.text = _PLACE.sub(place, sql).encode()
        self.formats = [PyFormat.AUTO] * len(found)
        self.in_order = _picker([name for name in found if name is not None])
        self.names: dict[tuple[int, ...], bytes] = {}  # types of the values → its name on the server


def _picker(names: Sequence[str]) -> Callable[[Any], Sequence[Any]]:
    if not names:
        return lambda values: values
    if len(names) == 1:
        (name,) = names
        return lambda values: (values[name],)
    return itemgetter(*names)


class Prepared:
    """What one connection has prepared."""

    __slots__ = ("_count", "_statements", "_transformer", "link")

    def __init__(self, link: "psycopg.Connection[Any]") -> None:
        self.link = link
        self._transformer = Transformer(link)
        self._statements: dict[str, _Statement] = {}
        self._count = 0

    def rows(self, sql: str, values: Values) -> list[Row]:
        """Run the statement and give its rows; raises psycopg's errors."""
        statement = self._statements.get(sql)
        if statement is None:
            statement = self._statements[sql] = _Statement(sql)
        transformer, server = self._transformer, self.link.pgconn
        plain = [_worded(value) if type(value) is list else value for value in statement.in_order(values)]
        given = transformer.dump_sequence(plain, statement.formats)
        types, formats = transformer.types or (), transformer.formats
        if server.transaction_status == TransactionStatus.IDLE and not self.link.autocommit:
            self._of(server.exec_(b"BEGIN"))
        name = statement.names.get(types)
        if name is None:
            name = self._prepare(statement, types)
        answer = self._of(server.exec_prepared(name, given, formats))  # type: ignore[arg-type]
        if not answer.nfields:
            return []
        transformer.set_pgresult(answer)
        try:
            return transformer.load_rows(0, answer.ntuples, tuple)
        finally:
            transformer.set_pgresult(None)

    def _prepare(self, statement: _Statement, types: tuple[int, ...]) -> bytes:
        server = self.link.pgconn
        if self._count >= _MOST:
            self._of(server.exec_(b"DEALLOCATE ALL"))
            self._count = 0
            for each in self._statements.values():
                each.names.clear()
        name = b"decroche_%d" % self._count
        self._of(server.prepare(name, statement.text, types))
        self._count += 1
        statement.names[types] = name
        return name

    def _of(self, answer: PGresult) -> PGresult:
        """Give the answer, unless it is a refusal."""
        if answer.status in _RIGHT:
            return answer
        if self.link.pgconn.status != ConnStatus.OK or not answer.error_field(DiagnosticField.SQLSTATE):
            raise psycopg.OperationalError(answer.get_error_message())
        raise psycopg.errors.error_from_result(answer)


def _worded(values: list[Any]) -> "list[Any] | str":
    """Word whole numbers as an array; the server knows of what from where it stands.

    psycopg looks through a list for its type, quotes and nests: five times as long, and a type that varies with the
    largest number, hence a statement for each.
    """
    if all(type(value) is int for value in values):
        return f"{{{','.join(map(str, values))}}}"
    return values


_RIGHT = frozenset({ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK})


def prepared_on(connection: Any) -> Prepared:
    """Give what the present link of a Django connection has prepared; a new link has prepared nothing."""
    found: Prepared | None = getattr(connection, "_prepared", None)
    if found is None or found.link is not connection.connection:
        found = connection._prepared = Prepared(connection.connection)  # noqa: SLF001 — kept beside its link
    return found
