"""Carry nothing: keep what would have gone out, for tests."""

from dataclasses import dataclass, field

from decroche.notifications.ports import Parcel


@dataclass
class MemorySender:
    """Keep parcels in this process; every instance shares the same box, as one carrier would be."""

    box: dict[str, Parcel] = field(default_factory=lambda: _BOX)

    def send(self, parcel: Parcel) -> str:
        """Keep the parcel under its key."""
        self.box.setdefault(parcel.key, parcel)
        return f"memory-{parcel.key}"


_BOX: dict[str, Parcel] = {}


def carried() -> list[Parcel]:
    """Return what was carried, in order."""
    return list(_BOX.values())


def empty() -> None:
    """Forget everything."""
    _BOX.clear()
