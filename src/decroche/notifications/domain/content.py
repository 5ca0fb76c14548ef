"""Keep anything medical out of what travels in clear; name the sender within eleven characters."""

import re

from decroche.kernel.names import normalised

LONGEST_SENDER = 11
LONGEST_SMS = 480
"""Characters; three segments of concatenated SMS at most."""
SHORTEST_SENDER = 3
_LATIN = re.compile(r"[^A-Za-z0-9]")
_NOT_WORDS = re.compile(r"[^a-z0-9]+")
_EMPTY_WORDS = frozenset(
    {"CABINET", "MEDICAL", "DU", "DE", "DES", "D", "L", "ET", "LA", "LE", "LES", "DOCTEUR", "DR"}
)

# Stems of words that would tell a stranger who reads the telephone why its owner sees whom.
MEDICAL_STEMS = (
    "ordonnance", "resultat", "analyse", "biopsie", "cancer", "tumeur", "chimio", "grossesse", "ivg", "vih",
    "depression", "psych", "addict", "alcool", "dialyse", "diabet", "cardio", "dermat", "gyneco", "urolog",
    "oncolog", "neurolog", "ophtalmo", "rhumato", "pneumo", "gastro", "pediatr", "kinesi", "sage femme", "dentist",
    "orthodont", "orthophon", "radiolog", "echograph", "scanner", "irm", "vaccin", "traitement", "medicament",
    "maladie", "symptom", "douleur", "diagnostic", "chirurg", "operation", "hospital", "generaliste", "infirm",
)  # fmt: skip


class MedicalContent(ValueError):
    """The text says something medical; ``word`` is what gave it away."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


class TooLongForSms(ValueError):
    """More than three segments."""


def check(text: str, *, speciality_words: tuple[str, ...] = ()) -> None:
    """Refuse a text that names a reason, a treatment or a speciality.

    Raises:
        MedicalContent: with the word that gave it away.

    """
    if word := _telling_word(text, (*MEDICAL_STEMS, *map(normalised, speciality_words))):
        raise MedicalContent(word)


def sender_name(name: str) -> str:
    """Shorten a practice's name to what an SMS can carry as sender: 3 to 11 plain letters and digits."""
    words = [_LATIN.sub("", word).upper() for word in normalised(name).split()]
    kept = [
        word for word in words if word and word not in _EMPTY_WORDS and not _telling_word(word, MEDICAL_STEMS)
    ]
    text = ""
    for word in kept:
        longer = f"{text} {word}".strip()
        if len(longer) > LONGEST_SENDER:
            break
        text = longer
    text = text or "".join(kept)[:LONGEST_SENDER]
    return text if len(text) >= SHORTEST_SENDER else "CABINET"


def _telling_word(text: str, stems: tuple[str, ...]) -> str:
    words = f" {_NOT_WORDS.sub(' ', normalised(text))} "
    for stem in stems:
        if stem and f" {stem}" in words:
            return stem
    return ""
