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
    # Twice, as Unicode's own caseless matching does: "℠" has no lower case but decomposes to "SM".
    once = unicodedata.normalize("NFKD", text.casefold())
    decomposed = unicodedata.normalize("NFKD", once.casefold()).replace("œ", "oe").replace("æ", "ae")
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return _APART.sub(" ", bare).strip()
