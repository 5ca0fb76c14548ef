"""Name a team (a secretariat or a practice, seen as people) and say who may compose it."""

from dataclasses import dataclass
from enum import StrEnum

from decroche.accounts.domain.access import Access
from decroche.accounts.domain.permissions import Permission, Role


class TeamKind(StrEnum):
    """Name the two sorts of team."""

    SECRETARIAT = "secretariat"
    PRACTICE = "practice"


ROLES_OF_TEAM: dict[TeamKind, tuple[Role, ...]] = {
    TeamKind.SECRETARIAT: (Role.SECRETARY, Role.SUPERVISOR),
    TeamKind.PRACTICE: (Role.STAFF, Role.PRACTITIONER),
}


@dataclass(frozen=True, slots=True, order=True)
class TeamRef:
    """Point at one team; ``key`` is how a URL or a form writes it."""

    kind: TeamKind
    id: int

    @property
    def key(self) -> str:
        """Return "secretariat-3"."""
        return f"{self.kind.value}-{self.id}"


@dataclass(frozen=True, slots=True)
class Team:
    """A team with the name that its people give it."""

    ref: TeamRef
    name: str


@dataclass(frozen=True, slots=True)
class Membership:
    """One person's role in one team."""

    team: TeamRef
    user_id: int
    role: Role


def may_manage(access: Access, team: TeamRef) -> bool:
    """Tell whether the person may invite into the team and withdraw from it.

    A supervisor composes her secretariat, not the practices that gave it a mandate; a
    practitioner composes his own practice; an administrator, every team.
    """
    if access.is_administrator:
        return True
    if team.kind is TeamKind.SECRETARIAT:
        return team.id in access.secretariats_for(Permission.MANAGE_PEOPLE)
    return Role.PRACTITIONER in access.practice_roles.get(team.id, frozenset())


def managed_teams(access: Access) -> frozenset[TeamRef]:
    """Return the teams that the person composes by their own roles (an administrator's list is every team)."""
    secretariats = {
        TeamRef(TeamKind.SECRETARIAT, id_) for id_ in access.secretariats_for(Permission.MANAGE_PEOPLE)
    }
    practices = {
        TeamRef(TeamKind.PRACTICE, id_)
        for id_, roles in access.practice_roles.items()
        if Role.PRACTITIONER in roles
    }
    return frozenset(secretariats | practices)
