"""Names of people: how they are written, and how they are compared."""

import re
import unicodedata
from typing import Final

_APART: Final = re.compile(r"[\s\-'’.]+")


def written(last_name: str, first_name: str) -> str:
    """Return "NOM Prénom", the order and case French administrations use."""
    return f"{last_name.upper()} {first_name}".strip()


def normalised(text: str) -> str:
    """Return the key under which a name is searched: no case, no accents, one space between parts.

    "Œuvrard-N’Guessan" and "oeuvrard n guessan" give the same key.
    """
    folded = text.casefold().replace("œ", "oe").replace("æ", "ae")
    decomposed = unicodedata.normalize("NFKD", folded)
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return _APART.sub(" ", bare).strip()
