"""Say how a secretary is protected after an abusive call: not the same number again, and a pause offered."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class ProtectionPolicy:
    """Hold how long protection lasts."""

    same_number_for: timedelta = timedelta(hours=24)
    pause: timedelta = timedelta(minutes=5)  # offered, never imposed
    pause_again: timedelta = timedelta(minutes=15)  # after another abusive call the same day
    same_day: timedelta = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Protection:
    """Hold what follows from one abusive call; ``PostFact.protected_from`` and ``protected_until`` take it."""

    number: str  # empty: the caller hid it, so no hidden caller is offered to her
    until: datetime
    pause_offered: timedelta


def protect(
    number: str, now: datetime, *, earlier: tuple[datetime, ...] = (), policy: ProtectionPolicy | None = None
) -> Protection:
    """Return what follows from an abusive call that just ended; ``earlier`` are her abusive calls before it."""
    policy = policy or ProtectionPolicy()
    again = any(now - policy.same_day <= at < now for at in earlier)
    return Protection(number, now + policy.same_number_for, policy.pause_again if again else policy.pause)
