"""Why the agenda says no: values for the door to word. Pure."""

from typing import Any


class Refusal(Exception):
    """The agenda declines; nothing was changed."""


class SlotTaken(Refusal):
    """Someone else owns this time, perhaps since a second ago."""

    def __init__(self, by: str = "") -> None:
        """Keep who took it, as her colleagues name her; empty when unknown."""
        super().__init__(by)
        self.by = by


class SlotClosed(Refusal):
    """The practitioner does not receive then, or not for this, or not this person; `answer` says which and why."""

    def __init__(self, answer: Any = None) -> None:
        """Keep the engine's `Answer`, for the sentence; None when there is nothing more to say."""
        super().__init__(str(getattr(answer, "why", "") or ""))
        self.answer = answer


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


class SeatsTaken(SlotTaken):
    """Every seat of the group session has someone."""

    def __init__(self, capacity: int) -> None:
        """Keep how many there are."""
        super().__init__()
        self.capacity = capacity


class ResourceTaken(SlotTaken):
    """The practitioner is free, but the room or the machine that the visit needs is not."""

    def __init__(self, names: tuple[str, ...]) -> None:
        """Keep what it could have used."""
        super().__init__()
        self.names = names


class ForcedQuotaReached(Refusal):
    """The practitioner lets only so many appointments a day be forced, and they are."""

    def __init__(self, *, count: int, quota: int) -> None:
        """Keep how many stand that day, and how many may."""
        super().__init__(f"{count} of {quota}")
        self.count = count
        self.quota = quota


class ReasonMissing(Refusal):
    """Nobody forces an appointment, or refuses a patient, without saying why."""


class NotTheirDecision(Refusal):
    """Only the practitioner may decide that of their own agenda."""


class PatientBlocked(Refusal):
    """The practitioner has decided not to give this patient appointments any more."""

    def __init__(self, *, practitioner: str, reason: str) -> None:
        """Keep who decided, and what they said of it."""
        super().__init__(practitioner)
        self.practitioner = practitioner
        self.reason = reason


class GroupIncomplete(Refusal):
    """One visit of a series, a pathway or a family could not be had, so none was taken."""

    def __init__(self, *, position: int, count: int, cause: Refusal) -> None:
        """Keep which one of how many it was (from 1 on), and why."""
        super().__init__(f"{position} of {count}: {cause!r}")
        self.position = position
        self.count = count
        self.cause = cause


class NothingToUndo(Refusal):
    """The last thing that happened to the appointment cannot be taken back."""
