"""Carry nothing: write each parcel as one JSON file, where a newcomer can read what would have gone out."""

import json
import os
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from decroche.notifications.ports import CarrierUnavailable, Parcel


class FileSender:
    """Write parcels under a folder, one file for each key."""

    def __init__(self, folder: Path | None = None) -> None:
        """Write to ``folder``, or to ``outbox`` in the data directory."""
        self.folder = folder or Path(settings.DATA_DIR) / "outbox"

    def send(self, parcel: Parcel) -> str:
        """Write the parcel whole or not at all; the first of two with the same key stays."""
        name = sha256(parcel.key.encode()).hexdigest()[:24]
        path = self.folder / f"{name}.json"
        written = self.folder / f".{name}.{os.getpid()}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            written.write_text(json.dumps(asdict(parcel), ensure_ascii=False, indent=1), encoding="utf-8")
            try:
                os.link(written, path)
            except FileExistsError:
                pass
            finally:
                written.unlink()
        except OSError as error:
            raise CarrierUnavailable(str(error)) from error
        return f"file-{name}"
