"""Seal a practice's fortnight again."""

import json
from datetime import datetime

from django.db import transaction

from decroche.continuity.domain.sealing import seal
from decroche.continuity.models import Snapshot, Vault
from decroche.continuity.queries.fortnight import fortnight_of
from decroche.foundation.live import hint


def refresh_snapshot(*, practice_id: int, now: datetime) -> Snapshot | None:
    """Read the fortnight, seal it and replace the snapshot before; None for a practice without a phrase.

    Cost: 8 queries and about 5 ms for each thousand appointments.
    """
    with transaction.atomic():
        # The vault is locked, so that a refresh never seals for a phrase that has just been changed.
        vault = (
            Vault.objects.select_for_update(of=("self",))
            .select_related("practice")
            .filter(practice=practice_id)
            .first()
        )
        if vault is None:
            return None
        fortnight = fortnight_of(vault.practice, now=now)
        box = seal(bytes(vault.public_key), json.dumps(fortnight.content, ensure_ascii=False).encode())
        snapshot: Snapshot
        snapshot, _ = Snapshot.objects.update_or_create(
            practice_id=practice_id,
            defaults={
                "vault": vault,
                "made_at": now,
                "first_day": fortnight.first_day,
                "appointments": fortnight.appointments,
                "locked_key": box.locked_key,
                "nonce": box.nonce,
                "sealed": box.sealed,
            },
        )
        hint("snapshot", practice_id=practice_id)
    return snapshot
