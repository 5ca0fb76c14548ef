"""Take someone off the waiting list, or put them back where they stood."""

from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.scheduling.actions._lists import close_offer, give_back, lock_list, lock_offer, tell_lists
from decroche.scheduling.domain.refusals import NothingToUndo
from decroche.scheduling.models import WaitingListEntry, WaitingListOffer

_STATES = WaitingListEntry.State


def leave_waiting_list(*, entry_id: int, by: User, now: datetime) -> WaitingListEntry:
    """Let them wait no more; a slot kept for them goes to the next. Asked twice, nothing more happens.

    Raises `WaitingListEntry.DoesNotExist`.
    """
    with transaction.atomic():
        open_offer = WaitingListOffer.objects.filter(entry_id=entry_id, state=WaitingListOffer.State.OPEN)
        offer_id = open_offer.values_list("pk", flat=True).first()
        if offer_id is not None:
            offer = lock_offer(offer_id)
            if offer.state == WaitingListOffer.State.OPEN:
                close_offer(offer, state=WaitingListOffer.State.TAKEN_BACK, by_id=by.pk, now=now)
                give_back(offer, now=now)
        entry: WaitingListEntry = WaitingListEntry.objects.select_for_update().get(pk=entry_id)
        if entry.state in {_STATES.WAITING, _STATES.OFFERED}:
            entry.state, entry.closed_at = _STATES.LEFT, now
            entry.save(update_fields=["state", "closed_at"])
            tell_lists(entry.practice_id)
        return entry


def rejoin_waiting_list(*, entry_id: int, by: User, now: datetime) -> WaitingListEntry:
    """Undo `leave_waiting_list`: same wishes, same place. Raises `NothingToUndo` or `WaitingListEntry.DoesNotExist`."""
    del by, now
    with transaction.atomic():
        practice_id = WaitingListEntry.objects.values_list("practice_id", flat=True).get(pk=entry_id)
        lock_list(practice_id)
        entry: WaitingListEntry = WaitingListEntry.objects.select_for_update().get(pk=entry_id)
        if entry.state != _STATES.LEFT:
            raise NothingToUndo
        entry.state, entry.closed_at = _STATES.WAITING, None
        entry.save(update_fields=["state", "closed_at"])
        tell_lists(entry.practice_id)
        return entry
