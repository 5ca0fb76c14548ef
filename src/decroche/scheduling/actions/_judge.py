"""Ask the engine on what terms a time may be had; every verb that gives time to someone asks here, in the same words."""

from dataclasses import dataclass
from datetime import datetime

from decroche.foundation.statements import rows
from decroche.practices.models import Practitioner, Site
from decroche.scheduling.domain.asking import Asker
from decroche.scheduling.domain.refusals import PatientBlocked, SlotClosed
from decroche.scheduling.models import VisitType
from decroche.scheduling.queries.explain import explain


@dataclass(frozen=True, slots=True)
class Terms:
    """What the time is given on: until when, with which buffers, how many at once, with what it needs."""

    ends_at: datetime
    buffer_before: int = 0
    buffer_after: int = 0
    capacity: int = 1
    #: Any one of these rooms or machines will do, the first by preference; empty when the visit needs none.
    resources: tuple[int, ...] = ()
    #: A rule counts appointments here (so many a day, a pause after so many…): judge again under the lock.
    is_counted: bool = False

    @property
    def needs_lock(self) -> bool:
        """Tell whether the constraint alone cannot judge it."""
        return self.is_counted or self.capacity > 1


def judge(
    *,
    practitioner: Practitioner,
    site: Site,
    visit_type: VisitType,
    starts_at: datetime,
    now: datetime,
    asker: Asker,
    ends_at: datetime | None = None,
    but: int | None = None,
) -> Terms:
    """Give the terms; raises `SlotClosed`.

    Whoever already has the time, the seat or the room is the constraint's business: what is read here may be old by
    the time that it is used.
    """
    answer = explain(
        practitioner=practitioner,
        visit_type=visit_type,
        starts_at=starts_at,
        ends_at=ends_at,
        site=site,
        now=now,
        asker=asker,
        but=but,
        ignoring_busy=True,
    )
    if not answer.is_free:
        raise SlotClosed(answer)
    return Terms(
        ends_at=answer.ends_at,
        buffer_before=answer.buffer_before_minutes,
        buffer_after=answer.buffer_after_minutes,
        capacity=answer.capacity,
        resources=answer.resource_ids,
        is_counted=answer.is_counted,
    )


def usual_terms(
    *,
    practitioner: Practitioner,
    site: Site,
    visit_type: VisitType,
    starts_at: datetime,
    now: datetime,
    ends_at: datetime | None = None,
) -> Terms:
    """Give the terms of a forced appointment: its usual length whatever the rules say, and a room if one is named."""
    answer = explain(
        practitioner=practitioner,
        visit_type=visit_type,
        starts_at=starts_at,
        ends_at=ends_at,
        site=site,
        now=now,
        ignoring_busy=True,
    )
    return Terms(
        ends_at=answer.ends_at,
        buffer_before=answer.buffer_before_minutes,
        buffer_after=answer.buffer_after_minutes,
        resources=answer.resource_ids,
    )


# In one question: does the practitioner refuse this patient, and have they ever met?
_KNOWN = """
SELECT (SELECT reason FROM scheduling_patientblock
        WHERE patient_id = %(patient)s AND practitioner_id = %(practitioner)s AND ended_at IS NULL),
       EXISTS (SELECT 1 FROM scheduling_appointment
               WHERE patient_id = %(patient)s AND practitioner_id = %(practitioner)s AND id <> %(but)s
                 AND status NOT IN ('held', 'released', 'cancelled', 'no_show'))
"""


def is_newcomer(*, patient_id: int, practitioner: Practitioner, but: int | None = None) -> bool:
    """Tell whether the practitioner has never been given this patient, save for what was cancelled or missed.

    Raises `PatientBlocked` when the practitioner refuses the patient.
    """
    values = {"patient": patient_id, "practitioner": practitioner.pk, "but": but or 0}
    ((reason, has_met),) = rows(_KNOWN, values)
    if reason is not None:
        raise PatientBlocked(practitioner=practitioner.display_name, reason=reason)
    return not has_met
