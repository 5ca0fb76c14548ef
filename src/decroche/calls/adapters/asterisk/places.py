"""Say where the telephone exchange keeps its things, without Django."""

import os
import re
from dataclasses import dataclass
from pathlib import Path


def data_dir() -> Path:
    """Return the folder for everything that is made here: DECROCHE_DATA_DIR, or ``var``, as the settings have it."""
    return Path(os.environ.get("DECROCHE_DATA_DIR") or "var").resolve()


def default_install_dir() -> Path:
    """Return where the private copy of Asterisk lives (made once, never written to again)."""
    return data_dir() / "asterisk"


def default_state_dir(exchange: str = "") -> Path:
    """Return where the exchange's configuration, secrets, sounds, logs and voicemails live; each exchange has its own."""
    return data_dir() / f"telephony-{checked(exchange)}" if exchange else data_dir() / "telephony"


def shared_sounds_dir() -> Path:
    """Return the folder of sounds that every exchange of this machine plays: prompts, and what lines are given."""
    return default_state_dir() / "sounds"


def checked(exchange: str) -> str:
    """Return the exchange's name.

    Raises:
        ValueError: it is not made of lower-case letters, digits and hyphens.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,38}|", exchange):
        raise ValueError(
            f"« {exchange} » ne peut pas nommer un standard : lettres minuscules, chiffres et tirets."
        )
    return exchange


def app_name(exchange: str = "") -> str:
    """Return the name under which the exchange's switchboard is known to its Asterisk."""
    return f"decroche-{checked(exchange)}" if exchange else "decroche"


@dataclass(frozen=True, slots=True)
class Environment:
    """Read one exchange's knobs. The exchange "nord" reads ``DECROCHE_X_NORD`` where the only one reads ``DECROCHE_X``."""

    exchange: str = ""

    def get(self, name: str, default: str = "") -> str:
        """Return what was set for this exchange: its address, its ports, its operator are nobody else's."""
        return os.environ.get(self._own(name), default)

    def shared(self, name: str, default: str = "") -> str:
        """Return what was set for this exchange, else for all."""
        return os.environ.get(self._own(name)) or os.environ.get(name, default)

    def _own(self, name: str) -> str:
        return f"{name}_{checked(self.exchange).upper().replace('-', '_')}" if self.exchange else name
