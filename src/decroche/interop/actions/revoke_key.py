"""Take a program's key away."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from decroche.interop.models import AccessKey


def revoke_key(*, key_id: int, practice_ids: Collection[int], now: datetime) -> AccessKey:
    """Shut the key out of these practices; one that reaches no other is over.

    Raises `AccessKey.DoesNotExist`: no key that reaches one of them.
    """
    with transaction.atomic():
        key: AccessKey = AccessKey.objects.select_for_update().get(
            pk=key_id, practice_ids__overlap=list(practice_ids)
        )
        left = [practice_id for practice_id in key.practice_ids if practice_id not in practice_ids]
        key.revoked_at = key.revoked_at or (None if left else now)
        if left:
            key.practice_ids = left
        key.save(update_fields=["revoked_at", "practice_ids"])
    return key
