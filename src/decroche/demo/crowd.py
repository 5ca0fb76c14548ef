"""Choose who comes: the right age for the visit, the same face for a series, nobody twice a day."""

import datetime as dt
from collections.abc import Callable
from random import Random

from decroche.demo.people import Person
from decroche.demo.plan import Cabinet

_TRIES = 6


def _fits(visit: str) -> Callable[[int, str], bool]:
    """Return who a visit type is for, as a question on (age, sex)."""
    text = visit.lower()
    if "nourrisson" in text or ("maternité" in text and "sortie" in text):
        return lambda age, _sex: age < 2
    if "enfant" in text or "crèche" in text:
        return lambda age, _sex: age < 15
    if "sport" in text:
        return lambda age, _sex: 6 <= age < 45
    if (
        "grossesse" in text
        or "prénatal" in text
        or "naissance" in text
        or "périnée" in text
        or "stérilet" in text
    ):
        return lambda age, sex: sex != "M" and 18 <= age < 46
    if "domicile" in text or "cataracte" in text or "stimulateur" in text or "intra-oculaire" in text:
        return lambda age, _sex: age >= 62
    return lambda _age, _sex: True


class Crowd:
    """Deals the patients of a practice to one practitioner; ``met`` is shared by the practitioners of the practice."""

    def __init__(
        self,
        cabinet: Cabinet,
        rank: int,
        people: list[Person],
        today: dt.date,
        dice: Random,
        met: set[tuple[int, dt.date]],
    ) -> None:
        self._dice, self._today, self._cabinet = dice, today, cabinet
        self._people = people
        self._met = met
        mine = [i for i in range(len(people)) if i % len(cabinet.doctors) == rank or dice.random() < 0.06]
        self._decks = [self._deck(visit.name, mine) for visit in cabinet.visits]
        self._cursors = [0] * len(self._decks)
        self._series: list[list[tuple[int, int]]] = [[] for _ in self._decks]
        self._seen: dict[int, dt.date] = {}
        self._since: dict[int, dt.date] = {}

    def take(self, visit: int, date: dt.date) -> int | None:
        """Return somebody free that day for a visit type, or nobody."""
        if self._cabinet.visits[visit].series and (again := self._next_in_series(visit, date)) is not None:
            return again
        deck = self._decks[visit]
        for _ in range(min(_TRIES, len(deck))):
            patient = deck[self._cursors[visit] % len(deck)]
            self._cursors[visit] += 1
            born = self._people[patient].birth_date
            if born < date and self._comes(patient, date):
                if self._cabinet.visits[visit].series:
                    self._series[visit].append((patient, self._dice.randint(4, 14)))
                return patient
        return None

    def known_since(self, patient: int, date: dt.date) -> None:
        """Note that a patient was already on file that day."""
        if date < self._since.get(patient, dt.date.max):
            self._since[patient] = date

    @property
    def first_seen(self) -> dict[int, dt.date]:
        """Return the earliest day each patient had to be on file."""
        return self._since

    def _next_in_series(self, visit: int, date: dt.date) -> int | None:
        waiting = self._series[visit]
        for place, (patient, left) in enumerate(waiting[:8]):
            if (date - self._seen[patient]).days >= 2 and self._comes(patient, date):
                del waiting[place]
                if left > 1:
                    waiting.append((patient, left - 1))
                return patient
        return None

    def _comes(self, patient: int, date: dt.date) -> bool:
        """Note that a patient comes that day, unless a colleague of the practice sees them already."""
        if (patient, date) in self._met:
            return False
        self._met.add((patient, date))
        self._seen[patient] = date
        return True

    def _deck(self, visit: str, mine: list[int]) -> list[int]:
        fits = _fits(visit)
        deck = [i for i in mine if fits(self._people[i].age(self._today), self._people[i].sex)]
        self._dice.shuffle(deck)
        return deck
