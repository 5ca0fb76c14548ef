"""Set up a screen that nobody signs in on, see it, and take it away."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from decroche.accounts.models import User
from decroche.practices.models import Site
from decroche.waiting_room.models import Device
from decroche.waiting_room.queries.devices import digest_of

SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NewDevice:
    """The stored screen, and the secret that only its address carries; it cannot be shown again."""

    device: Device
    token: str


def set_up_device(
    *, site: Site, kind: str, label: str, shows: str, chime: bool, by: User, now: datetime
) -> NewDevice:
    """Store a screen of the site and draw its secret."""
    token = secrets.token_urlsafe(32)
    device = Device.objects.create(
        practice_id=site.practice_id,
        site=site,
        kind=kind,
        label=label,
        shows=shows,
        chime=chime,
        digest=digest_of(token),
        created_by=by,
        created_at=now,
    )
    return NewDevice(device, token)


def revoke_device(*, device: Device, now: datetime) -> None:
    """Close the screen's address, at once and for good."""
    Device.objects.filter(pk=device.pk, revoked_at=None).update(revoked_at=now)


def note_seen(*, device: Device, now: datetime) -> None:
    """Remember that the screen was there, once a minute at most."""
    long_ago = Q(last_seen_at=None) | Q(last_seen_at__lte=now - SEEN_EVERY)
    if device.last_seen_at is None or device.last_seen_at <= now - SEEN_EVERY:
        Device.objects.filter(long_ago, pk=device.pk).update(last_seen_at=now)
