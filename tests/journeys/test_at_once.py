"""What one person does is on the others' screens at once; what was taken meanwhile is said kindly."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from decroche.calls.models import Call
from decroche.foundation.clock import now
from decroche.practices.models import Line, Practice
from decroche.scheduling.models import Appointment
from tests.asterisk.sipp import Caller
from tests.journeys.conftest import POCKET, House, Person, look

pytestmark = [pytest.mark.journey, pytest.mark.django_db, pytest.mark.timeout(300)]
PRACTICE = "Cabinet médical des Tilleuls"
Enter = Callable[..., Awaitable[Person]]


async def _open(person: Person, house: House, practice: str) -> int:
    id_: int = await look(lambda: Practice.objects.get(name=practice).pk)
    await person.page.goto(f"{house.url}/desk/practices/{id_}/")
    await person.sees("#agenda-booking")
    return id_


async def test_an_instruction_given_on_a_telephone_is_on_the_desk_at_once(house: House, enter: Enter) -> None:
    secretary = await enter("diallo")
    practice_id = await _open(secretary, house, PRACTICE)
    doctor = await enter("vauquelin", signs_in=True, size=POCKET, has_touch=True, is_mobile=True)
    await doctor.page.goto(f"{house.url}/companion/{practice_id}/asked/")
    await doctor.page.fill("#asked-text", "Le laboratoire peut me joindre sur le portable.")
    await doctor.page.locator(".asked-free .btn-primary").click()
    await doctor.sees(".asked-list", "Le laboratoire peut me joindre")
    await secretary.sees("#zone-call", "Le laboratoire peut me joindre sur le portable.")


async def test_a_slot_taken_between_display_and_enter_is_said_with_the_next_ones(
    house: House, enter: Enter
) -> None:
    first, second = await enter("diallo"), await enter("le-goff")
    for person in (first, second):
        await _open(person, house, PRACTICE)
        await person.page.locator("#zone-agenda").focus()
        await person.presses("v")
        await person.sees("#agenda-booking .booking-item")
        await person.presses("1")
        await person.sees("#agenda-booking ol[aria-label] .booking-item")
    wanted = await first.page.locator("#agenda-booking ol[aria-label] .booking-item").first.inner_text()
    await first.presses("1")
    await first.sees(".booking-hold")
    await second.presses("1")
    await second.sees("#agenda-booking [role=alert]", "Créneau pris à l’instant par Mme Diallo")
    others = await second.page.locator("#agenda-booking ol[aria-label] .booking-item").all_inner_texts()
    assert others
    assert wanted not in others
    await first.presses("Escape")
    await first.sees("#agenda-booking:not(.is-holding)")
    held = await look(lambda: Appointment.objects.filter(status="held", hold_expires_at__gt=now()).count())
    assert held == 0


async def test_a_second_tab_does_not_ring_twice(house: House, enter: Enter) -> None:
    secretary = await enter("roussel")
    await secretary.sees("#phone-bar", "Prendre mon poste")
    await secretary.presses("F2")
    await secretary.sees("#phone-bar", "Vous êtes libre", seconds=20)
    other = await secretary.context.new_page()
    await other.goto(f"{house.url}/desk/")
    await (
        other.locator("[data-softphone-warning], #softphone-tab")
        .filter(has_text="autre onglet")
        .first.wait_for(state="visible", timeout=20_000)
    )


async def test_a_call_on_a_line_nobody_declared_is_told_and_kept(
    house: House, new_caller: Callable[[], Caller]
) -> None:
    caller = new_caller()
    began = now() - timedelta(seconds=1)
    await caller.call(
        "+33199009999", sender='"<script>alert(1)</script>" <sip:anonymous@anonymous.invalid>', talks=30
    )
    assert await caller.ended(60) == 0
    unknown = await look(lambda: Call.objects.get(called_number="+33199009999", arrived_at__gte=began))
    assert (unknown.practice_id, unknown.state, unknown.caller_number) == (None, "ended", "")
    assert not await look(lambda: Line.objects.filter(number="+33199009999").exists())
    assert house.exchange.is_alive()
