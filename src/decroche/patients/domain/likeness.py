"""Judge how alike two names are when they were heard on the telephone."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, process

from decroche.kernel.names import normalised

ALIKE = 72.0
"""Out of 100; "Dupond/Dupont" is 83, "Lefebvre/Lefèvre" 93, "Martin/Morin" 73."""
_SOUNDS = (("ph", "f"), ("th", "t"), ("qu", "k"), ("ck", "k"), ("y", "i"), ("eau", "o"), ("au", "o"))
_DOUBLED = re.compile(r"(.)\1+")


def sound(word: str) -> str:
    """Fold the spellings that a French ear does not tell apart."""
    for written, heard in _SOUNDS:
        word = word.replace(written, heard)
    return _DOUBLED.sub(r"\1", word)


def resemble(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Tell whether two (last name, first names) may be the same person's, the two exchanged perhaps.

    Both parts must be alike: people born the same day often share a first name.
    """
    (last, first), (other_last, other_first) = one, other
    straight = min(_likeness(last, other_last), _likeness(first, other_first))
    exchanged = min(_likeness(last, other_first), _likeness(first, other_last))
    return max(straight, exchanged) >= ALIKE


def _likeness(one: str, other: str) -> float:
    return float(fuzz.token_sort_ratio(_heard(one), _heard(other)))


def _heard(name: str) -> str:
    return " ".join(map(sound, normalised(name).split()))


class Names:
    """Hold the names of one practice's patients, ready to be compared with a misspelt one."""

    def __init__(self, keys: Iterable[tuple[int, str]]) -> None:
        """Index ``(patient id, folded words)`` pairs by the sound of each word."""
        self._owners: dict[str, set[int]] = defaultdict(set)
        for patient_id, words in keys:
            for word in words.split():
                self._owners[sound(word)].add(patient_id)
        self._vocabulary = list(self._owners)

    def closest(self, words: Sequence[str], *, limit: int) -> list[int]:
        """Return the ids whose names come nearest to all of ``words``, best first."""
        totals: dict[int, float] = {}
        for position, word in enumerate(words):
            best = self._scores(sound(word))
            if position == 0:
                totals = best
            else:
                totals = {owner: totals[owner] + score for owner, score in best.items() if owner in totals}
        return sorted(totals, key=lambda owner: (-totals[owner], owner))[:limit]

    def _scores(self, word: str) -> dict[int, float]:
        best: dict[int, float] = {}
        found = process.extract(word, self._vocabulary, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=40)
        for near, score, _index in found:
            for owner in self._owners[near]:
                best[owner] = max(best.get(owner, 0.0), score)
        return best
