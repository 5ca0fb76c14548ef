"""Read another agenda's CSV export: guess how it is written, let a person correct the guess, read it. Pure."""
# ruff: noqa: PLR2004

import csv
import io
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from decroche.interop.domain.lines import (
    MOST_BYTES,
    MOST_LINES,
    FileFlaw,
    Flaw,
    FoundLine,
    Person,
    Unreadable,
)
from decroche.interop.domain.wording import (
    birth_day_of,
    day_of,
    length_of,
    moment_of,
    person_of,
    split_name,
    status_of,
    time_of,
)
from decroche.kernel.names import normalised

DELIMITERS: Final = (";", ",", "\t", "|")
ENCODINGS: Final = ("utf-8-sig", "cp1252", "utf-16")
_MOST_COLUMNS = 60
_LONGEST_CELL = 400


class Role(StrEnum):
    """What a column is."""

    NOTHING = ""
    START = "start"
    START_TIME = "start_time"
    END = "end"
    END_TIME = "end_time"
    LENGTH = "length"
    TITLE = "title"
    FULL_NAME = "full_name"
    LAST_NAME = "last_name"
    FIRST_NAMES = "first_names"
    BIRTH_DATE = "birth_date"
    PHONE = "phone"
    VISIT_TYPE = "visit_type"
    PRACTITIONER = "practitioner"
    STATUS = "status"


_HEADS: Final[dict[Role, frozenset[str]]] = {
    Role.START: frozenset(
        {"date", "jour", "debut", "date debut", "date de debut", "start", "start date", "date rdv", "date du rdv",
         "date du rendez vous", "date heure", "date et heure", "horodatage", "debut rdv", "date heure debut"}
    ),
    Role.START_TIME: frozenset(
        {"heure", "heure debut", "heure de debut", "start time", "horaire", "heure rdv", "heure du rdv", "heure du rendez vous"}
    ),
    Role.END: frozenset({"fin", "date fin", "date de fin", "end", "end date", "date heure fin", "fin rdv"}),
    Role.END_TIME: frozenset({"heure fin", "heure de fin", "end time"}),
    Role.LENGTH: frozenset({"duree", "duree min", "duree minutes", "duree en minutes", "duration", "temps"}),
    Role.TITLE: frozenset({"objet", "sujet", "subject", "titre", "title", "libelle", "summary", "evenement"}),
    Role.FULL_NAME: frozenset({"patient", "nom du patient", "nom complet", "nom et prenom", "nom prenom", "client", "patient name"}),
    Role.LAST_NAME: frozenset({"nom", "nom patient", "nom de famille", "nom usuel", "nom d usage", "last name", "nom de naissance"}),
    Role.FIRST_NAMES: frozenset({"prenom", "prenoms", "prenom patient", "prenom du patient", "first name"}),
    Role.BIRTH_DATE: frozenset(
        {"date de naissance", "naissance", "ddn", "ne le", "ne e le", "date naissance", "birth date", "birthdate", "dob"}
    ),
    Role.PHONE: frozenset(
        {"telephone", "tel", "portable", "mobile", "telephone portable", "telephone mobile", "numero de telephone", "phone", "telephone 1"}
    ),
    Role.VISIT_TYPE: frozenset(
        {"motif", "motif de consultation", "type", "type de rdv", "type de rendez vous", "acte", "categorie", "categories", "motif de visite"}
    ),
    Role.PRACTITIONER: frozenset({"praticien", "agenda", "medecin", "docteur", "soignant", "intervenant", "practitioner"}),
    Role.STATUS: frozenset({"statut", "etat", "status", "presence", "statut du rdv", "statut du rendez vous"}),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is written."""

    encoding: str
    delimiter: str
    has_heads: bool
    roles: tuple[Role, ...]
    month_first: bool = False

    def as_json(self) -> dict[str, Any]:
        """Give plain values to store."""
        return {
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "has_heads": self.has_heads,
            "roles": [role.value for role in self.roles],
            "month_first": self.month_first,
        }

    @staticmethod
    def from_json(stored: dict[str, Any]) -> "Layout":
        """Take back what `as_json` gave."""
        roles = tuple(Role(role) for role in stored["roles"])
        return Layout(
            stored["encoding"], stored["delimiter"], stored["has_heads"], roles, stored["month_first"]
        )


def guess_layout(data: bytes) -> Layout:
    """Guess how a table is written. Raises `Unreadable`."""
    if len(data) > MOST_BYTES:
        raise Unreadable(FileFlaw.TOO_LARGE)
    encoding = _encoding(data)
    text = data.decode(encoding, "replace")
    if not text.strip():
        raise Unreadable(FileFlaw.EMPTY)
    if "\x00" in text:
        raise Unreadable(FileFlaw.NOT_A_TABLE)
    delimiter = max(DELIMITERS, key=lambda sign: _evenness(text, sign))
    rows = _rows(text, delimiter, most=40)
    if not rows or max(map(len, rows)) < 2:
        raise Unreadable(FileFlaw.NOT_A_TABLE)
    width = min(max(map(len, rows)), _MOST_COLUMNS)
    has_heads = not any(day_of(cell) for cell in rows[0])
    roles = _roles_by_heads(rows[0], width) if has_heads else [Role.NOTHING] * width
    body = rows[1:] if has_heads else rows
    _roles_by_content(roles, body)
    return Layout(encoding, delimiter, has_heads, tuple(roles), _is_month_first(roles, body))


def sample(data: bytes, layout: Layout, *, rows: int = 3) -> tuple[list[str], list[list[str]]]:
    """Give the heads (or numbers) of the columns and the first rows, all of one width."""
    found = _rows(data.decode(layout.encoding, "replace"), layout.delimiter, most=rows + 1)
    width = max([len(layout.roles), *map(len, found)]) if found else len(layout.roles)
    even = [[*row, *[""] * (width - len(row))][:_MOST_COLUMNS] for row in found]
    heads = even[0] if layout.has_heads and even else [""] * min(width, _MOST_COLUMNS)
    return heads, even[1:] if layout.has_heads else even[:rows]


def read_csv(
    data: bytes,
    layout: Layout,
    *,
    zone: ZoneInfo,
    first: date,
    last: date,
    today: date,
    most: int = MOST_LINES,
) -> list[FoundLine]:
    """Give the rows from `first` to `last` in the order of the file; undatable ones too. Raises `Unreadable`."""
    if len(data) > MOST_BYTES:
        raise Unreadable(FileFlaw.TOO_LARGE)
    rows = _rows(data.decode(layout.encoding, "replace"), layout.delimiter, most=40 * most)
    body = [row for row in (rows[1:] if layout.has_heads else rows) if any(cell.strip() for cell in row)]
    if not body:
        raise Unreadable(FileFlaw.EMPTY)
    lines = []
    for row in body:
        line = _line(_cells(row, layout), layout, zone=zone, today=today)
        if line.starts_at is None or first <= line.starts_at.astimezone(zone).date() <= last:
            lines.append(line)
        if len(lines) > most:
            raise Unreadable(FileFlaw.TOO_MANY)
    return lines


def _encoding(data: bytes) -> str:
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "utf-16"
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _rows(text: str, delimiter: str, *, most: int) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    found: list[list[str]] = []
    try:
        for row in reader:
            found.append([cell.strip()[:_LONGEST_CELL] for cell in row[:_MOST_COLUMNS]])
            if len(found) >= most:
                break
    except csv.Error:
        raise Unreadable(FileFlaw.NOT_A_TABLE) from None
    while found and not any(found[0]):
        found.pop(0)
    return found


def _evenness(text: str, delimiter: str) -> tuple[int, int]:
    """Prefer the sign that cuts most rows in one same number of columns, then the most columns."""
    try:
        widths = [len(row) for row in _rows(text, delimiter, most=20) if row]
    except Unreadable:
        return (0, 0)
    common = max(set(widths), key=widths.count) if widths else 1
    return (widths.count(common), common) if common > 1 else (0, 0)


def _roles_by_heads(heads: list[str], width: int) -> list[Role]:
    roles = [Role.NOTHING] * width
    for column, head in enumerate(heads[:width]):
        plain = " ".join(re.sub(r"[^a-z0-9]+", " ", normalised(head)).split())
        role = next((role for role, names in _HEADS.items() if plain in names), Role.NOTHING)
        if role not in roles:
            roles[column] = role
    return roles


def _roles_by_content(roles: list[Role], body: list[list[str]]) -> None:
    """Find the dates and the times among columns whose heads say nothing, if the heads gave none."""
    if Role.START in roles:
        return
    for column in range(len(roles)):
        cells = [row[column] for row in body if column < len(row) and row[column]]
        if roles[column] is Role.NOTHING and cells and all(day_of(cell) for cell in cells):
            roles[column] = Role.START
            break
    for role in (Role.START_TIME, Role.END_TIME):
        for column in range(len(roles)):
            cells = [row[column] for row in body if column < len(row) and row[column]]
            is_time = cells and all(time_of(cell) and not cell.isdigit() for cell in cells)
            if roles[column] is Role.NOTHING and is_time and role not in roles:
                roles[column] = role
                break
    for column in range(len(roles)):
        cells = [row[column] for row in body if column < len(row) and row[column]]
        if (
            roles[column] is Role.NOTHING
            and Role.FULL_NAME not in roles
            and cells
            and all(map(split_name, cells))
        ):
            roles[column] = Role.FULL_NAME


def _is_month_first(roles: list[Role], body: list[list[str]]) -> bool:
    """Tell American dates from French ones by those that only one of both can read."""
    columns = [n for n, role in enumerate(roles) if role in {Role.START, Role.END}]
    cells = [row[n] for row in body for n in columns if n < len(row) and row[n]]
    unread = sum(day_of(cell) is None for cell in cells)
    return unread > 0 and sum(day_of(cell, month_first=True) is None for cell in cells) == 0


def _cells(row: list[str], layout: Layout) -> dict[Role, str]:
    return {
        role: row[column]
        for column, role in enumerate(layout.roles)
        if role is not Role.NOTHING and column < len(row)
    }


def _line(cells: dict[Role, str], layout: Layout, *, zone: ZoneInfo, today: date) -> FoundLine:
    starts_at, is_all_day, flaw = _start(cells, layout, zone)
    ends_at = None if starts_at is None else _end(cells, starts_at, layout, zone, is_all_day=is_all_day)
    if starts_at is not None and ends_at is not None and ends_at <= starts_at:
        flaw, ends_at = Flaw.ENDS_BEFORE, None
    person, rest = _person(cells, layout, today)
    full = f"{person.last_name.upper()} {person.first_names}".strip() if person else ""
    return FoundLine(
        title=(cells.get(Role.TITLE) or cells.get(Role.FULL_NAME) or full)[:160],
        starts_at=starts_at,
        ends_at=ends_at,
        is_all_day=is_all_day,
        person=person,
        visit_type=cells.get(Role.VISIT_TYPE) or rest,
        practitioner=cells.get(Role.PRACTITIONER, ""),
        status=status_of(cells.get(Role.STATUS, "")),
        flaw=flaw,
    )


def _start(
    cells: dict[Role, str], layout: Layout, zone: ZoneInfo
) -> tuple[datetime | None, bool, Flaw | None]:
    text = cells.get(Role.START, "")
    found = moment_of(text, zone=zone, month_first=layout.month_first)
    if found is None:
        return None, False, Flaw.BAD_DATE if text else Flaw.NO_DATE
    if isinstance(found, datetime):
        return found, False, None
    if clock := time_of(cells.get(Role.START_TIME, "")):
        return datetime.combine(found, clock, tzinfo=zone), False, None
    if cells.get(Role.START_TIME):
        return None, False, Flaw.BAD_DATE
    return datetime.combine(found, time.min, tzinfo=zone), True, None


def _end(
    cells: dict[Role, str], starts_at: datetime, layout: Layout, zone: ZoneInfo, *, is_all_day: bool
) -> datetime | None:
    found = moment_of(cells.get(Role.END, ""), zone=zone, month_first=layout.month_first)
    clock = time_of(cells.get(Role.END_TIME, "")) or time_of(cells.get(Role.END, ""))
    if isinstance(found, datetime):
        return found
    if is_all_day:
        day = found or starts_at.date()
        return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)
    if clock:
        return datetime.combine(found or starts_at.date(), clock, tzinfo=zone)
    length = length_of(cells.get(Role.LENGTH, ""))
    return starts_at + length if length else None


def _person(cells: dict[Role, str], layout: Layout, today: date) -> tuple[Person | None, str]:
    born = birth_day_of(cells.get(Role.BIRTH_DATE, ""), today=today, month_first=layout.month_first)
    phone = cells.get(Role.PHONE, "")
    last, first = cells.get(Role.LAST_NAME, ""), cells.get(Role.FIRST_NAMES, "")
    if last and first:
        return Person(last, first, born, phone), ""
    for role in (Role.FULL_NAME, Role.LAST_NAME):
        if (names := split_name(cells.get(role, ""))) is not None:
            return Person(*names, born, phone), ""
    found, rest = person_of(cells.get(Role.TITLE, "") or cells.get(Role.FULL_NAME, ""), today=today)
    if found is None:
        return None, rest
    return Person(found.last_name, found.first_names, born or found.birth_date, phone or found.phone), rest
