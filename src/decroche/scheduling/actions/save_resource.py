"""Name a room or a machine that only one visit can use at a time."""

from datetime import datetime

from django.db import IntegrityError, transaction

from decroche.accounts.models import User
from decroche.foundation.live import hint
from decroche.practices.models import Site
from decroche.scheduling.models import Resource


class ResourceNameTaken(Exception):
    """The site already has a resource of that name."""


def save_resource(
    *, site: Site, name: str, is_active: bool, by: User, now: datetime, resource_id: int | None = None
) -> Resource:
    """Write it; visits already booked keep theirs. Raises `ResourceNameTaken` or `Resource.DoesNotExist`."""
    del by, now
    with transaction.atomic():
        resource = (
            Resource(practice_id=site.practice_id)
            if resource_id is None
            else Resource.objects.select_for_update().get(pk=resource_id, practice_id=site.practice_id)
        )
        resource.site, resource.name, resource.is_active = site, name, is_active
        try:
            with transaction.atomic():
                resource.save()
        except IntegrityError as error:
            if "resource_once" not in str(error):
                raise
            raise ResourceNameTaken from None
        hint("agenda", practice_id=site.practice_id)
    return resource
