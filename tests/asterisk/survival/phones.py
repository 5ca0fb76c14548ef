"""Secretaries' phones by the dozen, and everybody outside."""

import asyncio
import re
from datetime import datetime

from decroche.foundation.clock import now
from tests.asterisk.phone import Message, Phone, Ring

PACE = 0.1  # a crowd of phones speaks ten times a second, which is enough to be heard


def caller_of(ring: Ring) -> str:
    """Return the number of who calls, as the phone shows it."""
    found = re.search(r"sip:(\+?\d+)@", ring.invite.get("p-asserted-identity") or ring.shown)
    return found[1] if found else ""


class CrowdPhone(Phone):
    """Be a phone that can hang up by itself, and that says when each caller reached it."""

    hangs_up_after: float | None = None
    is_quiet = False

    def __init__(
        self, username: str, password: str, port: int, *, voice: int, answers_after: float | None = None
    ) -> None:
        super().__init__(username, password, port, voice=voice, answers_after=answers_after)
        self.media.pace = PACE
        self.reached: dict[str, datetime] = {}

    def _ring(self, invite: Message, addr: tuple[str, int]) -> None:
        super()._ring(invite, addr)
        self.reached.setdefault(caller_of(self.rings[-1]), now())

    def answer(self, ring: Ring | None = None) -> Ring:
        answered = super().answer(ring)
        if self.is_quiet:
            self.media.silence()
        if self.hangs_up_after is not None:
            self._later(self.hangs_up_after, answered)
        return answered

    def _later(self, seconds: float, ring: Ring) -> None:
        asyncio.get_running_loop().call_later(seconds, self._hang_up_if_there, ring)

    def _hang_up_if_there(self, ring: Ring) -> None:
        if ring.state == "answered" and self.is_open:
            self.hang_up(ring)

    def finish(self) -> None:
        """From now on answer whoever rings, and end each conversation soon."""
        self.answers_after, self.hangs_up_after = 0.05, 0.5
        for ring in self.rings:
            if ring.state == "answered":
                self._later(0.1, ring)
            elif ring.state == "ringing":
                self.answer(ring)

    @property
    def talks(self) -> Ring | None:
        return next((ring for ring in self.rings if ring.state == "answered"), None)


async def hear_themselves(
    phones: list[CrowdPhone], *, seconds: float = 6, packets: int = 3
) -> list[CrowdPhone]:
    """Return the phones that do not hear, through a living caller, what they say themselves."""
    for phone in phones:
        phone.media.heard.clear()
    deaf = list(phones)
    for _ in range(int(seconds * 10)):
        await asyncio.sleep(0.1)
        deaf = [phone for phone in deaf if phone.media.heard.get(phone.media.voice, 0) < packets]
        if not deaf:
            break
    return deaf
