"""One box finds anybody: by birth date, by letters, by number, even misheard."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from decroche.foundation.tenancy import ScopeError, practice_scope
from decroche.patients.queries import MOST_HITS, by_phone, search
from tests.factories import make_practice
from tests.patients.factories import make_patient

pytestmark = [pytest.mark.django_db, pytest.mark.data, pytest.mark.usefixtures("everywhere")]


def names(practice, text):
    return [hit.display_name for hit in search([practice.pk], text)]


@pytest.mark.parametrize(
    "typed",
    ["12/03/1984", "12.03.1984", "12-3-84", "12 3 84", "120384", "12031984", "12 mars 1984", "12 mars 84",
     "1984-03-12", "12 MARS 1984", "né le 12/03/1984"],
)  # fmt: skip
def test_a_birth_date_in_any_usual_form_finds_who_was_born_that_day(typed):
    practice = make_practice()
    make_patient(practice=practice)
    make_patient(practice=practice, birth_name="Autre", birth_date=date(1984, 12, 3))
    assert names(practice, typed) == ["MOREL Jeanne"]


def test_letters_narrow_a_birth_date_and_a_misheard_name_does_not_hide_it():
    practice = make_practice()
    make_patient(practice=practice, first_names="Jeanne")
    make_patient(practice=practice, first_names="Lucie")
    assert names(practice, "12/03/1984 luc") == ["MOREL Lucie"]
    assert names(practice, "12/03/1984 zzz") == ["MOREL Jeanne", "MOREL Lucie"]


@pytest.mark.parametrize(
    "typed", ["le g", "LE GOFF", "legoff", "goff yann", "yann le go", "jean yann", "yann goff", "lego"]
)
def test_both_orders_and_any_part_of_a_compound_name_find_it(typed):
    practice = make_practice()
    make_patient(practice=practice, birth_name="Le Goff", first_names="Yann-Jean")
    make_patient(practice=practice)
    assert names(practice, typed) == ["LE GOFF Yann-Jean"]


@pytest.mark.parametrize("typed", ["nguessan", "n'guessan aya", "N’Guessan", "guessan"])
def test_apostrophes_do_not_matter(typed):
    practice = make_practice()
    make_patient(practice=practice, birth_name="N’Guessan", first_names="Aya")
    assert names(practice, typed) == ["N’GUESSAN Aya"]


def test_a_woman_is_found_under_both_her_names():
    practice = make_practice()
    make_patient(practice=practice, birth_name="Bernard", used_name="Œuvrard", first_names="Ève")
    for typed in ("oeuvrard", "bern", "eve bernard", "oeuvrard eve"):
        assert names(practice, typed) == ["ŒUVRARD Ève"]


@pytest.mark.parametrize(
    "typed", ["06 39 98 12 34", "0639981234", "+33639981234", "+33 6 39 98 12 34", "0033639981234", "981234",
              "98 12 34", "0639", "1234", "39 98"],
)  # fmt: skip
def test_any_run_of_four_digits_of_a_number_finds_its_owner(typed):
    practice = make_practice()
    make_patient(practice=practice, phones=("+33639981234",))
    make_patient(practice=practice, first_names="Autre", phones=("+33639985678",))
    assert "MOREL Jeanne" in names(practice, typed)


def test_an_overseas_number_is_found_as_it_is_dictated():
    practice = make_practice(country_code="MQ")
    make_patient(practice=practice, phones=("+596696123456",))
    assert names(practice, "0696 12 34") == ["MOREL Jeanne"]


@pytest.mark.parametrize(
    ("typed", "written"),
    [("dupond", "Dupont"), ("lefevre", "Lefebvre"), ("shmit", "Schmitt"), ("filipe", "Philippe"),
     ("tibaud", "Thibault"), ("goutier", "Gauthier"), ("dupond marie", "Dupont"), ("mari dupond", "Dupont")],
)  # fmt: skip
def test_a_misheard_name_is_found_when_nothing_else_is(typed, written):
    practice = make_practice()
    make_patient(practice=practice, birth_name=written, first_names="Marie")
    make_patient(practice=practice, birth_name="Zimmermann", first_names="Otto")
    hits = search([practice.pk], typed)
    assert [(hit.last_name, hit.is_alike) for hit in hits] == [(written, True)]


def test_a_new_patient_is_soon_among_those_compared():
    practice = make_practice()
    make_patient(practice=practice, birth_name="Dupont")
    assert names(practice, "dupond") == ["DUPONT Jeanne"]
    make_patient(practice=practice, birth_name="Dupontel")
    assert "DUPONTEL Jeanne" in names(practice, "dupontell")


def test_another_practice_is_never_searched():
    practice, foreign = make_practice(), make_practice()
    make_patient(practice=foreign, phones=("+33639981234",))
    for typed in ("morel", "12/03/1984", "0639981234", "morell"):
        assert names(practice, typed) == []
    with practice_scope([practice.pk]):
        assert search([foreign.pk], "morel") == []


def test_at_most_twenty_hits_whatever_is_asked():
    practice = make_practice()
    for number in range(25):
        make_patient(practice=practice, first_names=f"Jeanne {'abcdefghijklmnopqrstuvwxyz'[number]}")
    assert len(search([practice.pk], "mor", limit=500)) == MOST_HITS
    assert len(search([practice.pk], "jeanne mor", limit=5)) == 5


@pytest.mark.parametrize(
    "typed", ["", "   ", "\x00", "%", "_", "'", "\\", "';--", "()&|!:*", "<b>", "1", "12", "\u202e", "🙂", "x" * 10_000,
              "1" * 10_000, "99/99/9999", "00000000", "٣٤٥٦٧٨", "a:* | b:*"],
)  # fmt: skip
def test_odd_text_finds_nobody_and_breaks_nothing(typed):
    practice = make_practice()
    make_patient(practice=practice)
    assert names(practice, typed) == []


@pytest.mark.parametrize(("typed", "queries"), [("mor", 5), ("12/03/1984", 3), ("0639", 3)])
def test_one_hit_or_three_cost_the_same_queries(typed, queries):
    practice = make_practice()
    for number in (1, 2, 3):
        make_patient(practice=practice, first_names=f"Jeanne{'abc'[number - 1]}", phones=("+33639981234",))
        if number in {1, 3}:
            with CaptureQueriesContext(connection) as captured:
                assert len(search([practice.pk], typed)) == number
            assert len(captured) == queries


def test_a_shared_number_gives_the_whole_family():
    practice, foreign = make_practice(), make_practice()
    make_patient(practice=practice, first_names="Lou", phones=("+33639981234",))
    make_patient(practice=practice, first_names="Jeanne", phones=("+33639981234",))
    make_patient(practice=foreign, phones=("+33639981234",))
    assert [p.first_names for p in by_phone(practice.pk, "+33639981234")] == ["Jeanne", "Lou"]
    assert by_phone(practice.pk, "") == []


def test_without_a_scope_nothing_is_answered(everywhere):
    from django_scopes import scope

    practice = make_practice()
    with scope(), pytest.raises(ScopeError):
        search([practice.pk], "morel")
