"""Look up what a person may do now, in one query."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from decroche.accounts.domain.access import Access
from decroche.accounts.permissions import Role
from decroche.foundation.statements import rows

# A mandate's days are those of the practice's own calendar, so midnight is the practice's.
ROLES = """
SELECT 'practice' AS kind, m.practice_id AS id, m.role FROM practices_practicemember m WHERE m.user_id = %(user)s
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
    found = rows(ROLES, {"user": user_id, "now": now})
    return access_from(found, user_id=user_id, is_administrator=is_administrator)


def access_from(found: Iterable[tuple[str, int, str]], *, user_id: int, is_administrator: bool) -> Access:
    """Put together the rows of ``ROLES``."""
    roles: dict[str, dict[int, set[Role]]] = {"practice": defaultdict(set), "secretariat": defaultdict(set)}
    for kind, id_, role in found:
        roles[kind][id_].add(Role(role))
    return Access(
        user_id=user_id,
        practice_roles={id_: frozenset(held) for id_, held in roles["practice"].items()},
        secretariat_roles={id_: frozenset(held) for id_, held in roles["secretariat"].items()},
        is_administrator=is_administrator,
    )
