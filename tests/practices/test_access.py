"""Rights follow roles and mandates: from the day, to the day, and only when signed."""

from datetime import UTC, date, datetime

import pytest

from decroche.accounts.permissions import Permission, Role
from decroche.practices.access import access_of
from decroche.practices.models import PracticeMember
from tests.factories import (
    make_mandate,
    make_practice,
    make_practice_person,
    make_secretariat,
    make_secretary,
    make_supervisor,
)

pytestmark = [pytest.mark.django_db, pytest.mark.data, pytest.mark.usefixtures("everywhere")]
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def _practices(user_id: int, at: datetime = NOON) -> set[int]:
    return set(access_of(user_id=user_id, is_administrator=False, now=at).practice_roles)


def test_a_secretary_sees_the_practices_that_mandated_her_firm_and_no_other() -> None:
    ours, theirs = make_practice(), make_practice()
    secretary = make_secretary(practices=(ours,))
    make_secretary(practices=(theirs,))
    assert _practices(secretary.pk) == {ours.pk}


def test_an_unsigned_mandate_opens_nothing() -> None:
    firm, practice = make_secretariat(), make_practice()
    make_mandate(secretariat=firm, practice=practice, signed_at=None)
    assert _practices(make_secretary(secretariat=firm).pk) == set()


def test_a_mandate_ends_at_midnight_of_the_practice_not_of_the_secretary() -> None:
    firm, practice = make_secretariat(), make_practice(timezone="America/Martinique", department="972")
    make_mandate(secretariat=firm, practice=practice, ends_on=date(2026, 11, 24))
    secretary = make_secretary(secretariat=firm)
    eleven_at_night_there = datetime(2026, 11, 24, 3, tzinfo=UTC)  # already the 24th in Paris
    midnight_there = datetime(2026, 11, 24, 4, tzinfo=UTC)
    assert _practices(secretary.pk, eleven_at_night_there) == {practice.pk}
    assert _practices(secretary.pk, midnight_there) == set()


def test_a_supervisor_has_her_firms_practices_and_its_people() -> None:
    firm, practice = make_secretariat(), make_practice()
    make_mandate(secretariat=firm, practice=practice)
    access = access_of(user_id=make_supervisor(secretariat=firm).pk, is_administrator=False, now=NOON)
    assert access.secretariats_for(Permission.MANAGE_PEOPLE) == {firm.pk}
    assert access.allows(Permission.EDIT_PRACTICE, practice.pk)


def test_someone_with_two_hats_may_do_at_each_practice_what_that_hat_allows() -> None:
    own, answered = make_practice(), make_practice()
    person = make_secretary(practices=(answered,))
    PracticeMember.objects.create(practice=own, user=person, role=Role.STAFF)
    access = access_of(user_id=person.pk, is_administrator=False, now=NOON)
    assert access.practices_for(Permission.HANDLE_CALL) == {answered.pk}
    assert access.practices_for(Permission.TREAT_MESSAGE) == {own.pk}


def test_an_administrator_of_the_installation_sees_no_patient() -> None:
    access = access_of(
        user_id=make_practice_person(practice=make_practice()).pk, is_administrator=True, now=NOON
    )
    only_administrator = type(access)(user_id=access.user_id, is_administrator=True)
    assert only_administrator.allows(Permission.MANAGE_PEOPLE)
    assert not only_administrator.allows(Permission.SEE_PATIENT)


def test_access_costs_one_query(django_assert_num_queries: object) -> None:
    secretary = make_secretary(practices=tuple(make_practice() for _ in range(3)))
    with django_assert_num_queries(1):  # type: ignore[operator]
        seen = _practices(secretary.pk)
    assert len(seen) == 3
