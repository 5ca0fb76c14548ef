"""Read a few lines pasted from a directory or a spreadsheet: a name, a number, perhaps what it is."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from decroche.calls.actions.save_known_callers import Entry
from decroche.calls.models import CallerKind
from decroche.kernel import phone
from decroche.kernel.names import normalised

MOST_LINES: Final = 100
LONGEST_LINE: Final = 200
LONGEST_NAME: Final = 80
_CUTS: Final = re.compile(r"[;\t|]|,(?!\d)")
_NUMBER: Final = re.compile(r"(?:\+|00)?\d(?:[\s\u00a0\u202f.\-/()]*\d){6,17}")
#: The beginnings of words by which people name what a caller is.
_WORDS: Final = {
    CallerKind.LABORATORY: ("labo", "biolog", "analyse"),
    CallerKind.HOSPITAL: ("hopital", "chu", "ch", "clinique", "centre hospitalier", "urgences", "samu"),
    CallerKind.PHARMACY: ("pharma",),
    CallerKind.COLLEAGUE: ("dr", "docteur", "confrere", "pr", "professeur"),
}


@dataclass(frozen=True, slots=True)
class Refused:
    """Hold a pasted line that cannot be kept, and why."""

    line: str
    why: str


@dataclass(frozen=True, slots=True)
class Pasted:
    """Hold what was understood of a paste."""

    entries: tuple[Entry, ...]
    refused: tuple[Refused, ...]


def read_paste(text: str, *, region: str, known: Collection[str]) -> Pasted:
    """Read pasted lines. A number that is on the list already, or twice in the paste, is refused with its reason."""
    entries: dict[str, Entry] = {}
    refused = []
    lines = [line.strip() for line in text.replace("\x00", "").splitlines() if line.strip()]
    for line in lines[:MOST_LINES]:
        entry, why = _read(line[:LONGEST_LINE], region)
        if entry is not None and entry.number in known:
            why = _("ce numéro est déjà dans la liste")
        elif entry is not None and entry.number in entries:
            why = _("ce numéro vient deux fois")
        if entry is None or why:
            refused.append(Refused(line[:LONGEST_LINE], why))
        else:
            entries[entry.number] = entry
    refused += [
        Refused(line[:LONGEST_LINE], _("cent lignes au plus à la fois")) for line in lines[MOST_LINES:]
    ]
    return Pasted(tuple(entries.values()), tuple(refused))


def _read(line: str, region: str) -> tuple[Entry | None, str]:
    found = _NUMBER.search(line)
    number = phone.parse_or_none(found.group(), region=region) if found else None
    if found is None or number is None:
        return None, _("aucun numéro de téléphone lisible")
    name, kind = _name_and_kind(line[: found.start()] + ";" + line[found.end() :])
    if not name:
        return None, _("il manque le nom")
    return Entry(number, name[:LONGEST_NAME], kind), ""


def _name_and_kind(rest: str) -> tuple[str, str]:
    parts = [part.strip(" -:.\"'\u00a0\u202f") for part in _CUTS.split(rest)]
    parts = [part for part in parts if part]
    kind = next((found for part in reversed(parts) for found in _kinds(part)), CallerKind.OTHER)
    # A cell that only says what it is is no name, unless there is no other.
    names = [part for part in parts if normalised(part) not in _KIND_NAMES] or parts
    return (" ".join(names[0].split()) if names else ""), kind


_KIND_NAMES: Final = frozenset(
    {"laboratoire", "hopital", "confrere", "pharmacie", "autre", "labo", "hospital", "laboratory", "pharmacy"}
)


def _kinds(part: str) -> Iterator[CallerKind]:
    words = f" {normalised(part)}"
    for kind, beginnings in _WORDS.items():
        for beginning in beginnings:
            whole = len(beginning) <= 3  # noqa: PLR2004 - "ch" is a hospital, "chaussures" is none
            if f" {beginning} " in f"{words} " if whole else f" {beginning}" in words:
                yield kind
