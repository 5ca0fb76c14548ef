"""A reminder carries a code and a link where patients may say that they are here, and nothing about them."""

from datetime import timedelta

import pytest
from django.test import Client

from decroche.foundation.logs import without_secrets
from decroche.notifications.domain.content import LONGEST_SMS
from decroche.notifications.models import OutgoingNotice
from decroche.patients.models import PatientPhone
from decroche.scheduling import notices
from decroche.scheduling.actions.send_reminders import send_reminders
from decroche.scheduling.models import Appointment
from decroche.waiting_room.actions.set_up_device import revoke_device
from decroche.waiting_room.models import Device
from decroche.waiting_room.queries import code_for
from tests.factories import make_site
from tests.waiting_room.factories import TEN_PAST_NINE, make_device, make_morning

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
BEFORE = TEN_PAST_NINE - timedelta(days=1)


@pytest.fixture
def appointment() -> Appointment:
    _, (row,) = make_morning(1)
    PatientPhone.objects.create(patient=row.patient, number="+33639981234")
    return row


def reminder(appointment: Appointment) -> str:
    send_reminders(Appointment.objects.filter(pk=appointment.pk), now=BEFORE)
    return OutgoingNotice.objects.get().body


def test_without_a_check_in_page_a_reminder_says_nothing_of_a_code(appointment) -> None:
    make_device(practice=appointment.practice)  # a wall takes no codes
    assert code_for(appointment) not in reminder(appointment)


def test_with_one_it_carries_the_code_and_nothing_about_the_patient(appointment, settings) -> None:
    settings.PUBLIC_ADDRESS = ""
    make_device(practice=appointment.practice, kind=Device.Kind.CHECK_IN)
    body = reminder(appointment)
    assert body.endswith(f"ce code\u202f: {code_for(appointment)}.")
    assert "http" not in body
    for word in ("Martin", "MARTIN", "Jeanne", appointment.visit_type.name):
        assert word not in body


def test_where_the_house_has_a_public_address_the_link_shows_the_code_as_a_qr(appointment, settings) -> None:
    settings.PUBLIC_ADDRESS = "https://decroche.example/"
    make_device(practice=appointment.practice, kind=Device.Kind.CHECK_IN)
    body = reminder(appointment)
    assert len(body) <= LONGEST_SMS
    link = body.split()[-1]
    assert link.startswith("https://decroche.example/")
    page = Client().get(link.removeprefix("https://decroche.example"))
    assert page.status_code == 200
    text = page.content.decode()
    assert code_for(appointment) in text
    assert "data:image/svg+xml" in text
    assert "no-store" in page.headers["Cache-Control"]
    for word in ("Martin", "MARTIN", "Jeanne", appointment.practice.name):
        assert word not in text
    log = without_secrets(None, "info", {"request": f"GET {link.removeprefix('https://decroche.example')}"})
    assert code_for(appointment) not in log["request"]


def test_a_code_that_this_house_did_not_write_shows_nothing() -> None:
    for code in ("7K2M-Q0XD-AB12-CDEF", "no-such-token", "x" * 500):
        assert Client().get(f"/waiting-room/arrival-{code}/").status_code == 404


def test_a_page_that_was_closed_or_stands_elsewhere_takes_no_code(appointment) -> None:
    made = make_device(practice=appointment.practice, kind=Device.Kind.CHECK_IN)
    elsewhere = make_site(practice=appointment.practice, name="Annexe", is_main=False)
    Device.objects.filter(pk=made.device.pk).update(site=elsewhere)
    assert notices.arrivals().words_for(appointment) == ""
    Device.objects.filter(pk=made.device.pk).update(site=appointment.site)
    assert code_for(appointment) in notices.arrivals().words_for(appointment)
    revoke_device(device=made.device, now=TEN_PAST_NINE)
    assert notices.arrivals().words_for(appointment) == ""


def test_where_the_whole_would_be_too_long_the_reminder_leaves_without_the_code(
    appointment, settings
) -> None:
    settings.PUBLIC_ADDRESS = f"https://{'x' * 60}.{'y' * 60}.{'z' * 60}.example"
    make_device(practice=appointment.practice, kind=Device.Kind.CHECK_IN)
    appointment.site.address_line = "12 rue " + "de la Très Longue Allée " * 5
    appointment.site.save()
    body = reminder(appointment)
    assert code_for(appointment) not in body
    assert len(body) <= LONGEST_SMS
