"""The patient zone: found, created, corrected; every wrong entry gets a sentence at its field and nothing is lost."""

import json
from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation

from decroche.foundation.tenancy import every_practice
from decroche.patients.models import Patient
from tests.factories import make_practice, make_secretary
from tests.patients.factories import make_patient

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def practice(everywhere):
    return make_practice()


@pytest.fixture
def desk(client, practice):
    client.force_login(make_secretary(practices=(practice,)))
    return client


def created(desk, practice, **fields):
    typed = {"birth_name": "Morel", "first_names": "Jeanne", "birth_date": "12/03/1984"} | fields
    data = {f"new-{name}" if name != "is_another_person" else name: value for name, value in typed.items()}
    return desk.post(reverse("patients:create", args=[practice.pk]), data, **HTMX)


def test_the_search_box_lists_hits_and_the_text_is_never_in_an_address(desk, practice):
    make_patient(practice=practice, phones=("+33639981234",))
    page = desk.post(reverse("patients:search", args=[practice.pk]), {"text": "mor"}).content.decode()
    assert "MOREL Jeanne" in page
    assert "06 39 98 12 34" in page
    assert desk.get(reverse("patients:search", args=[practice.pk]), {"text": "mor"}).status_code == 405


def test_choosing_tells_the_whole_desk_and_fills_its_hidden_field(desk, practice):
    patient = make_patient(practice=practice)
    answer = desk.get(reverse("patients:card", args=[patient.pk]), **HTMX)
    event = json.loads(answer["HX-Trigger-After-Settle"])["patient-chosen"]
    assert event == {"patient_id": patient.pk, "practice_id": practice.pk, "target": "body"}
    assert f'id="desk-patient" name="patient_id" value="{patient.pk}"' in answer.content.decode()


def test_a_refresh_of_the_card_is_no_new_choice(desk, practice):
    patient = make_patient(practice=practice)
    answer = desk.get(reverse("patients:card", args=[patient.pk]) + "?again", **HTMX)
    assert "HX-Trigger-After-Settle" not in answer


def test_the_callers_number_proposes_the_family_and_decides_nothing(desk, practice):
    for name in ("Lou", "Jeanne"):
        make_patient(practice=practice, first_names=name, phones=("+33639981234",))
    url = reverse("patients:callers", args=[practice.pk])
    page = desk.post(url, {"caller_number": ["", "+33639981234"]}).content.decode()
    assert page.index("MOREL Jeanne") < page.index("MOREL Lou")
    assert "desk-patient" not in page


@pytest.mark.parametrize("number", ["", "anonymous", "<b>", "x" * 10_000, "+" * 50, "\x00"])
def test_an_absurd_callers_number_proposes_nobody(desk, practice, number):
    make_patient(practice=practice, phones=("+33639981234",))
    answer = desk.post(reverse("patients:callers", args=[practice.pk]), {"caller_number": number})
    assert answer.status_code == 200
    assert "MOREL" not in answer.content.decode()


def test_the_short_form_begins_with_what_was_searched_and_the_callers_number(desk, practice):
    data = {"text": "12 mars 84 morel Zoé", "caller_number": "+33639981234"}
    page = desk.post(reverse("patients:new", args=[practice.pk]), data).content.decode()
    for value in ('value="12/03/1984"', 'value="Morel"', 'value="Zoé"', 'value="06 39 98 12 34"'):
        assert value in page


def test_a_record_is_opened_and_chosen(desk, practice):
    answer = created(desk, practice, phone="06 39 98 12 34")
    patient = Patient.objects.get()
    assert (patient.birth_date, patient.identity_status) == (date(1984, 3, 12), "provisional")
    events = json.loads(answer["HX-Trigger-After-Settle"])
    assert events["patient-chosen"]["patient_id"] == patient.pk
    assert "MOREL Jeanne" in events["toast"]["text"]


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("birth_name", "", "Indiquez ce nom"),
        ("birth_name", "<b>x</b>" * 1300, "Ce nom dépasse 80 caractères"),
        ("birth_name", "<script>alert(1)</script>", "Un nom n’a que des lettres"),
        ("first_names", "\u202e\u200b", "Indiquez ce nom"),
        ("first_names", "Je\x00anne7", "Un nom n’a que des lettres"),
        ("used_name", "🙂", "Un nom n’a que des lettres"),
        ("birth_date", "", "Indiquez la date de naissance"),
        ("birth_date", "31/02/1984", "Cette date n’existe pas"),
        ("birth_date", "1" * 10_000, "Cette date n’existe pas"),
        ("birth_date", "01/01/2999", "Personne de vivant"),
        ("birth_date", "01/01/0001", "Personne de vivant"),
        ("phone", "06 39", "Ce numéro n’est pas complet"),
        ("phone", "9" * 10_000, "Ce numéro n’est pas complet"),
        ("email", "jeanne@", "Cette adresse n’est pas complète"),
    ],
)  # fmt: skip
def test_a_wrong_entry_gets_a_sentence_and_the_rest_stays(desk, practice, field, typed, sentence):
    answer = created(desk, practice, **{"email": "jeanne@exemple.test", field: typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "<script>alert" not in page
    for name, kept in (("first_names", "Jeanne"), ("email", "jeanne@exemple.test")):
        assert name == field or f'value="{kept}"' in page
    assert not Patient.objects.exists()


def test_a_resembling_record_is_shown_before_another_is_made(desk, practice):
    make_patient(practice=practice)
    warned = created(desk, practice, birth_name="Morelle")
    assert warned.status_code == 409
    assert "Une fiche ressemblante existe" in warned.content.decode()
    assert 'value="Morelle"' in warned.content.decode()
    assert created(desk, practice, birth_name="Morelle", is_another_person="1").status_code == 200
    assert Patient.objects.count() == 2


def test_identity_and_contact_are_corrected_together(desk, practice):
    patient = make_patient(practice=practice, phones=("+33639981234",))
    url = reverse("patients:edit", args=[patient.pk])
    assert "06 39 98 12 34" in desk.get(url).content.decode()
    data = {
        "edit-birth_name": "Maurel", "edit-first_names": "Jeanne", "edit-birth_date": "12/03/1984", "edit-sex": "F",
        "edit-number_0": "06 39 98 56 78", "edit-label_0": "sa mère", "edit-notes_allowed": "Parler lentement",
    }  # fmt: skip
    page = desk.post(url, data, **HTMX).content.decode()
    for shown in ("MAUREL Jeanne", "06 39 98 56 78", "sa mère", "Parler lentement"):
        assert shown in page
    assert desk.post(url, data | {"edit-number_0": "06"}, **HTMX).status_code == 422


def test_every_door_is_closed_to_another_practices_patient(desk, practice):
    foreign = make_patient(practice=make_practice())
    for name in ("card", "edit", "detail"):
        assert desk.get(reverse(f"patients:{name}", args=[foreign.pk])).status_code == 404
    for name in ("search", "callers", "new", "create"):
        assert desk.post(reverse(f"patients:{name}", args=[foreign.practice_id])).status_code == 404
    assert desk.get(reverse("patients:panel", args=[practice.pk]), {"patient": foreign.pk}).status_code == 404


def test_what_was_read_and_written_is_logged(desk, practice):
    from decroche.accounts.models import AccessLogEntry

    patient = make_patient(practice=practice)
    desk.post(reverse("patients:search", args=[practice.pk]), {"text": "mor"})
    desk.get(reverse("patients:card", args=[patient.pk]))
    created(desk, practice, birth_name="Autre")
    with every_practice():
        assert AccessLogEntry.objects.filter(kind="patient").count() >= 3


def test_the_panel_speaks_english_too(client, practice):
    client.force_login(make_secretary(practices=(practice,), language="en"))
    with translation.override("fr"):  # the request leaves its language behind
        page = client.get(reverse("patients:panel", args=[practice.pk])).content.decode()
    assert "Who is on the line?" in page
