"""Take in what was written down while the line was dead."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from pydantic import BaseModel, ConfigDict, Field, model_validator

from decroche.accounts.models import User
from decroche.continuity.models import Capture
from decroche.foundation.live import hint
from decroche.practices.models import Practice, Practitioner
from decroche.scheduling.models import Appointment, VisitType

MOST_LINES = 500


class CapturedLine(BaseModel):
    """One line as the page sends it; anything else in it is refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    client_id: UUID
    kind: Capture.Kind
    practitioner_id: int | None = None
    appointment_id: int | None = None
    shown_version: int | None = None
    visit_type_id: int | None = None
    starts_at: datetime | None = None
    duration_minutes: int | None = Field(default=None, ge=5, le=480)
    last_name: str = Field(default="", max_length=80)
    first_names: str = Field(default="", max_length=80)
    birth_date: date | None = None
    phone: str = Field(default="", max_length=20)
    note: str = Field(default="", max_length=280)
    captured_at: datetime

    @model_validator(mode="after")
    def _says_enough(self) -> "CapturedLine":
        if self.captured_at.utcoffset() is None or (self.starts_at and self.starts_at.utcoffset() is None):
            raise ValueError("a time says its zone")
        if self.kind == Capture.Kind.BOOK and not (
            self.starts_at and self.duration_minutes and self.practitioner_id
        ):
            raise ValueError("a booking says when and with whom")
        if self.kind in {Capture.Kind.CANCEL, Capture.Kind.ARRIVED} and self.appointment_id is None:
            raise ValueError("a change says of which appointment")
        return self


def receive_captures(
    *, practice: Practice, lines: Iterable[CapturedLine], by: User, now: datetime
) -> list[Capture]:
    """Keep the lines, each once however often it is sent; ids of another practice are left empty.

    At most `MOST_LINES` at a time.
    """
    wanted = list(lines)[:MOST_LINES]
    ours = {
        model: set(
            model.objects.filter(
                practice=practice, pk__in={getattr(line, name) or 0 for line in wanted}
            ).values_list("pk", flat=True)
        )
        for model, name in (
            (Practitioner, "practitioner_id"),
            (Appointment, "appointment_id"),
            (VisitType, "visit_type_id"),
        )
    }

    def known(model: type[Practitioner | Appointment | VisitType], pk: int | None) -> int | None:
        return pk if pk in ours[model] else None

    with transaction.atomic():
        Capture.objects.bulk_create(
            [
                Capture(
                    practice=practice,
                    received_at=now,
                    received_from=by,
                    practitioner_id=known(Practitioner, line.practitioner_id),
                    appointment_id=known(Appointment, line.appointment_id),
                    visit_type_id=known(VisitType, line.visit_type_id),
                    **line.model_dump(exclude={"practitioner_id", "appointment_id", "visit_type_id"}),
                )
                for line in wanted
            ],
            ignore_conflicts=True,
        )
        hint("captures", practice_id=practice.pk)
    return list(Capture.objects.filter(practice=practice, client_id__in=[line.client_id for line in wanted]))
