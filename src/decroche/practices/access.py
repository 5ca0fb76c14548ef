"""Look up what a person may do now, in one query."""

from collections import defaultdict
from datetime import datetime

from django.db import connection

from decroche.accounts.domain.access import Access
from decroche.accounts.permissions import Role

# A mandate's days are those of the practice's own calendar, so midnight is the practice's.
_SQL = """
SELECT 'practice', m.practice_id, m.role FROM practices_practicemember m WHERE m.user_id = %(user)s
UNION
SELECT 'secretariat', s.secretariat_id, s.role FROM practices_secretariatmember s WHERE s.user_id = %(user)s
UNION
SELECT 'practice', d.practice_id, s.role
FROM practices_secretariatmember s
JOIN practices_mandate d ON d.secretariat_id = s.secretariat_id
JOIN practices_practice p ON p.id = d.practice_id
WHERE s.user_id = %(user)s
  AND d.signed_at <= %(now)s
  AND d.starts_on <= (%(now)s AT TIME ZONE p.timezone)::date
  AND (d.ends_on IS NULL OR d.ends_on > (%(now)s AT TIME ZONE p.timezone)::date)
"""


def access_of(*, user_id: int, is_administrator: bool, now: datetime) -> Access:
    """Return a person's roles, by practice and by secretariat, at ``now``; one query."""
    roles: dict[str, dict[int, set[Role]]] = {"practice": defaultdict(set), "secretariat": defaultdict(set)}
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"user": user_id, "now": now})
        for kind, id_, role in cursor.fetchall():
            roles[kind][id_].add(Role(role))
    return Access(
        user_id=user_id,
        practice_roles={id_: frozenset(found) for id_, found in roles["practice"].items()},
        secretariat_roles={id_: frozenset(found) for id_, found in roles["secretariat"].items()},
        is_administrator=is_administrator,
    )
