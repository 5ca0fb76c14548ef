"""Codes that say nothing and cannot be made up; names that a wall may show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decroche.waiting_room.domain.codes import seal, unseal
from decroche.waiting_room.domain.display import Shows, letter_of, shown_name

KEY, OTHER = b"k" * 32, b"o" * 32
numbers = st.integers(0, 2**40 - 1)


@given(numbers)
def test_a_code_leads_back_to_its_appointment(number: int) -> None:
    code = seal(number, key=KEY)
    assert unseal(code, key=KEY) == number
    assert unseal(f" {code.lower().replace('-', ' ')} ", key=KEY) == number
    assert unseal(code, key=OTHER) is None


@given(numbers, st.integers(0, 15))
def test_one_letter_changed_is_nobody_s_code(number: int, place: int) -> None:
    code = list(seal(number, key=KEY).replace("-", ""))
    code[place] = "7" if code[place] != "7" else "8"
    assert unseal("".join(code), key=KEY) is None


@given(st.text(max_size=40))
def test_whatever_is_typed_is_answered(text: str) -> None:
    assert unseal(text, key=KEY) is None


def test_a_code_looks_like_this_and_neighbours_look_nothing_alike() -> None:
    one, two = seal(1041, key=KEY), seal(1042, key=KEY)
    assert len(one) == 19
    assert sum(a == b for a, b in zip(one, two, strict=True)) < 9


@pytest.mark.parametrize(
    ("rank", "letter"), [(0, "A"), (7, "H"), (8, "J"), (23, "Z"), (24, "AA"), (48, "BA")]
)
def test_letters_leave_out_what_looks_like_a_figure(rank: int, letter: str) -> None:
    assert letter_of(rank) == letter


@pytest.mark.parametrize(
    ("shows", "text"), [(Shows.TICKET, "B 12"), (Shows.INITIALS, "J. M."), (Shows.FIRST_NAME, "Jeanne M.")]
)
def test_a_wall_names_people_as_the_practice_chose_and_never_in_full(shows: Shows, text: str) -> None:
    assert shown_name(shows, ticket="B 12", first_names="Jeanne Marie", last_name="MARTIN") == text


def test_without_a_name_the_ticket_is_shown() -> None:
    assert shown_name(Shows.FIRST_NAME, ticket="B 12", first_names="", last_name="Martin") == "B 12"
