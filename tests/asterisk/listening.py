"""Listen to an exchange the way the switchboard does, and wait for what it tells."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID, uuid4

from decroche.calls.ports import (
    CallArrived,
    ExchangeConnected,
    ExchangeEvent,
    PhoneAccount,
    PhoneRegistered,
    Prompt,
    SecretaryLeg,
    Telephony,
)
from tests.asterisk.phone import Phone

Event = TypeVar("Event")


class Listener:
    """Keep every fact; hand out those of a kind one by one."""

    def __init__(self, telephony: Telephony) -> None:
        self.telephony = telephony
        self.facts: list[ExchangeEvent] = []
        self._taken: set[int] = set()
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> ExchangeConnected:
        self._task = asyncio.create_task(self.telephony.tell(self._hear))
        return await self.wait(ExchangeConnected)

    def _hear(self, fact: ExchangeEvent) -> None:
        self.facts.append(fact)
        self._news.set()

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self.telephony.close()

    async def wait(self, kind: type[Event], timeout: float = 10) -> Event:  # noqa: ASYNC109
        """Return the first fact of that kind that was not handed out yet."""

        def found() -> Event | None:
            for number, fact in enumerate(self.facts):
                if isinstance(fact, kind) and number not in self._taken:
                    self._taken.add(number)
                    return fact
            return None

        async with asyncio.timeout(timeout):
            while (fact := found()) is None:
                self._news.clear()
                await self._news.wait()
        return fact

    def told(self, kind: type[Event]) -> list[Event]:
        return [fact for fact in self.facts if isinstance(fact, kind)]

    # --- what a switchboard does, in short -------------------------------------------------

    async def open_phone(self, user_id: int) -> None:
        await self.telephony.set_phone_account(PhoneAccount(user_id, f"s{user_id}", f"secret-{user_id}"))

    async def phone_ready(self, user_id: int) -> None:
        while (await self.wait(PhoneRegistered)).user_id != user_id:
            pass

    async def seat(
        self, new_phone: Callable[..., Awaitable[Phone]], user_id: int, *, answers_after: float | None = None
    ) -> Phone:
        """Let a secretary's phone in; return it once it can be rung."""
        await self.open_phone(user_id)
        phone = await new_phone(user_id, answers_after=answers_after)
        await self.phone_ready(user_id)
        return phone

    async def adopt(
        self, *, fallback: str = "", greeting: str = "", lease: int = 30, welcome: bool = True
    ) -> tuple[CallArrived, UUID]:
        """Take the next caller in, as the brain does."""
        arrived = await self.wait(CallArrived)
        call_id = uuid4()
        await self.telephony.adopt_caller(arrived.channel_id, call_id, fallback_number=fallback)
        await self.telephony.renew_lease(call_id, seconds=lease)
        if welcome:
            await self.telephony.welcome(call_id, greeting=Prompt(greeting))
        return arrived, call_id

    async def ring(self, call_id: UUID, user_id: int, attempt: int = 1) -> SecretaryLeg:
        leg = SecretaryLeg(call_id, user_id, attempt)
        await self.telephony.ring_phone(leg, shown_number="+33612345678", shown_name="Mme Élodie")
        return leg
