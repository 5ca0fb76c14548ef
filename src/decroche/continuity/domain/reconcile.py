"""What became of a line that was written down offline? Pure: the line and the agenda as it is now, in; a verdict, out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """What can be done with a line, and why a person is needed where one is."""

    CLEAR = "clear"  # nothing stands in its way
    ALREADY = "already"  # the agenda says so already: nothing is left to do
    TAKEN = "taken"  # its time has another owner since
    CLOSED = "closed"  # the practitioner does not receive then
    CHANGED = "changed"  # the appointment it speaks of was moved or changed since the page was made
    GONE = "gone"  # the appointment it speaks of does not exist any more
    WHO = "who"  # the patient is not named well enough, or several could be meant
    READ = "read"  # words for a person to read


@dataclass(frozen=True, slots=True)
class Standing:
    """An appointment that has its time now."""

    id: int
    patient_id: int | None
    starts_at: datetime
    ends_at: datetime
    status: str
    version: int


@dataclass(frozen=True, slots=True)
class Line:
    """A captured line; `patient_id` when exactly one known patient, or a new one, is meant (0: a new one)."""

    kind: str
    starts_at: datetime | None
    ends_at: datetime | None
    patient_id: int | None
    shown_version: int | None


def judge(
    line: Line, *, about: Standing | None, others: Iterable[Standing], is_open: bool, now: datetime
) -> Verdict:
    """Judge one line.

    about    the appointment that a cancellation or an arrival speaks of, as it is now; None when it is gone.
    others   what has the practitioner's time now, in any order.
    is_open  whether the practitioner receives then; what is past by `now` is not asked to be open: it took place.
    """
    if line.kind == "note":
        return Verdict.READ
    if line.kind in {"cancel", "arrived"}:
        return _judge_change(line, about)
    if line.starts_at is None or line.ends_at is None:
        raise ValueError("a booking says when")
    overlapping = [row for row in others if row.starts_at < line.ends_at and line.starts_at < row.ends_at]
    if line.patient_id and any(
        row.patient_id == line.patient_id and row.starts_at == line.starts_at for row in overlapping
    ):
        return Verdict.ALREADY
    if overlapping:
        return Verdict.TAKEN
    if line.ends_at > now and not is_open:
        return Verdict.CLOSED
    return Verdict.WHO if line.patient_id is None else Verdict.CLEAR


def _judge_change(line: Line, about: Standing | None) -> Verdict:
    if about is None:
        return Verdict.GONE
    done = {"cancelled"} if line.kind == "cancel" else {"arrived", "called", "in_consultation", "done"}
    if about.status in done:
        return Verdict.ALREADY
    if about.status not in {"booked", "arrived"} or about.version != line.shown_version:
        return Verdict.CHANGED
    return Verdict.CLEAR
