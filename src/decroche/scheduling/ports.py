"""State what the room above (the waiting room) tells the agenda about arriving."""

from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from decroche.scheduling.models import Appointment


class Arrivals(Protocol):
    """Know how a patient says that they are here. Chosen by ``settings.ARRIVALS``."""

    def words_for(self, appointment: Appointment) -> str:
        """Return what a reminder says of it, in the patient's language and without a word about the patient; or nothing."""
        ...


@cache
def arrivals() -> Arrivals:
    """Return the adapter that settings name."""
    adapter: Arrivals = import_string(settings.ARRIVALS)()
    return adapter
