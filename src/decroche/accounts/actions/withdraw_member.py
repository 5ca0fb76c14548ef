"""End someone's place in a team."""

from django.db import transaction

from decroche.accounts.domain.permissions import Role
from decroche.accounts.domain.team import TeamKind, TeamRef
from decroche.accounts.models import User
from decroche.accounts.ports import teams


class LastSupervisor(Exception):
    """Nobody would be left to look after the secretariat."""


class WithdrewOneself(Exception):
    """One does not close one's own door by mistake."""


@transaction.atomic
def withdraw_member(*, team: TeamRef, user: User, by: User) -> bool:
    """End the membership at once; return True when the account, left without a team, is closed too.

    Rights are looked up at every request, so the next click of the person finds the door closed.

    Raises:
        LastSupervisor: the person is the only supervisor of the secretariat.
        WithdrewOneself: ``user`` is ``by``.

    """
    if user.pk == by.pk:
        raise WithdrewOneself
    members = teams().members([team])
    supervisors = {each.user_id for each in members if each.role is Role.SUPERVISOR}
    if team.kind is TeamKind.SECRETARIAT and supervisors == {user.pk}:
        raise LastSupervisor
    teams().withdraw(team=team, user_id=user.pk)
    if teams().of_person(user.pk) or user.is_administrator:
        return False
    user.is_active = False
    user.save(update_fields=["is_active"])
    return True
