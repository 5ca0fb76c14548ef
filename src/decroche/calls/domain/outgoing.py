"""Say whether a number may be called from here, what it costs, and which number is shown.

Emergency numbers never go through us. They reach the centre of the place where the line *ends*, which is not where
the patient is: a secretary in Bordeaux who dials 15 for a patient in Lille reaches Bordeaux. She is shown what to do
instead: let the patient hang up and dial, or call the ten-digit number of the SAMU of the patient's department,
which is an ordinary number and goes through.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from decroche.kernel import phone

EMERGENCY_NUMBERS: Final = frozenset(
    {
        "15",
        "17",
        "18",
        "112",
        "114",
        "115",
        "119",
        "191",
        "196",
        "197",
        "116000",
        "116006",
        "116111",
        "116117",
    }
    | {"3114"}
)
SHORTEST_NUMBER: Final = 7  # fewer digits are a short number: a service, mostly surcharged
MINUTE: Final = Decimal(60)


class NotDialled(StrEnum):
    """Name why a number is not called; ``calls.wording`` says it in words."""

    NOT_A_NUMBER = "not_a_number"
    EMERGENCY_NUMBER = "emergency_number"
    SHORT_NUMBER = "short_number"
    SURCHARGED = "surcharged"
    ABROAD = "abroad"
    CAP_REACHED = "cap_reached"


@dataclass(frozen=True, slots=True)
class Tariff:
    """Hold what numbers of a prefix cost; the longest prefix that fits counts."""

    prefix: str  # of an E.164 number
    per_minute: Decimal
    per_call: Decimal = Decimal()


@dataclass(frozen=True, slots=True)
class DialRules:
    """Hold what may be called. Among allowed and surcharged prefixes the longest that fits counts; none: abroad."""

    allowed: tuple[str, ...]
    surcharged: tuple[str, ...] = ()
    tariffs: tuple[Tariff, ...] = ()
    cap: Decimal | None = None  # euros a month; None: no cap
    at_most: timedelta = timedelta(hours=1)  # one call's length


FRENCH_PREFIXES: Final = ("+33", "+262", "+508", "+590", "+594", "+596")
FRENCH_SURCHARGED: Final = ("+3381", "+3382", "+3389", "+262891", "+262892", "+590891", "+594891", "+596891")
FRENCH_RULES: Final = DialRules(FRENCH_PREFIXES, FRENCH_SURCHARGED)


@dataclass(frozen=True, slots=True)
class Dial:
    """Call this number, for at most this long."""

    number: str
    at_most: timedelta
    tariff: Tariff | None


def judge(
    typed: str, *, rules: DialRules = FRENCH_RULES, region: str = "FR", spent: Decimal = Decimal()
) -> Dial | NotDialled:
    """Say whether what was typed may be called; ``spent`` is this month's, calls in progress included.

    A cap also bounds the call's length, so that the last one cannot run past it.
    """
    number = _readable(typed, region)
    if isinstance(number, NotDialled):
        return number
    allowed, surcharged = _longest(number, rules.allowed), _longest(number, rules.surcharged)
    if len(surcharged) > len(allowed):
        return NotDialled.SURCHARGED
    if not allowed:
        return NotDialled.ABROAD
    tariff = tariff_of(number, rules.tariffs)
    at_most = _affordable(rules, tariff, spent)
    return Dial(number, at_most, tariff) if at_most > timedelta() else NotDialled.CAP_REACHED


def _readable(typed: str, region: str) -> str | NotDialled:
    digits = "".join(character for character in typed if character.isdigit())
    if digits in EMERGENCY_NUMBERS or digits.removeprefix("00").removeprefix("33") in EMERGENCY_NUMBERS:
        return NotDialled.EMERGENCY_NUMBER
    if 0 < len(digits) < SHORTEST_NUMBER:
        return NotDialled.SHORT_NUMBER
    return phone.parse_or_none(typed, region=region) or NotDialled.NOT_A_NUMBER


def tariff_of(number: str, tariffs: tuple[Tariff, ...]) -> Tariff | None:
    """Return the tariff whose prefix fits best."""
    fitting = [tariff for tariff in tariffs if number.startswith(tariff.prefix)]
    return max(fitting, key=lambda tariff: len(tariff.prefix), default=None)


def cost(tariff: Tariff | None, talked: timedelta) -> Decimal:
    """Return what a call of that length costs; nothing when it was not answered or is not priced."""
    if tariff is None or talked <= timedelta():
        return Decimal()
    return tariff.per_call + tariff.per_minute * Decimal(str(talked.total_seconds())) / MINUTE


def _longest(number: str, prefixes: tuple[str, ...]) -> str:
    return max((prefix for prefix in prefixes if number.startswith(prefix)), key=len, default="")


def _affordable(rules: DialRules, tariff: Tariff | None, spent: Decimal) -> timedelta:
    if rules.cap is None:
        return rules.at_most
    if tariff is None:
        return rules.at_most if spent < rules.cap else timedelta()
    left = rules.cap - spent - tariff.per_call
    if left < 0 or (left == 0 and (tariff.per_minute or tariff.per_call)):
        return timedelta()
    if not tariff.per_minute:
        return rules.at_most
    return min(rules.at_most, timedelta(seconds=int(left / tariff.per_minute * MINUTE)))


@dataclass(frozen=True, slots=True)
class Consent:
    """Hold a practice's signed consent that its number be shown for our calls."""

    number: str
    given_at: datetime
    withdrawn_at: datetime | None = None

    def holds_at(self, now: datetime) -> bool:
        return self.given_at <= now and (self.withdrawn_at is None or now < self.withdrawn_at)


@dataclass(frozen=True, slots=True)
class Shown:
    """Say which number the called person sees, and whose it is."""

    number: str
    is_practice: bool


def shown_number(
    *, practice_number: str, consents: tuple[Consent, ...], secretariat_number: str, now: datetime
) -> Shown:
    """Return the practice's number when its consent for that very number holds, otherwise the secretariat's."""
    if practice_number and any(c.number == practice_number and c.holds_at(now) for c in consents):
        return Shown(practice_number, is_practice=True)
    return Shown(secretariat_number, is_practice=False)
