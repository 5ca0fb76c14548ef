"""Say how to reach one exchange."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from decroche.calls.adapters.ari.client import Address
from decroche.calls.adapters.asterisk.configuration import Connection
from decroche.calls.adapters.asterisk.places import Environment, app_name, default_state_dir
from decroche.calls.ports import ExchangeDown


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
    def from_environment(cls, exchange: str = "") -> Self:
        """Read DECROCHE_ARI_URL, _USER and _PASSWORD when they are set, else what the private copy wrote at its start.

        Raises:
            ExchangeDown: the private copy was not started yet.
        """
        env = Environment(exchange)
        plain = env.shared("DECROCHE_PHONES") == "sip"
        if url := env.get("DECROCHE_ARI_URL"):
            address = Address(
                url.rstrip("/"),
                env.get("DECROCHE_ARI_USER", "decroche"),
                env.get("DECROCHE_ARI_PASSWORD"),
                app_name(exchange),
            )
            told = env.get("DECROCHE_ASTERISK_STATE_DIR")
            folder = Path(told) if told else None
            return cls(address, folder, folder and folder / "sounds", phones_are_browsers=not plain)
        try:
            found = cls.of(Connection.read(default_state_dir(exchange)))
        except (OSError, ValueError, TypeError) as error:
            raise ExchangeDown("Asterisk n’a pas encore été démarré sur cette machine.") from error
        return found.with_plain_phones() if plain else found

    def with_plain_phones(self) -> Self:
        """Return the same for SIP phones on a desk (and for tests), instead of browsers."""
        return replace(self, phones_are_browsers=False)
