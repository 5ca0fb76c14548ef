"""Absences and delays through their doors, as a secretary deals with them."""

import json

import pytest
from django.urls import reverse

from decroche.scheduling.actions.record_absence import record_absence
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import Absence, MassMove, MassMoveItem
from tests.factories import make_line, make_secretary
from tests.scheduling.factories import NOW, make_agenda, make_appointment, paris
from tests.scheduling.test_mass_moves import WEDNESDAY, comes, ill_today

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def on_that_tuesday(monkeypatch):
    """Stop every clock at seven o'clock in Paris."""
    monkeypatch.setattr("decroche.foundation.clock.now", lambda: NOW)
    for door in ("mass_moves", "offers"):
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
    return json.loads(answer["HX-Trigger"])["toast"]


def said(person, **fields) -> dict:
    return {"practitioner": person.pk, "first_day": "2026-11-24", "last_day": "2026-11-24"} | fields


def key(practitioner, start) -> str:
    site = practitioner.practice.sites.get(is_main=True)
    return f"{practitioner.pk}.{site.pk}.{int(start.timestamp()) // 60}"


def test_ill_for_the_rest_of_the_day_takes_three_fields(agenda, awa, client) -> None:
    _, people, kind = agenda
    appointment = comes(people[0], kind, paris(9))
    answer = client.post(url("start_away", agenda[0].pk), said(people[0]), follow=True)
    page = answer.content.decode()
    assert appointment.patient.display_name in page
    assert "1 déplacement, 1 SMS" in page
    absence = Absence.objects.get()
    assert (absence.starts_at, absence.ends_at, absence.created_by) == (NOW, paris(0, day=WEDNESDAY), awa)


def test_closed_for_a_week_with_a_locum(agenda, awa, client) -> None:
    _, people, kind = agenda
    comes(people[0], kind, paris(9, day=WEDNESDAY))
    values = said(
        people[0], first_day="2026-11-25", last_day="2026-12-01", locum=people[1].pk, reason="Congés"
    )
    client.post(url("start_away", agenda[0].pk), values)
    move = MassMove.objects.get()
    assert (move.absence.locum, move.reason, move.starts_at) == (people[1], "Congés", paris(0, day=WEDNESDAY))
    assert move.items.get().new_practitioner == people[1]


@pytest.mark.parametrize(
    "fields",
    [
        {"last_day": "2026-11-20"},
        {"first_day": "hier"},
        {"first_day": "2026-11-24", "last_day": "2029-01-01"},
        {"practitioner": "9" * 30},
        {"starts": "25:00"},
    ],
)
def test_an_absurd_absence_keeps_the_form(agenda, awa, client, fields) -> None:
    assert client.post(url("start_away", agenda[0].pk), said(agenda[1][0]) | fields).status_code == 422
    assert not Absence.objects.exists()


def test_nobody_stands_in_for_themselves(agenda, awa, client) -> None:
    answer = client.post(url("start_away", agenda[0].pk), said(agenda[1][0], locum=agenda[1][0].pk))
    assert answer.status_code == 422


def test_an_absence_that_touches_nobody_says_so(agenda, awa, client) -> None:
    answer = client.post(url("start_away", agenda[0].pk), said(agenda[1][0]), follow=True)
    assert "Aucun rendez-vous n’est touché" in answer.content.decode()
    assert Absence.objects.exists()


def test_a_line_is_decided_otherwise(agenda, awa, client) -> None:
    _, people, kind = agenda
    comes(people[0], kind, paris(9))
    item = ill_today(people[0], awa).items.get()
    page = client.get(url("mass_move_line", item.pk), **HTMX).content.decode()
    there = paris(11, day=WEDNESDAY)
    assert key(people[1], paris(9)) in page  # a colleague, today
    client.post(url("mass_move_line", item.pk), {"plan": "move", "slot": key(people[1], there)}, **HTMX)
    item.refresh_from_db()
    assert (item.new_practitioner, item.new_starts_at) == (people[1], there)
    client.post(url("mass_move_line", item.pk), {"plan": "cancel"}, **HTMX)
    item.refresh_from_db()
    assert item.plan == "cancel"
    client.post(url("mass_move_line", item.pk), {"plan": "explode"}, **HTMX)
    item.refresh_from_db()
    assert item.plan == "cancel"


def test_sending_shows_progress_calls_and_failures(agenda, awa, client, deliver) -> None:
    _, people, kind = agenda
    fine, no_mobile, taken = (comes(people[0], kind, paris(9, 15 * n), mobile=n != 1) for n in range(3))
    move = ill_today(people[0], awa)
    lost = move.items.get(appointment=taken)
    make_appointment(practitioner=people[0], visit_type=kind, starts_at=lost.new_starts_at)
    assert "C’est parti" in toast(client.post(url("send_mass_move", move.pk), **HTMX))["text"]
    assert "0/3" in client.get(url("mass_move", move.pk), **HTMX).content.decode()
    deliver()
    page = client.get(url("mass_move", move.pk), **HTMX).content.decode()
    assert "2/3" in page
    assert "Ce créneau a été donné entre-temps" in page
    assert "Je vous ai gardé" in page  # what to say to who has no mobile
    client.post(
        url("mass_move_line", lost.pk),
        {"plan": "move", "slot": key(people[0], paris(11, day=WEDNESDAY))},
        **HTMX,
    )
    client.post(url("retry_line", lost.pk), **HTMX)
    deliver()
    taken.refresh_from_db()
    assert taken.starts_at == paris(11, day=WEDNESDAY)
    answer = client.post(url("line_called", move.items.get(appointment=no_mobile).pk), **HTMX)
    assert "Tout est fait" in client.get(url("mass_move", move.pk), **HTMX).content.decode()
    client.post(toast(answer)["undo"], **HTMX)
    assert "Tout est fait" not in client.get(url("mass_move", move.pk), **HTMX).content.decode()
    fine.refresh_from_db()
    assert fine.status == Status.BOOKED


def test_undone_before_it_is_sent_the_agenda_is_open_again(agenda, awa, client) -> None:
    comes(agenda[1][0], agenda[2], paris(9))
    move = ill_today(agenda[1][0], awa)
    answer = client.post(url("undo_mass_move", move.pk), **HTMX)
    assert answer["HX-Redirect"] == url("mass_moves", agenda[0].pk)
    assert not Absence.objects.exists()
    assert "annulé entre-temps" in toast(client.post(url("send_mass_move", move.pk), **HTMX))["text"]


def test_an_absence_of_the_practitioner_s_own_leads_here(agenda, awa, client) -> None:
    comes(agenda[1][0], agenda[2], paris(9))
    absence = record_absence(
        practitioner=agenda[1][0], starts_at=paris(8), ends_at=paris(20), by=awa, now=NOW
    ).absence
    panel = client.get(url("offers")).content.decode()
    assert url("mass_move_of_absence", absence.pk) in panel
    page = client.get(url("mass_move_of_absence", absence.pk)).content.decode()
    assert "Préparer le report" in page
    assert not MassMove.objects.exists()
    client.post(url("mass_move_of_absence", absence.pk))
    move = MassMove.objects.get()
    assert client.get(url("mass_move_of_absence", absence.pk)).url == url("mass_move", move.pk)


def test_a_delay_is_announced(agenda, awa, client, deliver) -> None:
    comes(agenda[1][0], agenda[2], paris(9))
    values = {"late_practitioner": agenda[1][0].pk, "minutes": "40"}
    page = client.post(url("start_late", agenda[0].pk), values, follow=True).content.decode()
    assert "40\u202fmin de retard" in page
    move = MassMove.objects.get()
    client.post(url("send_mass_move", move.pk), **HTMX)
    deliver()
    assert MassMoveItem.objects.get().told == "sms"
    nobody = client.post(url("start_late", agenda[0].pk), values | {"late_practitioner": agenda[1][1].pk})
    assert nobody.status_code == 422
    assert "n’attend plus personne" in nobody.content.decode()


def test_the_calls_to_make_are_on_the_panel(agenda, awa, client, deliver) -> None:
    appointment = comes(agenda[1][0], agenda[2], paris(9), mobile=False)
    move = ill_today(agenda[1][0], awa)
    client.post(url("send_mass_move", move.pk), **HTMX)
    deliver()
    page = client.get(url("offers"), {"practice": agenda[0].pk}).content.decode()
    assert appointment.patient.display_name in page
    client.post(url("line_called", move.items.get().pk), **HTMX)
    assert appointment.patient.display_name not in client.get(url("offers")).content.decode()
    assert client.get(url("offers"), {"practice": "9" * 30}).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_reads_the_same_for_one_and_for_three(
    agenda, awa, client, django_assert_max_num_queries, count
) -> None:
    for n in range(count):
        comes(agenda[1][0], agenda[2], paris(9, 15 * n))
    move = ill_today(agenda[1][0], awa)
    client.get(url("mass_move", move.pk))
    with django_assert_max_num_queries(12):
        client.get(url("mass_move", move.pk))
