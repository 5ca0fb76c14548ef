"""Say which live hints a session may hear."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.utils.crypto import constant_time_compare

from decroche.accounts.middleware import TwoFactorMiddleware
from decroche.accounts.models import User
from decroche.foundation.clock import now
from decroche.foundation.live import Audience
from decroche.practices.access import access_of


def audience_of_session(session_key: str) -> Audience | None:
    """Return who a session cookie's stream is for, or None when it opens no door; the connection is given back."""
    try:
        session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
        user = User.objects.filter(pk=session.get(SESSION_KEY), is_active=True).first()
        if user is None or not constant_time_compare(
            session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()
        ):
            return None
        if settings.MFA_REQUIRED and session.get(TwoFactorMiddleware.READY) != user.pk:
            return None  # no stream before the second factor, as no page
        access = access_of(user_id=user.pk, is_administrator=user.is_administrator, now=now())
        return Audience(
            user_id=user.pk,
            practice_ids=frozenset(access.practice_roles),
            secretariat_ids=frozenset(access.secretariat_roles),
        )
    finally:
        connection.close()
