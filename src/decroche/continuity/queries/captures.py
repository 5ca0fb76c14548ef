"""Read the lines that came back, each with what can be done with it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from decroche.continuity.domain.reconcile import Line, Standing, Verdict, judge
from decroche.continuity.models import Capture
from decroche.kernel.names import normalised
from decroche.patients.models import Patient
from decroche.practices.models import Practice
from decroche.scheduling.models import LONGEST, OCCUPYING_STATES, Appointment
from decroche.scheduling.queries.openings import DayOpenings, openings_of

#: How many lines a page shows; the rest follow as these are settled.
SHOWN = 50
_SETTLED_SHOWN = 20


@dataclass(slots=True)
class JudgedCapture:
    """A line, the verdict on it, and whom it may mean."""

    capture: Capture
    verdict: Verdict
    standing: Standing | None
    patients: list[Patient] = field(default_factory=list)
    may_register: bool = False


def pending(practice: Practice, *, now: datetime) -> list[JudgedCapture]:
    """Give the first `SHOWN` lines to settle, oldest first; 9 queries, whatever their number."""
    captures = list(
        Capture.objects.filter(practice=practice, state=Capture.State.PENDING).select_related(
            "practitioner", "appointment__patient", "visit_type"
        )[:SHOWN]
    )
    return judged(practice, captures, now=now)


def judged(practice: Practice, captures: Sequence[Capture], *, now: datetime) -> list[JudgedCapture]:
    """Judge lines against the agenda as it is now."""
    known = _known(practice, captures)
    standing = _standing(captures)
    openings = _openings(practice, captures, now)
    found = []
    for capture in captures:
        people = _meant(capture, known)
        about = _seen(capture.appointment) if capture.appointment else None
        line = Line(
            kind=capture.kind,
            starts_at=capture.starts_at,
            ends_at=ends_at(capture),
            patient_id=people[0].pk if len(people) == 1 else 0 if _registrable(capture, people) else None,
            shown_version=capture.shown_version,
        )
        verdict = judge(
            line,
            about=about,
            others=standing.get(capture.practitioner_id or 0, []),
            is_open=_is_open(capture, openings, ZoneInfo(practice.timezone)),
            now=now,
        )
        found.append(JudgedCapture(capture, verdict, about, people, _registrable(capture, [])))
    return found


def settled(practice: Practice) -> list[Capture]:
    """Give the lines settled last; 1 query."""
    return list(
        Capture.objects.filter(practice=practice)
        .exclude(state=Capture.State.PENDING)
        .order_by("-settled_at")[:_SETTLED_SHOWN]
    )


def pending_count(practice: Practice) -> int:
    """Count the lines to settle; 1 query."""
    return int(Capture.objects.filter(practice=practice, state=Capture.State.PENDING).count())


def ends_at(capture: Capture) -> datetime | None:
    """Give when a booked line ends."""
    if capture.starts_at is None or capture.duration_minutes is None:
        return None
    end: datetime = capture.starts_at + timedelta(minutes=capture.duration_minutes)
    return end


def _registrable(capture: Capture, people: Sequence[Patient]) -> bool:
    """Tell whether the line says enough to open a record: both names and the birth date (identity, INS framework)."""
    return not people and bool(capture.last_name and capture.first_names and capture.birth_date)


def _known(practice: Practice, captures: Sequence[Capture]) -> dict[date, list[Patient]]:
    """Read everyone of the practice born on the days that the lines name; 1 query."""
    days = {capture.birth_date for capture in captures if capture.birth_date}
    found: dict[date, list[Patient]] = {}
    for patient in Patient.objects.filter(practice=practice, birth_date__in=days).order_by("pk"):
        found.setdefault(patient.birth_date, []).append(patient)
    return found


def _meant(capture: Capture, known: dict[date, list[Patient]]) -> list[Patient]:
    """Give the patients whom a line may mean: same birth date, and a last name that reads the same."""
    if capture.birth_date is None:
        return []
    name = normalised(capture.last_name)
    alike = [
        patient
        for patient in known.get(capture.birth_date, [])
        if name in {normalised(patient.birth_name), normalised(patient.used_name)}
    ]
    first = normalised(capture.first_names)
    exact = [patient for patient in alike if normalised(patient.first_names) == first]
    return exact or alike


def _standing(captures: Sequence[Capture]) -> dict[int, list[Standing]]:
    """Read what has the time of the booked lines; 1 query."""
    wanted = Q(pk__in=[])
    for capture in captures:
        end = ends_at(capture)
        if capture.practitioner_id and capture.starts_at and end:
            wanted |= Q(
                practitioner_id=capture.practitioner_id,
                starts_at__lt=end,
                starts_at__gt=capture.starts_at - LONGEST,
                ends_at__gt=capture.starts_at,
            )
    found: dict[int, list[Standing]] = {}
    for row in Appointment.objects.filter(wanted, status__in=OCCUPYING_STATES):
        found.setdefault(row.practitioner_id, []).append(_seen(row))
    return found


def _seen(row: Appointment) -> Standing:
    return Standing(row.pk, row.patient_id, row.starts_at, row.ends_at, row.status, row.version)


def _openings(
    practice: Practice, captures: Sequence[Capture], now: datetime
) -> dict[tuple[int, date], DayOpenings]:
    zone = ZoneInfo(practice.timezone)
    wanted = {
        (capture.practitioner_id, capture.starts_at.astimezone(zone).date())
        for capture in captures
        if capture.practitioner_id and capture.starts_at
    }
    if not wanted:
        return {}
    days = [day for _, day in wanted]
    # Lines are of a fortnight; one dated years away by mistake must not make the page read those years.
    first = max(min(days), now.date() - timedelta(days=31))
    last = min(max(days), now.date() + timedelta(days=62))
    return openings_of({who for who, _ in wanted}, first, last, now, with_free=False) if last >= first else {}


def _is_open(capture: Capture, openings: dict[tuple[int, date], DayOpenings], zone: ZoneInfo) -> bool:
    """Tell whether the practitioner receives during the whole line; several openings that touch make one."""
    end = ends_at(capture)
    if capture.starts_at is None or end is None or capture.practitioner_id is None:
        return False
    day = openings.get((capture.practitioner_id, capture.starts_at.astimezone(zone).date()))
    if day is None or any(away.starts_at < end and capture.starts_at < away.ends_at for away in day.absences):
        return False
    reached = capture.starts_at
    for opening in sorted(day.openings, key=lambda each: each.starts_at):
        if opening.starts_at <= reached < opening.ends_at:
            reached = opening.ends_at
    return bool(reached >= end)
