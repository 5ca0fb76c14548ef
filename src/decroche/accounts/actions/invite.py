"""Invite someone into a team."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from decroche.accounts.domain.permissions import Role
from decroche.accounts.domain.team import ROLES_OF_TEAM, TeamRef
from decroche.accounts.models import Invitation, User
from decroche.accounts.ports import teams

VALID_FOR = timedelta(days=7)


class AlreadyMember(Exception):
    """The person belongs to the team already."""


class RoleNotOfTeam(Exception):
    """Teams of this kind know no such role."""


class InvitedOneself(Exception):
    """Nobody lets oneself in: someone else must decide it."""


@dataclass(frozen=True, slots=True)
class SentInvitation:
    """The stored invitation, and the secret that only the e-mail's link carries."""

    invitation: Invitation
    token: str


def digest_of(token: str) -> str:
    """Return what is stored of a link's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite(*, team: TeamRef, email: str, role: Role, by: User, now: datetime) -> SentInvitation:
    """Store an invitation valid for seven days; an earlier one to the same address is withdrawn.

    Raises:
        AlreadyMember: the address belongs to a member.
        RoleNotOfTeam: a secretary in a practice, a practitioner in a secretariat.
        InvitedOneself: an administrator would give oneself patients to see.

    """
    if role not in ROLES_OF_TEAM[team.kind]:
        raise RoleNotOfTeam
    if email == by.email:
        raise InvitedOneself
    members = [each.user_id for each in teams().members([team])]
    if User.objects.filter(pk__in=members, email__iexact=email, is_active=True).exists():
        raise AlreadyMember
    pending = Invitation.objects.filter(
        email__iexact=email, team_kind=team.kind, team_id=team.id, accepted_at=None, withdrawn_at=None
    )
    pending.update(withdrawn_at=now)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        email=email,
        team_kind=team.kind,
        team_id=team.id,
        role=role,
        digest=digest_of(token),
        invited_by=by,
        created_at=now,
        expires_at=now + VALID_FOR,
    )
    return SentInvitation(invitation, token)
