"""Say where the telephone exchange keeps its things, without Django."""

import os
from pathlib import Path


def data_dir() -> Path:
    """Return the folder for everything that is made here: DECROCHE_DATA_DIR, or ``var``, as the settings have it."""
    return Path(os.environ.get("DECROCHE_DATA_DIR") or "var").resolve()


def default_install_dir() -> Path:
    """Return where the private copy of Asterisk lives (made once, never written to again)."""
    return data_dir() / "asterisk"


def default_state_dir() -> Path:
    """Return where the exchange's configuration, secrets, sounds, logs and voicemails live."""
    return data_dir() / "telephony"
