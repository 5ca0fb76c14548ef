"""Statements written by hand: prepared once, counted and scoped like the ORM's, and asked again on a new connection."""

import pytest
from django.db import OperationalError, connection

from decroche.foundation.statements import first_row, made, rows, split
from decroche.foundation.tenancy import ScopeError, every_practice, practice_scope, scope_ids
from decroche.practices.models import Practice, Site
from tests.factories import make_practice

_ONE = "SELECT %(number)s::int + 1"


def test_a_statement_is_planned_once_on_a_connection(db) -> None:
    for number in range(4):
        assert rows(_ONE, {"number": number}) == [(number + 1,)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements"
            " WHERE statement LIKE 'SELECT $1::int + 1%%'"
        )
        assert cursor.fetchall() == [(4, 0)]  # one statement, one plan for all values


def test_lists_of_numbers_are_one_statement_whatever_their_size(db) -> None:
    sql = "SELECT array_length(%(ids)s::bigint[], 1), %(ids)s::bigint[] @> ARRAY[7::bigint]"
    for ids, answer in (
        ([7], (1, True)),
        ([-1, 7, 2**40], (3, True)),
        ([], (None, False)),
        ([None], (1, False)),
    ):
        assert rows(sql, {"ids": ids}) == [answer]
    assert rows("SELECT %(words)s::text[]", {"words": ["a,b", 'c"}', None]}) == [(["a,b", 'c"}', None],)]


def test_it_counts_among_the_queries_of_a_test(django_assert_num_queries, db) -> None:
    with django_assert_num_queries(1) as captured:
        rows(_ONE, {"number": 7})
    assert "7" in captured.captured_queries[0]["sql"]  # with its values, for whoever explains it


@pytest.mark.django_db(transaction=True)
def test_the_first_question_of_a_request_survives_a_lost_connection() -> None:
    assert first_row(_ONE, {"number": 1}) == (2,)
    connection.connection.close()
    assert first_row(_ONE, {"number": 2}) == (3,)


@pytest.mark.django_db(transaction=True)
def test_what_was_asked_inside_a_transaction_is_not_asked_again() -> None:
    from django.db import transaction

    with pytest.raises(OperationalError), transaction.atomic():
        rows(_ONE, {"number": 1})
        connection.connection.close()
        first_row(_ONE, {"number": 2})
    connection.close()


def test_rows_become_the_instances_that_the_orm_would_make(everywhere, db) -> None:
    practice = make_practice()
    site = practice.sites.get()
    from decroche.foundation.statements import columns

    found = rows(
        f"SELECT {columns(Practice, 'p')}, {columns(Site, 's')} FROM practices_practice p"
        " JOIN practices_site s ON s.practice_id = p.id WHERE p.id = %(id)s",
        {"id": practice.pk},
    )
    one, other = split(found[0], Practice, Site)
    assert (one, other) == (practice, site)
    assert (one.name, other.city, other._state.adding) == (practice.name, site.city, False)
    assert made(Site, (None,) * 5) is None


def test_a_statement_by_hand_has_no_more_scope_than_the_orm() -> None:
    with pytest.raises(ScopeError):
        scope_ids()
    with practice_scope([3, 1, 3]):
        assert scope_ids() == [1, 3]
    with every_practice():
        assert scope_ids() is None


def test_a_place_named_twice_is_one_value_and_a_doubled_percent_is_one(db) -> None:
    assert rows("SELECT %(a)s::int %% 10, %(a)s::int, 'x' LIKE '%%', %(b)s::text", {"a": 12, "b": "é"}) == [
        (2, 12, True, "é")
    ]
    assert rows("SELECT %s::int - %s::int", (7, 5)) == [(2,)]


@pytest.mark.django_db(transaction=True)
def test_a_statement_begins_the_transaction_that_it_is_asked_in_and_ends_with_it() -> None:
    from django.db import transaction

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        rows("CREATE TABLE made_within (n int)", {})
        raise ZeroDivisionError
    assert rows("SELECT to_regclass('made_within')::text", {}) == [(None,)]


def test_a_refusal_keeps_its_kind_and_its_transaction_can_go_on_from_a_savepoint(db) -> None:
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        rows("INSERT INTO practices_site (name) VALUES (%(name)s)", {"name": "Rue"})
    assert refused.value.__cause__.sqlstate == "23502"
    assert rows(_ONE, {"number": 1}) == [(2,)]


def test_a_link_that_prepared_too_much_forgets_and_goes_on(db, monkeypatch) -> None:
    monkeypatch.setattr("decroche.foundation.prepared._MOST", 3)
    for number in range(8):
        assert rows(f"SELECT %(n)s::int + {number}", {"n": 1}) == [(number + 1,)]
    assert rows("SELECT %(n)s::int + 0", {"n": 5}) == [(5,)]
