"""Know who knocks in one question: the session, its person and what they may do.

The question needs the person's id, which is inside the session. The process remembers whose each session was: where it
does, one question is enough; where it does not, or is wrong, Django's own way is gone. What was remembered opens
nothing: the session, the person and every right are read afresh each time.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from decroche.accounts.domain.access import Access
from decroche.accounts.models import User
from decroche.foundation.clock import now
from decroche.foundation.statements import columns, first_row, made
from decroche.practices.access import ROLES, access_from

_MOST_REMEMBERED = 50_000
_whose: dict[str, int] = {}  # session key → user id


@dataclass(frozen=True, slots=True)
class Arrived:
    """A person whose session, account and rights were read together."""

    user: User
    access: Access


def person_of(request: HttpRequest) -> User | AnonymousUser:
    """Give the person of a request's session; their rights are kept in ``request.arrived`` when read along."""
    arrived = _together(request)
    if arrived is not None:
        request.arrived = arrived  # type: ignore[attr-defined]
        return arrived.user
    user = auth.get_user(request)
    if user.is_authenticated and request.session.session_key:
        if len(_whose) >= _MOST_REMEMBERED:
            _whose.clear()
        _whose[request.session.session_key] = user.pk
    return user


def _together(request: HttpRequest) -> Arrived | None:
    session: Any = request.session
    user_id = _whose.get(session.session_key)
    if user_id is None or session.is_read:
        return None
    moment = now()
    found = first_row(_sql(), {"session": session.session_key, "user": user_id, "now": moment})
    if found is None:
        return None
    stored, kinds, ids, roles, *rest = found
    session.fill(stored)
    user = made(User, tuple(rest))
    if user is None or not _owns(session, user):
        return None
    access = access_from(
        zip(kinds or (), ids or (), roles or (), strict=True),
        user_id=user.pk,
        is_administrator=user.is_administrator,
    )
    return Arrived(user, access)


def _owns(session: Any, user: User) -> bool:
    """Tell whether the session is this person's, by the rules of `django.contrib.auth.get_user`.

    A session signed with an older secret, or whose password has changed, is left to Django's own way.
    """
    return (
        session.get(SESSION_KEY) == str(user.pk)
        and session.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
        and user.is_active
        and constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
    )


@cache
def _sql() -> str:
    return f"""
SELECT s.session_data, r.kinds, r.ids, r.roles, {columns(User, "u")}
FROM django_session s
LEFT JOIN accounts_user u ON u.id = %(user)s
CROSS JOIN LATERAL (
    SELECT array_agg(x.kind) AS kinds, array_agg(x.id) AS ids, array_agg(x.role) AS roles FROM ({ROLES}) x
) r
WHERE s.session_key = %(session)s AND s.expire_date > %(now)s
"""  # noqa: S608 — our own words
