"""Make vaults, snapshots and lines that stories need."""

from datetime import datetime
from uuid import uuid4

from decroche.accounts.models import User
from decroche.continuity.actions.refresh_snapshot import refresh_snapshot
from decroche.continuity.domain.sealing import make_pair
from decroche.continuity.models import Capture, Snapshot, Vault
from decroche.practices.models import Practice

PHRASE = "le chat dort sous la table"
QUICK = 1000  # rounds


def make_snapshot(*, practice: Practice, by: User, now: datetime) -> Snapshot:
    """A practice's fortnight, sealed for `PHRASE`."""
    pair = make_pair(PHRASE, iterations=QUICK)
    Vault.objects.create(
        practice=practice,
        public_key=pair.public_key,
        locked_private_key=pair.locked_private_key,
        salt=pair.salt,
        nonce=pair.nonce,
        iterations=pair.iterations,
        created_by=by,
        created_at=now,
    )
    made = refresh_snapshot(practice_id=practice.pk, now=now)
    assert made is not None
    return made


def make_note(*, practice: Practice, by: User, now: datetime, text: str) -> Capture:
    """Words written down offline."""
    return Capture.objects.create(
        practice=practice,
        client_id=uuid4(),
        kind=Capture.Kind.NOTE,
        note=text,
        captured_at=now,
        received_at=now,
        received_from=by,
    )
