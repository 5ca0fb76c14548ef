"""State what a carrier of SMS and mail must offer."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Parcel:
    """One text for one person. ``key`` is the same at every try, so that a carrier can recognise a repeat."""

    key: str
    channel: str
    sender: str
    to: str
    subject: str
    body: str


class CarrierUnavailable(Exception):
    """The carrier could not be reached or is busy; trying again later makes sense."""


class ParcelRefused(Exception):
    """The carrier will never take this one; the message says why."""


class Sender(Protocol):
    """Carry parcels, each key at most once."""

    def send(self, parcel: Parcel) -> str:
        """Hand a parcel over and return the carrier's own id for it.

        The same key returns the same id and is carried once.

        Raises:
            CarrierUnavailable: worth another try.
            ParcelRefused: not worth another try.

        """
