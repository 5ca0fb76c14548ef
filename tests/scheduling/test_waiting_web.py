"""The waiting list through its doors, as a secretary uses it."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from decroche.scheduling.actions.cancel_appointment import cancel_appointment
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import WaitingListEntry, WaitingListOffer
from tests.factories import make_line, make_secretary
from tests.scheduling.factories import NOW, make_agenda, make_appointment, make_patient, paris
from tests.scheduling.test_waiting_list import FRIDAY, full_morning, waits

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def on_that_tuesday(monkeypatch):
    """Stop every clock at seven o'clock in Paris."""
    monkeypatch.setattr("decroche.foundation.clock.now", lambda: NOW)
    for door in ("waiting_list", "offers", "agenda"):
        monkeypatch.setattr(f"decroche.scheduling.web.{door}.clock_now", lambda: NOW)


@pytest.fixture
def agenda():
    practice, people, kind = make_agenda(practitioners=2)
    make_line(practice=practice, number="+33199000001")
    return practice, people, kind


@pytest.fixture
def awa(agenda, client):
    awa = make_secretary(practices=(agenda[0],), last_name="Diallo")
    client.force_login(awa)
    return awa


def url(name, *args) -> str:
    return reverse(f"agenda:{name}", args=args)


def toast(answer) -> dict:
    events = answer.get("HX-Trigger-After-Settle") or answer.get("HX-Trigger")
    return json.loads(events)["toast"]


def said(agenda, patient, **fields) -> dict:
    """What the form sends when nothing is changed."""
    return {
        "patient_id": patient.pk,
        "visit_type": agenda[2].pk,
        "first_day": "2026-11-24",
        "last_day": "2026-12-08",
        "notice_minutes": "120",
    } | fields


@pytest.fixture
def offer(agenda, awa, deliver):
    morning = full_morning(agenda[1][0], agenda[2])
    waits(agenda[2], awa, half_day="pm")
    waits(agenda[2], awa, since=NOW + timedelta(minutes=1))
    cancel_appointment(
        appointment_id=morning[2].pk, version=None, reason="à la demande du patient", by=awa, now=NOW
    )
    deliver()
    return WaitingListOffer.objects.get()


def test_an_appointment_that_is_too_late_fills_the_form_in(agenda, awa, client) -> None:
    own = make_appointment(practitioner=agenda[1][1], visit_type=agenda[2], starts_at=paris(9, day=FRIDAY))
    page = client.get(url("wait", agenda[0].pk), {"appointment": own.pk}, **HTMX).content.decode()
    assert own.patient.display_name in page
    assert f'value="{own.pk}" selected' in page
    assert 'name="last_day" value="2026-11-27"' in page


def test_inscribing_says_the_place_and_can_be_undone(agenda, awa, client) -> None:
    patient = make_patient(practice=agenda[0])
    answer = client.post(
        url("wait", agenda[0].pk), said(agenda, patient, weekdays=["1", "3"], half_day="am"), **HTMX
    )
    entry = WaitingListEntry.objects.get()
    assert (entry.patient, entry.weekdays, entry.half_day, entry.created_by) == (patient, [1, 3], "am", awa)
    assert "1er" in toast(answer)["text"]
    client.post(toast(answer)["undo"], **HTMX)
    entry.refresh_from_db()
    assert entry.state == "left"


def test_the_same_wish_twice_is_said_kindly(agenda, awa, client) -> None:
    entry = waits(agenda[2], awa)
    answer = client.post(url("wait", agenda[0].pk), said(agenda, entry.patient), **HTMX)
    assert answer.status_code == 422
    assert "déjà sur la liste" in answer.content.decode()


@pytest.mark.parametrize(
    "fields", [{"last_day": "2026-11-01"}, {"visit_type": "9" * 30}, {"half_day": "xx"}, {"weekdays": ["9"]}]
)
def test_an_absurd_wish_keeps_the_form(agenda, awa, client, fields) -> None:
    answer = client.post(
        url("wait", agenda[0].pk), said(agenda, make_patient(practice=agenda[0]), **fields), **HTMX
    )
    assert answer.status_code == 422
    assert not WaitingListEntry.objects.exists()


def test_without_a_patient_one_is_told_to_choose(agenda, awa, client) -> None:
    answer = client.get(url("wait", agenda[0].pk), **HTMX)
    assert answer.status_code == 422
    assert "Choisissez d’abord le patient" in answer.content.decode()


def test_the_list_shows_the_order_the_wishes_and_what_is_proposed(offer, agenda, client) -> None:
    page = client.get(url("waiting_list", agenda[0].pk)).content.decode()
    first, second = WaitingListEntry.objects.order_by("pk")
    assert page.index(first.patient.display_name) < page.index(second.patient.display_name)
    assert "l’après-midi" in page
    assert "proposé\u202f:" in page
    panel = client.get(url("offers"), {"practice": agenda[0].pk}).content.decode()
    assert f"{first.patient.display_name} ne peut pas le matin" in panel


def test_the_list_is_filtered_and_paged(agenda, awa, client) -> None:
    for n in range(27):
        waits(agenda[2], awa, mobile=False, since=NOW + timedelta(minutes=n), practitioner=agenda[1][n % 2])
    everyone = client.get(url("waiting_list", agenda[0].pk))
    assert len(everyone.context["lines"]) == 25
    assert len(client.get(url("waiting_list", agenda[0].pk), {"page": "2"}).context["lines"]) == 2
    mine = client.get(url("waiting_list", agenda[0].pk), {"practitioner": agenda[1][0].pk})
    assert len(mine.context["lines"]) == 14
    assert (
        client.get(url("waiting_list", agenda[0].pk), {"page": "x", "practitioner": "9" * 40}).status_code
        == 200
    )


def test_who_left_is_on_the_other_side(agenda, awa, client) -> None:
    entry = waits(agenda[2], awa)
    answer = client.post(url("leave_list", entry.pk), **HTMX)
    assert entry.patient.display_name not in client.get(url("waiting_list", agenda[0].pk)).content.decode()
    over = client.get(url("waiting_list", agenda[0].pk), {"state": "over"}).content.decode()
    assert entry.patient.display_name in over
    client.post(toast(answer)["undo"], **HTMX)
    assert entry.patient.display_name in client.get(url("waiting_list", agenda[0].pk)).content.decode()


def test_a_wish_is_changed_in_place(agenda, awa, client) -> None:
    entry = waits(agenda[2], awa)
    values = said(agenda, entry.patient, half_day="pm", is_urgent="on")
    assert client.post(url("waiting_entry", entry.pk), values, **HTMX).status_code == 200
    entry.refresh_from_db()
    assert (entry.half_day, entry.is_urgent, entry.created_at) == ("pm", True, NOW)


def test_the_panel_says_whom_to_call_and_takes_the_answer(offer, agenda, awa, client) -> None:
    page = client.get(url("offers")).content.decode()
    assert offer.entry.patient.display_name in page
    assert "2e de la liste" in page
    answer = client.post(url("accept_offer", offer.pk), **HTMX)
    assert "rendez-vous pris" in toast(answer)["text"]
    offer.hold.refresh_from_db()
    assert (offer.hold.status, offer.hold.patient) == (Status.BOOKED, offer.entry.patient)
    assert client.post(toast(answer)["undo"], **HTMX).status_code == 204
    assert WaitingListOffer.objects.get(state="open").entry == offer.entry


def test_a_second_secretary_is_told_that_it_is_answered(offer, agenda, awa, client) -> None:
    client.post(url("decline_offer", offer.pk), **HTMX)
    lea = make_secretary(practices=(agenda[0],))
    client.force_login(lea)
    assert "déjà été refusée" in toast(client.post(url("accept_offer", offer.pk), **HTMX))["text"]


def test_the_patient_s_card_shows_what_is_kept_for_them(offer, agenda, awa, client) -> None:
    page = client.get(url("patient_waiting", offer.entry.patient_id)).content.decode()
    assert "Créneau gardé pour ce patient" in page
    other = make_patient(practice=agenda[0])
    assert "<ul" not in client.get(url("patient_waiting", other.pk)).content.decode()


def test_what_is_kept_for_someone_says_so_in_the_agenda(offer, agenda, awa, client) -> None:
    page = client.get(url("panel", agenda[0].pk), {"date": FRIDAY.isoformat()}).content.decode()
    assert "liste d’attente" in page.lower()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_reads_the_same_however_long(
    agenda, awa, client, django_assert_max_num_queries, count
) -> None:
    for n in range(count):
        waits(agenda[2], awa, since=NOW + timedelta(minutes=n))
    client.get(url("waiting_list", agenda[0].pk))
    with django_assert_max_num_queries(16):
        client.get(url("waiting_list", agenda[0].pk))


def test_without_scripts_one_goes_back_to_the_list(offer, agenda, awa, client) -> None:
    answer = client.post(url("decline_offer", offer.pk))
    assert answer.url == url("waiting_list", agenda[0].pk)
