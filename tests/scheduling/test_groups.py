"""Series, brothers and sisters, pathways: all of it or none of it."""

from datetime import timedelta

import pytest

from decroche.scheduling.actions.cancel_group import cancel_group
from decroche.scheduling.actions.confirm_group import confirm_group
from decroche.scheduling.actions.hold_group import Wanted, hold_group
from decroche.scheduling.actions.hold_slot import hold_slot
from decroche.scheduling.actions.mark_done import mark_done
from decroche.scheduling.actions.record_absence import record_absence
from decroche.scheduling.actions.release_group import release_group
from decroche.scheduling.actions.renew_group import renew_group
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.refusals import GroupIncomplete, HoldExpired, SlotClosed, SlotTaken
from decroche.scheduling.models import Appointment, AppointmentGroup, Pathway, PathwayStep
from decroche.scheduling.queries.groups import pathway_slots, plan_series, sibling_slots
from tests.factories import make_user
from tests.scheduling.factories import (
    NOW,
    TUESDAY,
    make_agenda,
    make_appointment,
    make_patient,
    make_visit_type,
    paris,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere"), pytest.mark.data]


@pytest.fixture
def agenda():
    return make_agenda(practitioners=2)


@pytest.fixture
def awa():
    return make_user(last_name="Diallo")


def wanted(agenda, *moments):
    practice, people, kind = agenda
    return [Wanted(people[0], practice.sites.get(), kind, moment) for moment in moments]


def held(agenda, by, *moments, **more):
    return hold_group(kind="series", wanted=wanted(agenda, *moments), held_by=by, now=NOW, **more)


def as_wanted(agenda, slots):
    practice, people, _ = agenda
    by_id = {person.pk: person for person in people}
    kinds = {kind.pk: kind for kind in practice.visit_types.all()}
    return [
        Wanted(by_id[slot.practitioner_id], practice.sites.get(), kinds[slot.visit_type_id], slot.starts_at)
        for slot in slots
    ]


def test_a_series_is_planned_held_and_confirmed_whole(agenda, awa) -> None:
    practice, people, kind = agenda
    kind.series_sessions, kind.series_per_week = 6, 2
    kind.save()
    found = plan_series(practitioners=people, visit_type=kind, start=NOW, now=NOW)
    assert found.is_whole
    assert len({slot.practitioner_id for slot in found.slots}) == 1
    assert len({slot.starts_at.isocalendar()[:2] for slot in found.slots}) == 3
    group = hold_group(kind="series", wanted=as_wanted(agenda, found.slots), held_by=awa, now=NOW)
    patient = make_patient(practice=practice)
    done = confirm_group(group_id=group.group.pk, patients=[patient], confirmed_by=awa, now=NOW)
    assert [(each.status, each.patient) for each in done] == [(Status.BOOKED, patient)] * 6
    again = confirm_group(group_id=group.group.pk, patients=[patient], confirmed_by=awa, now=NOW)
    assert [each.version for each in again] == [each.version for each in done]


def test_one_session_that_is_taken_and_none_is_held(agenda, awa) -> None:
    practice, people, kind = agenda
    lea = make_user(last_name="Petit")
    hold_slot(
        practitioner=people[0],
        site=practice.sites.get(),
        visit_type=kind,
        starts_at=paris(10),
        held_by=lea,
        now=NOW,
    )
    with pytest.raises(GroupIncomplete) as refusal:
        held(agenda, awa, paris(9), paris(10), paris(11))
    assert (refusal.value.position, refusal.value.count) == (2, 3)
    assert isinstance(refusal.value.cause, SlotTaken)
    assert refusal.value.cause.by == "Mme Petit"
    assert Appointment.objects.filter(held_by=awa).count() == AppointmentGroup.objects.count() == 0


def test_one_session_that_closed_meanwhile_and_none_is_booked(agenda, awa) -> None:
    group = held(agenda, awa, paris(9), paris(11))
    record_absence(practitioner=agenda[1][0], starts_at=paris(10), ends_at=paris(12), by=awa, now=NOW)
    with pytest.raises(GroupIncomplete) as refusal:
        confirm_group(
            group_id=group.group.pk,
            patients=[make_patient(practice=agenda[0])],
            confirmed_by=awa,
            now=NOW,
        )
    assert refusal.value.position == 2
    assert isinstance(refusal.value.cause, SlotClosed)
    assert not Appointment.objects.filter(status=Status.BOOKED).exists()


def test_a_group_asked_twice_is_one_group(agenda, awa) -> None:
    first = held(agenda, awa, paris(9), paris(10), idempotency_key="k" * 64)
    again = held(agenda, awa, paris(9), paris(10), idempotency_key="k" * 64)
    assert (again.group, again.holds) == (first.group, first.holds)


def test_a_group_is_renewed_and_given_back_whole(agenda, awa) -> None:
    group = held(agenda, awa, paris(9), paris(10)).group
    later = NOW + timedelta(minutes=4)
    assert renew_group(group_id=group.pk, by=awa, now=later) == later + timedelta(minutes=5)
    assert [release_group(group_id=group.pk, by=awa, now=later) for _ in range(2)] == [2, 0]
    with pytest.raises(HoldExpired):
        renew_group(group_id=group.pk, by=awa, now=later)


def test_cancelling_a_series_leaves_what_took_place(agenda, awa) -> None:
    group = held(agenda, awa, paris(9), paris(10), paris(11)).group
    booked = confirm_group(
        group_id=group.pk, patients=[make_patient(practice=agenda[0])], confirmed_by=awa, now=NOW
    )
    mark_done(appointment_id=booked[0].pk, by=awa, now=NOW)
    gone = cancel_group(group_id=group.pk, reason="guérie", by=awa, now=NOW)
    assert [each.pk for each in gone] == [each.pk for each in booked[1:]]


def test_brothers_and_sisters_come_one_after_the_other(agenda, awa) -> None:
    practice, people, kind = agenda
    for minute in (15, 45):  # 9:15 and 9:45 are taken: three in a row fit at 10:00
        make_appointment(practitioner=people[0], visit_type=kind, starts_at=paris(9, minute))
    found = sibling_slots(practitioners=people[:1], visit_types=[kind] * 3, start=NOW, now=NOW, limit=2)
    assert [slot.starts_at for slot in found[0]] == [paris(10), paris(10, 15), paris(10, 30)]
    group = hold_group(kind="siblings", wanted=as_wanted(agenda, found[0]), held_by=awa, now=NOW)
    children = [make_patient(practice=practice) for _ in range(3)]
    done = confirm_group(
        group_id=group.group.pk,
        patients=children,
        confirmed_by=awa,
        now=NOW,
        accompanied_by="leur père",
    )
    assert [each.patient for each in done] == children
    assert {each.accompanied_by for each in done} == {"leur père"}


def test_an_ultrasound_and_then_the_consultation_that_reads_it(agenda, awa) -> None:
    practice, people, kind = agenda
    scan = make_visit_type(practice=practice, duration_minutes=30)
    pathway = Pathway.objects.create(practice=practice, name="Écho puis consultation")
    PathwayStep.objects.create(pathway=pathway, position=1, visit_type=scan, practitioner=people[0])
    PathwayStep.objects.create(
        pathway=pathway, position=2, visit_type=kind, practitioner=people[1], wait_minutes=20
    )
    for minute in range(0, 120, 15):  # who reads it is taken until 11
        make_appointment(
            practitioner=people[1], visit_type=kind, starts_at=paris(9) + timedelta(minutes=minute)
        )
    found = pathway_slots(pathway=pathway, practitioners=people, start=NOW, now=NOW, limit=1)
    scan_slot, reading = found[0]
    assert (scan_slot.practitioner_id, reading.practitioner_id) == (people[0].pk, people[1].pk)
    assert scan_slot.ends_at <= reading.starts_at <= scan_slot.ends_at + timedelta(minutes=20)
    assert reading.starts_at.date() == TUESDAY
    group = hold_group(kind="pathway", wanted=as_wanted(agenda, found[0]), held_by=awa, now=NOW)
    assert [each.visit_type for each in group.holds] == [scan, kind]
