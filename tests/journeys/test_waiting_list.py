"""Someone would come earlier; a slot is freed; it is kept for them, told to them, and taken by one key."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from decroche.foundation.clock import now
from decroche.scheduling.actions.cancel_appointment import cancel_appointment
from decroche.scheduling.models import Appointment, WaitingListEntry, WaitingListOffer
from decroche.scheduling.queries.explain import explain
from tests.journeys.conftest import House, Person, look

pytestmark = [pytest.mark.journey, pytest.mark.django_db, pytest.mark.timeout(300)]
PRACTICE = "Cabinet médical des Tilleuls"
Enter = Callable[..., Awaitable[Person]]


def _two_of_one_practitioner() -> tuple[Appointment, Appointment]:
    """Give two booked appointments of one kind with one practitioner: a near one, and one a week later or more.

    The near one's time is one that the practitioner's rules would give again: some days keep what is freed for emergencies.
    """
    rows = Appointment.objects.filter(practice__name=PRACTICE, status="booked", lane__isnull=True)
    near = (
        rows.filter(starts_at__gt=now() + timedelta(days=2))
        .order_by("starts_at")
        .select_related("patient", "practitioner__practice", "visit_type")
    )
    for first in near[:50]:
        again = explain(
            practitioner=first.practitioner,
            visit_type=first.visit_type,
            starts_at=first.starts_at,
            now=now(),
            but=first.pk,
        )
        if not again.is_free:
            continue
        later = rows.filter(
            practitioner=first.practitioner_id,
            visit_type=first.visit_type_id,
            starts_at__gt=first.starts_at + timedelta(days=7),
        )
        other = (
            later.exclude(patient=first.patient_id).select_related("patient").order_by("starts_at").first()
        )
        if other is not None:
            return first, other
    raise AssertionError("the demo world books nobody a week later")


def _cancel(appointment: Appointment) -> None:
    from decroche.accounts.models import User

    by = User.objects.get(email="le-goff@demo.example")
    cancel_appointment(
        appointment_id=appointment.pk, version=None, reason="à la demande du patient", by=by, now=now()
    )


async def _until(function: Callable[[], Any], page: Any, *, seconds: int = 90) -> Any:
    """Ask the database until it answers something."""
    for _ in range(seconds * 2):
        found = await look(function)
        if found:
            return found
        await page.wait_for_timeout(500)
    raise AssertionError("it never came")


async def test_who_would_come_earlier_does(house: House, enter: Enter) -> None:
    first, later = await look(_two_of_one_practitioner)
    secretary = await enter("diallo")
    page = secretary.page
    await page.goto(f"{house.url}/agenda/{later.practice_id}/wait/?appointment={later.pk}")
    await secretary.sees("h1", later.patient.display_name)
    await secretary.sees(".wait-form")
    await page.locator(".wait-form button[type=submit]").click()
    await page.wait_for_url(lambda url: url.endswith("/waiting/"))
    await secretary.sees(".waiting-line", later.patient.display_name)

    # Nobody is before her in this story.
    await look(lambda: WaitingListEntry.objects.exclude(instead_of=later.pk).update(state="left"))
    await look(lambda: _cancel(first))  # a colleague takes a cancellation
    entry = await look(lambda: WaitingListEntry.objects.get(instead_of=later.pk).pk)
    offer = await _until(lambda: WaitingListOffer.objects.filter(entry=entry, state="open").first(), page)
    await secretary.sees("#offers-panel .offer", later.patient.display_name, seconds=20)
    await secretary.sees("#offers-panel .offer", "de la liste")

    offered = page.locator("#offers-panel .offer", has_text=later.patient.display_name)
    await offered.locator(".btn-primary").click()
    await secretary.sees("#toasts", "rendez-vous avancé", seconds=20)
    booked, old = await look(
        lambda: (Appointment.objects.get(pk=offer.hold_id), Appointment.objects.get(pk=later.pk))
    )
    assert (booked.status, booked.patient_id, old.status) == ("booked", later.patient_id, "cancelled")

    await page.keyboard.press("Control+z")  # she hears: no, wait
    await _until(lambda: Appointment.objects.filter(pk=later.pk, status="booked").exists(), page)
    await secretary.sees("#offers-panel .offer", later.patient.display_name, seconds=20)
