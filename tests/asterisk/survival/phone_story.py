"""Take a secretary's phone away in mid-call: her caller comes first, she is away, and her call comes back if she does."""

import asyncio
import time

from decroche.calls.domain.post import PostState
from decroche.calls.models import Call, Post
from tests.asterisk.survival.ledger import Ledger
from tests.asterisk.survival.phones import CrowdPhone, hear_themselves
from tests.asterisk.survival.stage import Stage, team
from tests.database import read, until_read

BACK_IN_LINE_WITHIN = 5.0
DEAF_SECONDS = 15.0


async def phone_is_taken_away(stage: Stage, *, closes: bool) -> Ledger:
    """Close a browser (it says goodbye) or cut its network (it says nothing) while its secretary talks.

    One other caller waits already: who was cut off must be served before.
    """
    ledger = Ledger(f"her browser is {'closed' if closes else 'frozen or cut off'}")
    house = await team(2)
    await asyncio.sleep(0.6)
    hers = await stage.sit_down(house.secretaries[0])
    crowd = stage.crowd(house.line, 1)
    await crowd.ring(patience=80, talks=80)
    await stage.until(lambda found: found.get("talking") == 1)
    ledger.must(not await hear_themselves([hers]), "she was not heard before")
    behind = stage.crowd(house.line, 1)
    await behind.ring(patience=80, talks=80)
    await stage.until(lambda found: found.get("waiting") == 1)
    began = time.monotonic()
    if closes:
        await hers.register(expires=0)
    hers.vanish()
    mine = crowd.numbers[0]
    await until_read(lambda: Call.objects.filter(caller_number=mine, state="waiting").exists(), seconds=15)
    took = time.monotonic() - began
    ledger.keep(
        f"her caller first in line within {BACK_IN_LINE_WITHIN:.0f} s",
        f"{took:.2f} s",
        took <= BACK_IN_LINE_WITHIN * stage.slack,
    )
    post = await read(lambda: Post.objects.get(user=house.secretaries[0]))
    ledger.keep("she is marked away", str(post.state), post.state == PostState.AWAY)
    returned = await stage.sit_down(house.secretaries[0], answers_after=None)
    await returned.wait_ringing(10)
    ledger.keep(
        "her call reappears when she returns first",
        f"{time.monotonic() - began:.2f} s after the cut",
        mine in returned.reached,
    )
    returned.answer()
    ledger.must(not await hear_themselves([returned]), "they do not hear each other again")
    await stage.finish()
    return await stage.reckon(ledger)


async def signalling_is_lost(stage: Stage) -> Ledger:
    """Cut only what signals: the sound goes on, and so do they, for as long as it takes to connect again."""
    ledger = Ledger("only her websocket is cut")
    house = await team(1)
    await asyncio.sleep(0.6)
    hers = await stage.sit_down(house.secretaries[0])
    await stage.crowd(house.line, 1).ring(patience=80, talks=80)
    await stage.until(lambda found: found.get("talking") == 1)
    deafen(hers, is_deaf=True)
    began = time.monotonic()
    await until_read(lambda: not Post.objects.get(user=house.secretaries[0]).registered, seconds=15)
    ledger.figures["the exchange gives her phone up after"] = f"{time.monotonic() - began:.1f} s"
    await asyncio.sleep(max(0.0, DEAF_SECONDS - (time.monotonic() - began)))
    is_silent = bool(await hear_themselves([hers]))
    ledger.keep("they speak on", f"{time.monotonic() - began:.1f} s without signalling", not is_silent)
    deafen(hers, is_deaf=False)
    await hers.register()
    await asyncio.sleep(2)
    ledger.must(not await hear_themselves([hers]), "the conversation ended with its signalling")
    states = await stage.states()
    ledger.must(states == {"talking": 1}, f"the call is {states}")
    await stage.finish()
    return await stage.reckon(ledger)


async def two_tabs_are_one_phone(stage: Stage) -> Ledger:
    """Open her phone in a second tab, then in a third while she talks: one rings, and no conversation is cut."""
    ledger = Ledger("two tabs")
    house = await team(1)
    await asyncio.sleep(0.6)
    user = house.secretaries[0]
    first = await stage.sit_down(user, answers_after=None)
    second = await stage.sit_down(user, answers_after=None)
    await stage.crowd(house.line, 1).ring(patience=80, talks=80)
    await second.wait_ringing(10)
    await asyncio.sleep(1)
    rang = [name for name, tab in (("older", first), ("newer", second)) if tab.rings]
    ledger.keep("one phone rings, the newer", ", ".join(rang), rang == ["newer"])
    status = await first.register()
    ledger.keep("the older is let in no more", str(status), status >= 400)
    second.answer()
    await stage.until(lambda found: found.get("talking") == 1)
    third = await stage.sit_down(user, answers_after=None)
    deaf = await hear_themselves([second])
    ledger.keep("a conversation outlives another tab", "silent" if deaf else "they speak on", not deaf)
    second.hang_up()
    later = stage.crowd(house.line, 1)
    await later.ring(patience=80, talks=80)
    await third.wait_ringing(10)
    calls = [len(tab.rings) for tab in (first, second, third)]
    ledger.keep("and the next caller rings there", f"rings: {calls}", calls == [0, 1, 1])
    third.answer()
    await stage.finish()
    for tab in (first, second):
        tab.close()
    return await stage.reckon(ledger)


def deafen(phone: CrowdPhone, *, is_deaf: bool) -> None:
    """Let a phone's signalling fall on deaf ears."""
    if is_deaf:
        phone.datagram_received = lambda data, addr: None  # type: ignore[method-assign]
    else:
        del phone.datagram_received
