"""Let offers end that nobody answered in time, so that the next one is asked."""

from datetime import datetime

from django.db import transaction

from decroche.scheduling.actions._lists import close_offer, give_back, lock_offer
from decroche.scheduling.models import WaitingListOffer

_MOST = 200


def lapse_offers(*, now: datetime) -> int:
    """Close up to 200 offers whose time is over, give their slots back; give how many."""
    due = (
        WaitingListOffer.objects.filter(state=WaitingListOffer.State.OPEN, expires_at__lte=now)
        .order_by("expires_at", "pk")
        .values_list("pk", flat=True)[:_MOST]
    )
    lapsed = 0
    for offer_id in list(due):
        with transaction.atomic():
            offer = lock_offer(offer_id)
            if offer.state != WaitingListOffer.State.OPEN or offer.expires_at > now:
                continue  # answered while we queued for it
            close_offer(offer, state=WaitingListOffer.State.LAPSED, by_id=None, now=now)
            give_back(offer, now=now)
            lapsed += 1
    return lapsed
