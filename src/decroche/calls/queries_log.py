"""Find calls: by number, name, practice, secretary or outcome, in one box; pages by key, never by counting.

Cost: a number, a patient or a period is found through an index whatever the size of the log. Words that may stand in
the name a caller gave are sought in the calls of ``RECENT`` (or of the period asked for), walked from the latest: that
cost grows with the calls of that time, not with the log.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from decroche.accounts.models import User
from decroche.calls.models import Call, CallOutcome, End
from decroche.kernel import phone
from decroche.kernel.names import normalised
from decroche.patients import queries as patients
from decroche.practices.models import Practice, SecretariatMember

RECENT = timedelta(days=92)
LONGEST_TEXT = 80
FEWEST_DIGITS = 4
FEWEST_LETTERS = 2
NOT_ANSWERED = Q(state="ended", answered_at=None, direction="in")
_SAID: Mapping[str, Q] = {
    "sans reponse": NOT_ANSWERED,
    "unanswered": NOT_ANSWERED,
    "perdus": Q(end_reason__in=["abandoned", "interrupted"]),
    "perdu": Q(end_reason__in=["abandoned", "interrupted"]),
    "urgences": Q(urgency=2),
    "urgence": Q(urgency=2) | Q(outcome="emergency"),
    "emis": Q(direction="out"),
    "sortants": Q(direction="out"),
    "masque": Q(caller_number=""),
    "masques": Q(caller_number=""),
    "message vocal": Q(end_reason="voicemail"),
    "messagerie": Q(end_reason="voicemail"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """Say what a text looks for: a condition, and whether it walks the recent log."""

    condition: Q
    walks: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Hold one page, and the keys of the pages around it."""

    calls: tuple[Call, ...]
    older: str  # "": this is the last page
    is_first: bool


def understand(text: str, practice_ids: Collection[int]) -> Found:
    """Return what a text looks for among these practices' calls (a few queries, none by call)."""
    text = " ".join(text.replace("\x00", " ").split())[:LONGEST_TEXT]
    if not text:
        return Found(Q())
    if (number := _number(text)) is not None:
        return Found(number)
    plain = normalised(text)
    condition, walks = Q(), False
    for phrase, meaning in _phrases():
        if f" {phrase} " in f" {plain} ":
            condition &= meaning
            plain = " ".join(f" {plain} ".replace(f" {phrase} ", " ", 1).split())
    if len(plain) >= FEWEST_LETTERS:
        named, walks = _named(plain, text, practice_ids)
        condition &= named
    return Found(condition, walks)


def page_of(rows: "QuerySet[Call]", *, before: str, size: int) -> Page:
    """Return the calls before a key, the latest first; the key holds a time and an id, nobody's data."""
    rows = rows.order_by("-arrived_at", "-pk")
    key = _read_key(before)
    if key is not None:
        at, call_id = key
        rows = rows.filter(Q(arrived_at__lt=at) | Q(arrived_at=at, pk__lt=call_id), arrived_at__lte=at)
    calls = list(rows[: size + 1])
    last = calls[size - 1] if len(calls) > size else None
    older = f"{last.arrived_at.timestamp():.6f}_{last.pk}" if last else ""
    return Page(tuple(calls[:size]), older, key is None)


def _phrases() -> Iterable[tuple[str, Q]]:
    """Yield what can be said of a call's fate, longest first; labels are those of the reader's language."""
    said = dict(_SAID)
    said |= {
        normalised(str(label)): Q(outcome=value)
        for value, label in CallOutcome.choices
        if value != "emergency"
    }
    said |= {normalised(str(label)): Q(end_reason=value) for value, label in End.choices}
    return sorted(said.items(), key=lambda item: -len(item[0]))


def _number(text: str) -> Q | None:
    """Return the condition for a telephone number, whole or its beginning."""
    digits = "".join(ch for ch in text if ch.isdigit())
    if len(digits) < FEWEST_DIGITS or any(ch.isalpha() for ch in text):
        return None
    whole = phone.parse_or_none(text)
    if whole is not None:
        return Q(caller_number=whole)
    begin = f"+33{digits[1:]}" if digits.startswith("0") else f"+{digits}"
    after = f"{begin[:-1]}{int(begin[-1]) + 1}" if begin[-1] != "9" else f"{begin}:"
    return Q(caller_number__gte=begin, caller_number__lt=after)


def _named(plain: str, typed: str, practice_ids: Collection[int]) -> tuple[Q, bool]:
    """Return the condition for the words that name somebody or a practice."""
    practices = [
        practice_id
        for practice_id, name in Practice.objects.filter(pk__in=practice_ids).values_list("pk", "name")
        if _has_all(plain, normalised(name))
    ]
    staff = User.objects.filter(pk__in=SecretariatMember.objects.values("user_id")).only(
        "first_name", "last_name"
    )
    secretaries = [
        person.pk
        for person in staff
        if _has_all(plain, normalised(f"{person.first_name} {person.last_name} {person.display_name}"))
    ]
    if practices or secretaries:
        return Q(practice_id__in=practices) | Q(secretary_id__in=secretaries), False
    hits = [hit.patient_id for hit in patients.search(practice_ids, plain) if not hit.is_alike]
    if hits:
        return Q(patient_id__in=hits), False
    return Q(caller_name__icontains=plain) | Q(caller_name__icontains=typed), True


def _has_all(words: str, text: str) -> bool:
    return all(word in text for word in words.split())


def _read_key(text: str) -> tuple[datetime, UUID] | None:
    stamp, _mark, call_id = text.partition("_")
    try:
        return datetime.fromtimestamp(float(stamp), tz=UTC), UUID(call_id)
    except (ValueError, OverflowError, OSError):
        return None
