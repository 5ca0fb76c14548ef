"""The world in the database: complete, consistent, refused outside a demo, quick to find again."""

import datetime as dt
import wave

import pytest
from django.apps import apps
from django.contrib.auth import authenticate
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.models import Count, F, Q
from django.test import override_settings

from decroche.accounts.models import User
from decroche.calls.actions.keep_recording import recordings_folder
from decroche.calls.domain.callflow import treat
from decroche.calls.domain.hours import LineMoment, moment_at
from decroche.calls.models import AbuseReport, Call, CallNote, CallPlan, CallStep, Recording
from decroche.calls.queries_plans import plans_of
from decroche.demo.team import DEMO_PASSWORD, SIGN_INS
from decroche.demo.world import Loaded, load
from decroche.foundation.tenancy import practice_scope
from decroche.instructions.models import EmergencyProtocol, Instruction
from decroche.instructions.queries import valid_now
from decroche.messaging.models import FollowUp, Message
from decroche.patients.models import Patient, PatientPhone
from decroche.practices.models import AccessCard, Line, Mandate, Practice
from decroche.scheduling.models import Absence, Appointment, AppointmentChange, OpeningRule
from tests.demo.conftest import TUESDAY

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("loaded", "everywhere"),
    pytest.mark.timeout(400),
]


def test_volumes(loaded: Loaded) -> None:
    assert Practice.objects.count() == 15
    assert Patient.objects.count() == 20_000 == loaded.patients
    assert Appointment.objects.count() == loaded.appointments > 45_000
    assert Call.objects.count() == loaded.calls > 3_500
    assert Message.objects.count() == loaded.messages > 500
    assert FollowUp.objects.filter(done_at=None).count() > 30


def test_every_practice_is_complete() -> None:
    for practice in Practice.objects.all():
        assert practice.lines.filter(is_active=True).exclude(greeting="").exists()
        assert AccessCard.objects.filter(site__practice=practice).count() == practice.sites.count() >= 1
        assert any(
            mandate.is_in_force(today=TUESDAY.date()) for mandate in Mandate.objects.filter(practice=practice)
        )
        assert EmergencyProtocol.objects.filter(
            practice=practice, practitioner=None, steps__number="15"
        ).exists()
        assert practice.visit_types.count() >= 5
        for practitioner in practice.practitioners.all():
            assert practitioner.opening_rules.exists()
            assert practitioner.user_id


def test_every_reference_points_at_something() -> None:
    # The load skips these checks (see copying.trust_references), so they are made here.
    orphans = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if not model.__module__.startswith("decroche."):
                continue
            for field in model._meta.concrete_fields:
                if not field.remote_field:
                    continue
                target = field.remote_field.model._meta
                cursor.execute(
                    f'SELECT count(*) FROM "{model._meta.db_table}" a LEFT JOIN "{target.db_table}" b '
                    f'ON a."{field.column}" = b."{target.pk.column}" '
                    f'WHERE a."{field.column}" IS NOT NULL AND b."{target.pk.column}" IS NULL'
                )
                if cursor.fetchone()[0]:
                    orphans.append(f"{model.__name__}.{field.name}")
    assert orphans == []


def test_rows_stay_inside_their_practice() -> None:
    assert not Appointment.objects.exclude(patient__practice=F("practice")).exists()
    assert not Appointment.objects.exclude(practitioner__practice=F("practice")).exists()
    assert not Appointment.objects.exclude(visit_type__practice=F("practice")).exists()
    assert not Message.objects.exclude(patient__practice=F("practice")).exists()
    assert not FollowUp.objects.exclude(patient=None).exclude(patient__practice=F("practice")).exists()


def test_patients_are_found_as_if_the_action_had_written_them() -> None:
    for patient in Patient.objects.order_by("?")[:40]:
        stored = (patient.name_key, patient.first_key, patient.search_tokens)
        patient.index([phone.number for phone in patient.phones.all()])
        assert (patient.name_key, patient.first_key, patient.search_tokens) == stored
    assert not Patient.objects.filter(phones=None).exists()


def test_the_next_patient_follows_the_last() -> None:
    last = Patient.objects.order_by("-pk").first()
    patient = Patient.objects.create(
        practice=last.practice, birth_name="Essai", first_names="Jeanne", birth_date=dt.date(1990, 1, 1)
    )
    assert patient.pk == last.pk + 1
    PatientPhone.objects.create(patient=patient, number="+33639980000")


def test_history_tells_what_became_of_each_appointment() -> None:
    without = Appointment.objects.annotate(told=Count("changes", filter=Q(changes__kind="booked"))).exclude(
        told=1
    )
    assert not without.exists()
    for appointment in Appointment.objects.filter(status__in=["done", "cancelled", "no_show"]).order_by("?")[
        :50
    ]:
        last = AppointmentChange.objects.filter(appointment=appointment).last()
        assert (last.new_status, last.version) == (appointment.status, appointment.version)


def test_calls_open_onto_appointments_and_messages() -> None:
    booked = Call.objects.filter(outcome="booked")
    assert set(Appointment.objects.exclude(call_id=None).values_list("call_id", flat=True)) == set(
        booked.values_list("id", flat=True)
    )
    assert not Message.objects.exclude(call_id__in=Call.objects.values("id")).exists()


def test_instructions_are_news_to_somebody_and_some_have_ended() -> None:
    diallo = User.objects.get(email="diallo@demo.example")
    practice = Practice.objects.get(name__startswith="Cabinet médical des Tilleuls")
    views = valid_now(practice.pk, TUESDAY, diallo)
    assert 6 <= len(views) <= 14
    assert any(view.is_new for view in views)
    assert not all(view.is_new for view in views)
    assert Instruction.objects.filter(ended_at__isnull=False).count() >= 5
    assert Instruction.objects.filter(kind="end_of_day", ends_at__gt=TUESDAY).exists()


def test_an_instruction_that_closes_the_day_has_its_absence() -> None:
    for instruction in Instruction.objects.filter(kind="end_of_day"):
        assert Absence.objects.filter(instruction_id=instruction.pk).exists()


def test_follow_ups_are_due_today_and_some_are_late() -> None:
    due = FollowUp.objects.filter(done_at=None)
    assert due.filter(due_at__date=TUESDAY.date()).count() >= 15
    assert due.filter(due_at__lt=TUESDAY).exists()
    assert due.exclude(body="").values("kind").distinct().count() >= 3


def test_the_printed_sign_ins_open_the_door() -> None:
    for each in SIGN_INS:
        person = User.objects.get(email=each.email)
        assert person.check_password(DEMO_PASSWORD)
        assert person.secrecy_signed_at
    assert authenticate is not None
    assert User.objects.get(email="admin@demo.example").is_administrator


def test_a_secretary_sees_the_practices_of_her_mandates_only() -> None:
    solo = Mandate.objects.filter(secretariat__name__contains="Hoarau").values_list("practice_id", flat=True)
    with practice_scope(solo):
        assert Line.objects.count() == 2


def test_the_same_day_finds_the_world_there() -> None:
    with override_settings(MODE="demo"):
        assert load(now=TUESDAY + dt.timedelta(hours=3)).fresh is False


@pytest.mark.parametrize("mode", ["production", "development", "test"])
def test_it_loads_nowhere_but_in_a_demo(mode: str) -> None:
    with override_settings(MODE=mode), pytest.raises(ImproperlyConfigured, match="DECROCHE_MODE=demo"):
        load(now=TUESDAY)


def test_a_weekly_group_has_seats_taken_and_seats_left() -> None:
    session = OpeningRule.objects.get(capacity__gt=1)
    seats = Appointment.objects.filter(
        practitioner=session.practitioner, lane__isnull=False, starts_at__gt=TUESDAY
    )
    taken = list(
        seats.values("starts_at")
        .annotate(count=Count("pk"))
        .order_by("starts_at")
        .values_list("count", flat=True)
    )
    assert taken == [5, 3, 1]
    assert max(taken) < session.capacity
    assert seats.count() == len(set(seats.values_list("patient_id", flat=True)))


def test_a_practice_has_a_number_of_its_own_to_forward() -> None:
    lines = set(Line.objects.values_list("number", flat=True))
    own = list(Practice.objects.values_list("phone", flat=True))
    assert lines.isdisjoint(own)
    assert len(set(own)) == 15
    assert not set(PatientPhone.objects.filter(number__in=lines | set(own)))


def test_a_line_has_a_menu_and_a_back_up_and_another_is_for_emergencies() -> None:
    line = Line.objects.get(practice__name__contains="Coquelicots")
    plan = plans_of([line], now=TUESDAY)[line.pk]
    assert [choice.digit for choice in plan.plan.menu.choices] == ["1", "2", "3"]
    assert [step.after_seconds for step in plan.row.team_steps.all()] == [0, 25, 60]
    assert moment_at(plan.hours, TUESDAY).what == "open"
    assert moment_at(plan.hours, TUESDAY.replace(day=25, month=12)).what == "holiday"
    assert treat(plan.plan, LineMoment.CLOSED).then == "voicemail"
    kinds = CallPlan.objects.filter(line__practice__name__contains="Tilleuls").values_list("kind", flat=True)
    assert set(kinds) == {"main", "emergency", "colleagues"}


def test_recordings_can_be_heard_and_the_oldest_are_gone() -> None:
    kept = Recording.objects.filter(purged_at=None)
    assert 4 <= kept.count() <= 10
    assert Recording.objects.filter(purged_at__isnull=False, path="").exists()
    for recording in kept.select_related("rule", "call"):
        assert recording.purge_at > TUESDAY
        assert recording.call.line_id == recording.rule.line_id
        path = recordings_folder() / recording.path
        with wave.open(str(path)) as file:
            assert file.getnframes() == recording.seconds * 8000
    assert CallStep.objects.filter(kind="recording_refused").count() == 2
    assert not CallStep.objects.filter(kind="recording_on", call__recordings=None).exists()


def test_timelines_tell_of_third_persons_keys_and_calls_that_were_placed() -> None:
    told = set(CallStep.objects.values_list("kind", flat=True))
    assert {
        "key",
        "parked",
        "unparked",
        "party_rung",
        "party_answered",
        "given",
        "listening",
        "abuse",
    } <= told
    assert not CallStep.objects.filter(kind="given", detail__number="").exists()
    placed = Call.objects.filter(direction="out")
    assert placed.filter(end_reason="no_reply", cost_cents=0).exists()
    assert placed.filter(answered_at__isnull=False, cost_cents__gt=0).exists()
    assert CallNote.objects.count() > 8
    assert AbuseReport.objects.get().call.notes.count() == 1
    for call in Call.objects.order_by("?")[:200]:
        numbers, times = zip(*call.steps.values_list("number", "at"), strict=True)
        assert list(numbers) == list(range(len(numbers)))
        assert list(times) == sorted(times)
