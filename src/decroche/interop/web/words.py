"""Word what an import says of a file and of its lines."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from decroche.interop.domain.lines import FileFlaw
from decroche.interop.domain.table import Role

_NOTES = {
    "no-date": gettext_lazy("sans date"),
    "bad-date": gettext_lazy("date illisible"),
    "ends-before": gettext_lazy("finit avant de commencer"),
    "too-long": gettext_lazy("trop long"),
    "too-fine": gettext_lazy("se répète plusieurs fois par heure"),
    "out-of-period": gettext_lazy("hors de la période"),
    "cancelled": gettext_lazy("annulé dans l’ancien agenda"),
    "free": gettext_lazy("marqué « disponible » dans l’ancien agenda"),
    "away": gettext_lazy("le titre dit une absence"),
    "all-day": gettext_lazy("dure toute la journée"),
    "long": gettext_lazy("dure plus de quatre heures"),
    "nobody": gettext_lazy("aucun nom de patient reconnu"),
    "past-absence": gettext_lazy("absence passée"),
    "whose": gettext_lazy("praticien inconnu du cabinet"),
    "type-by-length": gettext_lazy("motif d’après la durée"),
    "type-default": gettext_lazy("motif par défaut"),
    "length-guessed": gettext_lazy("durée du motif"),
    "conflict": gettext_lazy("créneau déjà pris"),
    "twice": gettext_lazy("chevauche une autre ligne du fichier"),
    "outside": gettext_lazy("hors des plages d’ouverture"),
    "here": gettext_lazy("déjà dans l’agenda"),
    "namesake": gettext_lazy("reconnu d’après le nom seul"),
    "alike": gettext_lazy("même date de naissance, nom proche"),
    "no-birth-date": gettext_lazy("sans date de naissance"),
    "by-hand": gettext_lazy("décidé à la main"),
}
_WHY = {
    "taken": gettext_lazy("le créneau était pris"),
    "undecided": gettext_lazy("personne n’a dit qui vient"),
    "bad-name": gettext_lazy("ce nom ne peut pas en être un"),
    "touched": gettext_lazy("modifié depuis l’import"),
}
_FILES = {
    FileFlaw.EMPTY: gettext_lazy("Ce fichier ne contient aucun rendez-vous."),
    FileFlaw.TOO_LARGE: gettext_lazy("Ce fichier dépasse 10 Mo. Exportez une période plus courte."),
    FileFlaw.TOO_MANY: gettext_lazy("Plus de 5 000 lignes : choisissez une période plus courte."),
    FileFlaw.NOT_A_CALENDAR: gettext_lazy("Ce fichier n’est pas un calendrier lisible."),
    FileFlaw.NOT_A_TABLE: gettext_lazy(
        "Ce fichier n’est ni un calendrier (.ics) ni un tableau (.csv). Depuis un tableur, enregistrez au format CSV."
    ),
}
_ROLES = {
    Role.NOTHING: gettext_lazy("ne pas lire"),
    Role.START: gettext_lazy("date (ou date et heure)"),
    Role.START_TIME: gettext_lazy("heure de début"),
    Role.END: gettext_lazy("date de fin"),
    Role.END_TIME: gettext_lazy("heure de fin"),
    Role.LENGTH: gettext_lazy("durée"),
    Role.TITLE: gettext_lazy("titre"),
    Role.FULL_NAME: gettext_lazy("nom et prénom"),
    Role.LAST_NAME: pgettext_lazy("person", "nom"),
    Role.FIRST_NAMES: gettext_lazy("prénom"),
    Role.BIRTH_DATE: gettext_lazy("date de naissance"),
    Role.PHONE: gettext_lazy("téléphone"),
    Role.VISIT_TYPE: gettext_lazy("motif"),
    Role.PRACTITIONER: gettext_lazy("praticien"),
    Role.STATUS: gettext_lazy("statut"),
}
DELIMITER_NAMES = {
    ";": gettext_lazy("point-virgule"),
    ",": gettext_lazy("virgule"),
    "\t": gettext_lazy("tabulation"),
    "|": gettext_lazy("barre"),
}


def file_sentence(flaw: FileFlaw) -> str:
    """Say why a file cannot be read and what to do."""
    return str(_FILES[flaw])


def note_words(codes: list[str]) -> str:
    """Word the notes of a line; what goes without saying is left out."""
    return ", ".join(str(_NOTES[code]) for code in codes if code in _NOTES)


def why_words(code: str) -> str:
    """Word why a line was not imported, or was kept."""
    return str(_WHY.get(code, ""))


def role_choices() -> list[tuple[str, str]]:
    """List what a column can be."""
    return [(role.value, str(words)) for role, words in _ROLES.items()]


def encoding_choices() -> list[tuple[str, str]]:
    """List how letters can be written."""
    return [
        ("utf-8-sig", _("moderne (UTF-8)")),
        ("cp1252", _("Windows (français)")),
        ("utf-16", _("Excel (Unicode)")),
    ]
