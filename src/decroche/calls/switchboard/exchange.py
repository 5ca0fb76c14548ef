"""Choose the exchange that the settings name."""

from django.conf import settings
from django.utils.module_loading import import_string

from decroche.calls.adapters.memory import MemoryExchange
from decroche.calls.ports import Telephony
from decroche.foundation.clock import now

ASTERISK = "decroche.calls.adapters.ari.from_settings"


def open_exchange(exchange: str = "") -> Telephony:
    """Return the Asterisk of that name, or the exchange in memory where there is none."""
    if settings.TELEPHONY == "memory":
        return MemoryExchange(clock=now, phones_register_at_once=True)
    telephony: Telephony = import_string(ASTERISK)(exchange)
    return telephony
