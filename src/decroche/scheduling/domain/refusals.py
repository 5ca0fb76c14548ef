"""Why the agenda says no: values for the door to word. Pure."""


class Refusal(Exception):
    """The agenda declines; nothing was changed."""


class SlotTaken(Refusal):
    """Someone else owns this time, perhaps since a second ago."""

    def __init__(self, by: str = "") -> None:
        """Keep who took it, as her colleagues name her; empty when unknown."""
        super().__init__(by)
        self.by = by


class SlotClosed(Refusal):
    """The practitioner does not receive then: outside the opening rules, absent, or already past."""


class HoldExpired(Refusal):
    """The hold is over and cannot be taken up again: it was given up, or lapsed and the time went to another use."""


class StaleVersion(Refusal):
    """The appointment changed since the screen that asked was drawn."""

    def __init__(self, *, shown: int, current: int) -> None:
        """Keep both versions."""
        super().__init__(f"{shown} < {current}")
        self.shown = shown
        self.current = current


class NotOfThisPractice(Refusal):
    """A patient, site, visit type or practitioner of another practice was named."""


class NothingToUndo(Refusal):
    """The last thing that happened to the appointment cannot be taken back."""
