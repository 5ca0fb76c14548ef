"""A long file is read by a job while its page tells how far it is; what cannot be read leaves nothing behind."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from decroche.interop.actions import read_import as reading
from decroche.interop.actions.read_import import finish_reading
from decroche.interop.domain import lines
from decroche.interop.domain.lines import FileFlaw, Unreadable, glance, is_long
from decroche.interop.jobs import forget, read_file
from decroche.interop.models import ImportRun
from decroche.interop.web import imports as screens
from decroche.scheduling.models import Appointment
from tests.interop.test_import_screens import Desk
from tests.scheduling.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
WEEKLY = b"""BEGIN:VCALENDAR\r
BEGIN:VEVENT\r
UID:1\r
SUMMARY:Reunion\r
DTSTART;TZID=Europe/Paris:20261124T090000\r
DTEND;TZID=Europe/Paris:20261124T093000\r
RRULE:FREQ=WEEKLY;COUNT=5\r
END:VEVENT\r
END:VCALENDAR\r
"""


def long_table(count: int = 600) -> bytes:
    first = date(2026, 11, 25)
    rows = (
        f"{first + timedelta(days=n // 30):%d/%m/%Y};{8 + n % 30 // 4:02}:{n % 4 * 15:02};PETIT Anne;12/03/19{n % 90 + 10}\n"
        for n in range(count)
    )
    return ("Date;Heure;Patient;Date de naissance\n" + "".join(rows)).encode()


@pytest.fixture
def desk(monkeypatch):
    monkeypatch.setattr(screens, "clock_now", lambda: NOW)
    monkeypatch.setattr("decroche.interop.jobs.clock.now", lambda: NOW)
    return Desk()


def test_a_long_file_is_read_by_a_job_and_the_page_waits_with_one(desk, deliver):
    assert desk.upload(long_table()).status_code == 302
    run = ImportRun.objects.get()
    assert (run.state, run.lines.count()) == ("reading", 0)
    waiting = desk.page(run)
    assert "Lecture du fichier" in waiting
    assert 'id="lines"' not in waiting
    assert desk.act("start", run).status_code == 302
    run.refresh_from_db()
    assert run.state == "reading", "nothing starts before it is read"
    deliver()
    run.refresh_from_db()
    assert (run.state, run.lines.count()) == ("draft", 600)
    assert "Lecture du fichier" not in desk.page(run)
    ready = desk.client.get(
        reverse("interop:import", args=[run.pk]), {"part": "progress"}, headers={"hx-request": "true"}
    )
    assert ready.headers["HX-Redirect"] == reverse("interop:import", args=[run.pk])


def test_a_calendar_that_repeats_is_read_by_a_job(desk, deliver):
    desk.upload(WEEKLY, "agenda.ics")
    run = ImportRun.objects.get()
    assert run.state == "reading"
    deliver()
    run.refresh_from_db()
    assert (run.state, run.lines.count()) == ("draft", 5)


def test_the_page_is_told_how_far_the_reading_is(desk, monkeypatch):
    desk.upload(long_table())
    run = ImportRun.objects.get()
    told = []
    monkeypatch.setattr(
        reading, "_compare", lambda _run, _lines, _now, report: (report(300), told.append(shown(run)))
    )
    finish_reading(run_id=run.pk, now=NOW)
    assert told == [(900, 1200)], "all lines understood, half of them compared"


def shown(run: ImportRun) -> tuple[int, int]:
    fresh = ImportRun.objects.get(pk=run.pk)
    return fresh.done_count, fresh.to_do_count


def test_what_the_job_cannot_read_says_why_and_leaves_nothing(desk, deliver):
    too_many = long_table(lines.MOST_LINES + 1)
    assert desk.upload(too_many).status_code == 302
    deliver()
    run = ImportRun.objects.get()
    assert (run.state, run.raw, run.lines.count()) == ("flawed", None, 0)
    page = desk.page(run)
    assert "Plus de 5\u202f000 lignes" in page
    assert "Rien n’en a été gardé" in page
    assert "Choisir un autre fichier" in page
    desk.act("discard", run)
    assert not ImportRun.objects.exists()


def test_another_way_of_reading_that_fails_keeps_the_reading_before_it(desk, deliver):
    run = desk.draft(long_table())
    count = run.lines.count()
    body = {
        "encoding": "utf-8-sig", "delimiter": ";", "has_heads": "on", "column-0": "", "column-1": "start_time", "column-2": "full_name",
        "column-3": "birth_date", "first_day": "2026-11-01", "last_day": "2026-12-31", "visit_type": desk.visit_type.pk,
        "unknown": "create", "nameless": "ask", "outside": "keep",
    }  # fmt: skip
    address = reverse("interop:import_choices", args=[run.pk])
    desk.client.post(address, body | {"column-0": "start"})
    run.refresh_from_db()
    assert run.state == "reading"
    ImportRun.objects.filter(pk=run.pk).update(raw=b"nothing of the kind")
    deliver()
    run.refresh_from_db()
    assert (run.state, run.flaw, run.lines.count()) == ("draft", FileFlaw.EMPTY, count)
    assert "Voici la lecture d’avant" in desk.page(run)


def test_the_job_run_twice_or_after_the_file_was_forgotten_does_nothing(desk, deliver):
    run = desk.draft(long_table())
    first = run.lines.first().pk
    read_file(run_id=run.pk, practice_id=run.practice_id)
    assert run.lines.first().pk == first
    run.delete()
    read_file(run_id=999_999, practice_id=desk.practice.pk)
    assert not ImportRun.objects.exists()


def test_what_was_never_started_is_forgotten_after_a_week(desk, monkeypatch):
    desk.upload(long_table())
    ImportRun.objects.update(created_at=NOW - timedelta(days=8))
    forget(0)
    assert not ImportRun.objects.exists()


def test_what_can_be_refused_at_a_glance_is_refused_beside_the_file(desk, monkeypatch):
    monkeypatch.setattr(lines, "MOST_EVENTS", 40)
    for data in (long_table(60), WEEKLY + lines._EVENT * 60):
        answer = desk.upload(data)
        assert answer.status_code == 422
        assert "choisissez une période plus courte" in answer.content.decode()
    assert not ImportRun.objects.exists()
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(
    ("data", "long"),
    [
        (b"", False),
        (b"a\n" * 500, False),
        (b"a\n" * 501, True),
        (WEEKLY, True),
        (WEEKLY.replace(b"RRULE", b"X-NO"), False),
    ],
)
def test_long_is_many_lines_or_repeating(data, long):
    assert is_long(data) is long


def test_a_file_beyond_ten_megabytes_is_not_even_opened():
    with pytest.raises(Unreadable) as refused:
        glance(b"x" * (lines.MOST_BYTES + 1))
    assert refused.value.flaw is FileFlaw.TOO_LARGE
