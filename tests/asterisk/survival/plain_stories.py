"""Pull the plugs of Asterisk and of the database; flood a line; throw garbage; steal a credential."""

import asyncio
import contextlib
import os
import secrets
import signal
import statistics
import time

from decroche.calls.actions.leave_post import leave_post
from decroche.calls.models import Call, CallStep, Post
from decroche.foundation.clock import now
from decroche.messaging.models import FollowUp
from tests.asterisk.phone import Phone
from tests.asterisk.survival.crowd import Crowd, all_fates
from tests.asterisk.survival.ledger import Ledger
from tests.asterisk.survival.phones import CrowdPhone, hear_themselves
from tests.asterisk.survival.stage import Stage, Team, team
from tests.database import read, until_read

BACK_WITHIN = 5.0


async def exchange_is_killed(stage: Stage, *, calls: int) -> Ledger:
    """Kill Asterisk as the kernel does: every call is closed, owed a call-back, every secretary free."""
    ledger = Ledger("Asterisk killed")
    talking = max(2, calls // 2)
    house = await team(talking)
    await asyncio.sleep(0.6)
    await stage.sit_all(house.secretaries)
    crowd = stage.crowd(house.line, calls)
    await crowd.ring(patience=100, talks=100)
    states = await stage.until(
        lambda found: found.get("talking") == talking and found.get("waiting") == calls - talking
    )
    ledger.must(states.get("talking") == talking, f"the stage was not set: {states}")
    ids = await read(lambda: list(Call.objects.values_list("pk", flat=True)))
    process = stage.exchange._process
    assert process
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    began = time.monotonic()
    await asyncio.to_thread(stage.exchange.start)  # as its supervisor does
    ledger.figures["Asterisk answers again after"] = f"{time.monotonic() - began:.2f} s"
    stage.keep_registered()
    await until_read(
        lambda: Post.objects.filter(state="available", registered=True).count() == talking, seconds=20
    )
    ledger.keep("every secretary free again", f"{time.monotonic() - began:.2f} s", is_kept=True)
    back = await _time_to_ring(stage, house.line)
    took = time.monotonic() - began
    is_back = back is not None and took <= BACK_WITHIN * stage.slack
    ledger.keep(f"a caller rings a phone again within {BACK_WITHIN:.0f} s", f"{took:.2f} s", is_back)
    ends = await read(lambda: list(Call.objects.filter(pk__in=ids).values_list("end_reason", flat=True)))
    closed = ends.count("interrupted")
    ledger.keep("its calls closed as interrupted", f"{closed} of {len(ids)}", closed == len(ids))
    await until_read(lambda: FollowUp.objects.filter(kind="callback").count() >= len(ids), seconds=5)
    owed = await read(lambda: FollowUp.objects.filter(kind="callback").count())
    ledger.keep("a call-back for each", f"{owed} of {len(ids)}", owed >= len(ids))
    await crowd.close()
    await stage.finish()
    return await stage.reckon(ledger)


async def _time_to_ring(stage: Stage, line: object, *, seconds: float = 8) -> float | None:
    """Let one more caller ring; return the seconds until a secretary's phone rang for him."""
    one = stage.crowd(line, 1)  # type: ignore[arg-type]
    await one.ring(patience=60, talks=60)
    async with asyncio.timeout(seconds):
        while True:
            at = [
                phone.reached[one.numbers[0]]
                for phone in stage.phones.values()
                if one.numbers[0] in phone.reached
            ]
            called = one.fates()[one.numbers[0]].called_at
            if at and called:
                return (min(at) - called).total_seconds()
            await asyncio.sleep(0.05)


async def database_is_away(stage: Stage, *, calls: int, seconds: float) -> Ledger:
    """Take the database away: who talks goes on, who rings is answered, and nothing is missing in the journal."""
    assert stage.plug
    ledger = Ledger(f"database away {seconds:.0f} s")
    talking = max(2, calls // 3)
    house = await team(talking + 2)
    await asyncio.sleep(0.6)
    await stage.sit_all(house.secretaries)
    first = stage.crowd(house.line, talking)
    await first.ring(patience=100, talks=150)
    await stage.until(lambda found: found.get("talking") == talking)
    phones = [phone for phone in stage.phones.values() if phone.talks]
    await stage.plug.cut()
    began = time.monotonic()
    late = stage.crowd(house.line, calls - talking)
    await late.ring(rate=5, patience=150, talks=150)
    deaf = await hear_themselves(phones)
    await asyncio.sleep(max(0.0, seconds - (time.monotonic() - began) - 3))
    deaf += await hear_themselves(phones, seconds=3)
    ledger.keep("talking calls unaffected", f"{len(deaf)} of {len(phones)} suffered", not deaf)
    taken = sum(1 for number in late.numbers for phone in stage.phones.values() if number in phone.reached)
    states = len(late.numbers), taken, len(set(late.numbers) & set(stage.outside.reached))
    ledger.keep(
        "new callers held or answered meanwhile",
        "{} rang: {} at a free secretary's at once, {} at the fallback, the others held".format(*states),
        taken >= 2,
    )
    await stage.plug.restore()
    began = time.monotonic()
    await until_read(lambda: Call.objects.count() >= calls, seconds=30)
    ledger.figures["journal whole again after"] = f"{time.monotonic() - began:.1f} s"
    await stage.finish()
    fates = all_fates(stage.crowds)
    made = sum(1 for fate in fates.values() if fate.called_at)
    written = await read(lambda: Call.objects.filter(caller_number__in=list(fates)).count())
    ended = await read(lambda: CallStep.objects.filter(kind="ended").values("call").distinct().count())
    ledger.keep(
        "the journal complete afterwards",
        f"{made} calls, {written} written, {ended} with their end",
        made == written == ended,
    )
    return await stage.reckon(ledger)


async def one_line_is_flooded(stage: Stage, *, rate: int, seconds: int) -> Ledger:
    """Flood one line; the others and the emergency line ring as before."""
    ledger = Ledger(f"flood of {rate} calls/s for {seconds} s")
    flooded, quiet, emergency = [
        await team(size, name=name) for size, name in ((3, "Tilleuls"), (3, "Lilas"), (2, "Urgences"))
    ]
    await asyncio.sleep(0.6)
    await stage.sit_all([*flooded.secretaries, *quiet.secretaries, *emergency.secretaries])
    for phone in stage.phones.values():
        phone.hangs_up_after = 0.3
    before = {house.practice.name: await _times(stage, house, 6) for house in (quiet, emergency)}
    crowd = stage.crowd(flooded.line, rate * seconds)
    await crowd.ring(rate=rate, patience=4, talks=4)
    await asyncio.sleep(1)
    others = (quiet, emergency)
    measured = await asyncio.gather(*(_times(stage, house, 3 * seconds // 2) for house in others))
    during = {house.practice.name: times for house, times in zip(others, measured, strict=True)}
    for name, times in during.items():
        ledger.keep(
            f"{name} rings as before (within 2 s)",
            f"median {_ms(before[name])} quiet, {_ms(times)} flooded; worst {max(times) * 1000:.0f} ms",
            max(times) < 2 * stage.slack,
        )
    await crowd.ended(40)
    await stage.finish()
    return await stage.reckon(ledger)


async def _times(stage: Stage, house: Team, count: int) -> list[float]:
    return [await _time_to_ring(stage, house.line) or 0.0 for _ in range(count)]


def _ms(times: list[float]) -> str:
    return f"{statistics.median(times) * 1000:.0f} ms"


async def credential_is_stolen(stage: Stage) -> Ledger:
    """Use a stolen credential: it dials nowhere, and once revoked it is worth nothing, the conversation in hand included.

    Whoever speaks through it when it is revoked is the thief: the caller is first in line, before one who waits already.
    """
    ledger = Ledger("stolen credential")
    house = await team(2)
    await asyncio.sleep(0.6)
    user = house.secretaries[0]
    hers = await stage.sit_down(user, answers_after=0.05)
    thief = CrowdPhone(hers.username, hers.password, stage.exchange.connection.sip_port, voice=0x11)
    await thief.open()
    await _dials_nowhere(stage, thief, house, ledger)
    caller = stage.crowd(house.line, 1)
    await caller.ring(patience=60, talks=60)
    await stage.until(lambda found: found.get("talking") == 1)
    behind = stage.crowd(house.line, 1)
    await behind.ring(patience=60, talks=60)
    await stage.until(lambda found: found.get("waiting") == 1)
    await read(lambda: leave_post(user=user, now=now()))
    began = time.monotonic()
    status = 200
    while status == 200 and time.monotonic() - began < 60:
        status = await _try_to_register(thief)
        await asyncio.sleep(0.05)
    ledger.keep(
        "let in no more within 60 s of its revocation",
        f"{time.monotonic() - began:.2f} s ({status})",
        status != 200,
    )
    if hers.talks is not None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(hers.talks.ended.wait(), 60)
    ledger.keep(
        "its conversation in hand ended within 60 s", f"{time.monotonic() - began:.2f} s", hers.talks is None
    )
    await until_read(lambda: not Post.objects.get(user=user).registered, seconds=10)
    contacts = stage.exchange.command("pjsip show contacts")
    ledger.must(hers.username not in contacts, "its registration was not dropped")
    ledger.must(not stage.outside.rings, "a number outside rang for a revoked credential")
    mine = caller.numbers[0]
    states = await read(lambda: dict(Call.objects.values_list("caller_number", "state")))
    ledger.keep("its caller waits", f"{states.get(mine)}", states.get(mine) == "waiting")
    other = await stage.sit_down(house.secretaries[1], answers_after=None)
    await other.wait_ringing(10)
    is_first = mine in other.reached
    ledger.keep("and is served first", "first" if is_first else "after another", is_first)
    other.answer()
    ledger.must(not await hear_themselves([other], seconds=3), "he and a colleague do not hear each other")
    thief.close()
    del stage.people[user.pk]  # she signed out
    await stage.finish()
    return await stage.reckon(ledger)


async def _dials_nowhere(stage: Stage, thief: CrowdPhone, house: Team, ledger: Ledger) -> None:
    dialled = {}
    for number in (
        "+33612345678",
        "0612345678",
        "+3315",
        "15",
        "+18005550123",
        house.line.number,
        "s1",
        "outside",
    ):
        dialled[number] = await thief.dial(number)
    ledger.must(not stage.outside.rings, "a number outside rang for a stolen credential")
    answers = ", ".join(sorted({str(status) for status in dialled.values()}))
    refused = all(status >= 400 for status in dialled.values())
    ledger.keep("dials nowhere", f"{len(dialled)} numbers: {answers}", refused)


async def _try_to_register(phone: Phone) -> int:
    phone._call_id = secrets.token_hex(8)
    return await phone.register()


async def garbage_is_thrown(
    stage: Stage, messages: list[bytes], *, calls: int, rounds: int = 3, source: str = "127.0.0.1"
) -> Ledger:
    """Throw torture messages at the exchange while people talk: as a stranger, or from the operator's own address.

    The operator's are calls, some of them; nobody acknowledges what they are answered, so they end by themselves.
    """
    who = "the operator's address" if source == "127.0.0.1" else "a stranger"
    ledger = Ledger(f"malformed SIP from {who}")
    house = await team(calls)
    await asyncio.sleep(0.6)
    await stage.sit_all(house.secretaries)
    crowd: Crowd = stage.crowd(house.line, calls)
    await crowd.ring(patience=60, talks=100)
    await stage.until(lambda found: found.get("talking") == calls)
    phones = list(stage.phones.values())
    known = await read(Call.objects.count)
    thrown = await _throw(stage.exchange.connection.sip_port, messages, rounds, source)
    deaf = await hear_themselves(phones)
    ended = sum(1 for phone in phones if phone.talks is None)
    ledger.keep(
        "no live call affected",
        f"{thrown} messages: {len(deaf)} of {len(phones)} silent, {ended} ended",
        not deaf and not ended,
    )
    ledger.must(stage.exchange.is_alive() and stage.exchange.answers(), "the exchange fell")
    back = await _time_to_ring_after(stage, house)
    ledger.figures["a new caller rings after"] = f"{back * 1000:.0f} ms"
    more = await read(Call.objects.count) - known - 1
    ledger.figures["calls that the messages made"] = str(more)
    await stage.finish()
    if more:
        await stage.until_silent(45)
    return await stage.reckon(ledger)


async def _time_to_ring_after(stage: Stage, house: Team) -> float:
    phone = next(iter(stage.phones.values()))
    phone.hang_up(phone.talks)
    return await _time_to_ring(stage, house.line) or 0.0


async def _throw(port: int, messages: list[bytes], rounds: int, source: str) -> int:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        asyncio.DatagramProtocol, local_addr=(source, 0), remote_addr=("127.0.0.1", port)
    )
    thrown = 0
    for _ in range(rounds):
        for message in messages:
            transport.sendto(message)
            thrown += 1
            await asyncio.sleep(0.005)
    transport.close()
    return thrown
