"""Read a file and say, line by line, what would become of it; nothing of it is in the agenda yet."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from decroche.accounts.models import User
from decroche.foundation.live import hint
from decroche.interop.actions._people import Found, People
from decroche.interop.domain.ics import read_ics
from decroche.interop.domain.lines import FoundLine, Unreadable, glance, is_calendar, is_long
from decroche.interop.domain.plan import KnownType, Note, Planned, What, Whose, clashes, plan
from decroche.interop.domain.table import Layout, guess_layout, read_csv
from decroche.interop.models import ImportLine, ImportRun
from decroche.practices.models import Practitioner, Site
from decroche.scheduling.domain.asking import Why
from decroche.scheduling.models import LONGEST, OCCUPYING_STATES, Appointment, VisitType
from decroche.scheduling.queries import explain

#: What is read unless one says otherwise: a year of history, two years ahead.
DAYS_BACK, DAYS_AHEAD = 365, 730
_BATCH = 1000
_TOLD_EVERY = 100
#: What makes a time fall outside a practitioner's opening; quotas, notice and wishes bind new bookings only.
_OUTSIDE = frozenset(
    {Why.CLOSED, Why.OTHER_SITE, Why.OTHER_TYPES, Why.ABSENT, Why.CLOSURE, Why.HOLIDAY, Why.NOT_OFFERED}
)

#: Told how much of how much is done.
Report = Callable[[int, int], None]


def _nobody(done: int, whole: int) -> None:
    """Keep it to oneself."""


def new_import(
    *,
    practitioner: Practitioner,
    site: Site,
    visit_type: VisitType,
    file_name: str,
    data: bytes,
    by: User,
    now: datetime,
    choices: dict[str, Any] | None = None,
) -> ImportRun:
    """Keep the file as a draft and read it; a long one waits for a job (`is_long`, `finish_reading`).

    Raises `Unreadable`, for a long file too where that can be seen at a glance; nothing of it is kept then.
    """
    glance(data)
    today = now.astimezone(ZoneInfo(site.timezone)).date()
    run = ImportRun(
        practice_id=practitioner.practice_id,
        practitioner=practitioner,
        site=site,
        visit_type=visit_type,
        kind=ImportRun.Kind.ICS if is_calendar(data) else ImportRun.Kind.CSV,
        file_name=file_name[-120:],
        raw=data,
        layout={} if is_calendar(data) else guess_layout(data).as_json(),
        created_by=by,
        created_at=now,
        **{"first_day": today - timedelta(days=DAYS_BACK), "last_day": today + timedelta(days=DAYS_AHEAD)}
        | (choices or {}),
    )
    if is_long(data):
        run.state = ImportRun.State.READING
        run.save()
        return run
    with transaction.atomic():
        run.save()
        read_import(run=run, now=now)
    return run


def read_again(*, run: ImportRun, now: datetime) -> None:
    """Read a draft with the choices that it now carries, or leave that to a job. Raises `Unreadable`."""
    if is_long(bytes(run.raw or b"")):
        run.state, run.flaw = ImportRun.State.READING, ""
        run.save()
    else:
        read_import(run=run, now=now)


def read_import(*, run: ImportRun, now: datetime, report: Report = _nobody) -> None:
    """Read the kept file as the run now says, and write its lines afresh. Raises `Unreadable`.

    `report` is told how far it is: so much of so much. All that is written is written at the end, together.
    """
    planned = _plan_all(run, now)
    whole = 2 * len(planned)
    report(0, whole)
    people = People(run.practice_id, [each.line.person for each in planned if each.line.person])
    lines = [_line(run, position, each, people) for position, each in enumerate(planned)]
    report(len(planned), whole)
    _compare(run, lines, now, lambda done: report(len(planned) + done, whole))
    with transaction.atomic():
        run.lines.all().delete()
        ImportLine.objects.bulk_create(lines, batch_size=_BATCH)
        run.state, run.flaw, run.done_count, run.to_do_count = ImportRun.State.DRAFT, "", 0, 0
        run.save()


def finish_reading(*, run_id: int, now: datetime) -> None:
    """Read the file of a run that waits for it; one that cannot be read says why, and its file is forgotten."""
    run: ImportRun = ImportRun.objects.select_related("site", "visit_type").get(pk=run_id)
    if run.state != ImportRun.State.READING:
        return

    def report(done: int, whole: int) -> None:
        ImportRun.objects.filter(pk=run_id).update(done_count=done, to_do_count=whole)

    try:
        read_import(run=run, now=now, report=report)
    except Unreadable as refusal:
        was_read = (
            run.lines.exists()
        )  # then only the other way of reading failed, and the lines are as before
        run.state = ImportRun.State.DRAFT if was_read else ImportRun.State.FLAWED
        run.flaw, run.raw = refusal.flaw.value, run.raw if was_read else None
        run.save(update_fields=["state", "flaw", "raw"])
    hint("imports", practice_id=run.practice_id, run_id=run_id)


def _plan_all(run: ImportRun, now: datetime) -> list[Planned]:
    types = [
        KnownType(each.pk, each.name, each.short_name, each.duration_minutes)
        for each in VisitType.objects.filter(practice_id=run.practice_id, is_active=True)
    ]
    usual = run.visit_type
    default = KnownType(usual.pk, usual.name, usual.short_name, usual.duration_minutes)
    people = Practitioner.objects.filter(practice_id=run.practice_id, is_active=True)
    whose = Whose(
        run.practitioner_id, {each.pk: f"{each.title} {each.first_name} {each.last_name}" for each in people}
    )
    found = _found(run, now)
    return [plan(line, whose=whose, types=types, default=default, now=now) for line in found]


def _found(run: ImportRun, now: datetime) -> list[FoundLine]:
    zone = ZoneInfo(run.site.timezone)
    today: date = now.astimezone(zone).date()
    data = bytes(run.raw or b"")
    if run.kind == ImportRun.Kind.ICS:
        return read_ics(data, zone=zone, first=run.first_day, last=run.last_day, today=today)
    layout = Layout.from_json(run.layout)
    return read_csv(data, layout, zone=zone, first=run.first_day, last=run.last_day, today=today)


def _line(run: ImportRun, position: int, planned: Planned, people: People) -> ImportLine:
    person = planned.line.person
    line = ImportLine(
        run=run,
        position=position,
        title=planned.line.title[:160],
        starts_at=planned.starts_at,
        ends_at=planned.ends_at,
        is_all_day=planned.line.is_all_day,
        what=planned.what.value,
        notes=[str(note) for note in planned.notes],
        practitioner_id=planned.practitioner_id,
        visit_type_id=planned.visit_type_id,
        status=planned.status,
    )
    if person is not None:
        line.birth_name, line.first_names = person.last_name[:80], person.first_names[:80]
        line.birth_date, line.phone = person.birth_date, person.phone[:24]
    if planned.what is What.APPOINTMENT and person is not None:
        _decide(line, people.find(person, run), run)
    return line


def _decide(line: ImportLine, found: Found, run: ImportRun) -> None:
    """Write who it is; where a name alone is not enough, the run may say to keep the time without the patient."""
    if found.note is not None:
        line.notes.append(found.note.value)
    if (
        found.who == ImportLine.Who.UNDECIDED
        and found.note is Note.NO_BIRTH_DATE
        and run.nameless == ImportRun.Nameless.BLOCK
    ):
        line.what, line.visit_type_id = ImportLine.What.ABSENCE, None
        return
    line.who, line.patient_id, line.candidates = found.who, found.patient_id, list(found.candidates)


def _compare(run: ImportRun, lines: list[ImportLine], now: datetime, report: Callable[[int], None]) -> None:
    """Say which appointments clash with the agenda or with one another, which are there already, which fall outside."""
    by_practitioner: dict[int, list[ImportLine]] = defaultdict(list)
    for line in lines:
        if line.what == ImportLine.What.APPOINTMENT and line.practitioner_id is not None:
            by_practitioner[line.practitioner_id].append(line)
    done = 0
    for practitioner_id, own in by_practitioner.items():
        _compare_with_agenda(practitioner_id, own)
        left = [
            line
            for line in own
            if line.what == ImportLine.What.APPOINTMENT and Note.CONFLICT not in line.notes
        ]
        for position in clashes(
            [(line.starts_at, line.ends_at) for line in left if line.starts_at and line.ends_at]
        ):
            left[position].notes.append(Note.TWICE.value)
        if run.outside == ImportRun.Outside.REFUSE:
            _leave_outside(run, left, now, _from(done, report))
        done += len(own)
        report(done)


def _from(done: int, report: Callable[[int], None]) -> Callable[[int], None]:
    """Count on from what is done already."""
    return lambda count: report(done + count)


def _compare_with_agenda(practitioner_id: int, lines: list[ImportLine]) -> None:
    starts = [line.starts_at for line in lines if line.starts_at]
    rows = list(
        Appointment.objects.filter(
            practitioner_id=practitioner_id,
            status__in=OCCUPYING_STATES,
            lane__isnull=True,
            starts_at__gt=min(starts) - LONGEST,
            starts_at__lt=max(line.ends_at for line in lines if line.ends_at),
        )
        .order_by("starts_at")
        .values_list("busy_from", "busy_until", "starts_at", "patient_id")
    )
    waiting = sorted(lines, key=lambda line: line.starts_at or min(starts))
    first = 0
    for line in waiting:
        # Nothing lasts longer than LONGEST with its buffers on both sides: what began before can no longer clash.
        while first < len(rows) and line.starts_at and rows[first][2] < line.starts_at - 2 * LONGEST:
            first += 1
        for busy_from, busy_until, starts_at, patient_id in rows[first:]:
            if not line.starts_at or not line.ends_at or starts_at >= line.ends_at + LONGEST:
                break
            if busy_from < line.ends_at and busy_until > line.starts_at:
                is_here = starts_at == line.starts_at and patient_id == line.patient_id is not None
                if is_here:
                    line.what = ImportLine.What.IGNORED
                line.notes.append(Note.HERE.value if is_here else Note.CONFLICT.value)
                break


def _leave_outside(
    run: ImportRun, lines: list[ImportLine], now: datetime, report: Callable[[int], None]
) -> None:
    """Leave aside what is to come and that no opening rule covers; what is past is history."""
    types = {each.pk: each for each in VisitType.objects.filter(practice_id=run.practice_id)}
    people = {each.pk: each for each in Practitioner.objects.filter(practice_id=run.practice_id)}
    for count, line in enumerate(lines):
        if count % _TOLD_EVERY == 0:
            report(count)
        if line.starts_at is None or line.ends_at is None or line.starts_at <= now:
            continue
        if line.visit_type_id is None or line.practitioner_id is None:
            continue
        answer = explain(
            practitioner=people[line.practitioner_id],
            site=run.site,
            visit_type=types[line.visit_type_id],
            starts_at=line.starts_at,
            ends_at=line.ends_at,
            now=now,
        )
        if answer.why in _OUTSIDE:
            line.what = ImportLine.What.IGNORED
            line.notes.append(Note.OUTSIDE.value)
