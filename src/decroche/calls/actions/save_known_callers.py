"""Keep a practice's white list: numbers that it knows. A number is a hint that anybody can forge, never an identity."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.db import IntegrityError, transaction

from decroche.calls.models import KnownCaller
from decroche.practices.models import Practice

FIELDS: Final = ("number", "label", "kind", "comes_first", "is_put_through")
MOST: Final = 500  # of one practice


class AlreadyKnown(Exception):
    """The practice already has that number on its list."""


class ListFull(Exception):
    """The practice has as many known callers as a list can be read."""


class CallerChanged(Exception):
    """Somebody changed that line of the list since."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold one line of the list, the number in E.164."""

    number: str
    label: str
    kind: str
    comes_first: bool = False
    is_put_through: bool = False


def add_known_callers(*, practice: Practice, entries: Iterable[Entry]) -> list[KnownCaller]:
    """Add callers to a practice's list, all or none.

    Raises:
        AlreadyKnown: one of the numbers is on the list, or comes twice.
        ListFull: there would be more than anybody reads.

    """
    entries = list(entries)
    if KnownCaller.objects.filter(practice=practice).count() + len(entries) > MOST:
        raise ListFull
    try:
        with transaction.atomic():
            rows = [KnownCaller(practice=practice, **asdict(entry)) for entry in entries]
            return list(KnownCaller.objects.bulk_create(rows))
    except IntegrityError:
        raise AlreadyKnown from None


def change_known_caller(*, caller: KnownCaller, entry: Entry) -> dict[str, Any]:
    """Change one line of the list and return how it was.

    Raises:
        AlreadyKnown: another line has that number.

    """
    before = plain(caller)
    try:
        with transaction.atomic():
            KnownCaller.objects.filter(pk=caller.pk).update(**asdict(entry))
    except IntegrityError:
        raise AlreadyKnown from None
    return before


def put_back_known_caller(
    *, caller: KnownCaller, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Put one line back as it was, if it is still as it was left.

    Raises:
        CallerChanged: it is not.
        AlreadyKnown: its old number is now another line's.

    """
    try:
        with transaction.atomic():
            fresh = KnownCaller.objects.select_for_update().get(pk=caller.pk)
            if plain(fresh) != dict(after):
                raise CallerChanged
            KnownCaller.objects.filter(pk=caller.pk).update(**before)
    except IntegrityError:
        raise AlreadyKnown from None


def remove_known_callers(*, practice: Practice, ids: Iterable[int]) -> list[dict[str, Any]]:
    """Remove callers from a practice's list and return what adds them again."""
    with transaction.atomic():
        rows = list(KnownCaller.objects.select_for_update().filter(practice=practice, pk__in=list(ids)))
        KnownCaller.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return [plain(row) for row in rows]


def plain(caller: KnownCaller) -> dict[str, Any]:
    """Return one line as plain values."""
    return {name: getattr(caller, name) for name in FIELDS}
