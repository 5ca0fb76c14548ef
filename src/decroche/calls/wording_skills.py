"""Name what secretaries can do: languages by their code, everything else as the supervisor wrote it."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from decroche.kernel.names import normalised

LANGUAGES: Final[Mapping[str, str | Promise]] = {
    "en": gettext_lazy("Anglais"),
    "ar": gettext_lazy("Arabe"),
    "es": gettext_lazy("Espagnol"),
    "pt": gettext_lazy("Portugais"),
    "de": gettext_lazy("Allemand"),
    "it": gettext_lazy("Italien"),
    "tr": gettext_lazy("Turc"),
    "zh": gettext_lazy("Chinois"),
    "vi": gettext_lazy("Vietnamien"),
    "ru": gettext_lazy("Russe"),
    "uk": gettext_lazy("Ukrainien"),
    "pl": gettext_lazy("Polonais"),
    "ro": gettext_lazy("Roumain"),
    "gcf": gettext_lazy("Créole"),
    "ber": gettext_lazy("Berbère"),
    "fsl": gettext_lazy("Langue des signes"),
}


def skill_name(code: str) -> str:
    """Return a skill as people say it."""
    known = LANGUAGES.get(code)
    return str(known) if known is not None else code[:1].upper() + code[1:]


def skill_code(typed: str) -> str:
    """Return the code under which a skill is kept: a language's own, whichever way it was written."""
    text = " ".join(typed.split())
    wanted = normalised(text)
    for code, name in LANGUAGES.items():
        if wanted in {normalised(code), normalised(str(name))}:
            return code
    return text.lower()
