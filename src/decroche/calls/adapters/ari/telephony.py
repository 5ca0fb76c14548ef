"""Drive Asterisk through ARI, behind the port ``Telephony``.

Nothing here hangs up because we stop, fail or are cancelled: what lives on the exchange goes on living, and the next
connection takes stock of it. Callers who are sent away (fallback, voicemail, transfer, announcement) are led by the
dialplan, which needs nobody.
"""

import asyncio
import contextlib
import os
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self
from uuid import UUID

import structlog

from decroche.calls.adapters.ari import naming
from decroche.calls.adapters.ari.client import (
    HTTP_CONFLICT,
    HTTP_NOT_FOUND,
    Address,
    AriClient,
    AriRefused,
    Request,
)
from decroche.calls.adapters.ari.interpreter import Interpreter
from decroche.calls.adapters.ari.keeping import FallbackBook, VoicemailBox
from decroche.calls.adapters.ari.phones import PhoneBook
from decroche.calls.adapters.ari.reading import read_channels, read_talking
from decroche.calls.adapters.asterisk import sounds
from decroche.calls.adapters.asterisk.configuration import Connection
from decroche.calls.adapters.asterisk.places import default_state_dir
from decroche.calls.adapters.asterisk.voice import Voice, best_voice
from decroche.calls.ports import (
    Announcement,
    ChannelGone,
    ExchangeConnected,
    ExchangeDown,
    ExchangeEvent,
    ExchangeLost,
    PhoneAccount,
    PhoneUnreachable,
    SecretaryLeg,
    Superseded,
)

log = structlog.get_logger(__name__)

_RING_SECONDS: Final = 60  # longer than any offer: the switchboard stops it, this only spares a dead one's phones
_MUSIC: Final = "decroche"
_FIRST_RETRY_SECONDS: Final = 0.1
_LAST_RETRY_SECONDS: Final = 2.0
_VOICEMAIL_SCAN_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class AriSettings:
    """Say how to reach one exchange."""

    address: Address
    state_dir: Path | None  # where the exchange keeps its messages, when it is on this machine
    sounds_dir: Path | None = None
    is_demonstration: bool = False
    phones_are_browsers: bool = True

    @classmethod
    def of(cls, connection: Connection) -> Self:
        address = Address(connection.ari_url, connection.ari_user, connection.ari_password, connection.app)
        return cls(address, connection.state_dir, connection.sounds_dir, connection.is_demonstration)

    @classmethod
    def from_environment(cls) -> Self:
        """Read DECROCHE_ARI_URL, _USER and _PASSWORD when they are set, else what the private copy wrote at its start.

        Raises:
            ExchangeDown: the private copy was not started yet.
        """
        env = os.environ
        plain = env.get("DECROCHE_PHONES") == "sip"
        if url := env.get("DECROCHE_ARI_URL"):
            address = Address(
                url.rstrip("/"), env.get("DECROCHE_ARI_USER", "decroche"), env.get("DECROCHE_ARI_PASSWORD", ""), "decroche"
            )
            folder = Path(env["DECROCHE_ASTERISK_STATE_DIR"]) if "DECROCHE_ASTERISK_STATE_DIR" in env else None
            return cls(address, folder, folder and folder / "sounds", phones_are_browsers=not plain)
        try:
            found = cls.of(Connection.read(default_state_dir()))
        except (OSError, ValueError, TypeError) as error:
            raise ExchangeDown("Asterisk n’a pas encore été démarré sur cette machine.") from error
        return found.with_plain_phones() if plain else found

    def with_plain_phones(self) -> Self:
        """Return the same for SIP phones on a desk (and for tests), instead of browsers."""
        return replace(self, phones_are_browsers=False)


class AriTelephony:
    """Be the port ``Telephony`` on a real Asterisk."""

    is_simulated = False

    def __init__(self, find: Callable[[], AriSettings]) -> None:
        """Take where to look for the exchange; it is asked at every connection, for an exchange may move."""
        self._find = find
        self._settings: AriSettings | None = None
        self._client: AriClient | None = None
        self._phones = PhoneBook()
        self._interpreter = Interpreter(self._phones)
        self._voice: Voice | None = None
        self._box: VoicemailBox | None = None
        self._fallbacks = FallbackBook(None)
        self._background: set[asyncio.Task[None]] = set()
        self._greeting: dict[UUID, asyncio.Task[None]] = {}
        self._closed = False
        self._superseded = False

    # --- facts --------------------------------------------------------------------------

    async def events(self) -> AsyncIterator[ExchangeEvent]:
        """Yield facts for ever; an exchange that does not answer is tried again, for ever."""
        wait = _FIRST_RETRY_SECONDS
        while not self._closed and not self._superseded:
            try:
                await self._open()
                connected = await self._take_stock()
            except (ExchangeDown, AriRefused) as error:
                log.info("exchange.not_there", error=str(error))
                await asyncio.sleep(wait)
                wait = min(_LAST_RETRY_SECONDS, wait * 2)
                continue
            wait = _FIRST_RETRY_SECONDS
            yield connected
            for message in self._messages_left():
                yield message
            async for event in self._listen():
                yield event
            if not self._closed:
                yield ExchangeLost(datetime.now(UTC))

    async def _open(self) -> None:
        if self._client is not None:
            await self._client.close()
        settings = self._find()
        if settings != self._settings:
            self._settle(settings)
        self._client = AriClient(settings.address)
        await self._client.open()

    def _settle(self, settings: AriSettings) -> None:
        self._settings = settings
        self._phones.is_browser = settings.phones_are_browsers
        self._phones.is_loopback = any(host in settings.address.url for host in ("//127.0.0.1", "//localhost"))
        state, sounds_dir = settings.state_dir, settings.sounds_dir
        self._voice = best_voice(sounds_dir / "greetings") if sounds_dir else None
        self._box = VoicemailBox(state / "spool/voicemail") if state else None
        self._fallbacks = FallbackBook(state / "conf/fallbacks.conf" if state else None)

    async def _take_stock(self) -> ExchangeConnected:
        """Push what lives only in Asterisk's memory, then list what lives there."""
        for account in list(self._phones.accounts.values()):
            await self._push(account)
        ask = self._exchange.ask
        channels = read_channels(await ask(Request("GET", "channels")))
        bridges = await ask(Request("GET", "bridges"))
        endpoints = await ask(Request("GET", "endpoints/PJSIP"))
        registered = self._phones.take_stock(endpoints if isinstance(endpoints, list) else [])
        self._interpreter.take_stock(channels)
        watched = [f"channel:{channel.id}" for channel in channels if channel.is_caller or channel.leg]
        watched += [f"endpoint:PJSIP/{self._phones.username(user_id)}" for user_id in registered]
        await self._exchange.ask_in_order([self._subscription(source) for source in watched])
        legs = tuple(leg for leg in (channel.as_live_leg() for channel in channels) if leg is not None)
        return ExchangeConnected(datetime.now(UTC), legs, read_talking(bridges), registered)

    async def _listen(self) -> AsyncIterator[ExchangeEvent]:
        client = self._exchange
        scan = self._start(self._scan_now_and_then(client))
        try:
            async for raw in client.events():
                for event in self._interpret(raw):
                    yield event
                    if isinstance(event, Superseded):
                        self._superseded = True
                        await client.close()
                        return
        finally:
            scan.cancel()

    def _interpret(self, raw: Mapping[str, Any]) -> list[ExchangeEvent]:
        try:
            found = self._interpreter.read(raw)
        except Exception:
            # One message that nobody foresaw must not take every call down with it.
            log.exception("ari.unreadable", type=str(raw.get("type"))[:40])
            return []
        if found.gone_call is not None:
            self._start(self._sweep(found.gone_call))
        messages: list[ExchangeEvent] = list(self._messages_left()) if found.look_for_messages else []
        return messages + list(found.events)

    async def _scan_now_and_then(self, client: AriClient) -> None:
        """Wake the reader up from time to time, in case a message's end was not told."""
        while client.is_open:
            await asyncio.sleep(_VOICEMAIL_SCAN_SECONDS)
            client.inject({"type": "DecrocheScan"})

    def _messages_left(self) -> list[ExchangeEvent]:
        if self._box is None:
            return []
        return list(self._box.left(still_recording=self._interpreter.recording_ids(), now=datetime.now(UTC)))

    async def close(self) -> None:
        """Let go of the exchange; calls on it go on."""
        self._closed = True
        for task in list(self._background):
            task.cancel()
        if self._client is not None:
            await self._client.close()

    # --- phones -------------------------------------------------------------------------

    async def set_phone_account(self, account: PhoneAccount) -> None:
        self._phones.accounts[account.user_id] = account
        await self._push(account)

    async def _push(self, account: PhoneAccount) -> None:
        answers = await self._exchange.ask_in_order(
            [*self._phones.requests_to_set(account), self._subscription(f"endpoint:PJSIP/{account.username}")]
        )
        for answer in answers:
            if isinstance(answer, AriRefused):
                log.error("phone.refused", user_id=account.user_id, error=str(answer))

    async def remove_phone_account(self, user_id: int) -> None:
        username = self._phones.username(user_id)
        if self._phones.forget(user_id):
            self._exchange.inject({"type": "DecrochePhoneGone", "user_id": user_id})
        await self._exchange.ask_in_order(self._phones.requests_to_remove(username))

    # --- keeping ------------------------------------------------------------------------

    async def remember_fallback(self, *, called_number: str, number: str) -> None:
        self._fallbacks.remember(called_number, number)
        await self._exchange.ask_in_order(
            [
                Request("POST", "asterisk/variable", {"variable": name, "value": number})
                for name in self._fallbacks.names_of(called_number)
            ]
        )

    async def keep_voicemail(self, path: Path) -> None:
        if self._box is not None:
            await asyncio.to_thread(self._box.keep, path)

    # --- the caller ---------------------------------------------------------------------

    async def adopt_caller(self, channel_id: str, call_id: UUID, *, fallback_number: str) -> None:
        self._interpreter.adopt(channel_id, call_id)
        await self._all(
            [
                self._set(channel_id, "DECROCHE_CALL", str(call_id)),
                self._set(channel_id, "DECROCHE_FALLBACK", fallback_number),
                self._subscription(f"channel:{channel_id}"),
            ]
        )

    async def welcome(self, call_id: UUID, *, greeting: str) -> None:
        channel_id = self._channel(call_id)
        await self._one(Request("POST", f"channels/{channel_id}/answer"))
        if greeting and self._voice is not None:
            self._greeting[call_id] = self._start(self._greet(call_id, channel_id, greeting))
        else:
            await self._one(self._music(channel_id))

    async def _greet(self, call_id: UUID, channel_id: str, greeting: str) -> None:
        """Speak, then play music; both stop when somebody answers."""
        assert self._voice is not None  # noqa: S101
        try:
            sound = await self._voice.sentence(greeting)
            media = f"sound:{sound.with_suffix('')}"
            playing = f"g-{call_id}"
            ended = self._interpreter.playback_end(playing)
            await self._one(Request("POST", f"channels/{channel_id}/play/{playing}", {"media": media}))
            async with asyncio.timeout(120):
                await ended
        except (ChannelGone, ExchangeDown):
            return
        except (OSError, TimeoutError, ValueError) as error:
            log.warning("greeting.failed", error=str(error))
        with contextlib.suppress(ChannelGone, ExchangeDown):
            await self._one(self._music(channel_id))
        self._greeting.pop(call_id, None)

    def _quiet(self, call_id: UUID, channel_id: str) -> list[Request]:
        """Return what makes the caller hear neither greeting nor music."""
        greeting = self._greeting.pop(call_id, None)
        if greeting is not None:
            greeting.cancel()
        stops = [Request("DELETE", f"playbacks/g-{call_id}")] if greeting is not None else []
        return [*stops, Request("DELETE", f"channels/{channel_id}/moh")]

    async def renew_lease(self, call_id: UUID, *, seconds: int) -> None:
        await self._one(self._set(self._channel(call_id), "TIMEOUT(absolute)", str(seconds)))

    # --- the secretary ------------------------------------------------------------------

    async def ring_phone(self, leg: SecretaryLeg, *, shown_number: str, shown_name: str) -> None:
        caller = self._channel(leg.call_id)
        if leg in self._interpreter.legs_of(leg.call_id):
            return  # it rings already
        request = Request(
            "POST",
            f"channels/{naming.leg_id(leg)}",
            {
                "endpoint": f"PJSIP/{self._phones.username(leg.user_id)}",
                "app": self._app,
                "appArgs": "leg",
                "callerId": naming.quoted_caller(shown_number, shown_name),
                "timeout": str(_RING_SECONDS),
                "originator": caller,
            },
            {"variables": {"PJSIP_HEADER(add,X-Decroche-Call)": str(leg.call_id)}},
        )
        try:
            await self._exchange.ask(request)
        except AriRefused as error:
            if error.status == HTTP_CONFLICT:
                return
            if "originator" in str(error).lower():
                raise ChannelGone(caller) from error
            raise PhoneUnreachable(str(leg.user_id)) from error

    async def stop_ringing(self, leg: SecretaryLeg) -> None:
        with contextlib.suppress(ChannelGone):
            await self._one(Request("DELETE", f"channels/{naming.leg_id(leg)}"))

    async def connect(self, leg: SecretaryLeg) -> None:
        """Let caller and secretary talk, and disarm the lease."""
        caller, bridge = self._channel(leg.call_id), naming.bridge_id(leg.call_id)
        await self._all(
            [
                self._set(caller, "TIMEOUT(absolute)", "0"),
                *self._quiet(leg.call_id, caller),
                Request("POST", f"bridges/{bridge}", {"type": "mixing"}),
                Request("POST", f"bridges/{bridge}/addChannel", {"channel": f"{caller},{naming.leg_id(leg)}"}),
            ],
            must=(0, -1),
        )
        self._start(self._tell_simulated(leg.call_id, "yes"))

    async def hold(self, call_id: UUID) -> None:
        caller, bridge = self._channel(call_id), naming.bridge_id(call_id)
        await self._all(
            [Request("POST", f"bridges/{bridge}/removeChannel", {"channel": caller}), self._music(caller)],
            must=(1,),
        )

    async def resume(self, call_id: UUID) -> None:
        caller, bridge = self._channel(call_id), naming.bridge_id(call_id)
        await self._all(
            [
                *self._quiet(call_id, caller),
                Request("POST", f"bridges/{bridge}/addChannel", {"channel": caller}),
            ],
            must=(-1,),
        )

    async def wait_again(self, call_id: UUID) -> None:
        caller, bridge = self._channel(call_id), naming.bridge_id(call_id)
        await self._all(
            [Request("POST", f"bridges/{bridge}/removeChannel", {"channel": caller}), self._music(caller)],
            must=(1,),
        )
        await self._drop_legs(call_id)

    # --- away from us -------------------------------------------------------------------

    async def transfer(self, call_id: UUID, *, number: str, shown_number: str) -> None:
        variables = {"DECROCHE_TRANSFER": number, "DECROCHE_SHOWN": shown_number}
        await self._send_away(call_id, "decroche-transfer", variables)
        self._start(self._tell_simulated(call_id, "yes"))

    async def send_to_fallback(self, call_id: UUID, *, number: str) -> None:
        variables = {"DECROCHE_FALLBACK": number, "DECROCHE_ASKED": "yes"}
        await self._send_away(call_id, "decroche-fallback", variables)

    async def take_voicemail(self, call_id: UUID) -> None:
        await self._send_away(call_id, "decroche-voicemail", {})
        self._start(self._tell_simulated(call_id, "voicemail"))

    async def _send_away(self, call_id: UUID, context: str, variables: Mapping[str, str]) -> None:
        """Give the caller to the dialplan, and let the secretary go."""
        caller, bridge = self._channel(call_id), naming.bridge_id(call_id)
        where = {"context": context, "extension": "s", "priority": "1"}
        await self._all(
            [
                *(self._set(caller, name, value) for name, value in variables.items()),
                *self._quiet(call_id, caller),
                Request("POST", f"bridges/{bridge}/removeChannel", {"channel": caller}),
                Request("POST", f"channels/{caller}/continue", where),
            ],
            must=(-1,),
        )
        await self._drop_legs(call_id)

    async def announce_and_end(self, channel_id: str, announcement: Announcement) -> None:
        where = {"context": "decroche-announce", "extension": announcement.value, "priority": "1"}
        await self._all(
            [self._subscription(f"channel:{channel_id}"), Request("POST", f"channels/{channel_id}/continue", where)],
            must=(-1,),
        )

    async def hang_up(self, call_id: UUID) -> None:
        """End every channel of the call."""
        caller = self._interpreter.channel_of(call_id)
        legs = self._interpreter.legs_of(call_id)
        if caller is None and not legs:
            raise ChannelGone(str(call_id))
        ids = [*([caller] if caller else []), *map(naming.leg_id, legs)]
        await self._exchange.ask_in_order([Request("DELETE", f"channels/{channel_id}") for channel_id in ids])

    async def _drop_legs(self, call_id: UUID) -> None:
        ids = [naming.leg_id(leg) for leg in self._interpreter.legs_of(call_id)]
        await self._exchange.ask_in_order(
            [
                *(Request("DELETE", f"channels/{channel_id}") for channel_id in ids),
                Request("DELETE", f"bridges/{naming.bridge_id(call_id)}"),
            ]
        )

    async def _sweep(self, call_id: UUID) -> None:
        """Remove the empty conversation of a caller who is gone (a bridge, never a channel)."""
        self._greeting.pop(call_id, None)
        with contextlib.suppress(AriRefused, ExchangeDown):
            await self._exchange.ask(Request("DELETE", f"bridges/{naming.bridge_id(call_id)}"))

    # --- demonstration ------------------------------------------------------------------

    async def place_simulated_call(
        self, *, called_number: str, caller_number: str, caller_name: str, voice: str
    ) -> str:
        """Ring one of our lines from the outside world; the caller speaks once somebody answers."""
        settings = self._settings
        if settings is None or not settings.is_demonstration or settings.sounds_dir is None:
            raise ExchangeDown("Les appels simulés n’existent que dans la démonstration.")
        folder = settings.sounds_dir / "callers"
        name, lines, pause = await asyncio.to_thread(sounds.prepare_caller, folder, voice)
        simulation = uuid.uuid4().hex
        query = {
            "context": "decroche-caller",
            "extension": name,
            "priority": "1",
            "callerId": naming.quoted_caller(caller_number, caller_name),
            "timeout": "180",
        }
        variables = {
            "DECROCHE_LINES": str(lines),
            "DECROCHE_PAUSE": str(pause),
            "DECROCHE_NAME": simulation,
            "PJSIP_HEADER(add,X-Decroche-Simulated)": simulation,
        }
        channel_id = naming.simulated_id(simulation)
        called = naming.clean_number(called_number)
        for endpoint in (f"PJSIP/{called}@world", f"Local/{called}@decroche-trunk"):
            try:
                request = Request(
                    "POST", f"channels/{channel_id}", {**query, "endpoint": endpoint}, {"variables": variables}
                )
                await self._exchange.ask(request)
            except AriRefused as error:
                log.warning("simulation.refused", endpoint=endpoint.partition("/")[0], error=str(error))
            else:
                return channel_id
        raise ExchangeDown("Asterisk n’a pas pu placer l’appel simulé.")

    async def _tell_simulated(self, call_id: UUID, what: str) -> None:
        """Let a simulated caller begin to speak; a real one needs no telling."""
        simulation = self._interpreter.simulation_of(call_id)
        if simulation:
            with contextlib.suppress(ChannelGone, ExchangeDown):
                await self._one(
                    Request("POST", "asterisk/variable", {"variable": f"TALK_{simulation}", "value": what})
                )

    # --- asking -------------------------------------------------------------------------

    def _channel(self, call_id: UUID) -> str:
        channel_id = self._interpreter.channel_of(call_id)
        if channel_id is None:
            raise ChannelGone(str(call_id))
        return channel_id

    @staticmethod
    def _set(channel_id: str, variable: str, value: str) -> Request:
        return Request("POST", f"channels/{channel_id}/variable", {"variable": variable, "value": value})

    @staticmethod
    def _music(channel_id: str) -> Request:
        return Request("POST", f"channels/{channel_id}/moh", {"mohClass": _MUSIC})

    @property
    def _app(self) -> str:
        return self._settings.address.app if self._settings else ""

    @property
    def _exchange(self) -> AriClient:
        if self._client is None or self._superseded:
            raise ExchangeDown
        return self._client

    def _subscription(self, source: str) -> Request:
        return Request("POST", f"applications/{self._app}/subscription", {"eventSource": source})

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

