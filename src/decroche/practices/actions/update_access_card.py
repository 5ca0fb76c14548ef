"""Rewrite how to find a site's door."""

from collections.abc import Mapping

from django.db import transaction

from decroche.foundation.live import hint
from decroche.practices.models import AccessCard, Site

FIELDS = ("landmark", "door_code", "floor", "step_free", "parking", "transport", "notes")


def update_access_card(*, site: Site, values: Mapping[str, str]) -> AccessCard:
    """Write the access card of a site; what ``values`` does not name stays."""
    written = {name: values[name].strip() for name in FIELDS if name in values}
    with transaction.atomic():
        card: AccessCard
        card, _created = AccessCard.objects.update_or_create(site=site, defaults=written)
        hint("practice", practice_id=site.practice_id, site_id=site.pk)
    return card
