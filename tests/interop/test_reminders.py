"""Bringing an agenda in writes to nobody, unless whoever brings it in says so; taking it back takes the texts back too."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from decroche.interop.actions.remind_imported import remind_imported
from decroche.interop.actions.start_import import start_undo
from decroche.interop.actions.undo_import import undo_import
from decroche.interop.models import ImportRun
from decroche.interop.web import imports as screens
from decroche.notifications.actions.send_queued import send_queued
from decroche.notifications.models import NoticeStatus, OutgoingNotice
from decroche.scheduling.actions.move_appointment import move_appointment
from decroche.scheduling.actions.send_reminders import remind_tomorrow
from decroche.scheduling.models import Appointment
from tests.interop.test_import_screens import Desk
from tests.scheduling.factories import NOW, paris

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
DAY = date(2026, 11, 30)
FILE = (
    "Date;Heure;Durée;Nom;Prénom;Date de naissance;Téléphone\n"
    "30/11/2026;09:30;15;BERTHELOT;Clotilde;12/03/1984;06 39 98 12 34\n"
    "30/11/2026;22:30;15;PETIT;Anne;12/03/1985;06 39 98 12 35\n"
).encode()


@pytest.fixture
def desk(monkeypatch):
    monkeypatch.setattr(screens, "clock_now", lambda: NOW)
    monkeypatch.setattr("decroche.interop.jobs.clock.now", lambda: NOW)
    return Desk()


def bring_in(desk, deliver, **ticked):
    run = desk.draft(FILE)
    desk.client.post(reverse("interop:import_start", args=[run.pk]), ticked)
    deliver()
    run.refresh_from_db()
    assert (run.state, Appointment.objects.count()) == ("done", 2)
    return run


def texts() -> list[str]:
    return list(OutgoingNotice.objects.order_by("pk").values_list("kind", flat=True))


def remind_all(now):
    remind_tomorrow(now=now)
    remind_imported(now=now)


def test_an_import_writes_to_nobody_by_itself(desk, deliver):
    run = bring_in(desk, deliver)
    assert run.reminds is False
    for hour in range(48):
        remind_all(paris(0, day=DAY - timedelta(days=1)) + timedelta(hours=hour - 24))
    assert texts() == []
    assert "Aucun SMS ne part" in desk.page(run)


def test_whoever_ticks_so_has_them_reminded_once_each(desk, deliver):
    run = bring_in(desk, deliver, reminds="on")
    assert "recevront le SMS" in desk.page(run)
    for hour in range(48):
        remind_all(paris(0, day=DAY - timedelta(days=1)) + timedelta(hours=hour - 24))
    assert texts() == ["reminder", "reminder"]


def test_an_imported_appointment_that_somebody_moved_is_reminded_as_any_other(desk, deliver):
    bring_in(desk, deliver)
    row = Appointment.objects.select_related("practitioner", "site").order_by("starts_at").first()
    move_appointment(
        appointment_id=row.pk, practitioner=row.practitioner, site=row.site, starts_at=paris(10, day=DAY),
        version=1, by=ImportRun.objects.get().created_by, now=NOW,
    )  # fmt: skip
    remind_all(paris(10, day=DAY) - timedelta(hours=24))
    assert texts().count("reminder") == 1


def test_taking_the_import_back_takes_back_what_waits_for_the_morning(desk, deliver):
    run = bring_in(desk, deliver, reminds="on")
    late = Appointment.objects.order_by("starts_at").last()
    remind_all(late.starts_at - timedelta(hours=24))
    notice = OutgoingNotice.objects.get()
    assert notice.not_before > notice.queued_at, "it waits for the morning"
    run = ImportRun.objects.get()
    start_undo(run_id=run.pk, by=ImportRun.objects.get().created_by, now=NOW)
    while undo_import(run_id=run.pk, now=NOW):
        pass
    notice.refresh_from_db()
    assert notice.status == NoticeStatus.WITHDRAWN
    send_queued(notice_id=notice.pk, carrier=Forbidden(), now=NOW)
    remind_all(late.starts_at - timedelta(hours=24))
    assert OutgoingNotice.objects.count() == 1


class Forbidden:
    """A carrier that nobody may call."""

    def send(self, parcel) -> str:
        raise AssertionError(parcel)
