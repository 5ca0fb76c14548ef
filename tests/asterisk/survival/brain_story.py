"""Pull the switchboard's plug while callers are in every state that a call knows."""

import asyncio
import signal
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from decroche.accounts.models import User
from decroche.calls.models import Call, CallStep
from decroche.calls.switchboard.orders import OrderKind
from decroche.foundation.clock import now
from decroche.messaging.models import FollowUp
from tests.asterisk.survival.crowd import all_fates
from tests.asterisk.survival.ledger import Ledger
from tests.asterisk.survival.phones import CrowdPhone, hear_themselves
from tests.asterisk.survival.stage import ELSEWHERE, Stage, team
from tests.database import read

FALLBACK_WITHIN = 5.0
AWAY_SECONDS = 8.0


class Plug(StrEnum):
    """Name what is done to the switchboard."""

    KILLED = "killed, another at once"
    GONE = "killed, another after 8 s"
    FROZEN = "frozen for 8 s"
    RESTARTED = "restarted in order"


@dataclass
class Wave:
    """Hold one wave of calls, spread over the states."""

    size: int
    talking: list[CrowdPhone] = field(default_factory=list)
    holding: list[CrowdPhone] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.talk = max(2, self.size // 4)
        self.hold = max(1, self.size // 7)
        self.transfer = max(1, self.size // 7)
        self.ring = max(1, self.size // 7)
        self.wait = max(2, self.size - self.talk - self.hold - self.transfer - self.ring)

    @property
    def secretaries(self) -> int:
        return self.talk + self.hold + self.transfer + self.ring

    @property
    def wanted(self) -> dict[str, int]:
        return {
            "talking": self.talk, "on_hold": self.hold, "transferring": self.transfer, "offered": self.ring,
            "waiting": self.wait,
        }  # fmt: skip


async def survives(stage: Stage, plug: Plug, *, calls: int) -> Ledger:
    """Play one wave under one plug."""
    wave, ledger = Wave(calls), Ledger(f"brain {plug}")
    house = await team(wave.secretaries)
    await asyncio.sleep(0.6)  # the switchboard reads the new house
    await _bring_to_states(stage, house.line, house.secretaries, wave)
    found = await stage.until(lambda states: states == wave.wanted, seconds=15)
    ledger.must(found == wave.wanted, f"the stage was not set: {found} instead of {wave.wanted}")
    ledger.must(not await hear_themselves(wave.talking), "somebody did not hear before the plug was pulled")
    before = await read(lambda: set(Call.objects.filter(state="talking").values_list("pk", "secretary_id")))
    stage.outside.answers_after = 0.1
    pulled = now()
    late = stage.crowd(house.line, max(1, calls // 10))
    await _pull(stage, plug, late, ledger, wave)
    deaf = await hear_themselves(wave.talking)
    dropped = [phone for phone in wave.talking if phone.talks is None]
    ledger.keep("no talking call dropped", f"{len(dropped)} of {wave.talk}", not dropped)
    ledger.keep("no talking call silent", f"{len(deaf)} of {wave.talk}", not deaf)
    await asyncio.sleep(1)
    after = await read(lambda: set(Call.objects.filter(state="talking").values_list("pk", "secretary_id")))
    ledger.keep(
        "talking calls adopted as they were", f"{len(before & after)} of {len(before)}", before <= after
    )
    await stage.finish()
    # Whoever was being transferred heard a phone ring elsewhere: the fallback's delay is not theirs.
    sent = await read(lambda: set(_transferred()))
    _fallbacks(stage, ledger, pulled, sent, is_absent=plug in {Plug.GONE, Plug.FROZEN})
    served = set(late.numbers) & set(stage.outside.reached)
    owed = await read(lambda: FollowUp.objects.filter(caller_number__in=served, kind="callback").count())
    ledger.keep("who rang meanwhile and was served is owed nothing", f"{owed} of {len(served)}", not owed)
    return await stage.reckon(ledger)


async def _bring_to_states(stage: Stage, line: object, secretaries: list[User], wave: Wave) -> None:
    """Bring callers to every state, each group by the only way that leads there."""
    busy = wave.talk + wave.hold + wave.transfer
    await stage.sit_all(secretaries[:busy])
    await stage.sit_all(secretaries[busy:], answers_after=None, state="paused")
    first = stage.crowd(line, busy)  # type: ignore[arg-type]
    await first.ring(rate=20, patience=150, talks=150)
    await stage.until(lambda states: states.get("talking") == busy)
    phones = stage.phones
    wave.talking = [phones[user.pk] for user in secretaries[: wave.talk]]
    holders = secretaries[wave.talk : wave.talk + wave.hold]
    wave.holding = [phones[user.pk] for user in holders]
    mine = await read(lambda: dict(Call.objects.filter(state="talking").values_list("secretary_id", "pk")))
    await asyncio.gather(*(stage.order(user, OrderKind.HOLD, mine[user.pk]) for user in holders))
    senders = secretaries[wave.talk + wave.hold : busy]
    await asyncio.gather(
        *(stage.order(user, OrderKind.TRANSFER, mine[user.pk], number=ELSEWHERE) for user in senders)
    )
    await asyncio.gather(*(stage.order(user, OrderKind.SET_STATE, state="paused") for user in senders))
    await asyncio.gather(
        *(stage.order(user, OrderKind.SET_STATE, state="available") for user in secretaries[busy:])
    )
    second = stage.crowd(line, wave.ring + wave.wait)  # type: ignore[arg-type]
    await second.ring(rate=20, patience=150, talks=150)


async def _pull(stage: Stage, plug: Plug, late: object, ledger: Ledger, wave: Wave) -> None:
    """Do it, let some more callers ring meanwhile, and let it come back."""
    began = asyncio.get_running_loop().time()
    if plug is Plug.FROZEN:
        stage.switchboard.freeze()
    elif plug is Plug.RESTARTED:
        stage.switchboard.signal(signal.SIGTERM)
        await asyncio.to_thread(stage.switchboard.close)
    else:
        await asyncio.to_thread(stage.switchboard.kill)
    await late.ring(rate=10, patience=100, talks=100)  # type: ignore[attr-defined]
    if plug in {Plug.GONE, Plug.FROZEN}:
        await asyncio.sleep(AWAY_SECONDS)
        deaf = await hear_themselves(wave.talking, seconds=3)
        ledger.must(not deaf, f"{len(deaf)} conversations suffered while nobody led")
    if plug is Plug.FROZEN:
        stage.switchboard.thaw()
    else:
        await stage.switchboard.start()
    ledger.figures["without a switchboard for"] = f"{asyncio.get_running_loop().time() - began:.1f} s"


def _transferred() -> list[str]:
    return list(
        CallStep.objects.filter(kind="transfer_started").values_list("call__caller_number", flat=True)
    )


def _fallbacks(stage: Stage, ledger: Ledger, pulled: datetime, sent: set[str], *, is_absent: bool) -> None:
    """Say how long the slowest waited for the fallback."""
    fates = all_fates(stage.crowds)
    waited, rang_later = [], set(stage.crowds[-1].numbers)
    for number, at in stage.outside.reached.items():
        fate = fates.get(number)
        if fate is not None and fate.called_at is not None and at > pulled and number not in sent:
            who = "rang meanwhile" if number in rang_later else "was there"
            waited.append(((at - max(pulled, fate.called_at)).total_seconds(), who, number))
    if not waited:
        ledger.must(not is_absent, "nobody reached the fallback")
        return
    worst, who, _ = max(waited)
    measured = f"{worst:.2f} s, the slowest of {len(waited)}, who {who}"
    ledger.keep(f"fallback within {FALLBACK_WITHIN:.0f} s", measured, worst <= FALLBACK_WITHIN * stage.slack)
