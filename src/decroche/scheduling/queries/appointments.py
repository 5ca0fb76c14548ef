"""Read appointments one person, one call, one day at a time; one query each, whatever the number of rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from decroche.accounts.models import User
from decroche.kernel.interval import local_day
from decroche.practices.models import Practitioner
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import LONGEST, OCCUPYING_STATES, Appointment, AppointmentChange


@dataclass(frozen=True, slots=True)
class AppointmentView:
    """An appointment as screens show it; times are aware in the site's zone."""

    id: int
    practice_id: int
    practitioner_id: int
    practitioner_name: str
    site_id: int
    site_name: str
    site_city: str
    timezone: str
    visit_type_id: int
    visit_type_name: str
    visit_type_short: str
    colour: int
    patient_id: int | None
    patient_name: str
    starts_at: datetime
    ends_at: datetime
    status: str
    version: int
    held_by_id: int | None
    held_by: str
    hold_expires_at: datetime | None
    cancel_reason: str
    call_id: UUID | None
    moved_from: datetime | None

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def status_label(self) -> str:
        return str(Appointment.State(self.status).label)

    @property
    def is_held(self) -> bool:
        return self.status == Status.HELD

    @property
    def is_changeable(self) -> bool:
        """Tell whether it may still be moved or cancelled."""
        return self.status in {Status.BOOKED, Status.ARRIVED}


#: What `AppointmentView` needs, in one row of plain values: model instances would cost ten times the query.
_COLUMNS = (
    "pk",
    "practice_id",
    "practitioner_id",
    "practitioner__title",
    "practitioner__first_name",
    "practitioner__last_name",
    "site_id",
    "site__name",
    "site__city",
    "site__timezone",
    "visit_type_id",
    "visit_type__name",
    "visit_type__short_name",
    "visit_type__colour",
    "patient_id",
    "patient__used_name",
    "patient__birth_name",
    "patient__first_names",
    "starts_at",
    "ends_at",
    "status",
    "version",
    "held_by_id",
    "held_by__civility",
    "held_by__first_name",
    "held_by__last_name",
    "waiting_entry_id",
    "hold_expires_at",
    "cancel_reason",
    "call_id",
    "moved_from",
)


def views_of(rows: QuerySet[Appointment]) -> list[AppointmentView]:
    """Read appointments with the names that go with them, in the order of `rows`; 1 query."""
    names: dict[int, str] = {}
    found = []
    for row in rows.values_list(*_COLUMNS, named=True):
        zone = ZoneInfo(row.site__timezone)
        who = names.get(row.practitioner_id)
        if who is None:
            who = names[row.practitioner_id] = Practitioner(
                title=row.practitioner__title,
                first_name=row.practitioner__first_name,
                last_name=row.practitioner__last_name,
            ).display_name
        found.append(
            AppointmentView(
                id=row.pk,
                practice_id=row.practice_id,
                practitioner_id=row.practitioner_id,
                practitioner_name=who,
                site_id=row.site_id,
                site_name=row.site__name,
                site_city=row.site__city,
                timezone=row.site__timezone,
                visit_type_id=row.visit_type_id,
                visit_type_name=row.visit_type__name,
                visit_type_short=row.visit_type__short_name,
                colour=row.visit_type__colour,
                patient_id=row.patient_id,
                patient_name=_patient_name(row),
                starts_at=row.starts_at.astimezone(zone),
                ends_at=row.ends_at.astimezone(zone),
                status=row.status,
                version=row.version,
                held_by_id=row.held_by_id,
                held_by=_holder_name(row),
                hold_expires_at=row.hold_expires_at,
                cancel_reason=row.cancel_reason,
                call_id=row.call_id,
                moved_from=row.moved_from.astimezone(zone) if row.moved_from else None,
            )
        )
    return found


def _patient_name(row: Any) -> str:
    """Word it as `Patient.display_name` does (a test holds both together), without an instance per row."""
    if row.patient_id is None:
        return ""
    return f"{(row.patient__used_name or row.patient__birth_name).upper()} {row.patient__first_names}"


def _holder_name(row: Any) -> str:
    if row.held_by_id is None:
        return _("la liste d’attente") if row.waiting_entry_id is not None else ""
    return User(
        civility=row.held_by__civility, first_name=row.held_by__first_name, last_name=row.held_by__last_name
    ).display_name


@dataclass(frozen=True, slots=True)
class PatientAppointments:
    """A patient's appointments around now: next ones first to come, past ones latest first."""

    upcoming: tuple[AppointmentView, ...]
    past: tuple[AppointmentView, ...]


def appointments_of_patient(*, patient_id: int, now: datetime, past_limit: int = 10) -> PatientAppointments:
    """Give every coming appointment, and the latest past or cancelled ones; 2 queries."""
    rows = Appointment.objects.filter(patient_id=patient_id).exclude(
        status__in=[Status.HELD, Status.RELEASED]
    )
    upcoming = rows.filter(ends_at__gt=now).exclude(status=Status.CANCELLED).order_by("starts_at")
    past = (rows.filter(ends_at__lte=now) | rows.filter(status=Status.CANCELLED)).order_by("-starts_at")[
        :past_limit
    ]
    return PatientAppointments(tuple(views_of(upcoming)), tuple(views_of(past)))


def appointments_of_call(*, call_id: UUID) -> list[AppointmentView]:
    """Give what a call led to, in order of booking; 1 query."""
    rows = Appointment.objects.filter(call_id=call_id).exclude(status__in=[Status.HELD, Status.RELEASED])
    return views_of(rows.order_by("pk"))


def day_list(*, practitioner_ids: Iterable[int], day: date, zone: ZoneInfo) -> list[AppointmentView]:
    """Give a civil day's appointments of these practitioners in order of time, holds excepted; 1 query."""
    civil = local_day(day, zone)
    rows = Appointment.objects.filter(
        practitioner_id__in=list(practitioner_ids),
        status__in=OCCUPYING_STATES,
        starts_at__gt=civil.start - LONGEST,
        starts_at__lt=civil.end,
        ends_at__gt=civil.start,
    ).exclude(status=Status.HELD)
    return views_of(rows.order_by("starts_at", "pk"))


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One line of an appointment's history."""

    kind: str
    label: str
    at: datetime
    by: str
    old_starts_at: datetime | None
    old_practitioner: str
    status_label: str
    reason: str


@dataclass(frozen=True, slots=True)
class AppointmentCard:
    """One appointment with its history, latest first."""

    appointment: AppointmentView
    history: tuple[ChangeView, ...]


def appointment_card(*, appointment_id: int) -> AppointmentCard:
    """Read one appointment and its history; 2 queries. Raises `Appointment.DoesNotExist`."""
    found = views_of(Appointment.objects.filter(pk=appointment_id))
    if not found:
        raise Appointment.DoesNotExist
    view = found[0]
    changes = AppointmentChange.objects.filter(appointment_id=appointment_id).select_related(
        "by", "old_practitioner"
    )
    zone = ZoneInfo(view.timezone)
    history = tuple(
        ChangeView(
            kind=change.kind,
            label=change.get_kind_display(),
            at=change.at,
            by=change.by.display_name if change.by else "",
            old_starts_at=change.old_starts_at.astimezone(zone) if change.old_starts_at else None,
            old_practitioner=change.old_practitioner.display_name if change.old_practitioner else "",
            status_label=change.get_new_status_display(),
            reason=change.reason,
        )
        for change in changes.order_by("-pk")
    )
    return AppointmentCard(view, history)
