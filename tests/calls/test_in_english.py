"""The calls room in English: its own words, whatever another room makes of the same French word."""

from pathlib import Path

from babel.messages.pofile import read_po
from django.utils import translation
from django.utils.translation import gettext, pgettext

import decroche.calls

CATALOGUE = Path(decroche.calls.__file__).parent / "locale/en/LC_MESSAGES/django.po"
NEVER_SHOWN = {"Personne", "motif"}  # names of a field and of an absence, for the code alone


def test_every_sentence_reads_as_the_room_says_it() -> None:
    with CATALOGUE.open("rb") as file:
        written = [one for one in read_po(file) if isinstance(one.id, str) and one.id not in NEVER_SHOWN]
    with translation.override("en"):
        other = {
            one.id: shown
            for one in written
            if one.id
            and (shown := pgettext(one.context, one.id) if one.context else gettext(one.id)) != one.string
        }
    assert other == {}
