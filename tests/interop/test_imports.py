"""An agenda comes in from elsewhere: read, checked line by line, written once, and taken back if need be."""

from datetime import date, timedelta

import pytest

from decroche.interop.actions.read_import import finish_reading, new_import, read_import
from decroche.interop.actions.run_import import run_import
from decroche.interop.actions.start_import import NotNow, discard_import, start_import, start_undo
from decroche.interop.actions.undo_import import undo_import
from decroche.interop.domain.table import Layout, Role
from decroche.interop.jobs import forget, write_import
from decroche.interop.models import ImportLine, ImportRun
from decroche.notifications.models import OutgoingNotice
from decroche.patients.models import Patient
from decroche.scheduling.actions.cancel_appointment import cancel_appointment
from decroche.scheduling.actions.import_appointments import ImportedAppointment, import_appointments
from decroche.scheduling.domain.refusals import NotOfThisPractice
from decroche.scheduling.models import Absence, Appointment, AppointmentChange
from tests.factories import make_practice_person, make_practitioner
from tests.scheduling.factories import (
    NOW,
    make_agenda,
    make_appointment,
    make_hold,
    make_patient,
    make_visit_type,
    paris,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
HEADS = "Date;Heure;Durée;Nom;Prénom;Date de naissance;Téléphone;Motif;Praticien;Statut\n"
BERTHELOT = "BERTHELOT;Clotilde;12/03/1984;06 39 98 12 34"


class Place:
    """A practice with a practitioner who arrives with an agenda from elsewhere."""

    def __init__(self) -> None:
        self.practice, (self.practitioner,), self.visit_type = make_agenda()
        self.visit_type.name = "Consultation"
        self.visit_type.save()
        self.long_visit = make_visit_type(
            practice=self.practice, name="Bilan", short_name="Bilan", duration_minutes=45
        )
        self.person = make_practice_person(practice=self.practice)

    def draft(self, text: str | bytes, **choices) -> ImportRun:
        run = new_import(
            practitioner=self.practitioner,
            site=self.practice.sites.get(),
            visit_type=self.visit_type,
            file_name="agenda.csv",
            data=text.encode() if isinstance(text, str) else text,
            by=self.person,
            now=NOW,
            choices=choices,
        )
        if run.state == ImportRun.State.READING:  # long: a job's work
            finish_reading(run_id=run.pk, now=NOW)
            run.refresh_from_db()
        return run

    def rows(self, *rows: str, **choices) -> ImportRun:
        return self.draft(HEADS + "\n".join(rows), **choices)

    def bring_in(self, *rows: str, **choices) -> ImportRun:
        return self.write(self.rows(*rows, **choices))

    def write(self, run: ImportRun) -> ImportRun:
        start_import(run_id=run.pk, by=self.person, now=NOW)
        while run_import(run_id=run.pk, now=NOW):
            pass
        run.refresh_from_db()
        return run

    def take_back(self, run: ImportRun) -> ImportRun:
        start_undo(run_id=run.pk, by=self.person, now=NOW)
        while undo_import(run_id=run.pk, now=NOW):
            pass
        run.refresh_from_db()
        return run


@pytest.fixture
def place():
    return Place()


def lines(run: ImportRun) -> list[ImportLine]:
    return list(run.lines.all())


def test_reading_a_file_writes_nothing_in_the_agenda(place):
    run = place.rows(f"25/11/2026;09:30;15;{BERTHELOT};Consultation;;")
    (line,) = lines(run)
    assert (line.what, line.who) == ("appointment", "new")
    assert line.starts_at == paris(9, 30, day=date(2026, 11, 25))
    assert line.visit_type_id == place.visit_type.pk
    assert not Appointment.objects.exists()
    assert not Patient.objects.exists()


def test_a_new_patient_is_opened_once_and_the_appointment_is_the_agenda_s(place, deliver):
    run = place.bring_in(
        f"25/11/2026;09:30;15;{BERTHELOT};Consultation;;", f"26/11/2026;10:00;45;{BERTHELOT};Bilan;;"
    )
    patient = Patient.objects.get()
    assert (patient.birth_name, patient.first_names, patient.birth_date) == (
        "BERTHELOT",
        "Clotilde",
        date(1984, 3, 12),
    )
    assert patient.identity_status == "provisional"
    assert patient.phones.get().number == "+33639981234"
    first, second = Appointment.objects.order_by("starts_at")
    assert {first.patient_id, second.patient_id} == {patient.pk}
    assert (first.source, first.status, first.created_by) == ("import", "booked", place.person)
    assert second.visit_type == place.long_visit
    assert second.ends_at - second.starts_at == timedelta(minutes=45)
    assert [change.reason for change in AppointmentChange.objects.all()] == ["import", "import"]
    assert run.state == ImportRun.State.DONE
    assert run.raw is None
    assert {line.outcome for line in lines(run)} == {"done"}
    deliver()
    assert not OutgoingNotice.objects.exists(), "nobody is written to about what they already know"


def test_the_same_birth_date_and_names_are_one_person_in_either_order(place):
    known = make_patient(
        practice=place.practice, birth_name="Berthelot", first_names="Clotilde", birth_date=date(1984, 3, 12)
    )
    run = place.rows(
        f"25/11/2026;09:30;15;{BERTHELOT};;;", "25/11/2026;10:30;15;Clotilde;BERTHELOT;12/03/1984;;;;"
    )
    assert [(line.who, line.patient_id) for line in lines(run)] == [("known", known.pk)] * 2


def test_a_name_that_only_sounds_alike_is_a_question(place):
    twin = make_patient(
        practice=place.practice, birth_name="Berthelot", first_names="Clothilde", birth_date=date(1984, 3, 12)
    )
    run = place.bring_in(f"25/11/2026;09:30;15;{BERTHELOT};;;")
    (line,) = lines(run)
    assert line.candidates == [twin.pk]
    assert "alike" in line.notes
    assert (line.outcome, line.why) == ("refused", "undecided")
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(("choice", "who"), [("ask", "undecided"), ("namesake", "known"), ("block", "")])
def test_a_name_without_a_birth_date_follows_the_choice(place, choice, who):
    known = make_patient(practice=place.practice, birth_name="Berthelot", first_names="Clotilde")
    run = place.rows("25/11/2026;09:30;15;BERTHELOT;Clotilde;;;;;", nameless=choice)
    (line,) = lines(run)
    assert line.who == who
    assert line.what == ("absence" if choice == "block" else "appointment")
    if choice == "ask":
        assert line.candidates == [known.pk]
    if choice == "block":
        place.write(run)
        assert Absence.objects.get().reason == "", "no patient's name becomes an absence's reason"


def test_two_of_one_name_are_never_guessed(place):
    for year in (1980, 1990):
        make_patient(
            practice=place.practice,
            birth_name="Berthelot",
            first_names="Clotilde",
            birth_date=date(year, 1, 1),
        )
    run = place.rows("25/11/2026;09:30;15;BERTHELOT;Clotilde;;;;;", nameless="namesake")
    assert lines(run)[0].who == "undecided"
    assert len(lines(run)[0].candidates) == 2


def test_taken_time_stays_its_owner_s_and_the_line_says_so(place):
    own = make_appointment(
        practitioner=place.practitioner,
        visit_type=place.visit_type,
        starts_at=paris(9, 30, day=date(2026, 11, 25)),
    )
    run = place.rows(f"25/11/2026;09:20;15;{BERTHELOT};;;")
    assert "conflict" in lines(run)[0].notes
    place.write(run)
    (line,) = lines(run)
    assert (line.outcome, line.why) == ("refused", "taken")
    assert list(Appointment.objects.all()) == [own]


def test_what_is_there_already_is_left_aside_so_importing_twice_changes_nothing(place):
    rows = (f"25/11/2026;09:30;15;{BERTHELOT};;;", "26/11/2026;10:00;15;DURAND;Paul;01/02/1950;;;;")
    place.bring_in(*rows)
    again = place.bring_in(*rows)
    assert [(line.what, line.notes[-1]) for line in lines(again)] == [("ignored", "here")] * 2
    assert Appointment.objects.count() == 2
    assert Patient.objects.count() == 2


def test_two_lines_for_one_time_are_said_and_only_one_comes_in(place):
    run = place.rows(f"25/11/2026;09:30;30;{BERTHELOT};;;", "25/11/2026;09:45;15;DURAND;Paul;01/02/1950;;;;")
    assert ["twice" in line.notes for line in lines(run)] == [False, True]
    place.write(run)
    assert [line.outcome for line in lines(run)] == ["done", "refused"]


def test_a_live_hold_is_respected_and_a_lapsed_one_makes_room(place):
    for hour, expires in ((9, NOW + timedelta(minutes=5)), (10, NOW - timedelta(minutes=1))):
        make_hold(
            practitioner=place.practitioner,
            visit_type=place.visit_type,
            starts_at=paris(hour, day=date(2026, 11, 25)),
            by=place.person,
            hold_expires_at=expires,
        )
    run = place.bring_in(
        f"25/11/2026;09:00;15;{BERTHELOT};;;", "25/11/2026;10:00;15;DURAND;Paul;01/02/1950;;;;"
    )
    assert [line.outcome for line in lines(run)] == ["refused", "done"]


def test_outside_the_opening_rules_is_history_or_left_aside_as_chosen(place):
    rows = (
        f"25/11/2026;20:00;15;{BERTHELOT};;;",  # to come, closed
        f"20/11/2026;20:00;15;{BERTHELOT};;;Honoré",  # past, closed
        f"26/11/2026;10:00;15;{BERTHELOT};;;",  # to come, open
    )
    kept = place.rows(*rows)
    assert [line.what for line in lines(kept)] == ["appointment"] * 3
    refused = place.rows(*rows, outside="refuse")
    assert [line.what for line in lines(refused)] == ["ignored", "appointment", "appointment"]
    place.write(refused)
    assert {a.status for a in Appointment.objects.all()} == {"booked", "done"}


def test_absences_statuses_strangers_and_unreadable_rows_are_each_said(place):
    make_practitioner(practice=place.practice, last_name="Lemaire", first_name="Paul")
    run = place.rows(
        "25/11/2026;09:30;15;DURAND;Paul;01/02/1950;;;Dr Inconnu;",
        "25/11/2026;09:30;15;DURAND;Paul;01/02/1950;;;Dr Lemaire;",
        "25/11/2026;11:30;15;DURAND;Paul;01/02/1950;;;;Annulé",
        "20/11/2026;11:30;15;DURAND;Paul;01/02/1950;;;;Absent",
        "32/11/2026;11:30;15;DURAND;Paul;01/02/1950;;;;",
        "27/11/2026;;;;;;;;;",
    )
    found = lines(run)
    assert [line.what for line in found] == [
        "ignored",
        "appointment",
        "ignored",
        "appointment",
        "ignored",
        "absence",
    ]
    assert [line.notes[0] for line in (found[0], found[2], found[4])] == ["whose", "cancelled", "bad-date"]
    assert found[1].practitioner.last_name == "Lemaire"
    assert found[3].status == "no_show"
    place.write(run)
    assert Absence.objects.get().starts_at == paris(0, day=date(2026, 11, 27))


def test_visit_types_are_found_by_name_then_by_length_then_by_default(place):
    run = place.rows(
        f"25/11/2026;09:00;15;{BERTHELOT};bilan complet;;",
        f"25/11/2026;10:00;45;{BERTHELOT};;;",
        f"25/11/2026;11:00;20;{BERTHELOT};inconnu;;",
    )
    assert [line.visit_type_id for line in lines(run)] == [
        place.long_visit.pk,
        place.long_visit.pk,
        place.visit_type.pk,
    ]


def test_choices_can_be_changed_until_the_import_starts(place):
    run = place.draft("Jour;Quand;Qui\n25/11/2026;09:30;BERTHELOT Clotilde\n")
    run.layout = Layout("utf-8-sig", ";", True, (Role.START, Role.START_TIME, Role.FULL_NAME)).as_json()
    run.nameless = "block"
    read_import(run=run, now=NOW)
    (line,) = lines(run)
    assert line.what == "absence"
    assert line.starts_at == paris(9, 30, day=date(2026, 11, 25))


def test_undo_takes_back_exactly_what_came_in(place):
    mine = make_appointment(practitioner=place.practitioner, visit_type=place.visit_type, starts_at=paris(11))
    before = Patient.objects.count()
    run = place.bring_in(
        f"25/11/2026;09:30;15;{BERTHELOT};;;",
        "26/11/2026;10:00;15;DURAND;Paul;01/02/1950;;;;",
        "27/11/2026;;;;;;;;;",
    )
    assert Appointment.objects.filter(status="booked").count() == 3
    undone = place.take_back(run)
    assert undone.state == ImportRun.State.UNDONE
    assert list(Appointment.objects.filter(status="booked")) == [mine]
    assert Patient.objects.count() == before
    assert not Absence.objects.exists()
    assert {line.outcome for line in lines(run)} == {"undone"}
    again = place.bring_in(f"25/11/2026;09:30;15;{BERTHELOT};;;")
    assert lines(again)[0].outcome == "done"


def test_what_was_touched_since_is_kept_and_said(place, deliver):
    run = place.bring_in(
        f"25/11/2026;09:30;15;{BERTHELOT};;;", "26/11/2026;10:00;15;DURAND;Paul;01/02/1950;;;;"
    )
    touched = Appointment.objects.order_by("starts_at").first()
    cancel_appointment(appointment_id=touched.pk, version=1, reason="patient", by=place.person, now=NOW)
    place.take_back(run)
    assert [(line.outcome, line.why) for line in lines(run)] == [("kept", "touched"), ("undone", "")]
    assert [patient.birth_name for patient in Patient.objects.all()] == ["BERTHELOT"]


def test_a_record_that_someone_completed_meanwhile_stays(place):
    run = place.bring_in(f"25/11/2026;09:30;15;{BERTHELOT};;;")
    Patient.objects.update(updated_at=NOW + timedelta(hours=1))
    place.take_back(run)
    assert Patient.objects.count() == 1


def test_a_job_that_died_half_way_finishes_without_doubling(place, monkeypatch):
    rows = [
        f"{day:02}/12/2026;09:00;15;P{chr(65 + day)}TIT;Anne;01/02/19{day + 10};;;;" for day in range(1, 21)
    ]
    run = place.rows(*rows)
    start_import(run_id=run.pk, by=place.person, now=NOW)
    monkeypatch.setattr("decroche.interop.actions.run_import.BATCH", 7)
    assert run_import(run_id=run.pk, now=NOW)
    assert Appointment.objects.count() == 7
    write_import(run_id=run.pk, practice_id=place.practice.pk)
    write_import(run_id=run.pk, practice_id=place.practice.pk)
    assert Appointment.objects.count() == 20
    run.refresh_from_db()
    assert (run.state, run.done_count, run.to_do_count) == ("done", 20, 20)


def test_a_run_starts_once_and_is_discarded_only_as_a_draft(place):
    run = place.rows(f"25/11/2026;09:30;15;{BERTHELOT};;;")
    start_import(run_id=run.pk, by=place.person, now=NOW)
    for act in (
        lambda: start_import(run_id=run.pk, by=place.person, now=NOW),
        lambda: start_undo(run_id=run.pk, by=place.person, now=NOW),
        lambda: discard_import(run_id=run.pk),
    ):
        with pytest.raises(NotNow):
            act()


def test_files_words_and_drafts_are_forgotten_in_time(place, monkeypatch):
    old = place.rows(f"25/11/2026;09:30;15;{BERTHELOT};;;")
    done = place.bring_in("26/11/2026;10:00;15;DURAND;Paul;01/02/1950;;;;")
    monkeypatch.setattr("decroche.interop.jobs.clock.now", lambda: NOW + timedelta(days=2))
    forget(0)
    old.refresh_from_db()
    assert old.raw is None
    monkeypatch.setattr("decroche.interop.jobs.clock.now", lambda: NOW + timedelta(days=91))
    forget(0)
    assert not ImportRun.objects.filter(pk=old.pk).exists()
    assert [(line.title, line.birth_name, line.outcome) for line in lines(done)] == [("", "", "done")]


def test_the_verb_refuses_what_is_another_practice_s(place):
    other = Place()
    patient = make_patient(practice=other.practice)
    row = ImportedAppointment(
        key="k", practitioner_id=place.practitioner.pk, site_id=place.practice.sites.get().pk,
        visit_type_id=place.visit_type.pk, patient_id=patient.pk, starts_at=paris(9), ends_at=paris(10),
    )  # fmt: skip
    with pytest.raises(NotOfThisPractice):
        import_appointments(practice=place.practice, rows=[row], by=place.person, now=NOW)


def test_reading_asks_a_bounded_number_of_questions(place, django_assert_max_num_queries):
    rows = [
        f"{1 + n % 28:02}/12/2026;{8 + n // 28:02}:00;15;P{chr(65 + n % 26)}TIT{chr(65 + n // 26)};Anne;01/02/19{10 + n % 80};;;;"
        for n in range(200)
    ]
    with django_assert_max_num_queries(14):
        run = place.rows(*rows)
    assert run.lines.count() == 200
