"""Find the screens that nobody signs in on."""

import hashlib
from base64 import urlsafe_b64encode

from django.utils.crypto import constant_time_compare, salted_hmac

from decroche.foundation.tenancy import every_practice
from decroche.waiting_room.models import Device

LONGEST_NUMBER = 19


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


def poster_token(device: Device) -> str:
    """Give the secret of a check-in page's poster: drawn from the page's own, which cannot be drawn from it."""
    seal = salted_hmac("decroche.waiting_room.poster", device.digest, algorithm="sha256").digest()
    return f"{device.pk}.{urlsafe_b64encode(seal).decode().rstrip('=')}"


def device_of_poster(token: str) -> Device | None:
    """Find the check-in page whose poster carries this secret, unless it was revoked; 1 query."""
    number, _dot, _seal = token.partition(".")
    if not (number.isascii() and number.isdigit() and len(number) < LONGEST_NUMBER):
        return None
    with every_practice():
        found = (
            Device.objects.select_related("practice", "site")
            .filter(pk=int(number), kind=Device.Kind.CHECK_IN, revoked_at=None)
            .first()
        )
    return found if found is not None and constant_time_compare(poster_token(found), token) else None


def devices_of(practice_id: int) -> list[Device]:
    """List a practice's screens that still open; 1 query."""
    return list(Device.objects.filter(practice_id=practice_id, revoked_at=None).select_related("site"))
