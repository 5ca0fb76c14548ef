"""What goes out: once for each fact, nothing medical, not at night; two carriers, one suite."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from decroche.kernel.phone import NotAPhoneNumber
from decroche.notifications.actions.queue_notice import queue_notice
from decroche.notifications.actions.send_access_card import send_access_card
from decroche.notifications.actions.send_queued import send_queued
from decroche.notifications.adapters import memory
from decroche.notifications.adapters.file import FileSender
from decroche.notifications.domain.content import MedicalContent, TooLongForSms, check, sender_name
from decroche.notifications.domain.quiet_hours import not_before
from decroche.notifications.models import NoticeStatus, OutgoingNotice
from decroche.notifications.ports import CarrierUnavailable, Parcel, ParcelRefused
from tests.factories import make_practice

NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
NIGHT = datetime(2026, 11, 24, 22, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
data = [pytest.mark.django_db, pytest.mark.data, pytest.mark.usefixtures("everywhere")]


@pytest.fixture(autouse=True)
def _empty_box():
    memory.empty()


def queue(practice, **fields):
    known = {
        "fact": "appointment:1",
        "kind": "reminder",
        "to": "06 39 98 12 34",
        "body": "À demain 14 h 30",
        "now": NOON,
    }
    return queue_notice(practice=practice, **known | fields)


class TestQueueing:
    pytestmark = data

    def test_one_fact_goes_out_once_for_each_kind(self, deliver):
        practice = make_practice()
        assert [queue(practice)[1], queue(practice)[1], queue(practice, kind="thanks")[1]] == [
            True,
            False,
            True,
        ]
        deliver()
        assert [parcel.to for parcel in memory.carried()] == ["+33639981234"] * 2
        assert set(OutgoingNotice.objects.values_list("status", flat=True)) == {NoticeStatus.SENT}

    def test_at_night_it_waits_for_the_morning_unless_it_is_awaited(self):
        practice = make_practice()
        later, _ = queue(practice, now=NIGHT)
        at_once, _ = queue(practice, fact="other", now=NIGHT, is_awaited=True)
        assert later.not_before == datetime(2026, 11, 25, 7, tzinfo=UTC)
        assert at_once.not_before == NIGHT
        assert [job.scheduled_at for job in ProcrastinateJob.objects.order_by("id")] == [
            later.not_before,
            None,
        ]

    def test_nothing_medical_not_even_the_speciality(self):
        practice = make_practice(speciality="podologie")
        for body in ("Votre ordonnance est prête", "Cabinet de PODOLOGIE", "Résultats d’analyses"):
            with pytest.raises(MedicalContent):
                queue(practice, body=body)
        assert not OutgoingNotice.objects.exists()

    def test_no_number_or_a_novel_is_refused(self):
        with pytest.raises(NotAPhoneNumber):
            queue(make_practice(), to="le bureau")
        with pytest.raises(TooLongForSms):
            queue(make_practice(), body="bonjour " * 100)

    def test_the_way_to_the_door_goes_by_sms_once_a_request(self, deliver):
        site = make_practice(name="Cabinet du Dr Roussel").sites.get()
        for _ in range(2):
            send_access_card(site=site, to="0639981234", request_key="k1", now=NIGHT)
        deliver()
        (parcel,) = memory.carried()
        assert parcel.sender == "ROUSSEL"
        assert (
            parcel.body == "12 rue des Lilas, 69003 Lyon. En face de la boulangerie. Code 12B45. 1er étage."
        )


class TestSending:
    pytestmark = data

    def test_an_unreachable_carrier_leaves_it_queued_and_a_refusal_ends_it(self):
        class Down:
            def send(self, parcel):
                raise CarrierUnavailable

        class Never:
            def send(self, parcel):
                raise ParcelRefused("numéro inconnu")

        notice, _ = queue(make_practice())
        with pytest.raises(CarrierUnavailable):
            send_queued(notice_id=notice.pk, carrier=Down(), now=NOON)
        notice.refresh_from_db()
        assert notice.status == NoticeStatus.QUEUED
        send_queued(notice_id=notice.pk, carrier=Never(), now=NOON)
        notice.refresh_from_db()
        assert (notice.status, notice.failure) == (NoticeStatus.FAILED, "numéro inconnu")


@pytest.fixture(params=["memory", "file"])
def carrier(request, tmp_path):
    if request.param == "memory":
        return memory.MemorySender(), lambda: len(memory.carried())
    return FileSender(tmp_path / "outbox"), lambda: len(list((tmp_path / "outbox").glob("*.json")))


def parcel(key="notice-1", **fields):
    known = {"channel": "sms", "sender": "ROUSSEL", "to": "+33639981234", "subject": "", "body": "À demain"}
    return Parcel(key=key, **known | fields)


def test_every_carrier_carries_a_key_once_and_gives_the_same_id(carrier):
    sender, carried = carrier
    assert sender.send(parcel()) == sender.send(parcel(body="autre"))
    assert sender.send(parcel("notice-2")) != sender.send(parcel())
    assert carried() == 2


def test_every_carrier_bears_any_text(carrier):
    sender, carried = carrier
    assert sender.send(parcel("../../etc/passwd", body="é🙂\n\x00" * 1000))
    assert carried() == 1


def test_a_folder_that_cannot_be_written_is_worth_another_try(tmp_path):
    (tmp_path / "outbox").write_text("a file")
    with pytest.raises(CarrierUnavailable):
        FileSender(tmp_path / "outbox").send(parcel())


@pytest.mark.parametrize(
    ("name", "sender"),
    [("Cabinet du Dr Roussel", "ROUSSEL"), ("Centre d’ophtalmologie Belmont", "CENTRE"), ("Maison de santé des Deux Rivières", "MAISON SANTE"[:6]),
     ("Cabinet d’Ornano-Étienne et associés", "ORNANO"), ("王", "CABINET"), ("", "CABINET"), ("Anticonstitutionnellement", "ANTICONSTIT")],
)  # fmt: skip
def test_a_sender_is_at_most_eleven_plain_characters_and_tells_no_speciality(name, sender):
    assert sender_name(name).startswith(sender[:6])
    assert 3 <= len(sender_name(name)) <= 11
    check(sender_name(name))


@pytest.mark.parametrize(
    ("local", "goes"),
    [("2026-11-24 08:00", "2026-11-24 08:00"), ("2026-11-24 20:29", "2026-11-24 20:29"), ("2026-11-24 20:30", "2026-11-25 08:00"),
     ("2026-11-24 03:00", "2026-11-24 08:00"), ("2026-03-29 01:30", "2026-03-29 08:00"), ("2026-10-24 23:00", "2026-10-25 08:00")],
)  # fmt: skip
def test_quiet_hours_are_those_of_the_practice(local, goes):
    given, expected = (datetime.fromisoformat(text).replace(tzinfo=PARIS) for text in (local, goes))
    assert not_before(given.astimezone(UTC), PARIS) == expected
