"""The whole chain once more: a secretary consults, gives, calls out and holds; by orders, as her screen gives them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from decroche.accounts.models import User
from decroche.calls.adapters.asterisk.server import AsteriskServer
from decroche.calls.models import Action, Call, CallPlan, LineHours, MenuChoice, Post
from decroche.calls.switchboard.orders import OrderKind
from decroche.foundation.tenancy import every_practice
from tests.asterisk.brain import House, Switchboard, order, sit_down
from tests.asterisk.ears import MUSIC, until_heard, voice
from tests.asterisk.fixtures import silence
from tests.asterisk.phone import Dialogue, Phone
from tests.database import read, until_read

pytestmark = [pytest.mark.asterisk, pytest.mark.django_db(transaction=True)]
CALLER, PRACTITIONER, FALLBACK = "+33612345678", "+33612345999", "+33612999999"


@pytest.fixture
def house(transactional_db: Any) -> House:
    return House(fallback=FALLBACK)


@pytest.fixture
async def switchboard(
    fresh_exchange: AsteriskServer, tmp_path: Path, house: House
) -> AsyncIterator[Switchboard]:
    made = Switchboard(fresh_exchange, tmp_path / "switchboard.log")
    await made.start()
    yield made
    made.close()
    print(made.said)
    await silence(fresh_exchange)


@pytest.fixture
async def secretary(
    house: House, switchboard: Switchboard, fresh_exchange: AsteriskServer
) -> AsyncIterator[tuple[User, Phone]]:
    user = house.secretaries[0]
    phone = await sit_down(user, fresh_exchange, voice=voice("secretary"))
    yield user, phone
    await phone.register(expires=0)
    phone.close()


@pytest.fixture
async def caller(fresh_exchange: AsteriskServer) -> AsyncIterator[Dialogue]:
    made = Dialogue(fresh_exchange.connection.sip_port, voice=voice("caller"))
    yield made
    made.close()


async def talking(house: House, caller: Dialogue, phone: Phone) -> Call:
    await caller.call(house.line.number, number=CALLER)
    await phone.wait_ringing()
    phone.answer()
    await until_heard(caller.media, "secretary")
    return await until_read(lambda: Call.objects.filter(state="talking").first())


async def test_she_consults_gives_and_then_calls_out(
    house: House, secretary: tuple[User, Phone], caller: Dialogue, outside: Phone
) -> None:
    user, phone = secretary
    outside.media.voice = voice("party")
    call = await talking(house, caller, phone)
    await order(user, OrderKind.RING_PARTY, call.pk, number=PRACTITIONER)
    ring = await outside.wait_ringing()
    assert PRACTITIONER in ring.invite.start
    await until_heard(caller.media, MUSIC)
    outside.answer()
    await until_heard(outside.media, "secretary")
    await order(user, OrderKind.MIX, call.pk, how="all")
    await until_heard(caller.media, "secretary", "party")
    await order(user, OrderKind.MIX, call.pk, how="give")
    await until_heard(caller.media, "party")
    await until_heard(outside.media, "caller")
    await asyncio.wait_for(phone.rings[-1].ended.wait(), 3)
    outside.hang_up()
    await asyncio.wait_for(caller.ended.wait(), 3)
    ended = await until_read(lambda: Call.objects.filter(pk=call.pk, state="ended").first())
    assert ended.end_reason == "transferred"

    await order(user, OrderKind.END_WRAP_UP)
    await order(user, OrderKind.CALL_OUT, number=CALLER, practice_id=house.practice.pk, line_id=house.line.pk)
    await phone.wait_ringing()
    phone.answer()
    out = await outside.wait_ringing()
    assert CALLER in out.invite.start
    outside.answer()
    await until_heard(phone.media, "party")
    await until_heard(outside.media, "secretary")
    live = await until_read(lambda: Call.objects.filter(direction="out", state="talking").first())
    await order(user, OrderKind.HANG_UP, live.pk)
    await asyncio.wait_for(out.ended.wait(), 3)
    assert (
        await until_read(lambda: Call.objects.filter(pk=live.pk, state="ended").first())
    ).end_reason == "completed"
    assert await until_read(lambda: Post.objects.filter(user=user, state="wrap_up").first())


async def test_a_caller_on_hold_reaches_the_fallback_when_the_switchboard_dies(
    house: House, switchboard: Switchboard, secretary: tuple[User, Phone], caller: Dialogue, outside: Phone
) -> None:
    user, phone = secretary
    outside.media.voice, outside.answers_after = voice("party"), 0.1
    call = await talking(house, caller, phone)
    await order(user, OrderKind.HOLD, call.pk)
    await until_heard(caller.media, MUSIC)
    await asyncio.sleep(6)  # longer than the lease: the switchboard renews it
    assert outside.rings == []
    switchboard.kill()
    ring = await outside.wait_ringing(8)
    assert FALLBACK in ring.invite.start
    await until_heard(caller.media, "party")
    assert (await read(lambda: Call.objects.get(pk=call.pk))).state == "on_hold"  # nobody was there to write


@pytest.fixture
def house_with_menu(house: House) -> House:
    """Before the switchboard starts: key 1 leads to the team, key 2 says the hours and hangs up."""
    with every_practice():
        plan = CallPlan.objects.create(
            line=house.line, menu_text="Pour un rendez-vous, tapez 1. Pour les horaires, tapez 2. " * 3
        )
        for weekday in range(7):
            LineHours.objects.create(plan=plan, weekday=weekday, starts="00:00", ends="00:00")
        MenuChoice.objects.create(plan=plan, digit="1", label="rendez-vous", action=Action.TEAM)
        MenuChoice.objects.create(
            plan=plan,
            digit="2",
            label="horaires",
            action=Action.MESSAGE,
            text="De huit heures à dix-neuf heures.",
        )
    return house


async def test_a_key_of_the_menu_leads_to_the_team_or_to_the_hours(
    house_with_menu: House, secretary: tuple[User, Phone], caller: Dialogue, fresh_exchange: AsteriskServer
) -> None:
    _, phone = secretary
    line = house_with_menu.line.number
    await caller.call(line, number=CALLER, sends_events=True)
    await until_read(lambda: Call.objects.filter(state="menu").first())
    assert phone.rings == []
    await caller.press_in_sound("1")
    await phone.wait_ringing()
    phone.answer()
    await until_heard(phone.media, "caller")
    call = await until_read(lambda: Call.objects.filter(state="talking").first())
    assert call.menu_digit == "1"
    caller.hang_up()
    curious = Dialogue(fresh_exchange.connection.sip_port, voice=voice("caller"))
    await curious.call(line, number="+33612345111")
    await until_read(lambda: Call.objects.filter(state="menu").first())
    await curious.press("2")
    await asyncio.wait_for(curious.ended.wait(), 10)
    told = await until_read(lambda: Call.objects.filter(menu_digit="2", state="ended").first())
    assert told.end_reason == "informed"
    curious.close()
