"""Who waits and why, what a call was made of, what was said and heard: the screens beside the phone."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from decroche.accounts.models import AccessLogEntry, User
from decroche.calls import queries, queries_log, queries_way
from decroche.calls.actions.purge_recordings import purge_recordings
from decroche.calls.models import Call, KnownCaller, Recording
from decroche.calls.queries_queue import figures
from decroche.foundation.clock import now
from decroche.patients.actions.register_patient import register_patient
from tests.calls.factories import add_steps, make_call, make_post, make_recording, switchboard_lives
from tests.factories import (
    make_line,
    make_mandate,
    make_practice,
    make_practitioner,
    make_secretariat,
    make_secretary,
    make_supervisor,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
HTMX = {"HX-Request": "true", "HX-Target": "call-log"}
MINUTE = timedelta(minutes=1)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def desk() -> SimpleNamespace:
    practice = make_practice(name="Cabinet des Lilas")
    make_line(practice=practice)
    secretariat = make_secretariat()
    awa = make_secretary(secretariat=secretariat, practices=(practice,), last_name="Diallo")
    lea = make_secretary(secretariat=secretariat, last_name="Roche")
    chief = make_supervisor(secretariat=secretariat, last_name="Morel")
    switchboard_lives()
    return SimpleNamespace(
        practice=practice, secretariat=secretariat, awa=awa, lea=lea, chief=chief, browser=browser(awa)
    )


def queue(client: Client) -> str:
    return client.get(reverse("calls:queue")).content.decode()


# --- the live queue ----------------------------------------------------------------------------


def test_the_queue_says_who_waits_and_to_whom_it_is_offered_and_why(desk: SimpleNamespace) -> None:
    make_post(user=desk.awa, secretariat=desk.secretariat, state="ringing")
    make_post(user=desk.lea, secretariat=desk.secretariat, state="paused")
    KnownCaller.objects.create(practice=desk.practice, number="+33199001111", label="Laboratoire du Val")
    make_call(practice=desk.practice, state="waiting", caller_number="+33199001111")
    make_call(practice=desk.practice, state="waiting", urgency=2, arrived_at=now() - MINUTE)
    offered = make_call(practice=desk.practice, state="offered", secretary=desk.awa, answered_at=None)
    add_steps(
        offered,
        ("arrived", 0, {}),
        ("offered", 1, {
            "reasons": [["knows", 4], ["idle_for", 200]],
            "passed_over": [[desk.lea.pk, "in_wrap_up", 70]],
        }),
        secretary=desk.awa,
    )  # fmt: skip
    shown = queue(desk.browser)
    assert "offert à <strong>Mme Diallo</strong>\u202f: connaît le cabinet, libre depuis 3\u202fmin" in shown
    assert "Mme Roche\u202f: en après-appel depuis 1\u202fmin" in shown
    assert "Laboratoire du Val" in shown
    assert shown.index("Urgence") < shown.index("Laboratoire du Val"), "the urgent one is first in line"
    assert "En pause" in shown


def test_another_secretariats_callers_and_posts_are_not_shown(desk: SimpleNamespace) -> None:
    stranger = make_practice(name="Zzyzx")
    make_line(practice=stranger)
    make_call(practice=stranger, state="waiting")
    elsewhere = make_secretariat()
    make_post(user=make_secretary(secretariat=elsewhere, last_name="Ailleurs"), secretariat=elsewhere)
    shown = queue(desk.browser)
    assert "Zzyzx" not in shown
    assert "Ailleurs" not in shown
    assert "Personne n’attend" in shown


def test_the_days_figures_are_those_of_the_calls(desk: SimpleNamespace) -> None:
    at = now() - MINUTE
    for seconds in (5, 20, 65):
        make_call(
            practice=desk.practice,
            secretary=desk.awa,
            arrived_at=at,
            answered_at=at + timedelta(seconds=seconds),
        )
    make_call(practice=desk.practice, arrived_at=at)
    make_call(practice=desk.practice, secretary=desk.awa, arrived_at=at, direction="out")
    found = figures([desk.practice.pk], since=now() - 60 * MINUTE)
    assert (found.arrived, found.answered, found.quickly, found.lost) == (4, 3, 2, 1)
    assert found.quick_share == 50
    assert found.mean_wait == timedelta(seconds=30)
    assert found.longest == timedelta(seconds=65)
    assert figures([desk.practice.pk], since=now()).quick_share is None


def test_forty_callers_cost_as_many_queries_as_two(desk: SimpleNamespace) -> None:
    make_post(user=desk.awa, secretariat=desk.secretariat)
    make_call(practice=desk.practice, secretary=desk.awa)

    def cost() -> int:
        with CaptureQueriesContext(connection) as made:
            queue(desk.browser)
        return len(made)

    for state in ("waiting", "offered"):
        make_call(practice=desk.practice, state=state, secretary=desk.awa, answered_at=None)
    cost()
    few = cost()
    for n in range(38):
        state = ("waiting", "offered", "talking", "parked")[n % 4]
        make_call(practice=desk.practice, state=state, secretary=desk.awa, caller_number=f"+336399811{n:02d}")
    assert cost() == few


def test_only_a_supervisor_is_offered_to_listen(desk: SimpleNamespace) -> None:
    make_call(practice=desk.practice, state="talking", secretary=desk.awa)
    assert "Écouter" not in queue(desk.browser)
    assert "Écouter" in queue(browser(desk.chief))


# --- the log -----------------------------------------------------------------------------------


def found(client: Client, text: str, **fields: str) -> str:
    answer = client.post(reverse("calls:log_found"), {"text": text, **fields}, headers=HTMX)
    assert not text or text not in answer.headers.get("HX-Replace-Url", ""), (
        "what is sought stands in no address"
    )
    return answer.content.decode()


def shows(page: str, *calls: Call) -> bool:
    return {str(call.pk) for call in calls} == {
        part.split("/")[0] for part in page.split('data-href="/calls/')[1:]
    }


def test_one_box_finds_by_number_name_practice_secretary_and_fate(desk: SimpleNamespace) -> None:
    patient = register_patient(
        practice=desk.practice, birth_name="Berthelot", first_names="Clotilde", birth_date=date(1970, 1, 2),
        created_by=desk.awa, now=now(),
    )  # fmt: skip
    other = make_practice(name="Dermatologie du Port")
    make_line(practice=other)
    make_mandate(secretariat=desk.secretariat, practice=other)
    hers = make_call(
        practice=desk.practice, secretary=desk.awa, patient_id=patient.pk, caller_number="+33639980011"
    )
    lost = make_call(practice=desk.practice, caller_number="+33639980022", caller_name="Pharmacie du Marché")
    there = make_call(practice=other, secretary=desk.lea, outcome="booked", caller_number="+33199005555")
    out = make_call(practice=other, secretary=desk.lea, direction="out", caller_number="+33639987777")
    foreign = make_practice(name="Zzyzx")
    make_line(practice=foreign)
    make_call(practice=foreign, caller_number="+33639980011")
    client = desk.browser
    for text, wanted in {
        "06 39 98 00 11": (hers,),
        "063998": (hers, lost, out),
        "Berthelot": (hers,),
        "marche": (),
        "marché": (lost,),
        "sans réponse": (lost,),
        "Roche": (there, out),
        "dermato": (there, out),
        "Roche émis": (out,),
        "Rendez-vous pris": (there,),
        "zzyzx": (),
        "": (hers, lost, there, out),
    }.items():
        assert shows(found(client, text), *wanted), text


def test_days_narrow_it_and_the_address_keeps_all_but_the_text(desk: SimpleNamespace) -> None:
    old = make_call(practice=desk.practice, arrived_at=datetime(2026, 3, 3, 10, tzinfo=UTC))
    make_call(practice=desk.practice)
    answer = desk.browser.post(
        reverse("calls:log_found"), {"text": "", "day": "2026-03-01", "until": "2026-03-04"}, headers=HTMX
    )
    assert shows(answer.content.decode(), old)
    assert answer["HX-Replace-Url"].endswith("?day=2026-03-01&until=2026-03-04")
    assert "trois derniers mois" in found(desk.browser, "quelqu’un d’inconnu")


def test_a_name_is_never_taken_from_an_address(desk: SimpleNamespace) -> None:
    call = make_call(practice=desk.practice)
    page = desk.browser.get(reverse("calls:log"), {"text": "Xanthoulis"}).content.decode()
    assert shows(page, call)
    assert 'value="Xanthoulis"' not in page, "the box stays empty, nothing is sought"


def test_pages_go_on_from_the_last_call_even_when_calls_arrive_meanwhile(desk: SimpleNamespace) -> None:
    at = now() - 60 * MINUTE
    calls = [make_call(practice=desk.practice, arrived_at=at) for _ in range(4)]  # all in the same instant
    calls += [make_call(practice=desk.practice, arrived_at=at - MINUTE) for _ in range(3)]
    rows = queries.log_of([desk.practice.pk])
    seen, key = [], ""
    while True:
        page = queries_log.page_of(rows, before=key, size=2)
        seen += [call.pk for call in page.calls]
        make_call(practice=desk.practice)
        key = page.older
        if not key:
            break
    assert sorted(seen) == sorted(call.pk for call in calls)
    assert len(seen) == len(set(seen))
    for nonsense in ("x", "1e400_y", f"nan_{uuid4()}", "_"):
        assert queries_log.page_of(rows, before=nonsense, size=2).is_first


def test_the_log_goes_by_its_indexes(desk: SimpleNamespace) -> None:
    """A few thousand rows; what the plan reads does not grow with them."""
    begin = now() - timedelta(days=300)
    Call.objects.bulk_create(
        Call(
            id=uuid4(), practice=desk.practice, called_number="+33199000000",
            caller_number=f"+3363990{n % 900:04d}", state="ended", arrived_at=begin + n * MINUTE,
            ended_at=begin + n * MINUTE, end_reason="abandoned",
        )
        for n in range(6000)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE calls_call")
    rows = queries.log_of([desk.practice.pk])
    asked = {
        "the latest": rows[:51],
        "a number": rows.filter(queries_log.understand("06 39 90 01 23", [desk.practice.pk]).condition)[:51],
        "its beginning": rows.filter(queries_log.understand("0639900", [desk.practice.pk]).condition)[:51],
    }
    for what, query in asked.items():
        plan = query.explain(analyze=True)
        assert "Seq Scan on calls_call" not in plan, f"{what}:\n{plan}"
    deep = queries_log.page_of(rows, before=f"{(begin + 30 * MINUTE).timestamp():.6f}_{uuid4()}", size=50)
    assert len(deep.calls) in {30, 31}


# --- the way of a call -------------------------------------------------------------------------


def test_the_picture_of_a_call_is_to_the_scale_of_time(desk: SimpleNamespace) -> None:
    call = make_call(practice=desk.practice, secretary=desk.awa, ended_at=now() - timedelta(seconds=400))
    call.ended_at = call.arrived_at + timedelta(seconds=200)
    call.save()
    lea = {"passed_over": [[desk.lea.pk, "on_call", 130]], "reasons": [["knows", 3]]}
    add_steps(
        call, ("arrived", 0, {}), ("menu", 0, {}), ("key", 20, {"digit": "1"}), ("told", 30, {"position": 2})
    )
    steps = [
        ("offered", 40, lea), ("talking", 50, {}), ("held", 100, {}), ("party_rung", 105, {"number": "+33639980001"}),
        ("party_answered", 115, {"number": "+33639980001"}), ("party_gone", 140, {}), ("resumed", 150, {}), ("ended", 200, {}),
    ]  # fmt: skip
    for number, (kind, seconds, detail) in enumerate(steps, start=4):
        call.steps.create(
            number=number,
            kind=kind,
            at=call.arrived_at + timedelta(seconds=seconds),
            secretary=desk.awa,
            detail=detail,
        )
    card = queries.call_card(call.pk)
    way = queries_way.way_of(card, now=now())
    assert way is not None
    drawn = {lane.name: [(s.kind, s.start, s.width) for s in lane.stretches] for lane in way.lanes}
    assert drawn == {
        "Accueil": [("greeting", 0, 100)],
        "Attente": [("waiting", 100, 100)],
        "Mme Diallo": [
            ("ringing", 200, 50),
            ("talking", 250, 250),
            ("hold", 500, 250),
            ("talking", 750, 250),
        ],
        "Tiers": [("ringing", 525, 50), ("talking", 575, 125)],
    }
    waiting = next(lane for lane in way.lanes if lane.name == "Attente")
    assert (150, "Apprend qu’il est en position 2") in waiting.marks
    assert [tick for tick, _after in way.ticks] == [0, 300, 600, 900], "a tick a minute"
    make_practitioner(practice=desk.practice, title="Dr", last_name="Roussel", phone="06 39 98 00 01")
    page = desk.browser.get(reverse("calls:detail", args=[call.pk])).content.decode()
    assert "Dr Roussel répond" in page, "a name says more than a number"
    assert "Touche 1" in page
    assert "Mme Roche\u202f: en appel depuis 2\u202fmin" in page, "whom it passed over, and why"


def test_a_call_without_steps_has_no_picture_but_has_a_page(desk: SimpleNamespace) -> None:
    call = make_call(practice=desk.practice)
    assert queries_way.way_of(queries.call_card(call.pk), now=now()) is None
    page = desk.browser.get(reverse("calls:detail", args=[call.pk]))
    assert "n’a pas été gardé" in page.content.decode()


# --- recordings --------------------------------------------------------------------------------


@pytest.fixture
def recorded(desk: SimpleNamespace, settings: Any, tmp_path: Path) -> Recording:
    settings.DATA_DIR = str(tmp_path)
    folder = tmp_path / "recordings"
    folder.mkdir()
    (folder / "r.wav").write_bytes(b"RIFF" + bytes(range(96)))
    call = make_call(practice=desk.practice, secretary=desk.awa)
    return make_recording(call=call, by=desk.chief, now=now(), path="r.wav")


def test_a_recording_is_heard_by_who_may_and_the_log_says_what_for(
    desk: SimpleNamespace, recorded: Recording
) -> None:
    url = reverse("calls:recording", args=[recorded.pk])
    assert desk.browser.get(url).status_code == 404, "a secretary hears no recording"
    chief = browser(desk.chief)
    page = chief.get(reverse("calls:recordings")).content.decode()
    assert url in page
    assert "Formation des secrétaires" in page
    assert chief.get(url).content[:4] == b"RIFF"
    piece = chief.get(url, headers={"Range": "bytes=4-9"})
    assert (piece.status_code, piece.content, piece["Content-Range"]) == (
        206,
        bytes(range(6)),
        "bytes 4-9/100",
    )
    assert chief.get(url, headers={"Range": "bytes=-3"}).content == bytes((93, 94, 95))
    assert chief.get(url, headers={"Range": "bytes=100-"}).status_code == 416
    line = AccessLogEntry.objects.filter(kind="recording-training").first()
    assert line is not None
    assert (line.user_id, line.object_ids, line.practice_id) == (
        desk.chief.pk,
        [str(recorded.pk)],
        desk.practice.pk,
    )


def test_a_recording_is_gone_at_its_date(desk: SimpleNamespace, recorded: Recording, tmp_path: Path) -> None:
    chief, url = browser(desk.chief), reverse("calls:recording", args=[recorded.pk])
    file = tmp_path / "recordings" / "r.wav"
    assert purge_recordings(now=now()) == 0
    assert file.exists()
    Recording.objects.update(purge_at=now() - MINUTE)
    assert chief.get(url).status_code == 404, "not heard past its date, even before the purge"
    assert purge_recordings(now=now()) == 1
    assert not file.exists()
    recorded.refresh_from_db()
    assert recorded.purged_at is not None
    assert recorded.path == ""
    assert purge_recordings(now=now()) == 0
    assert "effacé" in chief.get(reverse("calls:recordings")).content.decode()


@pytest.mark.parametrize("path", ["../secret.wav", "/etc/passwd", "", ".", "gone.wav"])
def test_no_file_outside_the_folder_is_served_or_deleted(
    desk: SimpleNamespace, recorded: Recording, tmp_path: Path, path: str
) -> None:
    secret = tmp_path / "secret.wav"
    secret.write_bytes(b"x")
    Recording.objects.update(path=path)
    assert browser(desk.chief).get(reverse("calls:recording", args=[recorded.pk])).status_code == 404
    Recording.objects.update(purge_at=now() - MINUTE)
    purge_recordings(now=now())
    assert secret.exists()


def test_a_refusal_to_be_recorded_is_shown_as_respected(desk: SimpleNamespace) -> None:
    call = make_call(practice=desk.practice)
    add_steps(call, ("arrived", 0, {}), ("recording_told", 1, {}), ("recording_refused", 4, {}))
    page = browser(desk.chief).get(reverse("calls:recordings")).content.decode()
    assert "1 appelant a refusé d’être enregistré" in page
    assert "rien n’en a été gardé" in page
    assert (
        "A refusé l’enregistrement"
        in desk.browser.get(reverse("calls:detail", args=[call.pk])).content.decode()
    )
