"""The people who answer, and the sign-ins printed at the end of a load."""

import datetime as dt
from dataclasses import dataclass

from decroche.demo.catalogue import CABINETS
from decroche.demo.plan import Cabinet

DEMO_PASSWORD = "decroche-demo"  # noqa: S105 - written on the first screen of every demo, and of nothing else
MAIL_DOMAIN = "demo.example"


@dataclass(frozen=True)
class Answerer:
    """A secretary or a supervisor; ``knows`` gives how well she knows each practice, 0 (never) to 1."""

    login: str
    civility: str
    first: str
    last: str
    starts: dt.time
    ends: dt.time
    knows: dict[str, float]
    zone: str = "Europe/Paris"
    supervisor: bool = False
    language: str = "fr"


_EVERY = {cabinet.key: 0.12 for cabinet in CABINETS}


def _knows(**well: float) -> dict[str, float]:
    return _EVERY | {key.replace("_", "-"): share for key, share in well.items()}


FIRM_NAME = "Secrétariat Belle-Isle"
FIRM = (
    Answerer("diallo", "mme", "Aïssata", "Diallo", dt.time(8), dt.time(16, 30),
             _knows(tilleuls=0.95, confluence=0.85, coquelicots=0.7, peyroux=0.4, saint_martin=0.3)),
    Answerer("le-goff", "mme", "Nathalie", "Le Goff", dt.time(8), dt.time(16),
             _knows(tilleuls=0.8, saint_martin=0.95, loire=0.9, regard=0.3)),
    Answerer("benali", "mme", "Karima", "Benali", dt.time(8, 30), dt.time(17),
             _knows(bergeres=0.95, coquelicots=0.85, remparts=0.5, pascalini=0.4)),
    Answerer("roussel", "mme", "Clémence", "Roussel", dt.time(9), dt.time(17, 30),
             _knows(regard=0.95, lasserande=0.85, pascalini=0.7, confluence=0.4)),
    Answerer("nguyen", "mme", "Thi-Lan", "Nguyen", dt.time(9), dt.time(18),
             _knows(remparts=0.95, peyroux=0.9, loire=0.6, tilleuls=0.35)),
    Answerer("marchand", "m", "Julien", "Marchand", dt.time(10, 30), dt.time(19),
             _knows(pascalini=0.9, lasserande=0.7, regard=0.7, saint_martin=0.6)),
    Answerer("ferreira", "mme", "Sandra", "Ferreira", dt.time(12, 30), dt.time(21),
             _knows(anse=0.95, bellefeuille=0.9, tilleuls=0.5, bergeres=0.4)),
    Answerer("marie-sainte", "mme", "Yolaine", "Marie-Sainte", dt.time(13), dt.time(22),
             _knows(anse=0.9, bellefeuille=0.95, coquelicots=0.4, confluence=0.3), language="fr"),
)  # fmt: skip
SUPERVISOR = Answerer(
    "vasseur", "mme", "Isabelle", "Vasseur", dt.time(8, 30), dt.time(18), _EVERY, supervisor=True
)
SOLO_NAME = "Secrétariat Marie-Ange Hoarau"
SOLO = Answerer(
    "hoarau",
    "mme",
    "Marie-Ange",
    "Hoarau",
    dt.time(8, 30),
    dt.time(18),
    {"landriel": 1.0, "montezin": 1.0},
    zone="Indian/Reunion",
)
SOLO_CABINETS = frozenset({"landriel", "montezin"})
"""The practices of the independent secretary; the firm has the others."""


@dataclass(frozen=True)
class SignIn:
    """One line of what a newcomer reads at the end of ``make demo``."""

    email: str
    role: str
    name: str
    password: str = DEMO_PASSWORD

    @property
    def caption(self) -> str:
        """Return what the demo's entrance says of this person: "group: role, place" (see accounts' sign-in page)."""
        at_the_desk, at_the_practice = (
            "secréta" in self.role,
            self.role in {"praticienne", "équipe sur place"},
        )
        group = (
            "Au secrétariat" if at_the_desk else "Au cabinet" if at_the_practice else "Pour l’installation"
        )
        return f"{group}: {self.role}, {self.name.partition(', ')[2]}"


def address(login: str) -> str:
    """Return a demo e-mail address."""
    return f"{login}@{MAIL_DOMAIN}"


def doctor_login(cabinet: Cabinet, rank: int) -> str:
    """Return the login of a practitioner: the family name without accents, dashes kept."""
    return plain(cabinet.doctors[rank].last)


def plain(name: str) -> str:
    """Return a name as it stands in a demo address."""
    swapped = name.casefold().translate(str.maketrans("àâäçéèêëîïôöùûüÿ' ", "aaaceeeeiioouuuy--"))
    return swapped.replace("œ", "oe")


SIGN_INS: tuple[SignIn, ...] = (
    SignIn(address("diallo"), "secrétaire", "Mme Diallo, " + FIRM_NAME),
    SignIn(address("le-goff"), "secrétaire", "Mme Le Goff, " + FIRM_NAME),
    SignIn(address("vasseur"), "responsable du secrétariat", "Mme Vasseur, " + FIRM_NAME),
    SignIn(address("hoarau"), "secrétaire indépendante", "Mme Hoarau, à La Réunion"),
    SignIn(address("vauquelin"), "praticienne", "Dr Vauquelin, Cabinet médical des Tilleuls"),
    SignIn(address("rosalba"), "praticienne", "Dr Rosalba, Schœlcher (Martinique)"),
    SignIn(address("granger"), "équipe sur place", "Mme Granger, Cabinet médical des Tilleuls"),
    SignIn(address("admin"), "administration", "Camille Lenoir, l'installation"),
)
