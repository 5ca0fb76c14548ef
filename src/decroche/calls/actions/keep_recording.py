"""Copy a recording out of the exchange's own folder."""

import shutil
from pathlib import Path
from uuid import UUID

from django.conf import settings


def recordings_folder() -> Path:
    """Return where recordings are kept until their purge."""
    return Path(settings.DATA_DIR) / "recordings"


def keep_recording_file(call_id: UUID, source: Path) -> str:
    """Keep a recording's sound; return its path relative to our folder. Doing it twice changes nothing."""
    name = f"{call_id}-{source.stem.removeprefix(f'recording-{call_id}-')[-24:]}{source.suffix}"
    if source.is_file():
        folder = recordings_folder()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copyfile(source, folder / name)
    return name
