"""Read what a request for a time names, in one question: whose, where, what for; and the patient it is for."""

from functools import cache
from typing import NamedTuple

from decroche.accounts.models import User
from decroche.foundation.statements import columns, row, split
from decroche.foundation.tenancy import scope_ids
from decroche.patients.models import Patient
from decroche.practices.models import Practice, Practitioner, Site
from decroche.scheduling.models import Appointment, VisitType


class Wanted(NamedTuple):
    """Each is None where the practice has none such, or the reader may not see it."""

    practice: Practice | None
    practitioner: Practitioner | None
    site: Site | None
    visit_type: VisitType | None


def wanted(*, practice_id: int, practitioner_id: int, visit_type_id: int, site_id: int = 0) -> Wanted:
    """Give the practice's own of these; a visit type that is no longer offered is none. 1 query."""
    values = {
        "practice": practice_id,
        "who": practitioner_id,
        "site": site_id,
        "kind": visit_type_id,
        "scope": scope_ids(),
    }
    found = row(_wanted_sql(), values)
    if found is None:
        return Wanted(None, None, None, None)
    wanted = Wanted(*split(found, *_WANTED))
    for one in (wanted.practitioner, wanted.site, wanted.visit_type):
        if one is not None and wanted.practice is not None:
            one.practice = wanted.practice
    return wanted


def patient(patient_id: int) -> Patient | None:
    """Give the patient, if the reader may see them. 1 query."""
    found = row(_patient_sql(), {"id": patient_id, "scope": scope_ids()})
    return None if found is None else split(found, Patient)[0]


def hold_of(user: User, hold_id: int) -> Appointment | None:
    """Give this person's own hold, or what became of it, with all that the strip names. 1 query."""
    found = row(_hold_sql(), {"id": hold_id, "user": user.pk, "scope": scope_ids()})
    if found is None:
        return None
    hold, practice, who, site, kind, patient = split(found, Appointment, Practice, *_WANTED[1:], Patient)
    hold.practice, hold.practitioner, hold.site, hold.visit_type = practice, who, site, kind
    hold.patient, hold.held_by = patient, user
    return hold  # type: ignore[no-any-return]


_WANTED = (Practice, Practitioner, Site, VisitType)
_SCOPED = "(%(scope)s::bigint[] IS NULL OR {practice} = ANY(%(scope)s::bigint[]))"


@cache
def _wanted_sql() -> str:
    return f"""
SELECT {columns(Practice, "p")}, {columns(Practitioner, "w")}, {columns(Site, "s")}, {columns(VisitType, "t")}
FROM practices_practice p
LEFT JOIN practices_practitioner w ON w.id = %(who)s AND w.practice_id = p.id
LEFT JOIN practices_site s ON s.id = %(site)s AND s.practice_id = p.id
LEFT JOIN scheduling_visittype t ON t.id = %(kind)s AND t.practice_id = p.id AND t.is_active
WHERE p.id = %(practice)s AND {_SCOPED.format(practice="p.id")}
"""  # noqa: S608 — our own columns


@cache
def _hold_sql() -> str:
    return f"""
SELECT {columns(Appointment, "a")}, {columns(Practice, "c")}, {columns(Practitioner, "w")}, {columns(Site, "s")},
       {columns(VisitType, "t")}, {columns(Patient, "p")}
FROM scheduling_appointment a
JOIN practices_practice c ON c.id = a.practice_id
JOIN practices_practitioner w ON w.id = a.practitioner_id
JOIN practices_site s ON s.id = a.site_id
JOIN scheduling_visittype t ON t.id = a.visit_type_id
LEFT JOIN patients_patient p ON p.id = a.patient_id
WHERE a.id = %(id)s AND a.held_by_id = %(user)s AND {_SCOPED.format(practice="a.practice_id")}
"""  # noqa: S608 — our own columns


@cache
def _patient_sql() -> str:
    scoped = _SCOPED.format(practice="p.practice_id")
    return f"SELECT {columns(Patient, 'p')} FROM patients_patient p WHERE p.id = %(id)s AND {scoped}"  # noqa: S608
