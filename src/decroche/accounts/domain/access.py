"""What one person may do, right now, where."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from decroche.accounts.domain.permissions import GRANTS, Permission, Role

Roles = Mapping[int, frozenset[Role]]


@dataclass(frozen=True, slots=True)
class Access:
    """Hold a person's roles by practice and by secretariat, as of the moment it was looked up.

    A secretary has her role for a practice only while a signed mandate binds it to her
    secretariat; ``practices.queries.access_of`` sees to that.
    """

    user_id: int
    practice_roles: Roles = field(default_factory=dict)
    secretariat_roles: Roles = field(default_factory=dict)
    is_administrator: bool = False

    def practices_for(self, permission: Permission) -> frozenset[int]:
        """Return the practices where the person has the permission."""
        return frozenset(id_ for id_, roles in self.practice_roles.items() if _grant(roles, permission))

    def secretariats_for(self, permission: Permission) -> frozenset[int]:
        """Return the secretariats where the person has the permission."""
        return frozenset(id_ for id_, roles in self.secretariat_roles.items() if _grant(roles, permission))

    def allows(self, permission: Permission, practice_id: int | None = None) -> bool:
        """Tell whether the person has the permission for the practice, or anywhere when none is named."""
        if practice_id is not None:
            return _grant(self.practice_roles.get(practice_id, frozenset()), permission)
        if self.is_administrator and permission in GRANTS[Role.ADMINISTRATOR]:
            return True
        everywhere = (*self.practice_roles.values(), *self.secretariat_roles.values())
        return any(_grant(roles, permission) for roles in everywhere)

    @property
    def roles(self) -> frozenset[Role]:
        """Return every role that the person has somewhere."""
        own = frozenset({Role.ADMINISTRATOR}) if self.is_administrator else frozenset[Role]()
        return own.union(*self.practice_roles.values(), *self.secretariat_roles.values())


def _grant(roles: frozenset[Role], permission: Permission) -> bool:
    return any(permission in GRANTS[role] for role in roles)
