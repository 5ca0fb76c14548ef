"""Keep what must outlive the switchboard on the exchange's side: messages left, and where callers fall back to."""

import contextlib
import os
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from decroche.calls.adapters.ari.naming import clean_number, parse_uuid
from decroche.calls.adapters.asterisk import audio
from decroche.calls.ports import VoicemailLeft

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
