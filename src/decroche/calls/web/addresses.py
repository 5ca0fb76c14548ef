"""Say where an exchange is reached: by browsers, and by SIP phones."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from decroche.calls.adapters.asterisk.configuration import Connection
from decroche.calls.adapters.asterisk.places import Environment, default_state_dir


def softphone_address(exchange: str = "") -> str:
    """Return where browsers reach an exchange: as set for it, else as it says of itself."""
    told = Environment(exchange).get("DECROCHE_SOFTPHONE_URL") if exchange else settings.ASTERISK_WS_URL
    if told:
        return str(told)
    found = _connection(exchange)
    return found.softphone_url if found else ""


def _connection(exchange: str) -> Connection | None:
    """Return what a private exchange wrote of itself; none where it runs elsewhere."""
    try:
        return Connection.read(Path(settings.DATA_DIR) / default_state_dir(exchange).name)
    except (OSError, ValueError, TypeError, KeyError):
        return None


@dataclass(frozen=True, slots=True)
class SipServer:
    """Say where a SIP phone registers; empty host: nobody has said."""

    host: str = ""
    port: int = 5060

    @property
    def is_this_machine_only(self) -> bool:
        return self.host.startswith("127.") or self.host == "localhost"


def sip_server(exchange: str = "") -> SipServer:
    """Return where SIP phones reach an exchange: as set for it, else as it says of itself."""
    told = Environment(exchange).get("DECROCHE_SIP_PHONE_ADDRESS") if exchange else settings.SIP_PHONE_ADDRESS
    if told:
        host, _colon, port = str(told).partition(":")
        return SipServer(host, int(port or 5060))
    found = _connection(exchange)
    return SipServer(found.sip_host, found.sip_port) if found else SipServer()
