"""Mark a caller as ours: one who hung up is gone, one whom the dial plan took while we slept is not."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import pytest

from decroche.calls.adapters.ari.client import AriRefused, Request
from decroche.calls.adapters.ari.interpreter import Interpreter
from decroche.calls.adapters.ari.phones import PhoneBook
from decroche.calls.adapters.ari.waiting import Waiting
from decroche.calls.ports import CallerGone, Cause, ChannelGone

CALL = UUID(int=7)
CHANNEL = "1763812345.17"
NOT_OURS = AriRefused(409, "Channel not in Stasis application", "POST")
NOBODY = AriRefused(404, "Channel not found", "POST")
UNKNOWN = AriRefused(422, "Event source does not exist", "POST")


class Asterisk:
    """Answer as told, and keep what the adapter tells itself."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.told = answers, list[Mapping[str, Any]]()

    async def ask_in_order(self, requests: Sequence[Request]) -> list[Any]:
        assert len(requests) == len(self.answers)
        return list(self.answers)

    def inject(self, event: Mapping[str, Any]) -> None:
        self.told.append(event)


def adapter(asterisk: Asterisk) -> Waiting:
    made = Waiting(lambda: pytest.fail("nobody connects here"))
    made._client = asterisk  # type: ignore[assignment]
    return made


async def test_a_caller_who_waits_is_marked_and_followed() -> None:
    asterisk = Asterisk(None, None, {})
    await adapter(asterisk).adopt_caller(CHANNEL, CALL, fallback_number="")
    assert asterisk.told == []


@pytest.mark.parametrize(
    "answers", [(NOBODY, NOBODY, UNKNOWN), (NOT_OURS, NOT_OURS, UNKNOWN), (NOBODY, None, {})]
)
async def test_a_caller_who_hung_up_is_gone(answers: tuple[Any, ...]) -> None:
    with pytest.raises(ChannelGone):
        await adapter(Asterisk(*answers)).adopt_caller(CHANNEL, CALL, fallback_number="")


async def test_a_caller_whom_the_dial_plan_took_while_we_slept_is_told_of_as_left_not_as_lost() -> None:
    asterisk = Asterisk(NOT_OURS, NOT_OURS, {})
    made = adapter(asterisk)
    await made.adopt_caller(CHANNEL, CALL, fallback_number="")
    reading = Interpreter(PhoneBook(), made._census).read(asterisk.told[0])
    event = reading.events[0]
    assert isinstance(event, CallerGone)
    assert (event.channel_id, event.call_id, event.cause) == (CHANNEL, CALL, Cause.LEASE)


async def test_nobody_who_is_gone_is_remembered() -> None:
    made = adapter(Asterisk(NOBODY, NOBODY, UNKNOWN))
    with pytest.raises(ChannelGone):
        await made.adopt_caller(CHANNEL, CALL, fallback_number="")
    with pytest.raises(ChannelGone):
        await made.renew_lease(CALL, seconds=4)
    assert not any([made._census.callers, made._census.by_call, made._leases])


async def test_a_lease_that_ends_before_it_is_renewed_does_not_make_the_caller_gone() -> None:
    """That the dial plan has him is told by itself; he may be back already."""
    made = adapter(Asterisk(NOT_OURS))
    made._census.adopt(CHANNEL, CALL)
    await made.renew_lease(CALL, seconds=4)
    with pytest.raises(ChannelGone):
        made._client = Asterisk(NOBODY)  # type: ignore[assignment]
        await made.renew_lease(CALL, seconds=4)


async def test_of_a_caller_who_comes_back_as_another_call_the_first_is_forgotten() -> None:
    """The dial plan had him before he was marked, and she had put down meanwhile: nothing tells that the first ended."""
    made = adapter(Asterisk(None, None, {}))
    await made.adopt_caller(CHANNEL, CALL, fallback_number="")
    made._client = Asterisk(None)  # type: ignore[assignment]
    await made.renew_lease(CALL, seconds=4)
    made._quiet_calls[CALL] = False
    made._client = Asterisk(None, None, {})  # type: ignore[assignment]
    await made.adopt_caller(CHANNEL, UUID(int=8), fallback_number="")
    assert list(made._census.by_call) == [UUID(int=8)]
    assert not any([made._leases, made._quiet_calls])
