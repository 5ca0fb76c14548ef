"""Count: each call that somebody made must have ended somewhere, and nothing may be left behind."""

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from decroche.calls.adapters.asterisk.server import AsteriskServer
from decroche.calls.domain.call import EndReason
from decroche.calls.domain.post import BUSY
from decroche.calls.models import Call, CallStep, Post
from decroche.messaging.models import FollowUp, FollowUpCall
from tests.asterisk.survival.crowd import Fate

ENDS = ("human", "call-back", "voicemail", "fallback", "informed", "abandoned by choice")


@dataclass(frozen=True, slots=True)
class Promise:
    """Hold one promise of the house, what was measured, and whether it was kept."""

    words: str
    measured: str
    is_kept: bool


@dataclass(slots=True)
class Ledger:
    """Hold what a story counted."""

    story: str
    made: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    orphans: Counter[str] = field(default_factory=Counter)
    figures: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)

    def keep(self, words: str, measured: str, is_kept: object) -> None:
        """Hold a promise to account, with its figure."""
        self.promises.append(Promise(words, measured, bool(is_kept)))
        self.must(is_kept, f"{words}: {measured}")

    @property
    def account(self) -> list[Promise]:
        """Return every promise: what each story promises, then its own."""
        left = ", ".join(f"{count} {what}" for what, count in self.orphans.items())
        return [
            Promise("every caller ends with a human, a call-back, a voicemail or as told", f"{len(self.lost)} of {self.made} lost", not self.lost),
            Promise("no channel, bridge, open call or busy post left behind", left or "0", not self.orphans),
            *self.promises,
        ]  # fmt: skip

    def must(self, is_true: object, otherwise: str) -> None:
        """Hold a promise to account."""
        if not is_true:
            self.broken.append(otherwise)

    @property
    def is_sound(self) -> bool:
        return not (self.lost or self.orphans or self.broken)

    def __str__(self) -> str:
        lines = [f"{'ok  ' if self.is_sound else 'LOST'} {self.story}: {self.made} calls"]
        lines += [f"       {end:<20} {self.ends[end]:>5}" for end in ENDS if self.ends[end]]
        lines += [f"       {'LOST':<20} {len(self.lost):>5}"]
        lines += [f"         {who}" for who in self.lost[:8]]
        left = ", ".join(f"{count} {what}" for what, count in self.orphans.items())
        lines += [f"       {'orphans':<20} {left or '0'}"]
        lines += [f"       {name}: {value}" for name, value in self.figures.items()]
        lines += [f"       BROKEN {what}" for what in self.broken]
        return "\n".join(lines)


def count_ends(ledger: Ledger, fates: Mapping[str, Fate], *, reached_outside: Iterable[str] = ()) -> None:
    """Find for every caller where he ended: what the callers saw joined to what is on file, by number."""
    outside = set(reached_outside)
    calls: dict[str, list[Call]] = {}
    for call in Call.objects.filter(caller_number__in=list(fates)):
        calls.setdefault(call.caller_number, []).append(call)
    ids = {call.pk for found in calls.values() for call in found}
    owed: dict[str, set[str]] = {}
    for row in FollowUp.objects.filter(caller_number__in=list(fates)):
        owed.setdefault(row.caller_number, set()).add(row.kind)
    again = set(FollowUpCall.objects.filter(call_id__in=ids).values_list("call_id", flat=True))
    for number, fate in fates.items():
        if fate.called_at is None:
            continue
        ledger.made += 1
        end = _end(fate, calls.get(number, []), owed.get(number, set()), again, outside=number in outside)
        if end:
            ledger.ends[end] += 1
            if os.environ.get("DECROCHE_CHAOS_VERBOSE"):
                print(end, number, [call.end_reason for call in calls.get(number, [])], _steps(number))
        else:
            rows = [(call.state, call.end_reason) for call in calls.get(number, [])]
            ledger.lost.append(f"{number} {fate.end or 'still there'} {rows} {_steps(number)}")


def _steps(number: str) -> list[str]:
    rows = CallStep.objects.filter(call__caller_number=number).order_by("at", "number")
    return [f"{kind}@{at:%S.%f}" for kind, at in rows.values_list("kind", "at")]


def _end(fate: Fate, calls: list[Call], owed: set[str], again: set[UUID], *, outside: bool) -> str:  # noqa: PLR0911
    if any(call.answered_at and call.end_reason in {"completed", "transferred"} for call in calls):
        return "human"
    if "voicemail" in owed:
        return "voicemail"
    if "callback" in owed or any(call.pk in again for call in calls):
        return "call-back"
    if outside:
        return "fallback"
    if any(call.end_reason in {EndReason.INFORMED, EndReason.UNKNOWN_NUMBER} for call in calls):
        return "informed"
    if fate.end in {"gives_up", "hangs_up"}:
        return "abandoned by choice"
    return "informed" if fate.end == "refused" else ""


def count_orphans(ledger: Ledger, exchange: AsteriskServer) -> None:
    """See what is left when everybody has hung up."""
    left = ledger.orphans
    if exchange.is_alive():
        words = exchange.command("core show channels count").split()
        left["channels"] += int(words[0]) if words and words[0].isdigit() else 1
        bridges = [line for line in exchange.command("bridge show all").splitlines()[1:] if line.strip()]
        left["bridges"] += len(bridges)
    left["open calls"] += Call.objects.exclude(state="ended").count()
    left["busy posts"] += Post.objects.filter(state__in=[state.value for state in BUSY]).count()
    for what in [what for what, number in left.items() if not number]:
        del left[what]


def table(ledgers: Iterable[Ledger]) -> str:
    """Return everything in one table."""
    heads = ("story", "made", *ENDS, "LOST", "orphans", "broken")
    rows = [
        (
            book.story, book.made, *(book.ends[end] for end in ENDS), len(book.lost), sum(book.orphans.values()),
            len(book.broken),
        )
        for book in ledgers
    ]  # fmt: skip
    wide = max((len(str(row[0])) for row in rows), default=5)
    lines = [f"{heads[0]:<{wide}} " + " ".join(f"{head:>9.9}" for head in heads[1:])]
    lines += [f"{row[0]:<{wide}} " + " ".join(f"{cell!s:>9}" for cell in row[1:]) for row in rows]
    return "\n".join(lines)


def accounts(ledgers: Iterable[Ledger]) -> str:
    """Return every promise, what was measured, and whether it was kept, in one table."""
    rows = [(book.story, one) for book in ledgers for one in book.account]
    rows += [
        (book.story, Promise("nothing else goes wrong", what, is_kept=False))
        for book in ledgers
        for what in book.broken
        if what not in {f"{one.words}: {one.measured}" for one in book.promises}
    ]
    wide = [max((len(cell) for cell in column), default=5) for column in zip(*((s, p.words) for s, p in rows), strict=True)]  # fmt: skip
    lines = [f"{'story':<{wide[0]}}  {'promise':<{wide[1]}}  kept  measured"]
    lines += [
        f"{s:<{wide[0]}}  {p.words:<{wide[1]}}  {'yes' if p.is_kept else 'NO':<4}  {p.measured}"
        for s, p in rows
    ]
    kept = sum(1 for _, one in rows if one.is_kept)
    return "\n".join([*lines, f"{kept} of {len(rows)} promises kept"])


def as_json(ledgers: Iterable[Ledger]) -> str:
    """Return the figures for a machine."""
    return json.dumps([{"story": one.story, "made": one.made, **one.figures} for one in ledgers])
