"""Telephone numbers: E.164 in store, grouped as French people read them on screen.

The phone library reads an overseas national number under region FR as metropolitan
(0596… as +33 596…), so parsing needs the practice's region, and a national number whose prefix belongs to
an overseas department is read there whatever the region of the practice in France.
"""

import re
from typing import Final

import phonenumbers

MAX_TYPED_LENGTH: Final = 40
FRENCH_E164: Final = re.compile(
    r"\+33[1-9][0-9]{8}"
)  # most of what is received: the library would say the same, slowly
NATIONAL_LENGTH: Final = 10
MAINLAND: Final = 33
FRENCH_CODES: Final = frozenset({MAINLAND, 262, 508, 590, 594, 596})

OVERSEAS_PREFIXES: Final = {
    "0590": "GP", "0690": "GP", "0691": "GP",
    "0594": "GF", "0694": "GF",
    "0596": "MQ", "0696": "MQ", "0697": "MQ",
    "0262": "RE", "0263": "RE", "0692": "RE", "0693": "RE",
    "0269": "YT", "0639": "YT",
    "0508": "PM",
}  # fmt: skip
# 0639 is Mayotte's mobile range except 06 39 98, which ARCEP reserves for fiction.
FICTION_MOBILE_PREFIX: Final = "063998"

FRENCH_REGIONS: Final = frozenset({"FR", "GP", "GF", "MQ", "RE", "YT", "PM", "BL", "MF"})


class NotAPhoneNumber(ValueError):
    """What was typed cannot be a telephone number."""


def parse(text: str, *, region: str = "FR") -> str:
    """Return the E.164 form of what was typed or received.

    Raises:
        NotAPhoneNumber: too long, letters, or no possible number in that region.

    """
    cleaned = text.strip()
    if FRENCH_E164.fullmatch(cleaned):
        return cleaned
    if not cleaned or len(cleaned) > MAX_TYPED_LENGTH:
        raise NotAPhoneNumber(cleaned[:MAX_TYPED_LENGTH])
    digits = "".join(character for character in cleaned if character.isdigit())
    if (
        region in FRENCH_REGIONS
        and not cleaned.startswith(("+", "00"))
        and not digits.startswith(FICTION_MOBILE_PREFIX)
    ):
        region = OVERSEAS_PREFIXES.get(digits[:4], "FR" if len(digits) == NATIONAL_LENGTH else region)
    try:
        number = phonenumbers.parse(cleaned, region)
    except phonenumbers.NumberParseException as error:
        raise NotAPhoneNumber(cleaned) from error
    if not phonenumbers.is_possible_number(number):
        raise NotAPhoneNumber(cleaned)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def parse_or_none(text: str, *, region: str = "FR") -> str | None:
    """Return the E.164 form, or None for what is no number: anonymous, absurd or empty caller ids."""
    try:
        return parse(text, region=region)
    except NotAPhoneNumber:
        return None


def display(number: str) -> str:
    """Return a stored number as it is read in France (01 23 45 67 89), or internationally elsewhere."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    national = str(parsed.national_number)
    if parsed.country_code in FRENCH_CODES and len(national) == NATIONAL_LENGTH - 1:
        padded = "0" + national
        if parsed.country_code == MAINLAND:
            return " ".join(padded[i : i + 2] for i in range(0, 10, 2))
        return f"{padded[:4]} {padded[4:6]} {padded[6:8]} {padded[8:]}"
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
