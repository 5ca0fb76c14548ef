"""Opening and correcting a record: provisional identities, warnings, clean names."""

from datetime import UTC, date, datetime

import pytest

from decroche.kernel.phone import NotAPhoneNumber
from decroche.patients.actions.correct_identity import IdentityIsQualified, correct_identity
from decroche.patients.actions.register_patient import ResemblingPatient, register_patient
from decroche.patients.actions.update_contact import Reach, update_contact
from decroche.patients.domain.birth_dates import ImpossibleBirthDate, NotABirthDate, read
from decroche.patients.domain.identity import NameFlaw, UnusableName, clean_name
from decroche.patients.models import IdentityStatus
from decroche.patients.queries import by_phone, card, search
from tests.factories import make_practice, make_user
from tests.patients.factories import make_patient

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
BORN = date(1984, 3, 12)
data = [pytest.mark.django_db, pytest.mark.data, pytest.mark.usefixtures("everywhere")]


def register(practice, **fields):
    known = {
        "birth_name": "Morel",
        "first_names": "Jeanne",
        "birth_date": BORN,
        "created_by": None,
        "now": NOW,
    }
    return register_patient(practice=practice, **known | fields)


class TestRegistering:
    pytestmark = data

    def test_an_identity_heard_on_the_telephone_is_provisional(self):
        practice, secretary = make_practice(), make_user()
        patient = register(practice, phone="06 39 98 12 34", created_by=secretary)
        found = card(patient.pk)
        assert found.identity_status == IdentityStatus.PROVISIONAL
        assert [phone.number for phone in found.phones.all()] == ["+33639981234"]
        assert [hit.patient_id for hit in search([practice.pk], "0639981234")] == [patient.pk]

    @pytest.mark.parametrize(
        "heard",
        [{"birth_name": "Morelle"}, {"first_names": "Jeane"}, {"birth_name": "Jeanne", "first_names": "Morel"},
         {"birth_name": "Durand", "used_name": "Morel"}],
    )  # fmt: skip
    def test_somebody_alike_born_the_same_day_is_shown_first(self, heard):
        practice = make_practice()
        known = register(practice)
        with pytest.raises(ResemblingPatient) as warning:
            register(practice, **heard)
        assert [hit.patient_id for hit in warning.value.hits] == [known.pk]
        assert register(practice, is_another_person=True, **heard).pk != known.pk

    def test_twins_and_neighbours_are_told_apart_in_the_end(self):
        practice = make_practice()
        register(practice)
        assert register(practice, birth_name="Perrin", first_names="Léo")
        assert register(practice, birth_date=date(1984, 3, 13))
        assert register(make_practice())

    def test_a_used_name_that_is_the_birth_name_is_not_kept_twice(self):
        assert register(make_practice(), used_name="MOREL").used_name == ""

    def test_a_number_that_is_none_is_refused_whole(self):
        practice = make_practice()
        with pytest.raises(NotAPhoneNumber):
            register(practice, phone="06 39")
        assert search([practice.pk], "morel") == []


class TestCorrecting:
    pytestmark = data

    def test_contact_is_replaced_and_found_under_the_new_number_only(self):
        patient = make_patient(practice=make_practice(), phones=("+33639981234",))
        update_contact(
            patient=patient,
            reaches=[Reach("0639985678", "sa mère"), Reach("+33639985678")],
            email="jeanne@exemple.test",
            notes_allowed="Entend mal : parler lentement",
            now=NOW,
        )
        assert by_phone(patient.practice_id, "+33639981234") == []
        assert by_phone(patient.practice_id, "+33639985678") == [patient]
        assert search([patient.practice_id], "98 12 34") == []

    def test_a_misheard_name_is_corrected_everywhere(self):
        patient = make_patient(practice=make_practice(), phones=("+33639981234",))
        correct_identity(
            patient=patient,
            birth_name="Maurel",
            used_name="",
            first_names="Jeanne",
            birth_date=BORN,
            sex="F",
            now=NOW,
        )
        assert [hit.last_name for hit in search([patient.practice_id], "maur")] == ["Maurel"]
        assert [hit.last_name for hit in search([patient.practice_id], "0639981234")] == ["Maurel"]

    def test_a_qualified_identity_is_not_changed_by_telephone(self):
        patient = make_patient(practice=make_practice(), identity_status=IdentityStatus.QUALIFIED)
        with pytest.raises(IdentityIsQualified):
            correct_identity(
                patient=patient,
                birth_name="X",
                used_name="",
                first_names="Y",
                birth_date=BORN,
                sex="F",
                now=NOW,
            )


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("  le   goff ", "le goff"), ("N'Guessan", "N’Guessan"), ("d`Ornano", "d’Ornano"), ("Éva", "Éva"),
     ("Mo\u200brel\u202e", "Morel"), ("Nguyễn", "Nguyễn"), ("王", "王"), ("Jean‑Luc", "Jean-Luc")],
)  # fmt: skip
def test_a_name_is_cleaned(typed, kept):
    assert clean_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "flaw"),
    [("", NameFlaw.EMPTY), (" \u200b ", NameFlaw.EMPTY), ("a" * 10_000, NameFlaw.TOO_LONG),
     ("<b>Morel</b>", NameFlaw.NOT_LETTERS), ("Morel2", NameFlaw.NOT_LETTERS), ("---", NameFlaw.NOT_LETTERS),
     ("🙂", NameFlaw.NOT_LETTERS), ("M" + "\u0301" * 40, NameFlaw.NOT_LETTERS), ("=cmd()", NameFlaw.NOT_LETTERS)],
)  # fmt: skip
def test_what_is_no_name_is_refused_with_its_reason(typed, flaw):
    with pytest.raises(UnusableName) as refusal:
        clean_name(typed)
    assert refusal.value.flaw == flaw


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("12/03/1984", BORN), ("120384", BORN), ("12 mars 84", BORN), ("1er janvier 2020", date(2020, 1, 1)),
     ("01 01 26", date(2026, 1, 1)), ("01/01/27", date(1927, 1, 1)), ("29/02/2024", date(2024, 2, 29))],
)  # fmt: skip
def test_a_birth_date_is_read_as_it_is_said(typed, meant):
    assert read(typed, today=NOW.date()) == meant


@pytest.mark.parametrize("typed", ["", "hier", "31/02/1984", "12/03", "12/03/1984 et 5", "1" * 5000, "0/0/0"])
def test_what_is_no_date_is_refused(typed):
    with pytest.raises(NotABirthDate):
        read(typed, today=NOW.date())


@pytest.mark.parametrize("typed", ["25/11/2026", "01/01/2999", "01/01/1850", "01/01/0001"])
def test_a_date_on_which_nobody_living_was_born_is_refused(typed):
    with pytest.raises(ImpossibleBirthDate):
        read(typed, today=NOW.date())
