"""Open a weekly group session where a practice gives one, and let some seats be taken."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.db.models import Min

from decroche.demo.catalogue import CABINETS
from decroche.demo.loading.stage import Spot, Stage
from decroche.demo.plan import Cabinet
from decroche.scheduling.models import Appointment, AppointmentChange, OpeningRule, VisitType

_CABINET = "landriel"
_KIND = "Préparation à la naissance"
_WEDNESDAY, _AT, _SEATS = 2, dt.time(18, 0), 6
#: How many seats are taken this week, the next and the one after.
_TAKEN = (5, 3, 1)
_BOOKED_BEFORE = dt.timedelta(days=6, hours=5)


def write_groups(stage: Stage) -> int:
    """Write the midwife's evening and who comes; return how many appointments."""
    cabinet = next(each for each in CABINETS if each.key == _CABINET)
    practice, doctor = stage.practices[_CABINET], stage.doctors[Spot(_CABINET, 0)]
    kind = VisitType.objects.get(practice=practice, name=_KIND)
    ends = dt.datetime.combine(dt.date.min, _AT) + dt.timedelta(minutes=kind.duration_minutes)
    rule = OpeningRule.objects.create(
        practice_id=practice,
        practitioner_id=doctor,
        site_id=stage.sites[Spot(_CABINET, 0)],
        weekday=_WEDNESDAY,
        starts=_AT,
        ends=ends.time(),
        valid_from=stage.today(cabinet) - dt.timedelta(days=90),
        capacity=_SEATS,
    )
    rule.visit_types.set([kind])
    return _seats(stage, cabinet, kind, rule)


def _seats(stage: Stage, cabinet: Cabinet, kind: VisitType, rule: OpeningRule) -> int:
    today = stage.today(cabinet)
    first = today + dt.timedelta(days=(_WEDNESDAY - today.weekday()) % 7 or 7)
    mothers = iter(
        Appointment.objects.filter(practice_id=kind.practice_id, visit_type=kind, patient__isnull=False)
        .values("patient_id")
        .annotate(first=Min("pk"))
        .order_by("first")
        .values_list("patient_id", flat=True)[: sum(_TAKEN)]
    )
    by = stage.doctor_user(cabinet, 0)
    rows = []
    for week, taken in enumerate(_TAKEN):
        day = first + dt.timedelta(weeks=week)
        start = dt.datetime.combine(day, _AT, tzinfo=ZoneInfo(cabinet.zone))
        end = start + dt.timedelta(minutes=kind.duration_minutes)
        rows += [
            Appointment(
                practice_id=kind.practice_id, practitioner_id=rule.practitioner_id, site_id=rule.site_id, visit_type=kind,
                patient_id=patient, starts_at=start, ends_at=end, busy_from=start, busy_until=end, lane=lane,
                status=Appointment.State.BOOKED, held_by_id=by, created_by_id=by, source="practice", version=2,
                created_at=stage.now - _BOOKED_BEFORE,
            )
            for lane, patient in zip(range(taken), mothers, strict=False)
        ]  # fmt: skip
    written = Appointment.objects.bulk_create(rows)
    AppointmentChange.objects.bulk_create(
        AppointmentChange(
            practice_id=row.practice_id, appointment=row, kind="booked", at=row.created_at, by_id=by, version=2,
            old_status="held", new_status="booked", old_practitioner_id=row.practitioner_id, old_site_id=row.site_id,
            old_starts_at=row.starts_at, old_ends_at=row.ends_at,
        )
        for row in written
    )  # fmt: skip
    return len(written)
