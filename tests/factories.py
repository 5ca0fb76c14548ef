"""Make the people and places that stories need, in one line each."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from decroche.accounts.models import User
from decroche.accounts.permissions import Role
from decroche.practices.models import (
    AccessCard,
    Line,
    Mandate,
    Practice,
    PracticeMember,
    Practitioner,
    Secretariat,
    SecretariatMember,
    Site,
)

_number = count(1)
PASSWORD = "correct-cheval-pile-agrafe"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def make_user(**fields: Any) -> User:
    n = next(_number)
    known = {
        "email": f"personne{n}@exemple.test",
        "first_name": "Awa",
        "last_name": f"Diallo{n}",
        "civility": "mme",
    }
    return User.objects.create_user(password=PASSWORD, **known | fields)


def make_secretariat(**fields: Any) -> Secretariat:
    return Secretariat.objects.create(**{"name": f"Secrétariat {next(_number)}"} | fields)


def make_practice(*, with_site: bool = True, **fields: Any) -> Practice:
    """Return a practice with its main site and access card (unless told otherwise), in Lyon."""
    n = next(_number)
    known = {
        "name": f"Cabinet {n}",
        "speciality": "médecine générale",
        "department": "69",
        "timezone": "Europe/Paris",
    }
    practice = Practice.objects.create(**known | fields)
    if with_site:
        make_site(practice=practice, is_main=True, timezone=practice.timezone)
    return practice


def make_site(*, practice: Practice, **fields: Any) -> Site:
    known = {"name": "Cabinet", "address_line": "12 rue des Lilas", "postcode": "69003", "city": "Lyon"}
    site = Site.objects.create(practice=practice, **known | fields)
    AccessCard.objects.create(
        site=site, landmark="en face de la boulangerie", door_code="12B45", floor="1er étage"
    )
    return site


def make_practitioner(*, practice: Practice, **fields: Any) -> Practitioner:
    n = next(_number)
    known = {
        "title": "Dr",
        "first_name": "Claire",
        "last_name": f"Roussel{n}",
        "speciality": practice.speciality,
    }
    return Practitioner.objects.create(practice=practice, **known | fields)


def make_line(*, practice: Practice, **fields: Any) -> Line:
    known = {"number": f"+3319900{next(_number):04d}", "greeting": "Cabinet du docteur Roussel, bonjour."}
    return Line.objects.create(practice=practice, **known | fields)


def make_mandate(*, secretariat: Secretariat, practice: Practice, **fields: Any) -> Mandate:
    known = {"starts_on": date(2020, 1, 1), "signed_at": LONG_AGO}
    return Mandate.objects.create(secretariat=secretariat, practice=practice, **known | fields)


def make_secretary(
    *, secretariat: Secretariat | None = None, practices: tuple[Practice, ...] = (), **fields: Any
) -> User:
    """Return a secretary whose secretariat holds a signed mandate for each of the practices."""
    secretariat = secretariat or make_secretariat()
    user = make_user(**fields)
    SecretariatMember.objects.create(secretariat=secretariat, user=user, role=Role.SECRETARY)
    for practice in practices:
        if (
            not Mandate.objects.with_scopes_disabled()
            .filter(secretariat=secretariat, practice=practice)
            .exists()
        ):
            make_mandate(secretariat=secretariat, practice=practice)
    return user


def make_supervisor(*, secretariat: Secretariat, **fields: Any) -> User:
    user = make_user(**fields)
    SecretariatMember.objects.create(secretariat=secretariat, user=user, role=Role.SUPERVISOR)
    return user


def make_practice_person(*, practice: Practice, role: Role = Role.PRACTITIONER, **fields: Any) -> User:
    """Return someone of the practice itself: a practitioner or on-site staff."""
    user = make_user(**fields)
    PracticeMember.objects.create(practice=practice, user=user, role=role)
    return user
