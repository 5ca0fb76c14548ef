"""Find patients: one search box, the caller's number, the card."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import BooleanField, F, Func, Q, QuerySet, Value

from decroche.patients.domain.keys import token
from decroche.patients.domain.likeness import resemble
from decroche.patients.domain.search import SearchQuery, understand
from decroche.patients.models import Patient, PatientPhone
from decroche.patients.name_cache import names_of_practices

MOST_HITS = 20
_BORN_THE_SAME_DAY = 60
"""Patients of one practice born on one day; far more than ever exist."""


@dataclass(frozen=True, slots=True)
class PatientHit:
    """Hold what a list of hits shows; ``is_alike`` says that the spelling differs from what was typed."""

    patient_id: int
    practice_id: int
    practice_name: str
    last_name: str
    birth_name: str
    first_names: str
    birth_date: date
    sex: str
    identity_status: str
    numbers: tuple[str, ...]
    is_alike: bool = False

    @property
    def display_name(self) -> str:
        return f"{self.last_name.upper()} {self.first_names}"

    @property
    def born_as(self) -> str:
        """Give the birth name when it is not the name the person goes by."""
        return self.birth_name if self.birth_name != self.last_name else ""


def search(practice_ids: Collection[int], text: str, limit: int = MOST_HITS) -> list[PatientHit]:
    """Return at most ``limit`` (≤ 20) patients of these practices for a birth date, letters or a number.

    At most seven queries, whatever is found. Exact finds come first; names that merely sound
    like the one typed are sought only when nothing else was found.
    """
    query = understand(text)
    if query.is_empty or not practice_ids:
        return []
    limit = min(limit, MOST_HITS)
    everyone = Patient.objects.filter(practice_id__in=list(practice_ids))
    found: dict[int, None] = {}
    for step in _exact_steps(everyone, practice_ids, query, limit):
        found.update(dict.fromkeys(step))
        if len(found) >= limit:
            break
    if found:
        return _hits(list(found)[:limit], is_alike=False)
    return _hits(_alike(practice_ids, query.words, limit), is_alike=True) if query.words else []


def by_phone(practice_id: int, number: str) -> list[Patient]:
    """Return the patients of one practice who can be reached at this E.164 number, at most 20."""
    if not number:
        return []
    owners = PatientPhone.objects.filter(number=number, patient__practice_id=practice_id).values("patient_id")
    return list(
        Patient.objects.filter(pk__in=owners)
        .select_related("practice")
        .prefetch_related("phones")
        .order_by("name_key", "birth_date")[:MOST_HITS]
    )


def card(patient_id: int) -> Patient:
    """Return one patient with telephone numbers and practice (two queries).

    Raises:
        Patient.DoesNotExist: no such patient in the practices in scope.

    """
    patient: Patient = (
        Patient.objects.select_related("practice").prefetch_related("phones").get(pk=patient_id)
    )
    return patient


def names_of(patient_ids: Iterable[int]) -> dict[int, str]:
    """Return "NOM Prénom" of each of these patients that is in scope (one query)."""
    rows = Patient.objects.filter(pk__in=set(patient_ids)).only("birth_name", "used_name", "first_names")
    return {patient.pk: patient.display_name for patient in rows}


def resembling(
    practice_id: int, *, birth_name: str, used_name: str, first_names: str, birth_date: date
) -> list[PatientHit]:
    """Return the patients born the same day under a name that sounds alike: perhaps the same person."""
    born = Patient.objects.filter(practice_id=practice_id, birth_date=birth_date)[:_BORN_THE_SAME_DAY]
    wanted = {name for name in (birth_name, used_name) if name}
    alike = [
        patient.pk
        for patient in born
        if any(
            resemble((name, first_names), (known, patient.first_names))
            for name in wanted
            for known in {patient.birth_name, patient.last_name}
        )
    ]
    return _hits(alike, is_alike=False)


def _exact_steps(
    everyone: "QuerySet[Patient]", practice_ids: Collection[int], query: SearchQuery, limit: int
) -> Iterable[list[int]]:
    """Yield ids step by step, so that a step whose answer is not needed costs nothing."""
    if query.birth_dates:
        yield _born(everyone, query)
        if query.words:
            return
    if query.birth_year:
        everyone = everyone.filter(birth_date__year=query.birth_year)
    if query.words and (not query.digits or query.birth_year):
        start = " ".join(query.words)
        for key in ("name_key", "first_key"):
            rows = everyone.filter(**{f"{key}__startswith": start}).order_by(key, "birth_date")
            yield list(rows.values_list("pk", flat=True)[:limit])
        yield _indexed(everyone, practice_ids, query.words, limit)
    if query.digits:
        yield _indexed(everyone, practice_ids, (*query.words, query.digits), limit)


def _born(everyone: "QuerySet[Patient]", query: SearchQuery) -> list[int]:
    """Return who was born that day; letters narrow it, unless they would leave nobody."""
    rows = list(
        everyone.filter(birth_date__in=query.birth_dates)
        .order_by("name_key")
        .values_list("pk", "search_tokens")[:_BORN_THE_SAME_DAY]
    )
    narrowed = [
        pk
        for pk, tokens in rows
        if all(any(t.partition(":")[2].startswith(word) for t in tokens) for word in query.words)
    ]
    return narrowed or [pk for pk, _tokens in rows]


def _indexed(
    everyone: "QuerySet[Patient]", practice_ids: Collection[int], words: Sequence[str], limit: int
) -> list[int]:
    """Return who has every one of these words, in any order, by their beginnings."""
    each_practice = (
        " & ".join(f"'{token(practice_id, word)}':*" for word in words) for practice_id in practice_ids
    )
    wanted = Value(" | ".join(f"({part})" for part in each_practice))
    match = Func(
        F("search_vector"),
        wanted,
        template="%(expressions)s::tsquery",
        arg_joiner=" @@ ",
        output_field=BooleanField(),
    )
    rows = everyone.filter(match).order_by("name_key", "birth_date")
    return list(rows.values_list("pk", flat=True)[:limit])


def _alike(practice_ids: Collection[int], words: Sequence[str], limit: int) -> list[int]:
    found: list[int] = []
    for names in names_of_practices(practice_ids):
        found += names.closest(words, limit=limit)
        if len(found) >= limit:
            break
    return found[:limit]


def _hits(patient_ids: Sequence[int], *, is_alike: bool) -> list[PatientHit]:
    """Load the hits in the order of ``patient_ids``: two narrow queries, since every keystroke runs them."""
    if not patient_ids:
        return []
    numbers: dict[int, tuple[str, ...]] = {}
    reached = PatientPhone.objects.filter(patient_id__in=patient_ids).order_by("position", "pk")
    for patient_id, number in reached.values_list("patient_id", "number"):
        numbers[patient_id] = (*numbers.get(patient_id, ()), number)
    rows = Patient.objects.filter(pk__in=patient_ids).values_list(
        "pk",
        "practice_id",
        "practice__name",
        "used_name",
        "birth_name",
        "first_names",
        "birth_date",
        "sex",
        "identity_status",
    )
    hits = {
        pk: PatientHit(
            patient_id=pk,
            practice_id=practice_id,
            practice_name=practice_name,
            last_name=used_name or birth_name,
            birth_name=birth_name,
            first_names=first_names,
            birth_date=birth_date,
            sex=sex,
            identity_status=identity_status,
            numbers=numbers.get(pk, ()),
            is_alike=is_alike,
        )
        for pk, practice_id, practice_name, used_name, birth_name, first_names, birth_date, sex, identity_status in rows
    }
    return [hits[pk] for pk in patient_ids if pk in hits]


@dataclass(frozen=True, slots=True)
class KnownName:
    """Hold what is compared when many people of a list are looked up at once."""

    patient_id: int
    birth_name: str
    used_name: str
    first_names: str
    birth_date: date


def born_on(practice_id: int, days: Iterable[date]) -> list[KnownName]:
    """Return the patients of a practice born on one of these days (one query)."""
    return _known(Patient.objects.filter(practice_id=practice_id, birth_date__in=set(days)))


def of_names(practice_id: int, keys: Iterable[str]) -> list[KnownName]:
    """Return the patients whose folded "last first" names are one of these, in either order (one query)."""
    wanted = set(keys)
    return _known(
        Patient.objects.filter(Q(name_key__in=wanted) | Q(first_key__in=wanted), practice_id=practice_id)
    )


def _known(rows: "QuerySet[Patient]") -> list[KnownName]:
    columns = ("pk", "birth_name", "used_name", "first_names", "birth_date")
    return [KnownName(*row) for row in rows.order_by("pk").values_list(*columns)]
