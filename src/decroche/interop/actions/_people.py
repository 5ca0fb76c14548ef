"""Find the patients of a file among those of the practice; sure of a person, or left to one."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from decroche.interop.domain.lines import Person
from decroche.interop.domain.plan import Note
from decroche.interop.models import ImportLine, ImportRun
from decroche.kernel.names import normalised
from decroche.patients import queries as patients
from decroche.patients.domain.likeness import resemble
from decroche.patients.queries import KnownName


@dataclass(frozen=True, slots=True)
class Found:
    """Who a person of the file is: known, new, or to be decided among candidates."""

    who: ImportLine.Who
    patient_id: int | None = None
    candidates: tuple[int, ...] = ()
    note: Note | None = None


class People:
    """Look all the persons of a file up at once, in two queries."""

    def __init__(self, practice_id: int, persons: Iterable[Person]) -> None:
        """Read the practice's patients who could be one of these."""
        known = [person for person in persons if person is not None]
        self._born: dict[object, list[KnownName]] = defaultdict(list)
        for name in patients.born_on(practice_id, [p.birth_date for p in known if p.birth_date]):
            self._born[name.birth_date].append(name)
        self._named: dict[str, list[KnownName]] = defaultdict(list)
        for name in patients.of_names(practice_id, [key_of(p) for p in known if p.birth_date is None]):
            for key in {*_keys(name)}:
                self._named[key].append(name)

    def find(self, person: Person, run: ImportRun) -> Found:
        """Say who this is. The same birth date and the same names are one person; anything less is a question."""
        if person.birth_date is None:
            return self._by_name(person, run)
        born = self._born[person.birth_date]
        key = key_of(person)
        same = [name for name in born if key in _keys(name)]
        if len(same) == 1:
            return Found(ImportLine.Who.KNOWN, same[0].patient_id)
        names = (person.last_name, person.first_names)
        alike = same or [
            name
            for name in born
            if any(
                resemble(names, (last, name.first_names)) for last in {name.birth_name, name.used_name} - {""}
            )
        ]
        if alike:
            ids = tuple(name.patient_id for name in alike)
            return Found(ImportLine.Who.UNDECIDED, candidates=ids, note=Note.ALIKE)
        if run.unknown == ImportRun.Unknown.ASK:
            return Found(ImportLine.Who.UNDECIDED)
        return Found(ImportLine.Who.NEW)

    def exact(self, person: Person) -> int | None:
        """Give the one patient of this birth date and these names, or None."""
        key = key_of(person)
        same = [name for name in self._born[person.birth_date] if key in _keys(name)]
        return same[0].patient_id if len(same) == 1 else None

    def _by_name(self, person: Person, run: ImportRun) -> Found:
        ids = tuple(dict.fromkeys(name.patient_id for name in self._named[key_of(person)]))
        if len(ids) == 1 and run.nameless == ImportRun.Nameless.NAMESAKE:
            return Found(ImportLine.Who.KNOWN, ids[0], note=Note.NAMESAKE)
        return Found(ImportLine.Who.UNDECIDED, candidates=ids, note=Note.NO_BIRTH_DATE)


def key_of(person: Person) -> str:
    """Fold a person's names as the patients' keys are."""
    return f"{normalised(person.last_name)} {normalised(person.first_names)}".strip()


def _keys(name: KnownName) -> set[str]:
    """Give every way in which a patient's names may be written: either last name, either order."""
    first = normalised(name.first_names)
    lasts = {normalised(each) for each in (name.birth_name, name.used_name) if each}
    return {f"{last} {first}" for last in lasts} | {f"{first} {last}" for last in lasts}
