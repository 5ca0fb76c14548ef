"""What a decision, a refusal to disturb or to dial says in French."""

import pytest

from decroche.calls import wording_reasons as words
from decroche.calls.domain.outgoing import NotDialled
from decroche.calls.domain.reachability import ReachWhy
from decroche.calls.domain.routing import Why


def test_a_decision_reads_as_one_would_say_it() -> None:
    detail = {"reasons": [["knows", 4], ["idle_for", 190], ["tried_before", 2]]}
    assert words.reasons(detail) == "connaît le cabinet, libre depuis 3\u202fmin, après 2 essais"
    assert words.reasons({"reasons": [["everyone_busy", 1]]}) == "la seule secrétaire à son poste est occupée"
    assert words.reasons({"reasons": [["of_another_time", 1], ["only_one", 0]]}) == "seule à son poste"


def test_why_not_another_names_her() -> None:
    detail = {"passed_over": [[7, "on_call", 95], [8, "tried", 8], [9, "ringing", 1]]}
    assert words.passed_over(detail, {7: "Mme Roche", 8: "M. Petit"}) == [
        "Mme Roche\u202f: en appel depuis 1\u202fmin",
        "M. Petit\u202f: n’a pas décroché il y a 8\u202fs",
    ]


@pytest.mark.parametrize("why", list(Why))
def test_every_reason_has_its_words(why: Why) -> None:
    text = words.reason(why.value, 3)
    assert text
    assert "%(" not in text


def test_every_refusal_has_its_words() -> None:
    assert all(words.reach(why) for why in ReachWhy)
    assert all(words.not_dialled(why) for why in NotDialled)
    assert "SAMU" in words.not_dialled(NotDialled.EMERGENCY_NUMBER)
