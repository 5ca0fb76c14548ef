"""Set the telephone up as such a firm does: teams, languages, a policy, who is known, what is said of calls."""

import datetime as dt

from decroche.accounts.models import User
from decroche.calls.models import (
    CallerKind,
    DistributionPolicy,
    KnownCaller,
    NumberConsent,
    OutgoingRules,
    Reach,
    Reachability,
    Skill,
    Team,
)
from decroche.demo.catalogue import CABINETS
from decroche.demo.loading.stage import Spot, Stage
from decroche.demo.phones import LANDLINES
from decroche.demo.team import FIRM, FIRM_NAME, SUPERVISOR
from decroche.practices.models import Practice, Secretariat

#: The firm's teams: who opens, who closes, who keeps the clock of Martinique.
_TEAMS = {
    "Matin": ("diallo", "le-goff", "benali", "roussel"),
    "Après-midi": ("nguyen", "marchand", "ferreira", "marie-sainte"),
    "Antilles": ("ferreira", "marie-sainte"),
}
_SKILLS = {
    "diallo": ("en", "pt"),
    "benali": ("ar", "en"),
    "nguyen": ("vi",),
    "ferreira": ("pt", "gcf"),
    "marie-sainte": ("gcf", "en"),
    "marchand": ("pédiatrie",),
    "roussel": ("pédiatrie",),
}
#: Whom most practices know: label, kind, comes first, may reach the practitioner.
_KNOWN = (
    ("Laboratoire du Val", CallerKind.LABORATORY, True, True),
    ("Centre hospitalier, urgences", CallerKind.HOSPITAL, True, True),
    ("Pharmacie du Marché", CallerKind.PHARMACY, True, False),
)
_FROM = 9_940  # the last numbers of the fictional blocks: nobody else of the demo world has them
#: Who said something of calls today: cabinet, rank, what, for how many hours.
_WORDS = (
    ("tilleuls", 1, Reach.CONSULTING, 2),
    ("tilleuls", 3, Reach.URGENT, 3),
    ("anse", 0, Reach.ROUNDS, 4),
)
_LENDS = frozenset({"tilleuls", "anse", "coquelicots"})


def write_telephony(stage: Stage) -> None:
    """Write what the firm and its practices have set; a dozen inserts."""
    secretariat = Secretariat.objects.get(name=FIRM_NAME)
    supervisor = User.objects.get(pk=stage.users[SUPERVISOR.login])
    _people(stage, secretariat)
    DistributionPolicy.objects.create(secretariat=secretariat)
    OutgoingRules.objects.create(
        secretariat=secretariat, number=f"{LANDLINES['01']}{_FROM - 1:04d}", prefixes=["+32", "+41"]
    )
    _callers()
    _said(stage, supervisor)


def _people(stage: Stage, secretariat: Secretariat) -> None:
    known = {person.login for person in FIRM}
    for name, logins in _TEAMS.items():
        team = Team.objects.create(secretariat=secretariat, name=name)
        team.members.set([stage.users[login] for login in logins if login in known])
    Skill.objects.bulk_create(
        Skill(secretariat=secretariat, user_id=stage.users[login], code=code)
        for login, codes in _SKILLS.items()
        for code in codes
    )


def _callers() -> None:
    KnownCaller.objects.bulk_create(
        KnownCaller(
            practice=practice,
            number=f"{LANDLINES['02']}{_FROM + number:04d}",
            label=label,
            kind=kind,
            comes_first=first,
            is_put_through=through,
        )
        for practice in Practice.objects.all()
        for number, (label, kind, first, through) in enumerate(_KNOWN)
    )


def _said(stage: Stage, supervisor: User) -> None:
    Reachability.objects.bulk_create(
        Reachability(
            practitioner_id=stage.doctors[Spot(key, rank)],
            state=state,
            until=stage.now + dt.timedelta(hours=hours),
            changed_at=stage.now,
            changed_by=supervisor,
        )
        for key, rank, state, hours in _WORDS
    )
    lent = [cabinet for cabinet in CABINETS if cabinet.key in _LENDS]
    NumberConsent.objects.bulk_create(
        NumberConsent(
            line_id=stage.lines[Spot(cabinet.key, 0)][0],
            given_by_name=f"Dr {cabinet.doctors[0].last}",
            given_at=stage.now - dt.timedelta(days=200),
            recorded_by=supervisor,
        )
        for cabinet in lent
    )
