"""Say what a minute is reckoned at, by kind of number, so that a spending cap means something.

These are estimates, rather too high than too low: operators sell by the second or by the bundle, a foreign mobile costs
more than its country's landline, and "+1" holds islands that cost as much as a satellite. An installation names its
operator's own prices (``DECROCHE_CALL_TARIFFS``); the bill alone is right.
"""

from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from decroche.calls.domain.outgoing import FRENCH_SURCHARGED, Tariff

CENTS: Final = 100


class NumberKind(StrEnum):
    """Name kinds of numbers that cost alike; ``calls.wording_prices`` says them in words."""

    FREE = "free"
    LANDLINE = "landline"
    MOBILE = "mobile"
    OVERSEAS = "overseas"
    OVERSEAS_MOBILE = "overseas_mobile"
    SURCHARGED = "surcharged"  # refused whatever it costs
    NEAR = "near"  # the European Union and its neighbours
    MAGHREB = "maghreb"
    AMERICA = "america"
    FAR = "far"  # everywhere else
    SATELLITE = "satellite"


@dataclass(frozen=True, slots=True)
class Price:
    """Hold what numbers of a kind cost, in cents."""

    kind: NumberKind
    prefixes: tuple[str, ...]  # of E.164 numbers; the longest that fits counts
    a_minute: Decimal
    a_call: Decimal = Decimal()  # once it is answered


_NEAR: Final = (
    "+30", "+31", "+32", "+34", "+350", "+351", "+352", "+353", "+354", "+356", "+357", "+358", "+359", "+36", "+370",
    "+371", "+372", "+376", "+377", "+378", "+385", "+386", "+39", "+40", "+41", "+420", "+421", "+423", "+43", "+44",
    "+45", "+46", "+47", "+48", "+49",
)  # fmt: skip
_OVERSEAS_MOBILES: Final = (
    "+262639", "+262692", "+262693", "+590690", "+590691", "+594694", "+596696", "+596697",
)  # fmt: skip
PRICES: Final = (
    Price(NumberKind.FREE, ("+33800", "+33801", "+33802", "+33803", "+33804", "+33805"), Decimal(0)),
    Price(NumberKind.LANDLINE, ("+33",), Decimal(5)),
    Price(NumberKind.MOBILE, ("+336", "+337"), Decimal(15)),
    Price(NumberKind.OVERSEAS, ("+262", "+508", "+590", "+594", "+596"), Decimal(25)),
    Price(NumberKind.OVERSEAS_MOBILE, _OVERSEAS_MOBILES, Decimal(40)),
    Price(NumberKind.SURCHARGED, FRENCH_SURCHARGED, Decimal(80), Decimal(300)),
    Price(NumberKind.NEAR, _NEAR, Decimal(40)),
    Price(NumberKind.MAGHREB, ("+212", "+213", "+216"), Decimal(70)),
    Price(NumberKind.AMERICA, ("+1",), Decimal(40)),
    Price(NumberKind.FAR, ("+",), Decimal(100)),
    Price(
        NumberKind.SATELLITE,
        ("+870", "+878", "+881", "+882", "+883", "+888", "+979"),
        Decimal(600),
        Decimal(100),
    ),
)


def price_list(changes: str = "") -> tuple[Price, ...]:
    """Return the prices; ``changes`` are an installation's own: ``landline=2 mobile=9.5+4`` (a minute + a call, in cents).

    Raises ValueError, which says what cannot be read.
    """
    own = dict(_read(word) for word in changes.replace(",", " ").split())
    return tuple(
        replace(price, a_minute=own[price.kind][0], a_call=own[price.kind][1]) if price.kind in own else price
        for price in PRICES
    )


def _read(word: str) -> tuple[NumberKind, tuple[Decimal, Decimal]]:
    name, _, cents = word.partition("=")
    a_minute, _, a_call = cents.partition("+")
    try:
        kind, prices = NumberKind(name), (Decimal(a_minute), Decimal(a_call or 0))
    except (ValueError, InvalidOperation):
        raise ValueError(f"{word!r} is no price; one reads: mobile=9.5 or mobile=9.5+4") from None
    if not all(price.is_finite() and price >= 0 for price in prices):
        raise ValueError(f"{word!r} is no price: it must be a positive number of cents")
    return kind, prices


def tariffs(prices: tuple[Price, ...] = PRICES) -> tuple[Tariff, ...]:
    """Return the prices by prefix, in euros."""
    return tuple(
        Tariff(prefix, price.a_minute / CENTS, price.a_call / CENTS)
        for price in prices
        for prefix in price.prefixes
    )
