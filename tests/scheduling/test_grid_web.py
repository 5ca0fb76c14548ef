"""The agenda's screens through their doors: moved in the grid, asked why, read again in part, printed."""

import json
from datetime import timedelta

import pytest

from decroche.accounts.permissions import Role
from decroche.patients.models import PatientPhone
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import Absence, OpeningRule
from decroche.scheduling.web import paper
from tests.factories import make_practice_person, make_secretary
from tests.scheduling.doors import HTMX, url
from tests.scheduling.factories import (
    TUESDAY,
    make_agenda,
    make_appointment,
    make_hold,
    make_patient,
    paris,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "on_that_tuesday")]


def spot(person, minute, day=TUESDAY, **more) -> dict:
    return {"practitioner": person.pk, "day": day.isoformat(), "minute": minute, **more}


# --- moving in the grid --------------------------------------------------------------------------------------------------


def test_dropping_it_in_another_column_moves_it_and_can_be_undone(agenda, awa, client) -> None:
    _practice, (first, second), kind = agenda
    visit = make_appointment(practitioner=first, visit_type=kind, starts_at=paris(9))
    answer = client.post(url("drop", visit.pk), spot(second, 630, version=visit.version))
    told = json.loads(answer["HX-Trigger"])
    visit.refresh_from_db()
    assert (answer.status_code, visit.practitioner, visit.starts_at) == (200, second, paris(10, 30))
    assert told["toast"]["text"].startswith("Rendez-vous déplacé\u202f: mar. 24 nov., 10")
    assert told["agenda-moved"]["columns"] == sorted([f"{first.pk}-2026-11-24", f"{second.pk}-2026-11-24"])
    client.post(told["toast"]["undo"])
    visit.refresh_from_db()
    assert (visit.practitioner, visit.starts_at) == (first, paris(9))


def test_pulling_its_edge_changes_how_long_it_takes(agenda, awa, client) -> None:
    _, (first, _), kind = agenda
    visit = make_appointment(practitioner=first, visit_type=kind, starts_at=paris(9))
    answer = client.post(url("drop", visit.pk), spot(first, 540, version=visit.version, minutes=40))
    visit.refresh_from_db()
    assert (visit.starts_at, visit.ends_at) == (paris(9), paris(9, 40))
    assert "Durée changée\u202f: 40" in json.loads(answer["HX-Trigger"])["toast"]["text"]


def test_a_taken_or_closed_place_leaves_it_where_it_was_and_says_why(agenda, awa, client) -> None:
    _, (first, second), kind = agenda
    visit = make_appointment(practitioner=first, visit_type=kind, starts_at=paris(9))
    make_appointment(practitioner=second, visit_type=kind, starts_at=paris(10))
    for wanted in (spot(second, 605), spot(second, 13 * 60), spot(first, 3)):
        answer = client.post(url("drop", visit.pk), wanted | {"version": visit.version})
        told = json.loads(answer["HX-Trigger"])
        assert answer.status_code == 409
        assert told["toast"]["text"]
        assert "undo" not in told["toast"]
        assert "agenda-refused" in told
        asked = client.get(url("check", visit.pk), wanted).json()
        assert asked["free"] is False
        assert asked["said"]
    visit.refresh_from_db()
    assert (visit.practitioner, visit.starts_at, visit.version) == (first, paris(9), 1)


def test_its_own_time_does_not_stand_in_its_way(agenda, awa, client) -> None:
    _, (first, _), kind = agenda
    visit = make_appointment(practitioner=first, visit_type=kind, starts_at=paris(9))
    assert client.get(url("check", visit.pk), spot(first, 545)).json()["free"] is True


def test_a_stale_card_is_refused(agenda, awa, client) -> None:
    _, (first, _), kind = agenda
    visit = make_appointment(practitioner=first, visit_type=kind, starts_at=paris(9), version=3)
    answer = client.post(url("drop", visit.pk), spot(first, 600, version=2))
    assert answer.status_code == 409
    assert "a changé depuis" in json.loads(answer["HX-Trigger"])["toast"]["text"]


@pytest.mark.parametrize("wrong", [{"day": "hier"}, {"minute": "-5"}, {"minute": "1440"}, {"minute": ""}])
def test_an_absurd_place_moves_nothing(agenda, awa, client, wrong) -> None:
    _, (first, _), kind = agenda
    visit = make_appointment(practitioner=first, visit_type=kind, starts_at=paris(9))
    assert client.post(url("drop", visit.pk), spot(first, 600) | wrong).status_code == 422
    assert client.get(url("check", visit.pk), spot(first, 600) | wrong).status_code == 422


def test_strangers_move_and_learn_nothing(agenda, client) -> None:
    practice, (first, _), kind = agenda
    visit = make_appointment(practitioner=first, visit_type=kind, starts_at=paris(9))
    client.force_login(make_secretary(practices=(make_agenda()[0],)))
    assert client.post(url("drop", visit.pk), spot(first, 600)).status_code == 404
    assert client.get(url("check", visit.pk), spot(first, 600)).status_code == 404
    assert client.get(url("why", practice.pk), spot(first, 600)).status_code == 404
    assert client.get(url("print", practice.pk)).status_code == 404


# --- why not? -------------------------------------------------------------------------------------------------------------


def test_a_closed_place_says_why_and_can_be_forced(agenda, awa, client) -> None:
    practice, (first, _), kind = agenda
    page = client.get(url("why", practice.pk), spot(first, 13 * 60)).content.decode()
    assert first.display_name in page
    assert "Forcer ici…" in page
    assert f"{first.pk}.{practice.sites.get().pk}.{int(paris(13).timestamp()) // 60}" in page
    assert kind.name in page


def test_a_free_place_can_be_taken_from_there(agenda, awa, client) -> None:
    practice, (first, _), _ = agenda
    page = client.get(url("why", practice.pk), spot(first, 605)).content.decode()
    assert "Prendre ce créneau" in page
    assert "Forcer" not in page


# --- reading again ----------------------------------------------------------------------------------------------------------


def test_a_screen_reads_only_the_column_that_changed(agenda, awa, client) -> None:
    practice, (first, second), kind = agenda
    frame = client.get(url("panel", practice.pk)).context["agenda"].frame
    visit = make_appointment(practitioner=second, visit_type=kind, starts_at=paris(9))
    key = f"{second.pk}-2026-11-24"
    part = client.get(url("view", practice.pk), {"frame": frame, "only": key}, **HTMX).content.decode()
    assert f'id="appt-{visit.pk}"' in part
    assert f'id="col-{first.pk}-' not in part
    assert "agenda-toolbar" not in part


def test_a_screen_whose_frame_no_longer_holds_gets_the_whole_view(agenda, awa, client) -> None:
    practice, (first, _), kind = agenda
    frame = client.get(url("panel", practice.pk)).context["agenda"].frame
    make_appointment(practitioner=first, visit_type=kind, starts_at=paris(6))
    for asked in (frame, "480-132-00000000", "x", "480-132", "99999-132-0"):
        answer = client.get(url("view", practice.pk), {"frame": asked}, **HTMX)
        assert "agenda-toolbar" in answer.content.decode(), asked


def test_a_column_that_says_the_same_has_the_same_sum(agenda, awa, client) -> None:
    practice, (_first, second), kind = agenda

    def sums() -> list[str]:
        page = client.get(url("view", practice.pk), **HTMX).content.decode()
        return [piece[:8] for piece in page.split('data-sum="')[1:]]

    before = sums()
    assert sums() == before
    make_appointment(practitioner=second, visit_type=kind, starts_at=paris(9))
    after = sums()
    assert after[0] == before[0]
    assert after[1] != before[1]


def test_every_screen_sees_who_keeps_a_slot_and_until_when(agenda, awa, client) -> None:
    practice, (first, _), kind = agenda
    lea = make_secretary(last_name="Petit")
    hold = make_hold(practitioner=first, visit_type=kind, starts_at=paris(9), by=lea)
    page = client.get(url("view", practice.pk), **HTMX).content.decode()
    assert "Mme Petit" in page
    assert f'data-until="{hold.hold_expires_at.isoformat()}"' in page


def test_what_is_reserved_or_kept_back_says_so(agenda, awa, client) -> None:
    practice, _, _ = agenda
    OpeningRule.objects.filter(weekday=1).update(
        reserved_for="new", release="time", release_days=0, release_time="08:00"
    )
    page = client.get(url("view", practice.pk), **HTMX).content.decode()
    assert "Réservé\u202f: nouveaux patients" in page
    assert "S’ouvre à 8\u202fh" in page
    assert "is-kept is-reserved" in page


# --- the month and the paper -------------------------------------------------------------------------------------------------


def test_the_month_leads_to_each_day(agenda, awa, client) -> None:
    practice, (first, _), kind = agenda
    make_appointment(practitioner=first, visit_type=kind, starts_at=paris(9))
    Absence.objects.create(
        practice=practice,
        practitioner=first,
        starts_at=paris(0, day=TUESDAY + timedelta(days=2)),
        ends_at=paris(0, day=TUESDAY + timedelta(days=3)),
    )
    page = client.get(
        url("view", practice.pk), {"mode": "month", "date": "2026-11-24"}, **HTMX
    ).content.decode()
    assert "Novembre 2026" in page
    assert '1<span class="month-unit"> rendez-vous' in page
    assert f"sans {first.display_name}" in page
    assert "mode=day&amp;date=2026-11-26" in page
    stepped = client.get(url("view", practice.pk), {"mode": "month", "date": "2026-12-15"}, **HTMX)
    assert (stepped.context["state"].before, stepped.context["state"].after) == (
        stepped.context["state"].query(date="2026-11-01", go=1),
        stepped.context["state"].query(date="2027-01-01", go=1),
    )


def test_the_list_for_the_practice_says_who_comes_and_how_to_reach_them(agenda, client) -> None:
    practice, (first, second), kind = agenda
    patient = make_patient(practice=practice)
    PatientPhone.objects.create(patient=patient, number="+33639980001")
    make_appointment(practitioner=first, visit_type=kind, starts_at=paris(9), patient=patient)
    gone = make_appointment(practitioner=second, visit_type=kind, starts_at=paris(9), status=Status.CANCELLED)
    client.force_login(make_practice_person(practice=practice, role=Role.STAFF))
    page = client.get(url("print", practice.pk)).content.decode()
    for said in (patient.display_name, "17/05/1980", "06 39 98 00 01", "Consult.", "Données de santé"):
        assert said in page
    assert gone.patient.display_name not in page
    assert "Consult." not in client.get(url("print", practice.pk), {"reasons": "0"}).content.decode()


@pytest.mark.parametrize("rows", [1, 4])
def test_the_printed_week_takes_the_same_queries_whatever_the_rows(
    rows, agenda, awa, client, django_assert_num_queries
) -> None:
    practice, (first, _), kind = agenda
    for n in range(rows):
        make_appointment(practitioner=first, visit_type=kind, starts_at=paris(9, 15 * n))
    client.get(url("print", practice.pk), {"span": "week"})
    with django_assert_num_queries(9):
        client.get(url("print", practice.pk), {"span": "week"})


def test_the_pdf_is_one_or_says_what_is_missing(agenda, awa, client, monkeypatch) -> None:
    practice, (first, _), kind = agenda
    make_appointment(practitioner=first, visit_type=kind, starts_at=paris(9))
    made = client.get(url("print", practice.pk), {"format": "pdf"})
    if made.status_code == 200:
        assert made.content.startswith(b"%PDF-")

    def missing(html: str, **_: object) -> bytes:
        raise paper.PdfUnavailable

    monkeypatch.setattr(paper, "write_pdf", missing)
    refused = client.get(url("print", practice.pk), {"format": "pdf"})
    assert refused.status_code == 503
    assert "Pango" in refused.content.decode()
