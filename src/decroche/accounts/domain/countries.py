"""Know which countries give health data the protection of the GDPR (European Economic Area)."""

from typing import Final

_EU: Final = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split()  # noqa: SIM905
)
_EEA_ONLY: Final = frozenset({"IS", "LI", "NO"})
# French departments and regions overseas are in the Union (TFEU art. 349); the other collectivities are not.
_FRENCH_OVERSEAS: Final = frozenset({"GP", "MQ", "GF", "RE", "YT", "MF"})

EEA: Final = _EU | _EEA_ONLY | _FRENCH_OVERSEAS

# Where francophone secretariats sit; offered first in forms, before the rest of the Area.
OFTEN: Final = ("FR", "MQ", "GP", "GF", "RE", "YT", "BE", "LU")
OUTSIDE: Final = (
    "CH",
    "GB",
    "MC",
    "MA",
    "TN",
    "MG",
    "MU",
    "SN",
    "CI",
    "CM",
    "CA",
    "NC",
    "PF",
    "PM",
    "BL",
    "WF",
)


def is_in_eea(country: str) -> bool:
    """Tell whether someone who sits in ``country`` (ISO 3166-1 alpha-2) is inside the European Economic Area."""
    return country in EEA


def offered() -> tuple[str, ...]:
    """Return the countries that forms offer, the likeliest first."""
    return (*OFTEN, *sorted(EEA - set(OFTEN)), *OUTSIDE)
