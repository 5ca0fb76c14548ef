"""What Décroche is for: a call comes in, the right practice is on screen, an appointment and a message come of it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from decroche.calls.models import Call
from decroche.messaging.models import Message
from decroche.patients.models import Patient
from decroche.practices.models import Line, Practitioner
from decroche.scheduling.models import Appointment
from tests.asterisk.sipp import Caller
from tests.journeys.conftest import POCKET, House, Person, look

pytestmark = [pytest.mark.journey, pytest.mark.django_db, pytest.mark.timeout(300)]
PRACTICE = "Cabinet médical des Tilleuls"
Enter = Callable[..., Awaitable[Person]]


def _somebody() -> tuple[str, Patient, str]:
    """Return the practice's number, a patient of it and her telephone."""
    line = Line.objects.get(practice__name=PRACTICE, is_active=True, label__icontains="patients")
    known = Patient.objects.filter(practice=line.practice, phones__isnull=False, birth_date__year__lt=1990)
    patient = known.order_by("pk")[3]
    return line.number, patient, patient.phones.all()[0].number


async def _at_her_post(enter: Enter) -> Person:
    secretary = await enter("diallo", signs_in=True)
    await secretary.sees("#phone-bar", "Prendre mon poste")
    await secretary.presses("F2")
    await secretary.sees("#phone-bar", "Vous êtes libre", seconds=20)
    return secretary


async def test_a_call_becomes_an_appointment_and_a_message_by_keyboard_alone(
    house: House, enter: Enter, new_caller: Callable[[], Caller]
) -> None:
    number, patient, telephone = await look(_somebody)
    secretary = await _at_her_post(enter)
    page = secretary.page

    # It rings: the practice is on screen before she says hello, and who it may be.
    caller = new_caller()
    await caller.call(number, sender=f"<sip:{telephone}@operator.example>", talks=120)
    await secretary.sees("[data-softphone=answer]", seconds=20)
    await secretary.sees("#practice-name", PRACTICE)
    await secretary.sees("#current-call", patient.display_name)

    # She answers; sound goes both ways.
    await secretary.presses("F2")
    await secretary.sees("#current-call", "En conversation", seconds=20)
    await _hears_and_is_heard(secretary)

    # She finds the patient, by birth date.
    await secretary.presses("/")
    await secretary.types(f"{patient.birth_date:%d/%m/%Y} {patient.last_name[:3]}")
    await secretary.presses("Enter")
    await secretary.sees("#patient-hits button:focus", patient.display_name)
    await secretary.presses("Enter")
    await secretary.sees(".patient-card", patient.display_name)

    # She books: visit type, first slot, Enter. The practitioner watches that day on a telephone.
    await secretary.presses("Escape", "v")
    await secretary.sees("#agenda-booking .booking-item")
    await secretary.presses("1")
    await secretary.sees("#agenda-booking ol[aria-label] .booking-item")
    await secretary.presses("1")
    await secretary.sees("#agenda-booking", patient.last_name.upper())
    doctor = await _the_practitioner_of_the_hold(enter)
    await secretary.presses("Enter")
    await secretary.sees(".patient-part", "Dr")
    await doctor.sees(".visit", patient.display_name)

    # She leaves a message; it lands on the same telephone, without a reload.
    await doctor.page.goto(f"{house.url}/companion/")
    await doctor.page.locator(".tabbar a", has_text="Messages").click()
    await secretary.presses("F6")
    await secretary.sees(".compose-form textarea[name=body]")
    practitioner = await look(lambda: Practitioner.objects.get(user__email__startswith=doctor.login + "@"))
    await page.locator(".compose-form select[name=practitioner]").focus()
    await secretary.types(practitioner.display_name)
    await page.locator(".compose-form textarea[name=body]").focus()
    await secretary.types("Demande son compte rendu, rappel possible après 18 h.")
    await secretary.presses("Control+Enter")
    await doctor.sees(".letter", "Demande son compte rendu")

    # She hangs up, notes the outcome that was proposed, and is free again.
    await secretary.presses("F8")
    await secretary.sees("#phone-bar", "Après-appel")
    assert await caller.ended() == 0
    await page.evaluate("document.activeElement?.blur()")
    await secretary.presses("r")
    await secretary.sees("#call-outcome button[aria-pressed=true]", "Rendez-vous pris")
    await secretary.presses("F2")
    await secretary.sees("#phone-bar", "Vous êtes libre")

    await look(lambda: _all_is_written(telephone, patient))


async def _hears_and_is_heard(person: Person) -> None:
    """Wait until a second's worth of packets went each way and what came was no silence."""
    sound: dict[str, float] = {}
    async with asyncio.timeout(20):
        while not (sound.get("came", 0) > 50 and sound.get("went", 0) > 50 and sound.get("energy", 0) > 0):
            await asyncio.sleep(0.2)
            sound = await person.page.evaluate("sound()")


async def _the_practitioner_of_the_hold(enter: Enter) -> Person:
    def read() -> tuple[str, str, int]:
        # Those kept for the waiting list are nobody's.
        holds = Appointment.objects.filter(status="held", held_by__isnull=False)
        hold = holds.select_related("practitioner__user", "site").latest("pk")
        local = hold.starts_at.astimezone(hold.site.zone)
        return hold.practitioner.user.email.split("@")[0], local.date().isoformat(), hold.practice_id

    login, day, _practice = await look(read)
    doctor = await enter(login, size=POCKET, has_touch=True, is_mobile=True)
    await doctor.page.goto(f"{doctor.page.url.split('?')[0]}?day={day}")
    await doctor.sees("#companion-day")
    return doctor


def _all_is_written(telephone: str, patient: Patient) -> None:
    call = Call.objects.filter(caller_number=telephone).latest("arrived_at")
    assert (call.state, call.outcome) == ("ended", "booked")
    booked: Any = Appointment.objects.filter(call_id=call.pk).values("patient_id", "status")
    assert list(booked) == [{"patient_id": patient.pk, "status": "booked"}]
    assert Message.objects.get(call_id=call.pk).patient_id == patient.pk
    kinds = list(call.steps.order_by("at").values_list("kind", flat=True))
    assert kinds[0] == "arrived"
    assert {"offered", "talking", "ended"} <= set(kinds)
