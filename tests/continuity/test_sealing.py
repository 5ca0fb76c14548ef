"""A phrase opens what was sealed for it, and nothing else does."""

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given, settings
from hypothesis import strategies as st

from decroche.continuity.domain.sealing import Sealed, WeakPhrase, WrongPhrase, make_pair, seal, unseal

PHRASE = "le chat dort sous la table"
QUICK = 1000  # rounds: the story is about locks, not about their slowness
PAIR = make_pair(PHRASE, iterations=QUICK)


@settings(max_examples=30)
@given(content=st.binary(max_size=2000))
def test_what_is_sealed_comes_out_as_it_went_in(content):
    assert unseal(PAIR, f"  {PHRASE} ", seal(PAIR.public_key, content)) == content


def test_another_phrase_opens_nothing():
    with pytest.raises(WrongPhrase):
        unseal(PAIR, "le chien dort sous la table", seal(PAIR.public_key, b"Mme Berthelot"))


def test_a_sealed_page_shows_no_word_and_bears_no_change():
    box = seal(PAIR.public_key, b"Mme Berthelot " * 50)
    assert b"Berthelot" not in box.sealed
    spoilt = Sealed(box.locked_key, box.nonce, box.sealed[:-1] + bytes([box.sealed[-1] ^ 1]))
    with pytest.raises(InvalidTag):
        unseal(PAIR, PHRASE, spoilt)


def test_two_seals_of_the_same_page_share_nothing():
    first, second = seal(PAIR.public_key, b"page"), seal(PAIR.public_key, b"page")
    assert first.nonce != second.nonce
    assert first.locked_key != second.locked_key


@pytest.mark.parametrize("weak", ["", "court", "aaaaaaaaaaaaaaaa", "  abcdefghijk  "])
def test_a_phrase_that_would_be_guessed_is_refused(weak):
    with pytest.raises(WeakPhrase):
        make_pair(weak, iterations=QUICK)
