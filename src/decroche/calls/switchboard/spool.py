"""Keep what is to be written down in files of our own until the database has it.

A writer appends: one short write into the system's memory, which outlives a killed process. Readers follow at their own
pace and note how far they came. A segment belongs to whoever holds its lock; once that writer is gone and all is read, a
reader deletes it. So neither side ever truncates what the other works on.
"""

import contextlib
import fcntl
import logging
import os
import pickle
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from enum import Enum
from operator import attrgetter
from pathlib import Path
from typing import Any, get_args, get_type_hints
from uuid import UUID

import orjson

from decroche.calls.switchboard.records import Entry

log = logging.getLogger(__name__)

SEGMENT_BYTES = 2**20
READ_BYTES = 2**18
HEAD_BYTES = 8  # length, checksum
_PICKLED = b"\x80"  # how a record begins that is not JSON
_NAME = re.compile(r"(\d{8})\.spool")


# --- an entry as plain tuples ------------------------------------------------------------------


def _row_classes() -> dict[str, type]:
    """Return which fields of an entry hold rows, and of which class."""
    firsts = {name: get_args(hint)[:1] for name, hint in get_type_hints(Entry).items()}
    return {
        name: one
        for name, first in firsts.items()
        for one in first
        if isinstance(one, type) and is_dataclass(one)
    }


_ROWS = _row_classes()
_PLAIN = tuple(one.name for one in fields(Entry) if one.name not in _ROWS)
_COLUMNS = {name: tuple(one.name for one in fields(row)) for name, row in _ROWS.items()}
_SCHEMA = (_PLAIN, _COLUMNS)
_VALUES = {name: attrgetter(*columns) for name, columns in _COLUMNS.items()}
_PLAIN_VALUES = attrgetter(*_PLAIN)


def _read_id(value: Any) -> UUID:
    if isinstance(value, bytes):  # as an older version wrote it
        return UUID(bytes=value)
    return value if isinstance(value, UUID) else UUID(value)


def _read_moment(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def _readers(row: type) -> dict[str, Callable[[Any], Any]]:
    """Return of a row's columns those that JSON knows only as words, and how to read them back."""
    found: dict[str, Callable[[Any], Any]] = {}
    for column, hint in get_type_hints(row).items():
        for kind in get_args(hint) or (hint,):
            if kind is UUID:
                found[column] = _read_id
            elif kind is datetime:
                found[column] = _read_moment
            elif isinstance(kind, type) and issubclass(kind, Enum):
                found[column] = kind
    return found


_READERS = {name: _readers(row) for name, row in _ROWS.items()}
_PLAIN_READERS: dict[str, Callable[[Any], Any]] = {"at": _read_moment, "secretariat_ids": frozenset}


def encode(entry: Entry) -> bytes:
    """Turn an entry into bytes; what is empty takes no room."""
    rows = {
        name: [values(row) for row in found]
        for name, values in _VALUES.items()
        if (found := getattr(entry, name))
    }
    try:
        return orjson.dumps((_PLAIN_VALUES(entry), rows), default=_as_list)
    except orjson.JSONEncodeError:  # what is no Unicode, as in the name of a file
        return pickle.dumps((_PLAIN_VALUES(entry), rows), protocol=5)


def _as_list(value: object) -> list[int]:
    if isinstance(value, frozenset):
        return list(value)
    raise TypeError


def decode(data: bytes, schema: Any = _SCHEMA) -> Entry:
    """Read an entry back, even one that an older or newer version wrote: fields are told by name."""
    plain_names, columns = schema
    if data.startswith(_PICKLED):
        plain, rows = pickle.loads(data)  # noqa: S301 — our own file, which nobody else may open
    else:
        plain, rows = orjson.loads(data)
    found = _read(
        dict(zip(plain_names, plain, strict=True)), set(plain_names).difference(_PLAIN), _PLAIN_READERS
    )
    for name, values in rows.items():
        if (row := _ROWS.get(name)) is None:
            continue
        unknown = set(columns[name]).difference(_COLUMNS[name])
        found[name] = tuple(
            row(**_read(dict(zip(columns[name], one, strict=True)), unknown, _READERS[name]))
            for one in values
        )
    return Entry(**found)


def _read(
    values: dict[str, Any], unknown: set[str], readers: Mapping[str, Callable[[Any], Any]]
) -> dict[str, Any]:
    """Drop what this version does not know, and give the rest its kind back."""
    for column in unknown:
        del values[column]
    for column, read in readers.items():
        if (value := values.get(column)) is not None:
            values[column] = read(value)
    return values


def _framed(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + zlib.crc32(data).to_bytes(4, "big") + data


# --- writing -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Say how far: after which byte of which segment."""

    segment: int = 0
    offset: int = 0


class SpoolWriter:
    """Append entries to segments of our own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._fd: int | None = None
        self.position = Position()

    def append(self, entry: Entry) -> int:
        """Put an entry on file and return its size.

        Raises:
            OSError: the disk does not take it; nothing of it is left on file.

        """
        data = _framed(encode(entry))
        if self._fd is None or self.position.offset >= SEGMENT_BYTES:
            self._begin_segment()
        self._write(data)
        return len(data)

    def close(self) -> None:
        """Give the segment up; readers delete it when they have read it."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _begin_segment(self) -> None:
        self.close()
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Locked before it has its name, so that no reader takes it for a dead writer's.
        fresh = self._folder / f"fresh-{os.getpid()}-{id(self)}"
        fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            number = max(segments(self._folder), default=0)
            while True:
                number += 1
                with contextlib.suppress(FileExistsError):
                    os.link(fresh, path_of(self._folder, number))
                    break
        except OSError:
            os.close(fd)
            raise
        finally:
            fresh.unlink()
        self._fd, self.position = fd, Position(number)
        self._write(_framed(pickle.dumps(_SCHEMA)))

    def _write(self, data: bytes) -> None:
        assert self._fd is not None
        written = os.write(self._fd, data)
        if written < len(data):
            os.ftruncate(self._fd, self.position.offset)
            raise OSError("the disk is full")
        self.position = Position(self.position.segment, self.position.offset + written)


def path_of(folder: Path, segment: int) -> Path:
    """Return where a segment is."""
    return folder / f"{segment:08d}.spool"


def segments(folder: Path) -> list[int]:
    """Return the segments on file, the oldest first."""
    try:
        names = os.listdir(folder)  # noqa: PTH208 — asked often, and names are all that is wanted
    except FileNotFoundError:
        return []
    return sorted(int(found[1]) for name in names if (found := _NAME.fullmatch(name)))


# --- reading -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Batch:
    """Hold entries in the order in which they happened, and how far they go."""

    entries: tuple[Entry, ...]
    until: Position


class SpoolReader:
    """Read what writers put on file, one reader at a time."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._schemas: dict[int, Any] = {}

    @contextlib.contextmanager
    def turn(self) -> Iterator[bool]:
        """Yield whether it is our turn: a killed switchboard's reader may still be writing down what it left."""
        with (self._folder / "turn").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def read(self, at_most: int) -> Batch | None:
        """Return the oldest entries not yet marked as written; None when there is none. In our turn only."""
        for segment in segments(self._folder):
            if (batch := self._read(segment, at_most)) is not None:
                return batch
        return None

    def mark(self, until: Position) -> None:
        """Note that everything up to there is written. In our turn only."""
        done = self._done_path(until.segment)
        fresh = done.with_suffix(".fresh")
        fresh.write_text(str(until.offset))
        fresh.replace(done)

    def is_read(self) -> bool:
        """Say whether everything on file is marked as written."""
        return all(
            path_of(self._folder, one).stat().st_size <= self._done(one) for one in segments(self._folder)
        )

    def sync(self) -> None:
        """Bring what waits onto the disk itself: the database may be away for long."""
        for segment in segments(self._folder):
            with contextlib.suppress(FileNotFoundError), path_of(self._folder, segment).open("rb") as file:
                os.fdatasync(file.fileno())

    def _read(self, segment: int, at_most: int) -> Batch | None:
        path, done = path_of(self._folder, segment), self._done(segment)
        with path.open("rb") as file:
            is_over = self._is_given_up(file.fileno())  # asked first: whatever follows is the last of it
            size = os.fstat(file.fileno()).st_size
            if size <= done:
                if is_over:
                    self._forget(segment)
                return None
            if segment not in self._schemas:
                self._schemas[segment] = _schema(file.read(READ_BYTES))
            file.seek(done)
            data = file.read(READ_BYTES)
            length = int.from_bytes(data[:4], "big") + HEAD_BYTES
            data += file.read(max(0, length - len(data)))  # a whole floor that was adopted at once
        batch = self._cut(segment, data, done, at_most)
        if batch is None and is_over:
            self._set_aside(segment, size - done)
        return batch

    def _cut(self, segment: int, data: bytes, done: int, at_most: int) -> Batch | None:
        """Take whole entries off the data; a last one that is not whole yet is left for the next time."""
        entries: list[Entry] = []
        at, offset = 0, done
        for at, record in _records(data):
            if offset > 0:  # what a segment begins with is its schema
                entries.append(decode(record, self._schemas[segment]))
            offset = done + at
            if len(entries) >= at_most:
                break
        return Batch(tuple(entries), Position(segment, offset)) if offset > done else None

    def _done_path(self, segment: int) -> Path:
        return self._folder / f"{segment:08d}.written"

    def _done(self, segment: int) -> int:
        try:
            return int(self._done_path(segment).read_text() or 0)
        except FileNotFoundError:
            return 0

    @staticmethod
    def _is_given_up(fd: int) -> bool:
        """Say whether no writer holds this segment any more."""
        try:
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _forget(self, segment: int) -> None:
        path_of(self._folder, segment).unlink(missing_ok=True)
        self._done_path(segment).unlink(missing_ok=True)
        self._schemas.pop(segment, None)

    def _set_aside(self, segment: int, left: int) -> None:
        """Keep a segment whose end nobody can read for a person to look at."""
        log.error("the last %s bytes of the journal's segment %s cannot be read", left, segment)
        path = path_of(self._folder, segment)
        path.rename(path.with_suffix(".unreadable"))
        self._forget(segment)


def _schema(data: bytes) -> Any:
    for _, record in _records(data):
        return pickle.loads(record)  # noqa: S301 — as above
    return _SCHEMA


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each whole record and where it ends; stop at the first that is not whole."""
    at = 0
    while len(data) >= at + HEAD_BYTES:
        length = int.from_bytes(data[at : at + 4], "big")
        checksum = int.from_bytes(data[at + 4 : at + 8], "big")
        end = at + HEAD_BYTES + length
        record = data[at + HEAD_BYTES : end]
        if len(record) < length or zlib.crc32(record) != checksum:
            return
        yield end, record
        at = end
