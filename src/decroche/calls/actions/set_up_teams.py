"""Make teams of a secretariat's people, and say what each of them can do; whoever leaves it leaves its teams."""

from dataclasses import dataclass
from typing import Final

from django.db import IntegrityError, transaction

from decroche.calls.models import MenuChoice, Skill, Team, TeamStep
from decroche.practices.models import SecretariatMember

LONGEST_NAME: Final = 60
LONGEST_CODE: Final = 40


class NameTaken(Exception):
    """Another team of this secretariat has that name."""


class TeamAnswers(Exception):
    """Lines are given to this team: it cannot go before they are given to another."""


class NotAMember(Exception):
    """The person is not of this secretariat."""


@dataclass(frozen=True, slots=True)
class TeamRemoved:
    """Hold what makes a removed team again (plain, for a session)."""

    team_id: int
    name: str
    user_ids: list[int]


def create_team(*, secretariat_id: int, name: str) -> Team:
    """Make a team without anybody in it.

    Raises:
        NameTaken: another one has that name.

    """
    try:
        with transaction.atomic():
            return Team.objects.create(secretariat_id=secretariat_id, name=name)
    except IntegrityError:
        raise NameTaken from None


def rename_team(*, team: Team, name: str) -> str:
    """Give a team another name and return the old one.

    Raises:
        NameTaken: another one has that name.

    """
    before = team.name
    try:
        with transaction.atomic():
            Team.objects.filter(pk=team.pk).update(name=name)
    except IntegrityError:
        raise NameTaken from None
    return before


def remove_team(*, team: Team) -> TeamRemoved:
    """Remove a team to which no line is given.

    Raises:
        TeamAnswers: some line rings it.

    """
    with transaction.atomic():
        locked = Team.objects.select_for_update().get(pk=team.pk)
        # Whichever practice the line is of: a team is not lost under anybody's line.
        steps = TeamStep.objects.with_scopes_disabled().filter(team=locked)
        choices = MenuChoice.objects.with_scopes_disabled().filter(team=locked)
        if steps.exists() or choices.exists():
            raise TeamAnswers
        user_ids = sorted(locked.members.values_list("pk", flat=True))
        removed = TeamRemoved(locked.pk, locked.name, user_ids)
        locked.delete()
    return removed


def restore_team(*, secretariat_id: int, removed: TeamRemoved) -> Team:
    """Make a removed team again, with those of its people who are still of the secretariat.

    Raises:
        NameTaken: a new one has taken its name.

    """
    try:
        with transaction.atomic():
            team = Team.objects.create(pk=removed.team_id, secretariat_id=secretariat_id, name=removed.name)
            team.members.set(_still_here(secretariat_id, removed.user_ids))
    except IntegrityError:
        raise NameTaken from None
    return team


def set_membership(*, team: Team, user_id: int, is_in: bool) -> None:
    """Put somebody of the secretariat into one of its teams, or take her out.

    Raises:
        NotAMember: she is not of the secretariat.

    """
    if not is_in:
        team.members.remove(user_id)
        return
    with transaction.atomic():
        _lock_member(team.secretariat_id, user_id)
        team.members.add(user_id)


def set_skill(*, secretariat_id: int, user_id: int, code: str, has: bool) -> None:
    """Say that somebody of the secretariat can do something, or no longer.

    Raises:
        NotAMember: she is not of the secretariat.

    """
    if not has:
        Skill.objects.filter(secretariat_id=secretariat_id, user_id=user_id, code=code).delete()
        return
    with transaction.atomic():
        _lock_member(secretariat_id, user_id)
        Skill.objects.get_or_create(secretariat_id=secretariat_id, user_id=user_id, code=code)


def leave_teams(*, secretariat_id: int, user_id: int) -> None:
    """Take somebody who left a secretariat out of its teams; what she could do for it goes with her."""
    through = Team.members.through
    through.objects.filter(team__secretariat_id=secretariat_id, user_id=user_id).delete()
    Skill.objects.filter(secretariat_id=secretariat_id, user_id=user_id).delete()


def _lock_member(secretariat_id: int, user_id: int) -> None:
    """Hold her membership, so that she cannot leave between this look and the writing."""
    rows = SecretariatMember.objects.select_for_update().filter(
        secretariat_id=secretariat_id, user_id=user_id
    )
    if rows.first() is None:
        raise NotAMember


def _still_here(secretariat_id: int, user_ids: list[int]) -> list[int]:
    rows = SecretariatMember.objects.filter(secretariat_id=secretariat_id, user_id__in=user_ids)
    return list(rows.values_list("user_id", flat=True))
