"""The person who brings an agenda in sees each line before it counts, decides what is open, and may change their mind."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from decroche.interop.actions.read_import import finish_reading
from decroche.interop.models import ImportRun
from decroche.interop.web import imports as screens
from decroche.patients.models import Patient
from decroche.scheduling.models import Absence, Appointment
from tests.factories import make_practice_person
from tests.interop.test_reading import FILES
from tests.scheduling.factories import NOW, make_agenda, make_patient, paris

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


class Desk:
    def __init__(self) -> None:
        self.practice, (self.practitioner,), self.visit_type = make_agenda()
        self.client = Client()
        self.client.force_login(make_practice_person(practice=self.practice))

    def upload(self, data: bytes, name: str = "agenda.csv"):
        return self.client.post(
            reverse("interop:imports", args=[self.practice.pk]),
            {
                "file": SimpleUploadedFile(name, data),
                "practitioner": self.practitioner.pk,
                "site": self.practice.sites.get().pk,
                "visit_type": self.visit_type.pk,
            },
        )

    def draft(self, data: bytes) -> ImportRun:
        answer = self.upload(data)
        assert answer.status_code == 302, answer.content.decode()
        run = ImportRun.objects.get()
        finish_reading(run_id=run.pk, now=NOW)  # what a job does for a long file, and for no other
        run.refresh_from_db()
        return run

    def page(self, run: ImportRun, show: str = "all") -> str:
        return self.client.get(reverse("interop:import", args=[run.pk]), {"show": show}).content.decode()

    def act(self, name: str, run: ImportRun):
        return self.client.post(reverse(f"interop:import_{name}", args=[run.pk]))


@pytest.fixture
def desk(monkeypatch):
    monkeypatch.setattr(screens, "clock_now", lambda: NOW)
    monkeypatch.setattr("decroche.interop.jobs.clock.now", lambda: NOW)
    return Desk()


def test_from_the_file_to_the_agenda_and_back(desk, deliver):
    desk.practitioner.last_name = "Roussel"
    desk.practitioner.save()
    run = desk.draft((FILES / "export.csv").read_bytes())
    page = desk.page(run)
    assert "BERTHELOT" in page
    assert "date illisible" in page
    assert not Appointment.objects.exists()
    desk.act("start", run)
    assert "va commencer" in desk.page(run)
    deliver()
    run.refresh_from_db()
    assert run.state == "done"
    report = desk.page(run)
    assert "Retirer tout l’import" in report
    count = Appointment.objects.filter(source="import").exclude(status="released").count()
    assert count == run.lines.filter(outcome="done").count()
    desk.act("undo", run)
    deliver()
    run.refresh_from_db()
    assert run.state == "undone"
    assert not Appointment.objects.exclude(status="released").exists()
    assert not Patient.objects.exists()


def test_a_line_without_a_birth_date_is_decided_where_it_stands(desk):
    known = make_patient(practice=desk.practice, birth_name="Berthelot", first_names="Clotilde")
    run = desk.draft(
        b"Date;Heure;Patient\n25/11/2026;09:30;BERTHELOT Clotilde\n26/11/2026;09:30;BERTHELOT Clotilde\n"
    )
    first, second = run.lines.all()
    address = reverse("interop:import_line", args=[first.pk])
    missing = desk.client.post(address, {"decision": "new"}, headers={"hx-request": "true"})
    assert missing.status_code == 422
    assert "date de naissance" in missing.content.decode()
    nobody = desk.client.post(address, {"decision": "known-999999"}, headers={"hx-request": "true"})
    assert nobody.status_code == 422
    done = desk.client.post(address, {"decision": f"known-{known.pk}"}, headers={"hx-request": "true"})
    assert done.status_code == 200
    second.refresh_from_db()
    assert second.patient_id == known.pk, "the same name elsewhere in the file follows"


def test_a_new_person_s_birth_date_is_typed_as_it_is_said(desk, deliver):
    run = desk.draft(b"Date;Heure;Patient\n25/11/2026;09:30;BERTHELOT Clotilde\n")
    line = run.lines.get()
    desk.client.post(
        reverse("interop:import_line", args=[line.pk]), {"decision": "new", "birth_date": "12 mars 84"}
    )
    desk.act("start", run)
    deliver()
    assert Patient.objects.get().birth_date == date(1984, 3, 12)
    assert Appointment.objects.get().starts_at == paris(9, 30, day=date(2026, 11, 25))
    late = desk.client.post(
        reverse("interop:import_line", args=[line.pk]),
        {"decision": "absence"},
        headers={"hx-request": "true"},
    )
    assert late.status_code == 409


def test_columns_are_corrected_and_the_file_read_again(desk, deliver):
    run = desk.draft(b"Jour;Quand;Qui\n25/11/2026;09:30;BERTHELOT Clotilde\n")
    body = {
        "encoding": "utf-8-sig", "delimiter": ";", "has_heads": "on", "column-0": "start", "column-1": "start_time",
        "column-2": "full_name", "first_day": "2026-11-01", "last_day": "2026-12-31", "visit_type": desk.visit_type.pk,
        "unknown": "create", "nameless": "block", "outside": "keep",
    }  # fmt: skip
    address = reverse("interop:import_choices", args=[run.pk])
    twice = desk.client.post(address, body | {"column-1": "start"})
    assert twice.status_code == 422
    assert "deux colonnes" in twice.content.decode()
    assert desk.client.post(address, body | {"last_day": "2026-10-01"}).status_code == 422
    assert desk.client.post(address, body).status_code == 302
    desk.act("start", run)
    deliver()
    assert Absence.objects.get().starts_at == paris(9, 30, day=date(2026, 11, 25))
    assert desk.client.post(address, body).status_code == 404, "the file is gone"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [(b"", "vide"), (b"\x89PNG\r\n\x1a\n\x00\x00", "ni un calendrier"), (b"a;b\n", "aucun rendez-vous")],
)
def test_what_cannot_be_read_is_said_beside_the_file(desk, data, sentence):
    answer = desk.upload(data)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not ImportRun.objects.exists()


def test_a_draft_is_forgotten_on_demand(desk):
    run = desk.draft((FILES / "google.ics").read_bytes())
    desk.act("discard", run)
    assert not ImportRun.objects.exists()


def test_the_preview_asks_the_same_whatever_the_file_holds(desk, django_assert_max_num_queries):
    rows = "".join(
        f"25/11/2026;{8 + n // 4:02}:{n % 4 * 15:02};P{chr(65 + n % 26)}TIT Anne\n" for n in range(40)
    )
    run = desk.draft(f"Date;Heure;Patient\n{rows}".encode())
    with django_assert_max_num_queries(14):
        desk.page(run)
