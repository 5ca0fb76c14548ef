"""Set the agendas the way such practices do: terms, machines, emergency slots, wishes, waiting lists."""

import datetime as dt

from django.db import connection

from decroche.demo.catalogue import CABINETS
from decroche.demo.dice import dice_for
from decroche.demo.loading.stage import Spot, Stage
from decroche.demo.plan import Cabinet, Hours, hours
from decroche.demo.terms import Terms, terms_of
from decroche.demo.typography import typeset
from decroche.scheduling.models import (
    AgendaSettings,
    Appointment,
    OpeningRule,
    Pathway,
    PathwayStep,
    Resource,
    VisitQuestion,
    VisitType,
    WaitingListEntry,
    Wish,
)

_NOON = dt.time(13, 0)
_EMERGENCY_MINUTES = 30
_ENTRIES = 8
#: Who wishes what: cabinet, rank, kind, and how much.
_WISHES = (
    ("tilleuls", 0, "fill_gaps", None, None),
    ("tilleuls", 1, "mornings_first", None, None),
    ("tilleuls", 2, "emergency", 1, None),
    ("tilleuls", 3, "max_in_a_row", 8, None),
    ("saint-martin", 0, "group_home", None, None),
    ("coquelicots", 0, "end_at", None, dt.time(18, 30)),
    ("bellefeuille", 0, "fill_gaps", None, None),
)


def write_finer_points(stage: Stage) -> None:
    """Write what the agendas ask beyond hours and lengths, then let no cache believe what it knew before."""
    for cabinet in CABINETS:
        kinds = list(VisitType.objects.filter(practice=stage.practices[cabinet.key]).order_by("pk"))
        _terms(stage, cabinet, kinds)
        _emergency_slots(stage, cabinet, kinds)
        _waiting_list(stage, cabinet)
        AgendaSettings.objects.bulk_create(
            AgendaSettings(practitioner_id=stage.doctors[Spot(cabinet.key, rank)], no_show_threshold=3)
            for rank in range(len(cabinet.doctors))
        )
    _wishes(stage)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO scheduling_agendaversion (practitioner_id, version, rules)"
            " SELECT id, n, n FROM practices_practitioner, nextval('scheduling_agendaversion_seq') n"
        )


def _terms(stage: Stage, cabinet: Cabinet, kinds: list[VisitType]) -> None:
    site = stage.sites[Spot(cabinet.key, 0)]
    machines: dict[str, Resource] = {}
    for kind, visit in zip(kinds, cabinet.visits, strict=True):
        terms = terms_of(visit.name)
        _apply(kind, terms)
        VisitQuestion.objects.bulk_create(
            VisitQuestion(visit_type=kind, position=n, text=typeset(text))
            for n, text in enumerate(terms.questions)
        )
        if terms.machine:
            if terms.machine not in machines:
                machines[terms.machine] = Resource.objects.create(
                    practice_id=kind.practice_id, site_id=site, name=terms.machine
                )
            kind.resources.add(machines[terms.machine])
    VisitType.objects.bulk_update(
        kinds,
        [
            "online_may_book", "new_patients", "notice_minutes", "horizon_days", "buffer_before_minutes",
            "buffer_after_minutes", "max_per_day", "place", "preparation", "series_sessions", "series_per_week",
        ],
    )  # fmt: skip
    _pathway(kinds)


def _apply(kind: VisitType, terms: Terms) -> None:
    kind.online_may_book = terms.online
    kind.new_patients = terms.new_patients
    kind.notice_minutes = terms.notice_minutes
    kind.horizon_days = terms.horizon_days
    kind.buffer_before_minutes, kind.buffer_after_minutes = terms.before, terms.after
    kind.max_per_day = terms.per_day
    kind.place = terms.place
    kind.preparation = typeset(terms.preparation)
    kind.series_sessions, kind.series_per_week = terms.series or (None, None)


def _pathway(kinds: list[VisitType]) -> None:
    """Let an ultrasound lead to the consultation that reads it, where a practice does both."""
    scan = next((kind for kind in kinds if kind.name.startswith("Échographie")), None)
    visit = next((kind for kind in kinds if kind.name.startswith(("Consultation", "Suivi"))), None)
    if scan is None or visit is None:
        return
    pathway = Pathway.objects.create(practice_id=scan.practice_id, name="Échographie puis consultation")
    for position, kind in enumerate((scan, visit)):
        PathwayStep.objects.create(pathway=pathway, position=position, visit_type=kind, wait_minutes=60)


def _emergency_slots(stage: Stage, cabinet: Cabinet, kinds: list[VisitType]) -> None:
    """Open half an hour for emergencies after each morning, bookable from eight the same day."""
    urgent = [kind for kind, visit in zip(kinds, cabinet.visits, strict=True) if visit.urgent]
    if not urgent:
        return
    for rank, doctor in enumerate(cabinet.doctors[:4]):
        for opening in _mornings(doctor.hours):
            end = dt.datetime.combine(dt.date.min, opening.ends) + dt.timedelta(minutes=_EMERGENCY_MINUTES)
            rule = OpeningRule.objects.create(
                practice_id=stage.practices[cabinet.key],
                practitioner_id=stage.doctors[Spot(cabinet.key, rank)],
                site_id=stage.sites[Spot(cabinet.key, opening.site)],
                weekday=opening.weekday,
                starts=opening.ends,
                ends=end.time(),
                valid_from=stage.today(cabinet) - dt.timedelta(days=90),
                reserved_for=OpeningRule.ReservedFor.EMERGENCIES,
                release=OpeningRule.Release.AT_TIME,
                release_time=dt.time(8),
            )
            rule.visit_types.set(urgent)


def _mornings(notation: str) -> list[Hours]:
    """Give the openings that are the last before one o'clock on their day, and leave room after themselves."""
    last: dict[int, Hours] = {}
    for opening in hours(notation):
        if opening.ends <= _NOON and (
            opening.weekday not in last or opening.ends > last[opening.weekday].ends
        ):
            last[opening.weekday] = opening
    return [
        opening
        for opening in last.values()
        if not any(
            other.weekday == opening.weekday
            and opening.ends <= other.starts < (_plus(opening.ends, _EMERGENCY_MINUTES))
            for other in hours(notation)
        )
    ]


def _plus(at: dt.time, minutes: int) -> dt.time:
    return (dt.datetime.combine(dt.date.min, at) + dt.timedelta(minutes=minutes)).time()


def _wishes(stage: Stage) -> None:
    for key, rank, kind, count, at in _WISHES:
        cabinet = next(cabinet for cabinet in CABINETS if cabinet.key == key)
        if rank >= len(cabinet.doctors):
            continue
        Wish.objects.create(
            practice_id=stage.practices[key],
            practitioner_id=stage.doctors[Spot(key, rank)],
            kind=kind,
            count=count,
            at=at,
            valid_from=stage.today(cabinet) - dt.timedelta(days=30),
            created_by_id=stage.doctor_user(cabinet, rank),
            created_at=stage.now - dt.timedelta(days=30),
        )


def _waiting_list(stage: Stage, cabinet: Cabinet) -> None:
    """Let some whose appointment is weeks away wait for an earlier one."""
    dice = dice_for("waiting", cabinet.key, stage.now.date())
    today = stage.today(cabinet)
    far = list(
        Appointment.objects.filter(
            practice=stage.practices[cabinet.key],
            status=Appointment.State.BOOKED,
            patient__isnull=False,
            starts_at__gt=stage.now + dt.timedelta(days=10),
            visit_type__emergency=False,
        ).order_by("pk")[:400]
    )
    for n, row in enumerate(dice.sample(far, min(_ENTRIES, len(far)))):
        WaitingListEntry.objects.create(
            practice_id=row.practice_id,
            patient_id=row.patient_id or 0,
            visit_type_id=row.visit_type_id,
            practitioner_id=row.practitioner_id if n % 2 else None,
            instead_of=row,
            first_day=today,
            last_day=row.starts_at.date() - dt.timedelta(days=1),
            half_day=dice.choice(("", "", "am", "pm")),
            is_urgent=n == 0,
            created_by_id=stage.doctor_user(cabinet, 0),
            created_at=stage.now - dt.timedelta(days=dice.randint(1, 12), hours=n),
        )
