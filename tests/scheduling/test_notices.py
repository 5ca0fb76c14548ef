"""What a patient is told by SMS, and what the agenda does by itself."""

from datetime import timedelta

import pytest

from decroche.notifications.models import OutgoingNotice
from decroche.patients.models import PatientPhone
from decroche.scheduling import jobs, listeners
from decroche.scheduling.actions.cancel_appointment import cancel_appointment
from decroche.scheduling.actions.move_appointment import move_appointment
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.events import AppointmentBooked
from tests.factories import make_line, make_user
from tests.scheduling.factories import (
    NOW,
    TUESDAY,
    make_agenda,
    make_appointment,
    make_hold,
    make_patient,
    paris,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "clock_stopped")]


@pytest.fixture
def clock_stopped(monkeypatch):
    monkeypatch.setattr("decroche.foundation.clock.now", lambda: NOW)


@pytest.fixture
def appointment():
    practice, people, kind = make_agenda(speciality="dermatologie")
    make_line(practice=practice, number="+33199000001")
    patient = make_patient(practice=practice)
    PatientPhone.objects.create(patient=patient, number="+33199000002", position=0)
    PatientPhone.objects.create(patient=patient, number="+33639980003", position=1)
    kind.name = "Dépistage de mélanome"
    kind.save()
    return make_appointment(practitioner=people[0], visit_type=kind, starts_at=paris(14), patient=patient)


def booked(appointment, version=1) -> AppointmentBooked:
    return AppointmentBooked(
        appointment_id=appointment.pk,
        practice_id=appointment.practice_id,
        practitioner_id=appointment.practitioner_id,
        patient_id=appointment.patient_id,
        starts_at=appointment.starts_at,
        version=version,
        call_id=None,
        by_id=None,
        at=NOW,
    )


def test_a_booking_is_written_to_the_mobile_once_and_says_nothing_medical(appointment) -> None:
    listeners.confirm_by_sms(booked(appointment))
    listeners.confirm_by_sms(booked(appointment))
    notice = OutgoingNotice.objects.get()
    assert notice.to == "+33639980003"
    assert notice.body.startswith("Rendez-vous noté le mar. 24 nov. à 14")
    assert "12 rue des Lilas, Lyon" in notice.body
    assert "mélanome" not in notice.body
    assert "dermat" not in notice.body.lower()


def test_what_changed_meanwhile_is_not_told_twice(appointment) -> None:
    listeners.confirm_by_sms(booked(appointment, version=3))
    assert not OutgoingNotice.objects.exists()


def test_martiniques_hour_is_martiniques() -> None:
    practice, people, kind = make_agenda(timezone="America/Martinique", country_code="MQ")
    patient = make_patient(practice=practice)
    PatientPhone.objects.create(patient=patient, number="+596696123456")
    appointment = make_appointment(
        practitioner=people[0], visit_type=kind, starts_at=paris(19), patient=patient
    )
    listeners.confirm_by_sms(booked(appointment))
    assert "à 14\u202fh avec" in OutgoingNotice.objects.get().body


def test_moves_and_cancellations_are_told(appointment, deliver) -> None:
    awa = make_user()
    move_appointment(
        appointment_id=appointment.pk,
        practitioner=appointment.practitioner,
        site=appointment.site,
        starts_at=paris(10),
        version=1,
        by=awa,
        now=NOW,
    )
    deliver()
    cancel_appointment(appointment_id=appointment.pk, version=2, reason="", by=awa, now=NOW)
    deliver()
    assert list(OutgoingNotice.objects.order_by("pk").values_list("kind", flat=True)) == [
        "moved",
        "cancelled",
    ]


def test_nobody_is_told_of_the_past(appointment, monkeypatch) -> None:
    monkeypatch.setattr("decroche.foundation.clock.now", lambda: paris(15))
    listeners.confirm_by_sms(booked(appointment))
    assert not OutgoingNotice.objects.exists()


def test_tomorrows_patients_are_reminded_once(appointment) -> None:
    appointment.starts_at, appointment.ends_at = (
        paris(7, m, day=TUESDAY + timedelta(days=1)) for m in (0, 15)
    )
    appointment.created_at = NOW - timedelta(days=10)
    appointment.save()
    jobs.remind(0)
    jobs.remind(0)
    assert OutgoingNotice.objects.get().kind == "reminder"


def test_lapsed_holds_are_freed(appointment) -> None:
    awa = make_user()
    old = make_hold(
        practitioner=appointment.practitioner,
        visit_type=appointment.visit_type,
        starts_at=paris(9),
        by=awa,
        hold_expires_at=NOW,
    )
    young = make_hold(
        practitioner=appointment.practitioner, visit_type=appointment.visit_type, starts_at=paris(10), by=awa
    )
    jobs.sweep_holds(0)
    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.status, young.status) == (Status.RELEASED, Status.HELD)
