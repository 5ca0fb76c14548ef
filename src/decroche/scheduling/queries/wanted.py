"""Read what a request for a time names, in one question: whose, where, what for; and the patient it is for."""

from functools import cache
from typing import NamedTuple

from decroche.foundation.statements import columns, row, split
from decroche.foundation.tenancy import scope_ids
from decroche.patients.models import Patient
from decroche.practices.models import Practitioner, Site
from decroche.scheduling.models import VisitType


class Wanted(NamedTuple):
    """Each is None where the practice has none such, or the reader may not see it."""

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
    return Wanted(None, None, None) if found is None else Wanted(*split(found, *_WANTED))


def patient(patient_id: int) -> Patient | None:
    """Give the patient, if the reader may see them. 1 query."""
    found = row(_patient_sql(), {"id": patient_id, "scope": scope_ids()})
    return None if found is None else split(found, Patient)[0]


_WANTED = (Practitioner, Site, VisitType)
_SCOPED = "(%(scope)s::bigint[] IS NULL OR {practice} = ANY(%(scope)s::bigint[]))"


@cache
def _wanted_sql() -> str:
    return f"""
SELECT {columns(Practitioner, "w")}, {columns(Site, "s")}, {columns(VisitType, "t")}
FROM practices_practice p
LEFT JOIN practices_practitioner w ON w.id = %(who)s AND w.practice_id = p.id
LEFT JOIN practices_site s ON s.id = %(site)s AND s.practice_id = p.id
LEFT JOIN scheduling_visittype t ON t.id = %(kind)s AND t.practice_id = p.id AND t.is_active
WHERE p.id = %(practice)s AND {_SCOPED.format(practice="p.id")}
"""  # noqa: S608 — our own columns


@cache
def _patient_sql() -> str:
    scoped = _SCOPED.format(practice="p.practice_id")
    return f"SELECT {columns(Patient, 'p')} FROM patients_patient p WHERE p.id = %(id)s AND {scoped}"  # noqa: S608
