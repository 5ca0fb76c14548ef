"""Where a visit at home takes place. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HomeAddress:
    """An address, and how to get in."""

    address_line: str
    postcode: str
    city: str
    access: str = ""
