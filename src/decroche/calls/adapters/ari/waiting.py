"""Look after a caller who waits: take in, speak, play music, keep the dead man's lease."""

import asyncio
import contextlib
import math
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import structlog

from decroche.calls.adapters.ari import naming
from decroche.calls.adapters.ari.client import HTTP_CONFLICT, AriRefused, Request
from decroche.calls.adapters.ari.link import AriLink
from decroche.calls.adapters.ari.settings import AriSettings
from decroche.calls.adapters.asterisk import audio
from decroche.calls.adapters.asterisk.places import shared_sounds_dir
from decroche.calls.ports import ChannelGone, ExchangeDown, Prompt

# What a lease outlasts a sentence by: enough to renew it when the sentence ends.
_BREATH_SECONDS: Final = 2
_LONGEST_PROMPT_SECONDS: Final = 120
_VOICES: Final = (
    4  # names for what a call is told, used in turn: a fresh process can stop what it did not start
)
log = structlog.get_logger(__name__)


def _playback(call_id: UUID, turn: int) -> str:
    return f"g-{call_id}-{turn}"


@dataclass(slots=True)
class Speech:
    """Hold what a caller is being told."""

    name: str
    playback: str
    task: "asyncio.Task[None] | None" = None
    plays: bool = False


class Waiting(AriLink):
    """Hold the callers who wait."""

    def __init__(self, find: Callable[[], AriSettings]) -> None:
        super().__init__(find)
        self._speeches: dict[UUID, Speech] = {}
        self._leases: dict[UUID, int] = {}  # seconds, as last asked for
        self._ringing: set[UUID] = set()  # those whom we took in and whose line is not answered yet
        self._quiet_calls: dict[UUID, bool] = {}  # those whom we welcomed: do they wait without music
        self._talking: set[UUID] = set()  # calls whose caller is with somebody: what is said there, both hear
        self._turns = count()

    async def _begin_again(self, strays: list[Request]) -> None:
        await super()._begin_again(strays)
        for call_id in list(self._speeches):
            self._cut(call_id)
        for kept in (self._leases, self._quiet_calls):
            for call_id in [call for call in kept if self._census.channel_of(call) is None]:
                del kept[call_id]
        self._ringing = {call for call in self._ringing if self._census.channel_of(call) is not None}
        self._talking = set(self._census.talking)
        await self._interrupt_predecessor()

    async def _interrupt_predecessor(self) -> None:
        """Stop what a switchboard before us was saying: a channel that plays obeys nothing else, and holds up the others."""
        waiting = [
            (caller.call_id, channel_id)
            for channel_id, caller in self._census.callers.items()
            if caller.call_id is not None and not caller.is_away and caller.call_id not in self._talking
        ]
        stops = [
            Request("DELETE", f"playbacks/{_playback(call_id, turn)}")
            for call_id, _ in waiting
            for turn in range(_VOICES)
        ]
        answers = await self._exchange.ask_in_order(stops)
        spoke = [
            channel_id
            for number, (_, channel_id) in enumerate(waiting)
            if any(
                not isinstance(answer, AriRefused)
                for answer in answers[number * _VOICES : (number + 1) * _VOICES]
            )
        ]
        await self._exchange.ask_in_order([self._music(channel_id) for channel_id in spoke])

    def _sweep(self, call_id: UUID) -> list[Request]:
        self._forget(call_id)
        return super()._sweep(call_id)

    def _forget(self, call_id: UUID) -> None:
        """Keep nothing of a call that is over."""
        self._leases.pop(call_id, None)
        self._quiet_calls.pop(call_id, None)
        self._ringing.discard(call_id)
        self._talking.discard(call_id)
        speech = self._speeches.pop(call_id, None)
        if speech is not None and speech.task is not None:
            speech.task.cancel()

    # --- taking in ----------------------------------------------------------------------

    def adopt_caller(
        self, channel_id: str, call_id: UUID, *, fallback_number: str
    ) -> Coroutine[Any, Any, None]:
        known = self._census.callers.get(channel_id)
        before = known.call_id if known else None
        caller = self._census.adopt(channel_id, call_id)
        if before is not None and before != call_id:
            self._forget(before)
        self._ringing.add(call_id)
        marks = [self._set(channel_id, "DECROCHE_CALL", str(call_id))]
        if not self._knows_fallback(caller.called_number, fallback_number):
            marks.append(self._set(channel_id, "DECROCHE_FALLBACK", fallback_number))
        return self._mark(channel_id, call_id, marks)

    async def _mark(self, channel_id: str, call_id: UUID, marks: Sequence[Request]) -> None:
        *marked, followed = await self._exchange.ask_in_order([*marks, self._apps.follow_channel(channel_id)])
        refusals = [answer for answer in marked if isinstance(answer, AriRefused)]
        if isinstance(followed, AriRefused) or any(one.status != HTTP_CONFLICT for one in refusals):
            self._census.forget_gone(channel_id, call_id)  # nothing more will be told of him
            raise ChannelGone(channel_id)
        if refusals:  # he lives: the dial plan took him while we slept, and that was told to nobody
            self._exchange.inject(
                {"type": "ChannelUserevent", "eventname": "DecrocheLease", "channel": {"id": channel_id}}
            )

    async def welcome(self, call_id: UUID, *, greeting: Prompt, has_music: bool = True) -> None:
        channel_id = self._channel(call_id)
        self._quiet_calls[call_id] = not has_music
        self._ringing.discard(call_id)
        answer = self._answer(channel_id)
        if self._can_speak(greeting):
            await self._one(answer)
            self._speak(call_id, "greeting", greeting, over_music=False)
        else:
            await self._all([answer, self._pastime(call_id, channel_id)])
            self._tell_prompt_ended(call_id, "greeting")

    # --- speaking -----------------------------------------------------------------------

    async def say(self, call_id: UUID, name: str, prompt: Prompt) -> None:
        self._channel(call_id)
        await self._exchange.ask_in_order(self._cut(call_id))
        if self._can_speak(prompt):
            self._speak(call_id, name, prompt, over_music=True)
        else:
            self._tell_prompt_ended(call_id, name)

    async def hush(self, call_id: UUID) -> None:
        channel_id = self._channel(call_id)
        if call_id in self._speeches:
            stop = self._cut(call_id)
            if call_id not in self._talking:
                stop.append(self._pastime(call_id, channel_id))
            await self._exchange.ask_in_order(stop)

    async def _stop_speaking(self, call_id: UUID) -> None:
        """Be silent, if anything is being said."""
        if call_id in self._speeches:
            await self._exchange.ask_in_order(self._cut(call_id))

    def _can_speak(self, prompt: Prompt) -> bool:
        return bool(prompt) and self._voice is not None

    def _speak(self, call_id: UUID, name: str, prompt: Prompt, *, over_music: bool) -> None:
        playback = _playback(call_id, next(self._turns) % _VOICES)
        speech = self._speeches[call_id] = Speech(name, playback)
        speech.task = self._start(self._utter(call_id, speech, prompt, over_music=over_music))

    async def _utter(self, call_id: UUID, speech: Speech, prompt: Prompt, *, over_music: bool) -> None:
        """Speak, tell that it is over, then let the caller wait as before; cut as soon as somebody answers."""
        channel_id = self._channel(call_id)
        try:
            sound = await self._sound(prompt)
            before = [self._stop_pastime(call_id, channel_id)] if over_music else []
            if call_id in self._talking:
                await self._play_to_both(call_id, speech, sound)
            else:
                await self._play(call_id, channel_id, speech, sound, before)
        except (ChannelGone, ExchangeDown) as error:
            log.info("prompt.not_heard", error=str(error))
        except (OSError, TimeoutError, ValueError) as error:
            log.warning("prompt.failed", error=str(error))
        if self._speeches.get(call_id) is speech:
            del self._speeches[call_id]
        if call_id not in self._talking:
            with contextlib.suppress(ChannelGone, ExchangeDown):
                await self._one(self._pastime(call_id, channel_id))
        self._tell_prompt_ended(call_id, speech.name)

    async def _sound(self, prompt: Prompt) -> Path:
        """Return the file to play.

        Raises:
            OSError, ValueError: there is none and the voice is mute.
        """
        own = self._settings.sounds_dir if self._settings else None
        for folder in (own, shared_sounds_dir()) if prompt.sound else ():
            if folder is None:
                continue
            path = (folder / f"{prompt.sound}.wav").resolve()
            if path.is_relative_to(folder.resolve()) and await asyncio.to_thread(path.is_file):
                return path
        if prompt.sound:
            log.warning("prompt.no_such_sound", sound=prompt.sound[:80])
        if not prompt.text or self._voice is None:
            raise ValueError("nothing to play")
        return await self._voice.sentence(prompt.text)

    async def _play(
        self, call_id: UUID, channel_id: str, speech: Speech, sound: Path, before: list[Request]
    ) -> None:
        """Play a sentence under a lease that covers it.

        While a channel plays, it obeys nothing else: a renewal would wait for the end of the sentence, and a lease
        shorter than the sentence would give up a caller whom we hold. So the lease is made long enough before.
        """
        lease = self._leases.get(call_id, 0)
        if lease:
            covered = max(lease, math.ceil(await asyncio.to_thread(audio.seconds, sound)) + _BREATH_SECONDS)
            before = [*before, self._set(channel_id, "TIMEOUT(absolute)", str(covered))]
        ended = self._interpreter.playback_end(speech.playback)
        media = {"media": f"sound:{sound.with_suffix('')}"}
        speech.plays = True
        await self._all(
            [*before, Request("POST", f"channels/{channel_id}/play/{speech.playback}", media)], must=(-1,)
        )
        async with asyncio.timeout(_LONGEST_PROMPT_SECONDS):
            await ended
        speech.plays = False
        if call_id in self._leases:
            await self._one(self._set(channel_id, "TIMEOUT(absolute)", str(self._leases[call_id])))

    async def _play_to_both(self, call_id: UUID, speech: Speech, sound: Path) -> None:
        """Play a sentence into a conversation."""
        ended = self._interpreter.playback_end(speech.playback)
        media = {"media": f"sound:{sound.with_suffix('')}"}
        bridge = naming.bridge_id(call_id)
        await self._one(Request("POST", f"bridges/{bridge}/play/{speech.playback}", media))
        async with asyncio.timeout(_LONGEST_PROMPT_SECONDS):
            await ended

    def _cut(self, call_id: UUID) -> list[Request]:
        """End what is being said; return what makes the exchange stop it."""
        speech = self._speeches.pop(call_id, None)
        if speech is None:
            return []
        if speech.task is not None:
            speech.task.cancel()
        self._tell_prompt_ended(call_id, speech.name)
        stop = [Request("DELETE", f"playbacks/{speech.playback}")]
        lease, channel_id = self._leases.get(call_id, 0), self._census.channel_of(call_id)
        if lease and channel_id and speech.plays:
            stop.append(self._set(channel_id, "TIMEOUT(absolute)", str(lease)))
        return stop

    def _tell_prompt_ended(self, call_id: UUID, name: str) -> None:
        if self._client is not None:
            ended = {"call_id": call_id, "name": name, "timestamp": datetime.now(UTC)}
            self._client.inject({"type": "DecrochePrompt", **ended})

    # --- passing the time ---------------------------------------------------------------

    def _pastime(self, call_id: UUID, channel_id: str) -> Request:
        """Return what a waiting caller hears: music, or a silence that keeps the sound's way open."""
        if self._quiet_calls.get(call_id):
            return Request("POST", f"channels/{channel_id}/silence")
        return self._music(channel_id)

    def _stop_pastime(self, call_id: UUID, channel_id: str) -> Request:
        what = "silence" if self._quiet_calls.get(call_id) else "moh"
        return Request("DELETE", f"channels/{channel_id}/{what}")

    @staticmethod
    def _answer(channel_id: str) -> Request:
        return Request("POST", f"channels/{channel_id}/answer")

    def _pick_up(self, call_id: UUID, channel_id: str) -> list[Request]:
        """Return what makes a caller ready to speak: his line answered, nothing in his ear."""
        if call_id in self._ringing:
            self._ringing.discard(call_id)
            return [self._answer(channel_id)]
        quiet = self._quiet(call_id, channel_id)
        # Whoever was taken in before this process began may have heard his telephone ring until now.
        return quiet if call_id in self._quiet_calls else [self._answer(channel_id), *quiet]

    def _quiet(self, call_id: UUID, channel_id: str) -> list[Request]:
        """Return what makes the caller hear neither sentence nor music."""
        stops = [*self._cut(call_id), Request("DELETE", f"channels/{channel_id}/moh")]
        if self._quiet_calls.get(call_id):
            stops.append(self._stop_pastime(call_id, channel_id))
        return stops

    async def renew_lease(self, call_id: UUID, *, seconds: int) -> None:
        channel_id = self._channel(call_id)
        self._leases[call_id] = seconds
        speech = self._speeches.get(call_id)
        if speech is not None and speech.plays:
            return  # the lease covers the sentence, and is set anew after it: see _play
        [answer] = await self._exchange.ask_in_order(
            [self._set(channel_id, "TIMEOUT(absolute)", str(seconds))]
        )
        # Whom the dial plan has taken meanwhile is not gone: that he left us is told by itself.
        if isinstance(answer, AriRefused) and answer.status != HTTP_CONFLICT:
            raise ChannelGone(channel_id)

    def _disarm(self, call_id: UUID, channel_id: str) -> Request:
        """Return what ends the dead man's switch: somebody is there."""
        self._leases[call_id] = 0
        return self._set(channel_id, "TIMEOUT(absolute)", "0")
