"""Keep what must outlive the switchboard on the exchange's side: messages left, and where callers fall back to."""

import contextlib
import os
import re
import time
import wave
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from decroche.calls.adapters.ari.client import AriClient, AriRefused, Request
from decroche.calls.adapters.ari.naming import clean_number, parse_uuid
from decroche.calls.adapters.asterisk import audio
from decroche.calls.ports import RecordingMade, VoicemailLeft

_SHORTEST_SECONDS: Final = 1.0  # less is somebody who hung up at the signal


class VoicemailBox:
    """Read the folder where the dialplan records; what is on file elsewhere leaves it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def left(self, *, still_recording: Collection[str], now: datetime) -> list[VoicemailLeft]:
        """Return the finished messages that nobody has on file yet, oldest first."""
        found = []
        for path in sorted(self._folder.glob("*.wav")):
            parts = path.stem.split("_")
            if len(parts) != 5 or parts[4] in still_recording:  # noqa: PLR2004
                continue
            with contextlib.suppress(OSError, EOFError, ValueError):
                lasts = audio.seconds(path)
                if lasts < _SHORTEST_SECONDS:
                    path.unlink()
                    continue
                called, caller, call_id = clean_number(parts[1]), clean_number(parts[2]), parse_uuid(parts[3])
                found.append(VoicemailLeft(call_id, path, round(lasts), now, called, caller))
        return found

    def keep(self, path: Path) -> None:
        """Delete the exchange's own copy: a patient's voice lies in one place only."""
        if path.parent == self._folder:
            path.unlink(missing_ok=True)


class RecordingBox:
    """Know the conversations that are being recorded, and those whose recording nobody has on file yet."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._live: dict[str, UUID] = {}  # name → call
        self._told: set[str] = set()

    @property
    def is_here(self) -> bool:
        """Say whether the exchange keeps its recordings where we can read them."""
        return self._folder is not None

    def begin(self, call_id: UUID) -> str:
        """Name a new recording of this call."""
        name = f"r-{call_id}-{time.time_ns():x}"
        self._live[name] = call_id
        return name

    def is_live(self, call_id: UUID) -> bool:
        return call_id in self._live.values()

    def names_of(self, call_id: UUID) -> list[str]:
        """Return what records this call now."""
        return [name for name, call in self._live.items() if call == call_id]

    def is_over(self, name: str) -> None:
        self._live.pop(name, None)

    async def ask_which_live(self, client: AriClient) -> None:
        """Ask which of the files are still being written: they may have begun before us, or ended unheard."""
        self._told.clear()
        self._live.clear()
        for path in self._files():
            with contextlib.suppress(AriRefused):
                await client.ask(Request("GET", f"recordings/live/{path.stem}"))
                if (call_id := _recorded_call(path)) is not None:
                    self._live[path.stem] = call_id

    def made(self, *, now: datetime) -> list[RecordingMade]:
        """Return the complete recordings that were not told since the last connection, oldest first."""
        found = []
        for path in self._files():
            call_id = _recorded_call(path)
            if call_id is None or path.stem in self._live or path.stem in self._told:
                continue
            self._told.add(path.stem)
            with contextlib.suppress(OSError, EOFError, ValueError, wave.Error):
                found.append(RecordingMade(call_id, path, round(audio.seconds(path)), now))
        return found

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("r-*.wav")) if self._folder is not None else []

    def keep(self, path: Path) -> None:
        """Delete the exchange's own copy."""
        if path.parent == self._folder:
            path.unlink(missing_ok=True)


def _recorded_call(path: Path) -> UUID | None:
    return parse_uuid(path.stem[2:38])


@dataclass(slots=True)
class FallbackBook:
    """Write each line's fallback number where Asterisk reads it at its next start."""

    file: Path | None

    def names_of(self, called_number: str) -> list[str]:
        """Return the dialplan's variables for a line, one for each way in which an operator may write its number."""
        digits = re.sub(r"\D", "", called_number)
        national = f"0{digits[-9:]}"
        return [f"FALLBACK_{form}" for form in dict.fromkeys((digits, national, f"00{digits}"))]

    def remember(self, called_number: str, number: str) -> bool:
        """Keep it on disk; return whether that changed anything."""
        if self.file is None:
            return True
        value = re.sub(r"[^0-9+]", "", number)
        known = self._read()
        wanted = known | dict.fromkeys(self.names_of(called_number), value)
        if wanted == known:
            return False
        fresh = self.file.with_name(f".{self.file.name}.{os.getpid()}")
        fresh.write_text("".join(f"{name} = {to}\n" for name, to in sorted(wanted.items())))
        fresh.replace(self.file)
        return True

    def _read(self) -> dict[str, str]:
        assert self.file is not None
        try:
            lines = self.file.read_text().splitlines()
        except OSError:
            return {}
        return {name: to for name, mark, to in (line.partition(" = ") for line in lines) if mark}
