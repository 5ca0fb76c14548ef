"""The month counts what the search would find: no more, no less."""

from collections import Counter

from hypothesis import HealthCheck, given, settings

from decroche.scheduling.domain.availability import local_ordinal
from decroche.scheduling.domain.counting import free_per_day
from decroche.scheduling.domain.walking import proposals
from tests.scheduling.oracle_agenda import Oracle
from tests.scheduling.test_engine import crowded, judge_of, questions

_CALM = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def _expected(oracle: Oracle) -> Counter[int]:
    judge, found = judge_of(oracle), Counter[int]()
    for one in proposals(judge, oracle.first, oracle.last):
        found[local_ordinal(one.zone, one.start)] += one.seats_left
    return found


@_CALM
@given(questions())
def test_a_month_counts_what_would_be_proposed(oracle: Oracle) -> None:
    assert +free_per_day(judge_of(oracle), oracle.first, oracle.last) == +_expected(oracle)


@_CALM
@given(crowded())
def test_a_month_counts_right_where_limits_and_wishes_meet(oracle: Oracle) -> None:
    assert +free_per_day(judge_of(oracle), oracle.first, oracle.last) == +_expected(oracle)
