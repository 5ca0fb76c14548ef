"""What the verbs share: locking a row, sweeping dead holds, writing a change with its history and its hints."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import F, Field, Model, QuerySet
from django.utils.translation import gettext as _
from psycopg.errors import ExclusionViolation

from decroche.accounts.models import User
from decroche.foundation.live import CHANNEL, hint_text, notify
from decroche.foundation.statements import is_deadlock, rows
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.refusals import ResourceTaken, SlotTaken, StaleVersion
from decroche.scheduling.models import (
    LONGEST,
    LONGEST_BUFFER_MINUTES,
    OCCUPYING_STATES,
    Appointment,
    AppointmentChange,
    Resource,
)

_LOCK_SPACE = 0x41474E44  # "AGND": keeps our advisory locks apart from everyone else's
_RESOURCE_SPACE = 0x41474E52  # "AGNR"
LONGEST_BUFFER = timedelta(minutes=LONGEST_BUFFER_MINUTES)
_MOST_CHASES = 8


def lock_practitioners(*practitioner_ids: int) -> None:
    """Queue behind whoever moves or revives something of these practitioners; always in ascending order.

    An UPDATE into occupied time deadlocks under a race without this (facts: 124 deadlocks in 110 s, then none).
    """
    _lock(_LOCK_SPACE, practitioner_ids)


def lock_resources(*resource_ids: int) -> None:
    """Queue behind whoever takes several rooms or machines at once; after the practitioners, in ascending order."""
    _lock(_RESOURCE_SPACE, resource_ids)


def _lock(space: int, ids: Iterable[int]) -> None:
    with connection.cursor() as cursor:
        for id_ in sorted({id_ % 2**31 for id_ in ids}):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [space, id_])


def open_for_change(*others: int, appointment_id: int, version: int | None) -> Appointment:
    """Begin a change that gives or takes time: lock its practitioner (and `others`), then the row, then check it.

    Raises `Appointment.DoesNotExist`, or `StaleVersion` when it is not `version`.
    """
    for _chase in range(_MOST_CHASES):
        here = Appointment.objects.values_list("practitioner_id", flat=True).get(pk=appointment_id)
        point = transaction.savepoint()
        lock_practitioners(here, *others)
        appointment = lock_appointment(appointment_id, version=version)
        if appointment.practitioner_id in {here, *others}:
            transaction.savepoint_commit(point)
            return appointment
        # Given to another practitioner while we queued: give the locks back, to queue again in order.
        transaction.savepoint_rollback(point)
    raise StaleVersion(shown=version or 0, current=appointment.version)


def lock_appointment(appointment_id: int, *, version: int | None) -> Appointment:
    """Read the row for update; raises `Appointment.DoesNotExist`, or `StaleVersion` when it is not `version`.

    The lock is taken on the bare row. With joins, PostgreSQL would check the row that it waited for against the
    practitioner it had before, and lose it when a colleague has just moved it elsewhere.
    """
    Appointment.objects.select_for_update().only("pk").get(pk=appointment_id)
    appointment: Appointment = Appointment.objects.select_related(
        "practitioner", "site", "visit_type", "held_by"
    ).get(pk=appointment_id)
    if version is not None and appointment.version != version:
        raise StaleVersion(shown=version, current=appointment.version)
    return appointment


def rows_in_the_way(
    *, practitioner_id: int, busy_from: datetime, busy_until: datetime, but: int | None = None
) -> QuerySet[Appointment]:
    """Select what owns a part of the practitioner's `[busy_from, busy_until)`."""
    rows = _owning(busy_from, busy_until).filter(practitioner_id=practitioner_id)
    return rows if but is None else rows.exclude(pk=but)


def _owning(busy_from: datetime, busy_until: datetime) -> QuerySet[Appointment]:
    """Select what owns a part of `[busy_from, busy_until)`, whoever's it is."""
    rows: QuerySet[Appointment] = Appointment.objects.filter(
        status__in=OCCUPYING_STATES,
        # The indexed column bounds the rows read; the busy period decides.
        starts_at__gt=busy_from - LONGEST - LONGEST_BUFFER,
        starts_at__lt=busy_until + LONGEST_BUFFER,
        busy_from__lt=busy_until,
        busy_until__gt=busy_from,
    )
    return rows


# Asked by the exclusion constraint's own expressions, so that its index answers.
_RESOURCE_IN_THE_WAY = f"""
SELECT id, status, hold_expires_at FROM scheduling_appointment
WHERE int8range(resource_id, resource_id, '[]') = int8range(%s, %s, '[]')
  AND tstzrange(busy_from, busy_until) && tstzrange(%s, %s)
  AND status IN ({", ".join(f"'{state}'" for state in OCCUPYING_STATES)})
  AND resource_id IS NOT NULL
"""  # noqa: S608 — the states are our own constants; literal, so that the partial index is chosen


def sweep_expired_holds(
    *,
    practitioner_id: int,
    busy_from: datetime,
    busy_until: datetime,
    now: datetime,
    resources: Iterable[int] = (),
) -> int:
    """Release the lapsed holds that stand in the way; one being confirmed just now is left alone. Give how many."""
    found = list(
        rows_in_the_way(practitioner_id=practitioner_id, busy_from=busy_from, busy_until=busy_until)
        .filter(status=Status.HELD, hold_expires_at__lte=now)
        .values_list("pk", flat=True)
    )
    for resource_id in resources:
        found += [
            pk
            for pk, expires_at in _holds_of_resource(resource_id, busy_from, busy_until)
            if expires_at <= now
        ]
    if not found:
        return 0
    dead = Appointment.objects.filter(pk__in=found, status=Status.HELD, hold_expires_at__lte=now)
    ids = list(dead.order_by("pk").select_for_update(skip_locked=True).values_list("pk", flat=True))
    released: int = Appointment.objects.filter(pk__in=ids).update(
        status=Status.RELEASED, hold_expires_at=None, version=F("version") + 1
    )
    return released


def rooms_left(
    resources: Sequence[int], *, practitioner_id: int, busy_from: datetime, busy_until: datetime
) -> list[int]:
    """Queue for these rooms, and give those that no other practitioner uses then.

    For seats: those of one session share its room, which the constraint cannot tell from two sessions in one room.
    """
    lock_resources(*resources)
    used = _owning(busy_from, busy_until).filter(resource__in=resources)
    used = used.exclude(practitioner_id=practitioner_id)
    gone = set(used.values_list("resource_id", flat=True))
    return [resource for resource in resources if resource not in gone]


def _holds_of_resource(
    resource_id: int, busy_from: datetime, busy_until: datetime
) -> list[tuple[int, datetime]]:
    with connection.cursor() as cursor:
        cursor.execute(_RESOURCE_IN_THE_WAY, [resource_id, resource_id, busy_from, busy_until])
        return [(pk, expires_at) for pk, status, expires_at in cursor.fetchall() if status == Status.HELD]


def owner_of(
    *, practitioner_id: int, busy_from: datetime, busy_until: datetime, but: int | None = None
) -> str | None:
    """Name the colleague who has this time, as her colleagues name her; "" when unknown, None when nobody has it."""
    row = (
        rows_in_the_way(practitioner_id=practitioner_id, busy_from=busy_from, busy_until=busy_until, but=but)
        .select_related("held_by", "created_by")
        .order_by("-pk")
        .first()
    )
    if row is None:
        return None
    if row.waiting_entry_id is not None and row.status == Status.HELD:
        return _("la liste d’attente")
    person = row.held_by or row.created_by
    return person.display_name if person else ""


def write_change(
    appointment: Appointment,
    *,
    kind: AppointmentChange.Kind,
    by: User | None,
    now: datetime,
    reason: str = "",
    places: Iterable[Mapping[str, Any]] = (),
    **new: Any,
) -> None:
    """Set the new values, grow the version, keep the history; tell the screens that show either place.

    Whoever claims time names `places`: values of which the first free set is taken (a seat, a room). When none is
    free, raises `SlotTaken` or `ResourceTaken` and leaves the transaction usable.
    """
    history: dict[str, Any] = {
        "practice_id": appointment.practice_id,
        "appointment_id": appointment.pk,
        "kind": kind.value,
        "at": now,
        "by_id": by.pk if by else None,
        "old_status": str(appointment.status),
        "old_practitioner_id": appointment.practitioner_id,
        "old_site_id": appointment.site_id,
        "old_starts_at": appointment.starts_at,
        "old_ends_at": appointment.ends_at,
        "reason": reason,
    }
    for name, value in new.items():
        setattr(appointment, name, value)
    appointment.version += 1
    if places := list(places):
        _save_somewhere(appointment, [*new, "version"], places)
        written: list[str] = []
    else:
        written = [*new, "version"]
    history |= {"version": appointment.version, "new_status": str(appointment.status)}
    hints = hints_of(appointment)
    whose, when = history["old_practitioner_id"], history["old_starts_at"]
    if (whose, when) != (appointment.practitioner_id, appointment.starts_at):
        day = when.astimezone(appointment.site.zone).date()
        hints += hints_at(
            practice_id=appointment.practice_id, practitioner_id=whose, patient_id=None, day=day
        )
    _tell(appointment, written, history, hints)


def _tell(
    appointment: Appointment, written: Sequence[str], history: Mapping[str, Any], hints: Sequence[str]
) -> None:
    """Write the row's fields, its history and the hints by one statement."""
    values = {**history, "channel": CHANNEL, "hints": list(hints), "id": appointment.pk}
    for name in written:
        field = _field(Appointment, name)
        values[f"new_{field.column}"] = field.get_db_prep_save(
            getattr(appointment, field.attname), connection
        )
    columns = tuple(str(_field(Appointment, name).column) for name in written)
    ((_change_id, _told),) = rows(_change_sql(columns), values)


@cache
def _change_sql(written: tuple[str, ...]) -> str:
    """Word the statement for these columns of the appointment; none where it was written already."""
    columns = [str(field.column) for field in AppointmentChange._meta.concrete_fields[1:]]  # noqa: SLF001
    sets = ", ".join(f"{column} = %(new_{column})s" for column in written)
    update = (
        f"UPDATE scheduling_appointment SET {sets} WHERE id = %(id)s RETURNING id"  # noqa: S608
        if written
        else "SELECT 1 AS id"
    )
    return f"""
WITH changed AS ({update}),
told AS (
    INSERT INTO scheduling_appointmentchange ({", ".join(columns)})
    SELECT {", ".join(f"%({column})s" for column in columns)} FROM changed RETURNING id
)
SELECT id, (SELECT count(pg_notify(%(channel)s, hint)) FROM unnest(%(hints)s::text[]) hint) FROM told
"""  # noqa: S608 — our own columns


def _field(model: type[Model], name: str) -> "Field[Any, Any]":
    return model._meta.get_field(name)  # type: ignore[return-value]  # noqa: SLF001


def _save_somewhere(appointment: Appointment, fields: list[str], places: Iterable[Mapping[str, Any]]) -> None:
    """Write the fields with the first of the places that nobody has; each try in a savepoint of its own."""
    for place in places:
        for name, value in place.items():
            setattr(appointment, name, value)
        try:
            with transaction.atomic():
                appointment.save(update_fields=[*fields, *place])
        except IntegrityError as error:
            if not isinstance(error.__cause__, ExclusionViolation):
                raise
        except OperationalError as error:
            # Who inserts into the same time at the same moment queues nowhere: each may have written before it looks,
            # and wait for the other. The server ends one; where it is us, the time is the other's.
            if not is_deadlock(error):
                raise
        else:
            return
    owner = owner_of(
        practitioner_id=appointment.practitioner_id,
        busy_from=appointment.starts_at - timedelta(minutes=appointment.buffer_before_minutes),
        busy_until=appointment.ends_at + timedelta(minutes=appointment.buffer_after_minutes),
        but=appointment.pk,
    )
    if owner is None and appointment.resource_id is not None:
        raise ResourceTaken((Resource.objects.get(pk=appointment.resource_id).name,))
    raise SlotTaken(owner or "")


def announce(appointment: Appointment) -> None:
    """Tell the agenda's screens, and those that show the patient, to read again; ids and a date only."""
    notify(*hints_of(appointment))


def hints_of(appointment: Appointment) -> list[str]:
    """Word what `announce` says, for a statement that says it by itself."""
    return hints_at(
        practice_id=appointment.practice_id,
        practitioner_id=appointment.practitioner_id,
        patient_id=appointment.patient_id,
        day=appointment.starts_at.astimezone(appointment.site.zone).date(),
    )


def hints_at(*, practice_id: int, practitioner_id: int, patient_id: int | None, day: date) -> list[str]:
    """Word the same before there is a row."""
    hints = [
        hint_text("agenda", practice_id=practice_id, practitioner_id=practitioner_id, date=day.isoformat())
    ]
    if patient_id is not None:
        hints.append(hint_text("patient", practice_id=practice_id, patient_id=patient_id))
    return hints
