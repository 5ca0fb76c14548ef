"""Choose the phrase that opens a practice's offline page."""

from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.continuity.domain.sealing import make_pair
from decroche.continuity.models import Snapshot, Vault
from decroche.practices.models import Practice


def set_phrase(*, practice: Practice, phrase: str, by: User, now: datetime) -> Vault:
    """Make a new vault; what was sealed for the old one is forgotten, and the phrase too.

    Raises `WeakPhrase`.
    """
    pair = make_pair(phrase)
    with transaction.atomic():
        Snapshot.objects.filter(practice=practice).delete()
        vault: Vault
        vault, _ = Vault.objects.update_or_create(
            practice=practice,
            defaults={
                "public_key": pair.public_key,
                "locked_private_key": pair.locked_private_key,
                "salt": pair.salt,
                "nonce": pair.nonce,
                "iterations": pair.iterations,
                "created_by": by,
                "created_at": now,
            },
        )
    return vault
