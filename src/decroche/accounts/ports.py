"""State what the room above (practices) must tell the accounts about teams.

People and invitations live here; secretariats, practices and memberships live one floor up.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from decroche.accounts.domain.access import Access
from decroche.accounts.domain.permissions import Role
from decroche.accounts.domain.team import Membership, Team, TeamRef


class Teams(Protocol):
    """Hold who belongs to which team. Chosen by ``settings.TEAMS``."""

    def all(self) -> list[Team]:
        """Return every team of the installation: an administrator's list."""
        ...

    def named(self, refs: Iterable[TeamRef]) -> list[Team]:
        """Return these teams with their names, unknown ones left out."""
        ...

    def members(self, refs: Iterable[TeamRef]) -> list[Membership]:
        """Return the members of these teams."""
        ...

    def of_person(self, user_id: int) -> list[Membership]:
        """Return a person's memberships, everywhere."""
        ...

    def enrol(self, *, team: TeamRef, user_id: int, role: Role) -> None:
        """Make the person a member, or change the member's role."""
        ...

    def withdraw(self, *, team: TeamRef, user_id: int) -> None:
        """End the membership; nothing happens when there is none."""
        ...

    def access_of(self, *, user_id: int, is_administrator: bool, now: datetime) -> Access:
        """Return what the person may do at ``now``."""
        ...


@cache
def teams() -> Teams:
    """Return the adapter that settings name."""
    adapter: Teams = import_string(settings.TEAMS)()
    return adapter
