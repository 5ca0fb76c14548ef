"""Hold the connection to one Asterisk, over and over: take stock of what lives there, tell what happens, ask."""

import asyncio
import contextlib
import re
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import structlog

from decroche.calls.adapters.ari import naming
from decroche.calls.adapters.ari.audiences import Audiences
from decroche.calls.adapters.ari.client import (
    HTTP_CONFLICT,
    HTTP_NOT_FOUND,
    AriClient,
    AriRefused,
    Request,
)
from decroche.calls.adapters.ari.interpreter import Chore, Do, Interpreter
from decroche.calls.adapters.ari.keeping import FallbackBook, RecordingBox, VoicemailBox
from decroche.calls.adapters.ari.phones import PhoneBook
from decroche.calls.adapters.ari.reading import Channel, read_channels, read_talking
from decroche.calls.adapters.ari.settings import AriSettings
from decroche.calls.adapters.ari.strays import strays
from decroche.calls.adapters.asterisk.voice import Voice, best_voice
from decroche.calls.ports import (
    ChannelGone,
    ExchangeConnected,
    ExchangeDown,
    ExchangeEvent,
    ExchangeLost,
    PhoneAccount,
    PhoneUnreachable,
    Superseded,
)

log = structlog.get_logger(__name__)

# An exchange that was killed is back within seconds, and nobody can call meanwhile: ask often, then less.
_RETRY_SECONDS: Final = 0.15
_LAST_RETRY_SECONDS: Final = 2.0
_OFTEN_AT_FIRST: Final = 100
_VOICEMAIL_SCAN_SECONDS: Final = 20.0
_RECORDING_ENDS_SECONDS: Final = 0.5


class AriLink:
    """Hold the exchange: what it tells, what it must remember, and how it is asked."""

    def __init__(self, find: Callable[[], AriSettings]) -> None:
        """Take where to look for the exchange; it is asked at every connection, for an exchange may move."""
        self._find = find
        self._settings: AriSettings | None = None
        self._apps = Audiences("")
        self._client: AriClient | None = None
        self._phones = PhoneBook()
        self._interpreter = Interpreter(self._phones)
        self._census = self._interpreter.census
        self._voice: Voice | None = None
        self._box: VoicemailBox | None = None
        self._recordings = RecordingBox(None)
        self._fallbacks = FallbackBook(None)
        self._told_fallbacks: dict[str, str] = {}  # on this connection: the dialplan's variable → number
        self._way_out = ("PJSIP/", "@trunk")  # around a number outside
        self._swept: set[UUID] = set()  # calls whose conversation was dissolved before their caller was gone
        self._background: set[asyncio.Task[None]] = set()
        self._closed = False
        self._superseded = False

    # --- facts --------------------------------------------------------------------------

    async def tell(self, take_in: Callable[[ExchangeEvent], None]) -> None:
        """Tell facts until another switchboard takes over; an exchange that does not answer is tried again, for ever."""
        tried = 0
        while not self._closed and not self._superseded:
            try:
                await self._open()
                connected = await self._take_stock()
            except (ExchangeDown, AriRefused) as error:
                log.info("exchange.not_there", error=str(error))
                tried += 1
                await asyncio.sleep(_RETRY_SECONDS if tried < _OFTEN_AT_FIRST else _LAST_RETRY_SECONDS)
                continue
            tried = 0
            for fact in (connected, *self._messages_left(), *self._recordings_made()):
                take_in(fact)
            await self._listen(take_in)
            if not self._closed and not self._superseded:
                take_in(ExchangeLost(datetime.now(UTC)))

    async def _open(self) -> None:
        if self._client is not None:
            await self._client.close()
        self._told_fallbacks.clear()
        settings = self._find()
        if settings != self._settings:
            self._settle(settings)
        self._client = AriClient(settings.address)
        await self._client.open(self._apps.all)

    def _settle(self, settings: AriSettings) -> None:
        self._settings, self._apps = settings, Audiences(settings.address.app)
        self._phones.is_browser = settings.phones_are_browsers
        self._phones.is_loopback = any(
            host in settings.address.url for host in ("//127.0.0.1", "//localhost")
        )
        state, sounds_dir = settings.state_dir, settings.sounds_dir
        self._voice = best_voice(sounds_dir / "greetings") if sounds_dir else None
        self._box = VoicemailBox(state / "spool/voicemail") if state else None
        self._recordings = RecordingBox(state / "spool/recording" if state else None)
        self._fallbacks = FallbackBook(state / "conf/fallbacks.conf" if state else None)

    async def _take_stock(self) -> ExchangeConnected:
        """Push what lives only in Asterisk's memory, then list what lives there."""
        await self._ask_for_less()
        for account in list(self._phones.accounts.values()):
            await self._push(account)
        ask = self._exchange.ask
        channels = read_channels(await ask(Request("GET", "channels")))
        bridges = await ask(Request("GET", "bridges"))
        endpoints = await ask(Request("GET", "endpoints/PJSIP"))
        registered = self._phones.take_stock(endpoints if isinstance(endpoints, list) else [])
        self._census.take_stock(channels)
        callers = [channel for channel in channels if channel.is_caller]
        apps = self._apps
        await self._exchange.ask_in_order(
            [
                *(
                    apps.follow_channel(one.id, is_leg=one.leg is not None)
                    for one in channels
                    if _is_ours(one)
                ),
                *(apps.follow_phone(self._phones.username(user_id)) for user_id in registered),
                *(apps.follow_bridge(naming.bridge_id(call_id)) for call_id in self._census.by_call),
            ]
        )
        await self._ask_the_way_out()
        talking = self._census.talking = read_talking(bridges, [channel.id for channel in callers])
        await self._begin_again(strays(channels, bridges))
        legs = tuple(leg for leg in (channel.as_live_leg() for channel in channels) if leg is not None)
        return ExchangeConnected(datetime.now(UTC), legs, talking, registered)

    async def _begin_again(self, strays: list[Request]) -> None:
        """Remove what nobody needs any more; whoever keeps something of an old connection forgets it here."""
        self._swept.clear()
        await self._exchange.ask_in_order(strays)
        await self._recordings.ask_which_live(self._exchange)

    async def _ask_the_way_out(self) -> None:
        """Ask how a number outside is rung: the dialplan's own way, so that there is one."""
        found = []
        for name, usual in zip(("DIAL_BEFORE", "DIAL_AFTER"), ("PJSIP/", "@trunk"), strict=True):
            try:
                answer = await self._exchange.ask(Request("GET", "asterisk/variable", {"variable": name}))
            except AriRefused:
                answer = None
            value = answer.get("value") if isinstance(answer, dict) else None
            found.append(str(value) if value else usual)
        self._way_out = (found[0], found[1])

    def _outside(self, number: str) -> str:
        """Return the endpoint of a number outside."""
        before, after = self._way_out
        return f"{before}{naming.dialled(number)}{after}"

    async def _ask_for_less(self) -> None:
        """Have Asterisk send only what we read: a busy hour costs both of us the less."""
        await self._exchange.ask_in_order(list(self._apps.ask_for_less()))  # refused by one too old for it

    async def _listen(self, take_in: Callable[[ExchangeEvent], None]) -> None:
        client = self._exchange

        def hear(raw: Mapping[str, Any]) -> None:
            for event in self._interpret(raw):
                take_in(event)
                if isinstance(event, Superseded):
                    self._superseded = True
                    client.stop_listening()
                    return

        scan = self._start(self._scan_now_and_then(client))
        try:
            await client.listen(hear)
        finally:
            scan.cancel()
        if self._superseded:
            await client.close()

    def _interpret(self, raw: Mapping[str, Any]) -> list[ExchangeEvent]:
        try:
            found = self._interpreter.read(raw)
        except Exception:
            # One message that nobody foresaw must not take every call down with it.
            log.exception("ari.unreadable", type=str(raw.get("type"))[:40])
            return []
        kept: list[ExchangeEvent] = []
        for chore in found.chores:
            if chore.what is Do.LOOK_FOR_MESSAGES:
                kept += self._messages_left()
            elif chore.what is Do.LOOK_FOR_RECORDINGS:
                self._recordings.is_over(chore.channel_id)
                kept += self._recordings_made()
            elif chore.what is Do.SWEEP and chore.call_id is not None:
                if left := self._sweep(chore.call_id):
                    self._start(self._tidy(left))
            else:
                self._start(self._do(chore))
        return kept + list(found.events)

    async def _do(self, chore: Chore) -> None:
        """Do by oneself what a fact asks for."""

    async def _tidy(self, left: Sequence[Request]) -> None:
        """Remove what nobody needs any more; what is gone already is no matter."""
        with contextlib.suppress(ExchangeDown):
            await self._exchange.ask_in_order(left)

    async def _scan_now_and_then(self, client: AriClient) -> None:
        """Wake the reader up from time to time, in case a message's end was not told."""
        while client.is_open:
            await asyncio.sleep(_VOICEMAIL_SCAN_SECONDS)
            client.inject({"type": "DecrocheScan"})

    def _messages_left(self) -> list[ExchangeEvent]:
        if self._box is None:
            return []
        return list(self._box.left(still_recording=self._census.recording_ids(), now=datetime.now(UTC)))

    def _recordings_made(self) -> list[ExchangeEvent]:
        return list(self._recordings.made(now=datetime.now(UTC)))

    async def hear_all(self) -> None:
        """Ask something: on this connection the answer comes after everything that was said before."""
        await self._exchange.ask(Request("GET", "asterisk/ping"))
        await self._exchange.drained()

    async def close(self) -> None:
        """Let go of the exchange; calls on it go on."""
        self._closed = True
        for task in list(self._background):
            task.cancel()
        if self._client is not None:
            await self._client.close()

    # --- phones -------------------------------------------------------------------------

    async def set_phone_account(self, account: PhoneAccount) -> None:
        self._phones.add(account)
        if not await self._push(account):
            raise PhoneUnreachable(account.username)

    async def _push(self, account: PhoneAccount) -> bool:
        answers = await self._exchange.ask_in_order(
            [*self._phones.requests_to_set(account), self._apps.follow_phone(account.username)]
        )
        refusals = [answer for answer in answers if isinstance(answer, AriRefused)]
        for refusal in refusals:
            log.error("phone.refused", user_id=account.user_id, error=str(refusal))
        return not refusals

    async def remove_phone_account(self, user_id: int) -> None:
        username = self._phones.username(user_id)
        if self._phones.forget(user_id):
            self._exchange.inject({"type": "DecrochePhoneGone", "user_id": user_id})
        await self._exchange.ask_in_order(self._phones.requests_to_remove(username))

    # --- keeping ------------------------------------------------------------------------

    async def remember_fallback(self, *, called_number: str, number: str) -> None:
        self._fallbacks.remember(called_number, number)
        names = self._fallbacks.names_of(called_number)
        answers = await self._exchange.ask_in_order(
            [Request("POST", "asterisk/variable", {"variable": name, "value": number}) for name in names]
        )
        known = {name for name, answer in zip(names, answers, strict=True) if answer is None}
        self._told_fallbacks.update(dict.fromkeys(known, number))

    def _knows_fallback(self, called_number: str, number: str) -> bool:
        """Say whether the dialplan leads the callers of this number there without being told of each."""
        return self._told_fallbacks.get(f"FALLBACK_{re.sub(r'[^0-9]', '', called_number)}") == number

    async def keep_voicemail(self, path: Path) -> None:
        if self._box is not None:
            await asyncio.to_thread(self._box.keep, path)

    async def keep_recording(self, path: Path) -> None:
        await asyncio.to_thread(self._recordings.keep, path)

    def _sweep(self, call_id: UUID) -> list[Request]:
        """Forget a caller who is gone; return what removes his empty conversation (a bridge, never a channel)."""
        if self._recordings.is_live(call_id):
            self._start(self._look_for_recordings())
        if call_id in self._swept:  # when it was asked to end
            self._swept.discard(call_id)
            return []
        return [self._dissolve(call_id)]

    async def _look_for_recordings(self) -> None:
        """Look once more a moment later: what ends with its conversation is not always told."""
        await asyncio.sleep(_RECORDING_ENDS_SECONDS)
        with contextlib.suppress(ExchangeDown):
            await self._recordings.ask_which_live(self._exchange)
            self._exchange.inject({"type": "DecrocheScan"})

    # --- asking -------------------------------------------------------------------------

    def _channel(self, call_id: UUID) -> str:
        channel_id = self._census.channel_of(call_id)
        if channel_id is None:
            raise ChannelGone(str(call_id))
        return channel_id

    @staticmethod
    def _set(channel_id: str, variable: str, value: str) -> Request:
        return Request("POST", f"channels/{channel_id}/variable", {"variable": variable, "value": value})

    @staticmethod
    def _music(channel_id: str) -> Request:
        return Request("POST", f"channels/{channel_id}/moh", {"mohClass": "decroche"})

    @staticmethod
    def _gather(bridge: str, *channel_ids: str) -> list[Request]:
        """Return what makes these channels hear each other."""
        return [
            Request("POST", f"bridges/{bridge}", {"type": "mixing"}),
            Request("POST", f"bridges/{bridge}/addChannel", {"channel": ",".join(channel_ids)}),
        ]

    @staticmethod
    def _take_out(bridge: str, channel_id: str) -> Request:
        return Request("POST", f"bridges/{bridge}/removeChannel", {"channel": channel_id})

    @staticmethod
    def _dissolve(call_id: UUID) -> Request:
        """Return what removes an empty conversation (a bridge, never a channel)."""
        return Request("DELETE", f"bridges/{naming.bridge_id(call_id)}")

    @staticmethod
    def _drop(channel_id: str) -> Request:
        return Request("DELETE", f"channels/{channel_id}")

    @property
    def _app(self) -> str:
        return self._apps.callers

    @property
    def _exchange(self) -> AriClient:
        if self._client is None or self._superseded:
            raise ExchangeDown
        return self._client

    async def _one(self, request: Request) -> None:
        await self._all([request])

    async def _all(self, requests: list[Request], *, must: tuple[int, ...] | None = None) -> None:
        """Ask in order; those at ``must`` (all, when not said) have to succeed.

        Raises:
            ChannelGone: a channel that had to be there is not, or is no longer ours.
            ExchangeDown: the exchange does not answer.
        """
        answers = await self._exchange.ask_in_order(requests)
        for index in range(len(requests)) if must is None else must:
            answer = answers[index]
            if isinstance(answer, AriRefused):
                if answer.status not in {HTTP_NOT_FOUND, HTTP_CONFLICT}:
                    log.warning("ari.refused", error=str(answer))
                raise ChannelGone(str(answer)) from answer

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._background.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("background.failed", error=repr(error))


def _is_ours(channel: Channel) -> bool:
    return channel.is_caller or channel.is_named
