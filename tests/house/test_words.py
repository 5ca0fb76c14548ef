"""French and English are both complete, and French is set as French is."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

import decroche
from decroche.foundation.management.commands import messages

PACKAGE = Path(decroche.__file__).parent
ROOMS = messages.rooms_with_words()
NARROW = "\u202f"


def _catalogue(room: str) -> Catalog:
    path = messages.catalogue_path(room)
    return messages._read(path) if path.exists() else Catalog(locale="en")


@pytest.mark.parametrize("room", ROOMS)
def test_every_sentence_has_its_english(room: str) -> None:
    gathered = {
        (m.id if isinstance(m.id, str) else m.id[0], m.context) for m in messages.gather(room) if m.id
    }
    known = {(m.id if isinstance(m.id, str) else m.id[0], m.context) for m in _catalogue(room) if m.id}
    advice = f"run `manage.py messages {room}`, then translate"
    assert gathered - known == set(), advice
    assert messages.untranslated(_catalogue(room)) == [], advice
    assert known - gathered == set(), f"{advice} (these are said no more)"


@pytest.mark.parametrize("room", ROOMS)
def test_the_english_fills_in_the_same_blanks(room: str) -> None:
    blank = re.compile(r"%\((\w+)\)[sd]")
    for message in _catalogue(room):
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        strings = [message.string] if isinstance(message.string, str) else list(message.string)
        wanted = set(blank.findall(" ".join(ids)))
        for string in strings:
            assert set(blank.findall(string)) <= wanted, f"{room}: {message.id} → {string}"


def test_rooms_that_say_the_same_in_french_say_the_same_in_english() -> None:
    """Django keeps one English for a sentence, the first room's; another sense needs a context."""
    said: dict[tuple[object, object], dict[object, list[str]]] = {}
    for room in ROOMS:
        for message in _catalogue(room):
            if message.id:
                senses = said.setdefault((message.context, message.id), {})
                senses.setdefault(message.string, []).append(room)
    assert {key: senses for key, senses in said.items() if len(senses) > 1} == {}


@pytest.mark.parametrize("room", ROOMS)
def test_french_typography(room: str) -> None:
    """Narrow no-break spaces before : ; ! ? and inside « », curly apostrophes, no "Erreur"."""
    wrong = []
    for message in _catalogue(room):
        for sentence in [message.id] if isinstance(message.id, str) else list(message.id):
            plain = re.sub(r"%\(\w+\)[sd]|https?://\S+|\d+:\d+|:\w+:", "x", sentence)
            spaced = re.search(
                r"[^\s\u202f0-9][:;!?](?:\s|$)|[ \u00a0][:;!?](?:\s|$)|«[^\u202f]|[^\u202f]»", plain
            )
            if spaced or re.search(r"\w'\w", plain) or re.search(r"\bErreur", plain):
                wrong.append(sentence)
    assert wrong == [], room
