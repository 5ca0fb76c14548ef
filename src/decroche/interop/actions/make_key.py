"""Give a program a key with which it acts for a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from decroche.accounts.domain.access import Access
from decroche.accounts.models import User
from decroche.accounts.permissions import Permission
from decroche.interop.domain.secret import new_secret
from decroche.interop.models import AccessKey

PREFIX = "dk_"
LONGEST = timedelta(days=366)


class NothingGranted(Exception):
    """The person has none of what the key should carry."""


@dataclass(frozen=True, slots=True)
class MadeKey:
    """The key, and its secret, which nobody will see again."""

    key: AccessKey
    token: str


def make_key(
    *,
    label: str,
    practice_ids: Iterable[int],
    permissions: Iterable[Permission],
    days: int,
    by: User,
    access: Access,
    now: datetime,
) -> MadeKey:
    """Draw the secret and keep its digest; the key carries at most what the person has where they may share.

    Raises `NothingGranted`.
    """
    practices = sorted(set(practice_ids) & access.practices_for(Permission.SHARE_AGENDA))
    granted = sorted(
        permission.value
        for permission in set(permissions)
        if access.practices_for(permission) & set(practices)
    )
    if not practices or not granted:
        raise NothingGranted
    secret = new_secret(PREFIX)
    key = AccessKey.objects.create(
        user=by,
        practice_ids=practices,
        permissions=granted,
        label=label,
        digest=secret.digest,
        beginning=secret.beginning,
        created_at=now,
        expires_at=now + min(timedelta(days=days), LONGEST),
    )
    return MadeKey(key, secret.text)
