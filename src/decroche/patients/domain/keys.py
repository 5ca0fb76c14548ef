"""Compute the keys under which a patient is found: both name orders, words, ends of numbers."""

from dataclasses import dataclass

from decroche.kernel.names import normalised
from decroche.kernel.phone import display

SHORTEST_FRAGMENT = 4
"""Fewer digits than this say nothing about whose number it is."""


@dataclass(frozen=True, slots=True)
class SearchKeys:
    """Hold what is stored beside a patient to find them by."""

    name_key: str
    first_key: str
    tokens: tuple[str, ...]


def search_keys(
    *, practice_id: int, birth_name: str, used_name: str, first_names: str, numbers: list[str]
) -> SearchKeys:
    """Derive the keys; every token carries the practice, so that an index never mixes two of them."""
    last, first, birth = normalised(used_name or birth_name), normalised(first_names), normalised(birth_name)
    words: set[str] = set()
    for part in (last, first, birth):
        words.update(part.split())
        if " " in part:
            words.add(part.replace(" ", ""))
    for number in numbers:
        words.update(number_fragments(number))
    return SearchKeys(
        name_key=f"{last} {first}",
        first_key=f"{first} {last}",
        tokens=tuple(sorted(token(practice_id, word) for word in words if word)),
    )


def token(practice_id: int, word: str) -> str:
    """Write a word as it stands in one practice's index."""
    return f"{practice_id}:{word}"


def number_fragments(number: str) -> set[str]:
    """List the ends of a number as it is dictated, so that a prefix match on them finds any run of its digits."""
    dictated, stored = digits_of(display(number)), digits_of(number)
    return {stored, *(dictated[start:] for start in range(len(dictated) - SHORTEST_FRAGMENT + 1))}


def digits_of(text: str) -> str:
    """Keep the ASCII digits of a text."""
    return "".join(character for character in text if character in "0123456789")
