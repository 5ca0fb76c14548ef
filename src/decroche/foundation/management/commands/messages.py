"""Gather, update and compile the English catalogue of each room, without system gettext.

French is the language of the source: a sentence is its own key. So there is one catalogue a
room, English, in ``<room>/locale/en/LC_MESSAGES/django.po``.
"""

from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation.template import templatize

import decroche

PACKAGE = Path(decroche.__file__).parent
KEYWORDS = dict(DEFAULT_KEYWORDS) | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


class Command(BaseCommand):
    """Update (and compile) the catalogues of the named rooms, or of all; ``--compile-only`` touches no .po."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("rooms", nargs="*")
        parser.add_argument("--compile-only", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        rooms = options["rooms"] or rooms_with_words()
        for room in rooms:
            if not options["compile_only"]:
                missing = update(room)
                if missing:
                    self.stdout.write(f"{room}: {len(missing)} to translate")
            compile_catalogue(room)


def rooms_with_words() -> list[str]:
    """Return the rooms that have templates or Python, all of them in practice."""
    return sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))


def catalogue_path(room: str) -> Path:
    """Return where a room keeps its English."""
    return PACKAGE / room / "locale" / "en" / "LC_MESSAGES" / "django.po"


def gather(room: str) -> Catalog:
    """Return every sentence that the room's code and templates mark for translation."""
    found = Catalog()
    root = PACKAGE / room
    sources = [*root.rglob("*.py"), *root.glob("templates/**/*.html"), *root.glob("templates/**/*.txt")]
    for path in sorted(sources):
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            # What is left of the markup keeps its indentation, which Python's tokenizer would refuse.
            text = "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).split("\n"))
        for line, message, comments, context in extract("python", BytesIO(text.encode()), KEYWORDS):
            found.add(
                message,
                locations=[(str(path.relative_to(root)), line)],
                auto_comments=comments,
                context=context,
            )
    return found


def update(room: str) -> list[str]:
    """Merge what was gathered into the room's catalogue; return the sentences that have no English."""
    gathered, path = gather(room), catalogue_path(room)
    if not len(gathered) and not path.exists():
        return []
    old = _read(path) if path.exists() else Catalog(locale="en", domain="django")
    new = Catalog(locale="en", domain="django", project="decroche", fuzzy=False)
    for message in gathered:
        if not message.id:
            continue
        known = old.get(message.id, context=message.context)
        string = known.string if known else None
        if isinstance(string, str) == isinstance(message.id, tuple):
            string = None  # it was one sentence and has become two, or the other way round
        new.add(
            message.id,
            string,
            locations=sorted({(name, 0) for name, _ in message.locations}),
            context=message.context,
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = BytesIO()
    write_po(buffer, new, sort_output=True, omit_header=False, include_lineno=False, width=110)
    text = "".join(
        line
        for line in buffer.getvalue().decode().splitlines(keepends=True)
        if not line.startswith(('"POT-Creation-Date', '"PO-Revision-Date'))
    )
    path.write_text(text, encoding="utf-8")
    return untranslated(new)


def untranslated(catalogue: Catalog) -> list[str]:
    """Return the keys whose English is missing, in whole or for one of the plural forms, or fuzzy."""
    return [
        str(message.id)
        for message in catalogue
        if message.id
        and (
            message.fuzzy
            or not message.string
            or (isinstance(message.string, tuple) and not all(message.string))
        )
    ]


def compile_catalogue(room: str) -> None:
    """Write the room's ``.mo`` beside its ``.po``."""
    path = catalogue_path(room)
    if not path.exists():
        return
    with path.with_suffix(".mo").open("wb") as target:
        write_mo(target, _read(path))


def _read(path: Path) -> Catalog:
    with path.open("rb") as source:
        return read_po(source, locale="en", domain="django")
