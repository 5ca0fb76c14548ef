"""Let an invited person in."""

from datetime import datetime

from django.db import transaction

from decroche.accounts.domain.permissions import Role
from decroche.accounts.domain.team import TeamKind, TeamRef
from decroche.accounts.models import Invitation, User
from decroche.accounts.ports import teams


class InvitationClosed(Exception):
    """The link has served, was withdrawn or is too old."""


@transaction.atomic
def join(*, invitation_id: int, user: User, now: datetime) -> None:
    """Enrol ``user`` (new or known, saved here) in the invitation's team, once.

    Raises:
        InvitationClosed: someone was faster, or time has passed.

    """
    invitation = Invitation.objects.select_for_update().get(pk=invitation_id)
    if not invitation.is_open(now=now):
        raise InvitationClosed
    user.is_active = True
    user.save()
    team = TeamRef(TeamKind(invitation.team_kind), invitation.team_id)
    teams().enrol(team=team, user_id=user.pk, role=Role(invitation.role))
    invitation.accepted_at, invitation.accepted_by = now, user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
