"""Drive Asterisk through ARI."""

from functools import partial

from decroche.calls.adapters.ari.settings import AriSettings
from decroche.calls.adapters.ari.telephony import AriTelephony

__all__ = ["AriSettings", "AriTelephony", "from_settings"]


def from_settings(exchange: str = "") -> AriTelephony:
    """Return the exchange that the environment names: an Asterisk of one's own, or the private copy of this machine."""
    return AriTelephony(partial(AriSettings.from_environment, exchange))
