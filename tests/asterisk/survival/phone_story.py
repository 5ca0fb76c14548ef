"""Take a secretary's phone away in mid-call: her caller comes first, she is away, and her call comes back if she does."""

import asyncio
import time

from decroche.calls.domain.post import PostState
from decroche.calls.models import Call, Post
from tests.asterisk.brain import read, until
from tests.asterisk.survival.ledger import Ledger
from tests.asterisk.survival.phones import CrowdPhone, hear_themselves
from tests.asterisk.survival.stage import Stage, team

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
    await until(lambda: Call.objects.filter(caller_number=mine, state="waiting").exists(), seconds=15)
    took = time.monotonic() - began
    ledger.figures["back in line after"] = f"{took:.2f} s"
    ledger.must(took <= BACK_IN_LINE_WITHIN * stage.slack, f"her caller was back in line after {took:.1f} s")
    post = await read(lambda: Post.objects.get(user=house.secretaries[0]))
    ledger.must(post.state == PostState.AWAY, f"she is said to be {post.state}")
    returned = await stage.sit_down(house.secretaries[0], answers_after=None)
    await returned.wait_ringing(10)
    ledger.figures["her call reappears after"] = f"{time.monotonic() - began:.2f} s"
    ledger.must(mine in returned.reached, "the other caller was served before hers")
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
    await until(lambda: not Post.objects.get(user=house.secretaries[0]).registered, seconds=15)
    ledger.figures["the exchange gives her phone up after"] = f"{time.monotonic() - began:.1f} s"
    await asyncio.sleep(max(0.0, DEAF_SECONDS - (time.monotonic() - began)))
    ledger.must(not await hear_themselves([hers]), "the sound did not go on")
    ledger.figures["and they still spoke after"] = f"{time.monotonic() - began:.1f} s"
    deafen(hers, is_deaf=False)
    await hers.register()
    await asyncio.sleep(2)
    ledger.must(not await hear_themselves([hers]), "the conversation ended with its signalling")
    states = await stage.states()
    ledger.must(states == {"talking": 1}, f"the call is {states}")
    await stage.finish()
    return await stage.reckon(ledger)


def deafen(phone: CrowdPhone, *, is_deaf: bool) -> None:
    """Let a phone's signalling fall on deaf ears."""
    if is_deaf:
        phone.datagram_received = lambda data, addr: None  # type: ignore[method-assign]
    else:
        del phone.datagram_received
