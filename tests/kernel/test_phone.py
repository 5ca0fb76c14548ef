"""Numbers as callers type them and as networks deliver them."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from decroche.kernel.phone import NotAPhoneNumber, display, parse, parse_or_none


@pytest.mark.parametrize(
    ("typed", "region", "stored"),
    [
        ("01 99 00 12 34", "FR", "+33199001234"),
        ("01.99.00.12.34", "MQ", "+33199001234"),  # a Martinique practice called from the mainland
        ("0596 12 34 56", "MQ", "+596596123456"),
        ("0596123456", "FR", "+596596123456"),  # the library alone would read +33 5 96…
        ("0696 12 34 56", "FR", "+596696123456"),
        ("0262 12 34 56", "FR", "+262262123456"),
        ("06 39 98 12 34", "FR", "+33639981234"),  # fiction's mobiles, though 0639 is Mayotte's range
        ("0639 01 02 03", "FR", "+262639010203"),
        ("+44 20 7946 0018", "FR", "+442079460018"),
        ("0033 1 99 00 12 34", "MQ", "+33199001234"),
    ],
)
def test_a_number_is_stored_as_the_network_dials_it(typed: str, region: str, stored: str) -> None:
    assert parse(typed, region=region) == stored


@given(st.from_regex(r"\+33[0-9]{6,11}", fullmatch=True))
def test_what_is_already_as_the_network_dials_it_is_read_as_the_library_reads_it(number: str) -> None:
    library = phonenumbers.parse(number, "FR")
    if phonenumbers.is_possible_number(library):
        assert parse(number) == phonenumbers.format_number(library, phonenumbers.PhoneNumberFormat.E164)
    else:
        assert parse_or_none(number) is None


@pytest.mark.parametrize(
    "absurd", ["", "anonymous", "<script>alert(1)</script>", "12", "9" * 10_000, "+", "sip:moi@ici"]
)
def test_what_is_no_number_is_refused_or_none(absurd: str) -> None:
    assert parse_or_none(absurd) is None
    with pytest.raises(NotAPhoneNumber):
        parse(absurd)


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("+33199001234", "01 99 00 12 34"),
        ("+596596123456", "0596 12 34 56"),
        ("+442079460018", "+44 20 7946 0018"),
    ],
)
def test_a_number_is_shown_as_people_read_it(stored: str, shown: str) -> None:
    assert display(stored) == shown


@given(st.text(max_size=60), st.sampled_from(["FR", "MQ", "RE"]))
def test_no_text_breaks_the_reading(text: str, region: str) -> None:
    number = parse_or_none(text, region=region)
    assert number is None or (number.startswith("+") and parse(display(number), region="FR"))


@given(st.integers(0, 9999))
def test_a_shown_french_number_reads_back_as_itself(last: int) -> None:
    number = f"+3319900{last:04d}"
    assert parse(display(number)) == number
