"""Answer the accounts' questions about teams (see ``accounts.ports.Teams``)."""

from collections.abc import Iterable
from datetime import datetime

from decroche.accounts.domain.access import Access
from decroche.accounts.domain.team import Membership, Team, TeamKind, TeamRef
from decroche.accounts.permissions import Role
from decroche.foundation.tenancy import every_practice
from decroche.practices.access import access_of
from decroche.practices.models import Practice, PracticeMember, Secretariat, SecretariatMember


class StoredTeams:
    """Read and write memberships; the caller has checked that the person may.

    A team's name and members are no patient's data, so these queries see every practice.
    """

    def all(self) -> list[Team]:
        with every_practice():
            return [
                *(Team(_secretariat(s.pk), s.name) for s in Secretariat.objects.order_by("name")),
                *(Team(_practice(p.pk), p.name) for p in Practice.objects.order_by("name")),
            ]

    def named(self, refs: Iterable[TeamRef]) -> list[Team]:
        ids = _by_kind(refs)
        with every_practice():
            return [
                *(
                    Team(_secretariat(s.pk), s.name)
                    for s in Secretariat.objects.filter(pk__in=ids[TeamKind.SECRETARIAT]).order_by("name")
                ),
                *(
                    Team(_practice(p.pk), p.name)
                    for p in Practice.objects.filter(pk__in=ids[TeamKind.PRACTICE]).order_by("name")
                ),
            ]

    def members(self, refs: Iterable[TeamRef]) -> list[Membership]:
        ids = _by_kind(refs)
        with every_practice():
            of_secretariats = SecretariatMember.objects.filter(secretariat__in=ids[TeamKind.SECRETARIAT])
            of_practices = PracticeMember.objects.filter(practice__in=ids[TeamKind.PRACTICE])
            return [*map(_of_secretariat, of_secretariats), *map(_of_practice, of_practices)]

    def of_person(self, user_id: int) -> list[Membership]:
        with every_practice():
            return [
                *map(_of_secretariat, SecretariatMember.objects.filter(user_id=user_id)),
                *map(_of_practice, PracticeMember.objects.filter(user_id=user_id)),
            ]

    def enrol(self, *, team: TeamRef, user_id: int, role: Role) -> None:
        with every_practice():
            if team.kind is TeamKind.SECRETARIAT:
                SecretariatMember.objects.update_or_create(
                    secretariat_id=team.id, user_id=user_id, defaults={"role": role.value}
                )
            else:
                PracticeMember.objects.update_or_create(
                    practice_id=team.id, user_id=user_id, defaults={"role": role.value}
                )

    def withdraw(self, *, team: TeamRef, user_id: int) -> None:
        with every_practice():
            if team.kind is TeamKind.SECRETARIAT:
                SecretariatMember.objects.filter(secretariat_id=team.id, user_id=user_id).delete()
            else:
                PracticeMember.objects.filter(practice_id=team.id, user_id=user_id).delete()

    def access_of(self, *, user_id: int, is_administrator: bool, now: datetime) -> Access:
        return access_of(user_id=user_id, is_administrator=is_administrator, now=now)


def _secretariat(id_: int) -> TeamRef:
    return TeamRef(TeamKind.SECRETARIAT, id_)


def _practice(id_: int) -> TeamRef:
    return TeamRef(TeamKind.PRACTICE, id_)


def _of_secretariat(row: SecretariatMember) -> Membership:
    return Membership(_secretariat(row.secretariat_id), row.user_id, Role(row.role))


def _of_practice(row: PracticeMember) -> Membership:
    return Membership(_practice(row.practice_id), row.user_id, Role(row.role))


def _by_kind(refs: Iterable[TeamRef]) -> dict[TeamKind, list[int]]:
    ids: dict[TeamKind, list[int]] = {TeamKind.SECRETARIAT: [], TeamKind.PRACTICE: []}
    for ref in refs:
        ids[ref.kind].append(ref.id)
    return ids
