"""On what terms such practices give their appointments: by the visit type's own words, nothing invented twice."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Terms:
    """What a visit type asks beyond its length; names match the columns of the agenda."""

    online: bool = False
    new_patients: str = "any"
    notice_minutes: int = 0
    horizon_days: int | None = None
    before: int = 0
    after: int = 0
    per_day: int | None = None
    place: str = "site"
    machine: str = ""
    preparation: str = ""
    questions: tuple[str, ...] = ()
    series: tuple[int, int] | None = None


_HOME = Terms(
    place="home", notice_minutes=180, after=10, per_day=6,
    questions=("À quel étage, et quel nom sur la sonnette ?", "Quelqu’un pourra-t-il ouvrir ?"),
)  # fmt: skip
_SERIES = Terms(series=(6, 2), questions=("L’ordonnance est-elle à portée de main ?",))

#: By a piece of the name; the first that matches counts.
TERMS: tuple[tuple[str, Terms], ...] = (
    ("à domicile", _HOME),
    ("Séance de kiné", _SERIES),
    ("périnée", _SERIES),
    ("vestibulaire", _SERIES),
    ("Photothérapie", Terms(series=(12, 3))),
    ("Urgence", Terms(notice_minutes=0, horizon_days=2)),
    ("Nouveau patient", Terms(online=True, new_patients="only_new", notice_minutes=24 * 60, per_day=3,
        preparation="Apporter la carte Vitale, les ordonnances en cours et les derniers résultats.")),
    ("Première consultation", Terms(online=True, new_patients="only_new", notice_minutes=48 * 60, per_day=4,
        preparation="Apporter le courrier du médecin traitant et la liste des médicaments.",
        questions=("Qui vous adresse ?",))),
    ("1re", Terms(new_patients="only_new", notice_minutes=48 * 60)),
    ("Échographie cardiaque", Terms(machine="Échographe", after=5,
        preparation="Rien de particulier : on peut manger et prendre ses médicaments.")),
    ("Échographie pelvienne", Terms(machine="Échographe", preparation="Boire un demi-litre d’eau une heure avant.")),
    ("Épreuve d'effort", Terms(machine="Salle d’effort", before=10, after=10, per_day=4,
        preparation="Venir en chaussures de sport, sans café depuis le matin.")),
    ("Laser", Terms(machine="Salle laser", after=10)),
    ("Fond d'œil", Terms(preparation="Ne pas conduire pendant quatre heures : venir accompagné.",
        questions=("Quelqu’un pourra-t-il ramener le patient ?",))),
    ("Champ visuel", Terms(machine="Appareil de champ visuel")),
    ("Petite chirurgie", Terms(machine="Salle de soins", after=15, per_day=4)),
    ("Vaccination", Terms(online=True, preparation="Apporter le vaccin, gardé au frais.")),
    ("Certificat", Terms(online=True, notice_minutes=24 * 60, horizon_days=60,
        questions=("Pour quel sport, et pour quand ?",))),
    ("Renouvellement", Terms(online=True, horizon_days=90)),
    ("Consultation", Terms(online=True, notice_minutes=60, horizon_days=180)),
    ("Suivi", Terms(online=True, notice_minutes=120)),
    ("Contrôle", Terms(online=True, notice_minutes=120)),
)  # fmt: skip


def terms_of(name: str) -> Terms:
    """Return the terms that a visit type of this name has; the plain ones when nothing is known."""
    return next((terms for piece, terms in TERMS if piece in name), Terms())
