"""Find the screens that nobody signs in on."""

import hashlib

from django.utils.crypto import constant_time_compare

from decroche.foundation.tenancy import every_practice
from decroche.waiting_room.models import Device


def digest_of(token: str) -> str:
    """Return what is stored of an address's secret: 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def device_of(token: str, *, kind: str) -> Device | None:
    """Find the screen that a secret opens, unless it was revoked; 1 query. No practice is known before."""
    digest = digest_of(token)
    with every_practice():
        found = (
            Device.objects.select_related("practice", "site")
            .filter(digest=digest, kind=kind, revoked_at=None)
            .first()
        )
    return found if found is not None and constant_time_compare(found.digest, digest) else None


def devices_of(practice_id: int) -> list[Device]:
    """List a practice's screens that still open; 1 query."""
    return list(Device.objects.filter(practice_id=practice_id, revoked_at=None).select_related("site"))
